"""Create-, Describe-, Update- and DeleteJobQueue(s), GetJobQueueSnapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchemu.api.pagination import describe
from batchemu.core import inputs, names, policies, queues, snapshot, views
from batchemu.wire.dispatch import operation

if TYPE_CHECKING:
    from batchemu.api.context import RequestContext
    from batchemu.core.world import JobQueue, World

Params = dict[str, Any]


@operation("CreateJobQueue")
def create_job_queue(ctx: RequestContext, params: Params) -> Params:
    made = ctx.apply(lambda at: inputs.CreateJobQueue(at=at, params=params))
    _name_ignored(ctx, params, cast("Params", made)["jobQueueName"])
    return cast("Params", made)


def _name_ignored(ctx: RequestContext, params: Params, name: str) -> None:
    """Service jobs are placed by priority and submission, whatever a fair-share policy says."""
    if params.get("schedulingPolicyArn") and ctx.read(lambda world: _is_unfair(world, world.queues[name])):
        ctx.ignored.append("schedulingPolicyArn")


def _is_unfair(world: World, queue: JobQueue) -> bool:
    return queue.fair is None and policies.has_fair_shares(world, queue)


@operation("DescribeJobQueues")
def describe_job_queues(ctx: RequestContext, params: Params) -> Params:
    return describe(
        ctx,
        params,
        "jobQueues",
        find=names.find_queue,
        known=lambda world: world.queues.values(),
        detail=lambda _, queue: views.job_queue_detail(queue),
    )


@operation("GetJobQueueSnapshot")
def get_job_queue_snapshot(ctx: RequestContext, params: Params) -> Params:
    now = ctx.engine.clock.now()
    return ctx.read(lambda world: snapshot.of_queue(world, queues.found(world, params["jobQueue"]), now))


@operation("UpdateJobQueue")
def update_job_queue(ctx: RequestContext, params: Params) -> Params:
    made = ctx.apply(lambda at: inputs.UpdateJobQueue(at=at, params=params))
    _name_ignored(ctx, params, cast("Params", made)["jobQueueName"])
    return cast("Params", made)


@operation("DeleteJobQueue")
def delete_job_queue(ctx: RequestContext, params: Params) -> Params:
    ctx.apply(lambda at: inputs.DeleteJobQueue(at=at, job_queue=params["jobQueue"]))
    return {}
