"""What a job queue must look like: the rules of Create- and UpdateJobQueue.

The sentences are AWS's own, measured by https://github.com/badmintoncryer/cdk-preflight (rules/batch,
``jq-*``, September 2026), unless marked as assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.arn import Arn
from batchemu.core import lifecycle, names, policies
from batchemu.core.world import PlatformCapability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchemu.core.world import ComputeEnvironment, JobQueue, ServiceEnvironment, World

MAX_ENVIRONMENTS = 3
SERVICE_QUEUE: Final = "SAGEMAKER_TRAINING"
_QUEUE_TYPES: Final[Mapping[PlatformCapability, str]] = {
    PlatformCapability.EC2: "ECS",
    PlatformCapability.FARGATE: "ECS_FARGATE",
    PlatformCapability.MANAGED_INSTANCES: "ECS_MANAGED_INSTANCES",
    PlatformCapability.EKS: "EKS",
}
"""jobQueueType of a queue, by what its environments run (botocore's model, CreateJobQueueRequest)."""


@dataclass(frozen=True, slots=True)
class _Limits:
    """https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html"""

    action: str
    reasons: frozenset[str]


_COMPUTE_LIMITS: Final = _Limits(
    "CANCEL",
    frozenset(
        {
            "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
            "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
            "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
        }
    ),
)
_SERVICE_LIMITS: Final = _Limits(
    "TERMINATE",
    frozenset(
        {
            "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
            "MISCONFIGURATION:SERVICE_ENVIRONMENT_MAX_RESOURCE",
        }
    ),
)


@dataclass(frozen=True, slots=True)
class Environments:
    """What a queue takes jobs to: compute environments in order, or one service environment."""

    compute: tuple[tuple[int, ComputeEnvironment], ...] = ()
    service: tuple[int, ServiceEnvironment] | None = None


def environments(world: World, params: Mapping[str, Any], queue_type: str | None) -> Environments:
    """The environments that a request names, checked."""
    compute, service = params.get("computeEnvironmentOrder"), params.get("serviceEnvironmentOrder")
    if compute and service:
        # the rule: botocore's model, CreateJobQueueRequest.serviceEnvironmentOrder; assumed wording
        raise messages.invalid(
            "A job queue can't have both a serviceEnvironmentOrder and a computeEnvironmentOrder."
        )
    if service:
        if queue_type not in (None, SERVICE_QUEUE):
            raise messages.invalid(
                "CreateJobQueue requires either setting computeEnvironmentOrder or setting "
                "serviceEnvironmentOrder along with a supported jobQueueType. The jobQueueType provided is "
                f"{queue_type}, which is incompatible with the provided serviceEnvironmentOrder."
            )
        return Environments(service=_service(world, service))
    if queue_type == SERVICE_QUEUE:
        raise messages.invalid("Job queues of type SAGEMAKER_TRAINING must have serviceEnvironmentOrder.")
    found = Environments(compute=_compute(world, compute or ()))
    allowed = _QUEUE_TYPES[found.compute[0][1].capability]
    if queue_type not in (None, allowed):
        # measured for EKS, the others by analogy
        raise messages.invalid(f"{queue_type} job queue type must have {queue_type} compute environment.")
    return found


def _service(world: World, entries: Sequence[Mapping[str, Any]]) -> tuple[int, ServiceEnvironment]:
    if len(entries) > 1:
        raise messages.invalid("Job queue can only have 1 service environment.")
    found = names.find_service_environment(world, entries[0]["serviceEnvironment"])
    if found is None or found.status not in lifecycle.IN_SERVICE:
        raise messages.invalid(
            "Service environments must be created and valid before attaching them to a job queue."
        )
    return int(entries[0]["order"]), found


def _compute(
    world: World, entries: Sequence[Mapping[str, Any]]
) -> tuple[tuple[int, ComputeEnvironment], ...]:
    """In the order in which they are tried."""
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
    if len({environment.capability for _, environment in found}) > 1:
        # measured for Fargate and EC2; that EKS beside ECS gets it too is assumed
        raise messages.invalid(
            "All attached Compute Environments must be of types [EC2, SPOT] or types [FARGATE_SPOT, FARGATE] "
            "or types [ECS_MANAGED_INSTANCES], not mixed."
        )
    return tuple(found)


def check_policy(world: World, arn: str | None, *, service: bool) -> None:
    """The scheduling policy that a queue is to have: known, and of a kind that fits the queue."""
    if not arn:
        return
    parsed = Arn.parse(arn)
    if parsed is None or parsed.kind != "scheduling-policy":
        raise messages.invalid("Only scheduling policy Arn can be allowed.")
    policy = world.policies.get(arn)
    if policy is None:
        raise messages.invalid(f"SchedulingPolicy {arn} not found.")
    if policies.QUOTA_SHARE in policy.policy and not service:
        raise messages.invalid(
            "Quota Management feature is only supported for SageMaker Training job queues."
        )


def check_new_policy(world: World, queue: JobQueue, arn: str | None) -> None:
    """A policy can be replaced by one of its kind, but neither be added nor be taken away.

    Source: botocore's model, UpdateJobQueueRequest.schedulingPolicyArn; assumed wording. An empty ARN is
    no ARN (terraform-provider-aws sends the member with every update).
    """
    check_policy(world, arn, service=queue.service_environment is not None)
    if not arn or arn == queue.policy_arn:
        return
    if queue.policy_arn is None:
        raise messages.invalid("A scheduling policy cannot be added to a FIFO job queue.")
    if world.policies[arn].policy.keys() != world.policies[queue.policy_arn].policy.keys():
        raise messages.invalid("A scheduling policy can only be replaced by one of the same type.")


def check_limits(params: Mapping[str, Any], *, service: bool) -> None:
    """jobStateTimeLimitActions, and the priority."""
    limits = _SERVICE_LIMITS if service else _COMPUTE_LIMITS
    seen = set()
    for action in params.get("jobStateTimeLimitActions", ()):
        if action["action"] != limits.action:
            raise messages.invalid(f"Invalid job action. Valid job actions: [{limits.action}]")
        if action["reason"] not in limits.reasons:
            # assumed beyond the first words, which public code matches; by analogy with the action
            valid = ", ".join(sorted(limits.reasons))
            raise messages.invalid(f"Invalid job reason. Valid job reasons: [{valid}]")
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
