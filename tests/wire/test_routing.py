"""Every operation has its rule; everything else is the gateway's 403."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from werkzeug import Response
from werkzeug.exceptions import ImATeapot
from werkzeug.test import Client

from batchemu.wire.model import http_trait
from batchemu.wire.routing import Router, is_batch_path
from tests.wire.shapes import OPERATIONS

if TYPE_CHECKING:
    from tests.wire.conftest import Wire

ARN = "arn:aws:batch:us-east-1:123456789012:job-definition/a:1"
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_only_its_own_method_reaches_an_operation(wire: Wire, operation: str) -> None:
    own, template = http_trait(operation)
    path = template.replace("{resourceArn}", ARN)
    same_path = {http_trait(other)[0] for other in OPERATIONS if http_trait(other)[1] == template}
    for method in METHODS:
        response = wire.http.open(path, method=method)
        expected = 501 if method in same_path else 403
        assert response.status_code == expected, method
        if method == own:
            assert operation in response.get_json()["message"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/v1/nosuchthing",
        "/v1/SubmitJob",
        "/v1/submitjob/",
        "//v1/submitjob",
        "/v1//submitjob",
        "/v2/submitjob",
        "/v1/submitjob%00",
        "/v1/%ff%fe",
        "/v1/tags",
        "/v1/tags/",
        "/v1/../v1/submitjob",
        "/static/x",
    ],
)
def test_an_unknown_path_is_answered_as_the_gateway_does(wire: Wire, path: str) -> None:
    response = wire.http.post(path, data=b"{}")
    assert response.status_code == 403
    assert response.get_json()["message"] == "Missing Authentication Token"
    assert response.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
    assert response.headers["x-amzn-RequestId"]


@pytest.mark.parametrize(
    "sent",
    [
        ARN,
        ARN.replace(":", "%3A").replace("/", "%2F"),
        ARN.replace(":", "%3a").replace("/", "%2f"),
        ARN.replace("/", "%2F"),
    ],
)
def test_an_arn_in_the_path_arrives_decoded_and_whole(wire: Wire, sent: str) -> None:
    wire.answer("ListTagsForResource", {})
    assert wire.http.get(f"/v1/tags/{sent}").status_code == 200
    assert wire.calls[0][2] == {"resourceArn": ARN}


@pytest.mark.parametrize("arn", ["a//b", "a/", "a/../b", "a b", "é😀", "%2F", "a%00b", "x" * 5000])
def test_whatever_stands_in_the_path_is_the_member(wire: Wire, arn: str) -> None:
    from urllib.parse import quote

    wire.answer("ListTagsForResource", {})
    assert wire.http.get(f"/v1/tags/{quote(arn, safe='')}").status_code == 200
    assert wire.calls[0][2] == {"resourceArn": arn}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_path_of_an_operation_is_known_without_a_signature(operation: str) -> None:
    _, template = http_trait(operation)
    assert is_batch_path(template.replace("{resourceArn}", ARN))


@pytest.mark.parametrize(
    ("path", "known"),
    [
        (f"/v1/tags/{ARN.replace(':', '%3A').replace('/', '%2F')}", True),
        (f"/v1/tags/{ARN.replace('aws', 'aws-us-gov', 1)}", True),
        (f"/v1/tags/{ARN.replace('batch', 'kafkaconnect')}", False),
        ("/v1/tags/batch", False),
        ("/v1/tags/", False),
        ("/v1/submitjob/", False),
        ("/v1/submitjobs", False),
        ("/", False),
        ("", False),
    ],
)
def test_a_tag_path_is_batchs_only_with_a_batch_arn(path: str, known: bool) -> None:
    assert is_batch_path(path) is known


def test_the_handle_gets_name_request_and_members_of_the_path() -> None:
    seen: list[Any] = []

    def handle(name: str, request: Any, uri_params: dict[str, str]) -> Response:
        seen.append((name, request.method, request.path, uri_params))
        return Response(b"{}")

    app = Client(Router(handle))
    app.delete(f"/v1/tags/{ARN}")
    assert seen == [("UntagResource", "DELETE", f"/v1/tags/{ARN}", {"resourceArn": ARN})]


def test_a_failure_outside_dispatch_is_an_envelope_without_traceback() -> None:
    def handle(name: str, request: Any, uri_params: dict[str, str]) -> Response:
        raise RuntimeError("a secret")

    app = Client(Router(handle))
    response = app.post("/v1/submitjob", data=b"{}")
    assert response.status_code == 500
    assert response.headers["x-amzn-ErrorType"] == "ServerException"
    assert "secret" not in response.get_data(as_text=True)


def test_an_http_exception_outside_dispatch_is_an_envelope_too() -> None:
    def handle(name: str, request: Any, uri_params: dict[str, str]) -> Response:
        raise ImATeapot

    app = Client(Router(handle))
    response = app.post("/v1/submitjob", data=b"{}")
    assert response.status_code == 418
    assert response.headers["x-amzn-ErrorType"] == response.get_json()["__type"] == "ImATeapot"
