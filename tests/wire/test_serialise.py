"""A result that does not fit its output shape is refused; it is batchemu's fault."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

import pytest

from batchemu.wire.model import operation_model
from batchemu.wire.serialise import UnknownMember, UnserialisableResult, WrongType, serialise
from tests.wire.shapes import OPERATIONS, Steps, example_output, leaves, path, replaced

WRONG: dict[str, list[Any]] = {
    "string": [1, True, b"a", [], {}],
    "boolean": [1, "true", [], {}],
    "integer": [1.0, True, "1", [], {}],
    "long": [1.0, True, "1", [], {}],
    "float": [True, "1", float("nan"), float("inf"), [], {}],
    "double": [True, "1", float("nan"), float("inf"), [], {}],
    "list": [1, "a", {}, {"a"}, [None]],
    "map": [1, "a", [], {1: "a"}],
    "structure": [1, "a", []],
}


def places(operation: str) -> list[tuple[Steps, Any]]:
    shape = operation_model(operation).output_shape
    return list(leaves(shape, example_output(operation))) if shape is not None else []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_wrong_type_anywhere_is_refused_with_its_path(operation: str) -> None:
    result = example_output(operation)
    for steps, shape in places(operation):
        for wrong in WRONG[shape.type_name]:
            with pytest.raises(WrongType) as raised:
                serialise(operation, replaced(result, steps, wrong))
            assert str(raised.value).startswith(path(steps)), wrong


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_unknown_member_anywhere_is_refused_with_its_path(operation: str) -> None:
    result = example_output(operation)
    structures = [(steps, shape) for steps, shape in places(operation) if shape.type_name == "structure"]
    for steps, shape in structures:
        value = result
        for step in steps:
            value = value[step]
        with pytest.raises(UnknownMember) as raised:
            serialise(operation, replaced(result, steps, {**value, "bogus": 1}))
        where = path(steps) or "the result"
        assert str(raised.value) == f"{where}: {shape.name} has no member 'bogus'"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_none_is_left_out(operation: str) -> None:
    shape = operation_model(operation).output_shape
    members = shape.members if shape is not None else {}
    assert serialise(operation, dict.fromkeys(members)) == {}


def test_none_is_left_out_at_any_depth() -> None:
    result = {"jobs": [{"jobName": "a", "startedAt": None, "parameters": {"a": None, "b": "c"}}]}
    assert serialise("DescribeJobs", result) == {"jobs": [{"jobName": "a", "parameters": {"b": "c"}}]}


def test_the_result_itself_is_not_changed() -> None:
    result = {"jobs": ({"jobName": "a", "startedAt": None},)}
    serialise("DescribeJobs", result)
    assert result == {"jobs": ({"jobName": "a", "startedAt": None},)}


def test_enumerations_of_strings_are_strings() -> None:
    class State(StrEnum):
        RUNNING = "RUNNING"

    written = serialise("DescribeJobs", {"jobs": ({"status": State.RUNNING},)})
    assert json.dumps(written) == '{"jobs": [{"status": "RUNNING"}]}'


def test_both_refusals_are_one_kind_of_error() -> None:
    assert issubclass(UnknownMember, UnserialisableResult)
    assert issubclass(WrongType, UnserialisableResult)
