"""One request: parse, validate, call the operation's handler, serialise, answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar
from urllib.parse import quote
from uuid import uuid4

from batchemu.errors import NotImplementedByBatchemu, ServerException, ServiceError
from batchemu.wire.model import operation_names
from batchemu.wire.parse import Parsed, parse
from batchemu.wire.serialise import serialise
from batchemu.wire.validate import validate

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from werkzeug import Request

log = logging.getLogger("batchemu.wire")

IGNORED_HEADER = "x-batchemu-ignored"
_MOST_IGNORED_NAMED = 20

_dumps = json.JSONEncoder(separators=(",", ":")).encode


class Ctx(Protocol):
    """What the wire needs of a caller's context: a list for the members that nobody reads, and those
    that are read in vain."""

    ignored: list[str]

    def without_effect(self, operation: str, params: Mapping[str, Any]) -> Iterable[str]: ...


C = TypeVar("C", bound=Ctx)
H = TypeVar("H", bound=Callable[[Any, Any], Mapping[str, Any]])
Handler: TypeAlias = Callable[[Any, dict[str, Any]], Mapping[str, Any]]

_handlers: dict[str, Handler] = {}


def operation(name: str) -> Callable[[H], H]:
    """Register the decorated function as the handler of an operation of the model, once."""
    if name not in operation_names():
        raise ValueError(f"the model of AWS Batch has no operation {name!r}")

    def register(handler: H) -> H:
        if name in _handlers:
            raise ValueError(f"{name} has two handlers: {_handlers[name]!r} and {handler!r}")
        _handlers[name] = handler
        return handler

    return register


def registered() -> frozenset[str]:
    """Name the operations that have a handler."""
    return frozenset(_handlers)


def dispatch(
    operation_name: str,
    request: Request,
    uri_params: Mapping[str, str],
    make_context: Callable[[Request, Parsed], Ctx],
) -> Answer:
    """Answer one request; no exception leaves this function.

    ``make_context`` is called after validation, with the validated ``Parsed``, and may raise a
    ServiceError. A missing handler is looked for first: its 501 says more than any complaint
    about the members.
    """
    request_id = new_request_id()
    ignored: list[str] = []
    try:
        handler = _handlers.get(operation_name)
        if handler is None:
            raise NotImplementedByBatchemu(f"batchemu does not implement {operation_name} yet")
        raw = parse(operation_name, request, uri_params)
        ignored.extend(raw.unknown)
        params = validate(operation_name, raw.params, ignored)
        ctx = make_context(request, Parsed(params, raw.body_length, tuple(ignored)))
        ctx.ignored.extend(ignored)
        ignored = ctx.ignored
        body = serialise(operation_name, handler(ctx, params))
        ignored.extend(ctx.without_effect(operation_name, params))
        response = Answer(200, _dumps(body), request_id)
    except ServiceError as error:
        log.debug("%s refused: %s (%s)", operation_name, error.message, error.__cause__)
        response = error_response(error, request_id)
    except Exception:
        response = failure_response(operation_name, request_id)
    if ignored:
        _name_ignored(response, operation_name, ignored, request_id)
    return response


def new_request_id() -> str:
    """Draw the id that a response carries in its header and its wrapped message."""
    return str(uuid4())


def error_response(error: ServiceError, request_id: str) -> Answer:
    """Answer with AWS's error envelope: https://github.com/JuliaCloud/AWS.jl/issues/313.

    The wrapped style and its odd spacing: https://github.com/pegasus-isi/pegasus/issues/2086.
    """
    message = error.message
    if error.wrapped:
        message = f"Error executing request, Exception : {message}, RequestId: {request_id}"
    response = Answer(error.status, _dumps({"message": message, "__type": error.code}), request_id)
    response.headers.append(("x-amzn-ErrorType", error.code))
    return response


def failure_response(what: str, request_id: str) -> Answer:
    """Log the exception in flight and answer 500 without a word of it."""
    log.exception("%s failed under request id %s", what, request_id)
    message = f"batchemu failed on this request; its log has the traceback under request id {request_id}"
    return error_response(ServerException(message), request_id)


class Answer:
    """A WSGI response that is complete as it is: a status, headers, and a JSON body."""

    __slots__ = ("body", "headers", "status_code")

    def __init__(self, status_code: int, body: str, request_id: str) -> None:
        self.status_code = status_code
        self.body = body.encode("ascii")
        self.headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(self.body))),
            ("x-amzn-RequestId", request_id),
        ]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(_STATUS_LINES[self.status_code], self.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.body]


_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


def _name_ignored(response: Answer, operation_name: str, ignored: list[str], request_id: str) -> None:
    named = ", ".join(_printable(islice(ignored, _MOST_IGNORED_NAMED)))
    if len(ignored) > _MOST_IGNORED_NAMED:
        named += f", and {len(ignored) - _MOST_IGNORED_NAMED} more"
    response.headers.append((IGNORED_HEADER, named))
    log.warning("%s ignored %s (request id %s)", operation_name, named, request_id)


def _printable(paths: Iterable[str]) -> Iterable[str]:
    """Percent-encode what a header may not carry: the names are the caller's."""
    return (quote(path, safe="[]?/:@$&+=;!*'()#") for path in paths)
