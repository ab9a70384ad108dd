"""A way to the engine that a test can cut, or hold an answer back on."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def engine_socket() -> str:
    return os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")


class Proxy:
    """Hands bytes on between a Unix socket of its own and the engine's."""

    def __init__(self, path: Path) -> None:
        self.url = f"unix://{path}"
        self._whole = True
        self._held: bytes | None = None
        self._released = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        self._run(self._accept)

    def cut(self) -> None:
        """Break every connection, and each new one at once."""
        with self._lock:
            self._whole = False
            for one in self._open:
                _shut(one)

    def restore(self) -> None:
        with self._lock:
            self._whole = True

    def hold_answers(self, text: bytes) -> None:
        """Keep the answers on connections whose request has ``text`` in it until ``release``."""
        self._released.clear()
        self._held = text

    def release(self) -> None:
        self._held = None
        self._released.set()

    def close(self) -> None:
        self.release()
        _shut(self._server)
        self.cut()
        for thread in self._threads:
            thread.join()
        self._server.close()

    def _run(self, target: object, *args: object) -> threading.Thread:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                self._run(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as engine:
            with self._lock:
                if not self._whole:
                    return
                engine.connect(engine_socket())
                self._open |= {client, engine}
            hold = threading.Event()
            up = self._run(self._pump, client, engine, hold, True)
            self._pump(engine, client, hold, False)
            up.join()
            with self._lock:
                self._open -= {client, engine}

    def _pump(self, source: socket.socket, sink: socket.socket, hold: threading.Event, up: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if up and self._held is not None and self._held in data:
                    hold.set()
                if not up and hold.is_set():
                    self._released.wait()
                    hold.clear()
                sink.sendall(data)
        _shut(source)
        _shut(sink)


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
