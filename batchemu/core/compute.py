"""Compute environments: create, update, delete, and the vCPUs that jobs hold.

Source: https://docs.aws.amazon.com/batch/latest/userguide/compute_environments.html and botocore's model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import (
    compute_rules,
    eks_environment_rules,
    fair_shares,
    instance_types,
    lifecycle,
    managed_instances_rules,
    names,
    quotas,
    tags,
)
from batchemu.core.world import ComputeEnvironment, PlatformCapability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchemu.core.effects import Effect
    from batchemu.core.ids import Millis
    from batchemu.core.inputs import (
        CreateComputeEnvironment,
        DeleteComputeEnvironment,
        UpdateComputeEnvironment,
    )
    from batchemu.core.world import Job, World

_SETTINGS = ("unmanagedvCpus", "context", "ecsSettings")
_CLEARED_BY: Final[Mapping[str, object]] = {
    "imageId": "",
    "ec2KeyPair": "",
    "ec2Configuration": [],
    "subnets": [],
    "securityGroupIds": [],
}
"""What takes a member away (documentation of ComputeResourceUpdate in botocore's model)."""
_TEMPLATE_NAMES: Final = ("launchTemplateName", "launchTemplateId")
_UPDATE_POLICY: Final[Mapping[str, Any]] = {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 30}
"""Defaults of UpdatePolicy (botocore's model); that Describe shows them is assumed."""


def create(world: World, command: CreateComputeEnvironment, effects: list[Effect]) -> dict[str, str]:
    """CREATING, and VALID (or INVALID) after the delay."""
    params = command.params
    name = params["computeEnvironmentName"]
    if not names.is_resource_name(name):
        raise messages.invalid("Compute Environment name should match a valid pattern.")
    compute_rules.check_create(params, world.region)
    tags.checked(params.get("computeResources", {}).get("tags"))
    own_tags = tags.checked(params.get("tags"))
    if name in world.environments:
        raise messages.already_exists()
    _check_quotas(world, params)
    environment = ComputeEnvironment(
        arn=world.arn("compute-environment", name),
        name=name,
        type=params["type"],
        state=params.get("state", "ENABLED"),
        status="CREATING",
        status_reason=None,
        resources=_resources(params),
        settings=_settings(world, params, command.uuid),
        tags=own_tags,
        capability=_capability(params),
        cluster_name=_cluster_name(params, command.cluster_uuid),
        fault=command.fault,
        default_images=not params.get("computeResources", {}).get("ec2Configuration"),
    )
    world.environments[name] = environment
    lifecycle.announce_created(environment, effects, at=command.at)
    lifecycle.begin(world, environment, "CREATING", effects, at=command.at)
    return {"computeEnvironmentName": name, "computeEnvironmentArn": environment.arn}


def _check_quotas(world: World, params: Mapping[str, Any]) -> None:
    quotas.check(world.environments, world.quotas.compute_environments, "compute environments")
    cluster = params.get("eksConfiguration", {}).get("eksClusterArn")
    if cluster is not None:
        configured = (each.settings.get("eksConfiguration", {}) for each in world.environments.values())
        sharing = sum(each.get("eksClusterArn") == cluster for each in configured)
        quotas.check(
            sharing, world.quotas.environments_per_cluster, "compute environments in one Amazon EKS cluster"
        )


def _capability(params: Mapping[str, Any]) -> PlatformCapability:
    if "eksConfiguration" in params:
        return PlatformCapability.EKS
    kind = params.get("computeResources", {}).get("type", "EC2")
    if kind == "ECS_MANAGED_INSTANCES":
        return PlatformCapability.MANAGED_INSTANCES
    return PlatformCapability.FARGATE if kind.startswith("FARGATE") else PlatformCapability.EC2


def _cluster_name(params: Mapping[str, Any], uuid: str) -> str | None:
    """The ECS cluster's name tells the service-linked role from a role of the customer's.

    Both forms are read off real answers of DescribeComputeEnvironments (2025).
    """
    if "eksConfiguration" in params:
        return None
    name, role = params["computeEnvironmentName"], params.get("serviceRole")
    if role and compute_rules.SERVICE_LINKED_ROLE not in role:
        return f"{name}_Batch_{uuid}"
    return f"AWSBatch-{name}-{uuid}"


def _settings(world: World, params: Mapping[str, Any], uuid: str) -> dict[str, Any]:
    settings = {key: params[key] for key in _SETTINGS if key in params}
    role = params.get("serviceRole")
    if role or params["type"] == "MANAGED":
        settings["serviceRole"] = role or service_linked_role(world)
    settings["containerOrchestrationType"] = "ECS"
    if "eksConfiguration" in params:
        settings["containerOrchestrationType"] = "EKS"
        settings["eksConfiguration"] = eks_environment_rules.stored(params["eksConfiguration"])
    settings["uuid"] = uuid
    return settings


def service_linked_role(world: World) -> str:
    """Filled in where no serviceRole was given (botocore's model, CreateComputeEnvironment)."""
    arn = world.arn("role", "aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch", service="iam")
    return arn.replace(f":{world.region}:", "::", 1)


def _resources(params: Mapping[str, Any]) -> dict[str, Any]:
    """What AWS adds: an answer of DescribeComputeEnvironments read off in October 2025."""
    if params["type"] == "UNMANAGED":
        return {}
    filled = dict(params["computeResources"])
    if filled["type"].startswith("FARGATE"):
        return _on_fargate(filled)
    if filled["type"] == managed_instances_rules.KIND:
        return filled
    filled.setdefault("desiredvCpus", filled.get("minvCpus", 0))
    filled.setdefault("tags", {})
    if "launchTemplate" in filled:
        filled["launchTemplate"] = _template(filled["launchTemplate"])
    _without_delay_of_zero(filled)
    given, is_eks = filled.get("ec2Configuration", ()), "eksConfiguration" in params
    filled["ec2Configuration"] = _images(given, filled["instanceTypes"], is_eks=is_eks)
    return filled


def _on_fargate(resources: Mapping[str, Any]) -> dict[str, Any]:
    """Members that do not go with Fargate are let in as 0 or empty, and forgotten."""
    return {key: each for key, each in resources.items() if each or key not in compute_rules.NOT_ON_FARGATE}


def _images(
    given: Sequence[Mapping[str, Any]], types: Sequence[str], *, is_eks: bool
) -> list[dict[str, Any]]:
    """``ec2Configuration`` without the status that only AWS Batch tells; filled in where there is none.

    The image type has been ECS_AL2023 since January 2026 (botocore's model, Ec2Configuration). The
    status appears once instances have been launched: nothing launches any yet.
    """
    if not given:
        gpu = all(instance_types.is_gpu(each) for each in types)
        return [{"imageType": f"{'EKS' if is_eks else 'ECS'}_AL2023{'_NVIDIA' if gpu else ''}"}]
    return [{key: value for key, value in each.items() if key != "batchImageStatus"} for each in given]


def _without_delay_of_zero(resources: dict[str, Any]) -> None:
    """A delay of 0 unsets the scaling policy (botocore's model, ComputeScalingPolicy)."""
    if resources.get("scalingPolicy", {}).get("minScaleDownDelayMinutes") == 0:
        del resources["scalingPolicy"]


def update(world: World, command: UpdateComputeEnvironment, effects: list[Effect]) -> dict[str, str]:
    """UPDATING, and VALID (or INVALID) after the delay; members that are absent keep their value."""
    params = command.params
    asked = params["computeEnvironment"]
    environment = names.find_environment(world, asked)
    if environment is None:
        raise messages.resource_does_not_exist(names.full_arn(world, "compute-environment", asked))
    lifecycle.check_settled(environment, "update")
    change = params.get("computeResources") or {}
    tags.checked(change.get("tags"))
    resources = merged(environment, params)
    compute_rules.check_update(environment, params, resources)
    environment.state = params.get("state", environment.state)
    environment.resources = resources
    environment.fault = command.fault
    environment.default_images = _default_images(environment, change)
    environment.settings.update({key: params[key] for key in (*_SETTINGS, "serviceRole") if key in params})
    if "updatePolicy" in params and environment.capability is not PlatformCapability.FARGATE:
        policy = environment.settings.get("updatePolicy", _UPDATE_POLICY)
        environment.settings["updatePolicy"] = {**policy, **params["updatePolicy"]}
    if "eksConfiguration" in params:
        both = {**environment.settings["eksConfiguration"], **params["eksConfiguration"]}
        environment.settings["eksConfiguration"] = eks_environment_rules.stored(both)
    lifecycle.begin(world, environment, "UPDATING", effects, at=command.at)
    return {
        "computeEnvironmentName": environment.name,
        "computeEnvironmentArn": environment.arn,
    }


def merged(environment: ComputeEnvironment, params: Mapping[str, Any]) -> dict[str, Any]:
    """``computeResources`` after an update, which goes in member by member (botocore's model).

    An empty list of subnets or security groups changes nothing on Fargate and takes them away on EC2.
    """
    resources = dict(environment.resources)
    change = params.get("computeResources") or {}
    for key, value in change.items():
        if _takes_away(key, value):
            if environment.capability is not PlatformCapability.FARGATE:
                resources.pop(key, None)
        elif key == "launchTemplate":
            resources[key] = _template(value)
        elif key == "managedInstancesProvider" and key in resources:
            resources[key] = managed_instances_rules.merged(resources[key], value)
        elif key != "updateToLatestImageVersion":  # back to false as soon as the update is over
            resources[key] = value
    if environment.capability is PlatformCapability.FARGATE:
        return _on_fargate(resources)
    if "desiredvCpus" in resources and "desiredvCpus" not in change:
        least, most = resources.get("minvCpus", 0), resources.get("maxvCpus", 0)
        resources["desiredvCpus"] = max(least, min(resources["desiredvCpus"], most))
    _without_delay_of_zero(resources)
    if resources.get("instanceTypes"):
        given = () if _default_images(environment, change) else resources["ec2Configuration"]
        resources["ec2Configuration"] = _images(given, resources["instanceTypes"], is_eks=environment.is_eks)
    return resources


def _takes_away(key: str, value: Any) -> bool:
    if key == "launchTemplate":
        return _names_nothing(value)
    return key in _CLEARED_BY and bool(value == _CLEARED_BY[key])


def _default_images(environment: ComputeEnvironment, change: Mapping[str, Any]) -> bool:
    """Whether the image types are AWS Batch's choice, after a change too: then they follow its types."""
    return not change["ec2Configuration"] if "ec2Configuration" in change else environment.default_images


def _names_nothing(template: Mapping[str, Any]) -> bool:
    """An empty name or id takes the launch template away, unless the other one names one.

    Source: botocore's model, documentation of ComputeResourceUpdate.launchTemplate.
    """
    given = {template[member] for member in _TEMPLATE_NAMES if member in template}
    return given == {""}


def _template(given: Mapping[str, Any]) -> dict[str, Any]:
    """As it is answered: with overrides, without an empty name beside the id."""
    kept = {key: each for key, each in given.items() if each or key not in _TEMPLATE_NAMES}
    return {"overrides": [], **kept}


def delete(world: World, command: DeleteComputeEnvironment, effects: list[Effect]) -> None:
    """DISABLED and in no queue's order, or refused; deleting what does not exist succeeds.

    The latter: https://github.com/aws/aws-cli/issues/2551 ("other delete operations", 2017).
    """
    environment = names.find_environment(world, command.compute_environment)
    if environment is None:
        return
    lifecycle.check_settled(environment, "delete")
    if environment.queues:
        raise messages.environment_in_use()
    if environment.state != "DISABLED":
        raise messages.still_enabled("compute environment")
    environment.fault = command.fault
    if environment.capability is PlatformCapability.FARGATE and environment.jobs:
        # botocore's model, DeleteComputeEnvironment; assumed wording
        environment.fault = "CLIENT_ERROR - Active jobs must be terminated before the deletion."
    lifecycle.begin(world, environment, "DELETING", effects, at=command.at)


def hold(environment: ComputeEnvironment, job: Job, *, at: Millis) -> None:
    """Give a job its vCPUs."""
    environment.jobs[job.job_id] = job.resolved.vcpus
    environment.used_vcpus += job.resolved.vcpus
    if job.queue.fair is not None:
        fair_shares.hold(job.queue.fair, job, job.resolved.vcpus, at)


def release(world: World, name: str, job: Job, effects: list[Effect], *, at: Millis) -> None:
    """Take a job's vCPUs back and let the queues that wait for them know."""
    environment = world.environments[name]
    vcpus = environment.jobs.pop(job.job_id)
    environment.used_vcpus -= vcpus
    world.dirty |= environment.queues
    if job.queue.fair is not None:
        fair_shares.hold(job.queue.fair, job, -vcpus, at)
        world.dirty.add(job.queue.name)  # which need not have this environment any more
    is_last = environment.status == "DELETING" and not environment.jobs
    if is_last and not lifecycle.is_under_way(world, environment):
        lifecycle.finish(world, environment, effects, at=at)
