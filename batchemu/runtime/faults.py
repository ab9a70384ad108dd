"""What goes wrong on AWS without the job's doing, by name, and how it shows."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from batchemu.core.ids import task_id
from batchemu.core.records import tuple_like
from batchemu.core.scheduling.blocked import REASONS

if TYPE_CHECKING:
    from batchemu.core.effects import StartContainer
    from batchemu.runtime.plans import Plan


class Fault(StrEnum):
    SPOT_INTERRUPTION = "spot-interruption"
    """The instance is taken back while the container runs."""
    OUT_OF_MEMORY = "out-of-memory"
    CANNOT_PULL_IMAGE = "cannot-pull-image"
    TASK_FAILED_TO_START = "task-failed-to-start"
    HANG = "hang"
    """The container never ends by itself."""
    STUCK_RUNNABLE = "stuck-runnable"
    """The job is never placed, and blocks its queue."""


STRIKES: Final = frozenset({Fault.SPOT_INTERRUPTION, Fault.OUT_OF_MEMORY})
"""Those that a container meets while it runs: a real one is killed for them."""

KILLED = 137
"""128 + SIGKILL."""
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
"""The ECS agent's words: https://github.com/aws/amazon-ecs-agent, agent/engine/errors.go."""
_SPOT_TASK = "Your Spot Task was interrupted."
"""On Fargate: https://repost.aws/knowledge-center/fargate-spot-termination-notice"""
_DOCKER_IS_SLOW = "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s"
"""https://github.com/rstudio/r-builds/pull/140"""
_LONGEST_REASON = 255
"""botocore's model: ``reason`` strings are limited to 255 characters."""


@tuple_like
class End:
    """How an attempt ends, as a runtime reports it."""

    exit_code: int | None
    reason: str | None = None
    status_reason: str | None = None


def start_error(plan: Plan, container: StartContainer) -> str | None:
    """Why the container never starts; None: it does.

    The words about an image: https://github.com/aws-solutions-library-samples/aws-batch-arch-for-protein-folding/issues/17
    """
    found = plan.start_error
    if plan.fault is None:
        pass
    elif plan.fault == Fault.CANNOT_PULL_IMAGE:
        image = container.spec.container["image"]
        found = plan.reason or (
            f"CannotPullContainerError: Error response from daemon: manifest for {image} not found: "
            "manifest unknown: Requested image not found"
        )
    elif plan.fault == Fault.TASK_FAILED_TO_START:
        found = plan.reason or _DOCKER_IS_SLOW
    return None if found is None else found[:_LONGEST_REASON]


def end_of(plan: Plan, container: StartContainer) -> End | None:
    """How a container that runs ends; None: not by itself.

    An attempt whose host is lost has no exit code: https://github.com/nextstrain/cli/pull/145
    """
    if plan.fault is None:
        return End(plan.exit_code, plan.reason, plan.status_reason)
    if plan.fault == Fault.HANG:
        return None
    if plan.fault == Fault.SPOT_INTERRUPTION:
        return End(None, plan.reason, plan.status_reason or _host_lost(container))
    if plan.fault == Fault.OUT_OF_MEMORY:
        return End(KILLED, plan.reason or OUT_OF_MEMORY, plan.status_reason)
    return End(plan.exit_code, plan.reason, plan.status_reason)


def _host_lost(container: StartContainer) -> str:
    """As in a real answer: https://github.com/ministryofjustice/modernisation-platform-environments/pull/17291

    The instance's id is made up of the attempt's.
    """
    if container.spec.platform == "FARGATE":
        return _SPOT_TASK
    return f"Host EC2 (instance i-{task_id(*container.key)[:17]}) terminated."


def stuck_reason(asked: str | None) -> str:
    """The statusReason of a job that is stuck: AWS's, by its name, or one that begins with such a name.

    Raises ValueError with one sentence.
    """
    name = asked or "UNDETERMINED"
    if name in REASONS:
        return name + REASONS[name]
    if not name.startswith(tuple(REASONS)):
        raise ValueError(
            f'"statusReason" of a plan with the fault "{Fault.STUCK_RUNNABLE}" begins with one of '
            f"{', '.join(REASONS)}; {name!r} does not."
        )
    return name
