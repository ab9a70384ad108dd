"""Steering: which jobs are held, and whether the scheduler runs, in every account and region alike."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from batchemu.core.holds import Hold
from batchemu.core.inputs import PauseScheduler, SetHolds, StepScheduler
from batchemu.core.world import TERMINAL, JobStatus
from batchemu.runtime import members
from batchemu.runtime.members import Member

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchemu.core.ids import Millis
    from batchemu.core.inputs import Input
    from batchemu.engine.engine import Engine
    from batchemu.runtime.plans import Plans

STATES: Final = tuple(status for status in JobStatus if status not in TERMINAL)


class Steering:
    """One for a server. Jobs that a plan wants stuck in RUNNABLE are held here too."""

    def __init__(self, engine: Engine, plans: Plans) -> None:
        self._engine = engine
        self._plans = plans
        self._lock = threading.RLock()
        self._holds: tuple[Hold, ...] = ()
        """Those that somebody asked for."""
        self._told: tuple[Hold, ...] = ()
        """Those that the worlds know, of plans too."""
        self._paused = False
        engine.found_with(self._standing)
        plans.listen(self._tell_holds)

    @property
    def holds(self) -> tuple[Hold, ...]:
        return self._holds

    @property
    def paused(self) -> bool:
        return self._paused

    def hold(self, hold: Hold) -> None:
        """Keep jobs where they are, those to come too; a second time it changes nothing.

        Raises ValueError, with one sentence, when it is no hold that JSON could have given.
        """
        members.check("hold", _MEMBERS, hold)
        with self._lock:
            if hold not in self._holds:
                self._holds += (hold,)
            self._tell_holds()

    def release(self, hold: Hold | None = None) -> int:
        """Let go what a hold keeps, None: all; how many holds that were."""
        with self._lock:
            kept = tuple(each for each in self._holds if hold not in (None, each))
            count = len(self._holds) - len(kept)
            self._holds = kept
            self._tell_holds()
            return count

    def pause(self, paused: bool) -> None:
        """Have the schedulers place nothing, or place again what they can."""
        with self._lock:
            self._paused = paused
            self._tell(lambda at: PauseScheduler(at=at, paused=paused))

    def step(self, most: int) -> int:
        """Have the paused schedulers place at most so many jobs; how many they placed."""
        with self._lock:
            left = most
            for scope in self._engine.scopes():
                placed = self._engine.apply(scope, _stepping(left))
                left -= placed if isinstance(placed, int) else 0
            return most - left

    def forget(self) -> None:
        """Before the worlds are forgotten: those to come are neither held nor paused."""
        with self._lock:
            self._holds = self._told = ()
            self._paused = False

    def _tell_holds(self) -> None:
        with self._lock:
            of_plans = [hold for plan in self._plans.all() if (hold := plan.hold())]
            holds = (*self._holds, *of_plans)
            if holds != self._told:
                self._told = holds
                self._tell(lambda at: SetHolds(at=at, holds=holds))

    def _tell(self, make: Callable[[Millis], Input]) -> None:
        for scope in self._engine.scopes():
            self._engine.apply(scope, make)

    def _standing(self, at: Millis) -> list[Input]:
        """What a world that comes into being has to know. Under the engine's lock, so without ours."""
        standing: list[Input] = []
        if self._told:
            standing.append(SetHolds(at=at, holds=self._told))
        if self._paused:
            standing.append(PauseScheduler(at=at, paused=True))
        return standing


def _stepping(most: int) -> Callable[[Millis], Input]:
    return lambda at: StepScheduler(at=at, most=most)


_MOST = 10**9
_MEMBERS: Final[Mapping[str, Member]] = {
    "state": Member("state", f"one of {', '.join(STATES)}", lambda value: value in STATES),
    "jobId": Member("job_id", "a string", members.is_text),
    "jobName": Member("job_name", "a string", members.is_text),
    "jobDefinition": Member("job_definition", "a string", members.is_text),
    "jobQueue": Member("job_queue", "a string", members.is_text),
    "arrayIndex": Member("array_index", "an integer from 0 on", members.is_integer(0, _MOST)),
    "attempt": Member("attempt", "an integer from 1 on", members.is_integer(1, _MOST)),
}


def hold_from_json(given: object) -> Hold:
    """From the members that ``POST /_batchemu/holds`` takes. Raises ValueError with one sentence."""
    values = members.read("hold", _MEMBERS, given)
    if "state" not in values:
        raise ValueError(f'A hold names a "state": one of {", ".join(STATES)}.')
    return Hold(**{**values, "state": JobStatus(values["state"])})


def hold_to_json(hold: Hold) -> dict[str, Any]:
    """What ``hold_from_json`` reads back."""
    return members.written(_MEMBERS, hold)
