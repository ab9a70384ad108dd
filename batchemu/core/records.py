"""Records: what the core is told, decides and tells. Nobody changes one once it is made.

Those that are keys of dictionaries are NamedTuples, whose hash is not Python's to compute.
The type checker sees to that. At run time they are plain objects with slots: a frozen dataclass assigns
each field through ``object.__setattr__``, which costs three times as much, and a job is made of two dozen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[T]) -> type[T]:
    """Made by keywords."""
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True)
def tuple_like(cls: type[T]) -> type[T]:
    """Of few fields, made by position."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
