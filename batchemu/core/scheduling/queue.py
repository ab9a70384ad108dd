"""The order within a job queue: first in, first out; the head blocks those behind it.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_scheduling.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchemu.core.scheduling.fit import choose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchemu.core.scheduling.fit import Room


@dataclass(frozen=True, slots=True)
class Waiting:
    """A RUNNABLE job as the scheduler sees it."""

    seq: int
    capability: str
    vcpus: float


@dataclass(frozen=True, slots=True)
class Placement:
    seq: int
    environment: str


def plan(line: Iterable[Waiting], rooms: Sequence[Room]) -> list[Placement]:
    """Which jobs start now and where; ``rooms`` are the queue's environments in order.

    Changes nothing: what the placements take is counted on the side.
    """
    free = {room.name: room.free_vcpus for room in rooms}
    placements = []
    for job in line:
        name = choose(job.capability, job.vcpus, rooms, free)
        if name is None:
            break
        free[name] -= job.vcpus
        placements.append(Placement(job.seq, name))
    return placements
