"""The controls: holding jobs and letting them go, pausing the scheduler and stepping it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchemu.core import attempts, endings, jobs
from batchemu.core.effects import TimerKey
from batchemu.core.scheduling.run import schedule
from batchemu.core.world import TERMINAL, JobStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchemu.core.effects import Effect
    from batchemu.core.ids import Millis
    from batchemu.core.inputs import PauseScheduler, SetHolds, StepScheduler
    from batchemu.core.world import Job, World


def set_holds(world: World, command: SetHolds, effects: list[Effect]) -> None:
    """These jobs are held from now on and no others; who is let go does what it would have done."""
    world.holds = command.holds
    for job in [job for job in world.jobs.values() if job.status not in TERMINAL]:
        if job.status not in TERMINAL:  # it may have fallen with one before it
            _GO_ON[job.status](world, job, effects, command.at)
    world.dirty.update(world.queues)


def pause(world: World, command: PauseScheduler) -> None:
    """A paused scheduler places nothing."""
    world.steps = 0 if command.paused else None
    world.dirty.update(world.queues)


def step_scheduler(world: World, command: StepScheduler, effects: list[Effect]) -> int:
    """Have a paused scheduler place at most so many jobs; how many it placed."""
    if world.steps is None:
        return 0
    world.steps = command.most
    world.dirty.update(world.queues)
    schedule(world, effects, at=command.at)
    left, world.steps = world.steps, 0
    return command.most - left


def _leave_submitted(world: World, job: Job, effects: list[Effect], at: Millis) -> None:
    if TimerKey(endings.SUBMITTED_TIMER, job.job_id) not in world.timers:
        jobs.leave_submitted(world, job, effects, at=at)


def _leave_pending(world: World, job: Job, effects: list[Effect], at: Millis) -> None:
    endings.go_on(world, endings.after_waiting(world, job), effects, at=at)


def _wait_on(_world: World, _job: Job, _effects: list[Effect], _at: Millis) -> None:
    """The scheduler looks next."""


def _leave_starting(world: World, job: Job, effects: list[Effect], at: Millis) -> None:
    attempts.go_on(world, job, effects, at=at)


_GO_ON: Final[Mapping[JobStatus, Callable[[World, Job, list[Effect], Millis], None]]] = {
    JobStatus.SUBMITTED: _leave_submitted,
    JobStatus.PENDING: _leave_pending,
    JobStatus.RUNNABLE: _wait_on,
    JobStatus.STARTING: _leave_starting,
    JobStatus.RUNNING: _leave_starting,
}
"""What a job does that is not held (any more); without effect where it has nothing to make up for."""
