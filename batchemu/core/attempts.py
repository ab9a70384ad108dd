"""One attempt of a job: placed on an environment, started, stopped, over.

Late reports are fenced by the attempt's number, never by cancelling somebody.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from batchemu.core import compute, consumables, environment, holds, retries, task_limits, timers
from batchemu.core.effects import AttemptKey, StartContainer, StopContainer, TimerKey
from batchemu.core.endings import end
from batchemu.core.ids import AttemptNo, JobId, Millis, task_id
from batchemu.core.inputs import ContainerExited, ContainersReported, ContainerStarted
from batchemu.core.transitions import move
from batchemu.core.world import (
    FAILED,
    ON_AN_ENVIRONMENT,
    RUNNABLE,
    RUNNING,
    STARTING,
    SUCCEEDED,
    Attempt,
    Ending,
)

if TYPE_CHECKING:
    from batchemu.core.effects import Effect
    from batchemu.core.world import ComputeEnvironment, Job, World

STARTING_TIMER = "starting"
TIMEOUT_TIMER = "timeout"
EXITED = "Essential container in task exited"
"""statusReason of an attempt whose container ran, whatever its exit code: read off real answers."""
NEVER_STARTED = "Task failed to start"
TIMED_OUT = "Job attempt duration exceeded timeout"
MAX_REASON = 255
"""``reason`` strings are limited to 255 characters (botocore's model)."""


def place(world: World, job: Job, on: ComputeEnvironment, effects: list[Effect], *, at: Millis) -> bool:
    """STARTING: the environment's vCPUs are held, and the container is asked for; FAILED when ECS refuses.

    Whether it was placed.
    """
    number = AttemptNo(len(job.attempts) + 1)
    attempt = Attempt(number, on.name, on.cluster_name or "", task_id(job.job_id, number))
    refusal = task_limits.refusal(world, job, attempt)
    if refusal is not None:
        end(world, job, FAILED, effects, at=at, reason=refusal)
        return False
    compute.hold(on, job, at=at)
    if job.resolved.consumables:
        consumables.lock(world, job)
    job.attempt, job.scheduled_at, job.started_at = attempt, at, None
    move(world, job, STARTING, effects, at=at)
    if world.delays.starting:
        timer = TimerKey(STARTING_TIMER, job.job_id, number)
        timers.arm(world, timer, Millis(at + world.delays.starting), effects)
    else:
        _ask(world, job, job.attempt, effects)
    return True


def _ask(world: World, job: Job, attempt: Attempt, effects: list[Effect]) -> None:
    """Ask for the container, unless the job is held."""
    if not (world.holds and holds.keeps(world, job)):
        attempt.asked_for = True
        effects.append(container_of(world, job, attempt))


def container_of(world: World, job: Job, attempt: Attempt) -> StartContainer:
    return StartContainer(
        AttemptKey(job.job_id, attempt.number),
        job.resolved.spec,
        job.name,
        job.queue.name,
        environment.of_container(world, job, attempt),
        log_stream(job, attempt) or "",
        job.index,
    )


def log_stream(job: Job, attempt: Attempt) -> str | None:
    """Where the container's lines go; None: the log driver is not awslogs."""
    prefix = job.resolved.log_stream_prefix
    return None if prefix is None else f"{prefix}/default/{attempt.task}"


def task_arn(world: World, attempt: Attempt) -> str:
    return world.arn("task", f"{attempt.cluster}/{attempt.task}", service="ecs")


def _under_way(world: World, job_id: JobId, number: int) -> tuple[Job, Attempt] | None:
    """The job and its attempt, when that attempt holds an environment."""
    job = world.jobs.get(job_id)
    if job is None or job.attempt is None or job.attempt.number != number:
        return None
    return (job, job.attempt) if job.status in ON_AN_ENVIRONMENT else None


def start_delayed(world: World, timer: TimerKey, effects: list[Effect]) -> None:
    """The delay of STARTING is over: ask for the container."""
    found = _under_way(world, JobId(timer.subject), timer.attempt)
    if found:
        _ask(world, *found, effects)


def started(world: World, report: ContainerStarted, effects: list[Effect]) -> None:
    """RUNNING; the timeout counts from here."""
    found = _under_way(world, report.job_id, report.attempt)
    if found is None or found[0].status is not STARTING or (world.holds and _keep(world, *found, report)):
        return
    _run(world, *found, effects, at=report.at, started_at=report.started_at)


def _run(
    world: World, job: Job, attempt: Attempt, effects: list[Effect], *, at: Millis, started_at: Millis
) -> None:
    attempt.started_at = job.started_at = max(started_at, job.created_at)
    move(world, job, RUNNING, effects, at=at)
    if (due := _times_out_at(job, attempt)) is not None:
        timers.arm(world, TimerKey(TIMEOUT_TIMER, job.job_id, attempt.number), due, effects)


def _times_out_at(job: Job, attempt: Attempt) -> Millis | None:
    if job.resolved.timeout_s is None or attempt.started_at is None:
        return None
    return Millis(attempt.started_at + 1000 * job.resolved.timeout_s)


def timed_out(world: World, timer: TimerKey, effects: list[Effect], *, at: Millis) -> None:
    """Stop the container; not retried.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
    """
    found = _under_way(world, JobId(timer.subject), timer.attempt)
    if found and not holds.keeps(world, found[0]):
        stop(world, found[0], TIMED_OUT, effects, at=at)


def stop(world: World, job: Job, reason: str, effects: list[Effect], *, at: Millis) -> None:
    """Have the container of a job stopped; the first reason stands. Its end is reported by the runtime,
    unless the container has not even been asked for."""
    attempt = job.attempt
    if job.ending is not None or attempt is None:
        return
    job.ending = Ending(reason)
    if not attempt.asked_for:
        timers.disarm(world, TimerKey(STARTING_TIMER, job.job_id, attempt.number), effects)
        _close(world, job, attempt, effects, at=at, stopped_at=at)
        return
    _tell_kept(world, attempt, effects, at=at)
    if job.status in ON_AN_ENVIRONMENT:
        effects.append(StopContainer(AttemptKey(job.job_id, attempt.number)))


def exited(world: World, report: ContainerExited, effects: list[Effect]) -> None:
    """The attempt is over: SUCCEEDED, FAILED, or RUNNABLE again.

    An exit that overtakes its "started" passes through RUNNING.
    """
    found = _under_way(world, report.job_id, report.attempt)
    if found is None or (world.holds and _keep(world, *found, report)):
        return
    job, attempt = found
    stopped_at = max(report.stopped_at, job.created_at)
    if job.status is STARTING and report.exit_code is not None:
        _run(world, job, attempt, effects, at=report.at, started_at=stopped_at)
        if _keep(world, job, attempt, report):
            return
    attempt.exit_code = report.exit_code
    attempt.reason = report.reason[:MAX_REASON] if report.reason else None
    attempt.status_reason = report.status_reason
    _close(world, job, attempt, effects, at=report.at, stopped_at=stopped_at)


def reported(world: World, command: ContainersReported, effects: list[Effect]) -> None:
    """Several reports, one after the other."""
    for report in command.reports:
        if isinstance(report, ContainerStarted):
            started(world, report, effects)
        else:
            exited(world, report, effects)


def _keep(world: World, job: Job, attempt: Attempt, report: ContainerStarted | ContainerExited) -> bool:
    """Keep a report about a job that is held, until it is let go."""
    if not holds.keeps(world, job):
        return False
    attempt.kept += (report,)
    return True


def _tell_kept(world: World, attempt: Attempt, effects: list[Effect], *, at: Millis) -> None:
    """Let happen now what was kept: for all that can be seen the job has been where it was held."""
    kept, attempt.kept = attempt.kept, ()
    for report in kept:
        if isinstance(report, ContainerStarted):
            started(world, replace(report, at=at, started_at=at), effects)
        else:
            exited(world, replace(report, at=at, stopped_at=at), effects)


def go_on(world: World, job: Job, effects: list[Effect], *, at: Millis) -> None:
    """Make up for what a STARTING or RUNNING job did not do while it was held."""
    attempt = job.attempt
    if attempt is None or holds.keeps(world, job):
        return
    if not attempt.asked_for and TimerKey(STARTING_TIMER, job.job_id, attempt.number) not in world.timers:
        _ask(world, job, attempt, effects)
    due = _times_out_at(job, attempt)
    exits = (each.stopped_at for each in attempt.kept if isinstance(each, ContainerExited))
    if job.status is RUNNING and due is not None and due <= next(exits, at):
        stop(world, job, TIMED_OUT, effects, at=at)
    else:
        _tell_kept(world, attempt, effects, at=at)


def _close(
    world: World, job: Job, attempt: Attempt, effects: list[Effect], *, at: Millis, stopped_at: Millis
) -> None:
    attempt.stopped_at = max(stopped_at, attempt.started_at or stopped_at)
    if job.ending is not None:
        attempt.status_reason = job.ending.reason
    elif attempt.status_reason is None:
        attempt.status_reason = NEVER_STARTED if attempt.started_at is None else EXITED
    if job.resolved.timeout_s is not None:
        timers.disarm(world, TimerKey(TIMEOUT_TIMER, job.job_id, attempt.number), effects)
    job.attempts.append(attempt)
    if job.locked:
        consumables.unlock(world, job)
    compute.release(world, attempt.environment, job, effects, at=at)
    if _again(job, attempt):
        move(world, job, RUNNABLE, effects, at=at)
        return
    succeeded = job.ending is None and attempt.exit_code == 0
    status = SUCCEEDED if succeeded else FAILED
    end(world, job, status, effects, at=at, reason=attempt.status_reason)
    job.stopped_at = attempt.stopped_at


def _again(job: Job, attempt: Attempt) -> bool:
    """Retries are for failures, and not for those that were asked for."""
    if attempt.exit_code == 0 or job.ending is not None:
        return False
    attempt.decision = retries.decide(job.resolved.attempts, job.resolved.evaluate_on_exit, attempt)
    return attempt.decision.action == "RETRY"
