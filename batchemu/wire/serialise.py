"""A result becomes a dict that JSON can hold, by the output shape of its operation.

The opposite of ``validate``: there the fault is the caller's, here it is ours, so everything the
model does not know is refused loudly. Required members and enums are not checked: AWS itself
leaves out ``startedAt`` of a job that has not started, which the model requires.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

from batchemu.wire.model import UnsupportedShape, operation_model

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, Shape, StructureShape

Write: TypeAlias = Callable[[Any], Any]
Compiled: TypeAlias = dict[str, Write]


class UnserialisableResult(Exception):
    """A handler's result that does not fit its output shape: always a fault of batchemu.

    The steps down to the value are collected while the exception travels up.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.steps: list[str | int] = []

    def __str__(self) -> str:
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in reversed(self.steps))
        return f"{path.lstrip('.') or 'the result'}: {self.problem}"


class UnknownMember(UnserialisableResult):
    """A member that the output shape lacks."""


class WrongType(UnserialisableResult):
    """A value of another type than the output shape gives it."""


def serialise(operation: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result without its None members; raise ``UnserialisableResult`` where it does not fit."""
    written: dict[str, Any] = _output_write(operation)(result)
    return written


@cache
def _output_write(operation: str) -> Write:
    shape = operation_model(operation).output_shape
    if shape is None:
        return _write_structure("no output", {})
    return _compile(shape, {})


def _compile(shape: Shape, compiled: Compiled) -> Write:
    if shape.name not in compiled:
        try:
            compiler = _COMPILERS[shape.type_name]
        except KeyError:
            raise UnsupportedShape(f"{shape.name} is a {shape.type_name}") from None
        compiled[shape.name] = compiler(shape, compiled)
    return compiled[shape.name]


def _structure(shape: StructureShape, compiled: Compiled) -> Write:
    members: dict[str, Write] = {}
    compiled[shape.name] = write = _write_structure(shape.name, members)
    for name, member in shape.members.items():
        if member.serialization:
            raise UnsupportedShape(f"{shape.name}.{name}: {member.serialization}")
        members[name] = _compile(member, compiled)
    return write


def _write_structure(shape_name: str, members: Mapping[str, Write]) -> Write:
    def write(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _wrong_type(shape_name, value)
        written: dict[str, Any] = {}
        name = ""
        try:
            for name, item in value.items():
                if item is not None:
                    written[name] = members[name](item)
        except KeyError:
            raise UnknownMember(f"{shape_name} has no member {name!r}") from None
        except UnserialisableResult as error:
            error.steps.append(name)
            raise
        return written

    return write


def _list(shape: ListShape, compiled: Compiled) -> Write:
    element = _compile(shape.member, compiled)

    def write(value: Any) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise _wrong_type(shape.name, value)
        written: list[Any] = []
        try:
            for item in value:
                written.append(element(item))
        except UnserialisableResult as error:
            error.steps.append(len(written))  # the index of the refused item
            raise
        return written

    return write


def _map(shape: MapShape, compiled: Compiled) -> Write:
    value_write = _compile(shape.value, compiled)

    def write(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _wrong_type(shape.name, value)
        written: dict[str, Any] = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise _wrong_type(f"a key of {shape.name}", key)
            if item is not None:
                try:
                    written[key] = value_write(item)
                except UnserialisableResult as error:
                    error.steps.append(key)
                    raise
        return written

    return write


def _string(shape: Shape, compiled: Compiled) -> Write:
    def write(value: Any) -> str:
        if not isinstance(value, str):
            raise _wrong_type(shape.name, value)
        return value

    return write


def _boolean(shape: Shape, compiled: Compiled) -> Write:
    def write(value: Any) -> bool:
        if type(value) is not bool:
            raise _wrong_type(shape.name, value)
        return value

    return write


def _integer(shape: Shape, compiled: Compiled) -> Write:
    def write(value: Any) -> int:
        if not isinstance(value, int) or value is True or value is False:
            raise _wrong_type(shape.name, value)
        return value

    return write


def _float(shape: Shape, compiled: Compiled) -> Write:
    def write(value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
            raise _wrong_type(shape.name, value)
        return value

    return write


_COMPILERS: dict[str, Callable[[Any, Compiled], Write]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "boolean": _boolean,
    "integer": _integer,
    "long": _integer,
    "float": _float,
    "double": _float,
}


def _wrong_type(wanted: str, value: object) -> WrongType:
    return WrongType(f"{wanted} wanted, not {value!r:.100} ({type(value).__name__})")
