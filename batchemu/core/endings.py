"""The end of a job, and what it means for the jobs that waited for it.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_dependencies.html and array_jobs.html
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from batchemu.core import arrays, dependencies, holds, timers
from batchemu.core.effects import TimerKey
from batchemu.core.transitions import TRANSITIONS_OF, move
from batchemu.core.world import TERMINAL, Ending, JobStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchemu.core.effects import Effect
    from batchemu.core.ids import Millis
    from batchemu.core.world import Job, World

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
        if job.status is JobStatus.SUBMITTED:
            timers.disarm(world, TimerKey(SUBMITTED_TIMER, job.job_id), effects)
        move(world, job, to, effects, at=at, reason=reason)
        if to in TERMINAL:
            to_move.extend(_consequences(world, job, to))


def _consequences(world: World, job: Job, to: JobStatus) -> Iterator[Next]:
    """What else moves because a job is over."""
    for dependent in dependencies.released(world, job):
        if to is JobStatus.FAILED:
            dependent.falls = True
            if dependent.ending is None:
                dependent.waiting = 0  # for the others it need not wait any more
        yield from after_waiting(world, dependent)
    if job.parent is not None:
        yield from _after_children(world, world.jobs[job.parent])


def _after_children(world: World, parent: Job) -> Iterator[Next]:
    if arrays.is_over(parent) and not holds.keeps(world, parent):
        yield (parent, *arrays.outcome(parent))


def after_waiting(world: World, job: Job) -> Iterator[Next]:
    """Where a PENDING job goes, and its statusReason; nowhere while it has to wait.

    One that was cancelled or terminated while it waited FAILS once its dependencies are over. The
    children of an array go when the jobs that the whole array waits for are over.
    """
    if job.status is not JobStatus.PENDING:
        return
    if job.array is not None and arrays.is_over(job):
        yield from _after_children(world, job)
    if job.waiting:
        return
    if job.array is not None:
        yield from _open(world, job)
        return
    parent = world.jobs[job.parent] if job.parent is not None else None
    if job.ending is not None:
        if not is_held_back(world, job):
            yield job, JobStatus.FAILED, job.ending.reason
    elif holds.keeps(world, job):
        return
    elif dependencies.one_failed(world, job):
        yield job, JobStatus.FAILED, dependencies.FAILED_REASON
    elif parent is None or _is_open(parent):
        fallen = parent.ending if parent is not None else None
        status = JobStatus.RUNNABLE if fallen is None else JobStatus.FAILED
        yield job, status, None if fallen is None else fallen.reason


def is_held_back(world: World, job: Job) -> bool:
    """Whether a PENDING job waits for others, by itself or with its whole array."""
    return bool(job.waiting) or (job.parent is not None and bool(world.jobs[job.parent].waiting))


def _is_open(parent: Job) -> bool:
    return parent.array is not None and parent.array.is_open


def _open(world: World, parent: Job) -> Iterator[Next]:
    """The jobs that the whole array waits for are over: its children go, or fall with them."""
    array = parent.array
    if array is None or array.is_open:
        return
    if parent.ending is None and holds.keeps(world, parent):
        return
    array.is_open = True
    if parent.ending is None and dependencies.one_failed(world, parent):
        parent.ending = Ending(dependencies.FAILED_REASON)
    for child in arrays.children(world, parent):
        if parent.ending is not None:
            child.waiting = 0  # it falls with its array, whatever else it waited for
        yield from after_waiting(world, child)
