"""What the core asks the world outside to do: frozen, without behaviour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from batchemu.core.facts import Fact
from batchemu.core.records import record, tuple_like

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchemu.core.ids import AttemptNo, JobId, Millis


class TimerKey(NamedTuple):
    """Who wants to be woken, and for what: one pending timer per key."""

    purpose: str
    subject: str
    """A job id, or the ARN of a resource."""
    attempt: int = 0


class AttemptKey(NamedTuple):
    """One attempt of one job: what a runtime starts, stops and reports on."""

    job_id: JobId
    attempt: AttemptNo


@record
class ContainerSpec:
    """What the containers of all attempts of a job have in common."""

    job_definition: str
    """``name:revision`` of the job definition."""
    container: Mapping[str, Any]
    """The merged container properties, in the members of AWS's ContainerProperties."""
    command: tuple[str, ...]
    """After parameter substitution; empty: the image's own."""
    vcpus: float
    memory_mib: int
    log_group: str
    platform: str = "EC2"
    """Platform capability of the job."""


@tuple_like
class StartContainer:
    """Run one attempt's container. Everything is resolved: a runtime looks nothing up."""

    key: AttemptKey
    spec: ContainerSpec
    job_name: str
    job_queue: str
    """Name of the job queue."""
    environment: Mapping[str, str]
    """The user's variables and those that AWS Batch sets."""
    log_stream: str
    array_index: int | None = None
    """Of a child of an array job."""


@tuple_like
class StopContainer:
    """SIGTERM, then SIGKILL after the runtime's grace period (30 s as on ECS).

    Source: https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
    """

    key: AttemptKey


@record
class StartTraining:
    """Have Amazon SageMaker run one attempt of a service job."""

    job_id: JobId
    attempt: AttemptNo
    job_name: str
    job_queue: str
    """Name of the job queue."""
    training_job_arn: str
    payload: str
    """``serviceRequestPayload``: the request to CreateTrainingJob, as it was given."""

    @property
    def key(self) -> AttemptKey:
        return AttemptKey(self.job_id, self.attempt)


@tuple_like
class StopTraining:
    """StopTrainingJob."""

    key: AttemptKey


@tuple_like
class SetTimer:
    """Send ``TimerFired(timer)`` at ``at``; replaces a pending timer of the same key."""

    timer: TimerKey
    at: Millis


@tuple_like
class CancelTimer:
    timer: TimerKey


Effect = StartContainer | StopContainer | StartTraining | StopTraining | SetTimer | CancelTimer | Fact
"""A fact is told to whoever listens."""


@tuple_like
class Outcome:
    """What one step decided: effects to carry out, in order, and the caller's result."""

    effects: Sequence[Effect]
    result: object | None = None
