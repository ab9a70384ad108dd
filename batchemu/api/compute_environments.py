"""Create-, Describe-, Update- and DeleteComputeEnvironment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchemu.api.pagination import describe
from batchemu.core import compute, inputs, names, views
from batchemu.wire.dispatch import operation

if TYPE_CHECKING:
    from batchemu.api.context import RequestContext
    from batchemu.core.world import World

Params = dict[str, Any]


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
    if params.get("type") == "UNMANAGED" and params.get("computeResources"):
        ctx.ignored.append("computeResources")
    return cast("Params", made)


@operation("DescribeComputeEnvironments")
def describe_compute_environments(ctx: RequestContext, params: Params) -> Params:
    return describe(
        ctx,
        params,
        "computeEnvironments",
        find=names.find_environment,
        known=lambda world: world.environments.values(),
        detail=views.compute_environment_detail,
    )


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
    return cast("Params", made)


@operation("DeleteComputeEnvironment")
def delete_compute_environment(ctx: RequestContext, params: Params) -> Params:
    name = params["computeEnvironment"]
    fault = _fault(ctx, name, None)
    ctx.apply(lambda at: inputs.DeleteComputeEnvironment(at=at, compute_environment=name, fault=fault))
    return {}
