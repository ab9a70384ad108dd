"""Requests made from botocore's model: filled ones, and every place where one can be spoiled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import OperationModel, ServiceModel, Shape

Steps = tuple[str | int, ...]


@cache
def service_model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("batch")


def operation_model(operation: str) -> OperationModel:
    return service_model().operation_model(operation)


@dataclass(frozen=True, slots=True)
class Place:
    """A member somewhere in an input, and the shapes of it and of what holds it."""

    steps: Steps
    shape: Any
    holder: Any
    required: bool

    @property
    def path(self) -> str:
        """``a.b[0].c``."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps).lstrip(
            "."
        )


def places(operation: str) -> Iterator[Place]:
    """Every member of the input, each member of a structure once however often the structure occurs."""
    shape = operation_model(operation).input_shape
    if shape is not None:
        yield from _below(shape, (), set())


def _below(shape: Any, steps: Steps, seen: set[str]) -> Iterator[Place]:
    if shape.type_name == "list":
        yield Place((*steps, 0), shape.member, shape, False)
        yield from _below(shape.member, (*steps, 0), seen)
    elif shape.type_name == "map":
        yield Place((*steps, "key"), shape.value, shape, False)
        yield from _below(shape.value, (*steps, "key"), seen)
    elif shape.type_name == "structure" and shape.name not in seen:
        seen.add(shape.name)
        for name, member in shape.members.items():
            yield Place((*steps, name), member, shape, name in shape.required_members)
            yield from _below(member, (*steps, name), seen)


def filled(shape: Shape) -> Any:
    """A value with every member."""
    return _fill(shape, required_only=False)


def put(operation: str, request: dict[str, Any], steps: Steps, value: Any) -> dict[str, Any]:
    """The request with ``value`` at a place; what is missing on the way gets its required members."""
    result: dict[str, Any] = _put(operation_model(operation).input_shape, request, steps, value)
    return result


def _put(shape: Any, base: Any, steps: Steps, value: Any) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        first = base[0] if base else _fill(shape.member, required_only=True)
        return [_put(shape.member, first, rest, value), *(base or [])[1:]]
    if shape.type_name == "map":
        return {**(base or {}), step: _put(shape.value, (base or {}).get(step), rest, value)}
    members = base if base is not None else _fill(shape, required_only=True)
    inner = members.get(step)
    return {**members, step: _put(shape.members[step], inner, rest, value)}


def without(request: Any, steps: Steps) -> Any:
    """The request without the member at a place."""
    if len(steps) == 1:
        return {name: value for name, value in request.items() if name != steps[0]}
    copy: Any = list(request) if isinstance(request, list) else dict(request)
    copy[steps[0]] = without(request[steps[0]], steps[1:])
    return copy


def _fill(shape: Any, *, required_only: bool) -> Any:
    if shape.type_name == "structure":
        names = shape.required_members if required_only else shape.members
        return {name: _fill(shape.members[name], required_only=required_only) for name in names}
    if shape.type_name == "list":
        return [_fill(shape.member, required_only=required_only)]
    if shape.type_name == "map":
        return {"key": _fill(shape.value, required_only=required_only)}
    return _scalar(shape)


def _scalar(shape: Any) -> Any:
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else "probe"
    if shape.type_name == "boolean":
        return True
    return 1.5 if shape.type_name in {"float", "double"} else 1
