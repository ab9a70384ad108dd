"""The end of a job, and what it means for the jobs that waited for it.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_dependencies.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchemu.core import dependencies, holds, timers
from batchemu.core.effects import TimerKey
from batchemu.core.transitions import move
from batchemu.core.world import JobStatus

if TYPE_CHECKING:
    from batchemu.core.effects import Effect
    from batchemu.core.ids import Millis
    from batchemu.core.world import Job, World

SUBMITTED_TIMER = "submitted"


def end(
    world: World, job: Job, to: JobStatus, effects: list[Effect], *, at: Millis, reason: str | None
) -> None:
    """SUCCEEDED or FAILED; and what waited for this job, directly or not, goes on or falls with it.

    A loop, not a recursion: a failure may run down a chain of any length.
    """
    to_move = [(job, to, reason)]
    while to_move:
        job, to, reason = to_move.pop()
        timers.disarm(world, TimerKey(SUBMITTED_TIMER, job.job_id), effects)
        move(world, job, to, effects, at=at, reason=reason)
        if to is JobStatus.RUNNABLE:
            continue
        for dependent in dependencies.released(world, job):
            if to is JobStatus.FAILED and dependent.ending is None:
                dependent.waiting_for.clear()
            next_status = after_waiting(world, dependent)
            if next_status is not None:
                to_move.append((dependent, *next_status))


def after_waiting(world: World, job: Job) -> tuple[JobStatus, str | None] | None:
    """Where a PENDING job goes, and its statusReason; None while it has to wait.

    One that was cancelled or terminated while it waited FAILS once its dependencies are over.
    """
    if job.status is not JobStatus.PENDING or job.waiting_for:
        return None
    if job.ending is not None:
        return JobStatus.FAILED, job.ending.reason
    if holds.keeps(world, job):
        return None
    if dependencies.one_failed(world, job):
        return JobStatus.FAILED, dependencies.FAILED_REASON
    return JobStatus.RUNNABLE, None
