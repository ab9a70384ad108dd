"""SubmitServiceJob, DescribeServiceJob, ListServiceJobs, UpdateServiceJob, TerminateServiceJob(s)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from batchemu import messages
from batchemu.api.bulk import each_job
from batchemu.api.pagination import page_of_jobs
from batchemu.core import inputs, listing, names, service_jobs, service_views
from batchemu.core.ids import JobId
from batchemu.core.world import ServiceJobStatus
from batchemu.wire.dispatch import operation

if TYPE_CHECKING:
    from batchemu.api.context import RequestContext
    from batchemu.core.world import World

Params = dict[str, Any]


@operation("SubmitServiceJob")
def submit_service_job(ctx: RequestContext, params: Params) -> Params:
    job_id = ctx.ids.job_id()
    request = _request(params["serviceRequestPayload"])
    made = ctx.apply(
        lambda at: inputs.SubmitServiceJob(
            at=at, job_id=job_id, params=params, size_bytes=ctx.body_length, request=request
        )
    )
    return cast("Params", made)


def _request(payload: str) -> Params:
    """The payload as JSON: Batch hands it on unread, so one that is no JSON object is no error here."""
    try:
        request = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return request if isinstance(request, dict) else {}


@operation("DescribeServiceJob")
def describe_service_job(ctx: RequestContext, params: Params) -> Params:
    def view(world: World) -> Params:
        return service_views.service_job_detail(world, service_jobs.found(world, params["jobId"]))

    return ctx.read(view)


@operation("ListServiceJobs")
def list_service_jobs(ctx: RequestContext, params: Params) -> Params:
    """Newest first; without a status and a filter the RUNNING ones."""
    asked = params.get("jobQueue")
    if not asked:
        raise messages.list_service_jobs_needs_queue()
    filters = params.get("filters") or ()
    status = ServiceJobStatus(params["jobStatus"]) if params.get("jobStatus") else None

    def view(world: World) -> Params:
        queue = names.find_queue(world, asked)
        if queue is None:
            raise messages.job_queue_not_found(asked)
        found = listing.service_jobs(world, queue, status, filters)
        shown, more = page_of_jobs("ListServiceJobs", found, listing.position(filters), params, 100)
        return {"jobSummaryList": [service_views.service_job_summary(world, job) for job in shown], **more}

    return ctx.read(view)


@operation("UpdateServiceJob")
def update_service_job(ctx: RequestContext, params: Params) -> Params:
    return cast("Params", ctx.apply(lambda at: inputs.UpdateServiceJob(at=at, params=params)))


@operation("TerminateServiceJob")
def terminate_service_job(ctx: RequestContext, params: Params) -> Params:
    _terminate(ctx, params["jobId"], params["reason"])
    return {}


@operation("TerminateServiceJobs")
def terminate_service_jobs(ctx: RequestContext, params: Params) -> Params:
    return each_job(params, lambda job_id: _terminate(ctx, job_id, params["reason"]))


def _terminate(ctx: RequestContext, job_id: str, reason: str) -> None:
    ctx.apply(lambda at: inputs.TerminateServiceJob(at=at, job_id=JobId(job_id), reason=reason))
