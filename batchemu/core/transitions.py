"""Which status may follow which: the tables, and the only two functions that assign one.

Source of the job's table: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchemu.core.effects import Announce
from batchemu.core.facts import JobStatusChanged, ResourceStatusChanged
from batchemu.core.ids import AttemptNo, Millis
from batchemu.core.world import TERMINAL, JobStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.effects import Effect
    from batchemu.core.world import Job, Resource, World

JOB_TRANSITIONS: Final[Mapping[JobStatus, frozenset[JobStatus]]] = {
    JobStatus.SUBMITTED: frozenset({JobStatus.PENDING, JobStatus.RUNNABLE, JobStatus.FAILED}),
    JobStatus.PENDING: frozenset({JobStatus.RUNNABLE, JobStatus.FAILED}),
    JobStatus.RUNNABLE: frozenset({JobStatus.STARTING, JobStatus.FAILED}),
    JobStatus.STARTING: frozenset({JobStatus.RUNNING, JobStatus.RUNNABLE, JobStatus.FAILED}),
    JobStatus.RUNNING: frozenset({JobStatus.SUCCEEDED, JobStatus.RUNNABLE, JobStatus.FAILED}),
    JobStatus.SUCCEEDED: frozenset(),
    JobStatus.FAILED: frozenset(),
}

RESOURCE_TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "CREATING": frozenset({"VALID", "INVALID"}),
    "UPDATING": frozenset({"VALID", "INVALID"}),
    "VALID": frozenset({"UPDATING", "DELETING"}),
    "INVALID": frozenset({"UPDATING", "DELETING"}),
    "DELETING": frozenset({"INVALID"}),
}
"""Environments, queues and quota shares alike; from DELETING a resource vanishes. Only compute
environments become INVALID: https://docs.aws.amazon.com/batch/latest/userguide/invalid_compute_environment.html"""


class IllegalTransition(Exception):
    """A bug of ours: a status was to follow another that it cannot follow."""


def admit(world: World, job: Job, effects: list[Effect]) -> None:
    """Let a new job into the world, SUBMITTED."""
    world.jobs[job.job_id] = job
    world.by_seq[job.seq] = job
    world.queues[job.queue].by_status[job.status][job.seq] = job.job_id
    effects.append(_announced(job, None, job.created_at))


def move(
    world: World, job: Job, to: JobStatus, effects: list[Effect], *, at: Millis, reason: str | None = None
) -> None:
    """Give ``job`` its next status and do the book-keeping that goes with it.

    ``reason`` becomes the job's statusReason; a job that is neither over nor blocked has none
    (https://github.com/aws/containers-roadmap/issues/2231 shows a RUNNING one).
    """
    before = job.status
    if to not in JOB_TRANSITIONS[before]:
        raise IllegalTransition(f"{before} -> {to} for {job!r}")
    job.status = to
    job.status_reason = reason
    if to in TERMINAL:
        job.stopped_at = at
    queue = world.queues.get(job.queue)
    if queue is not None and queue.by_status[before].pop(job.seq, None) is not None:
        queue.by_status[to][job.seq] = job.job_id
        if before is JobStatus.RUNNABLE:
            queue.line.remove(job.seq)
        if to is JobStatus.RUNNABLE:
            queue.line.add(job.seq)
        if to is JobStatus.RUNNABLE or (before is JobStatus.RUNNABLE and to in TERMINAL):
            world.dirty.add(queue.name)  # a cancelled head no longer blocks those behind it
    effects.append(_announced(job, before, at))


def _announced(job: Job, before: JobStatus | None, at: Millis) -> Announce:
    return Announce(
        JobStatusChanged(
            at=at,
            job_id=job.job_id,
            job_name=job.name,
            before=before,
            after=job.status,
            attempt=job.attempt.number if job.attempt else AttemptNo(0),
            reason=job.status_reason,
        )
    )


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
        Announce(
            ResourceStatusChanged(
                at=at, arn=resource.arn, before=before, after=to, reason=resource.status_reason
            )
        )
    )
