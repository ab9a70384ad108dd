"""One rule for every operation of the model, and the gateway's answer to everything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote

from werkzeug import Request
from werkzeug.exceptions import HTTPException

from batchemu.errors import ServiceError
from batchemu.wire.dispatch import Answer, error_response, failure_response, new_request_id
from batchemu.wire.model import SERVICE, UnsupportedShape, http_trait, operation_names

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Handle: TypeAlias = Callable[[str, Request, dict[str, str]], "WSGIApplication"]

_URI_MEMBER = re.compile(r"\{(\w+)\}")


class MissingAuthenticationTokenException(ServiceError):
    """API Gateway's default answer to a path or method that it does not know.

    Source: MISSING_AUTHENTICATION_TOKEN, "an unsupported API method or resource", in
    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html;
    that Batch leaves the default in place is assumed.
    """

    status = 403
    code = "MissingAuthenticationTokenException"


class Router:
    """A WSGI application: each request to ``handle(operation name, request, members of the path)``.

    Whatever the model does not know is answered as the gateway would, and what fails outside
    ``handle``'s own care in the same envelope. Paths are compared as they are: no redirect that the
    client did not sign, and an ARN keeps its slashes.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            found = match(request.method, request.path)
            response = _missing_token() if found is None else self._handle(found[0], request, found[1])
        except HTTPException as error:
            response = _on_http_exception(error)
        except Exception:
            response = failure_response("a request", new_request_id())
        return response(environ, start_response)


def match(method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """The operation that a request is for, and the members that its path carries."""
    exact, prefixed = _routes()
    name = exact.get((method, path))
    if name is not None:
        return name, {}
    for (asked, prefix), (name, member) in prefixed.items():
        if method == asked and path.startswith(prefix) and len(path) > len(prefix):
            return name, {member: path[len(prefix) :]}
    return None


@cache
def _routes() -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], tuple[str, str]]]:
    """Operations by method and path; and those whose path ends in a member, by method and prefix."""
    exact, prefixed = {}, {}
    for name in operation_names():
        method, template = http_trait(name)
        prefix, _, member = template.partition("{")
        if not member:
            exact[method, template] = name
        elif member.endswith("}") and "{" not in member:
            prefixed[method, prefix] = (name, member.strip("+}"))
        else:
            raise UnsupportedShape(f"{name}: the path {template} has more than one member")
    return exact, prefixed


def is_batch_path(path: str) -> bool:
    """Tell whether an unsigned request can only be for Batch.

    ``/v1/tags/{resourceArn}`` is a path of AppSync, MSK Connect and others too (botocore's models),
    so there the ARN decides.
    """
    exact, prefixed = _routes()
    return any(path == known for _, known in exact) or any(
        path.startswith(prefix) and _is_arn_of_service(unquote(path[len(prefix) :])) for _, prefix in prefixed
    )


def _is_arn_of_service(text: str) -> bool:
    parts = text.split(":", 3)
    return len(parts) > 3 and parts[0] == "arn" and parts[1].startswith("aws") and parts[2] == SERVICE


def _missing_token() -> Answer:
    error = MissingAuthenticationTokenException("Missing Authentication Token")
    return error_response(error, new_request_id())


def _on_http_exception(error: HTTPException) -> Answer:
    """Answer what werkzeug raised outside ``dispatch``."""
    refusal = ServiceError(error.description or error.name)
    refusal.status = error.code or 400
    refusal.code = type(error).__name__
    return error_response(refusal, new_request_id())
