"""clientToken: how a request that comes a second time is told from a new one.

Source: botocore's model, UpdateConsumableResourceRequest.clientToken: "A clientToken is valid for 8 hours."
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.ids import Millis

R = TypeVar("R")
LIFE_MS = 8 * 3600 * 1000


def came_before(seen: Mapping[R, Millis], request: R, now: Millis) -> bool:
    """Whether ``request`` was carried out less than the life of a token ago."""
    return request in seen and now - seen[request] < LIFE_MS


def remember(seen: dict[R, Millis], request: R, now: Millis) -> None:
    """Note that ``request`` was carried out, and forget those whose tokens have expired."""
    for each in list(takewhile(lambda each: now - seen[each] >= LIFE_MS, seen)):  # oldest first
        del seen[each]
    seen[request] = now
