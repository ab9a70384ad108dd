"""Job queues: create, update, delete.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_queues.html; the sentences are AWS's own,
measured by https://github.com/badmintoncryer/cdk-preflight (rules/batch, ``jq-*``), unless marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import jobs, lifecycle, names, tags
from batchemu.core.world import JobQueue, PlatformCapability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchemu.core.effects import Effect
    from batchemu.core.inputs import CreateJobQueue, DeleteJobQueue, UpdateJobQueue
    from batchemu.core.world import ComputeEnvironment, World

MAX_ENVIRONMENTS = 3
_QUEUE_TYPES: Final[Mapping[PlatformCapability, str]] = {
    PlatformCapability.EC2: "ECS",
    PlatformCapability.FARGATE: "ECS_FARGATE",
    PlatformCapability.MANAGED_INSTANCES: "ECS_MANAGED_INSTANCES",
    PlatformCapability.EKS: "EKS",
}
"""``jobQueueType`` by what the environments of the queue offer."""
_COMPUTE_REASONS = frozenset(
    {
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    }
)
"""https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html"""


def create(world: World, command: CreateJobQueue, effects: list[Effect]) -> dict[str, str]:
    """CREATING, and VALID after the delay."""
    params = command.params
    name = params["jobQueueName"]
    if not names.is_resource_name(name):
        raise messages.invalid("Job Queue name should match a valid pattern.")
    _check_kind(world, params)
    environments = _ordered(world, params.get("computeEnvironmentOrder", []))
    _check_type(params.get("jobQueueType"), environments)
    _check_limits(params)
    own_tags = tags.checked(params.get("tags"))
    if name in world.queues:
        raise messages.already_exists()
    queue = JobQueue(
        arn=world.arn("job-queue", name),
        name=name,
        state=params.get("state", "ENABLED"),
        status="CREATING",
        status_reason=None,
        priority=params["priority"],
        environments=[environment.name for _, environment in environments],
        order=_answered(environments),
        settings={
            "jobStateTimeLimitActions": params.get("jobStateTimeLimitActions", []),
            **{key: params[key] for key in ("jobQueueType",) if key in params},
        },
        tags=own_tags,
    )
    world.queues[name] = queue
    lifecycle.announce_created(queue, effects, at=command.at)
    lifecycle.begin(world, queue, "CREATING", effects, at=command.at)
    return {"jobQueueName": name, "jobQueueArn": queue.arn}


def _check_kind(world: World, params: Mapping[str, Any]) -> None:
    policy = params.get("schedulingPolicyArn")
    if policy:
        if ":scheduling-policy/" not in policy:
            raise messages.invalid("Only scheduling policy Arn can be allowed.")
        raise messages.invalid(f"SchedulingPolicy {policy} not found.")
    if params.get("serviceEnvironmentOrder") or params.get("jobQueueType") == "SAGEMAKER_TRAINING":
        raise messages.not_implemented("job queues of service environments")


def _ordered(world: World, entries: Sequence[Mapping[str, Any]]) -> list[tuple[int, ComputeEnvironment]]:
    """The environments of a queue in the order in which they are tried, checked."""
    if not entries:
        raise messages.invalid("computeEnvironmentOrder is required.")
    if len(entries) > MAX_ENVIRONMENTS:
        raise messages.invalid("Only 3 environments are allowed in job queue request.")
    found = []
    for entry in sorted(entries, key=lambda each: int(each["order"])):
        environment = names.find_environment(world, entry["computeEnvironment"])
        if environment is None or not lifecycle.is_in_service(environment):
            raise messages.environment_not_attachable()
        found.append((int(entry["order"]), environment))
    if len({environment.name for _, environment in found}) < len(found):
        raise messages.invalid("Duplicate ComputeEnvironments within order list.")
    if len({order for order, _ in found}) < len(found):
        raise messages.invalid("Duplicate ComputeEnvironment order values.")
    kinds = {environment.capability for _, environment in found}
    if len(kinds) > 1:
        known = kinds == {PlatformCapability.FARGATE, PlatformCapability.EC2}
        # the sentence is known for Fargate and EC2, and assumed for the others
        what = "Fargate and EC2" if known else "Different kinds of"
        raise messages.invalid(f"{what} compute environments can not be mixed.")
    return found


def _check_type(asked: str | None, environments: Sequence[tuple[int, ComputeEnvironment]]) -> None:
    if asked not in (None, _QUEUE_TYPES[environments[0][1].capability]):
        # by analogy with the sentence for service environments
        raise messages.invalid(
            f"The jobQueueType provided is {asked}, which is incompatible with the provided "
            "computeEnvironmentOrder."
        )


def _answered(environments: Sequence[tuple[int, ComputeEnvironment]]) -> list[dict[str, Any]]:
    """AWS always answers ARNs, also where a name was given."""
    return [{"order": order, "computeEnvironment": each.arn} for order, each in environments]


def _check_limits(params: Mapping[str, Any]) -> None:
    """jobStateTimeLimitActions: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html"""
    seen = set()
    for action in params.get("jobStateTimeLimitActions", []):
        if action["action"] != "CANCEL":
            raise messages.invalid("Invalid job action. Valid job actions: [CANCEL]")
        if action["reason"] not in _COMPUTE_REASONS:
            raise messages.invalid(f"Invalid job reason. Valid job reasons: {sorted(_COMPUTE_REASONS)}")
        if not 600 <= action["maxTimeSeconds"] <= 86_400:
            raise messages.invalid("maxTimeSeconds must be between 600 and 86400.")  # assumed wording
        key = (action["state"], action["reason"])
        if key in seen:
            raise messages.invalid("Duplicate job state limit actions are not allowed.")
        seen.add(key)
    priority = params.get("priority", 0)
    if not 0 <= priority <= 1000:
        # the console offers this range; assumed wording
        raise messages.invalid("Priority must be between 0 and 1000.")


def update(world: World, command: UpdateJobQueue, effects: list[Effect]) -> dict[str, str]:
    """UPDATING, and VALID after the delay; members that are absent keep their value."""
    params = command.params
    queue = names.find_queue(world, params["jobQueue"])
    if queue is None:
        raise messages.resource_does_not_exist(names.full_arn(world, "job-queue", params["jobQueue"]))
    lifecycle.check_settled(queue, "update")
    _check_kind(world, params)
    _check_limits(params)
    if "computeEnvironmentOrder" in params:
        environments = _ordered(world, params["computeEnvironmentOrder"])
        queue.environments = [environment.name for _, environment in environments]
        queue.order = _answered(environments)
    queue.state = params.get("state", queue.state)
    queue.priority = params.get("priority", queue.priority)
    if "jobStateTimeLimitActions" in params:
        queue.settings["jobStateTimeLimitActions"] = params["jobStateTimeLimitActions"]
    lifecycle.begin(world, queue, "UPDATING", effects, at=command.at)
    return {"jobQueueName": queue.name, "jobQueueArn": queue.arn}


def delete(world: World, command: DeleteJobQueue, effects: list[Effect]) -> None:
    """DISABLED, or refused; its jobs end FAILED ``JobQueue deleted``. An unknown queue is no error.

    The latter: https://github.com/aws/aws-cli/issues/2551 ("other delete operations", 2017).
    """
    queue = names.find_queue(world, command.job_queue)
    if queue is None:
        return
    lifecycle.check_settled(queue, "delete")
    if queue.state != "DISABLED":
        raise messages.still_enabled("job queue")
    jobs.end_all(world, queue, "JobQueue deleted", effects, at=command.at)
    lifecycle.begin(world, queue, "DELETING", effects, at=command.at)
