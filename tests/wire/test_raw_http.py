"""What no SDK sends: always a clean answer in the envelope, never a 500, never a traceback."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug import Request
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from batchemu.wire import dispatch as dispatch_module
from batchemu.wire.model import http_trait, operation_model
from batchemu.wire.parse import BAD_JSON, MAX_BODY_BYTES
from batchemu.wire.validate import validate
from tests.wire.conftest import Wire, make_app
from tests.wire.shapes import OPERATIONS, body_members, example_input

SMALL = {"jobName": "a", "jobQueue": "q", "jobDefinition": "d"}
WITH_BODY = [name for name in OPERATIONS if body_members(operation_model(name))]
ARN = "arn:aws:batch:us-east-1:123456789012:job-queue/q"

NOT_JSON = {
    "malformed": b'{"jobName": ',
    "trailing comma": b'{"jobName": "a",}',
    "two objects": b"{}{}",
    "a list": b"[]",
    "a string": b'"a"',
    "a number": b"1",
    "null": b"null",
    "only a space": b" ",
    "a NUL": b"\x00",
    "invalid UTF-8": b'{"jobName": "\xff\xfe"}',
    "a surrogate in UTF-8": b'{"jobName": "\xed\xa0\x80"}',
    "half a surrogate pair": b'{"jobName": "\\ud83d"}',
    "half a surrogate pair, capital": b'{"jobName": "\\uDE00"}',
    "UTF-16": '{"jobName": "a"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "NaN": b'{"jobName": NaN}',
    "infinity": b'{"jobName": -Infinity}',
    "deep lists": b'{"jobName": ' + b"[" * 100_000,
    "deep lists, closed": b'{"jobName": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a number without end": b'{"jobName": ' + b"1" * 10_000 + b"}",
    "gzip": b"\x1f\x8b\x08\x00",
    "a form": b"jobName=a&jobQueue=q",
    "a raw control character": b'{"jobName": "a\nb"}',
}


def url(operation: str) -> str:
    return http_trait(operation)[1].replace("{resourceArn}", ARN)


def send(wire: Wire, operation: str, body: bytes, **kwargs: Any) -> TestResponse:
    return wire.http.open(url(operation), method=http_trait(operation)[0], data=body, **kwargs)


def assert_refused(response: TestResponse, status: int = 400, code: str = "ClientException") -> str:
    assert response.status_code == status
    assert response.headers["x-amzn-ErrorType"] == code
    assert response.headers["Content-Type"] == "application/json"
    body = response.get_json()
    assert body.keys() == {"message", "__type"}
    assert body["__type"] == code
    message: str = body["message"]
    assert "Traceback" not in message
    return message


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
@pytest.mark.parametrize("operation", ["SubmitJob", "TagResource"])
def test_what_is_not_a_json_object_is_refused(wire: Wire, operation: str, body: bytes) -> None:
    wire.answer_everything()
    assert assert_refused(send(wire, operation, body)) == BAD_JSON


@pytest.mark.parametrize("operation", WITH_BODY)
def test_every_operation_with_a_body_refuses_a_list(wire: Wire, operation: str) -> None:
    wire.answer_everything()
    assert assert_refused(send(wire, operation, b"[{}]")) == BAD_JSON


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_empty_body_is_an_empty_object(wire: Wire, operation: str) -> None:
    wire.answer_everything()
    empty, braces = (send(wire, operation, body) for body in (b"", b"{}"))
    assert empty.status_code == braces.status_code
    if empty.status_code != 200:
        assert (
            assert_refused(empty).partition("RequestId")[0]
            == assert_refused(braces).partition("RequestId")[0]
        )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_missing_required_member_is_a_wrapped_refusal(wire: Wire, operation: str) -> None:
    wire.answer_everything()
    params = example_input(operation)
    shape = operation_model(operation).input_shape
    assert shape is not None
    located = {name for name in shape.members if "location" in shape.members[name].serialization}
    body = {name: value for name, value in params.items() if name not in located}
    for name in set(shape.required_members) - located:
        left = {key: value for key, value in body.items() if key != name}
        message = assert_refused(send(wire, operation, json.dumps(left).encode()))
        assert message.startswith("Error executing request, Exception : ")
        assert " is required., RequestId: " in message
    if "tagKeys" in located:
        assert "Tag keys is required." in assert_refused(send(wire, operation, b""))


@pytest.mark.parametrize(
    ("operation", "body", "said"),
    [
        ("SubmitJob", SMALL | {"jobName": 1}, BAD_JSON),
        ("SubmitJob", SMALL | {"jobName": True}, BAD_JSON),
        ("SubmitJob", SMALL | {"propagateTags": 1}, BAD_JSON),
        ("SubmitJob", SMALL | {"propagateTags": "true"}, BAD_JSON),
        ("SubmitJob", SMALL | {"schedulingPriorityOverride": 1.0}, BAD_JSON),
        ("SubmitJob", SMALL | {"schedulingPriorityOverride": True}, BAD_JSON),
        ("SubmitJob", SMALL | {"schedulingPriorityOverride": "1"}, BAD_JSON),
        ("SubmitJob", SMALL | {"schedulingPriorityOverride": 2**31}, BAD_JSON),
        ("SubmitJob", SMALL | {"dependsOn": {"jobId": "a"}}, BAD_JSON),
        ("SubmitJob", SMALL | {"dependsOn": [None]}, BAD_JSON),
        ("SubmitJob", SMALL | {"arrayProperties": []}, BAD_JSON),
        ("SubmitJob", SMALL | {"parameters": {"a": None}}, BAD_JSON),
        ("SubmitJob", SMALL | {"dependsOn": [{"type": "BOGUS"}]}, "must be one of N_TO_N, SEQUENTIAL."),
        ("SubmitJob", SMALL | {"tags": {"k": "v" * 257}}, "at most 256 characters"),
        ("SubmitJob", SMALL | {"tags": {str(n): "" for n in range(51)}}, "at most 50 entries"),
        ("ListJobs", {"jobStatus": "BOGUS"}, "Job status must be one of SUBMITTED"),
        ("CreateConsumableResource", {"consumableResourceName": "a", "totalQuantity": 2**63}, BAD_JSON),
        (
            "CreateSchedulingPolicy",
            {
                "name": "a",
                "fairsharePolicy": {"shareDistribution": [{"shareIdentifier": "a", "weightFactor": "1"}]},
            },
            BAD_JSON,
        ),
    ],
)
def test_a_bad_member_is_refused(wire: Wire, operation: str, body: Any, said: str) -> None:
    wire.answer_everything()
    assert said in assert_refused(wire.http.post(url(operation), json=body))
    assert wire.calls == []


def test_a_number_too_large_for_a_float_is_refused(wire: Wire) -> None:
    wire.answer_everything()
    body = (
        b'{"name":"a","fairsharePolicy":{"shareDistribution":[{"shareIdentifier":"a","weightFactor":1e999}]}}'
    )
    assert assert_refused(send(wire, "CreateSchedulingPolicy", body)) == BAD_JSON


class TestLargeBodies:
    def test_a_body_over_ten_megabytes_is_refused_before_it_is_read(self, wire: Wire) -> None:
        wire.answer_everything()

        class Unread(BytesIO):
            def read(self, *args: Any) -> bytes:
                raise AssertionError("the body was read")

        environ = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(MAX_BODY_BYTES + 1)}
        for operation in OPERATIONS:
            response = wire.http.open(
                url(operation), method=http_trait(operation)[0], environ_overrides=environ
            )
            assert assert_refused(response, 413, "RequestEntityTooLargeException") == "Request Too Long"

    def test_a_body_without_a_length_is_counted(self, wire: Wire) -> None:
        wire.answer_everything()
        environ = EnvironBuilder(url("SubmitJob"), method="POST").get_environ()
        environ |= {"wsgi.input": BytesIO(b" " * (MAX_BODY_BYTES + 1)), "wsgi.input_terminated": True}
        answer = run_wsgi_app(wire.app, environ)  # a test client would count the body itself
        response = TestResponse(*answer, request=Request(environ))
        assert assert_refused(response, 413, "RequestEntityTooLargeException") == "Request Too Long"

    def test_ten_megabytes_are_read(self, wire: Wire) -> None:
        wire.answer_everything()
        text = json.dumps(SMALL)
        response = send(wire, "SubmitJob", (text + " " * (MAX_BODY_BYTES - len(text))).encode())
        assert response.status_code == 200
        assert wire.calls[0][1].parsed.body_length == MAX_BODY_BYTES

    def test_a_body_shorter_than_its_length_is_malformed(self, wire: Wire) -> None:
        wire.answer_everything()
        environ = {"wsgi.input": BytesIO(b"{}"), "CONTENT_LENGTH": "100"}
        assert assert_refused(wire.http.post(url("SubmitJob"), environ_overrides=environ)) == BAD_JSON

    @pytest.mark.parametrize("length", ["-1", "abc", "", "1e3", "9" * 30])
    def test_a_length_that_is_none_never_fails_us(self, wire: Wire, length: str) -> None:
        wire.answer_everything()
        environ = {"wsgi.input": BytesIO(b"{}"), "CONTENT_LENGTH": length}
        response = wire.http.post(url("SubmitJob"), environ_overrides=environ)
        assert 400 <= response.status_code < 500


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/x-amz-json-1.1",
        "application/json; charset=utf-16",
        "\x7f;;;=",
    ],
)
def test_the_content_type_does_not_matter(wire: Wire, content_type: str | None) -> None:
    wire.answer_everything()
    response = send(wire, "SubmitJob", json.dumps(SMALL).encode(), content_type=content_type)
    assert response.status_code == 200
    assert wire.calls[0][2] == SMALL


def test_an_operation_without_body_members_ignores_its_body(wire: Wire) -> None:
    wire.answer_everything()
    assert send(wire, "ListTagsForResource", b"not json").status_code == 200


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("tagKeys=a", ["a"]),
        ("tagKeys=a&tagKeys=b", ["a", "b"]),
        ("tagKeys=a%20b&tagKeys=c%2Bd+e", ["a b", "c+d e"]),
        ("tagKeys=%C3%A9&x=1", ["é"]),
        ("tagKeys=%FF", ["%FF"]),
        ("&&;=&tagKeys=a%&==", ["a%"]),
    ],
)
def test_the_query_is_read_as_written(wire: Wire, query: str, keys: list[str]) -> None:
    wire.answer_everything()
    assert wire.http.delete(f"/v1/tags/{ARN}?{query}").status_code == 200
    assert wire.calls[0][2] == {"resourceArn": ARN, "tagKeys": keys}


@pytest.mark.parametrize(
    "query", ["", "tagKeys", "tagKeys=", "tagkeys=a", "tagKeys=" + "k" * 129, "&".join(["tagKeys=a"] * 51)]
)
def test_a_bad_query_is_refused(wire: Wire, query: str) -> None:
    wire.answer_everything()
    message = assert_refused(wire.http.delete(f"/v1/tags/{ARN}?{query}"))
    assert message.startswith("Error executing request, Exception : ")


@pytest.mark.parametrize("operation", ["SubmitJob", "UntagResource"])
def test_a_query_that_is_not_utf8_is_refused(wire: Wire, operation: str) -> None:
    wire.answer_everything()
    response = send(wire, operation, b"{}", environ_overrides={"QUERY_STRING": "tagKeys=\xff"})
    assert assert_refused(response) == "The query string must be in UTF-8."


# Keys that mean something to some operation, and others; values of every type.
NAMES = sorted(
    {name for operation in OPERATIONS for name in example_input(operation)} | {"name", "type", "value"}
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["a", "", "ENABLED", "RETRY", 1, 0]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=4)
    ),
    max_leaves=8,
)

REPEATABLE = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@st.composite
def _requests(draw: st.DrawFn) -> tuple[str, Any]:
    """An operation and a body: its own example with a few members replaced, or anything at all."""
    operation = draw(st.sampled_from(OPERATIONS))
    if draw(st.booleans()):
        return operation, draw(VALUES)
    body = example_input(operation)
    for name in draw(st.lists(st.sampled_from([*body, "bogus"]), max_size=2)):
        body[name] = draw(VALUES)
    return operation, body


@settings(REPEATABLE, max_examples=400)
@given(request=_requests())
def test_no_json_makes_the_wire_fail(
    monkeypatch: pytest.MonkeyPatch, request: tuple[str, Any], shared: Wire
) -> None:
    operation, body = request
    shared.calls.clear()
    monkeypatch.setattr(dispatch_module, "_handlers", shared.handlers)
    response = send(shared, operation, json.dumps(body).encode())
    assert response.status_code in (200, 400)
    for _, ctx, params in shared.calls:
        again: list[str] = []
        assert validate(operation, json.loads(json.dumps(params)), again) == params
        assert again == []
        assert ctx.parsed.params is params


@settings(REPEATABLE, max_examples=200)
@given(operation=st.sampled_from(OPERATIONS), body=st.binary(max_size=200))
def test_no_bytes_make_the_wire_fail(
    monkeypatch: pytest.MonkeyPatch, operation: str, body: bytes, shared: Wire
) -> None:
    monkeypatch.setattr(dispatch_module, "_handlers", shared.handlers)
    assert send(shared, operation, body).status_code in (200, 400)


@pytest.fixture(scope="module")
def shared() -> Wire:
    wire = Wire(make_app(), {})
    wire.answer_everything()
    return wire


def test_an_empty_map_of_tags_is_no_tags(wire: Wire) -> None:
    wire.answer_everything()
    assert wire.http.post(url("SubmitJob"), json=SMALL | {"tags": {}}).status_code == 200
