"""Jobs that AWS Batch accepts and Amazon ECS does not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.answers import ignored, job_detail
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

TOO_LONG = "Container Overrides length must be at most 8192"


@aws.recorded("issue ASFHyP3/hyp3#3041 (2026), Netflix/metaflow#1482 (2024)")
def test_overrides_that_are_too_long_fail_the_job_after_its_submission(batch: Batch) -> None:
    batch.ready()
    batch.plan()
    overrides = {"environment": [{"name": "A", "value": "x" * 8192}]}
    job_id = batch.submit(containerOverrides=overrides)
    job = batch.job(job_id)
    assert (job["status"], job["statusReason"]) == ("FAILED", TOO_LONG)
    listed = batch.client.list_jobs(jobQueue="queue", jobStatus="FAILED")["jobSummaryList"]
    assert [each["statusReason"] for each in listed] == [TOO_LONG]


@aws.assumed("ECS takes no task, so no attempt is told of; that such a job is not retried is assumed too")
def test_a_job_that_ecs_refuses_has_no_attempt(batch: Batch) -> None:
    batch.ready()
    batch.plan()
    now = batch.emulator.clock.now()
    job_id = batch.submit(
        containerOverrides={"command": ["x" * 8192]}, retryStrategy={"attempts": 3, "evaluateOnExit": []}
    )
    job = batch.job(job_id)
    container = job.pop("container")
    assert container["command"] == ["x" * 8192]
    wanted = job_detail(
        job_id,
        status="FAILED",
        statusReason=TOO_LONG,
        createdAt=now,
        stoppedAt=now,
        retryStrategy={"attempts": 3, "evaluateOnExit": []},
    )
    del wanted["container"]
    assert job == wanted


@aws.documented("model: SubmitJobRequest.propagateTags")
def test_more_than_50_tags_to_propagate_fail_the_job(batch: Batch) -> None:
    batch.ready()
    batch.plan()
    batch.definition("tagged", tags={f"definition-{n}": "" for n in range(25)})
    tags = {f"job-{n}": "" for n in range(26)}
    members = {"jobDefinition": "tagged", "tags": tags}
    refused = batch.job(batch.submit(propagateTags=True, **members))
    assert (refused["status"], refused["propagateTags"], refused["tags"]) == ("FAILED", True, tags)
    assert refused["attempts"] == []
    taken = batch.submit(propagateTags=False, **members)
    batch.advance(0)
    assert batch.status(taken) == "SUCCEEDED"


@aws.emulator_only
def test_propagated_tags_are_named_as_without_further_effect(batch: Batch) -> None:
    batch.ready()
    made = batch.client.submit_job(
        jobName="job", jobQueue="queue", jobDefinition="definition", propagateTags=True
    )
    assert ignored(made) == ["propagateTags"]
