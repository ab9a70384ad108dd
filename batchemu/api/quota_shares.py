"""Create-, Describe-, List-, Update- and DeleteQuotaShare(s)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchemu.api.pagination import page
from batchemu.core import inputs, lifecycle, queues, quota_shares, service_views
from batchemu.wire.dispatch import operation

if TYPE_CHECKING:
    from batchemu.api.context import RequestContext
    from batchemu.core.world import World

Params = dict[str, Any]


@operation("CreateQuotaShare")
def create_quota_share(ctx: RequestContext, params: Params) -> Params:
    return cast("Params", ctx.apply(lambda at: inputs.CreateQuotaShare(at=at, params=params)))


@operation("DescribeQuotaShare")
def describe_quota_share(ctx: RequestContext, params: Params) -> Params:
    def view(world: World) -> Params:
        share = quota_shares.found(world, params["quotaShareArn"])
        return {**service_views.quota_share_detail(world, share), "tags": dict(share.tags)}

    return ctx.read(view)


@operation("ListQuotaShares")
def list_quota_shares(ctx: RequestContext, params: Params) -> Params:
    def view(world: World) -> Params:
        queue = queues.found(world, params["jobQueue"])
        found = lifecycle.shares_of(world, queue)
        shown, more = page("ListQuotaShares", found, lambda each: each.name, params)
        return {"quotaShares": [service_views.quota_share_detail(world, each) for each in shown], **more}

    return ctx.read(view)


@operation("UpdateQuotaShare")
def update_quota_share(ctx: RequestContext, params: Params) -> Params:
    return cast("Params", ctx.apply(lambda at: inputs.UpdateQuotaShare(at=at, params=params)))


@operation("DeleteQuotaShare")
def delete_quota_share(ctx: RequestContext, params: Params) -> Params:
    ctx.apply(lambda at: inputs.DeleteQuotaShare(at=at, arn=params["quotaShareArn"]))
    return {}
