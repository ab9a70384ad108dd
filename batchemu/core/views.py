"""The world in AWS's own shapes: pure functions that change nothing.

Members that do not exist are left out, never printed as null or as a date in 1970.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu.core.attempts import log_stream, task_arn
from batchemu.core.consumables import available
from batchemu.core.world import TERMINAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.world import (
        Attempt,
        ComputeEnvironment,
        ConsumableResource,
        Job,
        JobDefinition,
        JobQueue,
        SchedulingPolicy,
        World,
    )


def present(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that have a value."""
    return {key: value for key, value in members.items() if value is not None}


def compute_environment_detail(world: World, environment: ComputeEnvironment) -> dict[str, Any]:
    """ComputeEnvironmentDetail; which members appear was read off an answer of October 2025."""
    return present(
        {
            "computeEnvironmentName": environment.name,
            "computeEnvironmentArn": environment.arn,
            "ecsClusterArn": environment.cluster_name
            and world.arn("cluster", environment.cluster_name, service="ecs"),
            "tags": dict(environment.tags),
            "type": environment.type,
            "state": environment.state,
            "status": environment.status,
            "statusReason": environment.status_reason,
            "computeResources": environment.resources or None,
            **environment.settings,
            "eksConfiguration": _eks_configuration(world, environment),
        }
    )


def _eks_configuration(world: World, environment: ComputeEnvironment) -> dict[str, Any] | None:
    """The access entry is there when every environment of the cluster wants it (botocore's model,
    EksAccessEntry); what a cluster that sees them disagree keeps is not known: INACTIVE is assumed."""
    if not environment.is_eks:
        return None
    configuration: dict[str, Any] = environment.settings["eksConfiguration"]
    if "accessEntry" not in configuration:
        return configuration
    wishes = {
        each.settings["eksConfiguration"].get("accessEntry", {}).get("desiredState")
        for each in world.environments.values()
        if each.is_eks
        and each.settings["eksConfiguration"]["eksClusterArn"] == configuration["eksClusterArn"]
    }
    status = "ACTIVE" if wishes == {"ENABLED"} else "INACTIVE"
    return {**configuration, "accessEntry": {**configuration["accessEntry"], "status": status}}


def job_queue_detail(queue: JobQueue) -> dict[str, Any]:
    return present(
        {
            "jobQueueName": queue.name,
            "jobQueueArn": queue.arn,
            "state": queue.state,
            "status": queue.status,
            "statusReason": queue.status_reason,
            "schedulingPolicyArn": queue.policy_arn,
            "priority": queue.priority,
            "computeEnvironmentOrder": queue.order,
            "tags": dict(queue.tags),
            **queue.settings,
        }
    )


def job_definition(definition: JobDefinition) -> dict[str, Any]:
    return {
        "jobDefinitionName": definition.name,
        "jobDefinitionArn": definition.arn,
        "revision": definition.revision,
        "status": "ACTIVE" if definition.active else "INACTIVE",
        "tags": dict(definition.tags),
        **definition.detail,
    }


def scheduling_policy_detail(policy: SchedulingPolicy) -> dict[str, Any]:
    """SchedulingPolicyDetail; of the policy what was given (that no defaults appear is assumed)."""
    return {"name": policy.name, "arn": policy.arn, **policy.policy, "tags": dict(policy.tags)}


def consumable_resource_summary(resource: ConsumableResource) -> dict[str, Any]:
    return {
        "consumableResourceArn": resource.arn,
        "consumableResourceName": resource.name,
        "totalQuantity": resource.total_quantity,
        "inUseQuantity": resource.in_use_quantity,
        "resourceType": resource.resource_type,
    }


def consumable_resource(resource: ConsumableResource) -> dict[str, Any]:
    """What DescribeConsumableResource answers."""
    return {
        **consumable_resource_summary(resource),
        "availableQuantity": available(resource),
        "createdAt": resource.created_at,
        "tags": dict(resource.tags),
    }


def job_by_consumable_resource(world: World, job: Job, name: str) -> dict[str, Any]:
    """ListJobsByConsumableResourceSummary; ``quantity``: how much of ``name`` the job needs.

    The model calls it "the total amount ... that is available", which every item would repeat (assumed).
    """
    return present(
        {
            "jobArn": world.arn("job", job.job_id),
            "jobQueueArn": job.queue.arn,
            "jobName": job.name,
            "jobDefinitionArn": job.resolved.definition_arn,
            "shareIdentifier": job.share_identifier,
            "jobStatus": job.status,
            "quantity": dict(job.resolved.consumables)[name],
            "statusReason": job.status_reason,
            "startedAt": job.started_at,
            "createdAt": job.created_at,
            "consumableResourceProperties": job.resolved.consumable_properties,
        }
    )


def job_detail(world: World, job: Job) -> dict[str, Any]:
    """JobDetail; which members appear was read off an answer of October 2025."""
    resolved = job.resolved
    return present(
        {
            "jobArn": world.arn("job", job.job_id),
            "jobName": job.name,
            "jobId": job.job_id,
            "jobQueue": job.queue.arn,
            "status": job.status,
            "shareIdentifier": job.share_identifier,
            "schedulingPriority": resolved.scheduling_priority,
            "attempts": [_attempt_detail(world, job, attempt) for attempt in job.attempts],
            "statusReason": job.status_reason,
            "createdAt": job.created_at,
            "retryStrategy": resolved.retry_strategy,
            "startedAt": job.started_at,
            "stoppedAt": job.stopped_at,
            "dependsOn": job.depends_on,
            "jobDefinition": resolved.definition_arn,
            "parameters": resolved.parameters,
            "container": {**_container(resolved.container), **_last_run(world, job)},
            "arrayProperties": _array_properties(job),
            "timeout": None if resolved.timeout_s is None else {"attemptDurationSeconds": resolved.timeout_s},
            "tags": dict(job.tags),
            "propagateTags": resolved.propagate_tags,
            "platformCapabilities": list(resolved.platform_capabilities),
            "eksAttempts": [],
            "consumableResourceProperties": resolved.consumable_properties,
            "isCancelled": job.is_cancelled or None,
            "isTerminated": job.is_terminated or None,
        }
    )


def _array_properties(job: Job) -> dict[str, Any] | None:
    """Of a parent its children by status, all seven of them: https://github.com/boto/boto3/issues/3719;
    of a child its index."""
    if job.array is None:
        return None if job.index is None else {"index": job.index}
    return {
        "size": job.array.size,
        "statusSummary": {str(status): count for status, count in job.array.counts.items()},
        "statusSummaryLastUpdatedAt": job.array.updated_at,
    }


def _container(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {**properties, "networkInterfaces": []}


def _last_run(world: World, job: Job) -> dict[str, Any]:
    """What the attempt under way, or else the last one, adds to ``container``.

    taskArn from STARTING on, logStreamName from RUNNING on (botocore's model, ContainerDetail).
    A job that waits for its next attempt still shows the last one (assumed).
    """
    attempt = job.attempt
    return {} if attempt is None else _run_of(world, job, attempt)


def _run_of(world: World, job: Job, attempt: Attempt) -> dict[str, Any]:
    ran = attempt.started_at is not None
    return present(
        {
            "taskArn": task_arn(world, attempt),
            "exitCode": attempt.exit_code,
            "reason": attempt.reason,
            "logStreamName": log_stream(job, attempt) if ran else None,
        }
    )


def _attempt_detail(world: World, job: Job, attempt: Attempt) -> dict[str, Any]:
    """An attempt that failed before RUNNING has no startedAt."""
    return present(
        {
            "container": {**_run_of(world, job, attempt), "networkInterfaces": []},
            "startedAt": attempt.started_at,
            "stoppedAt": attempt.stopped_at,
            "statusReason": attempt.status_reason,
        }
    )


def job_summary(world: World, job: Job) -> dict[str, Any]:
    """JobSummary. ``jobDefinition`` is left out, as AWS does (https://github.com/aws/aws-sdk/issues/588)."""
    return present(
        {
            "jobArn": world.arn("job", job.job_id),
            "jobId": job.job_id,
            "jobName": job.name,
            "capacityUsage": [{"capacityUnit": "VCPU", "quantity": job.resolved.vcpus}],
            "createdAt": job.created_at,
            "scheduledAt": job.scheduled_at,
            "shareIdentifier": job.share_identifier,
            "status": job.status,
            "statusReason": job.status_reason,
            "startedAt": job.started_at,
            "stoppedAt": job.stopped_at,
            "container": _summary_container(job),
            "arrayProperties": _array_properties(job),
            "isCancelled": job.is_cancelled or None,
            "isTerminated": job.is_terminated or None,
        }
    )


def _summary_container(job: Job) -> dict[str, Any] | None:
    attempt = job.attempt
    if attempt is None or job.status not in TERMINAL:
        return None
    return present({"exitCode": attempt.exit_code, "reason": attempt.reason}) or None
