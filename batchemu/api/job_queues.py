"""Create-, Describe-, Update- and DeleteJobQueue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchemu.api.pagination import check_names, page
from batchemu.core import inputs, names, views
from batchemu.wire.dispatch import operation

if TYPE_CHECKING:
    from batchemu.api.context import RequestContext
    from batchemu.core.world import World

Params = dict[str, Any]


@operation("CreateJobQueue")
def create_job_queue(ctx: RequestContext, params: Params) -> Params:
    made = ctx.apply(lambda at: inputs.CreateJobQueue(at=at, params=params))
    _name_ignored(ctx, params)
    return cast("Params", made)


def _name_ignored(ctx: RequestContext, params: Params) -> None:
    if params.get("jobStateTimeLimitActions"):
        ctx.ignored.append("jobStateTimeLimitActions")


@operation("DescribeJobQueues")
def describe_job_queues(ctx: RequestContext, params: Params) -> Params:
    """Unknown names are left out (terraform-provider-aws takes an empty answer for "not found")."""
    asked = params.get("jobQueues")
    if asked:
        check_names(asked, params, "JobQueues")

    def view(world: World) -> Params:
        if asked:
            found = [queue for text in asked if (queue := names.find_queue(world, text))]
            more: dict[str, str] = {}
        else:
            shown, more = page("DescribeJobQueues", world.queues.values(), lambda each: each.name, params)
            found = list(shown)
        return {"jobQueues": [views.job_queue_detail(queue) for queue in found], **more}

    return ctx.read(view)


@operation("UpdateJobQueue")
def update_job_queue(ctx: RequestContext, params: Params) -> Params:
    made = ctx.apply(lambda at: inputs.UpdateJobQueue(at=at, params=params))
    _name_ignored(ctx, params)
    return cast("Params", made)


@operation("DeleteJobQueue")
def delete_job_queue(ctx: RequestContext, params: Params) -> Params:
    ctx.apply(lambda at: inputs.DeleteJobQueue(at=at, job_queue=params["jobQueue"]))
    return {}
