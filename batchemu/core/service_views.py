"""Service environments, service jobs and quota shares in AWS's own shapes: pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu.core import capacity
from batchemu.core.views import present

if TYPE_CHECKING:
    from batchemu.core.world import QuotaShare, ServiceEnvironment, ServiceJob, TrainingAttempt, World


def service_environment_detail(environment: ServiceEnvironment) -> dict[str, Any]:
    return {
        "serviceEnvironmentName": environment.name,
        "serviceEnvironmentArn": environment.arn,
        "serviceEnvironmentType": environment.type,
        "state": environment.state,
        "status": environment.status,
        "capacityLimits": environment.capacity_limits,
        "tags": dict(environment.tags),
    }


def quota_share_detail(world: World, share: QuotaShare) -> dict[str, Any]:
    """QuotaShareDetail; DescribeQuotaShare adds the tags."""
    return {
        "quotaShareName": share.name,
        "quotaShareArn": share.arn,
        "jobQueueArn": world.queues[share.queue].arn,
        "capacityLimits": share.capacity_limits,
        "resourceSharingConfiguration": share.sharing,
        "preemptionConfiguration": share.preemption,
        "state": share.state,
        "status": share.status,
    }


def service_job_detail(world: World, job: ServiceJob) -> dict[str, Any]:
    """What DescribeServiceJob answers; members that nobody gave and nothing made are left out.

    Which ones appear: https://docs.aws.amazon.com/batch/latest/userguide/service-job-events.html
    """
    settings = dict(job.settings)
    if "retryStrategy" in settings:
        settings["retryStrategy"] = {"evaluateOnExit": [], **settings["retryStrategy"]}
    return present(
        {
            **_of_both(world, job),
            "jobQueue": job.queue_arn,
            "attempts": [_attempt(attempt) for attempt in job.attempts],
            "schedulingPriority": job.priority,
            "preemptionSummary": _preemptions(job),
            "tags": dict(job.tags),
            **settings,
        }
    )


def service_job_summary(world: World, job: ServiceJob) -> dict[str, Any]:
    settings = {key: job.settings.get(key) for key in ("serviceJobType", "shareIdentifier", "quotaShareName")}
    return present({**_of_both(world, job), **settings})


def _of_both(world: World, job: ServiceJob) -> dict[str, Any]:
    return {
        "jobArn": world.arn("service-job", job.job_id),
        "jobId": job.job_id,
        "jobName": job.name,
        "capacityUsage": _usage(world, job),
        "createdAt": job.created_at,
        "isTerminated": job.is_terminated or None,
        "latestAttempt": None if job.attempt is None else {"serviceResourceId": _training_job(job.attempt)},
        "scheduledAt": job.scheduled_at,
        "startedAt": job.started_at,
        "status": job.status,
        "statusReason": job.status_reason,
        "stoppedAt": job.stopped_at,
    }


def _usage(world: World, job: ServiceJob) -> list[dict[str, Any]]:
    """The configured capacity: by instance type under quota management, else the number of instances.

    Source: botocore's model, DescribeServiceJobResponse.capacityUsage and QueueSnapshotCapacityUsage.
    """
    units = job.instances if job.quota_share else {capacity.ALL_INSTANCES: sum(job.instances.values())}
    return [{"capacityUnit": unit, "quantity": float(n)} for unit, n in units.items() if unit]


def _preemptions(job: ServiceJob) -> dict[str, Any] | None:
    """Only of a job that has been preempted (botocore's model, DescribeServiceJobResponse)."""
    if not job.preemptions:
        return None
    recent = [_attempt(attempt) for attempt in job.preempted]
    return {"preemptedAttemptCount": job.preemptions, "recentPreemptedAttempts": recent}


def _training_job(attempt: TrainingAttempt) -> dict[str, str]:
    return {"name": "TrainingJobArn", "value": attempt.training_job_arn}


def _attempt(attempt: TrainingAttempt) -> dict[str, Any]:
    return present(
        {
            "serviceResourceId": _training_job(attempt),
            "startedAt": attempt.started_at,
            "stoppedAt": attempt.stopped_at,
            "statusReason": attempt.status_reason,
        }
    )
