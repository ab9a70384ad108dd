"""One SubmitJob's overrides and parameters applied to its job definition.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html and botocore's
model (documentation of ContainerOverrides).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from batchemu import messages
from batchemu.core import (
    consumable_rules,
    container_rules,
    definition_rules,
    override_rules,
    platform_rules,
    policies,
)
from batchemu.core.effects import ContainerSpec
from batchemu.core.world import PlatformCapability, ResolvedJob

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batchemu.core.world import JobDefinition

DEFAULT_LOG_GROUP = "/aws/batch/job"
"""https://docs.aws.amazon.com/batch/latest/userguide/job_states.html"""
_OVERLAYING = frozenset(
    {
        "containerOverrides",
        "ecsPropertiesOverride",
        "eksPropertiesOverride",
        "nodeOverrides",
        "parameters",
        "retryStrategy",
        "timeout",
        "propagateTags",
        "schedulingPriorityOverride",
        "consumableResourcePropertiesOverride",
    }
)
"""Members of SubmitJob that change what a definition says."""
_NAME = "[A-Za-z0-9_-]+"
"""Of a parameter that is not there; those that are there are found whatever they are called."""


def resolve(
    definition: JobDefinition, params: Mapping[str, Any], consumable_name: Callable[[str], str]
) -> ResolvedJob:
    """What runs: the definition, overlaid by the request. Raises AWS's error for what cannot be.

    A definition that is run as it is, which most are, is resolved once and shared by its jobs.
    ``consumable_name``: the name of the consumable resource that a name or an ARN means.
    """
    as_it_is = params.keys().isdisjoint(_OVERLAYING)
    if as_it_is and definition.resolved is not None:
        return definition.resolved
    override_rules.check(definition.detail, params)
    kind = definition_rules.kind(definition.detail)
    if kind != definition_rules.CONTAINER:
        raise messages.not_implemented(f"jobs of {kind} job definitions")
    resolved = _resolved(definition, params, consumable_name)
    if as_it_is:
        definition.resolved = resolved
    return resolved


def _resolved(
    definition: JobDefinition, params: Mapping[str, Any], consumable_name: Callable[[str], str]
) -> ResolvedJob:
    detail = definition.detail
    overrides = params.get("containerOverrides") or {}
    capability = PlatformCapability(definition_rules.capability(detail))
    parameters = {**detail["parameters"], **(params.get("parameters") or {})}
    container = _merged(detail["containerProperties"], overrides)
    container["command"] = substitute(container["command"], parameters)
    vcpus, memory_mib, gpus = _amounts(container, capability)
    strategy = params.get("retryStrategy") or detail.get("retryStrategy")
    definition_rules.check_retry_strategy(strategy)
    timeout = params.get("timeout") or detail.get("timeout")
    definition_rules.check_timeout(timeout)
    priority = params.get("schedulingPriorityOverride", detail.get("schedulingPriority"))
    policies.check_priority(priority)
    consumed = params.get("consumableResourcePropertiesOverride") or detail.get(
        "consumableResourceProperties"
    )
    consumable_rules.check(consumed)
    log = container.get("logConfiguration", {"logDriver": "awslogs"})
    options = log.get("options") or {}
    return ResolvedJob(
        definition_arn=definition.arn,
        definition_name=definition.name,
        revision=definition.revision,
        capability=capability,
        platform_capabilities=tuple(detail.get("platformCapabilities", ())),
        container=container,
        variables={entry["name"]: entry.get("value", "") for entry in container["environment"]},
        spec=ContainerSpec(
            job_definition=f"{definition.name}:{definition.revision}",
            container=container,
            command=tuple(container["command"]),
            vcpus=vcpus,
            memory_mib=memory_mib,
            log_group=options.get("awslogs-group", DEFAULT_LOG_GROUP),
            platform=capability,
        ),
        parameters=parameters,
        is_overridden=bool(overrides or params.get("parameters")),
        vcpus=vcpus,
        memory_mib=memory_mib,
        gpus=gpus,
        attempts=strategy["attempts"] if strategy else 1,
        evaluate_on_exit=tuple(strategy.get("evaluateOnExit", ())) if strategy else (),
        retry_strategy={"evaluateOnExit": [], **strategy} if strategy else None,
        timeout_s=timeout["attemptDurationSeconds"] if timeout else None,
        propagate_tags=params.get("propagateTags", detail.get("propagateTags")),
        scheduling_priority=priority,
        consumables=_consumables(consumed, consumable_name),
        consumable_properties=consumed,
        log_stream_prefix=_stream_prefix(definition.name, log["logDriver"], options),
    )


def _consumables(
    properties: Mapping[str, Any] | None, name: Callable[[str], str]
) -> tuple[tuple[str, int], ...]:
    entries = (properties or {}).get("consumableResourceList", ())
    return tuple((name(each["consumableResource"]), each["quantity"]) for each in entries)


def _stream_prefix(name: str, driver: str, options: Mapping[str, str]) -> str | None:
    """``<first 200 characters of the definition's name>``, or the awslogs-stream-prefix.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
    """
    return options.get("awslogs-stream-prefix", name[:200]) if driver == "awslogs" else None


def _merged(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """command is replaced whole, environment by name, requirements by type."""
    container = dict(base)
    command = overrides.get("command")
    if command:
        if "" in command:
            raise messages.empty_command()
        container["command"] = list(command)
    if overrides.get("environment"):
        container_rules.check_environment(overrides["environment"])
        merged = {entry["name"]: entry for entry in container["environment"]}
        merged.update({entry["name"]: entry for entry in overrides["environment"]})
        container["environment"] = list(merged.values())
    _override_amounts(container, overrides)
    return container


def _override_amounts(container: dict[str, Any], overrides: Mapping[str, Any]) -> None:
    """A requirement takes the place of the definition's, deprecated members included; a deprecated
    override only reaches a definition that uses the deprecated members."""
    given = platform_rules.requirements(overrides)
    own = platform_rules.requirements(container)
    for kind, legacy in (("VCPU", "vcpus"), ("MEMORY", "memory")):
        if kind in given:
            container.pop(legacy, None)
        elif legacy in overrides and kind not in own:
            container[legacy] = overrides[legacy]
    if given:
        merged = {**own, **given}
        container["resourceRequirements"] = [{"value": value, "type": kind} for kind, value in merged.items()]


def _amounts(container: Mapping[str, Any], capability: PlatformCapability) -> tuple[float, int, int]:
    given = platform_rules.requirements(container)
    if capability is PlatformCapability.FARGATE:
        platform_rules.check_fargate_amounts([given])
    else:
        platform_rules.check_amounts(container, given)
    vcpus = given["VCPU"] if "VCPU" in given else container["vcpus"]
    memory = given["MEMORY"] if "MEMORY" in given else container["memory"]
    return float(vcpus), int(memory), int(given.get("GPU", 0))


def substitute(command: Sequence[str], parameters: Mapping[str, str]) -> list[str]:
    """``Ref::name`` anywhere in a word becomes the parameter's value; the longest known name wins.

    What a value holds is not looked at again.
    """
    if not any("Ref::" in word for word in command):
        return list(command)
    known = [re.escape(name) for name in sorted(parameters, key=len, reverse=True) if name]
    reference = re.compile(f"Ref::(?:({'|'.join(known) or '(?!)'})|({_NAME}))")
    return [reference.sub(lambda match: _value(match, parameters), word) for word in command]


def _value(match: re.Match[str], parameters: Mapping[str, str]) -> str:
    if match[1] is None:
        raise messages.missing_parameter(match[2])
    return parameters[match[1]]
