"""Which jobs of a job queue start now: the head of its order blocks those behind it.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_scheduling.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchemu.core.records import tuple_like

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from batchemu.core.scheduling.fit import Needs, Room


@tuple_like
class Placement:
    seq: int
    environment: str


def plan(
    line: Iterable[tuple[int, Needs]], rooms: Sequence[Room], stock: Callable[[str], int]
) -> list[Placement]:
    """Which jobs start now and where; ``line`` are their sequence numbers and needs, ``rooms`` the queue's
    environments in order, ``stock`` tells what is left of a consumable resource.

    Changes nothing: what the placements take is counted on the side. A job at the head waits until all
    that it needs is there at once
    (https://docs.aws.amazon.com/batch/latest/userguide/resource-aware-scheduling-how-to-for-jobs.html).
    """
    free = {room.name: room.free_vcpus for room in rooms}
    taken: dict[str, int] = {}
    suited: dict[int, list[str]] = {}
    """By the identity of needs, which most jobs of a definition share: where such jobs are sent."""
    placements: list[Placement] = []
    for seq, needs in line:
        names = suited.get(id(needs))
        if names is None:
            names = suited[id(needs)] = [room.name for room in rooms if room.takes(needs)]
        for name in names:
            if needs.vcpus <= free[name]:
                break
        else:
            return placements
        if needs.consumables and not _take(needs.consumables, stock, taken):
            return placements
        free[name] -= needs.vcpus
        placements.append(Placement(seq, name))
    return placements


def _take(needed: Sequence[tuple[str, int]], stock: Callable[[str], int], taken: dict[str, int]) -> bool:
    """Count consumable resources as taken; False: not all of them are there."""
    for name, quantity in needed:
        if stock(name) - taken.get(name, 0) < quantity:
            return False
    for name, quantity in needed:
        taken[name] = taken.get(name, 0) + quantity
    return True
