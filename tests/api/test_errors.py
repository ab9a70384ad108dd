"""The shape of errors, and operations that are not there yet."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from batchemu import api
from tests.api.answers import kind
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

assert api.__all__  # its import registers the handlers
JULIA = "issue JuliaCloud/AWS.jl#313"


def post(batch: Batch, path: str, data: bytes) -> tuple[int, str, dict[str, Any]]:
    """Status, x-amzn-ErrorType and body of an unsigned request."""
    request = urllib.request.Request(f"{batch.emulator.url}{path}", data, method="POST")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, "", json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["x-amzn-ErrorType"], json.loads(error.read())


@pytest.mark.parametrize(
    "data", [b"{", b"[]", b'{"jobs": "x"}', b'{"jobs": [1]}', b'{"jobs": ["\xff"]}'], ids=range(5)
)
@aws.recorded(JULIA)
def test_bad_json_and_wrong_types_are_answered_alike(batch: Batch, data: bytes) -> None:
    assert post(batch, "/v1/describejobs", data) == (
        400,
        "ClientException",
        {"message": "An error occurred during JSON parsing", "__type": "ClientException"},
    )


@aws.recorded(JULIA)
def test_the_error_is_told_in_header_and_body(batch: Batch) -> None:
    data = b'{"jobName": "j", "jobQueue": "nobody", "jobDefinition": "d"}'
    assert post(batch, "/v1/submitjob", data) == (
        400,
        "ClientException",
        {"message": "JobQueue nobody not found.", "__type": "ClientException"},
    )


@aws.documented("https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html")
def test_null_members_count_as_absent(batch: Batch) -> None:
    batch.ready()
    members = {"jobName": "j", "jobQueue": "queue", "jobDefinition": "definition"}
    status, _, answer = post(batch, "/v1/submitjob", json.dumps({**members, "timeout": None}).encode())
    assert (status, sorted(answer)) == (200, ["jobArn", "jobId", "jobName"])


@aws.emulator_only
def test_members_that_the_model_lacks_are_ignored_and_named(batch: Batch) -> None:
    request = urllib.request.Request(
        f"{batch.emulator.url}/v1/describejobs", b'{"jobs": [], "colour": "red"}', method="POST"
    )
    with urllib.request.urlopen(request) as answer:
        assert (answer.headers["x-batchemu-ignored"], json.loads(answer.read())) == ("colour", {"jobs": []})


@aws.documented("model: ClientException")
def test_clients_catch_the_modelled_exception(batch: Batch) -> None:
    with pytest.raises(batch.client.exceptions.ClientException):
        batch.client.list_jobs(jobQueue="nobody")
    batch.environment()
    with pytest.raises(batch.client.exceptions.ClientException, match="Object already exists"):
        batch.environment()


@aws.emulator_only
def test_a_501_is_not_retried(batch: Batch, refused: Any) -> None:
    seen: list[int] = []
    batch.client.meta.events.register("needs-retry.batch.*", lambda **_: seen.append(1))
    batch.ready()
    pod = {"containers": [{"image": "busybox", "resources": {"limits": {"cpu": "1", "memory": "4Mi"}}}]}
    batch.client.register_job_definition(
        jobDefinitionName="pod", type="container", eksProperties={"podProperties": pod}
    )
    seen.clear()
    answer = refused(batch.client.submit_job, jobName="j", jobQueue="queue", jobDefinition="pod")
    assert (kind(answer), len(seen)) == (("NotImplemented", 501), 1)
