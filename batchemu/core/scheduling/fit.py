"""Whether a compute environment can take a job now.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentOrder.html: environments
are tried in ascending order; one that is full, DISABLED or not VALID is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchemu.core.records import tuple_like

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@tuple_like
class Room:
    """What a compute environment has left, as the scheduler sees it."""

    name: str
    capability: str
    is_open: bool
    """ENABLED, and VALID or being updated."""
    free_vcpus: float


def choose(capability: str, vcpus: float, rooms: Sequence[Room], free: Mapping[str, float]) -> str | None:
    """Name of the first environment that takes the job; None: it waits."""
    for room in rooms:
        if room.is_open and room.capability == capability and vcpus <= free[room.name]:
            return room.name
    return None
