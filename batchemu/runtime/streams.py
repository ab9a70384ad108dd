"""What the awslogs driver of an ECS instance does when a container starts, for every runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu.engine.ports import LogStream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.effects import StartContainer
    from batchemu.engine.ports import LogSink, Scope

DEFAULT_GROUP = "/aws/batch/job"
"""Made when it is missing: https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html"""

GROUP_MISSING = (
    "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: "
    "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does "
    "not exist."
)
"""The ECS agent's words on EC2, as a real answer that is quoted in public code has them."""

_TRUE = frozenset({"1", "t", "true"})
"""What the driver's strconv.ParseBool takes for true, in lower case."""


def open_stream(sink: LogSink, scope: Scope, container: StartContainer) -> LogStream | None:
    """Make the attempt's log stream exist; None when its lines go to another log driver.

    Only the default group is made without being asked: others need ``awslogs-create-group``. Raises
    LookupError when the group is missing.
    """
    configuration = container.spec.container.get("logConfiguration") or {}
    if configuration.get("logDriver", "awslogs") != "awslogs":
        return None
    group = container.spec.log_group
    stream = LogStream(scope, group, container.log_stream)
    sink.open(stream, create_group=group == DEFAULT_GROUP or _asks_for_group(configuration))
    return stream


def _asks_for_group(configuration: Mapping[str, Any]) -> bool:
    options = configuration.get("options") or {}
    return str(options.get("awslogs-create-group", "false")).lower() in _TRUE
