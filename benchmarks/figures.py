"""Figures: what a benchmark finds, what was promised of it, and the table that keeps them."""

from __future__ import annotations

import os
import platform
import re
import shlex
import statistics
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = Path(__file__).with_name("RESULTS.md")
_VERSIONS = ("batchemu", "boto3", "docker", "Flask", "Werkzeug", "waitress", "moto")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of a benchmark's answer. ``target``: what was promised of it, None where nothing was."""

    what: str
    value: str
    target: str | None = None
    is_met: bool = True

    def __str__(self) -> str:
        promised = f"  (target: {self.target})" if self.target else ""
        return f"  {self.what}: {self.value}{promised}"


def told(what: str, value: str) -> Figure:
    """A figure without a target."""
    return Figure(what=what, value=value)


def at_most(what: str, value: float, limit: float, unit: str = "", *, digits: int = 2) -> Figure:
    """A figure that must not be above ``limit``; it is the exact value that counts, not the one shown."""
    shown = f"{value:.{digits}f}{unit}"
    return Figure(what=what, value=shown, target=f"at most {limit:g}{unit}", is_met=value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "", *, digits: int = 2) -> Figure:
    """A figure that must not be below ``limit``."""
    shown = f"{value:.{digits}f}{unit}"
    return Figure(what=what, value=shown, target=f"at least {limit:g}{unit}", is_met=value >= limit)


def required(what: str, value: str, *, is_met: bool, target: str) -> Figure:
    """A figure that is right or wrong."""
    return Figure(what=what, value=value, target=target, is_met=is_met)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: Sequence[float], unit: str = "ms", scale: float = 1000.0) -> str:
    """``median (p90 ...)`` of times in seconds."""
    middle, high = statistics.median(values) * scale, quantile(values, 0.9) * scale
    return f"{middle:.1f} {unit} (p90 {high:.1f})"


def pairwise(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios within the pairs: what drifts over the run cancels out."""
    return statistics.median(our / their for our, their in zip(ours, theirs, strict=True))


def write(name: str, figures: Sequence[Figure]) -> None:
    """Put a benchmark's table between its markers in RESULTS.md; the other benchmarks' stay."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    rows = [f"| {each.what} | {each.value} | {each.target or ''} | {_verdict(each)} |" for each in figures]
    block = "\n".join(
        [
            begin,
            *_circumstances(),
            "",
            "| figure | value | target | met |",
            "|---|---|---|---|",
            *rows,
            end,
        ]
    )
    text = RESULTS.read_text()
    written, found = re.subn(
        f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: block, text, count=1, flags=re.DOTALL
    )
    if not found:
        written = f"{text.rstrip()}\n\n## {name}\n\n{block}\n"
    RESULTS.write_text(written)


def _verdict(figure: Figure) -> str:
    if figure.target is None:
        return ""
    return "yes" if figure.is_met else "**no**"


def _circumstances() -> list[str]:
    command = shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])
    versions = ", ".join(f"{name} {version(name)}" for name in _VERSIONS)
    return [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {_revision()}, `{command}`  ",
        f"{machine()}  ",
        f"Python {platform.python_version()}, {versions}",
    ]


def _revision() -> str:
    """The commit, and whether batchemu differed from it."""
    try:
        commit = _git("rev-parse", "--short", "HEAD")
        return f"commit {commit}" + (", changed" if _git("status", "--porcelain", "batchemu") else "")
    except (OSError, subprocess.CalledProcessError):
        return "commit unknown"


def _git(*arguments: str) -> str:
    folder = RESULTS.parent.parent
    answer = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return answer.stdout.strip()


def machine() -> str:
    """One line: cores, memory, kernel, and how busy the machine was."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{os.cpu_count()} cores, {pages * size / 2**30:.0f} GiB, {platform.platform()}, load {load}"
