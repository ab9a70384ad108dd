"""The registry of handlers, the envelopes of errors, and the header that names what was ignored."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import Client

from batchemu.errors import (
    BadRequestException,
    ClientException,
    ConflictException,
    ServerException,
    ServiceError,
)
from batchemu.wire import dispatch as dispatch_module
from batchemu.wire.dispatch import IGNORED_HEADER, dispatch, error_response, operation, registered
from tests.wire.shapes import OPERATIONS, example_input

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.wire.parse import Parsed
    from tests.wire.conftest import Boto, Wire

SMALL = {"jobName": "a", "jobQueue": "q", "jobDefinition": "d"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, logger="batchemu.wire"):
        yield caplog


class TestRegistry:
    def test_a_handler_is_registered_and_given_back(self, wire: Wire) -> None:
        def submit_job(ctx: Any, params: dict[str, Any]) -> dict[str, Any]:
            return {"jobName": params["jobName"], "jobId": "i"}

        assert operation("SubmitJob")(submit_job) is submit_job
        assert registered() == {"SubmitJob"}
        response = wire.http.post("/v1/submitjob", json=SMALL)
        assert response.get_data() == b'{"jobName":"a","jobId":"i"}'

    @pytest.mark.parametrize("name", ["submit_job", "submitjob", "SubmitJobs", ""])
    def test_a_name_that_the_model_lacks_is_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="no operation"):
            operation(name)

    def test_a_second_handler_is_refused(self, wire: Wire) -> None:
        operation("SubmitJob")(lambda ctx, params: {})
        with pytest.raises(ValueError, match="two handlers"):
            operation("SubmitJob")(lambda ctx, params: {})


@pytest.mark.parametrize("name", OPERATIONS)
class TestErrorsForAClient:
    @pytest.mark.parametrize("kind", [ClientException, ConflictException])
    def test_boto3_raises_the_modelled_exception(
        self, wire: Wire, boto: Boto, name: str, kind: type[ServiceError]
    ) -> None:
        wire.fail(name, kind("no — really"))
        with pytest.raises(boto.client.exceptions.ClientException) as raised:
            boto.call(name, example_input(name))
        response = raised.value.response
        assert response["Error"] == {"Message": "no — really", "Code": "ClientException"}
        assert response["ResponseMetadata"]["HTTPStatusCode"] == kind.status

    def test_a_wrapped_message_carries_the_id_of_the_header(self, wire: Wire, boto: Boto, name: str) -> None:
        wire.fail(name, ClientException("Image is required.", wrapped=True))
        with pytest.raises(boto.client.exceptions.ClientException) as raised:
            boto.call(name, example_input(name))
        response = raised.value.response
        request_id = response["ResponseMetadata"]["RequestId"]
        assert UUID.fullmatch(request_id)
        expected = f"Error executing request, Exception : Image is required., RequestId: {request_id}"
        assert response["Error"]["Message"] == expected


@pytest.mark.parametrize("kind", [ClientException, ConflictException, BadRequestException, ServerException])
def test_the_envelope_of_an_error(kind: type[ServiceError]) -> None:
    answer = error_response(kind("é"), "the-id")
    response = Client(answer).get("/")
    assert answer.status_code == response.status_code == kind.status
    assert response.headers["x-amzn-ErrorType"] == kind.code
    assert response.headers["x-amzn-RequestId"] == "the-id"
    assert response.headers["Content-Type"] == "application/json"
    assert response.get_json() == {"message": "é", "__type": kind.code}


class TestUnexpectedExceptions:
    def _answer(self, wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
        response = wire.http.post("/v1/submitjob", json=SMALL)
        request_id = response.headers["x-amzn-RequestId"]
        assert response.status_code == 500
        assert response.headers["x-amzn-ErrorType"] == "ServerException"
        assert response.get_json()["message"] == (
            "batchemu failed on this request; its log has the traceback under request id " + request_id
        )
        [record] = [record for record in caplog.records if record.name == "batchemu.wire"]
        assert record.exc_info is not None
        assert request_id in record.getMessage()

    def test_a_failing_handler_is_a_500_with_the_traceback_in_the_log_only(
        self, wire: Wire, logged: pytest.LogCaptureFixture
    ) -> None:
        wire.fail("SubmitJob", RuntimeError("a secret"))
        self._answer(wire, logged)

    @pytest.mark.parametrize("result", [{"bogus": 1}, {"jobName": 1}, None, [], "{}"])
    def test_a_result_that_does_not_fit_is_our_failure(
        self, wire: Wire, logged: pytest.LogCaptureFixture, result: Any
    ) -> None:
        wire.answer("SubmitJob", result)
        self._answer(wire, logged)


class TestIgnored:
    def test_unknown_members_are_named_in_a_header_and_one_warning(
        self, wire: Wire, logged: pytest.LogCaptureFixture
    ) -> None:
        wire.answer("SubmitJob", {})
        overrides = {"environment": [{"name": "a", "valu": "b"}]}
        body = SMALL | {"containerOverrides": overrides, "vcpus": 1}
        response = wire.http.post("/v1/submitjob", json=body)
        named = "containerOverrides.environment[0].valu, vcpus"
        assert response.status_code == 200
        assert response.headers[IGNORED_HEADER] == named
        assert wire.calls[0][1].ignored == named.split(", ")
        assert wire.calls[0][1].parsed.unknown == tuple(named.split(", "))
        [warning] = logged.records
        assert (warning.levelname, named in warning.getMessage()) == ("WARNING", True)

    def test_a_misspelt_required_member_is_named_beside_the_error(self, wire: Wire) -> None:
        wire.answer("SubmitJob", {})
        response = wire.http.post("/v1/submitjob", json={"jobname": "a"})
        assert response.status_code == 400
        assert response.headers[IGNORED_HEADER] == "jobname"

    def test_a_handler_may_add_what_it_ignored(self, wire: Wire) -> None:
        def handler(ctx: Any, params: dict[str, Any]) -> dict[str, Any]:
            ctx.ignored.append("eksPropertiesOverride")
            return {}

        wire.handlers["SubmitJob"] = handler
        response = wire.http.post("/v1/submitjob", json=SMALL)
        assert response.headers[IGNORED_HEADER] == "eksPropertiesOverride"

    def test_names_in_the_query_are_named_but_not_those_of_a_signature(self, wire: Wire) -> None:
        wire.answer("SubmitJob", {})
        response = wire.http.post("/v1/submitjob?a=1&X-Amz-Signature=2", json=SMALL)
        assert response.headers[IGNORED_HEADER] == "?a"

    def test_a_member_of_the_path_cannot_come_in_the_body(self, wire: Wire) -> None:
        wire.answer("TagResource", {})
        body = {"tags": {"a": "b"}, "resourceArn": "arn:other"}
        response = wire.http.post("/v1/tags/arn:aws:batch:a/b", json=body)
        assert wire.calls[0][2] == {"tags": {"a": "b"}, "resourceArn": "arn:aws:batch:a/b"}
        assert response.headers[IGNORED_HEADER] == "resourceArn"

    @pytest.mark.parametrize("name", ["a\r\nx-evil: 1", "é😀", "a, b", "\x00", "%0d%0a"])
    def test_a_name_cannot_break_the_header(self, wire: Wire, name: str) -> None:
        wire.answer("SubmitJob", {})
        response = wire.http.post("/v1/submitjob", json=SMALL | {name: 1})
        assert response.status_code == 200
        assert re.fullmatch(r"[!-~]+", response.headers[IGNORED_HEADER])
        assert "x-evil" not in response.headers

    def test_the_header_stays_short(self, wire: Wire) -> None:
        wire.answer("SubmitJob", {})
        body = SMALL | {f"m{number}" + "é" * 500: 1 for number in range(1000)}
        response = wire.http.post("/v1/submitjob", json=body)
        assert response.headers[IGNORED_HEADER].endswith(", and 980 more")
        assert len(response.headers[IGNORED_HEADER]) < 16 * 1024


def test_a_context_that_cannot_be_made_is_an_envelope_too(wire: Wire) -> None:
    from werkzeug import Request
    from werkzeug.test import EnvironBuilder

    def refuse(request: Request, parsed: Parsed) -> Any:
        raise ClientException("no such account")

    wire.answer("SubmitJob", {})
    request = Request(EnvironBuilder("/v1/submitjob", method="POST", json=SMALL).get_environ())
    response = dispatch("SubmitJob", request, {}, refuse)
    assert (response.status_code, json.loads(response.body)["message"]) == (400, "no such account")


def test_two_requests_have_two_ids(wire: Wire) -> None:
    wire.answer("SubmitJob", {})
    ids = {wire.http.post("/v1/submitjob", json=SMALL).headers["x-amzn-RequestId"] for _ in range(3)}
    assert len(ids) == 3
    assert all(UUID.fullmatch(request_id) for request_id in ids)


def test_a_request_id_is_drawn_like_a_uuid() -> None:
    assert UUID.fullmatch(dispatch_module.new_request_id())
