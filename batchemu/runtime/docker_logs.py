"""Reads a container's output from the engine: every line once, whole and in order.

What Engine 20.10 does with json-file and timestamps=1 (measured): one frame per entry of the file;
an entry ends with a newline unless it is a part of a line over 16 KiB, or the last words of a
process that closed its output without one; parts of a line carry the timestamp of the first part and
may lie between entries of the other stream; a line that is not ended yet is not in the file at all.
"""

from __future__ import annotations

import struct
import threading
from collections import Counter
from typing import TYPE_CHECKING

from batchemu.engine.ports import LogLine
from batchemu.runtime.docker_time import NS, nanoseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_HEADER = struct.Struct(">BxxxL")
_STRAGGLERSNS = 2 * NS
"""How far apart in the file two entries may be out of order: the engine copies stdout and stderr in
two threads, which take the time before they take the lock. Microseconds, measured; this is generous."""
_BATCH = 50_000
"""Lines sorted and handed over together: bounds the memory that the output of one job takes."""
_OVERLAP = 1_000
"""Lines at the end of a batch that are sorted with the next one."""


def frames(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The (stream number, payload) frames of the engine's multiplexed output, however it was cut."""
    rest = b""
    for chunk in chunks:
        data = rest + chunk
        at = 0
        while len(data) - at >= _HEADER.size:
            stream, size = _HEADER.unpack_from(data, at)
            end = at + _HEADER.size + size
            if end > len(data):
                break
            yield stream, data[at + _HEADER.size : end]
            at = end
        rest = data[at:]


class LogReader:
    """Where one container's output has been read to.

    ``fetch``: the engine's bytes since a time ("<seconds>.<nanoseconds>", None: all). ``put`` takes
    the new lines. Safe to call from any thread: a refresh and the final fetch take turns.
    """

    def __init__(
        self,
        fetch: Callable[[str | None], Iterable[bytes]],
        put: Callable[[Sequence[LogLine]], None],
    ) -> None:
        self._fetch = fetch
        self._put = put
        self._lock = threading.Lock()
        self._since: int | None = None
        # Times of the entries read from _since on, with how many share each: the file only grows,
        # so of the entries with one time that a fetch brings, the first ones are those we know.
        self._seen: Counter[int] = Counter()
        self._parts: dict[int, tuple[int, list[bytes]]] = {}
        self._finished = False

    def read(self, *, final: bool = False) -> None:
        """Hand over the lines that are new. ``final``: also an unfinished last line; then no more."""
        with self._lock:
            if self._finished:
                return
            lines: list[tuple[int, str]] = []
            try:
                self._collect(lines)
                if final:
                    lines.extend((at, _text(parts)) for at, parts in self._parts.values())
                    self._finished = True
            finally:
                self._hand_over(lines)
                self._advance()

    def _collect(self, lines: list[tuple[int, str]]) -> None:
        known = self._seen.copy()
        since = None if self._since is None else f"{self._since // NS}.{self._since % NS:09d}"
        for stream, frame in frames(self._fetch(since)):
            stamp, _, payload = frame.partition(b" ")
            at = nanoseconds(stamp.decode("ascii"))
            if known[at]:
                known[at] -= 1
                continue
            self._seen[at] += 1
            begun, parts = self._parts.setdefault(stream, (at, []))
            parts.append(payload)
            if payload.endswith(b"\n"):
                del self._parts[stream]
                lines.append((begun, _text(parts)))
                if len(lines) >= _BATCH:
                    lines.sort(key=_time)
                    self._hand_over(lines[:-_OVERLAP])
                    del lines[:-_OVERLAP]

    def _hand_over(self, lines: list[tuple[int, str]]) -> None:
        """Empty lines are dropped, as the awslogs driver does: CloudWatch Logs takes no empty message."""
        lines.sort(key=_time)
        new = [LogLine(at // 1_000_000, text) for at, text in lines if text]
        if new:
            self._put(new)

    def _advance(self) -> None:
        """Read from the earliest entry on that may still be followed by one with a lower time."""
        if not self._seen:
            return
        begun = [at for at, _ in self._parts.values()]
        since = min([max(self._seen) - _STRAGGLERSNS, *begun])
        if self._since is None or since > self._since:
            self._since = since
            self._seen = Counter({at: count for at, count in self._seen.items() if at >= since})


def _time(line: tuple[int, str]) -> int:
    return line[0]


def _text(parts: list[bytes]) -> str:
    """A line's text without its end; only ``\\n`` ends a line, as for the awslogs driver."""
    return b"".join(parts).removesuffix(b"\n").decode("utf-8", errors="replace")
