"""The end of a job, and what it means for the jobs that waited for it.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_dependencies.html and array_jobs.html
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from batchemu.core import arrays, dependencies, holds, timers
from batchemu.core.effects import TimerKey
from batchemu.core.transitions import TRANSITIONS_OF, move
from batchemu.core.world import FAILED, PENDING, RUNNABLE, SUBMITTED, TERMINAL, Ending, JobStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchemu.core.effects import Effect
    from batchemu.core.ids import Millis
    from batchemu.core.world import Array, Job, World

    Next = tuple[Job, JobStatus, str | None]

SUBMITTED_TIMER = "submitted"


def end(
    world: World, job: Job, to: JobStatus, effects: list[Effect], *, at: Millis, reason: str | None
) -> None:
    """SUCCEEDED or FAILED; and what waited for this job, directly or not, goes on or falls with it.

    A loop, not a recursion: a failure may run down a chain of any length.
    """
    go_on(world, [(job, to, reason)], effects, at=at)


def go_on(world: World, first: Iterable[Next], effects: list[Effect], *, at: Millis) -> None:
    """Let jobs go where they are to go, and then those for which that has consequences."""
    to_move = deque(first)
    while to_move:
        job, to, reason = to_move.popleft()
        if to not in TRANSITIONS_OF[job.array is not None][job.status]:
            continue  # it was reached in two ways, and has gone the first
        if job.status is SUBMITTED:
            timers.disarm(world, TimerKey(SUBMITTED_TIMER, job.job_id), effects)
        move(world, job, to, effects, at=at, reason=reason)
        if to in TERMINAL:
            to_move.extend(_consequences(world, job, to))


def _consequences(world: World, job: Job, to: JobStatus) -> list[Next]:
    """What else moves because a job is over."""
    found: list[Next] = []
    for dependent in dependencies.released(world, job):
        if to is FAILED:
            dependent.falls = True
            if dependent.ending is None:
                dependent.waiting = 0  # for the others it need not wait any more
        found += after_waiting(world, dependent)
    if job.parent is not None and arrays.is_over(job.parent):
        found += _after_children(world, job.parent)
    return found


def _after_children(world: World, parent: Job) -> list[Next]:
    """Where the parent of an array goes whose children are over."""
    return [] if holds.keeps(world, parent) else [(parent, *arrays.outcome(parent))]


def after_waiting(world: World, job: Job) -> list[Next]:
    """Where a PENDING job goes, and its statusReason; nowhere while it has to wait.

    One that was cancelled or terminated while it waited FAILS once its dependencies are over. The
    children of an array go when the jobs that the whole array waits for are over.
    """
    if job.status is not PENDING:
        return []
    if job.array is not None:
        over = _after_children(world, job) if arrays.is_over(job) else []
        return over if job.waiting else over + _open(world, job, job.array)
    if job.waiting:
        return []
    parent = job.parent
    if job.ending is not None:
        return [] if is_held_back(job) else [(job, FAILED, job.ending.reason)]
    if world.holds and holds.keeps(world, job):
        return []
    if job.falls:
        return [(job, FAILED, dependencies.FAILED_REASON)]
    if parent is None or (parent.family.is_open and parent.ending is None):
        return [(job, RUNNABLE, None)]
    if parent.ending is not None and parent.family.is_open:
        return [(job, FAILED, parent.ending.reason)]
    return []


def is_held_back(job: Job) -> bool:
    """Whether a PENDING job waits for others, by itself or with its whole array."""
    return bool(job.waiting) or (job.parent is not None and bool(job.parent.waiting))


def _open(world: World, parent: Job, array: Array) -> list[Next]:
    """The jobs that the whole array waits for are over: its children go, or fall with them."""
    if array.is_open or (parent.ending is None and holds.keeps(world, parent)):
        return []
    array.is_open = True
    if parent.ending is None and parent.falls:
        parent.ending = Ending(dependencies.FAILED_REASON)
    found: list[Next] = []
    for child in array.children:
        if parent.ending is not None:
            child.waiting = 0  # it falls with its array, whatever else it waited for
        found += after_waiting(world, child)
    return found
