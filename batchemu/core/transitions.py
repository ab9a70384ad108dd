"""Which status may follow which: the tables, and the only functions that assign one.

Sources of the tables of jobs: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html and
https://docs.aws.amazon.com/batch/latest/userguide/service-job-status.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchemu.core import fair_shares, retention
from batchemu.core.facts import JobStatusChanged, ResourceStatusChanged, ServiceJobStatusChanged
from batchemu.core.ids import AttemptNo, Millis
from batchemu.core.world import (
    RUNNABLE,
    STARTING,
    TERMINAL,
    TRAINING_OVER,
    JobStatus,
    ServiceJobStatus,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchemu.core.effects import Effect
    from batchemu.core.scheduling.line import Line
    from batchemu.core.world import Job, JobQueue, Place, Resource, ServiceJob, World

JOB_TRANSITIONS: Final[Mapping[JobStatus, frozenset[JobStatus]]] = {
    JobStatus.SUBMITTED: frozenset({JobStatus.PENDING, JobStatus.RUNNABLE, JobStatus.FAILED}),
    JobStatus.PENDING: frozenset({JobStatus.RUNNABLE, JobStatus.FAILED}),
    JobStatus.RUNNABLE: frozenset({JobStatus.STARTING, JobStatus.FAILED}),
    JobStatus.STARTING: frozenset({JobStatus.RUNNING, JobStatus.RUNNABLE, JobStatus.FAILED}),
    JobStatus.RUNNING: frozenset({JobStatus.SUCCEEDED, JobStatus.RUNNABLE, JobStatus.FAILED}),
    JobStatus.SUCCEEDED: frozenset(),
    JobStatus.FAILED: frozenset(),
}

ARRAY_TRANSITIONS: Final[Mapping[JobStatus, frozenset[JobStatus]]] = {
    JobStatus.SUBMITTED: frozenset({JobStatus.PENDING, JobStatus.FAILED}),
    JobStatus.PENDING: frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED}),
    JobStatus.SUCCEEDED: frozenset(),
    JobStatus.FAILED: frozenset(),
}
"""Of the parent of an array job, which is PENDING until all of its children are over:
https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html"""

TRANSITIONS_OF: Final = {False: JOB_TRANSITIONS, True: ARRAY_TRANSITIONS}
"""By whether a job is the parent of an array."""

SERVICE_JOB_TRANSITIONS: Final[Mapping[ServiceJobStatus, frozenset[ServiceJobStatus]]] = {
    ServiceJobStatus.SUBMITTED: frozenset({ServiceJobStatus.RUNNABLE, ServiceJobStatus.FAILED}),
    ServiceJobStatus.RUNNABLE: frozenset({ServiceJobStatus.SCHEDULED, ServiceJobStatus.FAILED}),
    ServiceJobStatus.SCHEDULED: frozenset(
        {ServiceJobStatus.STARTING, ServiceJobStatus.RUNNABLE, ServiceJobStatus.FAILED}
    ),
    ServiceJobStatus.STARTING: frozenset(
        {ServiceJobStatus.RUNNING, ServiceJobStatus.RUNNABLE, ServiceJobStatus.FAILED}
    ),
    ServiceJobStatus.RUNNING: frozenset(
        {ServiceJobStatus.SUCCEEDED, ServiceJobStatus.RUNNABLE, ServiceJobStatus.FAILED}
    ),
    ServiceJobStatus.SUCCEEDED: frozenset(),
    ServiceJobStatus.FAILED: frozenset(),
}
"""None is ever PENDING: service jobs have no dependencies."""

RESOURCE_TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "CREATING": frozenset({"VALID", "INVALID"}),
    "UPDATING": frozenset({"VALID", "INVALID"}),
    "VALID": frozenset({"UPDATING", "DELETING"}),
    "INVALID": frozenset({"UPDATING", "DELETING"}),
    "DELETING": frozenset({"INVALID"}),
}
"""Environments, queues and quota shares alike; from DELETING a resource vanishes. Only compute
environments become INVALID: https://docs.aws.amazon.com/batch/latest/userguide/invalid_compute_environment.html"""


_NO_ATTEMPT: Final = AttemptNo(0)


class IllegalTransition(Exception):
    """A bug of ours: a status was to follow another that it cannot follow."""


def admit(world: World, job: Job, effects: list[Effect]) -> None:
    """Let a new job into the world: SUBMITTED, and a child of an array PENDING."""
    world.jobs[job.job_id] = job
    if job.parent is None:
        job.queue.by_status[job.status][job.seq] = job.job_id
        if job.share_identifier is not None:
            _join_share(job.queue, job.share_identifier, job.created_at)
    else:
        job.parent.family.counts[job.status] += 1
    effects.append(JobStatusChanged(job.created_at, job.job_id, job.name, None, job.status, _NO_ATTEMPT))


def move(
    world: World, job: Job, to: JobStatus, effects: list[Effect], *, at: Millis, reason: str | None = None
) -> None:
    """Give ``job`` its next status and do the book-keeping that goes with it.

    ``reason`` becomes the job's statusReason; a job that is neither over nor blocked has none
    (https://github.com/aws/containers-roadmap/issues/2231 shows a RUNNING one).
    """
    before, parent = job.status, job.parent
    if to not in TRANSITIONS_OF[job.array is not None][before]:
        raise IllegalTransition(f"{before} -> {to} for {job!r}")
    job.status = to
    job.status_reason = reason
    if to in TERMINAL:
        job.stopped_at = at
    if before is RUNNABLE:
        _leave(world, job, at)  # before its share does, whose last job it may be
    if parent is None:
        _list(world, job, before, effects, at)
    else:
        array = parent.array
        assert array is not None, "only the parent of an array has children"
        array.counts[before] -= 1
        array.counts[to] += 1
        array.updated_at = at
    if to is RUNNABLE:
        _join(world, job, at)
    number = job.attempt.number if job.attempt else _NO_ATTEMPT
    effects.append(JobStatusChanged(at, job.job_id, job.name, before, to, number, reason))


def _list(world: World, job: Job, before: JobStatus, effects: list[Effect], at: Millis) -> None:
    """List a job under its new status; the children of an array are listed nowhere."""
    queue = job.queue
    del queue.by_status[before][job.seq]
    queue.by_status[job.status][job.seq] = job.job_id
    if job.status in TERMINAL:
        if job.share_identifier is not None:
            _leave_share(queue, job.share_identifier, at)
        retention.keep_job(world, job.job_id, effects, at=at)  # children stay as long as their parent


def _join(world: World, job: Job, at: Millis) -> None:
    queue = job.queue
    if queue.fair is None:
        queue.line.add(job.seq, at)
    else:
        fair_shares.join(queue.fair, job, at)
    queue.runnable[job.seq] = job
    world.dirty.add(queue.name)


def _leave(world: World, job: Job, at: Millis) -> None:
    queue = job.queue
    if queue.fair is None:
        queue.line.remove(job.seq, at)
    else:
        fair_shares.leave(queue.fair, job, at)
    del queue.runnable[job.seq]
    if job.status is not STARTING:
        world.dirty.add(queue.name)  # a cancelled head no longer blocks those behind it


def _join_share(queue: JobQueue, identifier: str, at: Millis) -> None:
    if queue.fair is not None and identifier not in queue.shares:
        fair_shares.arrive(queue.fair, identifier, at)
    queue.shares[identifier] += 1


def _leave_share(queue: JobQueue, identifier: str, at: Millis) -> None:
    queue.shares[identifier] -= 1
    if not queue.shares[identifier]:
        del queue.shares[identifier]
        if queue.fair is not None:
            fair_shares.depart(queue.fair, identifier, at)


def admit_training(world: World, job: ServiceJob, effects: list[Effect]) -> None:
    """Let a new service job into the world, SUBMITTED."""
    world.service_jobs[job.job_id] = job
    queue = world.queues[job.queue]
    queue.trainings[job.seq] = job.job_id
    if (share := job.settings.get("shareIdentifier")) is not None:
        _join_share(queue, share, job.created_at)
    effects.append(_announced(job, None, job.created_at))


def move_training(
    world: World,
    job: ServiceJob,
    to: ServiceJobStatus,
    effects: list[Effect],
    *,
    at: Millis,
    reason: str | None = None,
) -> None:
    """Give a service job its next status and do the book-keeping that goes with it."""
    before = job.status
    if to not in SERVICE_JOB_TRANSITIONS.get(before, ()):
        raise IllegalTransition(f"{before} -> {to} for {job!r}")
    job.status = to
    job.status_reason = reason
    if to in TRAINING_OVER:
        job.stopped_at = at
        queue, share = world.queues.get(job.queue), job.settings.get("shareIdentifier")
        if queue is not None and share is not None and queue.trainings.get(job.seq) == job.job_id:
            _leave_share(queue, share, at)
        retention.keep_job(world, job.job_id, effects, at=at)
    if before is ServiceJobStatus.RUNNABLE:
        leave_line(world, job, at)
    if to is ServiceJobStatus.RUNNABLE:
        join_line(world, job, at)
    effects.append(_announced(job, before, at))


def join_line(world: World, job: ServiceJob, at: Millis) -> None:
    for line in _lines(world, job):
        line.add(job.place, at)


def leave_line(world: World, job: ServiceJob, at: Millis) -> None:
    for line in _lines(world, job):
        line.remove(job.place, at)


def _lines(world: World, job: ServiceJob) -> Iterator[Line[Place]]:
    """Those of its queue and of its quota share; both look again, for a head may have left or come."""
    queue = world.queues.get(job.queue)
    if queue is not None:
        world.dirty.add(queue.name)
        yield queue.training_line
    share = world.quota_shares.get(job.quota_share or "")
    if share is not None:
        yield share.line


def _announced(job: ServiceJob, before: ServiceJobStatus | None, at: Millis) -> ServiceJobStatusChanged:
    number = job.attempt.number if job.attempt else _NO_ATTEMPT
    return ServiceJobStatusChanged(at, job.job_id, job.name, before, job.status, number, job.status_reason)


def move_resource(
    resource: Resource,
    to: str,
    effects: list[Effect],
    *,
    at: Millis,
    reason: str | None = None,
) -> None:
    """Give an environment, a queue or a quota share its next status; ``reason`` None keeps the old one."""
    before = resource.status
    if to not in RESOURCE_TRANSITIONS[before]:
        raise IllegalTransition(f"{before} -> {to} for {resource.arn}")
    resource.status = to
    if reason is not None:
        resource.status_reason = reason
    effects.append(
        ResourceStatusChanged(at=at, arn=resource.arn, before=before, after=to, reason=resource.status_reason)
    )
