"""Overrides and the kinds of definitions that they are for."""

from __future__ import annotations

from typing import Any

import pytest

from batchemu.core.override_rules import check
from batchemu.errors import ClientException

DETAILS: dict[str, dict[str, Any]] = {
    "containerProperties": {"containerProperties": {}},
    "ecsProperties": {"ecsProperties": {}},
    "eksProperties": {"eksProperties": {}},
    "nodeProperties": {
        "nodeProperties": {
            "numNodes": 4,
            "mainNode": 1,
            "nodeRangeProperties": [{"targetNodes": "0:1"}, {"targetNodes": "2:"}],
        }
    },
}
OWN = {
    "containerProperties": "containerOverrides",
    "ecsProperties": "ecsPropertiesOverride",
    "eksProperties": "eksPropertiesOverride",
    "nodeProperties": "nodeOverrides",
}


def refusal(kind: str, **params: Any) -> str:
    with pytest.raises(ClientException) as caught:
        check(DETAILS[kind], params)
    return caught.value.message


@pytest.mark.parametrize("kind", DETAILS)
@pytest.mark.parametrize("member", OWN.values())
def test_each_kind_takes_its_own_overrides(kind: str, member: str) -> None:
    params = {member: {"numNodes": 4}}
    if OWN[kind] == member:
        check(DETAILS[kind], params)
    elif kind == "eksProperties" and member in ("containerOverrides", "nodeOverrides"):
        expected = "Container overrides or node overrides should not be set for Batch on EKS jobs."
        assert refusal(kind, **params) == expected
    else:
        assert member in refusal(kind, **params)


def test_empty_overrides_override_nothing() -> None:
    for detail in DETAILS.values():
        check(detail, {member: {} for member in OWN.values()})


def test_node_overrides_name_ranges_of_the_definition() -> None:
    targets = [{"targetNodes": each} for each in ("0:1", "0:0", "3")]
    message = refusal("nodeProperties", nodeOverrides={"nodePropertyOverrides": targets})
    assert message == "NodeOverride targets should match job definition. Non matching targets - 0:0, 3"


@pytest.mark.parametrize("total", [3, 4, 1000])
def test_the_number_of_nodes_can_be_changed_where_a_range_is_open(total: int) -> None:
    check(DETAILS["nodeProperties"], {"nodeOverrides": {"numNodes": total}})


@pytest.mark.parametrize("total", [0, 1, 2, 1001])
def test_the_number_of_nodes_has_bounds(total: int) -> None:
    """Main node 1 must be among them, and so must the first node of the open range, 2."""
    assert refusal("nodeProperties", nodeOverrides={"numNodes": total})


def test_the_number_of_nodes_cannot_be_changed_where_no_range_is_open() -> None:
    nodes = {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": [{"targetNodes": "0"}]}
    with pytest.raises(ClientException):
        check({"nodeProperties": nodes}, {"nodeOverrides": {"numNodes": 1}})
