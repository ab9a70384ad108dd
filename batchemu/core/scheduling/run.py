"""Carry out the scheduler's plans: look at every dirty queue, highest priority first.

Level-triggered: whatever may have made room or work marks its queues dirty, and no wake-up is lost.
Queues that share an environment are served by descending priority; if the head of one cannot be placed
the next gets its turn (botocore's model, documentation of JobQueueDetail.priority).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from batchemu.core import blocking, consumables, holds
from batchemu.core.attempts import place
from batchemu.core.lifecycle import is_in_service
from batchemu.core.scheduling import training
from batchemu.core.scheduling.fit import Room
from batchemu.core.scheduling.queue import plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.core.effects import Effect
    from batchemu.core.ids import Millis
    from batchemu.core.world import ComputeEnvironment, JobQueue, ResolvedJob, World


def schedule(world: World, effects: list[Effect], *, at: Millis) -> None:
    """Place what can be placed."""
    while world.dirty:
        if len(world.dirty) == 1:
            _serve(world, world.dirty.pop(), effects, at=at)
            continue
        dirty, world.dirty = world.dirty, set()
        for name in sorted(dirty, key=partial(_turn, world)):
            _serve(world, name, effects, at=at)


def _turn(world: World, name: str) -> tuple[int, str]:
    queue = world.queues.get(name)
    return (-queue.priority if queue else 0), name


def _serve(world: World, name: str, effects: list[Effect], *, at: Millis) -> None:
    queue = world.queues.get(name)
    if queue is None or queue.status == "CREATING":
        return
    if queue.training_line:
        training.serve(world, queue, effects, at=at)
    if not queue.runnable and queue.blocked is None:
        return
    found = rooms(world, queue)
    for placement in plan(_line(world, queue), found, partial(consumables.stock, world)):
        if not holds.may_place(world):
            break
        job = queue.runnable[placement.seq]
        if place(world, job, world.environments[placement.environment], effects, at=at):
            holds.take_step(world)
    head = next(_line(world, queue), None)
    blocking.look(world, queue, None if head is None else queue.runnable[head[0]], found, effects, at=at)


def _line(world: World, queue: JobQueue) -> Iterator[tuple[int, ResolvedJob]]:
    """Who is held is passed over, but for one whose hold says that it blocks those behind it."""
    for seq in queue.line:
        job = queue.runnable[seq]
        hold = holds.hold_of(world, job) if world.holds else None
        if hold is None:
            yield seq, job.resolved
        elif hold.blocks is not None:
            return


def rooms(world: World, queue: JobQueue) -> list[Room]:
    """The environments of a queue, in order, as the scheduler sees them."""
    return [_room(world.environments[name]) for name in queue.environments]


def _room(environment: ComputeEnvironment) -> Room:
    return Room(
        environment.name,
        environment.capability,
        environment.state == "ENABLED" and is_in_service(environment),
        environment.max_vcpus - environment.used_vcpus,
        environment.max_vcpus if environment.type == "MANAGED" else None,
        environment.status == "INVALID" or environment.fault is not None,
        environment.sizes,
    )
