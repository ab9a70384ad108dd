"""Moments as the engine writes them."""

from __future__ import annotations

import calendar
import functools
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NS = 1_000_000_000
"""Nanoseconds in a second."""


@functools.lru_cache(maxsize=256)
def _seconds(text: str) -> int:
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%S"))


def nanoseconds(timestamp: str) -> int:
    """Since the epoch, of ``2026-11-23T00:05:00.902596147Z`` with any number of decimals."""
    decimals = timestamp[20:].rstrip("Z") if timestamp[19:20] == "." else ""
    return _seconds(timestamp[:19]) * NS + int(decimals[:9].ljust(9, "0"))


def moment_ms(state: Mapping[str, Any], member: str) -> int | None:
    """``StartedAt`` or ``FinishedAt`` of a container's state in milliseconds; None: it has none yet."""
    text = str(state.get(member) or "0001")
    return None if text.startswith("0001") else nanoseconds(text) // 1_000_000
