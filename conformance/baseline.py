"""The cases that batchemu is known to pass: one of them that fails is a step back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.runner import FAILED, PASSED

if TYPE_CHECKING:
    from conformance.runner import Run

FILE = Path(__file__).with_name("baseline.json")


def load(path: Path = FILE) -> frozenset[str]:
    return frozenset(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else frozenset()


def fallen(run: Run, known: frozenset[str]) -> list[str]:
    """The ids of the baseline that the run did not pass."""
    return [result.case.id for result in run.results if result.outcome == FAILED and result.case.id in known]


def raise_to(run: Run, path: Path = FILE) -> int:
    """Add what passed; nothing is ever taken away. How many are new."""
    known = load(path)
    passed = {result.case.id for result in run.results if result.outcome == PASSED}
    path.write_text(json.dumps(sorted(known | passed), indent=0) + "\n", encoding="utf-8")
    return len(passed - known)
