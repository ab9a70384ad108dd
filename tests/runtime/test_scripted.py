"""The scripted runtime: emulated time, no threads, and a job without a plan fails."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from batchemu.runtime.plans import Plan, Plans
from batchemu.runtime.scripted import ScriptedRuntime
from tests.runtime.support import SCOPE, Exit, ManualScheduler, MemorySink, Report, make_container

if TYPE_CHECKING:
    from batchemu.core.effects import StartContainer


@pytest.fixture
def scheduler() -> ManualScheduler:
    return ManualScheduler()


@pytest.fixture
def scripted(scheduler: ManualScheduler, sink: MemorySink) -> ScriptedRuntime:
    return ScriptedRuntime(scheduler=scheduler, sink=sink, now_wall_ms=lambda: 1234)


def begin(runtime: ScriptedRuntime, container: StartContainer | None = None) -> tuple[StartContainer, Report]:
    container, report = container or make_container(), Report()
    runtime.start(SCOPE, container, report)
    return container, report


def test_a_job_ends_when_its_duration_is_over_in_emulated_time(
    scripted: ScriptedRuntime, scheduler: ManualScheduler
) -> None:
    scripted.plans.add(Plan(duration_s=3600, exit_code=4, reason="because"))
    _, report = begin(scripted)
    scheduler.advance(3_599_999)
    assert report.calls == ["started"]
    scheduler.advance(1)
    assert report.wait_exited() == Exit(4, "because")


def test_nothing_ends_within_start_or_stop(scripted: ScriptedRuntime, scheduler: ManualScheduler) -> None:
    scripted.plans.add(Plan())
    container, report = begin(scripted)
    scripted.stop(container.key)
    assert report.calls == ["started"]
    scheduler.advance(0)
    assert report.calls == ["started", "exited"]


def test_a_job_without_a_plan_fails_and_says_what_to_do(
    scripted: ScriptedRuntime, scheduler: ManualScheduler
) -> None:
    _, report = begin(scripted, make_container(job_name='my "job"'))
    scheduler.advance(0)
    reason = r'No plan matches this job: POST /_batchemu/plans {"jobName": "my \"job\"", "exitCode": 0}'
    assert report.wait_exited() == Exit(None, reason)
    assert report.calls == ["exited"]


def test_the_reason_of_a_job_without_a_plan_fits_into_aws_s_limit(
    scripted: ScriptedRuntime, scheduler: ManualScheduler
) -> None:
    _, report = begin(scripted, make_container(job_name="x" * 300))
    scheduler.advance(0)
    assert len(report.wait_exited().reason or "") == 255


def test_a_running_job_has_printed_its_lines(scripted: ScriptedRuntime, sink: MemorySink) -> None:
    scripted.plans.add(Plan(duration_s=60, logs=("one", "", "two")))
    container, _ = begin(scripted)
    assert sink.texts(container) == ["one", "two"]
    assert [line.wall_ms for lines in sink.lines.values() for line in lines] == [1234, 1234]


def test_a_stopped_job_ends_at_once(scripted: ScriptedRuntime, scheduler: ManualScheduler) -> None:
    scripted.plans.add(Plan(duration_s=3600, on_stop=0))
    container, report = begin(scripted)
    scripted.stop(container.key)
    scheduler.advance(0)
    assert report.wait_exited() == Exit(0)
    scheduler.advance(3_600_000)
    assert report.calls == ["started", "exited"]


def test_attempts_can_have_plans_of_their_own(scripted: ScriptedRuntime, scheduler: ManualScheduler) -> None:
    scripted.plans.add(Plan(exit_code=0))
    scripted.plans.add(Plan(exit_code=1, attempt=1))
    first, second = (begin(scripted, make_container(attempt=attempt))[1] for attempt in (1, 2))
    scheduler.advance(0)
    assert (first.wait_exited(), second.wait_exited()) == (Exit(1), Exit(0))


def test_nothing_counts_as_live_and_there_are_no_threads(
    scripted: ScriptedRuntime, scheduler: ManualScheduler
) -> None:
    before = threading.active_count()
    scripted.plans.add(Plan(duration_s=10))
    _, report = begin(scripted)
    assert (scripted.live(), threading.active_count()) == (0, before)
    scheduler.advance(10_000)
    assert report.wait_exited() == Exit(0)


def test_plans_can_be_shared_and_are_counted_in_the_description(
    scheduler: ManualScheduler, sink: MemorySink
) -> None:
    plans = Plans()
    runtime = ScriptedRuntime(scheduler=scheduler, sink=sink, plans=plans)
    plans.add(Plan())
    assert runtime.plans is plans
    assert runtime.describe() == "scripted by 1 plans"


def test_a_reset_forgets_stops_that_came_early(scripted: ScriptedRuntime, scheduler: ManualScheduler) -> None:
    scripted.plans.add(Plan())
    container = make_container()
    scripted.stop(container.key)
    assert scripted.reset() == 0
    _, report = begin(scripted, container)
    scheduler.advance(0)
    assert report.wait_exited() == Exit(0)
