"""One port: who is let in, what goes where, and what bad requests get."""

from __future__ import annotations

import base64
import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

import batchemu

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.emulator import Emulator

SIGNED = (
    "AWS4-HMAC-SHA256 Credential={key}/20261122/{region}/{service}/aws4_request, "
    "SignedHeaders=host, Signature=00"
)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with batchemu.start(runtime="scripted", clock="manual", allowed_hosts="batch.example.test") as running:
        yield running


class Raw:
    """One request after another over plain HTTP."""

    def __init__(self, url: str) -> None:
        self.port = int(url.rpartition(":")[2])

    def __call__(
        self, method: str, path: str, body: bytes | str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def signed(self, path: str, body: object, *, service: str = "batch", key: str = "test") -> Any:
        header = SIGNED.format(key=key, region="us-east-1", service=service)
        return self("POST", path, json.dumps(body), Authorization=header)


@pytest.fixture(scope="module")
def raw(emulator: Emulator) -> Raw:
    return Raw(emulator.url)


# --- who is let in


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:4580",
        "127.0.0.1",
        "127.0.0.9:80",
        "[::1]:4580",
        "bucket.s3.localhost:4580",
        "host.docker.internal:4580",
        "batch.example.test",
        "BATCH.example.TEST:443",
        "bucket.batch.example.test",
    ],
)
def test_our_own_names_are_let_in(raw: Raw, host: str) -> None:
    assert raw("GET", "/_batchemu/health", Host=host)[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:4580",
        "localhost.evil.example",
        "10.0.0.1",
        "127.0.0.1.evil.example",
        "[2001:db8::1]",
        "notlocalhost",
        "batch.us-east-1.amazonaws.com",
    ],
)
@pytest.mark.parametrize("path", ["/v1/describejobs", "/_batchemu/health", "/bucket/key", "/moto-api/reset"])
def test_a_foreign_host_is_refused_on_every_path(raw: Raw, host: str, path: str) -> None:
    status, _, body = raw("POST", path, "{}", Host=host)
    assert status == 403
    assert "--allowed-hosts" in json.loads(body)["message"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", ["/v1/submitjob", "/_batchemu/reset", "/bucket"])
def test_a_web_page_cannot_reach_us(raw: Raw, headers: dict[str, str], path: str) -> None:
    status, answered, body = raw("POST", path, "{}", **headers)
    assert status == 403
    assert "refused" in json.loads(body)["message"]
    assert "access-control-allow-origin" not in answered


def test_a_page_of_our_own_origin_may_call(raw: Raw) -> None:
    own = f"127.0.0.1:{raw.port}"
    assert raw("GET", "/_batchemu/health", Host=own, Origin=f"http://{own}")[0] == 200


# --- what goes where


def test_batch_and_its_neighbours_share_the_port(emulator: Emulator) -> None:
    batch, s3, logs, sts = (emulator.client(name) for name in ("batch", "s3", "logs", "sts"))
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="v1/submitjob", Body=b"not a job")
    assert s3.get_object(Bucket="bucket", Key="v1/submitjob")["Body"].read() == b"not a job"
    logs.create_log_group(logGroupName="mine")
    assert [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]] == ["mine"]
    assert sts.get_caller_identity()["Account"] == "123456789012"
    assert batch.describe_job_queues()["jobQueues"] == []
    for client in (batch, s3, logs, sts):
        client.close()


def test_tags_of_other_services_are_not_ours(raw: Raw) -> None:
    arn = "arn:aws:kafka:us-east-1:123456789012:cluster/x/y"
    status, _, _ = raw(
        "GET",
        f"/v1/tags/{arn}",
        Authorization=SIGNED.format(key="test", region="us-east-1", service="kafka"),
    )
    assert status != 400
    batch_arn = "arn%3Aaws%3Abatch%3Aus-east-1%3A123456789012%3Ajob-queue%2Fnobody"
    status, headers, _ = raw("GET", f"/v1/tags/{batch_arn}")
    assert (status, headers["x-amzn-errortype"]) == (400, "ClientException")


def test_an_unsigned_request_to_a_path_of_batch_is_ours(raw: Raw) -> None:
    status, headers, body = raw("POST", "/v1/describejobs", '{"jobs": ["nobody"]}')
    assert (status, json.loads(body)) == (200, {"jobs": []})
    assert headers["content-type"] == "application/json"
    assert len(headers["x-amzn-requestid"]) == 36


def test_account_and_region_come_from_the_signature(emulator: Emulator) -> None:
    made = []
    for account, region in (("111111111111", "eu-west-1"), (None, "us-east-1")):
        batch = emulator.client(account=account, region=region)
        made.append(
            batch.register_job_definition(
                jobDefinitionName="d",
                type="container",
                containerProperties={"image": "i", "vcpus": 1, "memory": 64},
            )["jobDefinitionArn"]
        )
        batch.close()
    assert made == [
        "arn:aws:batch:eu-west-1:111111111111:job-definition/d:1",
        "arn:aws:batch:us-east-1:123456789012:job-definition/d:1",
    ]


def test_without_neighbours_they_answer_501() -> None:
    with batchemu.start(runtime="scripted", aws="none") as alone:
        s3 = alone.client("s3")
        with pytest.raises(ClientError) as caught:
            s3.list_buckets()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
        s3.close()


def test_moto_is_loaded_by_the_first_request_that_needs_it(raw: Raw) -> None:
    import subprocess
    import sys

    code = """
import sys, batchemu
with batchemu.start(runtime="scripted") as emulator:
    batch = emulator.client()
    batch.describe_job_queues()
    before = "moto" in sys.modules
    emulator.client("sts").get_caller_identity()
    print(before, "moto" in sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "True"]


# --- bad requests


def assert_clean(status: int, headers: dict[str, str], body: bytes) -> None:
    """A 4xx with the envelope, and not a word of our insides."""
    assert 400 <= status < 500
    answered = json.loads(body)
    assert answered["__type"] == headers["x-amzn-errortype"]
    assert answered["message"]
    assert b"Traceback" not in body
    assert b"batchemu/" not in body


@pytest.mark.parametrize(
    "header",
    [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 garbage",
        "AWS4-HMAC-SHA256 Credential=",
        "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=a/20261122/us-east-1/batch/aws4_request/more, Signature=0",
        "AWS4-HMAC-SHA256 Credential=a/20261122/US EAST/batch/aws4_request",
        "AWS4-HMAC-SHA256 Credential=a/20261122/../batch/aws4_request",
    ],
)
@pytest.mark.parametrize("path", ["/v1/describejobs", "/anything"])
def test_a_mangled_signature_is_refused(raw: Raw, header: str, path: str) -> None:
    status, headers, body = raw("POST", path, "{}", Authorization=header)
    assert_clean(status, headers, body)
    assert headers["x-amzn-errortype"] == "IncompleteSignatureException"


@pytest.mark.parametrize(
    "body", ["{", "[]", '"x"', "\xff\xfe", "null", '{"jobs": [1]}', '{"jobs": "x"}', "nan"]
)
def test_a_malformed_body_is_refused(raw: Raw, body: str) -> None:
    data = body.encode("latin-1")
    status, headers, answer = raw("POST", "/v1/describejobs", data)
    assert_clean(status, headers, answer)
    assert headers["x-amzn-errortype"] == "ClientException"


def test_a_body_of_ten_megabytes_is_refused(raw: Raw) -> None:
    big = {"jobName": "x" * 10 * 2**20, "jobQueue": "q", "jobDefinition": "d"}
    assert_clean(*raw.signed("/v1/submitjob", big))
    bigger = {"jobs": ["x" * 11 * 2**20]}
    status, headers, body = raw.signed("/v1/describejobs", bigger)
    assert_clean(status, headers, body)
    assert status == 413


@pytest.mark.parametrize("path", ["/v1/nosuchoperation", "/", "/v1/submitjob/", "/v2/submitjob"])
def test_an_unknown_path_is_refused(raw: Raw, path: str) -> None:
    status, headers, body = raw.signed(path, {})
    assert_clean(status, headers, body)
    assert status == 403


@pytest.mark.parametrize("path", ["/v1/nosuchoperation", "/nonsense", "/v1/listtagsforresource"])
def test_an_unsigned_request_that_is_nobodys_is_refused(raw: Raw, path: str) -> None:
    status, headers, body = raw("POST", path, "{}", Content_Type="application/json")
    assert_clean(status, headers, body)
    assert status == 403


def test_a_method_that_no_operation_has_is_asked_for_once(emulator: Emulator, raw: Raw) -> None:
    calls = []
    batch = emulator.client()
    batch.meta.events.register("before-send.batch", lambda **_: calls.append(1))
    with pytest.raises(ClientError) as caught:
        batch.describe_service_job(jobId="nobody")
    batch.close()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert len(calls) == 1
    assert raw("POST", "/v1/foldjob", b"{}")[0] in (403, 404)


def test_nothing_is_lost_by_bad_requests(emulator: Emulator, raw: Raw) -> None:
    batch = emulator.client()
    batch.register_job_definition(
        jobDefinitionName="kept",
        type="container",
        containerProperties={"image": "i", "vcpus": 1, "memory": 64},
    )
    for body in (b"{", b"[]", b"\xff", b'{"jobDefinitionName": 1}', b'{"jobDefinitionName": "kept"}'):
        assert raw("POST", "/v1/registerjobdefinition", body)[0] == 400
    with socket.create_connection(("127.0.0.1", raw.port)) as broken:
        broken.sendall(b"POST /v1/submitjob HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{")
    with socket.create_connection(("127.0.0.1", raw.port)) as garbage:
        garbage.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
        assert garbage.recv(100).startswith(b"HTTP/1.0 400")
    found = batch.describe_job_definitions(jobDefinitionName="kept")["jobDefinitions"]
    assert [each["revision"] for each in found] == [1]
    batch.close()


# --- the control plane


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"advanceSeconds": "1"}',
        '{"advanceSeconds": -1}',
        '{"advanceSeconds": true}',
        '{"advanceSeconds": 1e99}',
        '{"advanceSeconds": NaN}',
        '{"advanceSeconds": 1, "x": 2}',
    ],
)
def test_a_bad_move_of_the_clock_is_refused(raw: Raw, body: str) -> None:
    before = raw("GET", "/_batchemu/clock")[2]
    status, _, answer = raw("POST", "/_batchemu/clock", body)
    assert status == 400
    assert json.loads(answer)["message"]
    assert raw("GET", "/_batchemu/clock")[2] == before


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_batchemu/nothing", 404),
        ("DELETE", "/_batchemu/health", 405),
        ("GET", "/_batchemu/jobs/nobody/wait", 404),
        ("GET", "/_batchemu/jobs/nobody/wait?status=SLEEPING", 400),
        ("GET", "/_batchemu/jobs/nobody/wait?timeout=never", 400),
    ],
)
def test_the_control_plane_says_what_is_wrong(raw: Raw, method: str, path: str, status: int) -> None:
    found, headers, body = raw(method, path)
    assert (found, headers["content-type"]) == (status, "application/json")
    assert json.loads(body)["message"]


def test_plans_can_be_set_over_http(emulator: Emulator, raw: Raw) -> None:
    plan = {"jobName": "night*", "exitCode": 3, "durationSeconds": 60.0, "logs": ["line"]}
    assert raw("POST", "/_batchemu/plans", json.dumps(plan))[0] == 200
    (found,) = json.loads(raw("GET", "/_batchemu/plans")[2])["plans"]
    assert plan.items() <= found.items()
    status, _, body = raw("POST", "/_batchemu/plans", '{"jobNme": "x"}')
    assert (status, "jobNme" in json.loads(body)["message"]) == (400, True)
    assert raw("DELETE", "/_batchemu/plans")[0] == 200
    assert emulator.plans.all() == []


def test_aliases_of_other_emulators_work(emulator: Emulator, raw: Raw) -> None:
    status, _, body = raw("GET", "/_localstack/health")
    assert (status, json.loads(body)["services"]) == (200, {"batch": "running"})
    assert raw("POST", "/moto-api/reset")[0] == 200


def test_a_default_session_finds_us_by_the_environment(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BATCH", emulator.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    batch = boto3.Session(region_name="us-east-1").client("batch")
    assert batch.describe_job_queues()["jobQueues"] == []
    batch.close()


NINES = "9" * 5000


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/submitjob", {"jobName": "j", "jobQueue": "q", "jobDefinition": f"d:{NINES}"}),
        ("/v1/deregisterjobdefinition", {"jobDefinition": f"d:{NINES}"}),
        ("/v1/describejobdefinitions", {"jobDefinitions": [f"d:{NINES}"]}),
        ("/v1/describejobqueues", {"nextToken": base64.b64encode(b"[" * 3000).decode()}),
        ("/v1/listjobs", {"jobQueue": "q", "filters": [{"name": "AFTER_CREATED_AT", "values": [NINES]}]}),
    ],
)
def test_absurd_values_are_the_callers_fault(raw: Raw, path: str, body: object) -> None:
    assert_clean(*raw.signed(path, body))


def test_absurd_values_elsewhere_are_the_callers_fault(raw: Raw) -> None:
    arn = f"arn%3Aaws%3Abatch%3Aus-east-1%3A123456789012%3Ajob-definition%2Fd%3A{NINES}"
    assert_clean(*raw("GET", f"/v1/tags/{arn}"))
    assert raw("GET", "/_batchemu/health", Origin="http://[::1")[0] == 403
    assert raw("POST", "/_batchemu/clock", "[" * 100_000)[0] == 400
    assert raw("POST", "/_batchemu/clock", f'{{"advanceSeconds": {"9" * 400}}}')[0] == 400
    assert raw("POST", "/_batchemu/plans", f'{{"durationSeconds": {"9" * 400}}}')[0] == 400


def test_waits_do_not_take_all_of_the_servers_threads(emulator: Emulator, raw: Raw) -> None:
    emulator.reset()
    emulator.plans.add(batchemu.Plan(duration_s=60.0))
    batch = emulator.client()
    batch.create_compute_environment(
        computeEnvironmentName="ce",
        type="MANAGED",
        computeResources={
            "type": "FARGATE",
            "maxvCpus": 4,
            "subnets": ["s"],
            "securityGroupIds": ["g"],
        },
    )
    batch.create_job_queue(
        jobQueueName="q", priority=1, computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "ce"}]
    )
    batch.register_job_definition(
        jobDefinitionName="d",
        type="container",
        platformCapabilities=["FARGATE"],
        containerProperties={
            "image": "i",
            "executionRoleArn": "r",
            "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}],
        },
    )
    job = batch.submit_job(jobName="j", jobQueue="q", jobDefinition="d")["jobId"]
    batch.close()
    with ThreadPoolExecutor(40) as pool:
        waits = [pool.submit(raw, "GET", f"/_batchemu/jobs/{job}/wait?timeout=60") for _ in range(40)]
        for _, done in zip(range(24), as_completed(waits), strict=False):
            assert json.loads(done.result()[2])["status"] == "RUNNING"
        assert raw("POST", "/_batchemu/clock", '{"advanceSeconds": 60}')[0] == 200
        statuses = sorted(json.loads(each.result()[2])["status"] for each in waits)
    assert statuses == ["RUNNING"] * 24 + ["SUCCEEDED"] * 16


def test_service_jobs_are_waited_for_too(emulator: Emulator, raw: Raw) -> None:
    batch = emulator.client()
    emulator.reset()
    emulator.plans.add(batchemu.Plan(service_job=True, duration_s=60))
    batch.create_service_environment(
        serviceEnvironmentName="se",
        serviceEnvironmentType="SAGEMAKER_TRAINING",
        capacityLimits=[{"capacityUnit": "NUM_INSTANCES", "maxCapacity": 1}],
    )
    batch.create_job_queue(
        jobQueueName="t", priority=1, serviceEnvironmentOrder=[{"order": 1, "serviceEnvironment": "se"}]
    )
    jobs = [
        batch.submit_service_job(
            jobName="j", jobQueue="t", serviceJobType="SAGEMAKER_TRAINING", serviceRequestPayload="{}"
        )["jobId"]
        for _ in range(2)
    ]
    batch.close()

    def wait(job_id: str, status: str) -> object:
        found, _, body = raw("GET", f"/_batchemu/jobs/{job_id}/wait?status={status}&timeout=0")
        return found, json.loads(body)["status"]

    assert wait(jobs[0], "running") == (200, "RUNNING")
    assert wait(jobs[1], "SCHEDULED") == (200, "RUNNABLE")


def test_a_machine_called_dev_is_not_suffix_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    from batchemu.guard import Guard

    monkeypatch.setattr("socket.gethostname", lambda: "dev")
    guard = Guard("0.0.0.0")
    hosts = ("dev", "evil.dev", "10.1.2.3", "bucket.localhost", "evil.0.0.0.0")
    assert [guard.is_ours(host) for host in hosts] == [True, False, True, True, False]
