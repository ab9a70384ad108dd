"""SubmitJob, DescribeJobs, ListJobs, CancelJob(s), TerminateJob(s)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchemu import messages
from batchemu.api.bulk import each_job
from batchemu.api.pagination import check_page, page_of_jobs
from batchemu.core import inputs, listing, names, views
from batchemu.core.ids import JobId
from batchemu.core.world import JobStatus
from batchemu.wire.dispatch import operation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchemu.api.context import RequestContext
    from batchemu.core.world import World

Params = dict[str, Any]
MAX_JOBS = 100
MAX_LISTED = 1000
MAX_FILTERED = 100


@operation("SubmitJob")
def submit_job(ctx: RequestContext, params: Params) -> Params:
    job_id = ctx.ids.job_id()
    made = ctx.apply(
        lambda at: inputs.SubmitJob(at=at, job_id=job_id, params=params, size_bytes=ctx.body_length)
    )
    if any(each.get("type") == "SEQUENTIAL" and each.get("jobId") for each in params.get("dependsOn") or ()):
        ctx.ignored.append("dependsOn.jobId")  # documented without; it is stored, and nobody waits for it
    if "containerOverrides" in params:
        job = ctx.read(lambda world: world.jobs.get(job_id))
        if job is not None:  # a reset may have come between, or a fast clock have forgotten it
            ctx.ignored.extend(_overridden_in_vain(params["containerOverrides"], job.resolved.container))
    return cast("Params", made)


def _overridden_in_vain(overrides: Params, container: Mapping[str, Any]) -> Iterator[str]:
    """Deprecated members do not reach a definition with resourceRequirements (botocore's model)."""
    for member in ("vcpus", "memory"):
        if member in overrides and member not in container:
            yield f"containerOverrides.{member}"


@operation("DescribeJobs")
def describe_jobs(ctx: RequestContext, params: Params) -> Params:
    """In the order asked for; unknown ids are left out, and one asked for twice is answered once."""
    asked = list(dict.fromkeys(params["jobs"]))
    if len(params["jobs"]) > MAX_JOBS:
        raise messages.too_many_jobs()
    for text in asked:
        names.check_job_id(text)

    def view(world: World) -> Params:
        found = [job for text in asked if (job := world.jobs.get(JobId(text)))]
        return {"jobs": [views.job_detail(world, job) for job in found]}

    return ctx.read(view)


@operation("ListJobs")
def list_jobs(ctx: RequestContext, params: Params) -> Params:
    """Newest first; without a status and a filter the RUNNING ones."""
    parents = [key for key in ("jobQueue", "arrayJobId", "multiNodeJobId") if params.get(key)]
    if len(parents) != 1:
        raise messages.list_jobs_needs_one_parent()
    status = JobStatus(params["jobStatus"]) if params.get("jobStatus") else None
    if parents[0] == "multiNodeJobId":
        check_page("ListJobs", params, (str, int, int), MAX_LISTED)
        return {"jobSummaryList": []}  # no job is the parent of nodes yet
    if parents[0] == "arrayJobId":
        return ctx.read(lambda world: _list_children(world, params, status))
    return ctx.read(lambda world: _list_queue(world, params, status))


def _list_children(world: World, params: Params, status: JobStatus | None) -> Params:
    found = listing.children(world, params["arrayJobId"], status)
    shown, more = page_of_jobs("ListJobs", found, listing.by_index, params, MAX_LISTED)
    return {"jobSummaryList": [views.job_summary(world, job) for job in shown], **more}


def _list_queue(world: World, params: Params, status: JobStatus | None) -> Params:
    queue = names.find_queue(world, params["jobQueue"])
    if queue is None:
        raise messages.job_queue_not_found(params["jobQueue"])
    filters = params.get("filters") or ()
    found = listing.jobs(world, queue, status, filters)
    most = MAX_FILTERED if filters else MAX_LISTED
    shown, more = page_of_jobs("ListJobs", found, listing.position(filters), params, most)
    return {"jobSummaryList": [views.job_summary(world, job) for job in shown], **more}


@operation("CancelJob")
def cancel_job(ctx: RequestContext, params: Params) -> Params:
    _cancel(ctx, params["jobId"], params["reason"])
    return {}


@operation("CancelJobs")
def cancel_jobs(ctx: RequestContext, params: Params) -> Params:
    return each_job(params, lambda job_id: _cancel(ctx, job_id, params["reason"]))


def _cancel(ctx: RequestContext, job_id: str, reason: str) -> None:
    ctx.apply(lambda at: inputs.CancelJob(at=at, job_id=JobId(job_id), reason=reason))


@operation("TerminateJob")
def terminate_job(ctx: RequestContext, params: Params) -> Params:
    _terminate(ctx, params["jobId"], params["reason"])
    return {}


@operation("TerminateJobs")
def terminate_jobs(ctx: RequestContext, params: Params) -> Params:
    return each_job(params, lambda job_id: _terminate(ctx, job_id, params["reason"]))


def _terminate(ctx: RequestContext, job_id: str, reason: str) -> None:
    ctx.apply(lambda at: inputs.TerminateJob(at=at, job_id=JobId(job_id), reason=reason))
