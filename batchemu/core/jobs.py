"""The life of a job, from SubmitJob to its end.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from batchemu import messages
from batchemu.core import (
    arrays,
    attempts,
    definitions,
    dependencies,
    holds,
    lifecycle,
    names,
    policies,
    quotas,
    tags,
    timers,
)
from batchemu.core.effects import TimerKey
from batchemu.core.endings import SUBMITTED_TIMER, after_waiting, end, go_on, is_held_back
from batchemu.core.ids import Millis
from batchemu.core.resolve import resolve
from batchemu.core.transitions import admit, move
from batchemu.core.world import ON_AN_ENVIRONMENT, TERMINAL, Array, Ending, Job, JobStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchemu.core.effects import Effect
    from batchemu.core.ids import JobId
    from batchemu.core.inputs import CancelJob, SubmitJob, TerminateJob
    from batchemu.core.world import JobQueue, ResolvedJob, World

MAX_BYTES = 30 * 1024
MAX_REASON = 1024


def submit(world: World, command: SubmitJob, effects: list[Effect]) -> dict[str, str]:
    """SUBMITTED, then PENDING or RUNNABLE; everything is checked before anything changes."""
    params = command.params
    queue, resolved = _check(world, params, command.size_bytes)
    own_tags = tags.checked(params.get("tags"))
    size = arrays.size(params)
    depends_on = dependencies.checked(world, params.get("dependsOn") or (), size)
    job = Job(
        seq=world.sequence + 1,
        job_id=command.job_id,
        name=params["jobName"],
        queue=queue,
        resolved=resolved,
        depends_on=depends_on,
        tags=own_tags,
        created_at=command.at,
        share_identifier=params.get("shareIdentifier"),
        array=None if size is None else _new_array(size, depends_on, command.at),
    )
    world.sequence += 1 + (size or 0)
    admit(world, job, effects)
    dependencies.wait(world, job)
    if world.delays.submitted:
        due = Millis(command.at + world.delays.submitted)
        timers.arm(world, TimerKey(SUBMITTED_TIMER, job.job_id), due, effects)
    else:
        leave_submitted(world, job, effects, at=command.at)
    return {"jobArn": world.arn("job", job.job_id), "jobName": job.name, "jobId": job.job_id}


def _new_array(size: int, depends_on: Sequence[Mapping[str, str]], at: Millis) -> Array:
    return Array(size=size, is_sequential=dependencies.is_sequential(depends_on), updated_at=at)


def _check(world: World, params: Mapping[str, Any], size_bytes: int) -> tuple[JobQueue, ResolvedJob]:
    if size_bytes >= MAX_BYTES:
        raise messages.job_too_large(size_bytes)
    if not names.is_job_name(params["jobName"]):
        raise messages.job_name_pattern()
    queue = names.find_queue(world, params["jobQueue"])
    if queue is None:
        raise messages.job_queue_not_found(params["jobQueue"])
    if queue.service_environment is not None:
        raise messages.queue_of_other_jobs(params["jobQueue"])
    lifecycle.check_accepts(queue, params["jobQueue"])
    submitted = len(queue.by_status[JobStatus.SUBMITTED])
    quotas.check(submitted, world.quotas.submitted_jobs, "jobs in SUBMITTED")
    policies.check_share(world, queue, params.get("shareIdentifier"))
    definition = definitions.for_submission(world, params["jobDefinition"])
    resolved = resolve(definition, params, partial(names.consumable_name, world))
    _check_priority(world, queue, params, resolved)
    capabilities = {world.environments[name].capability for name in queue.environments}
    if resolved.capability not in capabilities:
        raise messages.queue_lacks_capability(resolved.capability)
    return queue, resolved


def _check_priority(world: World, queue: JobQueue, params: Mapping[str, Any], resolved: ResolvedJob) -> None:
    """A job of a fair-share queue needs a scheduling priority, one of a FIFO queue cannot have its own."""
    if not policies.has_fair_shares(world, queue):
        if "schedulingPriorityOverride" in params:
            raise messages.share_on_fifo_queue()
    elif resolved.scheduling_priority is None:
        raise messages.priority_missing()


def leave_submitted(world: World, job: Job, effects: list[Effect], *, at: Millis) -> None:
    """PENDING when it depends on other jobs or has children, and from there on as they stand; else
    RUNNABLE."""
    if job.status is not JobStatus.SUBMITTED or holds.keeps(world, job):
        return
    if job.array is None and not job.depends_on:
        move(world, job, JobStatus.RUNNABLE, effects, at=at)
        return
    move(world, job, JobStatus.PENDING, effects, at=at)
    if job.array is not None:
        arrays.spawn(world, job, job.array, effects, at=at)
        dependencies.wait_for_children(world, job)
    go_on(world, after_waiting(world, job), effects, at=at)


def cancel(world: World, command: CancelJob, effects: list[Effect]) -> None:
    """Ends what has not been placed yet; what is STARTING, RUNNING, over or unknown is left alone.

    Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html; unknown ids:
    https://github.com/aws/aws-cli/issues/2551 (2017).
    """
    check_reason(command.job_id, command.reason)
    job = world.jobs.get(command.job_id)
    if job is None or job.status in TERMINAL or job.status in ON_AN_ENVIRONMENT:
        return
    _cancel(world, job, command.reason, effects, at=command.at)


def _cancel(world: World, job: Job, reason: str, effects: list[Effect], *, at: Millis) -> None:
    """Of an array all children that have not been placed yet; the parent ends when they all have."""
    job.is_cancelled = True
    if job.array is None or job.status is JobStatus.SUBMITTED:
        _end_waiting(world, job, reason, effects, at=at)
        return
    job.ending = job.ending or Ending(reason)
    for child in _last_first(job):
        if child.status not in TERMINAL and child.status not in ON_AN_ENVIRONMENT:
            _cancel(world, child, reason, effects, at=at)
    go_on(world, after_waiting(world, job), effects, at=at)


def _last_first(parent: Job) -> list[Job]:
    """The children in the order in which to end them: none is to fall with one that it depends on."""
    return list(arrays.children(parent))[::-1]


def terminate(world: World, command: TerminateJob, effects: list[Effect]) -> None:
    """Ends a job in whatever state; a container is stopped first (SIGTERM, SIGKILL after 30 s).

    Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_TerminateJob.html
    """
    check_reason(command.job_id, command.reason)
    job = world.jobs.get(command.job_id)
    if job is None or job.status in TERMINAL:
        return
    _terminate(world, job, command.reason, effects, at=command.at)


def _terminate(world: World, job: Job, reason: str, effects: list[Effect], *, at: Millis) -> None:
    """Of an array all children; the parent ends when they all have."""
    job.is_terminated = True
    if job.array is not None and job.status is not JobStatus.SUBMITTED:
        job.ending = job.ending or Ending(reason)
        for child in _last_first(job):
            if child.status not in TERMINAL:
                _terminate(world, child, reason, effects, at=at)
        go_on(world, after_waiting(world, job), effects, at=at)
    elif job.status in ON_AN_ENVIRONMENT:
        attempts.stop(world, job, reason, effects, at=at)
    else:
        _end_waiting(world, job, reason, effects, at=at)


def check_reason(job_id: str, reason: str) -> None:
    """Both are required, and a reason has its limit."""
    for member, value in (("jobId", job_id), ("reason", reason)):
        if not value:
            raise messages.empty_member(member)
    if len(reason) > MAX_REASON:
        raise messages.reason_too_long()


def _end_waiting(world: World, job: Job, reason: str, effects: list[Effect], *, at: Millis) -> None:
    """A PENDING job ends only when the jobs it depends on have; SUBMITTED and RUNNABLE ones end now."""
    if job.status is JobStatus.PENDING and is_held_back(job):
        job.ending = job.ending or Ending(reason)
    else:
        end(world, job, JobStatus.FAILED, effects, at=at, reason=reason)


def end_all(world: World, queue: JobQueue, reason: str, effects: list[Effect], *, at: Millis) -> None:
    """End every job of a queue that is not over: its queue is being deleted."""
    waiting = [
        world.jobs[job_id]
        for status, members in queue.by_status.items()
        if status not in TERMINAL
        for job_id in members.values()
    ]
    for job in sorted(waiting, key=lambda each: -each.seq):  # none is to fall with one that it depends on
        for each in _last_first(job) or [job]:
            if each.status in ON_AN_ENVIRONMENT:
                attempts.stop(world, each, reason, effects, at=at)
            elif each.status not in TERMINAL:
                # the first reason stands, of a job that was cancelled while it was PENDING
                first = each.ending.reason if each.ending else reason
                end(world, each, JobStatus.FAILED, effects, at=at, reason=first)


def submitted_for_long(world: World, job_id: JobId, effects: list[Effect], *, at: Millis) -> None:
    """The delay of SUBMITTED is over."""
    job = world.jobs.get(job_id)
    if job is not None:
        leave_submitted(world, job, effects, at=at)
