"""What a person at the terminal reads: one line for each thing that happens, on stderr."""

from __future__ import annotations

import logging
import sys
import time


class LineHandler(logging.Handler):
    """``12:00:01.123 <message>``; a traceback follows where there is one.

    Five lines are written for a job that runs through, so a line must cost next to nothing: the time of
    day is made once a second, and stderr flushes each line by itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self._second = -1
        self._time_of_day = ""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            second = int(record.created)
            if second != self._second:
                self._time_of_day = time.strftime("%H:%M:%S", time.localtime(second))
                self._second = second
            line = f"{self._time_of_day}.{int(record.msecs):03d} {record.getMessage()}\n"
            if record.exc_info:
                line += logging.Formatter().formatException(record.exc_info) + "\n"
            sys.stderr.write(line)
        except Exception:
            self.handleError(record)


def set_up(level: str) -> None:
    """For a process that is ours alone: some of it holds for every logger.

    The attributes that are switched off cost more than the line itself
    (https://docs.python.org/3/howto/logging.html#optimization).
    """
    logging.raiseExceptions = False
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    logger = logging.getLogger("batchemu")
    logger.handlers = [LineHandler()]
    logger.setLevel(level.upper())
    logger.propagate = False
