"""Comparisons that say what was wanted and what came."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_WRAPPED = re.compile(r"Error executing request, Exception : (.*), RequestId: [0-9a-f-]{36}", re.DOTALL)


class Mismatch(AssertionError):
    """The endpoint answered otherwise than AWS does."""


class NotApplicable(Exception):
    """The endpoint lacks what the case needs (a control plane, for instance)."""


def same(found: object, wanted: object, what: str = "answer") -> None:
    if found != wanted:
        raise Mismatch(f"{what}: wanted {_short(wanted)}, got {_short(found)}")


def holds(truth: object, sentence: str) -> None:
    if not truth:
        raise Mismatch(sentence)


def includes(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """These members, whatever else is there."""
    same({name: found.get(name) for name in wanted}, dict(wanted), "members")


def lacks(found: Mapping[str, Any], *names: str) -> None:
    """AWS leaves these members out."""
    same([name for name in names if name in found], [], "members that should be absent")


def only(found: list[Any]) -> dict[str, Any]:
    """The one element; Mismatch when there are more or fewer."""
    if len(found) != 1:
        raise Mismatch(f"wanted one, got {len(found)}: {found!r}")
    return dict(found[0])


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 600 else f"{text[:600]}..."


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer: its code, status and message as they came."""

    code: str
    status: int
    message: str

    @property
    def is_wrapped(self) -> bool:
        return _WRAPPED.fullmatch(self.message) is not None

    @property
    def text(self) -> str:
        """The message without AWS's wrapping."""
        found = _WRAPPED.fullmatch(self.message)
        return found[1] if found else self.message


@dataclass(frozen=True, slots=True)
class Error:
    """What a refusal must be. ``text`` None: nobody knows AWS's; ``wrapped`` None: either way."""

    text: str | None = None
    wrapped: bool | None = None
    status: int = 400
    code: str | None = "ClientException"
    cut: bool = False
    """The source shows the beginning of the sentence only."""
    inside: bool = False
    """The source shows a part of the sentence only."""

    def check(self, found: Refusal) -> None:
        same(found.status, self.status, f"HTTP status of {_short(found.message)}")
        if self.code is not None:
            same(found.code, self.code, "error code")
        if self.text is None:
            return
        if self.wrapped is not None:
            same(found.is_wrapped, self.wrapped, f"wrapped, of {_short(found.message)}")
        if not self._says(found.text):
            raise Mismatch(f"message: wanted {_short(self.text)}, got {_short(found.text)}")

    def _says(self, found: str) -> bool:
        assert self.text is not None
        if self.inside:
            return self.text in found
        return found.startswith(self.text) if self.cut else found == self.text


def wrapped(text: str) -> Error:
    """``Error executing request, Exception : <text>, RequestId: <id>``."""
    return Error(text, wrapped=True)


def bare(text: str) -> Error:
    return Error(text, wrapped=False)


def said(text: str, *, cut: bool = False) -> Error:
    """This sentence; the source does not show whether it is wrapped."""
    return Error(text, cut=cut)


def mentions(text: str) -> Error:
    return Error(text, inside=True)


REFUSED = Error()
"""ClientException, 400; AWS's sentence is not known."""
CONFLICT = Error("Object already exists", status=409, code=None)
"""The code is not known: the model has no ConflictException, CloudFormation shows one.
https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2463"""
