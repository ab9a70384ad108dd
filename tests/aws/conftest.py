"""A waitress server with nothing but ``EmbeddedAws`` behind it, and clients for it."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import waitress
from botocore.config import Config

from batchemu.aws.embedded import WAITRESS_SETTINGS, EmbeddedAws, set_up_waitress

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "123456789012"


@dataclass
class Served:
    """A running server; clients are closed with it."""

    aws: EmbeddedAws
    port: int
    clients: list[Any] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str, key: str = "test", region: str = "us-east-1", **config: Any) -> Any:
        client = boto3.client(
            service,
            endpoint_url=config.pop("endpoint_url", self.url),
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key="secret",
            config=Config(retries={"max_attempts": 0}, **config),
        )
        self.clients.append(client)
        return client

    def close_clients(self) -> None:
        while self.clients:
            self.clients.pop().close()


@contextlib.contextmanager
def serve() -> Iterator[Served]:
    port = 0
    aws = EmbeddedAws(lambda: port)
    server = waitress.create_server(aws, host="127.0.0.1", port=0, threads=8, **WAITRESS_SETTINGS)
    set_up_waitress(server)
    port = int(server.effective_port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    served = Served(aws, port)
    try:
        yield served
    finally:
        served.close_clients()
        aws.reset()
        server.trigger.pull_trigger(lambda: _close(server))
        thread.join(10)
        assert not thread.is_alive()


def _close(server: Any) -> None:
    """Runs in the server's own thread: its loop ends once nothing is left to watch."""
    server.task_dispatcher.shutdown()
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Served]:
    with serve() as served:
        served.aws.load()
        yield served


@pytest.fixture
def served(server: Served) -> Iterator[Served]:
    """The server, empty before and after."""
    server.aws.reset()
    yield server
    server.close_clients()
    server.aws.reset()
