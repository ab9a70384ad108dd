"""Emulated time."""

from __future__ import annotations

import pytest

from batchemu.engine.clock import MAX_MILLIS, Clock
from batchemu.errors import SettingsError


class Wall:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_the_real_clock_shows_the_hosts_time() -> None:
    wall = Wall()
    clock = Clock(wall=wall)
    assert clock.now() == 1_000_000
    wall.seconds += 1.5
    assert clock.now() == 1_001_500


def test_the_scaled_clock_runs_at_its_rate() -> None:
    wall = Wall()
    clock = Clock(5_000, rate=60, wall=wall)
    wall.seconds += 1
    assert clock.now() == 65_000
    assert clock.real_seconds_until(125_000) == pytest.approx(1)


def test_the_manual_clock_stands_still() -> None:
    wall = Wall()
    clock = Clock(5_000, rate=0, wall=wall)
    wall.seconds += 1000
    assert clock.now() == 5_000
    clock.move_to(7_000)
    assert (clock.now(), clock.emulated(123)) == (7_000, 7_000)
    assert clock.real_seconds_until(9_000) is None


def test_time_never_goes_back() -> None:
    wall = Wall()
    clock = Clock(wall=wall)
    wall.seconds -= 500
    assert clock.now() == 1_000_000
    clock.move_to(10)
    assert clock.now() == 1_000_000


@pytest.mark.parametrize("rate", [0.0, 1.0, 7.3])
def test_a_moved_clock_is_exactly_there_and_goes_on(rate: float) -> None:
    wall = Wall()
    wall.seconds = 1_795_394_761.5037
    clock = Clock(rate=rate, wall=wall)
    for step in range(1, 500):
        at = clock.now() + step * 977
        clock.move_to(at)
        assert clock.now() == at
    wall.seconds += 10
    assert clock.now() == pytest.approx(at + 10_000 * rate, abs=1)


def test_a_containers_time_becomes_emulated_time() -> None:
    wall = Wall()
    clock = Clock(0, rate=60, wall=wall)
    wall.seconds += 2
    assert clock.emulated(1_001_000) == 60_000


def test_timers_come_earliest_first_and_in_the_order_they_were_set() -> None:
    clock, ran = Clock(0, rate=0, wall=Wall()), []
    for name, at in (("b", 20), ("a", 10), ("c", 20), ("d", 30)):
        clock.call_at(at, lambda name=name: ran.append(name))  # type: ignore[misc]
    assert clock.next_due() == 10
    while due := clock.pop_due(25):
        due[1]()
    assert ran == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "mode"), [("real", "real"), ("manual", "manual"), ("scaled:60", "scaled:60")]
)
def test_a_clock_can_be_named(text: str, mode: str) -> None:
    assert Clock.parse(text).mode == mode


@pytest.mark.parametrize("text", ["", "fast", "scaled", "scaled:", "scaled:0", "scaled:-1", "scaled:x"])
def test_any_other_name_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(SettingsError, match="The clock can be real, scaled:N"):
        Clock.parse(text)


def test_time_goes_on_after_the_host_was_set_back() -> None:
    wall = Wall()
    clock = Clock(wall=wall)
    wall.seconds -= 3600
    assert clock.now() == 1_000_000
    wall.seconds += 60
    assert clock.now() == 1_060_000


def test_time_ends_with_the_year_9999() -> None:
    wall = Wall()
    clock = Clock(wall=wall)
    clock.move_to(MAX_MILLIS)
    wall.seconds += 60
    assert clock.now() == MAX_MILLIS
