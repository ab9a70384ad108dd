"""What of the AWS Batch API is emulated, read off the installed model and the tables of the code.

A member that is in the installed botocore's model and not in the picture that batchemu was written for
(``wire.known``) shows up here by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from batchemu import api
from batchemu.api.never_given import NEVER_GIVEN
from batchemu.api.without_effect import WITHOUT_EFFECT
from batchemu.wire.dispatch import registered
from batchemu.wire.known import is_known
from batchemu.wire.model import operation_model, operation_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEWER: Final = "this batchemu is older than the installed botocore"
assert api.__all__


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationCoverage:
    operation: str
    handled: bool
    """False: it answers 501."""
    without_effect: dict[str, str] = field(default_factory=dict)
    """Paths of input members that change nothing, and why."""
    never_given: dict[str, str] = field(default_factory=dict)
    """Paths of output members that are never there, and why."""


def coverage() -> list[OperationCoverage]:
    """Every operation of the installed model, by name."""
    return [_of(name) for name in sorted(operation_names())]


def _of(name: str) -> OperationCoverage:
    model = operation_model(name)
    if name not in registered():
        return OperationCoverage(operation=name, handled=False)
    no_effect = {each.label: each.why for each in WITHOUT_EFFECT.get(name, ())}
    no_effect.update(
        {path: NEWER for path, owner, member in _members(model.input_shape) if not is_known(owner, member)}
    )
    missing = {}
    for path, owner, member in _members(model.output_shape, below=_is_given):
        if not is_known(owner, member):
            missing[path] = NEWER
        elif not _is_given(owner, member):
            missing[path] = NEVER_GIVEN[f"{owner}.{member}"]
    return OperationCoverage(operation=name, handled=True, without_effect=no_effect, never_given=missing)


def _is_given(owner: str, member: str) -> bool:
    return f"{owner}.{member}" not in NEVER_GIVEN and is_known(owner, member)


def _members(
    shape: Any, below: Callable[[str, str], bool] = is_known, path: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Path, structure and name of every member below ``shape``; where ``below`` says no, not further."""
    if shape is None:
        return
    if shape.type_name == "list":
        yield from _members(shape.member, below, f"{path}[]")
    elif shape.type_name == "map":
        yield from _members(shape.value, below, f"{path}.*")
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            here = f"{path}.{name}".lstrip(".")
            yield here, shape.name, name
            if below(shape.name, name):
                yield from _members(member, below, here)
