"""What a person at the terminal reads: one line for each thing that happens, on stderr."""

from __future__ import annotations

import logging
import sys
import time


class _TimeOfDay:
    """``12:00:01.123``; the part before the point is made once a second."""

    def __init__(self) -> None:
        self._made = (-1, "")

    def __call__(self, at: float) -> str:
        second = int(at)
        made = self._made
        if made[0] != second:
            made = self._made = (second, time.strftime("%H:%M:%S", time.localtime(second)))
        return f"{made[1]}.{int((at - second) * 1000):03d}"


_time_of_day = _TimeOfDay()


def say(*lines: str) -> None:
    """Write lines about what the server does: five for a job that runs through, so straight to stderr,
    and those of one moment in one go."""
    now = _time_of_day(time.time())
    sys.stderr.write("".join([f"{now} {line}\n" for line in lines]))


class LineHandler(logging.Handler):
    """Log records in the same form; a traceback follows where there is one."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{_time_of_day(record.created)} {record.getMessage()}\n"
            if record.exc_info:
                line += logging.Formatter().formatException(record.exc_info) + "\n"
            sys.stderr.write(line)
        except Exception:
            self.handleError(record)


def set_up(level: str) -> None:
    """Send our log to stderr; what a library logs stays where it is."""
    logging.raiseExceptions = False
    logger = logging.getLogger("batchemu")
    logger.handlers = [LineHandler()]
    logger.setLevel(level.upper())
    logger.propagate = False
