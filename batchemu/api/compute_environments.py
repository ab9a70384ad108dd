"""Create-, Describe-, Update- and DeleteComputeEnvironment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchemu.api.pagination import check_names, page
from batchemu.core import compute, inputs, names, views
from batchemu.wire.dispatch import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.api.context import RequestContext
    from batchemu.core.world import World

Params = dict[str, Any]


WITHOUT_EFFECT = (
    "allocationStrategy",
    "imageId",
    "ec2KeyPair",
    "placementGroup",
    "bidPercentage",
    "spotIamFleetRole",
    "launchTemplate",
    "ec2Configuration",
    "scalingPolicy",
    "tags",
    "managedInstancesProvider",
    "capacityTags",
    "updateToLatestImageVersion",
)
"""Members of computeResources that are stored and answered but change nothing yet."""


def without_effect(params: Params) -> Iterator[str]:
    """Paths of the members that this request uses and that change nothing."""
    resources = params.get("computeResources") or {}
    if params.get("type") == "UNMANAGED" and resources:
        yield "computeResources"
        return
    for member in WITHOUT_EFFECT:
        if resources.get(member):
            yield f"computeResources.{member}"
    for member in ("unmanagedvCpus", "context", "ecsSettings", "eksConfiguration", "updatePolicy"):
        if params.get(member):
            yield member


@operation("CreateComputeEnvironment")
def create_compute_environment(ctx: RequestContext, params: Params) -> Params:
    uuid, cluster_uuid = ctx.ids.resource_uuid(), ctx.ids.resource_uuid()
    named = params if params["type"] == "MANAGED" else {"serviceRole": params.get("serviceRole")}
    fault = ctx.references.fault(ctx.scope, named) if ctx.references else None
    made = ctx.apply(
        lambda at: inputs.CreateComputeEnvironment(
            at=at, params=params, uuid=uuid, cluster_uuid=cluster_uuid, fault=fault
        )
    )
    ctx.ignored.extend(without_effect(params))
    return cast("Params", made)


@operation("DescribeComputeEnvironments")
def describe_compute_environments(ctx: RequestContext, params: Params) -> Params:
    """Unknown names are left out (terraform-provider-aws takes an empty answer for "not found")."""
    asked = params.get("computeEnvironments")
    if asked:
        check_names(asked, params, "ComputeEnvironments")

    def view(world: World) -> Params:
        if asked:
            found = [environment for text in asked if (environment := names.find_environment(world, text))]
            more: dict[str, str] = {}
        else:
            shown, more = page(
                "DescribeComputeEnvironments", world.environments.values(), lambda each: each.name, params
            )
            found = list(shown)
        details = [views.compute_environment_detail(world, environment) for environment in found]
        return {"computeEnvironments": details, **more}

    return ctx.read(view)


def _fault(ctx: RequestContext, name: str, change: Params | None) -> str | None:
    """What is wrong with an environment once ``change`` is in; None as the change: with its service role.

    Without the role AWS Batch cannot take down what it had set up, and the environment stays, INVALID:
    https://github.com/hashicorp/terraform-provider-aws/issues/11699.
    """
    if ctx.references is None:
        return None

    def view(world: World) -> Params:
        environment = names.find_environment(world, name)
        if environment is None:
            return {}
        role = (change or {}).get("serviceRole") or environment.settings.get("serviceRole")
        if change is None:
            return {"serviceRole": role}
        resources = compute.merged(environment, change)
        return {**environment.settings, "serviceRole": role, "computeResources": resources}

    return ctx.references.fault(ctx.scope, ctx.read(view))


@operation("UpdateComputeEnvironment")
def update_compute_environment(ctx: RequestContext, params: Params) -> Params:
    fault = _fault(ctx, params["computeEnvironment"], params)
    made = ctx.apply(lambda at: inputs.UpdateComputeEnvironment(at=at, params=params, fault=fault))
    ctx.ignored.extend(without_effect(params))
    return cast("Params", made)


@operation("DeleteComputeEnvironment")
def delete_compute_environment(ctx: RequestContext, params: Params) -> Params:
    name = params["computeEnvironment"]
    fault = _fault(ctx, name, None)
    ctx.apply(lambda at: inputs.DeleteComputeEnvironment(at=at, compute_environment=name, fault=fault))
    return {}
