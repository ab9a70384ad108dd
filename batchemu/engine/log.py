"""The log: one record for each input that the core took, in order."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from batchemu.core.records import tuple_like

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchemu.core.facts import Fact
    from batchemu.core.inputs import Input
    from batchemu.engine.ports import Scope


@tuple_like
class Record:
    seq: int
    scope: Scope
    input: Input
    facts: tuple[Fact, ...]


_FACTS_PER_RECORD = 4
"""Most inputs have less; one that submits an array, or in which many containers have ended, thousands."""


class Log:
    """The latest ``keep`` records, and fewer if these tell of very many facts; None: all. Not safe for
    threads: the engine holds its lock."""

    def __init__(self, keep: int | None = 1_000) -> None:
        self._records: deque[Record] = deque()
        self._keep = keep
        self._facts = 0
        self.last_seq = 0

    def append(self, scope: Scope, taken: Input, facts: tuple[Fact, ...]) -> Record:
        self.last_seq += 1
        record = Record(self.last_seq, scope, taken, facts)
        self._records.append(record)
        self._facts += len(facts)
        if self._keep is not None:
            self._trim(self._keep)
        return record

    def _trim(self, keep: int) -> None:
        records = self._records
        while len(records) > keep or (self._facts > _FACTS_PER_RECORD * keep and len(records) > 1):
            self._facts -= len(records.popleft().facts)

    def clear(self) -> None:
        """Forget the records; their numbers go on."""
        self._records.clear()
        self._facts = 0

    def tail(self, from_seq: int = 0) -> Sequence[Record]:
        """The kept records from ``from_seq`` on."""
        first = self._records[0].seq if self._records else 0
        return tuple(islice(self._records, max(0, from_seq - first), None))
