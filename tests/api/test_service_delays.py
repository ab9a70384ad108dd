"""Service environments, quota shares and service jobs that take their time, as on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import batchemu
from tests.api.answers import client_error, inner, kind
from tests.api.conftest import INSTANCE, Batch, quota_share
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVIRONMENT = "https://docs.aws.amazon.com/batch/latest/APIReference/API_ServiceEnvironmentDetail.html"
SHARE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_QuotaShareDetail.html"
MODIFIED = "resource is being modified"


@pytest.fixture(scope="module")
def running() -> Iterator[batchemu.Emulator]:
    with batchemu.start(runtime="scripted", clock="manual", delays="aws") as emulator:
        yield emulator


@pytest.fixture
def slow(running: batchemu.Emulator) -> Iterator[Batch]:
    client = running.client()
    yield Batch(running, client)
    client.close()
    running.reset()


def settle(batch: Batch) -> None:
    batch.advance(60)


def environment_status(batch: Batch) -> list[str]:
    found = batch.client.describe_service_environments()["serviceEnvironments"]
    return [each["status"] for each in found]


@aws.documented(ENVIRONMENT)
def test_an_environment_is_created_updated_and_deleted_in_its_time(slow: Batch) -> None:
    slow.service_environment()
    seen = environment_status(slow)
    settle(slow)
    slow.client.update_service_environment(serviceEnvironment="se", state="DISABLED")
    seen += environment_status(slow)
    settle(slow)
    slow.client.delete_service_environment(serviceEnvironment="se")
    seen += environment_status(slow)
    settle(slow)
    assert (seen, environment_status(slow)) == (["CREATING", "UPDATING", "DELETING"], [])


@aws.recorded("cdk-preflight rules/batch/jq-*; that what is UPDATING can be attached is assumed")
def test_an_environment_that_is_being_created_cannot_be_attached(slow: Batch, refused: Any) -> None:
    slow.service_environment()
    assert inner(refused(slow.service_queue)) == client_error(
        "Service environments must be created and valid before attaching them to a job queue."
    )
    settle(slow)
    slow.client.update_service_environment(serviceEnvironment="se", state="ENABLED")
    slow.service_queue()


@aws.recorded("issue astronomer/astronomer-providers#413 (2022) for job queues")
def test_what_is_being_changed_is_left_alone(slow: Batch, refused: Any) -> None:
    slow.service_environment(unit=INSTANCE)
    client = slow.client
    calls = [
        (client.update_service_environment, {"serviceEnvironment": "se", "state": "DISABLED"}),
        (client.delete_service_environment, {"serviceEnvironment": "se"}),
    ]
    for call, members in calls:
        assert MODIFIED in refused(call, **members)[2]
    settle(slow)
    slow.service_queue(schedulingPolicyArn=slow.quota_policy())
    assert kind(refused(client.create_quota_share, **quota_share())) == ("ClientException", 400)
    settle(slow)
    share = {"quotaShareArn": slow.share()}
    for call, members in (
        (client.update_quota_share, {"state": "DISABLED"}),
        (client.delete_quota_share, {}),
    ):
        assert MODIFIED in refused(call, **share, **members)[2]


@aws.documented(SHARE)
def test_a_share_takes_jobs_once_it_is_valid_and_until_it_is_deleted(slow: Batch, refused: Any) -> None:
    slow.service_environment(unit=INSTANCE)
    settle(slow)
    slow.service_queue(schedulingPolicyArn=slow.quota_policy())
    settle(slow)
    arn = slow.share()
    assert kind(refused(slow.train, quotaShareName="share")) == ("ClientException", 400)
    settle(slow)
    slow.plan(serviceJob=True, durationSeconds=3600)
    job_id = slow.train(quotaShareName="share")
    assert slow.training_status(job_id) == "SUBMITTED"
    settle(slow)
    assert slow.training_status(job_id) == "RUNNING"
    slow.client.update_quota_share(quotaShareArn=arn, state="DISABLED")
    settle(slow)
    slow.client.delete_quota_share(quotaShareArn=arn)
    assert slow.client.describe_quota_share(quotaShareArn=arn)["status"] == "DELETING"
    settle(slow)
    assert slow.client.list_quota_shares(jobQueue="training")["quotaShares"] == []
    assert slow.training_status(job_id) == "FAILED"
