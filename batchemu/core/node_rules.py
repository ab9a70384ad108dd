"""What ``nodeProperties`` and ``nodeOverrides`` of a multi-node parallel job must look like.

The sentences are AWS's own, measured by https://github.com/badmintoncryer/cdk-preflight (rules/batch,
``jd-node-*``, September 2026), unless marked as assumed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import consumable_rules, ecs_rules, eks_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_TARGET = re.compile(r"([0-9]{1,9})|([0-9]{0,9}):([0-9]{0,9})")
_NO_MULTINODE: Final[Mapping[str, str]] = {
    "FARGATE": "Fargate does not support MNP jobs",
    "MANAGED_INSTANCES": "MANAGED_INSTANCES does not support MNP jobs",
}


def check(nodes: Mapping[str, Any], platform: str) -> None:
    """Raise the first rule that nodeProperties break."""
    if platform in _NO_MULTINODE:
        raise messages.invalid(_NO_MULTINODE[platform])
    total = nodes["numNodes"]
    if not 1 <= total <= 1000:
        raise messages.invalid("Number of nodes must be between 1 and 1000.")
    if not 0 <= nodes["mainNode"] < total:
        raise messages.invalid("Main node index is out of range, must be less than numNodes.")
    ranges = nodes["nodeRangeProperties"]
    if len(ranges) > 5:
        raise messages.invalid("Maximum allowed size of node range properties is 5")
    covered: set[int] = set()
    for each in ranges:
        covered |= set(targets(each["targetNodes"], total))
    if len(covered) < total:
        raise messages.invalid("Node Range Properties target nodes have missing ranges")
    for each in ranges:
        _check_range(each)
    _check_alike(ranges)


def targets(text: str, total: int) -> range:
    """The nodes that ``n``, ``n:m``, ``n:``, ``:m`` or ``:`` means among ``total``."""
    found = _TARGET.fullmatch(text)
    if found is None:
        raise messages.invalid("targetNodes should contain only digits.")
    single, first, last = found.groups()
    start = int(single or first or 0)
    end = int(single or last or max(start, total - 1))
    if end >= total:
        raise messages.invalid(f"Node range error {text}. Node range should be smaller than number of nodes")
    if start > end:
        # assumed wording
        raise messages.invalid(f"Node range error {text}. A range cannot end before it starts")
    return range(start, end + 1)


_PAYLOADS: Final[Mapping[str, Callable[[Mapping[str, Any]], None]]] = {
    "ecsProperties": lambda properties: ecs_rules.check(properties, "EC2"),
    "container": lambda container: ecs_rules.check_container(container, "EC2"),
    "eksProperties": eks_rules.check,
}


def _check_range(each: Mapping[str, Any]) -> None:
    """Exactly one of container, ecsProperties and eksProperties, which obeys the rules of its kind."""
    payloads = [member for member in _PAYLOADS if member in each]
    if not payloads:
        raise messages.invalid(f"Must specify container for node range {each['targetNodes']}.")
    if len(payloads) > 1:
        # measured for the first two; the others by analogy
        raise messages.invalid(f"NodeRangeProperties can not use both {payloads[0]} and {payloads[1]} fields")
    (payload,) = payloads
    if "instanceTypes" in each:
        if payload != "ecsProperties":
            raise messages.invalid(
                "Using instanceTypes with nodeRangeProperty is only allowed for ecsProperties jobs."
            )
        if len(each["instanceTypes"]) > 1:
            # the rule: botocore's model, documentation of NodeRangeProperty.instanceTypes
            raise messages.invalid("instanceTypes can have at most 1 element.")  # assumed wording
    _PAYLOADS[payload](each[payload])
    consumable_rules.check(each.get("consumableResourceProperties"))


def on_eks(nodes: Mapping[str, Any]) -> bool:
    """Whether the nodes are pods: all are, or none."""
    return any("eksProperties" in each for each in nodes["nodeRangeProperties"])


def _check_alike(ranges: Sequence[Mapping[str, Any]]) -> None:
    """Pods of one namespace, or no pods (botocore's model, EksMetadata.namespace; the second assumed)."""
    pods = [each["eksProperties"]["podProperties"] for each in ranges if "eksProperties" in each]
    if pods and len(pods) < len(ranges):
        raise messages.invalid("eksProperties must be used in all node ranges or in none.")  # assumed wording
    if len({pod.get("metadata", {}).get("namespace") for pod in pods}) > 1:
        # assumed wording
        raise messages.invalid("The namespace must be the same across all node ranges.")


def check_overrides(nodes: Mapping[str, Any], overrides: Mapping[str, Any]) -> None:
    """``nodeOverrides`` name node ranges of the definition, and change their number only if one is open.

    The rules of numNodes: botocore's model, documentation of NodeOverrides.numNodes.
    """
    ranges = [each["targetNodes"] for each in nodes["nodeRangeProperties"]]
    asked = [each["targetNodes"] for each in overrides.get("nodePropertyOverrides", ())]
    strangers = [each for each in asked if each not in ranges]
    if strangers:
        raise messages.node_targets_mismatch(strangers)
    total = overrides.get("numNodes")
    if total is None:
        return
    if not any(each.endswith(":") for each in ranges):
        # assumed wording
        raise messages.invalid("numNodes can be overridden only if a node range has an open upper boundary.")
    if not nodes["mainNode"] < total <= 1000:
        raise messages.invalid("Number of nodes must be greater than the main node index.")  # assumed wording
    for each in ranges:
        targets(each, total)
