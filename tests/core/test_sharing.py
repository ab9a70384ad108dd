"""Who is placed next and who is preempted: the rules as tables, without a world.

Here ``a`` wants and ``b`` has; numbers of instances are of one type unless a test says otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from batchemu.core.capacity import ALL_INSTANCES
from batchemu.core.ids import JobId, Millis
from batchemu.core.scheduling.preemption import Victim, victims
from batchemu.core.scheduling.sharing import Head, Room, Running, Share, next_share
from batchemu.core.world import Preemption
from tests.core.lab import TYPE

OTHER = "ml.g5.xlarge"
RESERVE: dict[str, Any] = {"lends": False, "borrow_limit": None}
LEND: dict[str, Any] = {"lends": True, "borrow_limit": None}
BORROW: dict[str, Any] = {"lends": True, "borrow_limit": -1}
CROSS, WITHIN = Preemption.CROSS_SHARE, Preemption.IN_SHARE


def room(most: int, used: int = 0, unit: str = TYPE) -> Room:
    return Room(limits={unit: most}, used={TYPE: used})


def head(n: int = 1, seq: int = 9, priority: int = 0, **members: Any) -> Head:
    return Head(seq=seq, priority=priority, instances={TYPE: n}, **members)


def share(arn: str, limit: int, used: int = 0, waits: Head | None = None, **members: Any) -> Share:
    return Share(arn=arn, limits={TYPE: limit}, used={TYPE: used}, head=waits, **members)


def running(arn: str, *jobs: tuple[str, int, int], **members: Any) -> tuple[Running, ...]:
    """Name, priority and instances of each, the oldest first."""
    return tuple(
        Running(
            job_id=JobId(name),
            share=arn,
            priority=priority,
            scheduled_at=Millis(n),
            seq=n,
            instances={TYPE: instances},
            **members,
        )
        for n, (name, priority, instances) in enumerate(jobs)
    )


def placed(has: Room, *shares: Share) -> str | None:
    found = next_share(has, shares)
    return found and found.arn


def preempted(has: Room, *shares: Share) -> list[tuple[str, Preemption]]:
    return [(each.job_id, each.preemption) for each in victims(has, shares)]


# --- who is placed


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        # own limit and use, how it shares; the other's: is a job of one instance placed?
        ((2, 1, RESERVE), (2, 0, RESERVE), True),
        ((1, 1, RESERVE), (2, 0, LEND), False),
        ((1, 1, LEND), (2, 0, LEND), False),
        ((1, 1, BORROW), (2, 0, RESERVE), False),
        ((1, 1, BORROW), (2, 0, LEND), True),
        ((1, 1, BORROW), (2, 0, BORROW), True),
        ((1, 2, BORROW), (2, 1, BORROW), False),
        ((1, 3, BORROW), (2, 0, BORROW), False),
        ((1, 1, {"lends": True, "borrow_limit": 0}), (2, 0, LEND), False),
        ((1, 1, {"lends": True, "borrow_limit": 99}), (2, 0, LEND), False),
        ((1, 1, {"lends": True, "borrow_limit": 100}), (2, 0, LEND), True),
        ((1, 2, {"lends": True, "borrow_limit": 100}), (2, 0, LEND), False),
        ((1, 2, {"lends": True, "borrow_limit": 200}), (2, 0, LEND), True),
    ],
)
def test_a_head_is_placed_within_its_limits_or_on_what_others_lend(
    own: tuple[int, int, dict[str, Any]], other: tuple[int, int, dict[str, Any]], expected: bool
) -> None:
    a, b = share("a", *own[:2], head(), **own[2]), share("b", *other[:2], **other[2])
    assert placed(room(9, own[1] + other[1]), a, b) == ("a" if expected else None)


@pytest.mark.parametrize("unit", [TYPE, ALL_INSTANCES])
def test_the_environment_bounds_what_is_borrowed(unit: str) -> None:
    a, b = share("a", 1, 1, head(2), **BORROW), share("b", 3, **LEND)
    assert placed(room(3, 1, unit), a, b) == "a"
    assert placed(room(3, 2, unit), a, b) is None


def test_what_nobody_has_a_share_in_is_not_lent() -> None:
    assert placed(room(9, 1), share("a", 1, 1, head(), **BORROW)) is None


def test_of_an_environment_that_is_promised_twice_a_reserve_is_kept_first() -> None:
    a, b = share("a", 1, 1, head(), **BORROW), share("b", 1, **LEND)
    reserve = share("r", 1, **RESERVE)
    assert placed(room(3, 1), a, b, reserve) == "a"
    assert placed(room(2, 1), a, b, reserve) is None


def test_a_type_that_a_share_has_no_limit_of_is_not_borrowed() -> None:
    a = share("a", 1, 0, Head(seq=1, priority=0, instances={OTHER: 1}), **BORROW)
    b = Share(arn="b", limits={OTHER: 3}, used={}, **LEND)
    assert placed(Room(limits={OTHER: 3}, used={}), a, b) is None


def test_types_are_borrowed_each_for_itself() -> None:
    wants = Head(seq=1, priority=0, instances={TYPE: 1, OTHER: 1})
    a = Share(arn="a", limits={TYPE: 1, OTHER: 1}, used={TYPE: 1}, head=wants, **BORROW)
    everything = Room(limits={TYPE: 9, OTHER: 9}, used={TYPE: 1})
    assert placed(everything, a, share("b", 1, **LEND)) == "a"
    assert placed(everything, a, Share(arn="b", limits={OTHER: 5}, used={}, **LEND)) is None


def test_a_right_goes_before_a_loan_and_of_loans_the_oldest_goes_first() -> None:
    lender = share("l", 2, **LEND)
    young, old = share("y", 1, 1, head(seq=8), **BORROW), share("o", 1, 1, head(seq=7), **BORROW)
    entitled = share("e", 1, 0, head(seq=9), **LEND)
    assert placed(room(9, 2), young, old, lender, entitled) == "e"
    assert placed(room(9, 2), young, old, lender) == "o"


def test_a_loan_that_is_too_big_holds_up_no_other() -> None:
    big, small = share("b", 1, 1, head(3, seq=1), **BORROW), share("s", 1, 1, head(1, seq=2), **BORROW)
    assert placed(room(9, 2), big, small, share("l", 2, **LEND)) == "s"


def test_who_pauses_is_not_placed_and_what_it_needs_is_not_lent() -> None:
    pausing = share("p", 1, 0, head(pauses=True), **LEND)
    a = share("a", 1, 1, head(), **BORROW)
    assert placed(room(2, 1), pausing, a) is None
    assert placed(room(9, 1), pausing, a, share("l", 1, **LEND)) == "a"


def test_what_is_being_made_free_for_another_is_not_borrowed() -> None:
    waits = share("w", 2, 0, head(2), **LEND)
    assert placed(room(4, 3), waits, share("a", 1, 3, head(seq=1), **BORROW)) is None
    within = share("w", 1, 1, head(1), makes_room=True, **BORROW)
    lender, a = share("l", 1, **LEND), share("a", 1, 1, head(seq=1), **BORROW)
    assert placed(room(3, 3), within, lender, a) is None


# --- who is preempted: cross-share


THREE = [("old", 0, 1), ("high", 5, 1), ("young", 0, 1)]


@pytest.mark.parametrize(
    ("needs", "limit", "gone"),
    [(1, 1, ["young"]), (2, 2, ["young", "old"]), (3, 3, []), (2, 1, [])],
)
def test_a_lender_takes_back_as_much_as_its_head_needs(needs: int, limit: int, gone: list[str]) -> None:
    """The lowest priority goes first, then the youngest; what the borrower has of its own it keeps."""
    b = share("b", 1, 3, running=running("b", *THREE), **BORROW)
    found = preempted(room(3, 3), share("a", limit, 0, head(needs), **LEND), b)
    assert found == [(name, CROSS) for name in gone]


@pytest.mark.parametrize("strategy", [RESERVE, LEND, BORROW])
def test_who_has_more_than_its_limits_is_preempted_whatever_its_strategy(strategy: dict[str, Any]) -> None:
    """Lowered limits: https://docs.aws.amazon.com/batch/latest/userguide/preemption.html"""
    b = share("b", 1, 2, running=running("b", ("x", 0, 1), ("y", 0, 1)), **strategy)
    assert preempted(room(2, 2), share("a", 1, 0, head(), **RESERVE), b) == [("y", CROSS)]


@pytest.mark.parametrize(
    ("has", "wants", "victim"),
    [
        (room(4, 3), head(), "there is room"),
        (room(3, 3), None, "nobody waits"),
        (room(3, 3), head(pauses=True), "it pauses"),
        (room(3, 3), head(2), "it would have to borrow itself"),
    ],
)
def test_nobody_is_preempted_without_need_or_right(has: Room, wants: Head | None, victim: str) -> None:
    b = share("b", 1, 3, running=running("b", *THREE), **BORROW)
    assert preempted(has, share("a", 1, 0, wants, **BORROW), b) == [], victim


def test_who_is_within_its_limits_is_left_alone() -> None:
    b = share("b", 3, 3, running=running("b", *THREE), **BORROW)
    assert preempted(room(3, 3), share("a", 3, 0, head(), **LEND), b) == []


def test_those_elsewhere_make_no_room() -> None:
    b = share("b", 1, 3, running=running("b", *THREE, is_in_room=False), **BORROW)
    assert preempted(room(3, 3), share("a", 1, 0, head(), **LEND), b) == []


def test_nobody_is_preempted_in_vain() -> None:
    """Small ones that came first in the order are let off when a big one is needed anyway."""
    b = share("b", 1, 4, running=running("b", ("big", 1, 3), ("small", 0, 1)), **BORROW)
    assert preempted(room(4, 4), share("a", 3, 0, head(3), **LEND), b) == [("big", CROSS)]


def test_what_one_head_gets_back_is_not_given_to_the_next() -> None:
    b = share("b", 1, 3, running=running("b", *THREE), **BORROW)
    heads = share("a", 1, 0, head(seq=5), **LEND), share("c", 1, 0, head(seq=4), **LEND)
    assert preempted(room(3, 3), *heads, b) == [("young", CROSS), ("old", CROSS)]
    assert preempted(room(4, 3), *heads, b) == [("young", CROSS)]


def test_only_those_who_hold_what_is_wanted_are_preempted() -> None:
    jobs = (*running("b", ("wanted", 9, 1)), *running("b", ("cheap", 0, 1)))
    other = Running(
        job_id=JobId("other"), share="b", priority=0, scheduled_at=Millis(9), seq=9, instances={OTHER: 1}
    )
    b = Share(arn="b", limits={TYPE: 1, OTHER: 0}, used={TYPE: 2, OTHER: 1}, running=(*jobs, other), **BORROW)
    has = Room(limits={TYPE: 2, OTHER: 1}, used={TYPE: 2, OTHER: 1})
    assert preempted(has, share("a", 1, 0, head(), **LEND), b) == [("cheap", CROSS)]


# --- who is preempted: in-share


@pytest.mark.parametrize(
    ("priority", "needs", "gone"),
    [(0, 1, []), (1, 1, ["young"]), (5, 2, ["young", "old"]), (5, 3, []), (6, 3, ["young", "old", "high"])],
)
def test_a_higher_priority_preempts_lower_ones_in_its_share(
    priority: int, needs: int, gone: list[str]
) -> None:
    a = share("a", 3, 3, head(needs, priority=priority), running=running("a", *THREE), **RESERVE)
    assert preempted(room(9, 3), replace(a, preempts=True)) == [(e, WITHIN) for e in gone]
    assert preempted(room(9, 3), a) == []


def test_others_are_preempted_before_ones_own() -> None:
    a = share("a", 2, 1, head(priority=5), preempts=True, running=running("a", ("own", 0, 1)), **LEND)
    b = share("b", 1, 2, running=running("b", ("x", 9, 1), ("y", 9, 1)), **BORROW)
    assert preempted(room(3, 3), a, b) == [("y", CROSS)]
    assert preempted(room(3, 3), a, share("b", 2, 2, **BORROW)) == [("own", WITHIN)]


def test_a_loan_can_be_handed_on_within_a_share() -> None:
    jobs = running("a", ("own", 5, 1), ("lent", 0, 1))
    a = share("a", 1, 2, head(priority=5), preempts=True, running=jobs, **BORROW)
    assert preempted(room(2, 2), a, share("b", 1, **LEND)) == [("lent", WITHIN)]


def test_nobody_is_preempted_for_whom_a_loan_is_there() -> None:
    a = share("a", 1, 1, head(priority=5), preempts=True, running=running("a", ("own", 0, 1)), **BORROW)
    assert preempted(room(2, 1), a, share("b", 1, **LEND)) == []
    assert victims(room(1, 1), [a]) == [Victim(JobId("own"), WITHIN)]
