"""Tables of what is refused: a valid request, a change that spoils it, and AWS's answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from conformance.requests import changed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.case import Check, Family
    from conformance.evidence import Evidence
    from conformance.expect import Error
    from conformance.lab import Lab
    from conformance.requests import Request

Change: TypeAlias = Mapping[str, Any] | Callable[["Lab"], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """``change``: see ``changed``. It and the error may be functions of the lab, to name what exists."""

    name: str
    change: Change
    error: Error | Callable[[Lab], Error]
    evidence: Evidence


def add_refusals(
    family: Family, operation: str, request: Request, rows: Iterable[Row], topic: str = "validation"
) -> None:
    """A case for each row."""
    for row in rows:
        family.add(
            f"{operation}-refuses-{row.name}", operation, topic, row.evidence, _check(operation, request, row)
        )


def _check(operation: str, request: Request, row: Row) -> Check:
    def check(lab: Lab) -> None:
        change = row.change(lab) if callable(row.change) else row.change
        error = row.error(lab) if callable(row.error) else row.error
        lab.refused(error, operation, **changed(request(lab), change))

    return check
