"""An emulator in this process and its control plane, by HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

import batchemu
from tests.api.conftest import Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def batch() -> Iterator[Batch]:
    """Scripted outcomes, a clock that stands still; an environment, a queue and a definition."""
    with batchemu.start(runtime="scripted", clock="manual") as emulator:
        client = emulator.client()
        made = Batch(emulator, client)
        made.ready()
        yield made
        client.close()


@pytest.fixture
def ask(batch: Batch) -> Ask:
    """``ask(method, path, body)``: status and answer of the control plane."""

    def run(method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{batch.emulator.url}/_batchemu/{path}", data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    return run
