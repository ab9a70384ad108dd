"""Containers of a server that died are found and removed; those of any other are left alone."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import docker.errors
import pytest

from batchemu.runtime import owner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.runtime.docker import DockerRuntime

SERVER = """
import sys
from batchemu.runtime.docker import DockerRuntime
from tests.runtime.support import SCOPE, MemorySink, Report, make_container
runtime = DockerRuntime(session=sys.argv[1], sink=MemorySink())
report = Report()
runtime.start(SCOPE, make_container("sleep", "1000", image=sys.argv[2]), report)
print(report.wait_started(), flush=True)
sys.stdin.read()
runtime.close()
"""


@contextmanager
def server(session: str, image: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process with a container of its own, whose id it tells."""
    command = [sys.executable, "-c", SERVER, session, image]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            if process.poll() is None:
                process.communicate("")


def exists(client: docker.DockerClient, container_id: str) -> bool:
    try:
        client.api.inspect_container(container_id)
    except docker.errors.NotFound:
        return False
    return True


def test_the_containers_of_a_killed_server_are_removed_and_a_living_one_s_are_not(
    runtime: DockerRuntime, image: str, client: docker.DockerClient, session: str
) -> None:
    with (
        server(f"{session}-a", image) as (dying, orphan),
        server(f"{session}-b", image) as (_, kept),
    ):
        dying.kill()
        dying.wait()
        assert exists(client, orphan)
        assert runtime.remove_orphans() >= 1
        assert (exists(client, orphan), exists(client, kept)) == (False, True)
    assert not exists(client, kept)  # its own server closed


def test_a_server_that_ended_and_was_not_waited_for_is_dead() -> None:
    script = "from batchemu.runtime import owner; print(owner.me(), flush=True); input()"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        label = process.stdout.readline().strip()
        assert not owner.is_dead(label)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert owner.is_dead(label)
    assert owner.is_dead(label)


def test_we_are_alive_and_who_had_our_number_before_is_not() -> None:
    host, namespace, pid, ticks = owner.me().split("/")
    assert not owner.is_dead(owner.me())
    assert owner.is_dead(f"{host}/{namespace}/{pid}/{int(ticks) - 1}")


@pytest.mark.parametrize(
    "label",
    ["", "a/b/c", "host/x/y/z", "elsewhere/4026531836/4194304000/1", "/////"],
)
def test_an_owner_that_we_cannot_know_is_not_dead(label: str) -> None:
    assert not owner.is_dead(label)
