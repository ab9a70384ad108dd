"""The one door into the core: ``step(world, input) -> Outcome``.

Deterministic: the same world and the same inputs give the same world and the same effects. A command
that is refused raises a ServiceError and leaves the world as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu.core import attempts, compute, definitions, endings, jobs, lifecycle, queues, tags, timers
from batchemu.core import inputs as i
from batchemu.core.effects import Outcome
from batchemu.core.ids import JobId
from batchemu.core.scheduling.run import schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchemu.core.effects import Effect
    from batchemu.core.world import World


def step(world: World, command: i.Input) -> Outcome:
    """Let one thing happen; then start what can start."""
    effects: list[Effect] = []
    result = _HANDLERS[type(command)](world, command, effects)
    if world.dirty:
        schedule(world, effects, at=command.at)
    return Outcome(tuple(effects), result)


def _handle_timer_fired(world: World, command: i.TimerFired, effects: list[Effect]) -> None:
    timer, at = command.timer, command.at
    if not timers.take(world, timer, at):
        return
    if timer.purpose == lifecycle.PURPOSE:
        lifecycle.timer_fired(world, timer.subject, effects, at=at)
    elif timer.purpose == endings.SUBMITTED_TIMER:
        jobs.submitted_for_long(world, JobId(timer.subject), effects, at=at)
    elif timer.purpose == attempts.STARTING_TIMER:
        attempts.start_delayed(world, timer, effects)
    elif timer.purpose == attempts.TIMEOUT_TIMER:
        attempts.timed_out(world, timer, effects, at=at)


_HANDLERS: Mapping[type, Callable[[World, Any, list[Effect]], object]] = {
    i.CreateComputeEnvironment: compute.create,
    i.UpdateComputeEnvironment: compute.update,
    i.DeleteComputeEnvironment: compute.delete,
    i.CreateJobQueue: queues.create,
    i.UpdateJobQueue: queues.update,
    i.DeleteJobQueue: queues.delete,
    i.RegisterJobDefinition: lambda world, command, _: definitions.register(world, command),
    i.DeregisterJobDefinition: lambda world, command, _: definitions.deregister(world, command),
    i.SubmitJob: jobs.submit,
    i.CancelJob: jobs.cancel,
    i.TerminateJob: jobs.terminate,
    i.TagResource: lambda world, command, _: tags.tag(world, command),
    i.UntagResource: lambda world, command, _: tags.untag(world, command),
    i.ContainerStarted: attempts.started,
    i.ContainerExited: attempts.exited,
    i.TimerFired: _handle_timer_fired,
}
