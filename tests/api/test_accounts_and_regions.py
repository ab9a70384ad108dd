"""A 12-digit access key id is an account; every account and region is a world of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import client_error, kind
from tests.api.conftest import Batch
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHERS = [
    ({"account": "210987654321"}, "arn:aws:batch:us-east-1:210987654321"),
    ({"region": "eu-west-1"}, "arn:aws:batch:eu-west-1:123456789012"),
    ({"region": "cn-north-1"}, "arn:aws-cn:batch:cn-north-1:123456789012"),
    ({"region": "us-gov-west-1"}, "arn:aws-us-gov:batch:us-gov-west-1:123456789012"),
]
elsewhere = pytest.mark.parametrize(("where", "prefix"), OTHERS)


@pytest.fixture
def other(batch: Batch, where: dict[str, str]) -> Iterator[Batch]:
    client = batch.emulator.client(**where)  # type: ignore[arg-type]
    yield Batch(batch.emulator, client)
    client.close()


@elsewhere
@aws.documented("https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html")
def test_arns_carry_account_and_region(other: Batch, prefix: str) -> None:
    assert other.environment() == f"{prefix}:compute-environment/ce"
    assert other.queue() == f"{prefix}:job-queue/queue"
    assert other.definition() == f"{prefix}:job-definition/definition:1"
    job = other.job(other.submit())
    assert job["jobArn"] == f"{prefix}:job/{job['jobId']}"
    assert job["container"]["taskArn"].startswith(f"{prefix.replace(':batch:', ':ecs:')}:task/AWSBatch-ce-")


@elsewhere
@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html")
def test_worlds_do_not_see_each_other(batch: Batch, other: Batch, refused: Any, prefix: str) -> None:
    batch.ready()
    job_id = batch.submit()
    for key in ("compute_environments", "job_queues", "job_definitions"):
        answer = getattr(other.client, f"describe_{key}")()
        assert [value for name, value in answer.items() if name != "ResponseMetadata"] == [[]]
    assert other.client.describe_jobs(jobs=[job_id])["jobs"] == []
    members = {"jobName": "j", "jobQueue": "queue", "jobDefinition": "definition"}
    assert refused(other.client.submit_job, **members) == client_error("JobQueue queue not found.")
    other.ready()  # the same names are free there
    assert prefix in other.client.describe_job_queues()["jobQueues"][0]["jobQueueArn"]


@elsewhere
@aws.assumed("an ARN of elsewhere means nothing here")
def test_an_arn_of_elsewhere_means_nothing_here(
    batch: Batch, other: Batch, refused: Any, prefix: str
) -> None:
    batch.ready()
    other.ready()
    arn = f"{prefix}:job-queue/queue"
    assert batch.client.describe_job_queues(jobQueues=[arn])["jobQueues"] == []
    assert kind(refused(batch.client.list_tags_for_resource, resourceArn=arn)) == ("ClientException", 400)
    answer = refused(batch.client.list_jobs, jobQueue=arn)
    assert kind(answer) == ("ClientException", 400)


@elsewhere
@aws.emulator_only
def test_capacity_and_names_of_jobs_are_each_worlds_own(batch: Batch, other: Batch, prefix: str) -> None:
    batch.plan(durationSeconds=60)
    for each in (batch, other):
        each.ready()
        jobs = [each.submit() for _ in range(5)]
        assert [each.status(job) for job in jobs] == ["RUNNING"] * 4 + ["RUNNABLE"]
    assert prefix not in batch.environment("more")


@aws.emulator_only
def test_any_other_access_key_is_the_default_account(batch: Batch) -> None:
    other = batch.emulator.client(account="AKIAIOSFODNN7EXAMPLE")
    batch.environment()
    assert len(other.describe_compute_environments()["computeEnvironments"]) == 1
    other.close()
