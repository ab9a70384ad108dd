"""What happens while the engine cannot be seen comes to light when it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docker
import pytest

from batchemu.runtime.docker_ending import GONE
from tests.runtime.proxy import Proxy
from tests.runtime.support import SCOPE, Exit, MemorySink, Report, make_container, wait_printed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from batchemu.core.effects import StartContainer
    from batchemu.runtime.docker import DockerRuntime
    from tests.runtime.conftest import MakeRuntime

OBEYS = "trap 'echo bye; exit 143' TERM; echo ready; while :; do sleep 1 & wait $!; done"


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    proxy = Proxy(tmp_path / "docker.sock")
    yield proxy
    proxy.close()


@pytest.fixture
def far_runtime(proxy: Proxy, make_runtime: MakeRuntime) -> Iterator[DockerRuntime]:
    """A runtime that reaches the engine through the proxy."""
    client = docker.DockerClient(base_url=proxy.url)
    runtime = make_runtime(stop_grace_s=0.5, client=client)
    yield runtime
    proxy.restore()
    runtime.close()
    client.close()


@pytest.fixture
def obedient(image: str) -> StartContainer:
    return make_container("sh", "-c", OBEYS, image=image)


@pytest.fixture
def running(
    far_runtime: DockerRuntime, obedient: StartContainer, client: docker.DockerClient
) -> tuple[str, Report]:
    report = Report()
    far_runtime.start(SCOPE, obedient, report)
    container_id = report.wait_started()
    wait_printed(client, container_id, "ready")
    return container_id, report


def test_an_end_that_no_event_told_of_is_found(
    running: tuple[str, Report],
    proxy: Proxy,
    client: docker.DockerClient,
    obedient: StartContainer,
    sink: MemorySink,
) -> None:
    container_id, report = running
    proxy.cut()
    client.api.kill(container_id, "SIGTERM")
    client.api.wait(container_id)
    assert report.calls == ["started"]
    proxy.restore()
    assert report.wait_exited() == Exit(143)
    assert sink.texts(obedient) == ["ready", "bye"]


def test_a_kill_that_no_event_told_of_is_not_taken_for_lack_of_memory(
    running: tuple[str, Report], proxy: Proxy, client: docker.DockerClient
) -> None:
    container_id, report = running
    proxy.cut()
    client.api.kill(container_id, "SIGKILL")
    client.api.wait(container_id)
    proxy.restore()
    assert report.wait_exited() == Exit(137)


def test_a_container_that_is_gone_when_the_engine_is_back_is_reported(
    running: tuple[str, Report], proxy: Proxy, client: docker.DockerClient
) -> None:
    container_id, report = running
    proxy.cut()
    client.api.remove_container(container_id, force=True)
    proxy.restore()
    assert report.wait_exited() == Exit(None, GONE)


def test_a_container_that_lives_through_it_goes_on(
    running: tuple[str, Report], proxy: Proxy, client: docker.DockerClient
) -> None:
    container_id, report = running
    for _ in range(3):
        proxy.cut()
        proxy.restore()
    client.api.kill(container_id, "SIGTERM")
    assert report.wait_exited() == Exit(143)
    assert report.calls == ["started", "exited"]


def test_a_stop_while_the_engine_is_away_is_made_up_for(
    far_runtime: DockerRuntime, running: tuple[str, Report], proxy: Proxy, obedient: StartContainer
) -> None:
    _, report = running
    proxy.cut()
    far_runtime.stop(obedient.key)
    proxy.restore()
    assert report.wait_exited().exit_code in {143, 137}


def test_a_start_while_the_engine_is_away_fails_with_a_reason_of_ours(
    far_runtime: DockerRuntime, proxy: Proxy, obedient: StartContainer
) -> None:
    proxy.cut()
    report = Report()
    far_runtime.start(SCOPE, obedient, report)
    end = report.wait_exited()
    assert end.exit_code is None
    assert (end.reason or "").startswith("DockerUnavailable: no Docker engine answers: ")


def test_a_container_whose_start_was_never_answered_does_not_stay(
    far_runtime: DockerRuntime,
    proxy: Proxy,
    obedient: StartContainer,
    client: docker.DockerClient,
    session: str,
) -> None:
    filters = {"label": f"batchemu.session={session}", "event": ["start", "destroy"]}
    events = client.api.events(filters=filters, decode=True)
    proxy.hold_answers(b"/start ")
    report = Report()
    far_runtime.start(SCOPE, obedient, report)
    assert next(events)["Action"] == "start"
    proxy.cut()
    proxy.release()
    assert (report.wait_exited().reason or "").startswith("DockerUnavailable: ")
    proxy.restore()
    assert next(events)["Action"] == "destroy"
    events.close()
    for _ in events:
        pass


def test_an_end_that_comes_before_the_answer_to_the_start_waits_for_it(
    far_runtime: DockerRuntime, proxy: Proxy, image: str, client: docker.DockerClient, session: str
) -> None:
    filters = {"label": f"batchemu.session={session}", "event": ["die"]}
    events = client.api.events(filters=filters, decode=True)
    proxy.hold_answers(b"/start ")
    report = Report()
    far_runtime.start(SCOPE, make_container("sh", "-c", "exit 5", image=image), report)
    assert next(events)["Action"] == "die"
    events.close()
    for _ in events:
        pass
    assert report.calls == []
    proxy.release()
    assert report.wait_exited() == Exit(5)
    assert report.calls == ["started", "exited"]
