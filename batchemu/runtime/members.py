"""The JSON forms of what a test writes: which members there are, and what each must be."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Member:
    field: str
    wanted: str
    """What it must be, in words."""
    accepts: Callable[[object], bool]


def read(kind: str, members: Mapping[str, Member], given: object) -> dict[str, Any]:
    """The fields that a JSON object gives. Raises ValueError with one sentence."""
    if not isinstance(given, dict):
        raise ValueError(f"A {kind} is a JSON object, not {given!r}.")
    values: dict[str, Any] = {}
    for name, value in given.items():
        member = members.get(name)
        if member is None:
            raise ValueError(f'A {kind} has no member "{name}"; it has: {", ".join(members)}.')
        if not member.accepts(value):
            raise ValueError(f'"{name}" of a {kind} is {member.wanted}, not {value!r}.')
        values[member.field] = tuple(value) if isinstance(value, list) else value
    return values


def written(members: Mapping[str, Member], value: Any) -> dict[str, Any]:
    """The members of a dataclass that differ from their defaults: what ``read`` reads back."""
    defaults = {field.name: field.default for field in fields(value)}
    found: dict[str, Any] = {}
    for name, member in members.items():
        held = getattr(value, member.field)
        if held != defaults[member.field]:
            found[name] = list(held) if isinstance(held, tuple) else held
    return found


def check(kind: str, members: Mapping[str, Member], value: Any) -> None:
    """Raises ValueError, with one sentence, for a dataclass that JSON could not have given."""
    read(kind, members, written(members, value))


def is_text(value: object) -> bool:
    return isinstance(value, str)


def is_flag(value: object) -> bool:
    return isinstance(value, bool)


def is_lines(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(line, str) for line in value)


def is_integer(least: int, most: int) -> Callable[[object], bool]:
    """A test for integers between two bounds."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_duration(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value <= 3.2e9  # type: ignore[operator]  # false for NaN too
