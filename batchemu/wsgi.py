"""One port: AWS Batch, its neighbours, and the control plane.

Requests signed for ``batch`` are ours, paths under ``/_batchemu/`` go to the control plane, everything
else to the neighbours. Unsigned requests (curl) are ours when their path is one of Batch's.
"""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug import Response

from batchemu import api, control
from batchemu.api.context import Ids, RequestContext
from batchemu.aws.logs import reads_logs
from batchemu.engine.ports import Scope
from batchemu.errors import NotImplementedByBatchemu, ServiceError
from batchemu.signature import Caller, caller
from batchemu.wire import dispatch, routing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from werkzeug import Request

    from batchemu.engine.engine import Engine
    from batchemu.engine.ports import References
    from batchemu.guard import Guard
    from batchemu.wire.parse import Parsed

log = logging.getLogger("batchemu.requests")
CALLER = "batchemu.caller"


def create_batch_app(engine: Engine, say: Say, references: References | None = None) -> WSGIApplication:
    """The AWS Batch API as a WSGI application."""
    assert api.__all__
    ids = Ids()

    def make_context(request: Request, parsed: Parsed) -> RequestContext:
        by = request.environ.get(CALLER) or caller(request.environ)
        return RequestContext(Scope(by.account, by.region), engine, ids, parsed.body_length, references)

    def handle(name: str, request: Request, uri_params: dict[str, str]) -> WSGIApplication:
        response = dispatch.dispatch(name, request, uri_params, make_context)
        say(f"AWS batch.{name} => {response.status_code}")
        return response

    return routing.Router(handle)


class Say(Protocol):
    """Told a line for each thing that a person may want to see."""

    def __call__(self, *lines: str) -> None: ...


class OnePort:
    """The WSGI application that everything comes in by."""

    def __init__(
        self,
        *,
        batch: WSGIApplication,
        controls: WSGIApplication,
        neighbours: WSGIApplication | None,
        guard: Guard,
        say: Say,
        before_reading_logs: Callable[[Scope, bytes], None] | None = None,
    ) -> None:
        """``before_reading_logs``: called with the body of a CloudWatch Logs request that reads events,
        before the neighbours answer it."""
        self._batch = batch
        self._controls = controls
        self._neighbours = neighbours
        self._guard = guard
        self._say = say
        self._before_reading_logs = before_reading_logs

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return self._route(environ, start_response)
        except Exception:
            what = f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO')}"
            return dispatch.failure_response(what, dispatch.new_request_id())(environ, start_response)

    def _route(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        refusal = self._guard.refusal(environ)
        if refusal is not None:
            log.warning("refused %s %s: %s", environ["REQUEST_METHOD"], environ.get("PATH_INFO"), refusal)
            return _refuse(403, refusal)(environ, start_response)
        path = environ.get("PATH_INFO", "")
        if path.startswith(f"{control.PREFIX}/"):
            return self._controls(environ, start_response)
        try:
            by = caller(environ)
        except ServiceError as error:
            return self._refused(error, environ, start_response)
        if by.service is None and (environ["REQUEST_METHOD"], path) in control.ALIASES:
            return self._controls(environ, start_response)  # signed, it may be a key in S3
        if by.service == "batch" or (by.service is None and routing.is_batch_path(path)):
            environ[CALLER] = by
            return self._batch(environ, start_response)
        return self._answer_by_neighbour(by, environ, start_response)

    def _answer_by_neighbour(
        self, by: Caller, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        if self._neighbours is None:
            error = NotImplementedByBatchemu(
                "This batchemu serves AWS Batch only: start it with --aws embedded for the other services."
            )
            return self._refused(error, environ, start_response)
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if by.service == "logs" and self._before_reading_logs and reads_logs(target):
            self._before_reading_logs(Scope(by.account, by.region), _body_of(environ))

        def logged(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            self._say(f"AWS {_name_of(by, target, environ)} => {status.partition(' ')[0]}")
            return start_response(status, headers, exc_info)

        return self._neighbours(environ, logged)

    def _refused(
        self, error: ServiceError, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        self._say(f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO')} => {error.status}")
        return dispatch.error_response(error, dispatch.new_request_id())(environ, start_response)


def _name_of(by: Caller, target: str, environ: WSGIEnvironment) -> str:
    """``logs.GetLogEvents`` where the request names its operation, else method and path."""
    service = by.service or "unsigned"
    if target:
        return f"{service}.{target.rpartition('.')[2]}"
    return f"{service} {environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')}"


def _body_of(environ: WSGIEnvironment) -> bytes:
    """The request's body, left in place for whoever reads it next."""
    length = environ.get("CONTENT_LENGTH")
    body = environ["wsgi.input"].read(int(length)) if length else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return bytes(body)


def _refuse(status: int, sentence: str) -> Response:
    return Response(json.dumps({"message": sentence}), status, content_type="application/json")
