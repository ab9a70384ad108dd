"""Consumable resources: what a job needs besides its compute, and how much of it is left.

Source: https://docs.aws.amazon.com/batch/latest/userguide/resource-aware-scheduling.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import client_tokens, names, quotas, tags
from batchemu.core.world import ConsumableResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.inputs import (
        CreateConsumableResource,
        DeleteConsumableResource,
        UpdateConsumableResource,
    )
    from batchemu.core.world import Job, World

REPLENISHABLE: Final = "REPLENISHABLE"
_TYPES: Final = (REPLENISHABLE, "NON_REPLENISHABLE")
_OPERATIONS: Final = ("SET", "ADD", "REMOVE")


def create(world: World, command: CreateConsumableResource) -> dict[str, str]:
    params = command.params
    name = params["consumableResourceName"]
    if not names.is_resource_name(name):
        # PREFLIGHT cr-name, as the next but one
        raise messages.invalid("ConsumableResource name should match a valid pattern.")
    kind = params.get("resourceType", REPLENISHABLE)
    if kind not in _TYPES:
        raise messages.invalid(f"resourceType must be one of {', '.join(_TYPES)}.")  # assumed wording
    total = params.get("totalQuantity", 0)
    if total < 0:
        raise messages.invalid("totalQuantity cannot be a negative number.")
    own_tags = tags.checked(params.get("tags"))
    if name in world.consumables:
        raise messages.already_exists()
    quotas.check(world.consumables, world.quotas.consumable_resources, "consumable resources")
    world.sequence += 1
    made = ConsumableResource(
        serial=world.sequence,
        arn=world.arn("consumable-resource", name),
        name=name,
        resource_type=kind,
        total_quantity=total,
        created_at=command.at,
        tags=own_tags,
    )
    world.consumables[name] = made
    _wake(world)
    return {"consumableResourceName": name, "consumableResourceArn": made.arn}


def update(world: World, command: UpdateConsumableResource) -> dict[str, Any]:
    """SET, ADD or REMOVE; of two requests with one clientToken and one payload the first is carried out.

    Source: botocore's model, UpdateConsumableResourceRequest.
    """
    params = command.params
    resource = found(world, params["consumableResource"])
    request = tuple(params.get(member) for member in ("clientToken", "operation", "quantity"))
    if not client_tokens.came_before(resource.requests, request, command.at):
        resource.total_quantity = _new_total(resource, params)
        if "clientToken" in params:
            client_tokens.remember(resource.requests, request, command.at)
        _wake(world)
    return {
        "consumableResourceName": resource.name,
        "consumableResourceArn": resource.arn,
        "totalQuantity": resource.total_quantity,
    }


def _new_total(resource: ConsumableResource, params: Mapping[str, Any]) -> int:
    """Without an operation: SET; without a quantity: as it is (both assumed)."""
    operation, quantity = params.get("operation", "SET"), params.get("quantity")
    if operation not in _OPERATIONS:
        raise messages.invalid(f"operation must be one of {', '.join(_OPERATIONS)}.")  # assumed wording
    if quantity is None:
        return resource.total_quantity
    if quantity < 0:
        raise messages.invalid("quantity cannot be a negative number.")  # by analogy with totalQuantity
    if operation == "SET":
        return int(quantity)
    total = resource.total_quantity + (quantity if operation == "ADD" else -quantity)
    if total < 0:
        raise messages.invalid("totalQuantity cannot be a negative number.")
    if total >= 2**63:
        raise messages.invalid("totalQuantity is too large.")  # assumed wording
    return int(total)


def delete(world: World, command: DeleteConsumableResource) -> None:
    """At any time, also in use: jobs that need it then wait, until one of that name is made again.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/resource-aware-scheduling-how-to-delete.html;
    deleting what does not exist succeeds (https://github.com/aws/aws-cli/issues/2551, 2017).
    """
    resource = names.find_consumable(world, command.consumable_resource)
    if resource is not None:
        del world.consumables[resource.name]


def found(world: World, text: str) -> ConsumableResource:
    """The resource that a name or an ARN means, or the error."""
    resource = names.find_consumable(world, text)
    if resource is None:
        raise messages.resource_does_not_exist(names.full_arn(world, "consumable-resource", text))
    return resource


def available(resource: ConsumableResource) -> int:
    """What is left; nothing while more is in use than there is in all.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/resource-aware-scheduling-how-to-check-resources-check-resources.html
    """
    return max(0, resource.total_quantity - resource.in_use_quantity)


def stock(world: World, name: str) -> int:
    """What is left of the resource of a name; -1: there is none, and jobs wait for it."""
    resource = world.consumables.get(name)
    return -1 if resource is None else available(resource)


def lock(world: World, job: Job) -> None:
    """At STARTING: what is REPLENISHABLE is in use, what is not is gone for good (same page)."""
    for name, quantity in job.resolved.consumables:
        resource = world.consumables[name]
        if resource.resource_type == REPLENISHABLE:
            resource.in_use_quantity += quantity
            job.locked[resource.name] = (quantity, resource.serial)
        else:
            resource.total_quantity -= quantity


def unlock(world: World, job: Job) -> None:
    """When the attempt is over, whatever its end; a resource of that name made since has lent nothing."""
    for name, (quantity, serial) in job.locked.items():
        resource = world.consumables.get(name)
        if resource is not None and resource.serial == serial:
            resource.in_use_quantity -= quantity
            _wake(world)
    job.locked.clear()


def _wake(world: World) -> None:
    """Let the queues look again: their heads may have waited for this."""
    world.dirty.update(queue.name for queue in world.queues.values() if queue.runnable)
