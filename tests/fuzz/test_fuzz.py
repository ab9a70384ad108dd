"""Whatever is asked: no failure of ours, no hang, nothing half done, and the next request is answered.

``make fuzz`` draws new requests each time, and more of them; here they are the same ones on every run.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clients.play import filled
from tests.fuzz.lab import Lab, Request, request_for
from tests.fuzz.requests import Call, calls, noise

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")
FRESH = os.environ.get("BATCHEMU_FUZZ") == "fresh"
FACTOR = 10 if FRESH else 1
A_ROW = 25
"""Requests in a row to one world: each finds what the ones before have left."""
CALLS = 18_000 * FACTOR
NOISE = 3_000 * FACTOR

SETTINGS = settings(
    deadline=None,
    derandomize=not FRESH,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def lab() -> Iterator[Lab]:
    logging.disable(logging.WARNING)  # a line for each refusal
    made = Lab()
    yield made
    logging.disable(logging.NOTSET)
    print(f"{made.count} requests")


def in_rows(each: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    return st.lists(each, min_size=A_ROW, max_size=A_ROW)


def test_calls(lab: Lab) -> None:
    """Calls of every operation, good ones among them, so that the world is never the same for long."""

    @settings(SETTINGS, max_examples=CALLS // A_ROW)
    @given(in_rows(calls()))
    def ask(row: list[Call]) -> None:
        lab.populate()
        for operation, params in row:
            lab.send(request_for(operation, filled(params, lab.kept)), operation)

    ask()
    assert lab.count >= CALLS


def test_noise(lab: Lab) -> None:
    """Methods, paths, queries, headers and bodies that no client sends."""

    @settings(SETTINGS, max_examples=NOISE // A_ROW)
    @given(in_rows(noise()))
    def ask(row: list[Request]) -> None:
        lab.populate()
        for request in row:
            lab.send(request)

    ask()
    assert lab.count >= NOISE


def test_there_are_enough_requests() -> None:
    assert CALLS + NOISE >= 20_000
