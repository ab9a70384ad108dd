"""One attempt of a service job: a training job of Amazon SageMaker, placed, run, stopped, over.

Source: https://docs.aws.amazon.com/batch/latest/userguide/service-job-status.html
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from batchemu.core import capacity, retries, timers
from batchemu.core.attempts import TIMED_OUT
from batchemu.core.effects import AttemptKey, StartTraining, StopTraining, TimerKey
from batchemu.core.ids import AttemptNo, JobId, Millis, task_id
from batchemu.core.lifecycle import finish, is_under_way
from batchemu.core.transitions import move_training
from batchemu.core.world import TRAINING_UNDER_WAY, Ending, Preemption, ServiceJobStatus, TrainingAttempt

if TYPE_CHECKING:
    from batchemu.core.effects import Effect
    from batchemu.core.inputs import TrainingReported
    from batchemu.core.world import ServiceEnvironment, ServiceJob, World


class TrainingStatus(StrEnum):
    """What SageMaker says: SecondaryStatus while in progress, then TrainingJobStatus."""

    DOWNLOADING = "Downloading"
    TRAINING = "Training"
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPED = "Stopped"


TIMEOUT_TIMER: Final = "service-job-timeout"
CAPACITY_TIMER: Final = "service-job-capacity"
CAPACITY_PAUSE_MS = 60_000
"""How long a job stays RUNNABLE before SageMaker is asked again (assumed)."""
NO_CAPACITY: Final = (
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Unable to provision requested compute resources"
)
"""https://docs.aws.amazon.com/batch/latest/userguide/sm_job_stuck_in_runnable_capacity.html"""
_SAID: Final = "Received status from SageMaker: "
"""What the reasons of training jobs begin with:
https://docs.aws.amazon.com/batch/latest/userguide/service-job-retries.html"""
_COMPLETED: Final = "Training job completed"
_STOPPED: Final = "Training job stopped"
"""By analogy with the former, which is an example of
https://docs.aws.amazon.com/batch/latest/userguide/service-job-events.html."""


_IN_PROGRESS: Final = "PREEMPTION_IN_PROGRESS: "
"""What the statusReason of a service job that is being preempted begins with:
https://docs.aws.amazon.com/batch/latest/userguide/batch-service-job-preemption-events.html"""
RECENT_PREEMPTIONS: Final = 10
"""How many preempted attempts are kept; AWS keeps "a sliding window" of a size that is not documented
(assumed): https://docs.aws.amazon.com/batch/latest/userguide/preemption.html"""


def place(
    world: World, job: ServiceJob, environment: ServiceEnvironment, effects: list[Effect], *, at: Millis
) -> None:
    """SCHEDULED: the capacity is held, and SageMaker is asked for a training job.

    Its name: https://docs.aws.amazon.com/batch/latest/userguide/service-job-events.html
    """
    number = AttemptNo(1 if job.attempt is None else job.attempt.number + 1)
    name = f"AWSBatch{job.request_name}{task_id(job.job_id, number)}"
    capacity.hold(environment, job)
    share = world.quota_shares.get(job.quota_share or "")
    if share is not None:
        capacity.hold(share, job)
    job.attempt = TrainingAttempt(
        number=number,
        service_environment=environment.name,
        training_job_arn=world.arn("training-job", name, service="sagemaker"),
    )
    job.scheduled_at, job.started_at, job.not_before = at, None, None
    move_training(world, job, ServiceJobStatus.SCHEDULED, effects, at=at)
    effects.append(
        StartTraining(
            job_id=job.job_id,
            attempt=number,
            job_name=job.name,
            job_queue=job.queue,
            training_job_arn=job.attempt.training_job_arn,
            payload=job.settings["serviceRequestPayload"],
        )
    )


def _under_way(world: World, job_id: JobId, number: int) -> tuple[ServiceJob, TrainingAttempt] | None:
    job = world.service_jobs.get(job_id)
    if job is None or job.attempt is None or job.attempt.number != number:
        return None
    return (job, job.attempt) if job.status in TRAINING_UNDER_WAY else None


def reported(world: World, report: TrainingReported, effects: list[Effect]) -> None:
    """STARTING while it downloads, RUNNING while it trains, then the end.

    A report that overtakes others passes through the states in between; late ones are ignored. A training
    job that comes to an end of its own while it is being preempted has come to that end (assumed).
    """
    found = _under_way(world, report.job_id, report.attempt)
    if found is None:
        return
    job, attempt = found
    if report.status is TrainingStatus.DOWNLOADING:
        _start(world, job, effects, at=report.at)
    elif report.status is TrainingStatus.TRAINING:
        _run(world, job, attempt, effects, at=report.at)
    elif report.status is TrainingStatus.COMPLETED:
        _run(world, job, attempt, effects, at=report.at)
        _close(world, job, attempt, f"{_SAID}{_COMPLETED}", effects, at=report.at, succeeded=True)
    elif report.status is TrainingStatus.STOPPED and job.preemption and job.ending is None:
        _give_way(world, job, attempt, job.preemption, effects, at=report.at)
    else:
        said = report.reason or (
            _STOPPED if report.status is TrainingStatus.STOPPED else "Training job failed"
        )
        reason = report.status_reason or f"{_SAID}{said}"
        _close(world, job, attempt, reason, effects, at=report.at)


def _start(world: World, job: ServiceJob, effects: list[Effect], *, at: Millis) -> None:
    if job.status is ServiceJobStatus.SCHEDULED:
        move_training(world, job, ServiceJobStatus.STARTING, effects, at=at, reason=_preempting(job))


def _run(
    world: World, job: ServiceJob, attempt: TrainingAttempt, effects: list[Effect], *, at: Millis
) -> None:
    _start(world, job, effects, at=at)
    if job.status is not ServiceJobStatus.STARTING:
        return
    attempt.started_at = job.started_at = at
    move_training(world, job, ServiceJobStatus.RUNNING, effects, at=at, reason=_preempting(job))
    if job.timeout_s is not None:
        due = Millis(at + 1000 * job.timeout_s)
        timers.arm(world, TimerKey(TIMEOUT_TIMER, job.job_id, attempt.number), due, effects)


def timed_out(world: World, timer: TimerKey, effects: list[Effect]) -> None:
    """Stop the training job; the reason is that of container jobs (assumed). One that is being preempted
    is being stopped already, and goes on later (assumed)."""
    found = _under_way(world, JobId(timer.subject), timer.attempt)
    if found and found[0].preemption is None:
        stop(world, found[0], TIMED_OUT, effects)


def stop(world: World, job: ServiceJob, reason: str, effects: list[Effect]) -> None:
    """Have the training job of a service job stopped; the first reason stands, but for a preemption: a
    job that is to end does not go back into its queue (assumed)."""
    if job.ending is None and job.attempt is not None:
        job.ending = Ending(reason)
        # what it gives back may be what was missing for a preemption to be enough
        world.dirty.update(world.service_environments[job.attempt.service_environment].queues)
        world.dirty.add(job.queue)
        if job.preemption is None:  # or it has been asked to stop
            effects.append(StopTraining(AttemptKey(job.job_id, job.attempt.number)))


def preempt(world: World, job_id: JobId, preemption: Preemption, effects: list[Effect]) -> None:
    """Have the training job stopped to make room; the capacity is held until that has happened.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/preemption.html
    """
    job = world.service_jobs[job_id]
    assert job.attempt is not None, "only service jobs under way are preempted"
    job.preemption = preemption
    share = world.quota_shares.get(job.quota_share or "")
    if share is not None and preemption is Preemption.IN_SHARE:
        share.makes_room = True
    job.status_reason = _preempting(job)
    effects.append(StopTraining(AttemptKey(job.job_id, job.attempt.number)))


def _preempting(job: ServiceJob) -> str | None:
    return None if job.preemption is None else f"{_IN_PROGRESS}{job.preemption}"


def _close(
    world: World,
    job: ServiceJob,
    attempt: TrainingAttempt,
    reason: str,
    effects: list[Effect],
    *,
    at: Millis,
    succeeded: bool = False,
) -> None:
    _end(world, job, attempt, job.ending.reason if job.ending else reason, effects, at=at)
    job.attempts.append(attempt)
    if job.ending is None and not succeeded:
        if reason.startswith(f"{_SAID}CapacityError"):
            _wait_for_capacity(world, job, attempt, effects, at=at)
            return
        if _again(job, attempt):
            move_training(world, job, ServiceJobStatus.RUNNABLE, effects, at=at)
            return
    status = ServiceJobStatus.SUCCEEDED if succeeded and job.ending is None else ServiceJobStatus.FAILED
    move_training(world, job, status, effects, at=at, reason=attempt.status_reason)


def _give_way(
    world: World,
    job: ServiceJob,
    attempt: TrainingAttempt,
    preemption: Preemption,
    effects: list[Effect],
    *,
    at: Millis,
) -> None:
    """RUNNABLE again without using an attempt, FAILED when it must not be preempted once more.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/preemption.html. That attempts which were
    preempted are kept apart from the others is assumed.
    """
    _end(world, job, attempt, preemption.value, effects, at=at)
    job.preemptions += 1
    job.preempted = [*job.preempted, attempt][-RECENT_PREEMPTIONS:]
    most = job.settings.get("preemptionConfiguration", {}).get("preemptionRetriesBeforeTermination")
    if most is None or job.preemptions <= most:
        move_training(world, job, ServiceJobStatus.RUNNABLE, effects, at=at)
    else:
        move_training(world, job, ServiceJobStatus.FAILED, effects, at=at, reason=attempt.status_reason)


def _end(
    world: World, job: ServiceJob, attempt: TrainingAttempt, reason: str, effects: list[Effect], *, at: Millis
) -> None:
    """The attempt is over, and gives back what it held."""
    attempt.stopped_at, attempt.status_reason = at, reason
    job.preemption = None
    timers.disarm(world, TimerKey(TIMEOUT_TIMER, job.job_id, attempt.number), effects)
    _release(world, job, attempt, effects, at=at)


def _again(job: ServiceJob, attempt: TrainingAttempt) -> bool:
    ended = retries.Ended(attempt.number - job.requeued - job.preemptions, attempt.status_reason)
    return retries.decide(job.attempts_allowed, job.evaluate_on_exit, ended).action == "RETRY"


def _wait_for_capacity(
    world: World, job: ServiceJob, attempt: TrainingAttempt, effects: list[Effect], *, at: Millis
) -> None:
    """RUNNABLE again without using an attempt; of the attempts that ended so, the last is kept.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/service-job-retries.html
    """
    job.attempts = [each for each in job.attempts if not each.lacked_capacity]
    attempt.lacked_capacity = True
    job.requeued += 1
    job.not_before = Millis(at + CAPACITY_PAUSE_MS)
    move_training(world, job, ServiceJobStatus.RUNNABLE, effects, at=at, reason=NO_CAPACITY)
    timers.arm(world, capacity_timer(job), job.not_before, effects)


def capacity_timer(job: ServiceJob) -> TimerKey:
    return TimerKey(CAPACITY_TIMER, job.job_id)


def ask_again(world: World, timer: TimerKey) -> None:
    """The pause after a want of capacity is over."""
    job = world.service_jobs.get(JobId(timer.subject))
    if job is not None and job.queue in world.queues:
        world.dirty.add(job.queue)


def _release(
    world: World, job: ServiceJob, attempt: TrainingAttempt, effects: list[Effect], *, at: Millis
) -> None:
    environment = world.service_environments[attempt.service_environment]
    capacity.give_back(environment, job)
    share = world.quota_shares.get(job.quota_share or "")
    if share is not None:
        capacity.give_back(share, job)
        world.dirty.add(share.queue)  # which may have another service environment by now
    if environment.status == "DELETING" and not environment.jobs and not is_under_way(world, environment):
        finish(world, environment, effects, at=at)
    else:
        world.dirty.update(environment.queues)
