"""A WSGI application with only the wire in it, and a boto3 client whose network is that app."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from werkzeug.test import Client

from batchemu.wire import dispatch as dispatch_module
from batchemu.wire.dispatch import dispatch
from batchemu.wire.routing import Router
from tests.wire.shapes import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug import Request

    from batchemu.wire.parse import Parsed


@dataclass
class Context:
    """What a caller of ``dispatch`` hands to its handlers."""

    parsed: Parsed
    ignored: list[str] = field(default_factory=list)

    def without_effect(self, operation: str, params: dict[str, Any]) -> tuple[str, ...]:
        return ()


@dataclass
class Wire:
    """The app under test, its handlers and what they were called with."""

    app: Router
    handlers: dict[str, Callable[[Any, Any], Any]]
    calls: list[tuple[str, Context, dict[str, Any]]] = field(default_factory=list)

    @property
    def http(self) -> Client:
        return Client(self.app)

    def answer(self, operation: str, result: Any) -> None:
        def handler(ctx: Context, params: dict[str, Any]) -> Any:
            self.calls.append((operation, ctx, params))
            return result

        self.handlers[operation] = handler

    def answer_everything(self) -> None:
        for name in OPERATIONS:
            self.answer(name, {})

    def fail(self, operation: str, error: Exception) -> None:
        def handler(ctx: Context, params: dict[str, Any]) -> Any:
            raise error

        self.handlers[operation] = handler


def make_app() -> Router:
    return Router(lambda name, request, uri: dispatch(name, request, uri, _context))


def _context(request: Request, parsed: Parsed) -> Context:
    return Context(parsed)


class _Raw(BytesIO):
    def stream(self, **kwargs: object) -> Iterator[bytes]:
        yield self.read()


@dataclass
class Boto:
    """A real client of botocore; ``requests`` are those that it would have put on the network."""

    client: Any
    http: Client | None = None
    requests: list[AWSPreparedRequest] = field(default_factory=list)

    def send(self, request: AWSPreparedRequest, **kwargs: object) -> AWSResponse:
        self.requests.append(request)
        assert self.http is not None
        url = urlsplit(request.url)
        headers = {
            name: value.decode() if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
        }
        response = self.http.open(
            url.path,
            query_string=url.query,
            method=request.method,
            headers=headers,
            data=request.body,
        )
        return AWSResponse(request.url, response.status_code, response.headers, _Raw(response.get_data()))

    def call(self, operation: str, params: dict[str, Any]) -> Any:
        return self.client._make_api_call(operation, params)


@pytest.fixture(scope="session")
def _app() -> Router:
    return make_app()


@pytest.fixture
def wire(_app: Router, monkeypatch: pytest.MonkeyPatch) -> Wire:
    handlers: dict[str, Any] = {}
    monkeypatch.setattr(dispatch_module, "_handlers", handlers)
    return Wire(_app, handlers)


@pytest.fixture(scope="session")
def _boto() -> Boto:
    session = boto3.Session(
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="not-a-secret",
        region_name="us-east-1",
    )
    boto = Boto(session.client("batch", endpoint_url="http://batch.invalid"))
    boto.client.meta.events.register("before-send.batch", boto.send)
    return boto


@pytest.fixture
def boto(_boto: Boto, wire: Wire) -> Boto:
    _boto.http = wire.http
    _boto.requests = []
    return _boto
