"""Which overrides of SubmitJob go with which kind of job definition.

Source: botocore's model (documentation of SubmitJobRequest).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import definition_rules, node_rules
from batchemu.core.definition_rules import CONTAINER, ECS, EKS, NODES

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOR: Final[Mapping[str, str]] = {
    "containerOverrides": CONTAINER,
    "ecsPropertiesOverride": ECS,
    "eksPropertiesOverride": EKS,
    "nodeOverrides": NODES,
}


def check(detail: Mapping[str, Any], params: Mapping[str, Any]) -> None:
    """Raise for overrides that are for another kind of definition, or for nodes that are not there."""
    kind = definition_rules.kind(detail)
    for member, wanted in _FOR.items():
        if kind == wanted or not params.get(member):
            continue
        if kind == EKS and wanted in (CONTAINER, NODES):
            raise messages.overrides_on_eks()
        raise messages.overrides_of_another_kind(member, kind)
    if kind == NODES and params.get("nodeOverrides"):
        node_rules.check_overrides(detail[NODES], params["nodeOverrides"])
