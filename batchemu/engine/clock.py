"""Emulated time: one object owns both the present and the timers, so that neither can drift.

Two numbers make the modes: rate 1 is the real clock, rate N the scaled one, rate 0 the manual one.
Whatever the mode, the clock can be moved forward.
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchemu.core.ids import Millis
from batchemu.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    Action = Callable[[], None]

MAX_MILLIS = 253_402_300_799_000
"""The end of the year 9999: past it neither Python nor CloudWatch can print a date."""


def _wall() -> float:
    return time.time()


_SWEEP_AT = 1000
SET_BACK_MS = 1000
"""Less than this is jitter between threads."""


@dataclass(slots=True, eq=False)
class Timer:
    action: Action | None
    """None: cancelled, or fired."""


class Clock:
    """Not safe for threads: the engine holds its lock around every call but ``now``."""

    def __init__(
        self, start_ms: int | None = None, *, rate: float = 1.0, wall: Callable[[], float] = _wall
    ) -> None:
        """``start_ms``: the present at first, milliseconds since the epoch; None: the host's time.
        ``rate``: how many emulated seconds pass in a real one. ``wall``: the host's time, in seconds."""
        self.rate = rate
        self._wall = wall
        self._origin_wall_ms = wall() * 1000
        self._origin_ms = float(self._origin_wall_ms if start_ms is None else start_ms)
        self._latest = Millis(int(self._origin_ms))
        self._timers: list[tuple[int, int, Timer]] = []
        """By time, then by when they were asked for."""
        self._count = 0
        self._cancelled = 0

    @classmethod
    def parse(cls, text: str) -> Clock:
        """``real``, ``scaled:N`` or ``manual``. Raises SettingsError for anything else."""
        if text == "real":
            return cls()
        if text == "manual":
            return cls(rate=0.0)
        kind, _, factor = text.partition(":")
        if kind == "scaled":
            try:
                rate = float(factor)
            except ValueError:
                rate = 0.0
            if 0 < rate <= 1_000_000:
                return cls(rate=rate)
        raise SettingsError(
            f"The clock can be real, scaled:N (N > 0, e.g. scaled:60) or manual, not {text!r}."
        )

    @property
    def mode(self) -> str:
        if self.rate == 0:
            return "manual"
        return "real" if self.rate == 1 else f"scaled:{self.rate:g}"

    def now(self) -> Millis:
        """The present; it never goes back, even when the host's time does."""
        if not self.rate:
            return self._latest  # only move_to changes it
        now = int(self._origin_ms + (self._wall() * 1000 - self._origin_wall_ms) * self.rate)
        if now < self._latest - SET_BACK_MS:
            self._origin_ms += self._latest - now  # the host's time was set back: go on from here
        elif now > self._latest:
            self._latest = Millis(min(now, MAX_MILLIS))
        return self._latest

    def emulated(self, wall_ms: int) -> Millis:
        """The emulated time at which the host's clock showed (or will show) ``wall_ms``."""
        return Millis(int(self._origin_ms + (wall_ms - self._origin_wall_ms) * self.rate))

    def call_at(self, at: int, action: Action) -> Timer:
        """Have ``action`` run at ``at``; of several at one time, the first asked comes first."""
        self._count += 1
        timer = Timer(action)
        heapq.heappush(self._timers, (at, self._count, timer))
        return timer

    def cancel(self, timer: Timer) -> None:
        """Forget a timer; cancelled ones are swept once they are the larger part."""
        if timer.action is None:
            return
        timer.action = None
        self._cancelled += 1
        if self._cancelled > _SWEEP_AT and self._cancelled * 2 > len(self._timers):
            self._timers = [each for each in self._timers if each[2].action is not None]
            heapq.heapify(self._timers)
            self._cancelled = 0

    def next_due(self) -> int | None:
        """When the next timer is due."""
        timers = self._timers
        while timers and timers[0][2].action is None:
            heapq.heappop(timers)
            self._cancelled -= 1
        return timers[0][0] if timers else None

    def pop_due(self, until: int) -> tuple[int, Action] | None:
        """Take the earliest timer that is due at ``until``."""
        due = self.next_due()
        if due is None or due > until:
            return None
        timer = heapq.heappop(self._timers)[2]
        action, timer.action = timer.action, None
        assert action is not None
        return due, action

    def real_seconds_until(self, at: int) -> float | None:
        """How long the host has to wait for ``at``; None: for ever, the clock is moved by hand."""
        return None if self.rate == 0 else max(0.0, (at - self.now()) / 1000 / self.rate)

    def move_to(self, at: int) -> None:
        """Make ``at`` the present, unless that were a step back; then time goes on at its rate."""
        if at > self.now():
            passed_ms = (self._wall() * 1000 - self._origin_wall_ms) * self.rate
            self._origin_ms = at - passed_ms
            self._latest = Millis(at)

    def forget_timers(self) -> None:
        self._timers.clear()
        self._cancelled = 0
