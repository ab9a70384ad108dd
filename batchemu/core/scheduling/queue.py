"""The order within a job queue: first in, first out; the head blocks those behind it.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_scheduling.html
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from batchemu.core.records import tuple_like
from batchemu.core.scheduling.fit import choose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from batchemu.core.scheduling.fit import Room


@tuple_like
class Waiting:
    """A RUNNABLE job as the scheduler sees it."""

    seq: int
    capability: str
    vcpus: float
    consumables: Sequence[tuple[str, int]] = ()
    """Names of consumable resources, and how much of each."""


@tuple_like
class Placement:
    seq: int
    environment: str


def plan(line: Iterable[Waiting], rooms: Sequence[Room], stock: Callable[[str], int]) -> list[Placement]:
    """Which jobs start now and where; ``rooms`` are the queue's environments in order, ``stock`` tells what
    is left of a consumable resource.

    Changes nothing: what the placements take is counted on the side. A job at the head waits until all
    that it needs is there at once
    (https://docs.aws.amazon.com/batch/latest/userguide/resource-aware-scheduling-how-to-for-jobs.html).
    """
    free = {room.name: room.free_vcpus for room in rooms}
    taken: Counter[str] = Counter()
    placements = []
    for job in line:
        name = choose(job.capability, job.vcpus, rooms, free)
        if name is None or any(stock(each) - taken[each] < quantity for each, quantity in job.consumables):
            break
        free[name] -= job.vcpus
        taken.update(dict(job.consumables))
        placements.append(Placement(job.seq, name))
    return placements
