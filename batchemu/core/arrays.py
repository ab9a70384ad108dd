"""Array jobs: a parent that never runs, and its children, each a job of its own.

Source: https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core.ids import child_id
from batchemu.core.transitions import admit
from batchemu.core.world import FAILED, PENDING, SUCCEEDED, Array, Job, JobStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchemu.core.effects import Effect
    from batchemu.core.ids import Millis
    from batchemu.core.world import World

SMALLEST, LARGEST = 2, 10_000
"""https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html"""
CHILD_FAILED: Final = "Array Child Job failed"
"""AWS's statusReason of a parent of which a child FAILED; read off real answers."""


def size(params: Mapping[str, Any]) -> int | None:
    """How many children a request asks for; None: it is no array job (engines send ``{}`` for that)."""
    asked = (params.get("arrayProperties") or {}).get("size")
    if asked is None:
        return None
    if not SMALLEST <= asked <= LARGEST:
        raise messages.array_size(SMALLEST, LARGEST)
    return int(asked)


def children(job: Job) -> Sequence[Job]:
    """In the order of their indexes; none before they come into being, and of what is no array job."""
    return () if job.array is None else job.array.children


def spawn(world: World, parent: Job, array: Array, effects: list[Effect], *, at: Millis) -> None:
    """The children come into being PENDING, at the places in line behind their parent's."""
    for index in range(array.size):
        child = Job(  # by position: there may be 10,000 of them
            parent.seq + 1 + index,
            child_id(parent.job_id, index),
            parent.name,
            parent.queue,
            parent.resolved,
            parent.depends_on,
            parent.tags,
            at,
            PENDING,
            parent.share_identifier,
            parent,
            index,
        )
        array.children.append(child)
        admit(world, child, effects)


def is_over(parent: Job) -> bool:
    """Whether every child is."""
    array = parent.array
    return array is not None and unfinished(array) == 0


def unfinished(array: Array) -> int:
    """How many children are not over."""
    counts = array.counts
    return array.size - counts[SUCCEEDED] - counts[FAILED]


def outcome(parent: Job) -> tuple[JobStatus, str | None]:
    """How a parent ends whose children are all over; one that was cancelled or terminated FAILS, whatever
    its children still made of it."""
    assert parent.array is not None
    if parent.ending is not None:
        return FAILED, parent.ending.reason
    if not parent.array.counts[FAILED]:
        return SUCCEEDED, None
    return FAILED, CHILD_FAILED
