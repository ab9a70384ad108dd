"""What is over stays describable for a while and then goes: finished jobs, deregistered job definitions.

Sources: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html (jobs stay for at least 7 days)
and https://docs.aws.amazon.com/batch/latest/APIReference/API_DeregisterJobDefinition.html (180 days).
Each kind stays equally long, so the first to end is the first to go: one timer for each kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchemu.core import timers
from batchemu.core.effects import TimerKey
from batchemu.core.ids import JobId, Millis

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchemu.core.effects import Effect
    from batchemu.core.world import World

PURPOSE = "retention"
JOBS: Final = "jobs"
DEFINITIONS: Final = "job-definitions"
DEFINITIONS_MS = 180 * 86_400_000


def keep_job(world: World, job_id: JobId, effects: list[Effect], *, at: Millis) -> None:
    """A job, or a service job, is over: from now on its days are counted."""
    _keep(world, JOBS, job_id, Millis(at + world.retention_ms), effects)


def keep_definition(world: World, name: str, revision: int, effects: list[Effect], *, at: Millis) -> None:
    """A job definition is INACTIVE: from now on its days are counted."""
    _keep(world, DEFINITIONS, f"{name}:{revision}", Millis(at + DEFINITIONS_MS), effects)


def _keep(world: World, kind: str, key: str, until: Millis, effects: list[Effect]) -> None:
    leaving = world.leaving[kind]
    leaving.append((until, key))
    if len(leaving) == 1:
        timers.arm(world, TimerKey(PURPOSE, kind), until, effects)


def timer_fired(world: World, kind: str, effects: list[Effect], *, at: Millis) -> None:
    """Forget what has stayed for long enough."""
    leaving = world.leaving[kind]
    while leaving and leaving[0][0] <= at:
        _FORGET[kind](world, leaving.popleft()[1])
    if leaving:
        timers.arm(world, TimerKey(PURPOSE, kind), leaving[0][0], effects)


def _forget_job(world: World, key: str) -> None:
    job_id = JobId(key)
    job = world.jobs.pop(job_id, None)
    if job is None:
        _forget_service_job(world, job_id)
        return
    if job.array is not None:
        for child in job.array.children:
            del world.jobs[child.job_id]
        job.array.children.clear()  # parent and children know each other: nothing else would free them soon
    del job.queue.by_status[job.status][job.seq]


def _forget_service_job(world: World, job_id: JobId) -> None:
    job = world.service_jobs.pop(job_id)
    queue = world.queues.get(job.queue)
    if queue is not None:
        queue.trainings.pop(job.seq, None)


def _forget_definition(world: World, key: str) -> None:
    """Its number is never given again, even when it was the last of its name."""
    name, _, revision = key.partition(":")
    revisions = world.definitions[name]
    del revisions[int(revision)]
    if not revisions:
        del world.definitions[name]


_FORGET: Final[Mapping[str, Callable[[World, str], None]]] = {
    JOBS: _forget_job,
    DEFINITIONS: _forget_definition,
}
