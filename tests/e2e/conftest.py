"""A real server in a process of its own, real containers, unmodified clients."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.examples import EC2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_PAGER": "",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass
class Serving:
    """``batchemu serve`` as a user starts it."""

    process: subprocess.Popen[str]
    url: str
    log_path: Path
    clients: list[Any] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def client(self, service: str = "batch", **members: Any) -> Any:
        made = boto3.client(
            service,
            **{
                "endpoint_url": self.url,
                "region_name": "us-east-1",
                "aws_access_key_id": "test",
                "aws_secret_access_key": "test",
                **members,
            },
        )
        self.clients.append(made)
        return made

    def control(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_batchemu/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def wait(self, job_id: str, status: str = "SUCCEEDED", timeout: int = 60) -> str:
        """The status in which the job is once it is there, or over."""
        answer = self.control("GET", f"jobs/{job_id}/wait?status={status}&timeout={timeout}")
        return str(answer["status"])

    def ready(self, image_name: str, *, command: list[str] | None = None, **container: Any) -> Any:
        """Environment ``ce``, queue ``queue``, definition ``definition``; the Batch client."""
        batch = self.client()
        batch.create_compute_environment(computeEnvironmentName="ce", type="MANAGED", computeResources=EC2)
        batch.create_job_queue(
            jobQueueName="queue",
            priority=1,
            computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "ce"}],
        )
        properties = {
            "image": image_name,
            "vcpus": 1,
            "memory": 64,
            "command": command or ["true"],
            **container,
        }
        batch.register_job_definition(
            jobDefinitionName="definition", type="container", containerProperties={**properties, **container}
        )
        return batch

    def submit(self, batch: Any, name: str = "job", **members: Any) -> str:
        made = batch.submit_job(
            **{"jobName": name, "jobQueue": "queue", "jobDefinition": "definition", **members}
        )
        return str(made["jobId"])

    def log(self) -> str:
        return self.log_path.read_text()

    def stop(self, number: int = signal.SIGTERM, timeout: float = 60) -> int:
        for client in self.clients:
            client.close()
        self.clients.clear()
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def launch(folder: Path, *flags: str, **environ: str) -> Serving:
    """Start it and wait for its word; what it printed when it did not come up is in the error."""
    log_path = folder / f"server-{len(list(folder.iterdir()))}.log"
    with log_path.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "batchemu", "serve", "--port", "0", *flags],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, **environ},
        )
    assert process.stdout is not None
    timer = threading.Timer(60, process.kill)
    timer.start()
    line = process.stdout.readline()
    timer.cancel()
    if not line.startswith("Ready. http://"):
        process.wait(10)
        process.stdout.close()
        raise AssertionError(f"batchemu did not come up: {line!r}\n{log_path.read_text()}")
    return Serving(process, line.split()[1], log_path)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One server for a module, with real containers."""
    running = launch(tmp_path_factory.mktemp("server"), "--stop-grace", "2")
    yield running
    assert running.stop() == 0


@pytest.fixture
def docker_server(serving: Serving) -> Iterator[Serving]:
    """That server, empty again after each test."""
    yield serving
    serving.control("POST", "reset")
