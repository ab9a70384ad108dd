"""Carry out the scheduler's plans: look at every dirty queue, highest priority first.

Level-triggered: whatever may have made room or work marks its queues dirty, and no wake-up is lost.
Queues that share an environment are served by descending priority; if the head of one cannot be placed
the next gets its turn (botocore's model, documentation of JobQueueDetail.priority).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from batchemu.core import consumables, holds
from batchemu.core.attempts import place
from batchemu.core.lifecycle import is_in_service
from batchemu.core.scheduling import training
from batchemu.core.scheduling.fit import Room
from batchemu.core.scheduling.queue import Waiting, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.core.effects import Effect
    from batchemu.core.ids import Millis
    from batchemu.core.world import JobQueue, World


def schedule(world: World, effects: list[Effect], *, at: Millis) -> None:
    """Place what can be placed."""
    while world.dirty:
        dirty, world.dirty = world.dirty, set()
        queues = [world.queues[name] for name in dirty if name in world.queues]
        for queue in sorted(queues, key=lambda each: (-each.priority, each.name)):
            _serve(world, queue, effects, at=at)


def _serve(world: World, queue: JobQueue, effects: list[Effect], *, at: Millis) -> None:
    if queue.status == "CREATING":
        return
    if queue.training_line:
        training.serve(world, queue, effects, at=at)
    if not queue.line:
        return
    for placement in plan(_line(world, queue), rooms(world, queue), partial(consumables.stock, world)):
        if not holds.may_place(world):
            break
        job = queue.runnable[placement.seq]
        if place(world, job, world.environments[placement.environment], effects, at=at):
            holds.take_step(world)
    holds.tell_blocker(world, queue)


def _line(world: World, queue: JobQueue) -> Iterator[Waiting]:
    """Who is held is passed over, but for one whose hold says that it blocks those behind it."""
    for seq in queue.line:
        job = queue.runnable[seq]
        hold = holds.hold_of(world, job) if world.holds else None
        if hold is not None and hold.blocks is not None:
            return
        if hold is not None:
            continue
        resolved = job.resolved
        yield Waiting(seq, resolved.capability, resolved.vcpus, resolved.consumables)


def rooms(world: World, queue: JobQueue) -> list[Room]:
    """The environments of a queue, in order, as the scheduler sees them."""
    environments = [world.environments[name] for name in queue.environments]
    return [
        Room(
            name=each.name,
            capability=each.capability,
            is_open=each.state == "ENABLED" and is_in_service(each),
            free_vcpus=each.max_vcpus - each.used_vcpus,
        )
        for each in environments
    ]
