"""Unmodified clients of AWS Batch, each against a server on a socket."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import batchemu
from tests.e2e.conftest import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.emulator import Emulator
    from tests.clients.play import Outcome

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A new one each time: a tour begins in an empty account, at a time that stands still."""
    with batchemu.start(runtime="scripted", clock="manual", aws="none") as running:
        yield running


@dataclass(frozen=True)
class Player:
    """A program that plays tours with a client of its own."""

    command: tuple[str, ...]
    env: dict[str, str]

    def play(self, **given: Any) -> list[Outcome]:
        """What it prints for ``given``: one outcome for each step."""
        done = subprocess.run(
            self.command,
            input=json.dumps(given),
            env={**os.environ, **ENVIRONMENT, **self.env},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


def folder_of(client: str) -> Path:
    """The folder that scripts/clients.sh has made for a client; a failure says what is missing."""
    done = subprocess.run(
        [ROOT / "scripts" / "clients.sh", client], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(done.stderr, pytrace=False)
    return Path(done.stdout.strip())


@pytest.fixture(scope="session")
def javascript() -> Player:
    """The JavaScript SDK, version 3."""
    folder = folder_of("js")
    return Player(("node", str(HERE / "js" / "play.cjs")), {"NODE_PATH": str(folder / "node_modules")})


@pytest.fixture(scope="session")
def aiobotocore() -> Player:
    """aiobotocore, with an older botocore than the server's."""
    python = folder_of("aiobotocore") / "bin" / "python"
    return Player((str(python), "-m", "tests.clients.aio_play"), {"PYTHONPATH": str(ROOT)})
