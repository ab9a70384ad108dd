"""A request becomes a dict of members, as yet unchecked: from the path, the query and the JSON body."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from batchemu.errors import ClientException
from batchemu.wire.model import QUERY, URI, UnsupportedShape, input_members, location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import Shape
    from werkzeug import Request

# API Gateway's payload quota: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
MAX_BODY_BYTES = 10 * 1024 * 1024

# The message of AWS: https://github.com/JuliaCloud/AWS.jl/issues/313
BAD_JSON = "An error occurred during JSON parsing"

# The parameters of a presigned URL, which belong to the signature:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
_SIGNATURE_PREFIX = "x-amz-"


class RequestEntityTooLargeException(ClientException):
    """The gateway's refusal of a payload over its quota, with its REQUEST_TOO_LARGE response.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
    """

    status = 413
    code = "RequestEntityTooLargeException"


@dataclass(frozen=True, slots=True)
class Parsed:
    """The members by wire name, the length of the raw body, and the paths that the model lacks."""

    params: dict[str, Any]
    body_length: int
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which members of an input travel where: ``(member, wire name, is a list)`` outside the body."""

    uri: tuple[tuple[str, str], ...]
    query: tuple[tuple[str, str, bool], ...]
    query_names: frozenset[str]
    outside_body: tuple[str, ...]
    has_body: bool


def parse(operation: str, request: Request, uri_params: Mapping[str, str]) -> Parsed:
    """Collect the members of the request; an operation without body members does not read its body."""
    plan = _plan(operation)
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise too_long()
    params: dict[str, Any] = {}
    length = 0
    if plan.has_body:
        raw = _read(request)
        length = len(raw)
        if raw:
            params = _load(raw)
    unknown = tuple(name for name in plan.outside_body if params.pop(name, None) is not None)
    for member, wire_name in plan.uri:
        params[member] = uri_params[wire_name]
    if request.query_string:
        unknown += _read_query(plan, request, params)
    return Parsed(params, length, unknown)


def bad_json(why: str | None = None) -> ClientException:
    """Make AWS's answer to malformed JSON and to a member of the wrong type.

    It does not say what is wrong; ``why`` becomes the exception's cause, which the log shows.
    """
    error = ClientException(BAD_JSON)
    if why is not None:
        error.__cause__ = ValueError(why)
    return error


def too_long() -> RequestEntityTooLargeException:
    """Make the gateway's answer to a payload over its quota."""
    return RequestEntityTooLargeException("Request Too Long")


def _read(request: Request) -> bytes:
    length = request.content_length
    if length is not None and request.environ.get("wsgi.input_terminated"):
        return bytes(request.environ["wsgi.input"].read(length))  # the server has the whole body
    # A chunked body has no Content-Length; werkzeug stops reading it at the limit without a word.
    request.max_content_length = MAX_BODY_BYTES + 1
    try:
        raw = request.get_data()
    except RequestEntityTooLarge:
        raise too_long() from None
    except ClientDisconnected as error:  # a body shorter than its Content-Length
        raise bad_json() from error
    if len(raw) > MAX_BODY_BYTES:
        raise too_long()
    return raw


def _load(raw: bytes) -> dict[str, Any]:
    """Read a JSON object in UTF-8, as strictly as RFC 8259: no NaN, no half of a surrogate pair.

    Absurd nesting ends in a RecursionError, absurdly long integers in a ValueError.
    """
    try:
        value = _decode(raw.decode("utf-8"))
        if b"\\ud" in raw or b"\\uD" in raw:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise bad_json() from error
    if type(value) is not dict:
        raise bad_json("the body is not an object")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode


def _read_query(plan: _Plan, request: Request, params: dict[str, Any]) -> tuple[str, ...]:
    try:
        args = request.args
    except UnicodeDecodeError as error:
        raise ClientException("The query string must be in UTF-8.") from error  # assumed wording
    for member, wire_name, is_list in plan.query:
        values = args.getlist(wire_name)
        if values:
            params[member] = values if is_list else values[-1]
    return tuple(
        f"?{name}"
        for name in args
        if name not in plan.query_names and not name.lower().startswith(_SIGNATURE_PREFIX)
    )


@cache
def _plan(operation: str) -> _Plan:
    members = input_members(operation)
    places = {name: location(shape) for name, shape in members.items()}
    for name, (place, wire_name) in places.items():
        _refuse_unsupported(f"{operation}.{name}", members[name], place, wire_name)
    query = tuple(
        (name, wire_name or name, members[name].type_name == "list")
        for name, (place, wire_name) in places.items()
        if place == QUERY
    )
    return _Plan(
        uri=tuple((name, wire_name or name) for name, (place, wire_name) in places.items() if place == URI),
        query=query,
        query_names=frozenset(wire_name for _, wire_name, _ in query),
        outside_body=tuple(name for name, (place, _) in places.items() if place is not None),
        has_body=any(place is None for place, _ in places.values()),
    )


def _refuse_unsupported(path: str, shape: Shape, place: str | None, wire_name: str | None) -> None:
    """Refuse what the model of Batch does not use: headers, renamed members, numbers in a URL."""
    if place is None:
        supported = wire_name in (None, path.rpartition(".")[2])
    else:
        element = getattr(shape, "member", shape) if place == QUERY else shape
        supported = place in (URI, QUERY) and element.type_name == "string"
    if not supported:
        raise UnsupportedShape(f"{path}: {shape.type_name} in {place or 'body'} as {wire_name}")
