"""The log is bounded, whatever its records tell of."""

from __future__ import annotations

from batchemu.core.facts import ResourceStatusChanged
from batchemu.core.ids import Millis
from batchemu.core.inputs import PauseScheduler
from batchemu.engine.log import Log
from batchemu.engine.ports import Scope

HERE = Scope("123456789012", "us-east-1")
FACT = ResourceStatusChanged(at=Millis(0), arn="arn", before=None, after="VALID")


def append(log: Log, facts: int) -> int:
    return log.append(HERE, PauseScheduler(at=Millis(0), paused=True), (FACT,) * facts).seq


def test_the_latest_records_are_kept() -> None:
    log = Log(keep=3)
    for _ in range(5):
        append(log, 1)
    assert [each.seq for each in log.tail()] == [3, 4, 5]


def test_records_that_tell_of_very_much_drive_others_out() -> None:
    log = Log(keep=10)
    append(log, 1)
    append(log, 30)
    append(log, 10)
    assert [each.seq for each in log.tail()] == [2, 3]
    append(log, 1_000)
    assert [each.seq for each in log.tail()] == [4]


def test_all_are_kept_when_that_is_asked_for() -> None:
    log = Log(keep=None)
    for _ in range(5):
        append(log, 1_000)
    assert len(log.tail()) == 5
