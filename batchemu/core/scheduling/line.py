"""The line of waiting jobs: sequence numbers in ascending order.

Nearly every job joins at the end and leaves at the head, so both are cheap; a retried job goes back to
its place by submission time, a cancelled one leaves from the middle.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPACT_AT = 1024


class Line:
    """Ascending, without doubles."""

    __slots__ = ("_head", "_numbers")

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._head = 0
        """Index of the first that still waits: taking the head moves this instead of the list."""

    def add(self, number: int) -> None:
        if not self._numbers or number > self._numbers[-1]:
            self._numbers.append(number)
        else:
            insort(self._numbers, number, lo=self._head)

    def remove(self, number: int) -> None:
        """Raises ValueError when ``number`` does not wait here."""
        at = bisect_left(self._numbers, number, lo=self._head)
        if at == len(self._numbers) or self._numbers[at] != number:
            raise ValueError(f"{number} is not in the line")
        if at != self._head:
            del self._numbers[at]
            return
        self._head += 1
        if self._head >= _COMPACT_AT and self._head * 2 >= len(self._numbers):
            del self._numbers[: self._head]
            self._head = 0

    def __iter__(self) -> Iterator[int]:
        numbers = self._numbers
        return (numbers[at] for at in range(self._head, len(numbers)))

    def __len__(self) -> int:
        return len(self._numbers) - self._head

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Line) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]
