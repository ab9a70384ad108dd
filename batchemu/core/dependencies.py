"""Which jobs a job waits for.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_dependencies.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchemu import messages
from batchemu.core import names
from batchemu.core.ids import JobId
from batchemu.core.world import TERMINAL, JobStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchemu.core.world import Job, World

MAX_DEPENDENCIES = 20
FAILED_REASON = "Dependent Job failed"
"""AWS's statusReason of a job that falls with another; read off real answers."""


def checked(world: World, depends_on: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """``dependsOn`` of a request, or the error that AWS answers."""
    if len(depends_on) > MAX_DEPENDENCIES:
        raise messages.too_many_dependencies()
    for entry in depends_on:
        if entry.get("type"):
            raise messages.not_implemented(f"dependencies of type {entry['type']}")
        job_id = entry.get("jobId", "")
        names.check_job_id(job_id)
        if JobId(job_id) not in world.jobs:
            raise messages.unknown_dependency(job_id)
    return [dict(entry) for entry in depends_on]


def wait(world: World, job: Job) -> None:
    """Make ``job`` wait for those of its dependencies that are not over."""
    for entry in job.depends_on:
        other = world.jobs[JobId(entry["jobId"])]
        if other.status not in TERMINAL and other.job_id not in job.waiting_for:
            job.waiting_for.add(other.job_id)
            world.dependents.setdefault(other.job_id, []).append(job.job_id)


def one_failed(world: World, job: Job) -> bool:
    """Whether a dependency has FAILED: before the submission, or while the job was SUBMITTED.

    One that is forgotten by now had SUCCEEDED: a failure would have reached the job.
    """
    others = (world.jobs.get(JobId(entry["jobId"])) for entry in job.depends_on)
    return any(other is not None and other.status is JobStatus.FAILED for other in others)


def released(world: World, over: Job) -> Iterator[Job]:
    """The jobs that waited for ``over``, which they do not any more; those that are over are left out."""
    for job_id in world.dependents.pop(over.job_id, ()):
        job = world.jobs.get(job_id)
        if job is None:
            continue  # it fell long ago, and is forgotten
        job.waiting_for.discard(over.job_id)
        if job.status not in TERMINAL:
            yield job
