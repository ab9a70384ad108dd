"""Which jobs a job waits for.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_dependencies.html and array_jobs.html

A job waits for jobs as a whole (an array parent stands for all of its children). Beside that, child i of
an array waits for child i of the arrays that it follows (N_TO_N), and for child i - 1 of its own
(SEQUENTIAL): those edges are not written down, but follow from the indexes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchemu import messages
from batchemu.core import arrays, names
from batchemu.core.ids import JobId, child_id, parent_id
from batchemu.core.world import TERMINAL, JobStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from batchemu.core.world import Job, World

MAX_DEPENDENCIES = 20
FAILED_REASON = "Dependent Job failed"
"""AWS's statusReason of a job that falls with another; read off real answers."""
N_TO_N: Final = "N_TO_N"
SEQUENTIAL: Final = "SEQUENTIAL"


def checked(world: World, depends_on: Sequence[Mapping[str, str]], size: int | None) -> list[dict[str, str]]:
    """``dependsOn`` of a request, or the error that AWS answers; ``size``: of the array job, if it is one."""
    if len(depends_on) > MAX_DEPENDENCIES:
        raise messages.too_many_dependencies()
    for entry in depends_on:
        kind, job_id = entry.get("type"), entry.get("jobId", "")
        if kind is not None and size is None:
            raise messages.dependency_needs_array(kind)
        if kind == SEQUENTIAL and not job_id:
            continue
        names.check_job_id(job_id)
        other = world.jobs.get(JobId(job_id))
        if other is None:
            raise messages.unknown_dependency(job_id)
        if kind == N_TO_N and (other.array is None or other.array.size != size):
            raise messages.n_to_n_sizes(job_id)
    return [dict(entry) for entry in depends_on]


def _whole(job: Job) -> Iterator[JobId]:
    """The jobs that ``job`` waits for as a whole; of an array job, all of its children do."""
    for entry in job.depends_on if job.parent is None else ():
        if entry.get("type") is None:
            yield JobId(entry["jobId"])


def _indexed(child: Job) -> Iterable[JobId]:
    """The children that a child of an array waits for."""
    if child.parent is None or child.index is None:
        return ()
    found: dict[JobId, None] = {}
    for entry in child.depends_on:
        kind = entry.get("type")
        if kind == N_TO_N:
            found[child_id(JobId(entry["jobId"]), child.index)] = None
        elif kind == SEQUENTIAL and child.index:
            found[child_id(child.parent, child.index - 1)] = None
    return found


def waited_for(job: Job) -> Iterator[JobId]:
    """All that a job waits for by itself, over or not."""
    yield from _whole(job)
    yield from _indexed(job)


def wait(world: World, job: Job) -> None:
    """Make ``job`` wait for those of its dependencies that are not over."""
    for job_id in dict.fromkeys(_whole(job)):
        if world.jobs[job_id].status not in TERMINAL:
            job.waiting += 1
            world.dependents.setdefault(job_id, []).append(job.job_id)
    if job.array is not None:
        for entry in job.depends_on:
            other = world.jobs[JobId(entry["jobId"])] if entry.get("type") == N_TO_N else None
            if other is not None and other.array is not None and job.job_id not in other.array.followers:
                other.array.followers.append(job.job_id)


def wait_for_children(world: World, child: Job) -> None:
    """Make a new child wait for those children that it depends on and that are not over."""
    child.waiting = sum(status_of(world, job_id) not in TERMINAL for job_id in _indexed(child))


def one_failed(world: World, job: Job) -> bool:
    """Whether a dependency has FAILED."""
    return job.falls or any(status_of(world, job_id) is JobStatus.FAILED for job_id in waited_for(job))


def status_of(world: World, job_id: JobId) -> JobStatus:
    """How a job stands.

    A child that was never spawned, because its parent ended before, stands as that. One that is forgotten
    by now had SUCCEEDED: a failure would have reached whoever waited for it (``Job.falls``).
    """
    job = world.jobs.get(job_id) or world.jobs.get(parent_id(job_id))
    return JobStatus.SUCCEEDED if job is None else job.status


def released(world: World, over: Job) -> Iterator[Job]:
    """The jobs that waited for ``over``, which they do not any more; those that are over are left out."""
    for job_id in (*world.dependents.pop(over.job_id, ()), *_behind(world, over)):
        job = world.jobs.get(job_id)
        if job is not None and job.status not in TERMINAL:
            job.waiting = max(0, job.waiting - 1)
            yield job


def _behind(world: World, over: Job) -> Iterator[JobId]:
    """The children that waited for a child, or for the children that an array never had."""
    if over.array is not None and not arrays.is_spawned(over):
        for follower in over.array.followers:
            yield from (child_id(follower, index) for index in range(over.array.size))
    if over.parent is None or over.index is None:
        return
    array = world.jobs[over.parent].array
    if array is None:
        return
    for follower in array.followers:
        yield child_id(follower, over.index)
    if any(entry.get("type") == SEQUENTIAL for entry in over.depends_on) and over.index + 1 < array.size:
        yield child_id(over.parent, over.index + 1)
