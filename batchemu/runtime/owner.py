"""Which process a container belongs to, and whether that process still lives."""

from __future__ import annotations

import functools
import os
import socket
from pathlib import Path

_DEAD_STATES = frozenset("ZXx")
"""A zombie has ended, though its parent has not looked yet: proc_pid_stat(5), field 3."""


@functools.cache
def _host() -> str:
    return socket.gethostname()


@functools.cache
def _pid_namespace() -> int:
    """Inode of our pid namespace: process ids mean something within one only. 0 without /proc."""
    try:
        return Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return 0


def _stat(pid: int) -> tuple[str, int] | None:
    """State and start time in ticks of a process, fields 3 and 22; None when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name, field 2, may hold blanks and brackets
    return fields[0], int(fields[19])


def me() -> str:
    """``<host>/<pid namespace>/<pid>/<start ticks>``: no two processes ever share it.

    The start time tells a process from a later one with the same id; 0 where there is no /proc.
    """
    stat = _stat(os.getpid())
    return f"{_host()}/{_pid_namespace()}/{os.getpid()}/{stat[1] if stat else 0}"


def is_dead(owner: str) -> bool:
    """True only where we can know it: a process of this host and pid namespace that lives no more."""
    match owner.split("/"):
        case [host, namespace, number, began] if number.isdigit() and began.isdigit():
            pid, ticks = int(number), int(began)
        case _:
            return False
    if (host, namespace) != (_host(), str(_pid_namespace())):
        return False
    if not Path("/proc/self/stat").exists():
        return not _answers(pid)
    stat = _stat(pid)
    return stat is None or stat[0] in _DEAD_STATES or stat[1] != ticks


def _answers(pid: int) -> bool:
    """Whether there is a process ``pid``, where there is no /proc to read."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
