"""The house stands as drawn: who may import whom, and what the core never touches."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_the_layers_hold() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_core_makes_no_banned_call(tmp_path: Path) -> None:
    clean = run("ruff", "check", "batchemu/core")
    assert clean.returncode == 0, clean.stdout
    source = "import datetime\n\n\ndef now() -> object:\n    return datetime.datetime.now()\n"
    trial = ROOT / "batchemu" / "core" / "_trial_of_the_ban.py"
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename", str(trial), "-"],
        cwd=ROOT,
        input=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "the core never asks the time" in found.stdout.lower(), "the ban itself does not work"


def test_importing_batchemu_costs_next_to_nothing() -> None:
    heavy = ("flask", "botocore", "docker", "moto")
    code = f"import sys, batchemu; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
