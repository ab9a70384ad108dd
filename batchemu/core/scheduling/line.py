"""The line of waiting jobs, in ascending order of their places.

Nearly every job joins at the end and leaves at the head, so both are cheap; a retried job goes back to
its place by submission time, a cancelled one leaves from the middle.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.core.ids import Millis

_COMPACT_AT = 1024
P = TypeVar("P", bound=Any)
"""A place: a sequence number, or a tuple that ends in one."""


class Line(Generic[P]):
    """Ascending, without doubles; it knows since when each stands where it stands."""

    __slots__ = ("_head", "_joined", "_places", "_shifts")

    def __init__(self) -> None:
        self._places: list[P] = []
        self._head = 0
        """Index of the first that still waits: taking the head moves this instead of the list."""
        self._joined: dict[P, Millis] = {}
        self._shifts: list[tuple[P, Millis]] = []
        """Who left or came between, and when: all behind that place moved. Ascending in both, because
        a later shift further ahead makes the earlier ones behind it worthless."""

    def add(self, place: P, at: Millis) -> None:
        if not self._places or place > self._places[-1]:
            self._places.append(place)
        else:
            insort(self._places, place, lo=self._head)
            self._shift(place, at)
        self._joined[place] = at

    def remove(self, place: P, at: Millis) -> None:
        """Raises ValueError when nobody waits at ``place``."""
        index = bisect_left(self._places, place, lo=self._head)
        if index == len(self._places) or self._places[index] != place:
            raise ValueError(f"{place} is not in the line")
        del self._joined[place]
        if index != self._head:
            del self._places[index]
        else:
            self._head += 1
            if self._head >= _COMPACT_AT and self._head * 2 >= len(self._places):
                del self._places[: self._head]
                self._head = 0
        self._shift(place, at)

    def _shift(self, place: P, at: Millis) -> None:
        """Note that those behind ``place`` have moved; one note serves all that nobody waits between."""
        shifts, places, head = self._shifts, self._places, self._head
        if head == len(places) or place >= places[-1]:
            return  # nobody stands behind
        if place < places[head]:
            shifts.clear()
        while shifts and shifts[-1][0] >= place:
            shifts.pop()
        if shifts and bisect_left(places, shifts[-1][0], self._head) == bisect_left(
            places, place, self._head
        ):
            shifts.pop()
        shifts.append((place, at))

    def since(self, place: P) -> Millis:
        """When the job at ``place`` reached its present position."""
        before = bisect_left(self._shifts, place, key=lambda shift: shift[0])
        joined = self._joined[place]
        return max(joined, self._shifts[before - 1][1]) if before else joined

    def first(self) -> P:
        """The place of the first in a line that is not empty."""
        return self._places[self._head]

    def __iter__(self) -> Iterator[P]:
        places = self._places
        return (places[at] for at in range(self._head, len(places)))

    def __len__(self) -> int:
        return len(self._places) - self._head

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Line) and list(self) == list(other) and self._joined == other._joined

    __hash__ = None  # type: ignore[assignment]
