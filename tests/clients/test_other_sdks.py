"""The JavaScript SDK and aiobotocore: what they make of the answers is what boto3 makes of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import batchemu
from tests.clients.play import Outcome, play
from tests.clients.tour import READY, TOURS, Step

if TYPE_CHECKING:
    from batchemu.emulator import Emulator
    from tests.clients.conftest import Player

_DRAWN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}")
_A_DAY_MS = 86_400_000
_ANY = pytest.mark.parametrize("client", ["javascript", "aiobotocore"])


def comparable(value: Any, start: int) -> Any:
    """Without what differs from run to run: drawn ids; times count from the start of the emulator."""
    if isinstance(value, dict):
        return {name: comparable(item, start) for name, item in value.items()}
    if isinstance(value, list):
        return [comparable(item, start) for item in value]
    if isinstance(value, str):
        return _DRAWN.sub("<drawn>", value)
    if isinstance(value, int) and 0 <= value - start <= _A_DAY_MS:
        return value - start
    return value


def boto3_outcomes(steps: list[Step]) -> list[Outcome]:
    with batchemu.start(runtime="scripted", clock="manual", aws="none") as emulator:
        start, client = emulator.clock.now(), emulator.client()
        outcomes = list(play(client, emulator.url, steps))
        client.close()
    return [comparable(outcome, start) for outcome in outcomes]


@pytest.mark.parametrize("steps", TOURS.values(), ids=TOURS.keys())
@_ANY
def test_a_tour_as_boto3_sees_it(
    emulator: Emulator, client: str, steps: list[Step], request: pytest.FixtureRequest
) -> None:
    """Members, numbers, pages and errors (their class, code, status and message) are the same."""
    player: Player = request.getfixturevalue(client)
    start = emulator.clock.now()
    outcomes = [comparable(each, start) for each in player.play(url=emulator.url, steps=steps)]
    assert outcomes == boto3_outcomes(steps)


def test_a_hundred_jobs_submitted_at_once(emulator: Emulator, aiobotocore: Player) -> None:
    """Each call has its own answer, and every job is there, once."""
    batch = emulator.client()
    assert list(play(batch, emulator.url, READY))

    made = [each["answer"] for each in aiobotocore.play(url=emulator.url, burst=100)]

    assert [each["jobName"] for each in made] == [f"job-{n}" for n in range(100)]
    ids = [each["jobId"] for each in made]
    named = {job["jobId"]: job["jobName"] for job in batch.describe_jobs(jobs=ids)["jobs"]}
    batch.close()
    assert named == {each["jobId"]: each["jobName"] for each in made}
    assert len(named) == 100
