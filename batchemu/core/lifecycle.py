"""The life of environments, queues and quota shares: CREATING, UPDATING and DELETING take a delay.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentDetail.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import timers
from batchemu.core.effects import TimerKey
from batchemu.core.facts import ResourceStatusChanged
from batchemu.core.ids import Millis
from batchemu.core.scheduling.blocked import TIMER
from batchemu.core.transitions import move_resource
from batchemu.core.world import ComputeEnvironment, JobQueue, QuotaShare, ServiceEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchemu.core.effects import Effect
    from batchemu.core.world import Resource, World

PURPOSE = "lifecycle"
CHANGING = frozenset({"CREATING", "UPDATING", "DELETING"})
IN_SERVICE = frozenset({"VALID", "UPDATING"})
"""A queue or an environment takes jobs also while it is being updated."""
_HEALTHY: Final[Mapping[type, str]] = {
    ComputeEnvironment: "ComputeEnvironment Healthy",
    JobQueue: "JobQueue Healthy",
}
"""statusReason of what is VALID: https://docs.aws.amazon.com/batch/latest/userguide/create-sagemaker-job-queue.html
and botocore's examples; the other two have no statusReason."""


def check_settled(resource: Resource, verb: str) -> None:
    """Refuse to touch what is still being changed."""
    if resource.status in CHANGING:
        raise messages.being_modified(verb)


def check_accepts(queue: JobQueue, asked: str) -> None:
    """Refuse a job for a queue that is DISABLED, or not in service; ``asked``: as the request names it."""
    if queue.state != "ENABLED":
        raise messages.queue_disabled(asked)
    if queue.status not in IN_SERVICE:
        raise messages.queue_not_valid(asked)


def is_in_service(environment: ComputeEnvironment) -> bool:
    """VALID, or being updated to be so: what is or becomes INVALID takes no jobs."""
    return environment.status in IN_SERVICE and environment.fault is None


def announce_created(resource: Resource, effects: list[Effect], *, at: Millis) -> None:
    effects.append(
        ResourceStatusChanged(
            at=at, arn=resource.arn, before=None, after=resource.status, reason=resource.status_reason
        )
    )


def begin(world: World, resource: Resource, status: str, effects: list[Effect], *, at: Millis) -> None:
    """Enter a changing status and leave it after the delay; without a delay at once."""
    if resource.status != status:
        move_resource(resource, status, effects, at=at)
    world.dirty.update(_queues_of(world, resource))  # what is being updated already takes jobs
    delay = _delay(world, resource)
    if delay:
        timers.arm(world, TimerKey(PURPOSE, resource.arn), Millis(at + delay), effects)
    else:
        finish(world, resource, effects, at=at)


def is_under_way(world: World, resource: Resource) -> bool:
    """Whether the delay of a changing status still runs."""
    return TimerKey(PURPOSE, resource.arn) in world.timers


def _delay(world: World, resource: Resource) -> int:
    if isinstance(resource, ComputeEnvironment | ServiceEnvironment):
        return world.delays.compute_environment
    return world.delays.job_queue


def finish(world: World, resource: Resource, effects: list[Effect], *, at: Millis) -> None:
    """Leave a changing status: VALID, INVALID or gone."""
    fault = resource.fault if isinstance(resource, ComputeEnvironment) else None
    if fault:
        move_resource(resource, "INVALID", effects, at=at, reason=fault)
    elif resource.status == "DELETING":
        _vanish(world, resource, effects, at=at)
        return
    else:
        move_resource(resource, "VALID", effects, at=at, reason=_HEALTHY.get(type(resource)))
    world.dirty.update(_queues_of(world, resource))


def _queues_of(world: World, resource: Resource) -> set[str]:
    """Names of the queues that a change of ``resource`` may give room or work."""
    if isinstance(resource, ComputeEnvironment | ServiceEnvironment):
        return resource.queues
    return {resource.queue if isinstance(resource, QuotaShare) else resource.name}


def _vanish(world: World, resource: Resource, effects: list[Effect], *, at: Millis) -> None:
    """An environment on which jobs still run stays until the last of them has ended; the quota shares
    of a queue go with it (assumed)."""
    if isinstance(resource, ComputeEnvironment | ServiceEnvironment) and resource.jobs:
        return
    if isinstance(resource, JobQueue):
        for share in shares_of(world, resource):
            del world.quota_shares[share.arn]
        detach(world, resource)
        timers.disarm(world, TimerKey(TIMER, resource.arn), effects)
        world.dirty.discard(resource.name)
    for known in _known(world):
        for key, each in known.items():
            if each is resource:
                del known[key]
                break
    effects.append(ResourceStatusChanged(at=at, arn=resource.arn, before="DELETING", after=None))


def _known(world: World) -> Iterator[dict[str, Any]]:
    yield world.environments
    yield world.queues
    yield world.service_environments
    yield world.quota_shares


def shares_of(world: World, queue: JobQueue) -> list[QuotaShare]:
    """The quota shares of a job queue."""
    return [share for share in world.quota_shares.values() if share.queue == queue.name]


def environments_of(world: World, queue: JobQueue) -> list[ComputeEnvironment | ServiceEnvironment]:
    """The environments that a queue takes its jobs to."""
    if queue.service_environment is not None:
        return [world.service_environments[queue.service_environment]]
    return [world.environments[name] for name in queue.environments]


def detach(world: World, queue: JobQueue) -> None:
    """The environments of a queue serve it no longer."""
    for environment in environments_of(world, queue):
        environment.queues.discard(queue.name)


def timer_fired(world: World, arn: str, effects: list[Effect], *, at: Millis) -> None:
    """The delay of a changing status is over."""
    for known in _known(world):
        for resource in list(known.values()):
            if resource.arn == arn:
                finish(world, resource, effects, at=at)
