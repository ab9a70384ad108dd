"""What the world outside may know: one frozen record for each thing that happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchemu.core.records import record, tuple_like

if TYPE_CHECKING:
    from batchemu.core.ids import AttemptNo, JobId, Millis
    from batchemu.core.world import JobStatus, ServiceJobStatus


@tuple_like
class JobStatusChanged:
    """A job moved along its life, or (``before`` is None) came into being."""

    at: Millis
    job_id: JobId
    job_name: str
    before: JobStatus | None
    after: JobStatus
    attempt: AttemptNo
    """The attempt that runs, or ran last; 0 before the first."""
    reason: str | None = None


@tuple_like
class ServiceJobStatusChanged:
    """A service job moved along its life, or (``before`` is None) came into being."""

    at: Millis
    job_id: JobId
    job_name: str
    before: ServiceJobStatus | None
    after: ServiceJobStatus
    attempt: AttemptNo
    """The attempt that runs, or ran last; 0 before the first."""
    reason: str | None = None


@record
class ResourceStatusChanged:
    """An environment, a job queue or a quota share changed its status."""

    at: Millis
    arn: str
    before: str | None
    after: str | None
    """None: it is gone."""
    reason: str | None = None


@tuple_like
class JobQueueBlocked:
    """The RUNNABLE job at the head of a job queue will not be placed as things are."""

    at: Millis
    queue_arn: str
    job_id: JobId
    job_name: str
    reason: str
    """Its statusReason."""


Fact = JobStatusChanged | ServiceJobStatusChanged | ResourceStatusChanged | JobQueueBlocked
FACTS: Final = (JobStatusChanged, ServiceJobStatusChanged, ResourceStatusChanged, JobQueueBlocked)
"""The same, to ask with."""
