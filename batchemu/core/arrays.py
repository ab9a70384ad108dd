"""Array jobs: a parent that never runs, and its children, each a job of its own.

Source: https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core.ids import child_id
from batchemu.core.transitions import admit
from batchemu.core.world import TERMINAL, Array, Job, JobStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def is_spawned(parent: Job) -> bool:
    """Whether the children have come into being."""
    return parent.array is not None and any(parent.array.counts.values())


def children(world: World, parent: Job) -> Iterator[Job]:
    """In the order of their indexes; none before they are spawned."""
    for index in range(parent.array.size if parent.array else 0):
        child = world.jobs.get(child_id(parent.job_id, index))
        if child is not None:
            yield child


def spawn(world: World, parent: Job, array: Array, effects: list[Effect], *, at: Millis) -> None:
    """The children come into being PENDING, at the places in line behind their parent's."""
    for index in range(array.size):
        child = Job(
            seq=parent.seq + 1 + index,
            job_id=child_id(parent.job_id, index),
            name=parent.name,
            queue=parent.queue,
            queue_arn=parent.queue_arn,
            resolved=parent.resolved,
            depends_on=parent.depends_on,
            tags=parent.tags,
            created_at=at,
            status=JobStatus.PENDING,
            share_identifier=parent.share_identifier,
            parent=parent.job_id,
            index=index,
        )
        admit(world, child, effects)


def is_over(parent: Job) -> bool:
    """Whether every child is."""
    array = parent.array
    return array is not None and sum(array.counts[status] for status in TERMINAL) == array.size


def outcome(parent: Job) -> tuple[JobStatus, str | None]:
    """How a parent ends whose children are all over; one that was cancelled or terminated FAILS, whatever
    its children still made of it."""
    assert parent.array is not None
    if parent.ending is not None:
        return JobStatus.FAILED, parent.ending.reason
    if not parent.array.counts[JobStatus.FAILED]:
        return JobStatus.SUCCEEDED, None
    return JobStatus.FAILED, CHILD_FAILED
