"""Timeouts, by the emulator's clock."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING

import pytest

import batchemu
from tests.api.conftest import Batch
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUTS = "https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html"
TIMED_OUT = "Job attempt duration exceeded timeout"


@pytest.fixture
def scaled() -> Iterator[Batch]:
    """An hour of the emulator's time passes in 3.6 s."""
    with batchemu.start(runtime="scripted", clock="scaled:1000", aws="none") as running:
        client = running.client()
        yield Batch(running, client)
        client.close()


def over(batch: Batch, job_id: str) -> str:
    url = f"{batch.emulator.url}/_batchemu/jobs/{job_id}/wait?timeout=30"
    with urllib.request.urlopen(url, timeout=60) as answer:
        return str(json.load(answer)["status"])


@aws.emulator_only
def test_on_a_scaled_clock_the_time_of_an_attempt_runs_at_its_rate(scaled: Batch) -> None:
    scaled.ready()
    scaled.plan(durationSeconds=86_400)
    job_id = scaled.submit(timeout={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 3})
    assert over(scaled, job_id) == "FAILED"
    job = scaled.job(job_id)
    assert (job["statusReason"], len(job["attempts"])) == (TIMED_OUT, 1)
    assert job["stoppedAt"] - job["startedAt"] >= 60_000


@aws.documented(TIMEOUTS)
def test_a_job_that_ends_in_time_is_not_stopped(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=59)
    job_id = batch.submit(timeout={"attemptDurationSeconds": 60})
    batch.advance(3600)
    job = batch.job(job_id)
    assert (job["status"], job["stoppedAt"] - job["startedAt"]) == ("SUCCEEDED", 59_000)


@pytest.mark.parametrize("on_stop", [0, 1, 137])
@aws.documented(TIMEOUTS)
def test_whatever_the_program_makes_of_the_signal_the_job_fails(batch: Batch, on_stop: int) -> None:
    batch.ready()
    batch.plan(durationSeconds=100, onStop=on_stop)
    rules = [{"onStatusReason": "Job attempt*", "action": "RETRY"}]
    job_id = batch.submit(
        timeout={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 3, "evaluateOnExit": rules}
    )
    batch.advance(60)
    job = batch.job(job_id)
    assert (job["status"], job["statusReason"]) == ("FAILED", TIMED_OUT)
    assert [each["container"]["exitCode"] for each in job["attempts"]] == [on_stop]


@aws.assumed("no text says what happens at the very second; both ends are legal, and there is one")
def test_an_end_at_the_very_second_of_the_timeout_is_one_end(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    job_id = batch.submit(timeout={"attemptDurationSeconds": 60})
    batch.advance(3600)
    job = batch.job(job_id)
    assert (job["status"], len(job["attempts"])) in {("SUCCEEDED", 1), ("FAILED", 1)}
    assert job["statusReason"] == job["attempts"][0]["statusReason"]


@aws.documented("model: JobTimeout.attemptDurationSeconds")
def test_there_is_no_longest_timeout(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    job_id = batch.submit(timeout={"attemptDurationSeconds": 2**31 - 1})
    batch.advance(60)
    assert batch.job(job_id)["timeout"] == {"attemptDurationSeconds": 2**31 - 1}
    assert batch.status(job_id) == "SUCCEEDED"
