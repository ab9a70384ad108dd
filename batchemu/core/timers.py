"""Pending timers: the world knows them, so that one that was cancelled can fire without effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchemu.core.effects import CancelTimer, SetTimer

if TYPE_CHECKING:
    from batchemu.core.effects import Effect, TimerKey
    from batchemu.core.ids import Millis
    from batchemu.core.world import World


def arm(world: World, timer: TimerKey, at: Millis, effects: list[Effect]) -> None:
    """Ask to be woken at ``at``."""
    world.timers[timer] = at
    effects.append(SetTimer(timer, at))


def disarm(world: World, timer: TimerKey, effects: list[Effect]) -> None:
    """Ask no longer."""
    if world.timers.pop(timer, None) is not None:
        effects.append(CancelTimer(timer))


def take(world: World, timer: TimerKey, now: Millis) -> bool:
    """Whether a timer that fired was still wanted; it is not pending any more."""
    due = world.timers.get(timer)
    if due is None or due > now:
        return False
    del world.timers[timer]
    return True
