"""Everything that can happen to the core: frozen, complete, each with its time.

Commands carry the validated request in AWS's own members (``params``) and the ids drawn for it;
reports come from the runtimes; timers come from the engine's clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu.core.records import record, tuple_like

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.effects import TimerKey
    from batchemu.core.holds import Hold
    from batchemu.core.ids import AttemptNo, JobId, Millis
    from batchemu.core.trainings import TrainingStatus


@tuple_like
class _Input:
    at: Millis


# --- commands: compute environments


@record
class CreateComputeEnvironment(_Input):
    params: Mapping[str, Any]
    uuid: str
    cluster_uuid: str
    fault: str | None = None
    """What AWS would find wrong with what the environment names: it becomes INVALID for it."""


@record
class UpdateComputeEnvironment(_Input):
    params: Mapping[str, Any]
    fault: str | None = None
    """As on creation."""


@record
class DeleteComputeEnvironment(_Input):
    compute_environment: str
    fault: str | None = None
    """Why AWS could not delete it: it becomes INVALID instead."""


# --- commands: job queues


@record
class CreateJobQueue(_Input):
    params: Mapping[str, Any]


@record
class UpdateJobQueue(_Input):
    params: Mapping[str, Any]


@record
class DeleteJobQueue(_Input):
    job_queue: str


# --- commands: scheduling policies


@record
class CreateSchedulingPolicy(_Input):
    params: Mapping[str, Any]


@record
class UpdateSchedulingPolicy(_Input):
    params: Mapping[str, Any]


@record
class DeleteSchedulingPolicy(_Input):
    arn: str


# --- commands: consumable resources


@record
class CreateConsumableResource(_Input):
    params: Mapping[str, Any]


@record
class UpdateConsumableResource(_Input):
    params: Mapping[str, Any]


@record
class DeleteConsumableResource(_Input):
    consumable_resource: str


# --- commands: service environments


@record
class CreateServiceEnvironment(_Input):
    params: Mapping[str, Any]


@record
class UpdateServiceEnvironment(_Input):
    params: Mapping[str, Any]


@record
class DeleteServiceEnvironment(_Input):
    service_environment: str


# --- commands: quota shares


@record
class CreateQuotaShare(_Input):
    params: Mapping[str, Any]


@record
class UpdateQuotaShare(_Input):
    params: Mapping[str, Any]


@record
class DeleteQuotaShare(_Input):
    arn: str


# --- commands: service jobs


@record
class SubmitServiceJob(_Input):
    job_id: JobId
    params: Mapping[str, Any]
    size_bytes: int
    request: Mapping[str, Any]
    """``serviceRequestPayload`` as JSON; empty where it is no JSON object."""


@record
class UpdateServiceJob(_Input):
    params: Mapping[str, Any]


@record
class TerminateServiceJob(_Input):
    job_id: JobId
    reason: str


# --- commands: job definitions


@record
class RegisterJobDefinition(_Input):
    params: Mapping[str, Any]
    size_bytes: int


@record
class DeregisterJobDefinition(_Input):
    job_definition: str


# --- commands: jobs


@record
class SubmitJob(_Input):
    job_id: JobId
    params: Mapping[str, Any]
    size_bytes: int


@record
class CancelJob(_Input):
    job_id: JobId
    reason: str


@record
class TerminateJob(_Input):
    job_id: JobId
    reason: str


# --- commands: tags


@record
class TagResource(_Input):
    arn: str
    tags: Mapping[str, str]


@record
class UntagResource(_Input):
    arn: str
    keys: tuple[str, ...]


# --- commands: the emulator's own controls


@record
class SetHolds(_Input):
    holds: tuple[Hold, ...]
    """All of them: what was held before is not, unless it is among these."""


@record
class PauseScheduler(_Input):
    paused: bool


@record
class StepScheduler(_Input):
    most: int


# --- reports of the runtimes


@tuple_like
class ContainerStarted(_Input):
    job_id: JobId
    attempt: AttemptNo
    runtime_id: str
    started_at: Millis
    """By the container's own time, told in emulated time; not after ``at``."""


@tuple_like
class ContainerExited(_Input):
    job_id: JobId
    attempt: AttemptNo
    exit_code: int | None
    """None: it never started, and ``reason`` says why; or it was lost with its host."""
    reason: str | None
    stopped_at: Millis
    status_reason: str | None = None
    """Of the attempt, where it is not the usual one."""


@tuple_like
class ContainersReported(_Input):
    """What has been reported of several containers, in order, before the scheduler looks again."""

    reports: tuple[ContainerStarted | ContainerExited, ...]


@record
class TrainingReported(_Input):
    """What Amazon SageMaker says of an attempt of a service job."""

    job_id: JobId
    attempt: AttemptNo
    status: TrainingStatus
    reason: str | None
    """Why it Failed or was Stopped."""
    status_reason: str | None = None
    """Of the attempt, where it was not Amazon SageMaker that said why."""


# --- time


@record
class TimerFired(_Input):
    timer: TimerKey


Input = (
    CreateComputeEnvironment
    | UpdateComputeEnvironment
    | DeleteComputeEnvironment
    | CreateJobQueue
    | UpdateJobQueue
    | DeleteJobQueue
    | CreateSchedulingPolicy
    | UpdateSchedulingPolicy
    | DeleteSchedulingPolicy
    | CreateConsumableResource
    | UpdateConsumableResource
    | DeleteConsumableResource
    | CreateServiceEnvironment
    | UpdateServiceEnvironment
    | DeleteServiceEnvironment
    | CreateQuotaShare
    | UpdateQuotaShare
    | DeleteQuotaShare
    | SubmitServiceJob
    | UpdateServiceJob
    | TerminateServiceJob
    | RegisterJobDefinition
    | DeregisterJobDefinition
    | SubmitJob
    | CancelJob
    | TerminateJob
    | TagResource
    | UntagResource
    | SetHolds
    | PauseScheduler
    | StepScheduler
    | ContainerStarted
    | ContainerExited
    | ContainersReported
    | TrainingReported
    | TimerFired
)
