"""CancelJobs, TerminateJobs, TerminateServiceJobs: each job by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import body, kind
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

CANCEL = "https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJobs.html"
TERMINATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_TerminateJobs.html"
SERVICE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_TerminateServiceJobs.html"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
OPERATIONS = ("cancel_jobs", "terminate_jobs", "terminate_service_jobs")
every_operation = pytest.mark.parametrize("operation", OPERATIONS)


def state(batch: Batch, job_id: str) -> tuple[str, str | None]:
    job = batch.job(job_id)
    return job["status"], job.get("statusReason")


@pytest.fixture
def jobs(batch: Batch) -> list[str]:
    """Four jobs that run and two that wait."""
    batch.ready()
    batch.plan(durationSeconds=60)
    return [batch.submit() for _ in range(6)]


@aws.documented(CANCEL)
def test_those_that_wait_are_cancelled_and_the_others_left_alone(batch: Batch, jobs: list[str]) -> None:
    answer = batch.client.cancel_jobs(jobs=[jobs[5], jobs[0], jobs[4]], reason="no")
    assert body(answer) == {"successful": [jobs[5], jobs[0], jobs[4]], "errors": []}
    batch.advance(0)
    assert [state(batch, job_id) for job_id in jobs[3:]] == [
        ("RUNNING", None),
        ("FAILED", "no"),
        ("FAILED", "no"),
    ]
    assert (batch.job(jobs[4])["isCancelled"], batch.status(jobs[0])) == (True, "RUNNING")


@aws.documented(TERMINATE)
def test_all_are_terminated(batch: Batch, jobs: list[str]) -> None:
    answer = batch.client.terminate_jobs(jobs=jobs, reason="no")
    assert body(answer) == {"successful": jobs, "errors": []}
    batch.advance(0)
    assert {state(batch, job_id) for job_id in jobs} == {("FAILED", "no")}
    assert all(batch.job(job_id)["isTerminated"] for job_id in jobs)


@aws.documented(SERVICE)
def test_service_jobs_are_terminated(batch: Batch) -> None:
    batch.service_ready()
    batch.plan(serviceJob=True, durationSeconds=60)
    jobs = [batch.train() for _ in range(3)]
    answer = batch.client.terminate_service_jobs(jobs=jobs, reason="no")
    assert body(answer) == {"successful": jobs, "errors": []}
    batch.advance(0)
    found = [batch.training(job_id) for job_id in jobs]
    assert {(job["status"], job["statusReason"], job["isTerminated"]) for job in found} == {
        ("FAILED", "no", True)
    }


@every_operation
@aws.documented(CANCEL + ": jobs that can't be found are treated as successfully processed")
def test_unknown_jobs_are_successful(batch: Batch, operation: str) -> None:
    unknown = [UNKNOWN, f"{UNKNOWN}:3", f"{UNKNOWN}#0"]
    answer = getattr(batch.client, operation)(jobs=unknown, reason="no")
    assert body(answer) == {"successful": unknown, "errors": []}


@every_operation
@aws.assumed("the sentence is that of DescribeJobs; the code: " + CANCEL)
def test_a_malformed_id_is_an_error_of_its_own(batch: Batch, operation: str) -> None:
    answer = getattr(batch.client, operation)(jobs=["a b", UNKNOWN, ""], reason="no")
    assert body(answer) == {
        "successful": [UNKNOWN],
        "errors": [
            {
                "job": bad,
                "code": "ValidationException",
                "message": f"Provided name {bad} is not supported pattern[a-zA-Z_0-9-]{{1,128}}",
            }
            for bad in ("a b", "")
        ],
    }


@every_operation
@pytest.mark.parametrize("members", [{"jobs": [UNKNOWN] * 51}, {"reason": ""}, {"reason": "x" * 1025}])
@aws.assumed(f"the limits are documented, the sentences are not known: {CANCEL}")
def test_a_request_that_cannot_be_ends_no_job(
    batch: Batch, refused: Any, operation: str, members: dict[str, Any], jobs: list[str]
) -> None:
    request = {"jobs": jobs, "reason": "no", **members}
    assert kind(refused(getattr(batch.client, operation), **request)) == ("ClientException", 400)
    batch.advance(0)
    assert {batch.status(job_id) for job_id in jobs} == {"RUNNING", "RUNNABLE"}


@every_operation
@aws.assumed("nothing to do is done")
def test_no_jobs_and_fifty_jobs_are_taken(batch: Batch, operation: str) -> None:
    call = getattr(batch.client, operation)
    assert body(call(jobs=[], reason="no")) == {"successful": [], "errors": []}
    fifty = [f"{UNKNOWN[:-2]}{number:02}" for number in range(50)]
    assert body(call(jobs=fifty, reason="x" * 1024)) == {"successful": fifty, "errors": []}


@aws.assumed("a job named twice is answered once")
def test_a_job_named_twice_is_ended_once(batch: Batch, jobs: list[str]) -> None:
    answer = batch.client.terminate_jobs(jobs=[jobs[0], jobs[0]], reason="no")
    assert body(answer) == {"successful": [jobs[0]], "errors": []}


@aws.documented(SERVICE)
def test_each_operation_ends_jobs_of_its_own_kind_alone(batch: Batch, jobs: list[str]) -> None:
    batch.service_ready()
    batch.plan(serviceJob=True, durationSeconds=60)
    service_job = batch.train()
    batch.client.terminate_jobs(jobs=[service_job], reason="no")
    batch.client.terminate_service_jobs(jobs=[jobs[0]], reason="no")
    batch.advance(0)
    assert (batch.training_status(service_job), batch.status(jobs[0])) == ("RUNNING", "RUNNING")
