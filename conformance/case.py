"""A case: one behaviour of one operation, as a small function of a Lab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.evidence import Evidence
    from conformance.lab import Lab

Check: TypeAlias = "Callable[[Lab], None]"

TOPICS = ("life cycle", "defaults", "validation", "errors", "limits", "pagination", "tags", "behaviour")
PROBE_TOPICS = ("probe: minimal", "probe: full", "probe: required", "probe: enum", "probe: max", "probe: min")


@dataclass(frozen=True, slots=True)
class Case:
    """``id`` is ``family.sentence``, unique and stable: the baseline holds it."""

    id: str
    operation: str
    topic: str
    evidence: Evidence
    check: Check

    @property
    def is_probe(self) -> bool:
        return self.topic in PROBE_TOPICS


class Family:
    """The cases of one resource family, in the order in which they are written."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cases: list[Case] = []

    def case(self, operation: str, topic: str, evidence: Evidence) -> Callable[[Check], Check]:
        """Make a case of a function, whose name is its sentence."""

        def add(check: Check) -> Check:
            self.add(check.__name__, operation, topic, evidence, check)
            return check

        return add

    def add(self, name: str, operation: str, topic: str, evidence: Evidence, check: Check) -> None:
        if topic not in TOPICS + PROBE_TOPICS:
            raise ValueError(f"{name}: there is no topic {topic!r}")
        self.cases.append(Case(f"{self.name}.{name}", operation, topic, evidence, check))


def unique(cases: Iterable[Case]) -> list[Case]:
    """All of them; ValueError when two have the same id."""
    found: dict[str, Case] = {}
    for case in cases:
        if case.id in found:
            raise ValueError(f"two cases are called {case.id}")
        found[case.id] = case
    return list(found.values())
