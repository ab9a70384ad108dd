"""Values made from the shapes of botocore's model: the same ones on every run."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from batchemu.wire.known import is_known
from batchemu.wire.model import operation_model, operation_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.model import OperationModel, Shape

OPERATIONS = sorted(operation_names())
Steps = tuple[str | int, ...]

# Slashes, colons, spaces, quotes, a plus, a percent sign and letters beyond ASCII and the BMP.
AWKWARD = 'a/b:c d+e%2F"\\é😀'


def example_input(operation: str, *, required_only: bool = False) -> dict[str, Any]:
    """Fill the operation's input: every member that batchemu knows, or only what the model requires."""
    shape = operation_model(operation).input_shape
    return {} if shape is None else _fill(shape, count(1), _required if required_only else _known)


def example_output(operation: str) -> dict[str, Any]:
    """Fill every member of the operation's output."""
    shape = operation_model(operation).output_shape
    return {} if shape is None else _fill(shape, count(1), lambda structure: list(structure.members))


def _required(structure: Any) -> list[str]:
    return list(structure.required_members)


def _known(structure: Any) -> list[str]:
    return [name for name in structure.members if is_known(structure.name, name)]


def body_members(model: OperationModel) -> list[str]:
    """Name the members that travel in the JSON body."""
    if model.input_shape is None:
        return []
    return [
        name for name, shape in model.input_shape.members.items() if "location" not in shape.serialization
    ]


def leaves(shape: Shape, value: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Shape]]:
    """Name every place in a value with its shape: scalars, lists, maps and structures."""
    yield steps, shape
    if shape.type_name == "structure":
        for name, item in value.items():
            yield from leaves(shape.members[name], item, (*steps, name))
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            yield from leaves(shape.member, item, (*steps, index))
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from leaves(shape.value, item, (*steps, key))


def replaced(value: Any, steps: Steps, new: Any) -> Any:
    """Copy a value with another one at the place that ``steps`` leads to."""
    if not steps:
        return new
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[steps[0]] = replaced(value[steps[0]], steps[1:], new)
    return copy


def without(value: Any, steps: Steps) -> Any:
    """Copy a value without the member that ``steps`` leads to."""
    if len(steps) > 1:
        return replaced(value, steps[:1], without(value[steps[0]], steps[1:]))
    return {name: item for name, item in value.items() if name != steps[0]}


def path(steps: Steps) -> str:
    """Write steps as batchemu does: ``a.b[0].c``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def _fill(shape: Any, numbers: Iterator[int], chosen: Callable[[Any], list[str]]) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return {name: _fill(shape.members[name], numbers, chosen) for name in chosen(shape)}
    if kind == "list":
        length = 2 if shape.member.type_name == "string" else 1
        return [_fill(shape.member, numbers, chosen) for _ in range(length)]
    if kind == "map":
        return {f"key-{next(numbers)}": _fill(shape.value, numbers, chosen) for _ in range(2)}
    return _scalar(shape, next(numbers))


def _scalar(shape: Any, number: int) -> Any:
    kind = shape.type_name
    if kind == "string":
        text = shape.enum[number % len(shape.enum)] if shape.enum else f"{AWKWARD}-{number}"
        return text[: int(shape.metadata.get("max", len(text)))]
    if kind == "boolean":
        return number % 2 == 0
    if kind in ("float", "double"):
        return number + 0.5
    assert kind in ("integer", "long"), f"the model has a new type, {kind}"
    return min(number, int(shape.metadata.get("max", number)))
