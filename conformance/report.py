"""What runs found: tables for the terminal, Markdown to read, JSON to compute with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.case import PROBE_TOPICS, TOPICS
from conformance.evidence import ASSUMED, CLASSES
from conformance.runner import FAILED, NOT_APPLICABLE, PASSED, Result, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from conformance.case import Case

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Score:
    """How many of those that apply passed."""

    passed: int
    total: int

    def __str__(self) -> str:
        if not self.total:
            return "-"
        # Never rounded up: 100 % means all.
        return f"{self.passed}/{self.total} ({100 * self.passed // self.total} %)"


def score(results: Iterable[Result]) -> Score:
    counted = [result for result in results if result.outcome != NOT_APPLICABLE]
    return Score(sum(result.outcome == PASSED for result in counted), len(counted))


def _evidence(case: Case) -> str:
    return "probes" if case.is_probe else case.evidence.kind


def _operation(case: Case) -> str:
    return case.operation


def _topic(case: Case) -> str:
    return case.topic


def tables(runs: Sequence[Run]) -> list[tuple[str, Rows]]:
    """By evidence, by topic and by operation; the first row of each is its head."""
    operations = sorted({result.case.operation for run in runs for result in run.results})
    return [
        ("evidence", _table(runs, "evidence", _evidence, (*CLASSES, "probes"))),
        ("topic", _table(runs, "topic", _topic, TOPICS + PROBE_TOPICS)),
        ("operation", _operations(runs, operations)),
    ]


def _table(runs: Sequence[Run], title: str, group: Callable[[Case], str], names: Sequence[str]) -> Rows:
    rows = [[title, *(run.endpoint for run in runs)]]
    for name in names:
        rows.append([name, *(str(score(r for r in run.results if group(r.case) == name)) for run in runs)])
    rows.append(["all", *(str(score(run.results)) for run in runs)])
    return rows


def _operations(runs: Sequence[Run], names: Sequence[str]) -> Rows:
    head = ["operation"]
    for run in runs:
        head += [f"{run.endpoint} cases", f"{run.endpoint} probes"]
    rows = [head]
    for name in names:
        row = [name]
        for run in runs:
            own = [result for result in run.results if _operation(result.case) == name]
            row.append(str(score(result for result in own if not result.case.is_probe)))
            row.append(str(score(result for result in own if result.case.is_probe)))
        rows.append(row)
    return rows


def text(rows: Rows) -> str:
    """A table for the terminal."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def markdown(rows: Rows) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], f"|{'---|' * len(rows[0])}", *lines[1:]])


def failures(run: Run) -> list[Result]:
    return [result for result in run.results if result.outcome == FAILED]


def as_json(runs: Sequence[Run]) -> dict[str, Any]:
    return {
        "endpoints": [
            {"name": run.endpoint, "url": run.url, "leftBehind": list(run.left_behind)} for run in runs
        ],
        "cases": [_case_json(index, result.case, runs) for index, result in enumerate(runs[0].results)],
    }


def _case_json(index: int, case: Case, runs: Sequence[Run]) -> dict[str, Any]:
    return {
        "id": case.id,
        "operation": case.operation,
        "topic": case.topic,
        "evidence": case.evidence.kind,
        "source": case.evidence.source,
        "outcomes": {
            run.endpoint: {"outcome": run.results[index].outcome, "detail": run.results[index].detail}
            for run in runs
        },
    }


_HEAD = """\
# Conformance

Every case says how AWS's behaviour is known (`python -m conformance --list` names the sources):
*documented* by AWS, *recorded* from a real answer that is quoted in public, *assumed* where nobody is known
to have seen it, *emulator_only* where the control plane of batchemu is needed. Probes are requests that are
generated from botocore's model; they ask only whether an answer is right in kind.
A percentage is rounded down. The first column is the one that is judged."""


def as_markdown(runs: Sequence[Run], note: str) -> str:
    parts = [_HEAD, *([note] if note else [])]
    for title, rows in tables(runs):
        parts += [f"## By {title}", markdown(rows)]
    parts += [f"## What {runs[0].endpoint} does not do", _list_of_failures(failures(runs[0]))]
    parts += ["## What is assumed", "An AWS account would settle these.", _assumptions(runs[0])]
    return "\n\n".join(parts) + "\n"


def _list_of_failures(found: Sequence[Result]) -> str:
    if not found:
        return "Every case and every probe passed."
    return "\n".join(
        f"- `{each.case.id}` ({_evidence(each.case)}): {_one_line(each.detail)}" for each in found
    )


def _one_line(detail: str) -> str:
    line = " ".join(detail.split())
    return line if len(line) <= 200 else f"{line[:200]}..."


def _assumptions(run: Run) -> str:
    return "\n".join(
        f"- `{result.case.id}`: {result.case.evidence.source}"
        for result in run.results
        if result.case.evidence.kind == ASSUMED
    )


def write(runs: Sequence[Run], folder: Path, *, note: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(as_json(runs), indent=1) + "\n", encoding="utf-8")
    (folder / "REPORT.md").write_text(as_markdown(runs, note), encoding="utf-8")
