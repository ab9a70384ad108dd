"""The line of waiting jobs behaves as a sorted list, whatever happens to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchemu.core.scheduling.line import Line


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=200))
def test_a_line_is_a_sorted_list(steps: list[tuple[bool, int]]) -> None:
    line, model = Line(), []
    for joins, number in steps:
        if joins and number not in model:
            line.add(number)
            model.append(number)
            model.sort()
        elif not joins and number in model:
            line.remove(number)
            model.remove(number)
        assert list(line) == model
        assert len(line) == len(model)


def test_a_long_line_forgets_those_that_left() -> None:
    line = Line()
    for number in range(5000):
        line.add(number)
    for number in range(4990):
        line.remove(number)
    assert list(line) == list(range(4990, 5000))
    line.add(3)
    assert next(iter(line)) == 3


def test_who_is_not_in_line_cannot_leave_it() -> None:
    line = Line()
    with pytest.raises(ValueError, match="7 is not in the line"):
        line.remove(7)
