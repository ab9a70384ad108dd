"""Create-, Describe-, List-, Update- and DeleteConsumableResource(s), ListJobsByConsumableResource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchemu.api.pagination import page, page_of_jobs
from batchemu.core import consumables, inputs, listing, views
from batchemu.wire.dispatch import operation

if TYPE_CHECKING:
    from batchemu.api.context import RequestContext
    from batchemu.core.world import World

Params = dict[str, Any]


@operation("CreateConsumableResource")
def create_consumable_resource(ctx: RequestContext, params: Params) -> Params:
    return cast("Params", ctx.apply(lambda at: inputs.CreateConsumableResource(at=at, params=params)))


@operation("DescribeConsumableResource")
def describe_consumable_resource(ctx: RequestContext, params: Params) -> Params:
    asked = params["consumableResource"]
    return ctx.read(lambda world: views.consumable_resource(consumables.found(world, asked)))


@operation("ListConsumableResources")
def list_consumable_resources(ctx: RequestContext, params: Params) -> Params:
    def view(world: World) -> Params:
        found = listing.consumable_resources(world, params.get("filters", ()))
        shown, more = page("ListConsumableResources", found, lambda each: each.name, params)
        return {"consumableResources": [views.consumable_resource_summary(each) for each in shown], **more}

    return ctx.read(view)


@operation("ListJobsByConsumableResource")
def list_jobs_by_consumable_resource(ctx: RequestContext, params: Params) -> Params:
    filters = params.get("filters", ())

    def view(world: World) -> Params:
        resource = consumables.found(world, params["consumableResource"])
        found = listing.jobs_by_consumable(world, resource, filters)
        shown, more = page_of_jobs("ListJobsByConsumableResource", found, listing.position(()), params, 100)
        summaries = [views.job_by_consumable_resource(world, job, resource.name) for job in shown]
        return {"jobs": summaries, **more}

    return ctx.read(view)


@operation("UpdateConsumableResource")
def update_consumable_resource(ctx: RequestContext, params: Params) -> Params:
    return cast("Params", ctx.apply(lambda at: inputs.UpdateConsumableResource(at=at, params=params)))


@operation("DeleteConsumableResource")
def delete_consumable_resource(ctx: RequestContext, params: Params) -> Params:
    asked = params["consumableResource"]
    ctx.apply(lambda at: inputs.DeleteConsumableResource(at=at, consumable_resource=asked))
    return {}
