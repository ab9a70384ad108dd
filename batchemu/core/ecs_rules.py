"""What runs on ECS: ``ecsProperties``, one task of one to ten containers, or ``containerProperties``.

The sentences are AWS's own, measured by https://github.com/badmintoncryer/cdk-preflight (rules/batch,
``jd-*``, September 2026), unless marked as assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import container_rules, platform_rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CONDITIONS = ("START", "COMPLETE", "SUCCESS")
# The second sentence is AWS's, whatever it says of capabilities.
_MODES: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "ipcMode": (("host", "task", "none"), "ipcMode {} is not valid. Valid values are: [host, task, none]"),
    "pidMode": (("host", "task"), "Capability {} is not valid. Valid capabilities: [host, task]"),
}


def check(properties: Mapping[str, Any], platform: str) -> None:
    """Raise the first rule that ecsProperties break on a platform."""
    tasks = properties["taskProperties"]
    if len(tasks) != 1:
        # the rule: botocore's model, documentation of EcsProperties.taskProperties
        raise messages.invalid("Number of taskProperties must be 1")  # assumed wording
    (task,) = tasks
    containers = task["containers"]
    if not 1 <= len(containers) <= 10:
        raise messages.invalid("Number of containers must be between 1 and 10")
    for container in containers:
        container_rules.check(container)
        _check_timeouts(container)
    _check_containers(containers)
    for member, (values, sentence) in _MODES.items():
        if member in task and task[member] not in values:
            raise messages.invalid(sentence.format(task[member]))
    container_rules.check_volumes(task.get("volumes", ()), task.get("taskRoleArn"))
    platform_rules.check(platform, task, containers)
    container_rules.check_secrets(containers, task.get("executionRoleArn"))


def check_container(container: Mapping[str, Any], platform: str) -> None:
    """Raise the first rule that containerProperties break, which are a task and its only container."""
    container_rules.check(container)
    container_rules.check_volumes(container.get("volumes", ()), container.get("jobRoleArn"))
    platform_rules.check(platform, container, [container])
    container_rules.check_secrets([container], container.get("executionRoleArn"))


def _check_timeouts(container: Mapping[str, Any]) -> None:
    for member in ("startTimeout", "stopTimeout"):
        if container.get(member, 2) < 2:
            # the rule: botocore's model, documentation of TaskContainerProperties
            raise messages.invalid(f"{member} must be at least 2 seconds.")  # assumed wording


def _check_containers(containers: Sequence[Mapping[str, Any]]) -> None:
    """How the containers of a task stand to each other."""
    named = {container["name"]: container for container in containers if container.get("name")}
    nameless = sum(not container.get("name") for container in containers)
    if len(named) + nameless < len(containers):
        raise messages.invalid("Container names must be unique")
    if not any(essential(container) for container in containers):
        raise messages.invalid("At least one container must be set as essential")
    for container in containers:
        for dependency in container.get("dependsOn", ()):
            if len(containers) == 1:
                raise messages.invalid("Container dependency can not be used in a single-container job.")
            _check_dependency(named, dependency)
    _check_no_cycle(containers)
    with_firelens = any("firelensConfiguration" in container for container in containers)
    if with_firelens and not any(_logs_to_firelens(container) for container in containers):
        raise messages.invalid(
            "When a firelensConfiguration object is specified, at least one container has to be configured "
            "with the awsfirelens log driver"
        )


def _check_no_cycle(containers: Sequence[Mapping[str, Any]]) -> None:
    """Taking away, again and again, who waits for nobody that is left must take away all (assumed)."""
    left = {
        container.get("name"): {each["containerName"] for each in container.get("dependsOn", ())}
        for container in containers
    }
    while ready := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in ready:
            del left[name]
    if left:
        raise messages.invalid("Container dependencies must not form a cycle.")  # assumed wording


def essential(container: Mapping[str, Any]) -> bool:
    """Its end is the end of the job, unless it says otherwise."""
    return bool(container.get("essential", True))


def _logs_to_firelens(container: Mapping[str, Any]) -> bool:
    return bool(container.get("logConfiguration", {}).get("logDriver") == "awsfirelens")


def _check_dependency(named: Mapping[str, Mapping[str, Any]], dependency: Mapping[str, str]) -> None:
    condition, target = dependency.get("condition", ""), dependency.get("containerName", "")
    if condition not in _CONDITIONS:
        raise messages.invalid(
            f"TaskContainer dependency {condition} is not valid. Valid values are: [{', '.join(_CONDITIONS)}]"
        )
    if target not in named:
        raise messages.invalid(f"containerName {target} must reference a defined container.")
    if condition != "START" and essential(named[target]):
        raise messages.invalid(
            f"The container target of a dependency can not have condition {condition} "
            f"if the target container {target} is essential."
        )
