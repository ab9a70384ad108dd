"""What of the AWS Batch API is emulated, read off the installed model and the tables of the code.

A member that is in the installed botocore's model and not in the picture that batchemu was written for
(``wire.known``) shows up here by itself.
"""

from __future__ import annotations

import textwrap
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

import botocore

from batchemu import api
from batchemu.api import never_given
from batchemu.api.without_effect import WITHOUT_EFFECT
from batchemu.wire.dispatch import registered
from batchemu.wire.known import is_known
from batchemu.wire.model import operation_model, operation_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

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

    @property
    def is_whole(self) -> bool:
        return self.handled and not self.without_effect and not self.never_given


def coverage() -> list[OperationCoverage]:
    """Every operation of the installed model, by name."""
    return [_of(name) for name in sorted(operation_names())]


def to_json(found: Sequence[OperationCoverage]) -> dict[str, Any]:
    """What ``batchemu coverage --json`` prints."""
    return {
        "botocore": botocore.__version__,
        "operations": [asdict(each) for each in found],
    }


def in_words(found: Sequence[OperationCoverage]) -> Iterator[str]:
    """What ``batchemu coverage`` prints: which operations lack nothing, then what each other one lacks."""
    handled = sum(each.handled for each in found)
    yield f"AWS Batch as of botocore {botocore.__version__}: {handled} of {len(found)} operations handled."
    whole = [each.operation for each in found if each.is_whole]
    if whole:
        yield f"\nWith every member of input and output:\n{_filled(', '.join(whole), '  ')}"
    for each in found:
        if not each.is_whole:
            yield f"\n{each.operation}{'' if each.handled else ': answered with 501'}"
            yield from _by_reason("input without effect", each.without_effect)
            yield from _by_reason("output never given", each.never_given)


def _filled(text: str, indent: str) -> str:
    return textwrap.fill(text, 100, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def _by_reason(title: str, members: Mapping[str, str]) -> Iterator[str]:
    for reason in dict.fromkeys(members.values()):
        yield _filled(f"{title}: {reason}", "  ")
        yield _filled(", ".join(path for path, why in members.items() if why == reason), "    ")


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
            missing[path] = never_given.why(owner, member)
    return OperationCoverage(operation=name, handled=True, without_effect=no_effect, never_given=missing)


def given_members(name: str) -> Iterator[str]:
    """``Structure.member`` of all that the answers of an operation are to hold, each when it should."""
    for _, owner, member in _members(operation_model(name).output_shape, below=_is_given):
        if _is_given(owner, member):
            yield f"{owner}.{member}"


def _is_given(owner: str, member: str) -> bool:
    return never_given.is_given(owner, member) and is_known(owner, member)


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
