"""CancelJob and TerminateJob, in every state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import batchemu
from tests.api.answers import body, job_detail, kind, run
from tests.api.conftest import Batch
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Iterator

CANCEL = "https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html"
TERMINATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_TerminateJob.html"
FLAGS = {"cancel": "isCancelled", "terminate": "isTerminated"}
both = pytest.mark.parametrize("verb", ["cancel", "terminate"])


@pytest.fixture
def slow() -> Iterator[Batch]:
    with batchemu.start(runtime="scripted", clock="manual", delays="aws") as running:
        client = running.client()
        batch = Batch(running, client)
        batch.environment()
        batch.advance(10)
        batch.queue()
        batch.advance(5)
        batch.definition()
        batch.plan(durationSeconds=60)
        yield batch
        client.close()


def end(batch: Batch, verb: str, job_id: str, reason: str = "no longer wanted") -> dict[str, Any]:
    return body(getattr(batch.client, f"{verb}_job")(jobId=job_id, reason=reason))


@both
@aws.documented(CANCEL)
def test_a_runnable_job_fails_with_the_reason(batch: Batch, verb: str) -> None:
    batch.ready()
    batch.client.update_compute_environment(computeEnvironment="ce", state="DISABLED")
    job_id = batch.submit(retryStrategy={"attempts": 3})
    now = batch.emulator.clock.now()
    assert end(batch, verb, job_id) == {}
    assert batch.job(job_id) == job_detail(
        job_id,
        status="FAILED",
        statusReason="no longer wanted",
        createdAt=now,
        stoppedAt=now,
        retryStrategy={"attempts": 3, "evaluateOnExit": []},
        **{FLAGS[verb]: True},
    )


@both
@aws.documented(CANCEL)
def test_a_submitted_job_fails_with_the_reason(slow: Batch, verb: str) -> None:
    job_id = slow.submit()
    end(slow, verb, job_id)
    now = slow.emulator.clock.now()
    failed = job_detail(
        job_id,
        status="FAILED",
        statusReason="no longer wanted",
        createdAt=now,
        stoppedAt=now,
        **{FLAGS[verb]: True},
    )
    assert slow.job(job_id) == failed
    slow.advance(100)
    assert slow.job(job_id) == failed


@both
@aws.documented(CANCEL)
def test_a_pending_job_fails_once_its_dependencies_are_over(batch: Batch, verb: str) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    first = batch.submit()
    job_id = batch.submit(dependsOn=[{"jobId": first}])
    end(batch, verb, job_id)
    assert batch.status(job_id) == "PENDING"
    batch.advance(60)
    now = batch.emulator.clock.now()
    assert batch.job(job_id) == job_detail(
        job_id,
        status="FAILED",
        statusReason="no longer wanted",
        createdAt=now - 60_000,
        stoppedAt=now,
        dependsOn=[{"jobId": first}],
        **{FLAGS[verb]: True},
    )


@aws.assumed("the caller's reason stands although a dependency failed later")
def test_a_cancelled_pending_job_keeps_its_reason_when_a_dependency_fails(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60, exitCode=1)
    job_id = batch.submit(dependsOn=[{"jobId": batch.submit()}])
    end(batch, "cancel", job_id)
    batch.advance(60)
    assert batch.job(job_id)["statusReason"] == "no longer wanted"


@aws.documented(CANCEL)
def test_cancelling_a_running_job_has_no_effect(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    job_id = batch.submit()
    before = batch.job(job_id)
    assert end(batch, "cancel", job_id) == {}
    assert batch.job(job_id) == before
    batch.advance(60)
    assert batch.status(job_id) == "SUCCEEDED"


@aws.documented(CANCEL)
def test_cancelling_a_starting_job_has_no_effect(slow: Batch) -> None:
    job_id = slow.submit()
    slow.advance(1)
    before = slow.job(job_id)
    assert before["status"] == "STARTING"
    end(slow, "cancel", job_id)
    assert slow.job(job_id) == before


@aws.documented(TERMINATE)
def test_a_running_job_is_stopped_and_fails_with_the_reason(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60, onStop=143)
    start = batch.emulator.clock.now()
    job_id = batch.submit(retryStrategy={"attempts": 3})
    batch.advance(10)
    assert end(batch, "terminate", job_id) == {}
    batch.advance(0)
    job = batch.job(job_id)
    ran = {**run(job), "exitCode": 143}
    times = {"startedAt": start, "stoppedAt": start + 10_000, "statusReason": "no longer wanted"}
    assert job == job_detail(
        job_id,
        ran,
        status="FAILED",
        createdAt=start,
        retryStrategy={"attempts": 3, "evaluateOnExit": []},
        attempts=[{"container": {**ran, "networkInterfaces": []}, **times}],
        isTerminated=True,
        **times,
    )


@aws.documented(TERMINATE)
def test_a_starting_job_is_terminated(slow: Batch) -> None:
    job_id = slow.submit(retryStrategy={"attempts": 3})
    slow.advance(1)
    end(slow, "terminate", job_id)
    slow.advance(0)
    job = slow.job(job_id)
    assert (job["status"], job["statusReason"]) == ("FAILED", "no longer wanted")
    assert "startedAt" not in job
    slow.advance(100)
    assert slow.job(job_id) == job


@aws.documented(TERMINATE)
def test_terminating_makes_room(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    four = {"resourceRequirements": [{"type": "VCPU", "value": "4"}]}
    first, second = (batch.submit(containerOverrides=four) for _ in range(2))
    end(batch, "terminate", first)
    batch.advance(0)
    assert (batch.status(first), batch.status(second)) == ("FAILED", "RUNNING")


@aws.documented(CANCEL)
def test_a_cancelled_head_lets_the_next_one_go(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    nine = {"resourceRequirements": [{"type": "VCPU", "value": "9"}]}
    head, small = batch.submit(containerOverrides=nine), batch.submit()
    assert batch.status(small) == "RUNNABLE"
    end(batch, "cancel", head)
    assert batch.status(small) == "RUNNING"


@both
@pytest.mark.parametrize("exit_code", [0, 1])
@aws.documented(TERMINATE)
def test_a_job_that_is_over_never_changes(batch: Batch, verb: str, exit_code: int) -> None:
    batch.ready()
    batch.plan(exitCode=exit_code)
    job_id = batch.submit()
    batch.advance(0)
    before = batch.job(job_id)
    assert end(batch, verb, job_id) == {}
    batch.advance(60)
    assert batch.job(job_id) == before


@aws.assumed("the first reason stands")
def test_a_second_termination_changes_nothing(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    job_id = batch.submit()
    end(batch, "terminate", job_id, "first")
    end(batch, "terminate", job_id, "second")
    batch.advance(60)
    assert batch.job(job_id)["statusReason"] == "first"


@aws.documented(TERMINATE)
def test_dependents_of_a_terminated_job_fail(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    first = batch.submit()
    second = batch.submit(dependsOn=[{"jobId": first}])
    end(batch, "terminate", first)
    batch.advance(0)
    job = batch.job(second)
    assert (job["status"], job["statusReason"]) == ("FAILED", "Dependent Job failed")


@both
@aws.recorded("issue aws/aws-cli#2551 (2017): any string is accepted")
def test_an_unknown_id_is_no_error(batch: Batch, verb: str) -> None:
    assert end(batch, verb, "nobody") == {}


@both
@pytest.mark.parametrize("members", [{"jobId": "", "reason": "r"}, {"jobId": "x", "reason": ""}])
@aws.recorded("issue getmoto/moto#5394: refused; the wording is not verified")
def test_empty_strings_are_refused(batch: Batch, refused: Any, verb: str, members: dict[str, str]) -> None:
    answer = refused(getattr(batch.client, f"{verb}_job"), **members)
    assert kind(answer) == ("ClientException", 400)


@both
@aws.assumed("the limit of 1024 characters is documented, the sentence is not known: " + CANCEL)
def test_a_reason_has_at_most_1024_characters(batch: Batch, refused: Any, verb: str) -> None:
    answer = refused(getattr(batch.client, f"{verb}_job"), jobId="x", reason="r" * 1025)
    assert kind(answer) == ("ClientException", 400)
    assert end(batch, verb, "x", "r" * 1024) == {}
