"""Everything that can happen to the core: frozen, complete, each with its time.

Commands carry the validated request in AWS's own members (``params``) and the ids drawn for it;
reports come from the runtimes; timers come from the engine's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.effects import TimerKey
    from batchemu.core.ids import AttemptNo, JobId, Millis
    from batchemu.core.trainings import TrainingStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class _Input:
    at: Millis


# --- commands: compute environments


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateComputeEnvironment(_Input):
    params: Mapping[str, Any]
    uuid: str
    cluster_uuid: str
    fault: str | None = None
    """What AWS would find wrong with what the environment names: it becomes INVALID for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateComputeEnvironment(_Input):
    params: Mapping[str, Any]
    fault: str | None = None
    """As on creation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteComputeEnvironment(_Input):
    compute_environment: str
    fault: str | None = None
    """Why AWS could not delete it: it becomes INVALID instead."""


# --- commands: job queues


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateJobQueue(_Input):
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateJobQueue(_Input):
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteJobQueue(_Input):
    job_queue: str


# --- commands: scheduling policies


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSchedulingPolicy(_Input):
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSchedulingPolicy(_Input):
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteSchedulingPolicy(_Input):
    arn: str


# --- commands: consumable resources


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateConsumableResource(_Input):
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateConsumableResource(_Input):
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteConsumableResource(_Input):
    consumable_resource: str


# --- commands: service environments


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateServiceEnvironment(_Input):
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateServiceEnvironment(_Input):
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteServiceEnvironment(_Input):
    service_environment: str


# --- commands: quota shares


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateQuotaShare(_Input):
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateQuotaShare(_Input):
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteQuotaShare(_Input):
    arn: str


# --- commands: service jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitServiceJob(_Input):
    job_id: JobId
    params: Mapping[str, Any]
    size_bytes: int
    request: Mapping[str, Any]
    """``serviceRequestPayload`` as JSON; empty where it is no JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateServiceJob(_Input):
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateServiceJob(_Input):
    job_id: JobId
    reason: str


# --- commands: job definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterJobDefinition(_Input):
    params: Mapping[str, Any]
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeregisterJobDefinition(_Input):
    job_definition: str


# --- commands: jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitJob(_Input):
    job_id: JobId
    params: Mapping[str, Any]
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelJob(_Input):
    job_id: JobId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateJob(_Input):
    job_id: JobId
    reason: str


# --- commands: tags


@dataclass(frozen=True, slots=True, kw_only=True)
class TagResource(_Input):
    arn: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UntagResource(_Input):
    arn: str
    keys: tuple[str, ...]


# --- reports of the runtimes


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerStarted(_Input):
    job_id: JobId
    attempt: AttemptNo
    runtime_id: str
    started_at: Millis
    """By the container's own time, told in emulated time; not after ``at``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerExited(_Input):
    job_id: JobId
    attempt: AttemptNo
    exit_code: int | None
    """None: it never started, and ``reason`` says why."""
    reason: str | None
    stopped_at: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    | ContainerStarted
    | ContainerExited
    | TrainingReported
    | TimerFired
)
