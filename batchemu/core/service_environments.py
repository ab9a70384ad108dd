"""Service environments: create, update, delete.

Source: https://docs.aws.amazon.com/batch/latest/userguide/service-environments.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchemu import messages
from batchemu.core import capacity, lifecycle, names, quotas, tags
from batchemu.core.world import ServiceEnvironment

if TYPE_CHECKING:
    from batchemu.core.effects import Effect
    from batchemu.core.inputs import (
        CreateServiceEnvironment,
        DeleteServiceEnvironment,
        UpdateServiceEnvironment,
    )
    from batchemu.core.world import World


def create(world: World, command: CreateServiceEnvironment, effects: list[Effect]) -> dict[str, str]:
    """CREATING, and VALID after the delay."""
    params = command.params
    name = params["serviceEnvironmentName"]
    if not names.is_resource_name(name):
        raise messages.invalid("Service environment name should match a valid pattern.")  # PREFLIGHT se-name
    capacity.check_limits(params["capacityLimits"])
    own_tags = tags.checked(params.get("tags"))
    if name in world.service_environments:
        raise messages.already_exists()
    quotas.check(world.service_environments, world.quotas.service_environments, "service environments")
    environment = ServiceEnvironment(
        arn=world.arn("service-environment", name),
        name=name,
        type=params["serviceEnvironmentType"],
        state=params.get("state", "ENABLED"),
        status="CREATING",
        capacity_limits=list(params["capacityLimits"]),
        tags=own_tags,
    )
    world.service_environments[name] = environment
    lifecycle.announce_created(environment, effects, at=command.at)
    lifecycle.begin(world, environment, "CREATING", effects, at=command.at)
    return {"serviceEnvironmentName": name, "serviceEnvironmentArn": environment.arn}


def update(world: World, command: UpdateServiceEnvironment, effects: list[Effect]) -> dict[str, str]:
    """UPDATING, and VALID after the delay; members that are absent keep their value."""
    params = command.params
    asked = params["serviceEnvironment"]
    environment = names.find_service_environment(world, asked)
    if environment is None:
        raise messages.resource_does_not_exist(names.full_arn(world, "service-environment", asked))
    lifecycle.check_settled(environment, "update")
    if "capacityLimits" in params:
        capacity.check_limits(params["capacityLimits"])
        environment.capacity_limits = list(params["capacityLimits"])
    environment.state = params.get("state", environment.state)
    lifecycle.begin(world, environment, "UPDATING", effects, at=command.at)
    return {"serviceEnvironmentName": environment.name, "serviceEnvironmentArn": environment.arn}


def delete(world: World, command: DeleteServiceEnvironment, effects: list[Effect]) -> None:
    """DISABLED and in no queue's order, or refused; deleting what does not exist succeeds.

    The latter: https://github.com/aws/aws-cli/issues/2551 ("other delete operations", 2017).
    """
    environment = names.find_service_environment(world, command.service_environment)
    if environment is None:
        return
    lifecycle.check_settled(environment, "delete")
    if environment.queues:
        raise messages.environment_in_use()
    if environment.state != "DISABLED":
        raise messages.still_enabled("service environment")
    lifecycle.begin(world, environment, "DELETING", effects, at=command.at)
