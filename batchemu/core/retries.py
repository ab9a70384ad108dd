"""Whether a failed attempt is tried again, and which rule said so.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from batchemu.core.records import tuple_like

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchemu.core.world import Attempt


@tuple_like
class Decision:
    action: Literal["RETRY", "EXIT"]
    rule: int | None
    """Index of the evaluateOnExit entry that decided; None: none matched, or no attempt is left."""


@tuple_like
class Ended:
    """What rules look at, of an attempt that has no container."""

    number: int
    status_reason: str | None
    reason: str | None = None
    exit_code: int | None = None


def decide(attempts: int, evaluate_on_exit: Sequence[Mapping[str, str]], ended: Attempt | Ended) -> Decision:
    """RETRY while attempts remain, unless the first evaluateOnExit entry that matches says EXIT.

    An entry matches when all the conditions that it gives match; no match means RETRY.
    """
    if ended.number >= attempts:
        return Decision("EXIT", None)
    for index, entry in enumerate(evaluate_on_exit):
        if _matches(entry, ended):
            return Decision("EXIT" if entry.get("action", "RETRY").upper() == "EXIT" else "RETRY", index)
    return Decision("RETRY", None)


def conditions(entry: Mapping[str, str], ended: Attempt | Ended) -> list[tuple[str, str, str | None]]:
    """What an entry looks at: member, pattern, and the value that the attempt has."""
    observed = {
        "onStatusReason": ended.status_reason,
        "onReason": ended.reason,
        "onExitCode": None if ended.exit_code is None else str(ended.exit_code),
    }
    return [(key, entry[key], value) for key, value in observed.items() if key in entry]


def _matches(entry: Mapping[str, str], ended: Attempt | Ended) -> bool:
    given = conditions(entry, ended)
    return bool(given) and all(_glob(pattern, value) for _, pattern, value in given)


def _glob(pattern: str, value: str | None) -> bool:
    """Exact, or a prefix before one trailing ``*``; a lone ``*`` also matches what is absent.

    The last is implied by AWS's own catch-all ``{"onReason": "*", "action": "EXIT"}``, which must match
    attempts without a reason (assumed).
    """
    if pattern == "*":
        return True
    if value is None:
        return False
    return value.startswith(pattern[:-1]) if pattern.endswith("*") else value == pattern
