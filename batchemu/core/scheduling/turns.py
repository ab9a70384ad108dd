"""Whose turn it is in a job queue: first in, first out, or in the order of its shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchemu.core import holds
from batchemu.core.ids import Millis
from batchemu.core.scheduling import fair_share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchemu.core.world import Job, JobQueue, World


def line(queue: JobQueue, at: Millis, passes: Callable[[int], bool] | None = None) -> Iterator[Job]:
    """RUNNABLE jobs in the order in which they are dispatched at ``at``, but for those that ``passes`` says
    are passed over, given their sequence numbers. Who asks for the next one has placed the one before."""
    runnable = queue.runnable
    if queue.fair is not None:
        ordered = fair_share.order(queue.fair, at, lambda seq: runnable[seq].resolved.vcpus, passes)
        return (runnable[seq] for seq in ordered)
    return (runnable[seq] for seq in queue.line if passes is None or not passes(seq))


def turns(world: World, queue: JobQueue, at: Millis) -> Iterator[Job]:
    """As the scheduler goes about it: who is held is passed over, but for one whose hold says that it
    blocks those behind it."""
    if not world.holds:
        return line(queue, at)

    def passes(seq: int) -> bool:
        hold = holds.hold_of(world, queue.runnable[seq])
        return hold is not None and hold.blocks is None

    return line(queue, at, passes)


def head(world: World, queue: JobQueue) -> Job | None:
    """Whose turn it was when the scheduler last looked: who is still there blocks those behind it."""
    at = queue.fair.looked_at if queue.fair is not None else None
    return next(turns(world, queue, at or Millis(0)), None)
