"""The walk over an input, called directly: every place of every operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batchemu.errors import ClientException
from batchemu.wire.model import operation_model
from batchemu.wire.parse import BAD_JSON
from batchemu.wire.validate import CASE_INSENSITIVE_ENUMS, JUDGED_BY_THE_SERVICE, render, validate
from tests.wire.shapes import OPERATIONS, Steps, example_input, leaves, path, replaced, without

if TYPE_CHECKING:
    from botocore.model import Shape

WRONG: dict[str, list[Any]] = {
    "string": [1, 1.5, True, [], {}],
    "boolean": [1, 0, 1.5, "true", [], {}],
    "integer": [1.0, 1.5, True, "1", [], {}, 2**31, -(2**31) - 1],
    "long": [1.0, 1.5, True, "1", [], {}, 2**63, -(2**63) - 1],
    "float": [True, "1.5", [], {}, float("inf"), 10**400],
    "double": [True, "1.5", [], {}, float("inf"), 10**400],
    "list": [1, "a", True, {}, [None]],
    "map": [1, "a", True, [], {"a": None}],
    "structure": [1, "a", True, []],
}


def check(operation: str, params: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    unknown: list[str] = []
    return validate(operation, params, unknown), unknown


def places(operation: str) -> list[tuple[Steps, Shape]]:
    shape = operation_model(operation).input_shape
    assert shape is not None
    return list(leaves(shape, example_input(operation)))


def refusal(operation: str, params: Any) -> ClientException:
    with pytest.raises(ClientException) as raised:
        check(operation, params)
    return raised.value


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_wrong_type_anywhere_is_answered_like_malformed_json(operation: str) -> None:
    params = example_input(operation)
    for steps, shape in places(operation):
        for wrong in WRONG[shape.type_name]:
            error = refusal(operation, replaced(params, steps, wrong))
            assert (error.message, error.wrapped) == (BAD_JSON, False), (steps, wrong)
            assert path(steps) in str(error.__cause__)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("null", [False, True], ids=["absent", "null"])
def test_each_required_member_is_required(operation: str, null: bool) -> None:
    params = example_input(operation)
    for steps, shape in places(operation):
        for name in shape.required_members if shape.type_name == "structure" else ():
            member = (*steps, name)
            broken = replaced(params, member, None) if null else without(params, member)
            error = refusal(operation, broken)
            assert error.wrapped
            assert error.message.endswith(" is required.")
            if steps:
                assert error.message == f"{path(member)} is required."


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_optional_member_may_be_null(operation: str) -> None:
    params = example_input(operation)
    for steps, shape in places(operation):
        for name in shape.members if shape.type_name == "structure" else ():
            if name not in shape.required_members:
                member = (*steps, name)
                expected = (without(params, member), [])
                assert check(operation, replaced(params, member, None)) == expected


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_enum_is_checked(operation: str) -> None:
    params = example_input(operation)
    for steps, shape in places(operation):
        if shape.name in JUDGED_BY_THE_SERVICE:
            bogus = replaced(params, steps, "BOGUS")
            assert check(operation, bogus) == (bogus, [])
        elif shape.type_name == "string" and shape.enum:
            error = refusal(operation, replaced(params, steps, "BOGUS"))
            assert error.wrapped
            assert error.message.endswith(f"must be one of {', '.join(shape.enum)}.")
            lower = replaced(params, steps, "".join(map(str.swapcase, shape.enum[0])))
            if shape.name in CASE_INSENSITIVE_ENUMS:
                assert check(operation, lower) == (lower, [])
            else:
                assert refusal(operation, lower).message == error.message


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_limit_holds_on_both_sides(operation: str) -> None:
    params = example_input(operation)
    for steps, shape in places(operation):
        for bound, outside in (("min", -1), ("max", 1)):
            if bound == "min" and shape.type_name == "map":
                continue  # an empty map passes
            limit = shape.metadata.get(bound)
            if limit is not None:
                inside = replaced(params, steps, _of_size(shape, limit))
                assert check(operation, inside) == (inside, [])
                if limit + outside >= 0:
                    error = refusal(operation, replaced(params, steps, _of_size(shape, limit + outside)))
                    assert error.wrapped
                    assert f" at {'least' if bound == 'min' else 'most'} {limit}" in error.message


def _of_size(shape: Any, size: int) -> Any:
    if shape.type_name == "string":
        return "é" * size
    if shape.type_name == "list":
        return ["a"] * size
    if shape.type_name == "map":
        return {f"k{number}": "v" for number in range(size)}
    return size


@pytest.mark.parametrize("operation", OPERATIONS)
def test_unknown_members_are_dropped_and_named(operation: str) -> None:
    params = example_input(operation)
    structures = [steps for steps, shape in places(operation) if shape.type_name == "structure"]
    salted = params
    for steps in reversed(structures):  # inner ones first
        salted = replaced(salted, steps, {**_at(salted, steps), "bogus": {"deep": [1]}})
    kept, unknown = check(operation, salted)
    assert kept == params
    assert set(unknown) == {path((*steps, "bogus")) for steps in structures}


def _at(value: Any, steps: Steps) -> Any:
    for step in steps:
        value = value[step]
    return value


def test_the_sentence_for_a_member_of_the_input_is_in_words() -> None:
    assert refusal("SubmitJob", {}).message == "Job name is required."


def test_the_sentence_for_a_deeper_member_is_its_path() -> None:
    params = example_input("SubmitJob", required_only=True)
    params["containerOverrides"] = {"resourceRequirements": [{"type": "VCPU"}]}
    expected = "containerOverrides.resourceRequirements[0].value is required."
    assert refusal("SubmitJob", params).message == expected


@pytest.mark.parametrize("key", ["", "k" * 129])
def test_the_keys_of_a_map_have_limits_too(key: str) -> None:
    params = example_input("SubmitJob", required_only=True) | {"tags": {key: "v"}}
    error = refusal("SubmitJob", params)
    assert error.wrapped
    assert "characters long" in error.message


def test_a_message_does_not_carry_a_megabyte_of_the_request() -> None:
    params = example_input("SubmitJob", required_only=True) | {"tags": {"k" * 10**6: "v"}}
    assert len(refusal("SubmitJob", params).message) < 300


def test_an_action_keeps_the_case_that_the_caller_wrote() -> None:
    params = example_input("SubmitJob", required_only=True)
    params["retryStrategy"] = {"evaluateOnExit": [{"action": "Retry"}]}
    assert check("SubmitJob", params) == (params, [])


def test_whole_numbers_are_fractions_too() -> None:
    policy = {"shareDistribution": [{"shareIdentifier": "a", "weightFactor": 1}]}
    params = {"name": "p", "fairsharePolicy": policy}
    assert check("CreateSchedulingPolicy", params) == (params, [])


def test_a_place_is_written_as_a_path() -> None:
    assert render((((None, "a"), 3), "b")) == "a[3].b"
    assert render(None) == ""
