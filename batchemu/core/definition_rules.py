"""What a job definition must look like: the rules of RegisterJobDefinition that all kinds share.

What is special to a kind stands in ``ecs_rules``, ``eks_rules`` and ``node_rules``; what holds for every
container in ``container_rules`` and ``platform_rules``. The sentences are AWS's own, measured by
https://github.com/badmintoncryer/cdk-preflight (rules/batch, ``jd-*`` and ``fargate-*``, September 2026),
unless marked as assumed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import consumable_rules, ecs_rules, eks_rules, names, node_rules, policies

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CONTAINER, ECS, EKS, NODES = KINDS = (
    "containerProperties",
    "ecsProperties",
    "eksProperties",
    "nodeProperties",
)
"""The member that makes a definition of a kind, and names the kind."""
_CAPABILITIES = ("FARGATE", "EC2", "MANAGED_INSTANCES")
_STATUS_GLOB = re.compile(r"[^*]*\*?")
_EXIT_GLOB = re.compile(r"[0-9]*\*?")


def check(params: Mapping[str, Any]) -> None:
    """Raise the first rule that RegisterJobDefinition's request breaks."""
    if not params["jobDefinitionName"]:
        raise messages.invalid("Job definition name is required.")
    if not names.is_resource_name(params["jobDefinitionName"]):
        raise messages.invalid("Job definition name should match a valid pattern.")
    _check_kind(params)
    platform = capability(params)
    check_retry_strategy(params.get("retryStrategy"))
    check_timeout(params.get("timeout"))
    policies.check_priority(params.get("schedulingPriority"))
    consumable_rules.check(params.get("consumableResourceProperties"))
    _CHECKS[kind(params)](params, platform)
    if on_eks(params):
        _check_members_on_eks(params)


def kind(definition: Mapping[str, Any]) -> str:
    """Which of KINDS a request that passed, or a stored definition, is of."""
    return next(member for member in KINDS if member in definition)


def on_eks(definition: Mapping[str, Any]) -> bool:
    """Whether its jobs are pods."""
    return EKS in definition or (NODES in definition and node_rules.on_eks(definition[NODES]))


def _check_members_on_eks(params: Mapping[str, Any]) -> None:
    if params.get("platformCapabilities"):
        # the rule: botocore's model, documentation of RegisterJobDefinitionRequest.platformCapabilities
        raise messages.invalid("platformCapabilities is not applicable for Batch on EKS.")  # assumed wording
    if params.get("propagateTags"):
        raise messages.invalid("Batch on EKS does not support tag propagation.")


def _check_kind(params: Mapping[str, Any]) -> None:
    """Exactly one of the four, and the one that goes with the type."""
    given = [member for member in (CONTAINER, ECS, EKS) if member in params]
    if NODES in params and EKS in params:
        raise messages.invalid("Cannot use both nodeProperties and eksProperties")
    if params["type"] == "multinode":
        if NODES not in params:
            raise messages.invalid("Node properties of multinode job is required.")
        if given:
            raise messages.invalid(f"{given[0]} is not applicable for type multinode.")  # assumed wording
        return
    if len(given) > 1:
        first = "ECS containerProperties" if given[0] == CONTAINER else given[0]
        raise messages.invalid(f"Cannot use both {first} and {given[1]}")
    if not given and NODES in params:
        raise messages.invalid(
            "ECS ContainerProperties, ecsProperties, or eksProperties is required when using type container."
        )
    if not given:
        raise messages.invalid("ECS Container Image must be provided.")
    if NODES in params:
        raise messages.invalid("nodeProperties is not applicable for type container.")  # assumed wording


def capability(params: Mapping[str, Any]) -> str:
    """The platform that a definition is for: EC2 unless it says otherwise."""
    capabilities = params.get("platformCapabilities")
    if not capabilities:
        return "EC2"
    if len(capabilities) != 1:
        raise messages.invalid("Exactly 1 capability must be provided.")
    asked = str(capabilities[0])
    if asked not in _CAPABILITIES:
        raise messages.invalid(
            f"Capability {asked} is not valid. Valid capabilities: [{', '.join(_CAPABILITIES)}]"
        )
    return asked


def _check_container(params: Mapping[str, Any], platform: str) -> None:
    container = params[CONTAINER]
    if platform == "MANAGED_INSTANCES":
        raise messages.invalid("Cannot use ECS containerProperties for MANAGED_INSTANCES")
    if not container:
        # https://github.com/hashicorp/terraform/issues/25449 (2020)
        raise messages.invalid("Container properties should not be empty")
    ecs_rules.check_container(container, platform)


_CHECKS: Final[Mapping[str, Callable[[Mapping[str, Any], str], None]]] = {
    CONTAINER: _check_container,
    ECS: lambda params, platform: ecs_rules.check(params[ECS], platform),
    EKS: lambda params, platform: eks_rules.check(params[EKS]),
    NODES: lambda params, platform: node_rules.check(params[NODES], platform),
}


def check_retry_strategy(strategy: Mapping[str, Any] | None) -> None:
    if strategy is None:
        return
    if "attempts" not in strategy:
        raise messages.invalid("RetryAttempts must be provided with retry strategy.")
    if not 1 <= strategy["attempts"] <= 10:
        raise messages.invalid("RetryAttempts must be between 1 and 10.")
    entries = strategy.get("evaluateOnExit", ())
    if len(entries) > 5:
        raise messages.invalid("EvaluateOnExit can have at most 5 entries.")  # assumed wording
    for entry in entries:
        conditions = {key: value for key, value in entry.items() if key != "action"}
        if not conditions:
            raise messages.invalid(
                "EvaluateOnExit should contain at least one of onExitCode, onReason or onStatusReason."
            )
        for key, value in conditions.items():
            if len(value) > 512:
                raise messages.invalid("Evaluate on exit condition cannot exceed 512 characters.")
            allowed = _EXIT_GLOB if key == "onExitCode" else _STATUS_GLOB
            if allowed.fullmatch(value) is None:
                raise messages.invalid("Evaluate on exit condition contains restricted characters.")


def check_timeout(timeout: Mapping[str, Any] | None) -> None:
    if timeout is not None and timeout.get("attemptDurationSeconds", 0) < 60:
        raise messages.invalid("AttemptDurationSeconds in Timeout must be at least 60 seconds.")
