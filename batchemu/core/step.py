"""The one door into the core: ``step(world, input) -> Outcome``.

Deterministic: the same world and the same inputs give the same world and the same effects. A command
that is refused raises a ServiceError and leaves the world as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu.core import (
    attempts,
    blocking,
    compute,
    consumables,
    definitions,
    endings,
    jobs,
    lifecycle,
    policies,
    queues,
    quota_shares,
    retention,
    service_environments,
    service_jobs,
    steering,
    tags,
    timers,
    trainings,
)
from batchemu.core import inputs as i
from batchemu.core.effects import Outcome
from batchemu.core.ids import JobId
from batchemu.core.scheduling import blocked
from batchemu.core.scheduling.run import schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchemu.core.effects import Effect, TimerKey
    from batchemu.core.ids import Millis
    from batchemu.core.world import World


def step(world: World, command: i.Input) -> Outcome:
    """Let one thing happen; then start what can start."""
    effects: list[Effect] = []
    result = _HANDLERS[type(command)](world, command, effects)
    if world.dirty:
        schedule(world, effects, at=command.at)
    return Outcome(effects, result)


def _handle_timer_fired(world: World, command: i.TimerFired, effects: list[Effect]) -> None:
    if timers.take(world, command.timer, command.at):
        _TIMERS[command.timer.purpose](world, command.timer, effects, command.at)


_TIMERS: Mapping[str, Callable[[World, TimerKey, list[Effect], Millis], None]] = {
    lifecycle.PURPOSE: lambda world, timer, effects, at: lifecycle.timer_fired(
        world, timer.subject, effects, at=at
    ),
    endings.SUBMITTED_TIMER: lambda world, timer, effects, at: jobs.submitted_for_long(
        world, JobId(timer.subject), effects, at=at
    ),
    attempts.STARTING_TIMER: lambda world, timer, effects, _: attempts.start_delayed(world, timer, effects),
    attempts.TIMEOUT_TIMER: lambda world, timer, effects, at: attempts.timed_out(
        world, timer, effects, at=at
    ),
    service_jobs.SUBMITTED_TIMER: lambda world, timer, effects, at: service_jobs.submitted_for_long(
        world, JobId(timer.subject), effects, at=at
    ),
    trainings.TIMEOUT_TIMER: lambda world, timer, effects, _: trainings.timed_out(world, timer, effects),
    blocked.TIMER: lambda world, timer, effects, at: blocking.timer_fired(
        world, timer.subject, effects, at=at
    ),
    retention.PURPOSE: lambda world, timer, effects, at: retention.timer_fired(
        world, timer.subject, effects, at=at
    ),
    trainings.CAPACITY_TIMER: lambda world, timer, _effects, _at: trainings.ask_again(world, timer),
}
"""By purpose: what happens when a timer fires that was still wanted."""


_HANDLERS: Mapping[type, Callable[[World, Any, list[Effect]], object]] = {
    i.CreateComputeEnvironment: compute.create,
    i.UpdateComputeEnvironment: compute.update,
    i.DeleteComputeEnvironment: compute.delete,
    i.CreateJobQueue: queues.create,
    i.UpdateJobQueue: queues.update,
    i.DeleteJobQueue: queues.delete,
    i.CreateSchedulingPolicy: lambda world, command, _: policies.create(world, command),
    i.UpdateSchedulingPolicy: lambda world, command, _: policies.update(world, command),
    i.DeleteSchedulingPolicy: lambda world, command, _: policies.delete(world, command),
    i.CreateConsumableResource: lambda world, command, _: consumables.create(world, command),
    i.UpdateConsumableResource: lambda world, command, _: consumables.update(world, command),
    i.DeleteConsumableResource: lambda world, command, _: consumables.delete(world, command),
    i.CreateServiceEnvironment: service_environments.create,
    i.UpdateServiceEnvironment: service_environments.update,
    i.DeleteServiceEnvironment: service_environments.delete,
    i.CreateQuotaShare: quota_shares.create,
    i.UpdateQuotaShare: quota_shares.update,
    i.DeleteQuotaShare: quota_shares.delete,
    i.SubmitServiceJob: service_jobs.submit,
    i.UpdateServiceJob: lambda world, command, _: service_jobs.update(world, command),
    i.TerminateServiceJob: service_jobs.terminate,
    i.RegisterJobDefinition: lambda world, command, _: definitions.register(world, command),
    i.DeregisterJobDefinition: definitions.deregister,
    i.SubmitJob: jobs.submit,
    i.CancelJob: jobs.cancel,
    i.TerminateJob: jobs.terminate,
    i.TagResource: lambda world, command, _: tags.tag(world, command),
    i.UntagResource: lambda world, command, _: tags.untag(world, command),
    i.SetHolds: steering.set_holds,
    i.PauseScheduler: lambda world, command, _: steering.pause(world, command),
    i.StepScheduler: steering.step_scheduler,
    i.ContainerStarted: attempts.started,
    i.ContainerExited: attempts.exited,
    i.ContainersReported: attempts.reported,
    i.TrainingReported: trainings.reported,
    i.TimerFired: _handle_timer_fired,
}
