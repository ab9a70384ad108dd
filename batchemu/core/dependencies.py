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
from batchemu.core.world import FAILED, SUCCEEDED, TERMINAL, JobStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from batchemu.core.world import Array, Job, World

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


def _ahead(job: Job) -> dict[JobId, None]:
    """The arrays whose children those of ``job`` wait for, one for one."""
    return {JobId(entry["jobId"]): None for entry in job.depends_on if entry.get("type") == N_TO_N}


def is_sequential(depends_on: Sequence[Mapping[str, str]]) -> bool:
    """Whether each child of an array waits for the one before it."""
    return any(entry.get("type") == SEQUENTIAL for entry in depends_on)


def waited_for(job: Job) -> Iterator[JobId]:
    """All that a job waits for by itself, over or not."""
    yield from _whole(job)
    if job.parent is not None and job.index is not None:
        for parent in _ahead(job):
            yield child_id(parent, job.index)
        if job.parent.family.is_sequential and job.index:
            yield child_id(job.parent.job_id, job.index - 1)


def wait(world: World, job: Job) -> None:
    """Make ``job`` wait for those of its dependencies that are not over."""
    for job_id in dict.fromkeys(_whole(job)):
        _wait_for(job, world.jobs[job_id].status)
        if world.jobs[job_id].status not in TERMINAL:
            world.dependents.setdefault(job_id, []).append(job.job_id)
    if job.array is not None:
        for job_id in _ahead(job):
            world.jobs[job_id].family.followers.append(job.job_id)


def _wait_for(job: Job, status: JobStatus) -> None:
    if status not in TERMINAL:
        job.waiting += 1
    elif status is FAILED:
        job.falls = True


def wait_for_children(world: World, parent: Job) -> None:
    """Make the new children of an array wait for those children that they depend on."""
    for job_id in _ahead(parent):
        other = world.jobs.get(job_id)
        ahead: Iterable[Job] = () if other is None else arrays.children(other)
        for child, one in zip(arrays.children(parent), ahead, strict=False):
            _wait_for(child, one.status)
        if other is not None and not ahead:
            for child in arrays.children(parent):
                _wait_for(child, other.status)
    if parent.family.is_sequential:
        for child in arrays.children(parent)[1:]:
            child.waiting += 1


def status_of(world: World, job_id: JobId) -> JobStatus:
    """How a job stands.

    A child that never came into being, because its parent ended before, stands as that. One that is
    forgotten by now had SUCCEEDED: a failure would have reached whoever waited for it (``Job.falls``).
    """
    job = world.jobs.get(job_id) or world.jobs.get(parent_id(job_id))
    return SUCCEEDED if job is None else job.status


def released(world: World, over: Job) -> list[Job]:
    """The jobs that waited for ``over``, which they do not any more; those that are over are left out."""
    found = [world.jobs[job_id] for job_id in world.dependents.pop(over.job_id, ()) if job_id in world.jobs]
    if over.parent is not None:
        _add_behind(world, over, over.parent.family, found)
    elif over.array is not None and not over.array.children:
        for follower in over.array.followers:
            found.extend(arrays.children(world.jobs[follower]) if follower in world.jobs else ())
    found = [job for job in found if job.status not in TERMINAL]
    for job in found:
        job.waiting = max(0, job.waiting - 1)
    return found


def _add_behind(world: World, over: Job, array: Array, found: list[Job]) -> None:
    """The children that waited for a child."""
    index = over.index or 0
    for follower in array.followers:
        behind = world.jobs.get(follower)
        if behind is not None and behind.family.children:
            found.append(behind.family.children[index])
    if array.is_sequential and index + 1 < array.size:
        found.append(array.children[index + 1])
