"""Create-, Describe-, Update- and DeleteServiceEnvironment(s)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchemu.api.pagination import describe
from batchemu.core import inputs, names, service_views
from batchemu.wire.dispatch import operation

if TYPE_CHECKING:
    from batchemu.api.context import RequestContext

Params = dict[str, Any]


@operation("CreateServiceEnvironment")
def create_service_environment(ctx: RequestContext, params: Params) -> Params:
    return cast("Params", ctx.apply(lambda at: inputs.CreateServiceEnvironment(at=at, params=params)))


@operation("DescribeServiceEnvironments")
def describe_service_environments(ctx: RequestContext, params: Params) -> Params:
    return describe(
        ctx,
        params,
        "serviceEnvironments",
        find=names.find_service_environment,
        known=lambda world: world.service_environments.values(),
        detail=lambda _, environment: service_views.service_environment_detail(environment),
    )


@operation("UpdateServiceEnvironment")
def update_service_environment(ctx: RequestContext, params: Params) -> Params:
    return cast("Params", ctx.apply(lambda at: inputs.UpdateServiceEnvironment(at=at, params=params)))


@operation("DeleteServiceEnvironment")
def delete_service_environment(ctx: RequestContext, params: Params) -> Params:
    asked = params["serviceEnvironment"]
    ctx.apply(lambda at: inputs.DeleteServiceEnvironment(at=at, service_environment=asked))
    return {}
