"""What jobs are to do where nothing really runs: rules that tests write."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchemu.core.effects import StartContainer, StartTraining

SIGTERM_EXIT = 143
"""128 + SIGTERM: a process that obeys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which attempts, and what becomes of them. A pattern that is None matches all.

    Patterns are globs and tell capitals from small letters.
    """

    service_job: bool = False
    """For service jobs, and for these only."""
    job_name: str | None = None
    job_definition: str | None = None
    """Matches ``name`` and ``name:revision``."""
    job_queue: str | None = None
    """Name of the job queue."""
    attempt: int | None = None
    """1 for the first."""
    exit_code: int = 0
    duration_s: float = 0.0
    """In emulated time."""
    reason: str | None = None
    """Of the container's end, e.g. ``OutOfMemoryError: Container killed due to memory usage``."""
    logs: tuple[str, ...] = ()
    """Lines that the job prints as soon as it runs."""
    start_error: str | None = None
    """The container never starts, for this reason."""
    on_stop: int = SIGTERM_EXIT
    """Exit code when it is stopped; 137 for a process that had to be killed. Not for service jobs."""

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> Plan:
        """From the members that ``POST /_batchemu/plans`` takes. Raises ValueError with one sentence."""
        if not isinstance(members, dict):
            raise ValueError(f"A plan is a JSON object, not {members!r}.")
        values: dict[str, Any] = {}
        for member, value in members.items():
            if member not in _MEMBERS:
                raise ValueError(f'A plan has no member "{member}"; it has: {", ".join(_MEMBERS)}.')
            field, wanted, accepts = _MEMBERS[member]
            if not accepts(value):
                raise ValueError(f'"{member}" of a plan is {wanted}, not {value!r}.')
            values[field] = tuple(value) if field == "logs" else value
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """The members that differ from their defaults: what ``from_json`` reads back."""
        found: dict[str, Any] = {}
        for member, (field, _, _) in _MEMBERS.items():
            value = getattr(self, field)
            if value != getattr(_DEFAULTS, field):
                found[member] = list(value) if field == "logs" else value
        return found

    def matches(self, container: StartContainer) -> bool:
        name, _, _ = container.job_definition.partition(":")
        return (
            not self.service_job
            and _fits(self.job_name, container.job_name)
            and _fits(self.job_definition, name, container.job_definition)
            and _fits(self.job_queue, container.job_queue)
            and self.attempt in {None, container.attempt}
        )

    def matches_training(self, training: StartTraining) -> bool:
        return (
            self.service_job
            and _fits(self.job_name, training.job_name)
            and _fits(self.job_queue, training.job_queue)
            and self.attempt in {None, training.attempt}
        )


class Plans:
    """An ordered list of plans. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plans: list[Plan] = []

    def add(self, plan: Plan) -> None:
        with self._lock:
            self._plans.append(plan)

    def all(self) -> list[Plan]:
        """In order of addition."""
        with self._lock:
            return list(self._plans)

    def clear(self) -> int:
        """Forget all plans; how many there were."""
        with self._lock:
            count = len(self._plans)
            self._plans.clear()
            return count

    def match(self, container: StartContainer) -> Plan | None:
        """The plan added last that matches: a test overrides what its set-up said."""
        return next((plan for plan in reversed(self.all()) if plan.matches(container)), None)

    def match_training(self, training: StartTraining) -> Plan | None:
        """As ``match``, for an attempt of a service job."""
        return next((plan for plan in reversed(self.all()) if plan.matches_training(training)), None)


def _fits(pattern: str | None, *names: str) -> bool:
    return pattern is None or any(fnmatchcase(name, pattern) for name in names)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_exit_code(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 255


def _is_attempt(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_duration(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value <= 3.2e9  # type: ignore[operator]  # false for NaN too


def _is_lines(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(line, str) for line in value)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


_MEMBERS: Mapping[str, tuple[str, str, Callable[[object], bool]]] = {
    "serviceJob": ("service_job", "true or false", _is_flag),
    "jobName": ("job_name", "a string", _is_text),
    "jobDefinition": ("job_definition", "a string", _is_text),
    "jobQueue": ("job_queue", "a string", _is_text),
    "attempt": ("attempt", "an integer from 1 on", _is_attempt),
    "exitCode": ("exit_code", "an integer from 0 to 255", _is_exit_code),
    "durationSeconds": ("duration_s", "a number from 0 on", _is_duration),
    "reason": ("reason", "a string", _is_text),
    "logs": ("logs", "a list of strings", _is_lines),
    "startError": ("start_error", "a string", _is_text),
    "onStop": ("on_stop", "an integer from 0 to 255", _is_exit_code),
}
"""Member of the JSON form -> field, what it must be, and the test of that."""

_DEFAULTS = Plan()
