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
from batchemu.core.scheduling.fair_share import reserved_vcpus
from batchemu.core.scheduling.fit import Room
from batchemu.core.scheduling.queue import plan
from batchemu.core.scheduling.turns import head, turns

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
    if queue.fair is not None:
        queue.fair.looked_at = at
    found = rooms(world, queue, at)
    for placement in plan(_line(world, queue, at), found, partial(consumables.stock, world)):
        if not holds.may_place(world):
            break
        job = queue.runnable[placement.seq]
        if place(world, job, world.environments[placement.environment], effects, at=at):
            holds.take_step(world)
    blocking.look(world, queue, head(world, queue), found, effects, at=at)


def _line(world: World, queue: JobQueue, at: Millis) -> Iterator[tuple[int, ResolvedJob]]:
    if queue.fair is None and not world.holds:  # as turns() has it: a generator less for nearly every job
        runnable = queue.runnable
        for seq in queue.line:
            yield seq, runnable[seq].resolved
        return
    for job in turns(world, queue, at):
        if holds.keeps(world, job):
            return  # it blocks those behind it
        yield job.seq, job.resolved


def rooms(world: World, queue: JobQueue, at: Millis) -> list[Room]:
    """The environments of a queue, in order, as the scheduler sees them."""
    return [_room(world.environments[name], queue, at) for name in queue.environments]


def _room(environment: ComputeEnvironment, queue: JobQueue, at: Millis) -> Room:
    free = environment.max_vcpus - environment.used_vcpus
    if queue.fair is not None:
        free -= reserved_vcpus(queue.fair, environment.max_vcpus, at)
    return Room(
        environment.name,
        environment.capability,
        environment.state == "ENABLED" and is_in_service(environment),
        free,
        environment.max_vcpus if environment.type == "MANAGED" else None,
        environment.status == "INVALID" or environment.fault is not None,
        environment.sizes,
    )
