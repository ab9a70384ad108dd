"""The servers under test, each in a process of its own, as a user starts them."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import IO

    from batchemu.core.world import JobStatus

READY = "Ready. "
_START_S = 60
_STOP_S = 90
_WAIT_S = 300


class Failed(Exception):
    """A server did not do what a benchmark needs; there is no figure."""


class Server:
    """A running server: its process, its address, and clients of it."""

    def __init__(self, process: subprocess.Popen[str], url: str, log: IO[str]) -> None:
        self.process = process
        self.url = url
        self.log = log

    @property
    def pid(self) -> int:
        return self.process.pid

    def client(self, service: str = "batch") -> Any:
        """Never retries: a request that fails is a finding, not something to be smoothed over."""
        make: Any = boto3.client
        return make(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, read_timeout=_WAIT_S),
        )

    def post(self, path: str, body: object) -> None:
        data = json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, method="POST")) as answer:
            answer.read()

    def log_text(self) -> str:
        """What it has written to standard error so far."""
        self.log.seek(0)
        return self.log.read()


class Control:
    """One kept connection to the control plane of a batchemu."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=2 * _WAIT_S)

    def get(self, path: str) -> dict[str, Any]:
        self._connection.request("GET", f"/_batchemu/{path}")
        answer = self._connection.getresponse()
        return dict(json.loads(answer.read()))

    def wait(self, job_id: str, status: JobStatus | None = None) -> str:
        """Until the job is over (or in ``status``), woken by the transition itself; its status then."""
        wanted = f"&status={status}" if status else ""
        return str(self.get(f"jobs/{job_id}/wait?timeout={_WAIT_S}{wanted}")["status"])

    def close(self) -> None:
        self._connection.close()


def verified(client: Any, job_id: str) -> None:
    """One DescribeJobs: it is the API that must say SUCCEEDED, not only the control plane."""
    (found,) = client.describe_jobs(jobs=[job_id])["jobs"]
    if found["status"] != "SUCCEEDED":
        raise Failed(f"{job_id} is {found['status']}: {found.get('statusReason')}")


@contextmanager
def batchemu(
    *flags: str, python_flags: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """``batchemu serve`` on a free port, from its start to a clean end by SIGTERM."""
    command = [sys.executable, *python_flags, "-m", "batchemu", "serve", "--port", "0", *flags]
    with _process(command, environment) as (process, log):
        yield Server(process, _url_of(process, log), log)


def _url_of(process: subprocess.Popen[str], log: IO[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.startswith(READY):
        raise Failed(f"batchemu did not start: {line!r} {_tail(log)}")
    return line.removeprefix(READY).strip()


@contextmanager
def moto() -> Iterator[Server]:
    """moto's own server, as ``moto_server`` starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with _process([sys.executable, "-m", "moto.server", "-p", str(port)], None) as (process, log):
        deadline = time.monotonic() + _START_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Failed(f"moto did not start: {_tail(log)}") from None
                time.sleep(0.05)
        yield Server(process, f"http://127.0.0.1:{port}", log)


@contextmanager
def _process(
    command: Sequence[str], environment: Mapping[str, str] | None
) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("BATCHEMU_")}
    variables = inherited if environment is None else environment
    with tempfile.TemporaryFile("w+", prefix="batchemu-bench-") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=variables)
        try:
            yield process, log
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.communicate(timeout=_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _tail(log: IO[str]) -> str:
    log.seek(0)
    return log.read()[-2000:]
