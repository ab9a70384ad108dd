"""Listening at a second address, for containers."""

from __future__ import annotations

import socket
import sys
import threading
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from batchemu.config import Settings
from batchemu.server import Server, listen, listen_also

if TYPE_CHECKING:
    from collections.abc import Iterable

SECOND = "127.0.0.2"
"""Linux answers to all of 127.0.0.0/8."""


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["HTTP_HOST"].encode()]


def ask(host: str, port: int) -> str:
    with urllib.request.urlopen(f"http://{host}:{port}/", timeout=10) as answer:
        return str(answer.read().decode())


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the machine has no second loopback address")


@on_linux
def test_one_port_of_two_addresses_is_served_by_the_same_threads() -> None:
    first = listen(app, "127.0.0.1", 0)
    port = int(first.effective_port)
    second = listen_also(first, "127.0.0.1", SECOND)
    assert second is not None
    thread = threading.Thread(target=first.run)
    thread.start()
    try:
        assert [ask(host, port) for host in ("127.0.0.1", SECOND)] == [
            f"127.0.0.1:{port}",
            f"{SECOND}:{port}",
        ]
        assert second.task_dispatcher is first.task_dispatcher
    finally:
        first.trigger.pull_trigger(lambda: [each.close() for each in (first, second)])
        thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "192.0.2.1"), ("0.0.0.0", SECOND)])
def test_where_it_cannot_be_nothing_is_left_behind(host: str, address: str) -> None:
    first = listen(app, host, 0)
    watched = dict(first._map)
    assert listen_also(first, host, address) is None
    assert first._map == watched
    first.task_dispatcher.shutdown()
    first.close()


@on_linux
def test_a_server_that_listens_twice_stops_listening_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    make = Server._make_runtime
    monkeypatch.setattr(Server, "_make_runtime", lambda self, sink: (*make(self, sink)[:2], SECOND))
    server = Server(Settings(port=0, runtime="scripted", aws="none"))
    server.start()
    port = int(server.url.rpartition(":")[2])
    request = urllib.request.Request(
        f"http://{SECOND}:{port}/_batchemu/health", headers={"Host": f"host.docker.internal:{port}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200
    server.close()
    for host in ("127.0.0.1", SECOND):
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((host, port), timeout=5).close()
