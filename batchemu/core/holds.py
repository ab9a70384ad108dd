"""Holding jobs where they are, for tests and for looking: what AWS has no word for.

A job that is held does not leave its status by itself; one that somebody has ended does.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from batchemu.core.records import record
from batchemu.core.world import JobStatus

if TYPE_CHECKING:
    from batchemu.core.world import Job, World


@record
class Hold:
    """Which jobs stay in which status. A pattern that is None matches all; patterns are globs and tell
    capitals from small letters."""

    state: JobStatus
    job_id: str | None = None
    """That of an array job is also that of its children."""
    job_name: str | None = None
    job_definition: str | None = None
    """Matches ``name`` and ``name:revision``."""
    job_queue: str | None = None
    """Name of the job queue."""
    array_index: int | None = None
    attempt: int | None = None
    """The attempt under way, or the next one; 1 for the first."""
    blocks: str | None = None
    """For RUNNABLE: the job blocks those behind it, and has this statusReason at the head of its queue."""


def fits(pattern: str | None, *names: str) -> bool:
    """Whether a glob matches one of the names; None matches."""
    return pattern is None or any(fnmatchcase(name, pattern) for name in names)


def keeps(world: World, job: Job) -> bool:
    """Whether ``job`` has to stay in the status that it is in."""
    return bool(world.holds) and hold_of(world, job) is not None


def hold_of(world: World, job: Job) -> Hold | None:
    """The first hold that keeps ``job`` where it is."""
    if job.ending is not None:
        return None
    return next((hold for hold in world.holds if hold.state is job.status and _matches(hold, job)), None)


def _matches(hold: Hold, job: Job) -> bool:
    parent, _, index = job.job_id.partition(":")
    definition = job.resolved.definition_name
    under_way = job.attempt if job.status in (JobStatus.STARTING, JobStatus.RUNNING) else None
    attempt = under_way.number if under_way else len(job.attempts) + 1
    return (
        hold.job_id in (None, parent, job.job_id)
        and fits(hold.job_name, job.name)
        and fits(hold.job_definition, definition, f"{definition}:{job.resolved.revision}")
        and fits(hold.job_queue, job.queue.name)
        and (hold.array_index is None or str(hold.array_index) == index)
        and hold.attempt in (None, attempt)
    )


def may_place(world: World) -> bool:
    """Whether the scheduler, if it is paused, has a step left for one more job."""
    return world.steps is None or world.steps > 0


def take_step(world: World) -> None:
    """A job was placed."""
    if world.steps is not None:
        world.steps -= 1
