"""The tables of states."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batchemu.core.ids import Millis
from batchemu.core.transitions import (
    JOB_TRANSITIONS,
    RESOURCE_TRANSITIONS,
    SERVICE_JOB_TRANSITIONS,
    IllegalTransition,
    move,
)
from batchemu.core.world import TERMINAL, JobStatus

if TYPE_CHECKING:
    from tests.core.lab import Lab

PAGE = Path(__file__).parents[2] / "docs" / "states.md"


def test_every_status_has_its_row_and_the_terminal_ones_lead_nowhere() -> None:
    assert set(JOB_TRANSITIONS) == set(JobStatus)
    assert {status for status, after in JOB_TRANSITIONS.items() if not after} == TERMINAL


def test_an_illegal_transition_raises_and_changes_nothing(lab: Lab) -> None:
    job = lab.job(lab.submit())
    with pytest.raises(IllegalTransition, match="STARTING -> SUCCEEDED"):
        move(lab.world, job, JobStatus.SUCCEEDED, [], at=Millis(1))
    assert lab.status(job.job_id) == "STARTING"


def page() -> str:
    lines = ["# States", "", "Drawn from `batchemu/core/transitions.py` by a test.", ""]
    for title, table in (
        ("Jobs", JOB_TRANSITIONS),
        ("Service jobs", SERVICE_JOB_TRANSITIONS),
        ("Environments, job queues and quota shares", RESOURCE_TRANSITIONS),
    ):
        lines += [f"## {title}", "", "```mermaid", "stateDiagram-v2"]
        for before, after in table.items():  # type: ignore[attr-defined]
            lines += [f"    {before} --> {to}" for to in sorted(after)]
            if not after or before == "DELETING":
                lines.append(f"    {before} --> [*]")
        lines += ["```", ""]
    return "\n".join(lines)


def test_the_page_of_states_is_drawn_from_the_tables() -> None:
    assert PAGE.read_text() == page(), f"docs/states.md is out of date; it should read:\n{page()}"
