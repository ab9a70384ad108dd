"""Bytes on a real socket: broken, cut short or garbled, they end in an answer or a close, never in a hang."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

import batchemu
from tests.fuzz.lab import FINE, LIMIT_S
from tests.fuzz.requests import noise
from tests.fuzz.test_fuzz import FACTOR, SEEDS, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from batchemu.emulator import Emulator

BODY = json.dumps({"jobQueues": []}).encode()
LINE = b"POST /v1/describejobqueues HTTP/1.1\r\nHost: 127.0.0.1\r\n"
GOOD = LINE + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY) + BODY
CHUNKED = LINE + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
COUNT = 300 * FACTOR

BROKEN = {
    "nothing": (b"", None),
    "a line end": (b"\r\n", None),
    "no request": (b"hello\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", None),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 501),
    "half a line": (b"POST /v1/descr", None),
    "half a header": (LINE + b"Content-Le", None),
    "half a body": (GOOD[:-3], None),
    "no body": (GOOD[: -len(BODY)], None),
    "no length": (LINE + b"Connection: close\r\n\r\n", 200),
    "a negative length": (LINE + b"Content-Length: -1\r\n\r\n", 400),
    "a length that is no number": (LINE + b"Content-Length: x\r\n\r\n", 400),
    "two lengths": (LINE + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", 400),
    "a plus": (LINE + b"Content-Length: +2\r\n\r\n{}", 400),
    "a huge length": (LINE + b"Content-Length: 99999999999999999999\r\n\r\n", 413),
    "a length over the quota, and no body": (LINE + b"Content-Length: 10485761\r\n\r\n", None),
    "chunks": (CHUNKED + b"2\r\n{}\r\n0\r\n\r\n", 200),
    "a chunk of no size": (CHUNKED + b"x\r\n{}\r\n0\r\n\r\n", 400),
    "a chunk of a negative size": (CHUNKED + b"-1\r\n{}\r\n0\r\n\r\n", 400),
    "a chunk too short": (CHUNKED + b"5\r\n{}\r\n0\r\n\r\n", None),
    "no last chunk": (CHUNKED + b"2\r\n{}\r\n", None),
    "chunks and a length": (LINE + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 200),
    "an unknown coding": (LINE + b"Transfer-Encoding: gzip\r\n\r\n", 501),
    "a header without a colon": (LINE + b"Content-Length\r\n\r\n", 400),
    "a header with a space": (LINE + b"Content-Length : 2\r\n\r\n{}", 400),
    "bare line feeds": (b"POST /v1/describejobqueues HTTP/1.1\nHost: localhost\n\n", None),
    "a NUL in a header": (LINE + b"X: \x00\r\n\r\n", 400),
    "a very long line": (b"POST /" + b"a" * 300_000 + b" HTTP/1.1\r\n\r\n", 431),
    "very many headers": (LINE + b"".join(b"X-%d: 1\r\n" % n for n in range(30_000)) + b"\r\n", 431),
    "raw bytes in the path": (b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "raw bytes in the query": (b"POST /v1/submitjob?\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "raw bytes in the control plane": (
        b"GET /_batchemu/jobs/x/wait?\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        400,
    ),
    "no host": (
        b"POST /v1/describejobqueues HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        200,
    ),
    "two requests at once": (GOOD.replace(b"Connection: close\r\n", b"") + GOOD, 200),
    "another host": (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403),
    "an expectation": (LINE + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", 100),
}
"""Bytes, and the status of the first answer; None: nothing can be answered."""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with batchemu.start(runtime="scripted", clock="manual", aws="none") as running:
        yield running


def tell(emulator: Emulator, data: bytes) -> bytes:
    """All that comes back until the server closes; TimeoutError when it does not."""
    port = int(emulator.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT_S) as connection:
        answer = bytearray()
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65_536):
                answer += part
        except (ConnectionResetError, BrokenPipeError):
            pass  # it has refused to read on
        return bytes(answer)


def status(answer: bytes) -> int | None:
    return int(answer.split(b" ", 2)[1]) if answer else None


@pytest.mark.parametrize(("data", "wanted"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_requests(emulator: Emulator, data: bytes, wanted: int | None) -> None:
    assert status(tell(emulator, data)) == wanted
    assert status(tell(emulator, GOOD)) == 200


def test_garbled_requests(emulator: Emulator) -> None:
    asked = 0

    @settings(SETTINGS, max_examples=COUNT)
    @given(SEEDS)
    def ask(random: Random) -> None:
        nonlocal asked
        asked += 1
        data = bytearray(random.choice([GOOD, CHUNKED + b"2\r\n{}\r\n0\r\n\r\n", _line_of(random)]))
        for _ in range(random.randint(0, 4)):
            data[random.randrange(len(data))] = random.randrange(256)
        sent = bytes(data[: random.randint(0, 2 * len(data))])
        got = status(tell(emulator, sent))
        assert got is None or got in FINE | {100, 431}, (sent, got)
        assert status(tell(emulator, GOOD)) == 200, sent

    ask()
    print(f"{asked} requests")
    assert asked >= COUNT


def _line_of(random: Random) -> bytes:
    request = noise(random)
    line = f"{request.method} {request.path}?{request.query} HTTP/1.1\r\nHost: localhost\r\n"
    head = f"{line}Content-Length: {len(request.body)}\r\nConnection: close\r\n\r\n"
    return head.encode("utf-8", "surrogatepass") + request.body
