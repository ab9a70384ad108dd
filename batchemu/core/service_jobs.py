"""Service jobs: submit, update, terminate.

Source: https://docs.aws.amazon.com/batch/latest/userguide/service-jobs.html and botocore's model.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from batchemu import messages
from batchemu.core import (
    capacity,
    client_tokens,
    definition_rules,
    lifecycle,
    names,
    policies,
    tags,
    timers,
    trainings,
)
from batchemu.core.effects import TimerKey
from batchemu.core.ids import JobId, Millis
from batchemu.core.jobs import MAX_BYTES, check_reason
from batchemu.core.transitions import admit_training, join_line, leave_line, move_training
from batchemu.core.world import TRAINING_OVER, TRAINING_UNDER_WAY, ServiceJob, ServiceJobStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchemu.core.effects import Effect
    from batchemu.core.inputs import SubmitServiceJob, TerminateServiceJob, UpdateServiceJob
    from batchemu.core.world import JobQueue, QuotaShare, World

MAX_PAYLOAD_BYTES = 10 * 1024
"""https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html"""
SUBMITTED_TIMER = "service-job-submitted"
_ANSWERED = (
    "retryStrategy",
    "serviceRequestPayload",
    "serviceJobType",
    "shareIdentifier",
    "quotaShareName",
    "preemptionConfiguration",
    "timeoutConfig",
)


def submit(world: World, command: SubmitServiceJob, effects: list[Effect]) -> dict[str, str]:
    """SUBMITTED, then RUNNABLE; everything is checked before anything changes."""
    params = command.params
    queue, share = _check(world, command)
    own_tags = tags.checked(params.get("tags"))
    world.sequence += 1
    strategy = params.get("retryStrategy", {})
    name = command.request.get("TrainingJobName")
    job = ServiceJob(
        seq=world.sequence,
        job_id=command.job_id,
        name=params["jobName"],
        queue=queue.name,
        queue_arn=queue.arn,
        settings={key: params[key] for key in _ANSWERED if key in params},
        request_name=name if isinstance(name, str) and name else params["jobName"],
        instances=capacity.requested(command.request),
        priority=params.get("schedulingPriority", 0),
        attempts_allowed=strategy.get("attempts", 1),
        evaluate_on_exit=tuple(strategy.get("evaluateOnExit", ())),
        timeout_s=params.get("timeoutConfig", {}).get("attemptDurationSeconds"),
        quota_share=share.arn if share else None,
        tags=own_tags,
        created_at=command.at,
    )
    job.place = _place(queue, job)
    if "clientToken" in params:
        client_tokens.remember(world.service_tokens, _token(params), command.at)
    admit_training(world, job, effects)
    if world.delays.submitted:
        due = Millis(command.at + world.delays.submitted)
        timers.arm(world, TimerKey(SUBMITTED_TIMER, job.job_id), due, effects)
    else:
        leave_submitted(world, job, effects, at=command.at)
    return {"jobArn": world.arn("service-job", job.job_id), "jobName": job.name, "jobId": job.job_id}


def _place(queue: JobQueue, job: ServiceJob) -> tuple[int, int]:
    """schedulingPriority counts only where there is a scheduling policy (botocore's model)."""
    return (-job.priority if queue.policy_arn else 0, job.seq)


def _check(world: World, command: SubmitServiceJob) -> tuple[JobQueue, QuotaShare | None]:
    params = command.params
    if command.size_bytes >= MAX_BYTES:
        raise messages.job_too_large(command.size_bytes)
    if not names.is_job_name(params["jobName"]):
        raise messages.job_name_pattern()
    if len(params["serviceRequestPayload"].encode()) > MAX_PAYLOAD_BYTES:
        raise messages.payload_too_large()
    _check_settings(params)
    queue = names.find_queue(world, params["jobQueue"])
    if queue is None:
        raise messages.job_queue_not_found(params["jobQueue"])
    if queue.service_environment is None:
        raise messages.queue_of_other_jobs(params["jobQueue"])
    lifecycle.check_accepts(queue, params["jobQueue"])
    policies.check_share(world, queue, params.get("shareIdentifier"))
    share = _quota_share(world, queue, params.get("quotaShareName"))
    _check_token(world, params, command.at)
    return queue, share


def _check_token(world: World, params: Mapping[str, Any], now: Millis) -> None:
    """A second request that is identical, clientToken included, is rejected.

    Source: botocore's model, SubmitServiceJobRequest.clientToken. That another request with a token that
    was used is one of its own, and that a token lives as long as UpdateConsumableResource's, is assumed.
    """
    if "clientToken" in params and client_tokens.came_before(world.service_tokens, _token(params), now):
        raise messages.client_token_used(params["clientToken"])


def _token(params: Mapping[str, Any]) -> tuple[str, str]:
    request = json.dumps(params, sort_keys=True)
    return params["clientToken"], hashlib.sha256(request.encode()).hexdigest()


def _check_settings(params: Mapping[str, Any]) -> None:
    definition_rules.check_retry_strategy(params.get("retryStrategy"))
    definition_rules.check_timeout(params.get("timeoutConfig"))
    policies.check_priority(params.get("schedulingPriority"))
    if params.get("preemptionConfiguration", {}).get("preemptionRetriesBeforeTermination", 0) < 0:
        # assumed wording
        raise messages.invalid("preemptionRetriesBeforeTermination cannot be a negative number.")


def _quota_share(world: World, queue: JobQueue, name: str | None) -> QuotaShare | None:
    """The share that a request names: needed where the queue has a quota share policy, refused elsewhere."""
    if not policies.has_quota_shares(world, queue):
        if name is not None:
            raise messages.quota_share_without_policy(queue.name)
        return None
    if name is None:
        raise messages.quota_share_missing()
    share = next((each for each in lifecycle.shares_of(world, queue) if each.name == name), None)
    if share is None or share.state != "ENABLED" or share.status not in lifecycle.IN_SERVICE:
        raise messages.quota_share_closed(name)
    return share


def leave_submitted(world: World, job: ServiceJob, effects: list[Effect], *, at: Millis) -> None:
    if job.status is ServiceJobStatus.SUBMITTED:
        move_training(world, job, ServiceJobStatus.RUNNABLE, effects, at=at)


def submitted_for_long(world: World, job_id: JobId, effects: list[Effect], *, at: Millis) -> None:
    """The delay of SUBMITTED is over."""
    job = world.service_jobs.get(job_id)
    if job is not None:
        leave_submitted(world, job, effects, at=at)


def update(world: World, command: UpdateServiceJob) -> dict[str, str]:
    """A new schedulingPriority: higher ones go first within a share (botocore's model), and it counts for
    preemptions (https://docs.aws.amazon.com/batch/latest/userguide/preemption.html)."""
    params = command.params
    job = found(world, params["jobId"])
    if job.status in TRAINING_OVER:
        raise messages.service_job_over(job.job_id)
    policies.check_priority(params["schedulingPriority"])
    job.priority = params["schedulingPriority"]
    queue = world.queues.get(job.queue)
    place = _place(queue, job) if queue is not None else job.place
    waits = job.status is ServiceJobStatus.RUNNABLE and place != job.place
    if waits:
        leave_line(world, job, command.at)
    job.place = place
    if waits:
        join_line(world, job, command.at)
    elif queue is not None:
        world.dirty.add(queue.name)  # a lower priority may be one that others preempt
    return {"jobArn": world.arn("service-job", job.job_id), "jobName": job.name, "jobId": job.job_id}


def found(world: World, job_id: str) -> ServiceJob:
    """The service job of an id, or the error."""
    job = world.service_jobs.get(JobId(job_id))
    if job is None:
        raise messages.service_job_not_found(job_id)
    return job


def terminate(world: World, command: TerminateServiceJob, effects: list[Effect]) -> None:
    """Ends a service job in whatever state; its training job is stopped first. Unknown ids are no error.

    Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_TerminateServiceJob.html; unknown ids:
    https://github.com/aws/aws-cli/issues/2551 (2017).
    """
    check_reason(command.job_id, command.reason)
    job = world.service_jobs.get(command.job_id)
    if job is not None and job.status not in TRAINING_OVER:
        job.is_terminated = True
        _end(world, job, command.reason, effects, at=command.at)


def end_all(
    world: World, job_ids: Iterable[JobId], reason: str, effects: list[Effect], *, at: Millis
) -> None:
    """End those that are not over: their queue or their quota share is being deleted."""
    for job_id in list(job_ids):
        job = world.service_jobs[job_id]
        if job.status not in TRAINING_OVER:
            _end(world, job, reason, effects, at=at)


def _end(world: World, job: ServiceJob, reason: str, effects: list[Effect], *, at: Millis) -> None:
    if job.status in TRAINING_UNDER_WAY:
        trainings.stop(world, job, reason, effects)
        return
    timers.disarm(world, TimerKey(SUBMITTED_TIMER, job.job_id), effects)
    timers.disarm(world, trainings.capacity_timer(job), effects)
    move_training(world, job, ServiceJobStatus.FAILED, effects, at=at, reason=reason)
