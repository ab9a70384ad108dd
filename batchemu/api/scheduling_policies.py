"""Create-, Describe-, List-, Update- and DeleteSchedulingPolic(y, ies)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchemu.api.pagination import check_names, once, page
from batchemu.core import inputs, views
from batchemu.wire.dispatch import operation

if TYPE_CHECKING:
    from batchemu.api.context import RequestContext
    from batchemu.core.world import World

Params = dict[str, Any]


@operation("CreateSchedulingPolicy")
def create_scheduling_policy(ctx: RequestContext, params: Params) -> Params:
    return cast("Params", ctx.apply(lambda at: inputs.CreateSchedulingPolicy(at=at, params=params)))


@operation("DescribeSchedulingPolicies")
def describe_scheduling_policies(ctx: RequestContext, params: Params) -> Params:
    """Unknown ARNs are left out, doubles answered once (assumed, as with other Describe operations)."""
    check_names(params["arns"], params, "Arns")

    def view(world: World) -> Params:
        found = once(world.policies.get(arn) for arn in params["arns"])
        return {"schedulingPolicies": [views.scheduling_policy_detail(policy) for policy in found]}

    return ctx.read(view)


@operation("ListSchedulingPolicies")
def list_scheduling_policies(ctx: RequestContext, params: Params) -> Params:
    def view(world: World) -> Params:
        shown, more = page("ListSchedulingPolicies", world.policies.values(), lambda each: each.arn, params)
        return {"schedulingPolicies": [{"arn": policy.arn} for policy in shown], **more}

    return ctx.read(view)


@operation("UpdateSchedulingPolicy")
def update_scheduling_policy(ctx: RequestContext, params: Params) -> Params:
    ctx.apply(lambda at: inputs.UpdateSchedulingPolicy(at=at, params=params))
    return {}


@operation("DeleteSchedulingPolicy")
def delete_scheduling_policy(ctx: RequestContext, params: Params) -> Params:
    ctx.apply(lambda at: inputs.DeleteSchedulingPolicy(at=at, arn=params["arn"]))
    return {}
