"""Which failed attempts are tried again."""

from __future__ import annotations

import pytest

from batchemu.core.ids import AttemptNo
from batchemu.core.retries import Decision, decide
from batchemu.core.world import Attempt


def ended(number: int = 1, code: int | None = 1, reason: str | None = None, status: str = "x") -> Attempt:
    return Attempt(
        number=AttemptNo(number),
        environment="ce",
        task_arn="task",
        log_stream=None,
        exit_code=code,
        reason=reason,
        status_reason=status,
    )


def test_attempts_are_counted() -> None:
    assert decide(2, (), ended(1)) == Decision("RETRY", None)
    assert decide(2, (), ended(2)) == Decision("EXIT", None)


@pytest.mark.parametrize(
    ("entry", "matches"),
    [
        ({"onExitCode": "1"}, True),
        ({"onExitCode": "2"}, False),
        ({"onExitCode": "1*"}, True),
        ({"onReason": "*"}, True),
        ({"onReason": "Out*"}, False),
        ({"onStatusReason": "Host EC2*"}, True),
        ({"onStatusReason": "host ec2*"}, False),
        ({"onStatusReason": "Host EC2*", "onExitCode": "7"}, False),
    ],
)
def test_all_conditions_of_an_entry_must_match(entry: dict[str, str], matches: bool) -> None:
    found = decide(5, ({**entry, "action": "exit"},), ended(status="Host EC2 (instance i-1) terminated."))
    assert found == (Decision("EXIT", 0) if matches else Decision("RETRY", None))


def test_the_first_entry_that_matches_decides() -> None:
    entries = (
        {"onStatusReason": "Host EC2*", "action": "RETRY"},
        {"onReason": "*", "action": "EXIT"},
    )
    assert decide(5, entries, ended(status="Host EC2 gone")) == Decision("RETRY", 0)
    assert decide(5, entries, ended(status="Essential container in task exited")) == Decision("EXIT", 1)
