"""Whatever is asked: no failure of ours, no hang, nothing half done, and the next request is answered.

``make fuzz`` asks for more, and for other things on every run; here they are always the same.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.lab import Lab
from tests.fuzz.requests import call, noise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from tests.fuzz.lab import Asked

FRESH = os.environ.get("BATCHEMU_FUZZ") == "fresh"
FACTOR = 10 if FRESH else 1
A_ROW = 25
"""Requests in a row to one world: each finds what those before it have left."""
CALLS = 22_000 * FACTOR
NOISE = 4_000 * FACTOR

# One seed a row: drawn piece by piece, six rows of seven would be the one before with a piece repeated.
SEEDS = st.randoms(use_true_random=True)
SETTINGS = settings(deadline=None, derandomize=not FRESH, database=None, phases=[Phase.generate])


@pytest.fixture
def lab() -> Iterator[Lab]:
    logging.disable(logging.WARNING)  # a line for each refusal
    made = Lab()
    yield made
    logging.disable(logging.NOTSET)


def fuzz(lab: Lab, draw: Callable[[Random], Asked], count: int) -> None:
    """Ask ``count`` requests, a row at a time; a failure shows the shortest row that ends so."""

    @settings(SETTINGS, max_examples=count // A_ROW)
    @given(SEEDS)
    def ask(random: Random) -> None:
        row = [draw(random) for _ in range(A_ROW)]
        error = lab.play(row)
        if error is not None:
            asked = "\n".join(map(repr, lab.shortened(row)))
            raise AssertionError(f"these requests to the lab's world, in a row:\n{asked}") from error

    ask()
    print(f"{lab.count} requests")
    assert lab.count >= count


def test_calls(lab: Lab) -> None:
    """Calls of every operation, good ones among them, so that the world is never the same for long."""
    fuzz(lab, call, CALLS)


def test_noise(lab: Lab) -> None:
    """Methods, paths, queries, headers and bodies that no client sends."""
    fuzz(lab, noise, NOISE)


def test_there_are_enough_requests() -> None:
    assert CALLS + NOISE >= 20_000
