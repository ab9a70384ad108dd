"""The command: how it starts, what it says, what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import docker
import pytest

import batchemu
from batchemu.errors import SettingsError
from tests.e2e.conftest import launch

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "batchemu", *words],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def labelled(session: str) -> list[Any]:
    client = docker.from_env()
    try:
        return list(
            client.containers.list(
                all=True, filters={"label": f"batchemu.session={session}"}, ignore_removed=True
            )
        )
    finally:
        client.close()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--port", "70000"], "The port must be between 0 and 65535, not 70000."),
        (["--clock", "fast"], "The clock can be real, scaled:N"),
        (["--runtime", "process"], "The runtime process does not exist yet: use docker or scripted."),
        (["--runtime", "podman"], "The runtime can be docker or scripted, not 'podman'."),
        (["--delays", "some"], "The delays can be none or aws, not 'some'."),
        (["--data-dir", "/tmp"], "State cannot be kept in a directory yet"),
        (["--aws", "https://example.com"], "The other services cannot be another endpoint's yet"),
        (["--host", "no.such.host.invalid", "--runtime", "scripted"], "cannot be resolved"),
        (["--log-level", "loud"], "The log level can be"),
        (["--stop-grace", "-1"], "The stop grace must be between 0 and 86400 seconds."),
    ],
)
def test_bad_settings_get_one_sentence(words: list[str], says: str) -> None:
    found = run("serve", *words)
    assert found.returncode == 1
    assert found.stdout == ""
    assert says in found.stderr
    assert len(found.stderr.strip().splitlines()) == 1


def test_a_bad_variable_gets_one_sentence() -> None:
    found = run("serve", BATCHEMU_PORT="many")
    assert found.stderr == "Error: BATCHEMU_PORT must be a whole number, not 'many'.\n"


def test_a_taken_port_gets_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = run("serve", "--port", str(port), "--runtime", "scripted")
    assert found.returncode == 1
    assert found.stderr == (
        f"Error: Port {port} is taken on 127.0.0.1: stop what listens there, or choose another "
        "with --port (--port 0 takes a free one).\n"
    )


def test_a_missing_engine_gets_one_sentence(tmp_path: Path) -> None:
    found = run("serve", "--port", "0", DOCKER_HOST=f"unix://{tmp_path}/none.sock")
    assert found.returncode == 1
    assert len(found.stderr.strip().splitlines()) == 1
    assert "No Docker engine answers" in found.stderr
    assert "--runtime scripted" in found.stderr


def test_flags_win_over_variables(tmp_path: Path) -> None:
    serving = launch(tmp_path, "--clock", "manual", BATCHEMU_CLOCK="scaled:60", BATCHEMU_RUNTIME="scripted")
    try:
        health = serving.control("GET", "health")
        assert health["clock"] == "manual"
        assert health["runtime"].startswith("scripted")
        assert health["services"] == {"batch": "running"}
    finally:
        assert serving.stop() == 0


def test_the_clock_and_a_reset_by_command(tmp_path: Path) -> None:
    serving = launch(tmp_path, "--runtime", "scripted", "--clock", "manual")
    try:
        before = run("clock", "--url", serving.url)
        after = run("clock", "--url", serving.url, "--advance", "3600")
        assert before.stdout.endswith("(manual)\n")
        assert after.stdout > before.stdout
        assert run("reset", "--url", serving.url).stdout == "Reset. Containers stopped: 0\n"
        assert json.loads(run("health", "--url", serving.url).stdout)["status"] == "running"
    finally:
        assert serving.stop() == 0
    gone = run("health", "--url", serving.url)
    assert gone.returncode == 1
    assert gone.stderr.startswith(f"Error: No batchemu answers at {serving.url}: start one with")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_server_leaves_no_container(image: str, tmp_path: Path, number: int) -> None:
    serving = launch(tmp_path)
    session = serving.control("GET", "health")["session"]
    batch = serving.ready(image, command=["sleep", "300"])
    jobs = [serving.submit(batch) for _ in range(6)]
    assert serving.wait(jobs[0], "RUNNING") == "RUNNING"
    assert labelled(session)
    assert serving.stop(number, timeout=30) == 0
    assert labelled(session) == []
    assert "Traceback" not in serving.log()


def test_what_a_killed_server_left_is_removed_at_the_next_start(image: str, tmp_path: Path) -> None:
    first = launch(tmp_path)
    session = first.control("GET", "health")["session"]
    batch = first.ready(image, command=["sleep", "300"])
    first.wait(first.submit(batch), "RUNNING")
    first.stop(signal.SIGKILL)
    assert len(labelled(session)) == 1
    second = launch(tmp_path)
    try:
        assert labelled(session) == []
        assert "Removed 1 container" in second.log()
    finally:
        assert second.stop() == 0


def test_a_second_server_leaves_the_first_ones_containers_alone(image: str, tmp_path: Path) -> None:
    first = launch(tmp_path)
    try:
        batch = first.ready(image, command=["sleep", "300"])
        job_id = first.submit(batch)
        first.wait(job_id, "RUNNING")
        second = launch(tmp_path)
        second.control("POST", "reset")
        assert second.stop() == 0
        assert first.wait(job_id, "RUNNING", timeout=0) == "RUNNING"
        assert len(labelled(first.control("GET", "health")["session"])) == 1
    finally:
        assert first.stop() == 0


def test_a_reset_ends_containers_and_says_how_many(image: str, tmp_path: Path) -> None:
    serving = launch(tmp_path)
    try:
        batch = serving.ready(image, command=["sleep", "300"])
        for _ in range(3):
            serving.wait(serving.submit(batch), "RUNNING")
        serving.client("s3").create_bucket(Bucket="mine")
        assert serving.control("POST", "reset")["containersStopped"] == 3
        assert labelled(serving.control("GET", "health")["session"]) == []
        assert batch.describe_job_queues()["jobQueues"] == []
        assert serving.client("s3").list_buckets()["Buckets"] == []
        again = serving.ready(image)
        assert serving.wait(serving.submit(again)) == "SUCCEEDED"
    finally:
        assert serving.stop() == 0


def test_one_line_for_each_call_and_each_transition(image: str, tmp_path: Path) -> None:
    serving = launch(tmp_path)
    try:
        job_id = serving.submit(serving.ready(image), "hello")
        serving.wait(job_id)
    finally:
        assert serving.stop() == 0
    assert "AWS batch.SubmitJob => 200" in serving.log()
    told = re.findall(rf"job {job_id} hello: (.+)", serving.log())
    assert told == [
        "SUBMITTED",
        "SUBMITTED -> RUNNABLE",
        "RUNNABLE -> STARTING",
        "STARTING -> RUNNING",
        "RUNNING -> SUCCEEDED (Essential container in task exited)",
    ]


def test_a_stopping_server_does_not_wait_for_idle_connections(tmp_path: Path) -> None:
    serving = launch(tmp_path, "--runtime", "scripted")
    idle = [socket.create_connection(("127.0.0.1", serving.port)) for _ in range(20)]
    idle[0].sendall(b"POST /v1/submitjob HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
    done = threading.Event()
    timer = threading.Timer(20, done.set)
    timer.start()
    assert serving.stop() == 0
    assert not done.is_set()
    timer.cancel()
    for connection in idle:
        connection.close()


def test_a_signal_that_comes_twice_leaves_no_container_either(image: str, tmp_path: Path) -> None:
    serving = launch(tmp_path)
    session = serving.control("GET", "health")["session"]
    batch = serving.ready(image, command=["sleep", "300"])
    jobs = [serving.submit(batch) for _ in range(4)]
    assert serving.wait(jobs[3], "RUNNING") == "RUNNING"
    serving.process.send_signal(signal.SIGTERM)
    assert serving.stop() == 0
    assert labelled(session) == []


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(SettingsError, match="There is no setting 'clok'; there are host, port"):
        batchemu.start(clok="manual")
