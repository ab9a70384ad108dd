"""A job definition as DescribeJobDefinitions gives it back: what was sent, and what AWS adds.

Read off an answer of October 2025 in a public repository, and off what terraform-provider-aws takes away
again before it compares (internal/service/batch/container_properties.go, ecs_properties.go,
eks_properties.go, node_properties.go).
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from batchemu.core import definition_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_KEPT = (
    "type",
    "schedulingPriority",
    "propagateTags",
    "platformCapabilities",
    "timeout",
    "consumableResourceProperties",
)
_CONTAINER_LISTS = ("command", "environment", "mountPoints", "ulimits", "resourceRequirements", "secrets")
_EKS_CONTAINER_LISTS = ("command", "args", "env", "volumeMounts")
_POD_LISTS = ("imagePullSecrets", "initContainers", "volumes")


def of_request(params: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with the empty lists, maps and defaults that AWS adds; the request is left alone."""
    detail: dict[str, Any] = {key: copy.deepcopy(params[key]) for key in _KEPT if key in params}
    detail["parameters"] = dict(params.get("parameters") or {})
    if "retryStrategy" in params:
        detail["retryStrategy"] = {"evaluateOnExit": [], **params["retryStrategy"]}
    kind = definition_rules.kind(params)
    detail[kind] = copy.deepcopy(params[kind])
    _FILL[kind](detail[kind], definition_rules.capability(params) == "FARGATE")
    detail["containerOrchestrationType"] = "EKS" if definition_rules.on_eks(params) else "ECS"
    return detail


def _add_lists(members: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        members.setdefault(name, [])


def _fill_container(container: dict[str, Any], fargate: bool) -> None:
    _fill_any_container(container)
    container.setdefault("volumes", [])
    if fargate:
        container.setdefault("fargatePlatformConfiguration", {"platformVersion": "LATEST"})


def _fill_any_container(container: dict[str, Any]) -> None:
    """Entries of environment without a value are dropped."""
    _add_lists(container, _CONTAINER_LISTS)
    container["environment"] = [entry for entry in container["environment"] if entry.get("value")]
    if "logConfiguration" in container:
        container["logConfiguration"] = {"options": {}, "secretOptions": [], **container["logConfiguration"]}
    if "linuxParameters" in container:
        linux = container["linuxParameters"]
        _add_lists(linux, ("devices", "tmpfs"))
        for device in linux["devices"]:
            device.setdefault("permissions", [])
        for tmpfs in linux["tmpfs"]:
            tmpfs.setdefault("mountOptions", [])


def _fill_ecs(properties: dict[str, Any], fargate: bool) -> None:
    """``platformVersion`` on Fargate only, as with containerProperties (assumed)."""
    for task in properties["taskProperties"]:
        task.setdefault("volumes", [])
        if fargate:
            task.setdefault("platformVersion", "LATEST")
        for container in task["containers"]:
            _fill_any_container(container)
            container.setdefault("essential", True)
            container.setdefault("dependsOn", [])


def _fill_eks(properties: dict[str, Any], fargate: bool) -> None:
    """No dnsPolicy: botocore's model, documentation of EksPodPropertiesDetail.dnsPolicy."""
    pod = properties["podProperties"]
    _add_lists(pod, _POD_LISTS)
    for container in (*pod["containers"], *pod["initContainers"]):
        _add_lists(container, _EKS_CONTAINER_LISTS)
        container["env"] = [entry for entry in container["env"] if entry.get("value")]


def _fill_nodes(nodes: dict[str, Any], fargate: bool) -> None:
    for each in nodes["nodeRangeProperties"]:
        for member, fill in _FILL.items():
            if member in each:
                fill(each[member], fargate)


_FILL: Final[Mapping[str, Callable[[dict[str, Any], bool], None]]] = {
    definition_rules.CONTAINER: _fill_container,
    "container": _fill_container,  # what a node range calls it
    definition_rules.ECS: _fill_ecs,
    definition_rules.EKS: _fill_eks,
    definition_rules.NODES: _fill_nodes,
}
