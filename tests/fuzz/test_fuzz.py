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

from batchemu.core.world import AWS_LIKE, Delays
from tests.fuzz.lab import POPULATION, Lab
from tests.fuzz.requests import call, noise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from tests.fuzz.lab import Asked

FRESH = os.environ.get("BATCHEMU_FUZZ") == "fresh"
FACTOR = 10 if FRESH else 1
A_ROW = 40
"""Requests in a row to one world: each finds what those before it have left."""
CALLS = 18_000 * FACTOR
CALLS_WITH_DELAYS = 6_000 * FACTOR
NOISE = 4_000 * FACTOR

# One seed a row: drawn piece by piece, six rows of seven would be the one before with a piece repeated.
SEEDS = st.randoms(use_true_random=True)
SETTINGS = settings(deadline=None, derandomize=not FRESH, database=None, phases=[Phase.generate])


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """No line for each refusal; what fails is still told."""
    logging.disable(logging.WARNING)
    yield
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


@pytest.mark.parametrize("delays", [Delays(), AWS_LIKE], ids=["at once", "as on AWS"])
def test_the_world_is_populated(delays: Delays) -> None:
    """Everything that a request may name is there, or most of them would be refused for one reason."""
    lab = Lab(delays)
    lab.populate()
    assert lab.kept.keys() == {step["as"] for step in POPULATION if "as" in step}


def test_calls() -> None:
    """Calls of every operation, good ones among them, so that the world is never the same for long."""
    fuzz(Lab(Delays()), call, CALLS)


def test_calls_while_things_take_their_time() -> None:
    """Where jobs, queues and environments are seen on their way as well."""
    fuzz(Lab(AWS_LIKE), call, CALLS_WITH_DELAYS)


def test_noise() -> None:
    """Methods, paths, queries, headers and bodies that no client sends."""
    fuzz(Lab(Delays()), noise, NOISE)


def test_there_are_enough_requests() -> None:
    assert CALLS + CALLS_WITH_DELAYS + NOISE >= 20_000
