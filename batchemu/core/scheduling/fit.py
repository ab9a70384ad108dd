"""Whether a compute environment can take a job now.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentOrder.html: environments
are tried in ascending order; one that is full, DISABLED or not VALID is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchemu.core.records import tuple_like

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchemu.core.instance_sizes import Size


@tuple_like
class Room:
    """What a compute environment has left, as the scheduler sees it."""

    name: str
    capability: str
    is_open: bool
    """ENABLED, and VALID or being updated."""
    free_vcpus: float
    max_vcpus: float | None = None
    """None: nobody knows, instances come and go by themselves."""
    is_invalid: bool = False
    sizes: Sequence[Size] | None = None
    """What the largest instances hold that can be launched; None: whatever is asked for."""

    def takes(self, needs: Needs) -> bool:
        """Whether the job is sent here, as soon as there are vCPUs for it."""
        return self.is_open and self.capability == needs.capability and self.could_hold(needs)

    def could_hold(self, needs: Needs) -> bool:
        """Whether one of its instances can take the job, once it is empty."""
        if self.sizes is None:
            return True
        return any(size.holds(needs.vcpus, needs.memory_mib, needs.gpus) for size in self.sizes)


class Needs(Protocol):
    """What a RUNNABLE job asks for, as the scheduler sees it."""

    @property
    def capability(self) -> str: ...

    @property
    def vcpus(self) -> float: ...

    @property
    def memory_mib(self) -> int: ...

    @property
    def gpus(self) -> int: ...

    @property
    def consumables(self) -> Sequence[tuple[str, int]]:
        """Names of consumable resources, and how much of each."""
