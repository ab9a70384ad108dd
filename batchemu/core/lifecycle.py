"""The life of compute environments and job queues: CREATING, UPDATING and DELETING take a delay.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentDetail.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchemu import messages
from batchemu.core import timers
from batchemu.core.effects import Announce, TimerKey
from batchemu.core.facts import ResourceStatusChanged
from batchemu.core.ids import Millis
from batchemu.core.transitions import move_resource
from batchemu.core.world import ComputeEnvironment

if TYPE_CHECKING:
    from batchemu.core.effects import Effect
    from batchemu.core.world import JobQueue, World

PURPOSE = "lifecycle"
CHANGING = frozenset({"CREATING", "UPDATING", "DELETING"})
IN_SERVICE = frozenset({"VALID", "UPDATING"})
"""A queue or an environment takes jobs also while it is being updated."""


def check_settled(resource: ComputeEnvironment | JobQueue, verb: str) -> None:
    """Refuse to touch what is still being changed."""
    if resource.status in CHANGING:
        raise messages.being_modified(verb)


def announce_created(resource: ComputeEnvironment | JobQueue, effects: list[Effect], *, at: Millis) -> None:
    effects.append(
        Announce(
            ResourceStatusChanged(
                at=at, arn=resource.arn, before=None, after=resource.status, reason=resource.status_reason
            )
        )
    )


def begin(
    world: World, resource: ComputeEnvironment | JobQueue, status: str, effects: list[Effect], *, at: Millis
) -> None:
    """Enter a changing status and leave it after the delay; without a delay at once."""
    if resource.status != status:
        move_resource(resource, status, effects, at=at)
    world.dirty.update(_queues_of(world, resource))  # what is being updated already takes jobs
    delay = _delay(world, resource)
    if delay:
        timers.arm(world, TimerKey(PURPOSE, resource.arn), Millis(at + delay), effects)
    else:
        finish(world, resource, effects, at=at)


def _delay(world: World, resource: ComputeEnvironment | JobQueue) -> int:
    if isinstance(resource, ComputeEnvironment):
        return world.delays.compute_environment
    return world.delays.job_queue


def finish(
    world: World, resource: ComputeEnvironment | JobQueue, effects: list[Effect], *, at: Millis
) -> None:
    """Leave a changing status: VALID, or gone."""
    if resource.status == "DELETING":
        _vanish(world, resource, effects, at=at)
        return
    environment = isinstance(resource, ComputeEnvironment)
    reason = "ComputeEnvironment Healthy" if environment else "JobQueue Healthy"
    move_resource(resource, "VALID", effects, at=at, reason=reason)
    world.dirty.update(_queues_of(world, resource))


def _queues_of(world: World, resource: ComputeEnvironment | JobQueue) -> set[str]:
    return served_by(world, resource) if isinstance(resource, ComputeEnvironment) else {resource.name}


def _vanish(
    world: World, resource: ComputeEnvironment | JobQueue, effects: list[Effect], *, at: Millis
) -> None:
    """An environment on which jobs still run stays until the last of them has ended."""
    if isinstance(resource, ComputeEnvironment):
        if resource.jobs:
            return
        del world.environments[resource.name]
    else:
        del world.queues[resource.name]
        world.dirty.discard(resource.name)
    effects.append(Announce(ResourceStatusChanged(at=at, arn=resource.arn, before="DELETING", after=None)))


def served_by(world: World, environment: ComputeEnvironment) -> set[str]:
    """Names of the queues that have ``environment`` in their order."""
    return {queue.name for queue in world.queues.values() if environment.name in queue.environments}


def timer_fired(world: World, arn: str, effects: list[Effect], *, at: Millis) -> None:
    """The delay of a changing status is over."""
    resources: list[ComputeEnvironment | JobQueue] = [
        *world.environments.values(),
        *world.queues.values(),
    ]
    for resource in resources:
        if resource.arn == arn:
            finish(world, resource, effects, at=at)
