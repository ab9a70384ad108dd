"""Compute environments: create, update, delete, and the vCPUs that jobs hold.

Source: https://docs.aws.amazon.com/batch/latest/userguide/compute_environments.html and botocore's model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu import messages
from batchemu.core import compute_rules, lifecycle, names, tags
from batchemu.core.world import ComputeEnvironment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.effects import Effect
    from batchemu.core.ids import Millis
    from batchemu.core.inputs import (
        CreateComputeEnvironment,
        DeleteComputeEnvironment,
        UpdateComputeEnvironment,
    )
    from batchemu.core.world import Job, World

_SETTINGS = ("unmanagedvCpus", "context", "ecsSettings")
_CLEARABLE = frozenset({"imageId", "ec2KeyPair"})
"""An empty string takes these away (documentation of ComputeResourceUpdate in botocore's model)."""


def create(world: World, command: CreateComputeEnvironment, effects: list[Effect]) -> dict[str, str]:
    """CREATING, and VALID after the delay."""
    params = command.params
    name = params["computeEnvironmentName"]
    if not names.is_resource_name(name):
        raise messages.invalid("Compute environment name should match a valid pattern.")
    compute_rules.check_create(params)
    own_tags = tags.checked(params.get("tags"))
    if name in world.environments:
        raise messages.already_exists()
    environment = ComputeEnvironment(
        arn=world.arn("compute-environment", name),
        name=name,
        type=params["type"],
        state=params.get("state", "ENABLED"),
        status="CREATING",
        status_reason=None,
        resources=_with_defaults(params["computeResources"]) if params["type"] == "MANAGED" else {},
        settings=_settings(world, params, command.uuid),
        tags=own_tags,
        cluster_name=_cluster_name(name, params.get("serviceRole"), command.cluster_uuid),
    )
    world.environments[name] = environment
    lifecycle.announce_created(environment, effects, at=command.at)
    lifecycle.begin(world, environment, "CREATING", effects, at=command.at)
    return {"computeEnvironmentName": name, "computeEnvironmentArn": environment.arn}


def _cluster_name(name: str, service_role: str | None, uuid: str) -> str:
    """The ECS cluster's name tells the service-linked role from a role of the customer's.

    Both forms are read off real answers of DescribeComputeEnvironments (2025).
    """
    if service_role and "AWSServiceRoleForBatch" not in service_role:
        return f"{name}_Batch_{uuid}"
    return f"AWSBatch-{name}-{uuid}"


def _settings(world: World, params: Mapping[str, Any], uuid: str) -> dict[str, Any]:
    settings = {key: params[key] for key in _SETTINGS if key in params}
    role = params.get("serviceRole")
    if role or params["type"] == "MANAGED":
        settings["serviceRole"] = role or service_linked_role(world)
    settings["containerOrchestrationType"] = "ECS"
    settings["uuid"] = uuid
    return settings


def service_linked_role(world: World) -> str:
    """Filled in where no serviceRole was given (botocore's model, CreateComputeEnvironment)."""
    arn = world.arn("role", "aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch", service="iam")
    return arn.replace(f":{world.region}:", "::", 1)


def _with_defaults(resources: Mapping[str, Any]) -> dict[str, Any]:
    """What AWS adds: an answer of DescribeComputeEnvironments read off in October 2025.

    The image type has been ECS_AL2023 since January 2026 (botocore's model, Ec2Configuration).
    """
    filled = dict(resources)
    if filled["type"].startswith("FARGATE"):
        return {key: value for key, value in filled.items() if key not in compute_rules.NOT_ON_FARGATE}
    filled.setdefault("desiredvCpus", filled.get("minvCpus", 0))
    filled.setdefault("tags", {})
    if not filled.get("ec2Configuration"):
        gpu = all(compute_rules.is_gpu(each) for each in filled["instanceTypes"])
        filled["ec2Configuration"] = [{"imageType": "ECS_AL2023_NVIDIA" if gpu else "ECS_AL2023"}]
    if "launchTemplate" in filled:
        filled["launchTemplate"] = {"overrides": [], **filled["launchTemplate"]}
    return filled


def update(world: World, command: UpdateComputeEnvironment, effects: list[Effect]) -> dict[str, str]:
    """UPDATING, and VALID after the delay; members that are absent keep their value."""
    params = command.params
    asked = params["computeEnvironment"]
    environment = names.find_environment(world, asked)
    if environment is None:
        raise messages.resource_does_not_exist(names.full_arn(world, "compute-environment", asked))
    lifecycle.check_settled(environment, "update")
    change = params.get("computeResources") or {}
    merged = _merged(environment, change)
    compute_rules.check_update(environment, params, merged)
    environment.state = params.get("state", environment.state)
    environment.resources = merged
    for key in (*_SETTINGS, "serviceRole", "updatePolicy"):
        if key in params:
            environment.settings[key] = params[key]
    lifecycle.begin(world, environment, "UPDATING", effects, at=command.at)
    return {
        "computeEnvironmentName": environment.name,
        "computeEnvironmentArn": environment.arn,
    }


def _merged(environment: ComputeEnvironment, change: Mapping[str, Any]) -> dict[str, Any]:
    """``computeResources`` of an update goes in member by member (botocore's model).

    An empty list of subnets or security groups changes nothing on Fargate and takes them away on EC2.
    """
    resources = dict(environment.resources)
    fargate = str(resources.get("type", "")).startswith("FARGATE")
    for key, value in change.items():
        if (key in _CLEARABLE and value == "") or (key == "launchTemplate" and _names_nothing(value)):
            resources.pop(key, None)
        elif key == "launchTemplate":
            resources[key] = {"overrides": [], **value}
        elif fargate and value == [] and key in ("subnets", "securityGroupIds"):
            continue
        elif key != "updateToLatestImageVersion":
            resources[key] = value
    if "desiredvCpus" in resources and "desiredvCpus" not in change:
        least, most = resources.get("minvCpus", 0), resources.get("maxvCpus", 0)
        resources["desiredvCpus"] = max(least, min(resources["desiredvCpus"], most))
    return resources


def _names_nothing(template: Mapping[str, Any]) -> bool:
    """An empty name or id takes the launch template away (botocore's model, ComputeResourceUpdate)."""
    return "" in (template.get("launchTemplateName"), template.get("launchTemplateId"))


def delete(world: World, command: DeleteComputeEnvironment, effects: list[Effect]) -> None:
    """DISABLED and in no queue's order, or refused; deleting what does not exist succeeds.

    The latter: https://github.com/aws/aws-cli/issues/2551 ("other delete operations", 2017).
    """
    environment = names.find_environment(world, command.compute_environment)
    if environment is None:
        return
    lifecycle.check_settled(environment, "delete")
    if lifecycle.served_by(world, environment):
        raise messages.environment_in_use()
    if environment.state != "DISABLED":
        raise messages.still_enabled("compute environment")
    lifecycle.begin(world, environment, "DELETING", effects, at=command.at)


def hold(environment: ComputeEnvironment, job: Job) -> None:
    """Give a job its vCPUs."""
    environment.jobs[job.job_id] = job.resolved.vcpus
    environment.used_vcpus += job.resolved.vcpus


def release(world: World, name: str, job: Job, effects: list[Effect], *, at: Millis) -> None:
    """Take a job's vCPUs back and let the queues that wait for them know."""
    environment = world.environments[name]
    environment.used_vcpus -= environment.jobs.pop(job.job_id)
    if environment.status == "DELETING" and not environment.jobs:
        lifecycle.finish(world, environment, effects, at=at)
    else:
        world.dirty.update(lifecycle.served_by(world, environment))
