"""A job queue whose head will not be placed: its statusReason, the fact, and what the queue does about it.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html and botocore's model,
JobStateTimeLimitAction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchemu.core import endings, holds, names, timers
from batchemu.core.effects import TimerKey
from batchemu.core.facts import JobQueueBlocked
from batchemu.core.ids import Millis
from batchemu.core.scheduling import blocked
from batchemu.core.world import FAILED, RUNNABLE, Blocked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchemu.core.effects import Effect
    from batchemu.core.ids import JobId
    from batchemu.core.scheduling.fit import Room
    from batchemu.core.world import Job, JobQueue, World


def look(
    world: World,
    queue: JobQueue,
    head: Job | None,
    rooms: Sequence[Room],
    effects: list[Effect],
    *,
    at: Millis,
) -> None:
    """After the scheduler's turn: whether the job that is left at the head blocks the queue, and since when.

    ``head``: None where nobody waits, or only who is held.
    """
    found = _found(world, head, rooms)
    before = queue.blocked
    if found != (before and (before.job_id, before.reason)):
        _forget(world, before)
        queue.blocked = None if found is None else Blocked(*found, at)
        if queue.blocked is not None:
            job = world.jobs[queue.blocked.job_id]
            job.status_reason = queue.blocked.reason
            effects.append(JobQueueBlocked(at, queue.arn, job.job_id, job.name, queue.blocked.reason))
    _set_alarm(world, queue, effects)


def _found(world: World, head: Job | None, rooms: Sequence[Room]) -> tuple[JobId, str] | None:
    if head is None:
        return None
    hold = holds.hold_of(world, head) if world.holds else None
    reason = blocked.why(head.resolved, rooms) if hold is None else hold.blocks
    return None if reason is None else (head.job_id, reason)


def _forget(world: World, before: Blocked | None) -> None:
    """A job that blocks its queue no longer, and waits on, waits for no special reason."""
    job = None if before is None else world.jobs.get(before.job_id)
    if job is not None and job.status is RUNNABLE:
        job.status_reason = None


def _set_alarm(world: World, queue: JobQueue, effects: list[Effect]) -> None:
    """The time counts from when the job was found at the head in that state for that reason."""
    key = TimerKey(blocked.TIMER, queue.arn)
    due = _due(queue)
    if due is None:
        timers.disarm(world, key, effects)
    elif world.timers.get(key) != due:
        timers.arm(world, key, due, effects)


def _due(queue: JobQueue) -> Millis | None:
    if queue.blocked is None:
        return None
    reason = blocked.token(queue.blocked.reason)
    for action in queue.settings["jobStateTimeLimitActions"]:
        if action["reason"] == reason:
            return Millis(queue.blocked.since + 1000 * action["maxTimeSeconds"])
    return None


def timer_fired(world: World, arn: str, effects: list[Effect], *, at: Millis) -> None:
    """The job FAILS, in the words of
    https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_capacity.html"""
    queue = names.find_queue(world, arn)
    if queue is None or queue.blocked is None:
        return
    reason = f"Canceled by JobStateTimeLimit action due to reason: {blocked.token(queue.blocked.reason)}"
    job = world.jobs[queue.blocked.job_id]
    endings.end(world, job, FAILED, effects, at=at, reason=reason)
