"""Named faults: what a job shows of them, on a runtime that runs nothing and on one that does."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from batchemu.runtime.faults import OUT_OF_MEMORY
from batchemu.runtime.planned import PlannedRuntime
from batchemu.runtime.plans import Plan, Plans
from batchemu.runtime.scripted import ScriptedRuntime
from tests.runtime.support import (
    SCOPE,
    Exit,
    ManualScheduler,
    MemorySink,
    Report,
    make_container,
    wait_printed,
)

if TYPE_CHECKING:
    import docker

    from batchemu.core.effects import StartContainer
    from tests.runtime.conftest import MakeRuntime

SLOW = "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s"
NO_IMAGE = (
    "CannotPullContainerError: Error response from daemon: manifest for my/image not found: "
    "manifest unknown: Requested image not found"
)
CONTAINER = make_container(image="my/image", job_id="job")


class Bench:
    """``real``: a scripted runtime that plays the part of one with containers, by plans of its own."""

    def __init__(self, sink: MemorySink) -> None:
        self.scheduler = ManualScheduler()
        self.plans = Plans()
        self.real = ScriptedRuntime(scheduler=self.scheduler, sink=sink)
        self.real.plans.add(Plan(duration_s=3600, exit_code=5))
        self.scripted = ScriptedRuntime(scheduler=self.scheduler, sink=sink, plans=self.plans)
        self.runtime = PlannedRuntime(self.real, plans=self.plans, scheduler=self.scheduler, sink=sink)

    def start(self, container: StartContainer = CONTAINER) -> Report:
        report = Report()
        self.runtime.start(SCOPE, container, report)
        return report


@pytest.fixture
def bench(sink: MemorySink) -> Bench:
    return Bench(sink)


@pytest.mark.parametrize("on", ["scripted", "real"])
@pytest.mark.parametrize(
    ("plan", "end"),
    [
        (Plan(fault="out-of-memory"), Exit(137, OUT_OF_MEMORY)),
        (Plan(fault="spot-interruption"), Exit(None, None, "Your Spot Task was interrupted.")),
        (Plan(fault="spot-interruption", status_reason="Host EC2 x"), Exit(None, None, "Host EC2 x")),
        (Plan(fault="cannot-pull-image"), Exit(None, NO_IMAGE)),
        (Plan(fault="cannot-pull-image", reason="CannotPull: x"), Exit(None, "CannotPull: x")),
        (Plan(fault="task-failed-to-start"), Exit(None, SLOW)),
        (Plan(exit_code=3, status_reason="mine"), Exit(3, None, "mine")),
    ],
)
def test_a_fault_shows_as_on_aws(bench: Bench, on: str, plan: Plan, end: Exit) -> None:
    container, report = make_container(image="my/image", platform="FARGATE"), Report()
    bench.plans.add(plan)
    (bench.scripted if on == "scripted" else bench.runtime).start(SCOPE, container, report)
    bench.scheduler.advance(0)
    assert report.wait_exited() == end


def test_a_lost_host_has_a_name(bench: Bench) -> None:
    bench.plans.add(Plan(fault="spot-interruption"))
    report = bench.start()
    bench.scheduler.advance(0)
    status_reason = report.wait_exited().status_reason or ""
    prefix, _, rest = status_reason.partition("i-")
    assert (prefix, rest[17:]) == ("Host EC2 (instance ", ") terminated.")
    assert set(rest[:17]) <= set("0123456789abcdef")


def test_a_fault_strikes_a_real_container_after_its_duration(bench: Bench) -> None:
    bench.plans.add(Plan(fault="out-of-memory", duration_s=60))
    report = bench.start()
    bench.scheduler.advance(59_999)
    assert report.calls == ["started"]
    bench.scheduler.advance(1)
    assert report.wait_exited() == Exit(137, OUT_OF_MEMORY)
    assert bench.real.reset() == 0, "the real container is gone"


def test_a_real_container_that_ends_before_its_fault_ends_as_it_did(bench: Bench) -> None:
    bench.plans.add(Plan(fault="out-of-memory", duration_s=7200))
    report = bench.start()
    bench.scheduler.advance(7_200_000)
    assert report.wait_exited() == Exit(5)
    assert report.calls == ["started", "exited"]


def test_a_stop_before_the_fault_is_a_stop(bench: Bench) -> None:
    bench.plans.add(Plan(fault="spot-interruption", duration_s=60))
    report = bench.start()
    bench.runtime.stop(CONTAINER.key)
    bench.scheduler.advance(60_000)
    assert report.wait_exited() == Exit(143)


def test_a_job_that_hangs_ends_when_it_is_stopped(bench: Bench) -> None:
    bench.plans.add(Plan(fault="hang"))
    report = bench.start()
    bench.scheduler.advance(10**10)
    assert report.calls == ["started"]
    bench.runtime.stop(CONTAINER.key)
    bench.scheduler.advance(0)
    assert report.wait_exited() == Exit(143)


def test_a_plan_takes_the_place_of_a_container_and_says_so(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.plans.add(Plan(exit_code=3))
    with caplog.at_level(logging.INFO, "batchemu.runtime"):
        report = bench.start()
    bench.scheduler.advance(0)
    assert report.wait_exited() == Exit(3)
    assert "a plan takes the place of the container of" in caplog.text


def test_attempts_that_no_plan_is_for_are_real(bench: Bench) -> None:
    bench.plans.add(Plan(fault="cannot-pull-image", real_after=1))
    first, second = bench.start(), bench.start(make_container(job_id="job", attempt=2))
    bench.scheduler.advance(3_600_000)
    assert (first.wait_exited().exit_code, second.wait_exited()) == (None, Exit(5))


@pytest.fixture
def planned(make_runtime: MakeRuntime, sink: MemorySink) -> tuple[PlannedRuntime, Plans, ManualScheduler]:
    """Real containers behind plans."""
    plans, scheduler = Plans(), ManualScheduler()
    return PlannedRuntime(make_runtime(), plans=plans, scheduler=scheduler, sink=sink), plans, scheduler


@pytest.mark.parametrize(
    ("plan", "end"),
    [
        (Plan(fault="out-of-memory", duration_s=60), Exit(137, OUT_OF_MEMORY)),
        (Plan(fault="spot-interruption", duration_s=60, status_reason="gone"), Exit(None, None, "gone")),
    ],
)
def test_a_fault_kills_the_container_of_an_engine(
    planned: tuple[PlannedRuntime, Plans, ManualScheduler],
    image: str,
    client: docker.DockerClient,
    plan: Plan,
    end: Exit,
) -> None:
    runtime, plans, scheduler = planned
    plans.add(plan)
    ignores = "trap '' TERM; echo ready; while :; do sleep 1; done"
    container, report = make_container("sh", "-c", ignores, image=image), Report()
    runtime.start(SCOPE, container, report)
    wait_printed(client, report.wait_started(), "ready")
    assert runtime.live() == 1
    scheduler.advance(60_000)
    assert report.wait_exited() == end
    assert runtime.live() == 0


def test_a_fault_without_a_duration_strikes_the_shortest_of_containers(
    planned: tuple[PlannedRuntime, Plans, ManualScheduler], image: str
) -> None:
    runtime, plans, _ = planned
    plans.add(Plan(fault="out-of-memory"))
    report = Report()
    runtime.start(SCOPE, make_container("true", image=image), report)
    assert report.wait_exited() == Exit(137, OUT_OF_MEMORY)


def test_a_planned_start_error_starts_nothing_on_an_engine(
    planned: tuple[PlannedRuntime, Plans, ManualScheduler], image: str
) -> None:
    runtime, plans, scheduler = planned
    plans.add(Plan(fault="cannot-pull-image"))
    report = Report()
    runtime.start(SCOPE, make_container("true", image=image), report)
    scheduler.advance(0)
    assert report.calls == ["exited"]
    assert runtime.live() == 0
