"""The stand-in for SageMaker: emulated time, nothing from within a call, a job without a plan fails."""

from __future__ import annotations

import pytest

from batchemu.core.effects import StartTraining
from batchemu.core.ids import AttemptNo, JobId
from batchemu.core.trainings import TrainingStatus
from batchemu.runtime.plans import Plan, Plans
from batchemu.runtime.training import TrainingStandIn
from tests.runtime.support import ManualScheduler

DOWNLOADING, TRAINING, COMPLETED, FAILED, STOPPED = ((status, None) for status in TrainingStatus)


class Reports:
    """A TrainingReporter that remembers."""

    def __init__(self) -> None:
        self.calls: list[tuple[TrainingStatus, str | None]] = []

    def progressed(
        self, status: TrainingStatus, reason: str | None = None, *, status_reason: str | None = None
    ) -> None:
        self.calls.append((status, f"ours: {status_reason}" if status_reason else reason))


class Bench:
    def __init__(self) -> None:
        self.scheduler = ManualScheduler()
        self.plans = Plans()
        self.stand_in = TrainingStandIn(scheduler=self.scheduler, plans=self.plans)

    def begin(
        self, name: str = "job", attempt: int = 1, queue: str = "queue"
    ) -> tuple[StartTraining, Reports]:
        training = StartTraining(
            job_id=JobId(f"{queue}/{name}"),
            attempt=AttemptNo(attempt),
            job_name=name,
            job_queue=queue,
            training_job_arn="arn",
            payload="{}",
        )
        reports = Reports()
        self.stand_in.start(training, reports)
        return training, reports

    def plan(self, **members: object) -> None:
        self.plans.add(Plan(service_job=True, **members))  # type: ignore[arg-type]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_job_completes_when_its_duration_is_over(bench: Bench) -> None:
    bench.plan(duration_s=3600)
    _, reports = bench.begin()
    bench.scheduler.advance(3_599_999)
    assert reports.calls == [DOWNLOADING, TRAINING]
    bench.scheduler.advance(1)
    assert reports.calls == [DOWNLOADING, TRAINING, COMPLETED]


def test_nothing_is_reported_from_within_start_or_stop(bench: Bench) -> None:
    bench.plan()
    training, reports = bench.begin()
    bench.stand_in.stop(training.key)
    assert reports.calls == []
    _, without_plan = bench.begin("nobody")
    assert without_plan.calls == []


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        ({"exit_code": 1}, "AlgorithmError: exit code 1"),
        ({"exit_code": 1, "reason": "InternalServerError"}, "InternalServerError"),
    ],
)
def test_a_job_fails_as_its_plan_says(bench: Bench, plan: dict[str, object], reason: str) -> None:
    bench.plan(**plan)
    _, reports = bench.begin()
    bench.scheduler.advance(0)
    assert reports.calls == [DOWNLOADING, TRAINING, (TrainingStatus.FAILED, reason)]


def test_a_start_error_fails_before_anything_runs(bench: Bench) -> None:
    bench.plan(start_error="CapacityError: none")
    _, reports = bench.begin()
    bench.scheduler.advance(0)
    assert reports.calls == [(TrainingStatus.FAILED, "CapacityError: none")]


def test_a_job_without_a_plan_fails_and_says_what_to_do(bench: Bench) -> None:
    """Plans of containers are none for service jobs."""
    bench.plans.add(Plan())
    _, reports = bench.begin('my "job"')
    bench.scheduler.advance(0)
    advice = (
        "ours: No plan matches this service job: POST /_batchemu/plans "
        r'{"serviceJob": true, "jobName": "my \"job\"", "exitCode": 0}'
    )
    assert reports.calls == [(TrainingStatus.FAILED, advice)]


def test_what_the_advice_says_can_be_posted() -> None:
    assert Plan.from_json({"serviceJob": True, "jobName": "j", "exitCode": 0}) == Plan(
        service_job=True, job_name="j"
    )


def test_plans_choose_by_name_queue_and_attempt(bench: Bench) -> None:
    bench.plan(exit_code=1, reason="other")
    bench.plan(job_name="n*", job_queue="q", attempt=2)
    others = [("name", 1, "q"), ("name", 2, "r"), ("Name", 2, "q")]
    chosen, *passed_over = (bench.begin(*each)[1] for each in [("name", 2, "q"), *others])
    bench.scheduler.advance(0)
    assert chosen.calls[-1] == COMPLETED
    assert [reports.calls[-1] for reports in passed_over] == [(TrainingStatus.FAILED, "other")] * 3


def test_a_stopped_job_ends_at_once_and_only_once(bench: Bench) -> None:
    bench.plan(duration_s=60)
    training, reports = bench.begin()
    bench.scheduler.advance(0)
    bench.stand_in.stop(training.key)
    bench.stand_in.stop(training.key)
    bench.scheduler.advance(60_000)
    assert reports.calls == [DOWNLOADING, TRAINING, STOPPED]


@pytest.mark.parametrize(("duration", "end"), [(100, STOPPED), (5, COMPLETED)])
def test_a_stop_takes_as_long_as_the_plan_says(
    bench: Bench, duration: float, end: tuple[TrainingStatus, None]
) -> None:
    """A training job that ends before then has ended as it did."""
    bench.plan(duration_s=duration, stop_s=20)
    training, reports = bench.begin()
    bench.scheduler.advance(0)
    bench.stand_in.stop(training.key)
    bench.scheduler.advance(4_000)
    assert reports.calls == [DOWNLOADING, TRAINING]
    bench.scheduler.advance(200_000)
    assert reports.calls == [DOWNLOADING, TRAINING, end]


def test_a_stop_after_the_end_is_nothing(bench: Bench) -> None:
    bench.plan()
    training, reports = bench.begin()
    bench.scheduler.advance(0)
    bench.stand_in.stop(training.key)
    bench.scheduler.advance(0)
    assert reports.calls[-1] == COMPLETED


def test_a_reset_leaves_nothing_to_report(bench: Bench) -> None:
    bench.plan(duration_s=60)
    training, running = bench.begin()
    bench.scheduler.advance(0)
    _, starting = bench.begin("other", 2)
    bench.stand_in.stop(training.key)
    bench.stand_in.reset()
    bench.scheduler.advance(60_000)
    assert (running.calls, starting.calls) == ([DOWNLOADING, TRAINING], [])
