"""Consumable resources: what a job needs besides its compute, and how much of it is left.

Source: https://docs.aws.amazon.com/batch/latest/userguide/resource-aware-scheduling.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import names, tags
from batchemu.core.world import ConsumableResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.ids import Millis
    from batchemu.core.inputs import (
        CreateConsumableResource,
        DeleteConsumableResource,
        UpdateConsumableResource,
    )
    from batchemu.core.world import Job, World

REPLENISHABLE: Final = "REPLENISHABLE"
_TYPES: Final = (REPLENISHABLE, "NON_REPLENISHABLE")
_OPERATIONS: Final = ("SET", "ADD", "REMOVE")
TOKEN_LIFE_MS = 8 * 3600 * 1000
"""A clientToken is valid for 8 hours (botocore's model, UpdateConsumableResourceRequest)."""


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
    """SET, ADD or REMOVE; a request that comes twice with one clientToken is carried out once.

    Source: botocore's model, UpdateConsumableResourceRequest.
    """
    params = command.params
    resource = found(world, params["consumableResource"])
    token = params.get("clientToken")
    if token is None or command.at - resource.tokens.get(token, -TOKEN_LIFE_MS) >= TOKEN_LIFE_MS:
        resource.total_quantity = _new_total(resource, params)
        _forget_tokens(resource, command.at)
        if token is not None:
            resource.tokens[token] = command.at
        _wake(world)
    return {
        "consumableResourceName": resource.name,
        "consumableResourceArn": resource.arn,
        "totalQuantity": resource.total_quantity,
    }


def _new_total(resource: ConsumableResource, params: Mapping[str, Any]) -> int:
    operation, quantity = params.get("operation", "SET"), params.get("quantity", 0)
    if operation not in _OPERATIONS:
        raise messages.invalid(f"operation must be one of {', '.join(_OPERATIONS)}.")  # assumed wording
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


def _forget_tokens(resource: ConsumableResource, now: Millis) -> None:
    for token, at in list(resource.tokens.items()):
        if now - at >= TOKEN_LIFE_MS:
            del resource.tokens[token]


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


def stock(world: World) -> dict[str, int]:
    """What is left of every resource, by name."""
    return {name: available(resource) for name, resource in world.consumables.items()}


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
    world.dirty.update(queue.name for queue in world.queues.values() if queue.line)
