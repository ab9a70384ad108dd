"""The line of waiting jobs behaves as a sorted list, whatever happens to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchemu.core.ids import Millis
from batchemu.core.scheduling.line import Line


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=200))
def test_a_line_is_a_sorted_list_and_knows_since_when(steps: list[tuple[bool, int]]) -> None:
    line: Line[int] = Line()
    model: list[int] = []
    at_place: dict[int, tuple[int, int]] = {}
    for step, (joins, number) in enumerate(steps):
        now = Millis(step)
        if joins and number not in model:
            line.add(number, now)
            model = sorted([*model, number])
        elif not joins and number in model:
            line.remove(number, now)
            model.remove(number)
        at_place = {
            each: at_place[each] if at_place.get(each, (-1, 0))[0] == index else (index, now)
            for index, each in enumerate(model)
        }
        assert list(line) == model
        assert not model or line.first() == model[0]
        assert len(line) == len(model)
        assert [line.since(each) for each in model] == [at_place[each][1] for each in model]


def test_a_long_line_forgets_those_that_left() -> None:
    line: Line[int] = Line()
    for number in range(5000):
        line.add(number, Millis(number))
    for number in range(4990):
        line.remove(number, Millis(9000))
    assert list(line) == list(range(4990, 5000))
    line.add(3, Millis(9000))
    assert next(iter(line)) == 3


def test_who_is_not_in_line_cannot_leave_it() -> None:
    line: Line[int] = Line()
    with pytest.raises(ValueError, match="7 is not in the line"):
        line.remove(7, Millis(1))


def test_a_line_remembers_no_more_moves_than_there_are_places() -> None:
    line: Line[int] = Line()
    for number in range(100):
        line.add(number, Millis(number))
    for number in range(1, 99):
        line.remove(number, Millis(1000 + number))
        assert len(line._shifts) <= len(line)
    assert (line.since(0), line.since(99)) == (0, 1098)
    for number in range(100, 1000):
        line.add(number, Millis(2000))
        line.remove(number, Millis(2001))
    assert len(line._shifts) <= len(line)
