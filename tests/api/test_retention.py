"""How long what is over can still be described."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import batchemu
from batchemu.errors import SettingsError
from tests.api.answers import kind
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

DAY = 86_400
STATES = "https://docs.aws.amazon.com/batch/latest/userguide/job_states.html"
DEREGISTER = "https://docs.aws.amazon.com/batch/latest/APIReference/API_DeregisterJobDefinition.html"


@aws.documented(STATES)
@pytest.mark.parametrize("exit_code", [0, 1])
def test_a_finished_job_is_described_for_seven_days(batch: Batch, exit_code: int) -> None:
    batch.ready()
    batch.plan(exitCode=exit_code)
    job_id = batch.submit()
    batch.advance(0)
    before = batch.job(job_id)
    batch.advance(7 * DAY - 1)
    assert batch.job(job_id) == before
    (listed,) = batch.client.list_jobs(jobQueue="queue", jobStatus=before["status"])["jobSummaryList"]
    assert listed["jobId"] == job_id


@aws.assumed("at least 7 days are documented; that nothing is left a moment later is ours")
def test_after_seven_days_a_job_is_unknown(batch: Batch, refused: Any) -> None:
    batch.ready()
    batch.plan()
    job_id = batch.submit()
    batch.advance(7 * DAY)
    assert batch.client.describe_jobs(jobs=[job_id])["jobs"] == []
    everything = [{"name": "JOB_NAME", "values": ["*"]}]
    assert batch.client.list_jobs(jobQueue="queue", filters=everything)["jobSummaryList"] == []
    batch.client.terminate_job(jobId=job_id, reason="late")
    arn = f"arn:aws:batch:us-east-1:123456789012:job/{job_id}"
    assert kind(refused(batch.client.list_tags_for_resource, resourceArn=arn)) == ("ClientException", 400)
    members = {"jobName": "job", "jobQueue": "queue", "jobDefinition": "definition"}
    answer = refused(batch.client.submit_job, **members, dependsOn=[{"jobId": job_id}])
    assert kind(answer) == ("ClientException", 400)


@aws.assumed("the days are counted from the end, not from the submission")
def test_a_long_job_is_described_for_seven_days_more(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=10 * DAY)
    job_id = batch.submit()
    batch.advance(16 * DAY)
    assert batch.status(job_id) == "SUCCEEDED"
    batch.advance(DAY)
    assert batch.client.describe_jobs(jobs=[job_id])["jobs"] == []


@aws.documented(DEREGISTER)
def test_an_inactive_definition_is_described_for_180_days(batch: Batch, refused: Any) -> None:
    batch.ready()
    batch.client.deregister_job_definition(jobDefinition="definition:1")
    batch.advance(180 * DAY - 1)
    (found,) = batch.client.describe_job_definitions(jobDefinitionName="definition")["jobDefinitions"]
    assert found["status"] == "INACTIVE"
    batch.advance(1)
    assert batch.client.describe_job_definitions(jobDefinitionName="definition")["jobDefinitions"] == []
    assert batch.client.describe_job_definitions(jobDefinitions=["definition:1"])["jobDefinitions"] == []


@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html")
def test_a_revision_is_not_given_twice(batch: Batch) -> None:
    batch.ready()
    batch.client.deregister_job_definition(jobDefinition="definition:1")
    batch.advance(181 * DAY)
    assert batch.definition().endswith(":2")


@aws.emulator_only
def test_the_days_can_be_set() -> None:
    with batchemu.start(runtime="scripted", clock="manual", retention=0.5) as running:
        client = running.client()
        client.register_job_definition(
            jobDefinitionName="d",
            type="container",
            containerProperties={"image": "i", "vcpus": 1, "memory": 4},
        )
        environment = {"type": "EC2", "minvCpus": 0, "maxvCpus": 4, "instanceTypes": ["optimal"]}
        client.create_compute_environment(
            computeEnvironmentName="ce",
            type="MANAGED",
            computeResources={
                **environment,
                "subnets": ["s"],
                "securityGroupIds": ["g"],
                "instanceRole": "ecsInstanceRole",
            },
        )
        order = [{"order": 1, "computeEnvironment": "ce"}]
        client.create_job_queue(jobQueueName="q", priority=1, computeEnvironmentOrder=order)
        job_id = client.submit_job(jobName="j", jobQueue="q", jobDefinition="d")["jobId"]
        running.clock.advance(hours=11)
        assert client.describe_jobs(jobs=[job_id])["jobs"][0]["status"] == "FAILED"
        running.clock.advance(hours=1)
        assert client.describe_jobs(jobs=[job_id])["jobs"] == []
        client.close()


@aws.emulator_only
@pytest.mark.parametrize("days", [0, -1, 40_000])
def test_days_that_cannot_be_are_refused(days: float) -> None:
    with pytest.raises(SettingsError, match="The retention must be between"):
        batchemu.start(runtime="scripted", retention=days)
