"""Create-, Describe-, Update- and DeleteComputeEnvironment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchemu.api.pagination import describe
from batchemu.core import inputs, names, views
from batchemu.wire.dispatch import operation

if TYPE_CHECKING:
    from batchemu.api.context import RequestContext

Params = dict[str, Any]


@operation("CreateComputeEnvironment")
def create_compute_environment(ctx: RequestContext, params: Params) -> Params:
    uuid, cluster_uuid = ctx.ids.resource_uuid(), ctx.ids.resource_uuid()
    made = ctx.apply(
        lambda at: inputs.CreateComputeEnvironment(at=at, params=params, uuid=uuid, cluster_uuid=cluster_uuid)
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


@operation("UpdateComputeEnvironment")
def update_compute_environment(ctx: RequestContext, params: Params) -> Params:
    made = ctx.apply(lambda at: inputs.UpdateComputeEnvironment(at=at, params=params))
    return cast("Params", made)


@operation("DeleteComputeEnvironment")
def delete_compute_environment(ctx: RequestContext, params: Params) -> Params:
    name = params["computeEnvironment"]
    ctx.apply(lambda at: inputs.DeleteComputeEnvironment(at=at, compute_environment=name))
    return {}
