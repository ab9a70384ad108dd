"""One rule for every operation of the model, and the gateway's answer to everything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, cast
from urllib.parse import unquote

from flask import request as request_proxy
from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException, InternalServerError

from batchemu.errors import ServiceError
from batchemu.wire.dispatch import error_response, failure_response, new_request_id
from batchemu.wire.model import SERVICE, http_trait, operation_names

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.local import LocalProxy

Handle: TypeAlias = Callable[[str, Request, dict[str, str]], Response]

_URI_MEMBER = re.compile(r"\{(\w+)\}")


class MissingAuthenticationTokenException(ServiceError):
    """API Gateway's default answer to a path or method that it does not know.

    Source: MISSING_AUTHENTICATION_TOKEN, "an unsupported API method or resource", in
    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html;
    that Batch leaves the default in place is assumed.
    """

    status = 403
    code = "MissingAuthenticationTokenException"


def register(app: Flask, handle: Handle) -> None:
    """Route every operation of the model to ``handle(operation name, request, uri members)``.

    A member of the path keeps the slashes of an ARN. Whatever the app does not know is answered
    as the gateway would, and what fails outside ``handle`` in the same envelope.
    """
    for name in sorted(operation_names()):
        method, template = http_trait(name)
        app.add_url_rule(
            _URI_MEMBER.sub(r"<path:\1>", template),
            endpoint=name,
            view_func=_view(name, method, handle),
            methods=[method],
            provide_automatic_options=False,
            merge_slashes=False,  # else werkzeug redirects to a path that the client did not sign
        )
    app.register_error_handler(HTTPException, _on_http_exception)


def is_batch_path(path: str) -> bool:
    """Tell whether an unsigned request can only be for Batch.

    ``/v1/tags/{resourceArn}`` is a path of AppSync, MSK Connect and others too (botocore's models),
    so there the ARN decides.
    """
    exact, prefixes = _paths()
    return path in exact or any(
        path.startswith(prefix) and _is_arn_of_service(unquote(path[len(prefix) :])) for prefix in prefixes
    )


def _is_arn_of_service(text: str) -> bool:
    parts = text.split(":", 3)
    return len(parts) > 3 and parts[0] == "arn" and parts[1].startswith("aws") and parts[2] == SERVICE


@cache
def _paths() -> tuple[frozenset[str], frozenset[str]]:
    templates = {http_trait(name)[1] for name in operation_names()}
    exact = frozenset(template for template in templates if "{" not in template)
    return exact, frozenset(template.partition("{")[0] for template in templates - exact)


def _view(name: str, method: str, handle: Handle) -> Callable[..., Response]:
    def view(**uri_params: str) -> Response:
        request = cast("LocalProxy[Request]", request_proxy)._get_current_object()
        if request.method != method:  # werkzeug adds HEAD to GET; the gateway does not
            return _missing_token()
        return handle(name, request, uri_params)

    return view


def _missing_token() -> Response:
    error = MissingAuthenticationTokenException("Missing Authentication Token")
    return error_response(error, new_request_id())


def _on_http_exception(error: HTTPException) -> Response:
    """Answer what Flask raised itself: no such rule, or an exception outside ``dispatch``."""
    if error.code in (404, 405):
        return _missing_token()
    if isinstance(error, InternalServerError):
        return failure_response("a request", new_request_id())
    refusal = ServiceError(error.description or error.name)
    refusal.status = error.code or 400
    refusal.code = type(error).__name__
    return error_response(refusal, new_request_id())
