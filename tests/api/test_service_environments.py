"""Create-, Describe-, Update- and DeleteServiceEnvironment(s)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batchemu.core.training_instances import KNOWN
from tests.api.answers import body, client_error, inner, kind
from tests.api.conftest import BATCH, INSTANCE
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

CREATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateServiceEnvironment.html"
UPDATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateServiceEnvironment.html"
DELETE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_DeleteServiceEnvironment.html"
LIMIT = "https://docs.aws.amazon.com/batch/latest/APIReference/API_CapacityLimit.html"
PREFLIGHT = "https://github.com/badmintoncryer/cdk-preflight rules/batch/se-*"
ARN = f"{BATCH}:service-environment/se"


def limits(**most: int) -> list[dict[str, Any]]:
    return [{"maxCapacity": number, "capacityUnit": unit} for unit, number in most.items()]


def request(**members: Any) -> dict[str, Any]:
    return {
        "serviceEnvironmentName": "se",
        "serviceEnvironmentType": "SAGEMAKER_TRAINING",
        "capacityLimits": limits(NUM_INSTANCES=1),
        **members,
    }


def detail(**members: Any) -> dict[str, Any]:
    return {
        "serviceEnvironmentName": "se",
        "serviceEnvironmentArn": ARN,
        "serviceEnvironmentType": "SAGEMAKER_TRAINING",
        "state": "ENABLED",
        "status": "VALID",
        "capacityLimits": limits(NUM_INSTANCES=1),
        "tags": {},
        **members,
    }


def described(batch: Batch, *names: str) -> list[dict[str, Any]]:
    return list(batch.client.describe_service_environments(serviceEnvironments=names)["serviceEnvironments"])


@aws.documented(CREATE)
def test_creating_answers_name_and_arn(batch: Batch) -> None:
    made = batch.client.create_service_environment(**request())
    assert body(made) == {"serviceEnvironmentName": "se", "serviceEnvironmentArn": ARN}


@aws.documented(CREATE)
def test_an_environment_keeps_what_was_sent(batch: Batch) -> None:
    by_type = limits(**{INSTANCE: 2, "ml.p4d.24xlarge": 1})
    batch.client.create_service_environment(
        **request(state="DISABLED", capacityLimits=by_type, tags={"team": "x"})
    )
    assert described(batch, "se") == [detail(state="DISABLED", capacityLimits=by_type, tags={"team": "x"})]


@aws.assumed("as every other Describe operation")
def test_environments_are_found_by_name_and_arn_and_unknown_ones_are_left_out(batch: Batch) -> None:
    arn = batch.service_environment("a")
    batch.service_environment("b")
    found = described(batch, "b", "nobody", arn)
    assert [each["serviceEnvironmentName"] for each in found] == ["b", "a"]


@aws.recorded("issue aws-cloudformation/cloudformation-coverage-roadmap#2463 (for job queues)")
def test_a_name_that_is_taken_is_a_conflict(batch: Batch, refused: Any) -> None:
    batch.service_environment()
    answer = refused(
        batch.client.create_service_environment, **request(capacityLimits=limits(NUM_INSTANCES=9))
    )
    assert answer == ("ClientException", 409, "Object already exists")
    assert described(batch, "se") == [detail()]


BAD_LIMITS = [
    ([], "Capacitylimits are required."),
    (
        limits(**{f"ml.m5.{size}": 1 for size in ("large", "xlarge", "a", "b", "c", "d")}),
        "Number of capacity limits exceeds 5.",
    ),
    (limits(NUM_INSTANCES=0), "Max capacity must be more than 0."),
    (limits(**{INSTANCE: -1}), "Max capacity must be more than 0."),
    (
        limits(**{"NUM_INSTANCES": 1, INSTANCE: 1}),
        "Capacity units must specify either number of instances OR instance type, but not both",
    ),
    (limits(VCPU=1), f"VCPU is unknown capacity unit in [{', '.join(sorted(KNOWN))}]"),
    (limits(**{"m5.large": 1}), f"m5.large is unknown capacity unit in [{', '.join(sorted(KNOWN))}]"),
    (limits(**{"ml.m5.tiny": 1}), f"ml.m5.tiny is unknown capacity unit in [{', '.join(sorted(KNOWN))}]"),
]


@aws.recorded(PREFLIGHT)
def test_a_name_that_cannot_be_is_refused(batch: Batch, refused: Any) -> None:
    answer = refused(batch.client.create_service_environment, **request(serviceEnvironmentName="two words"))
    assert inner(answer) == client_error("Service environment name should match a valid pattern.")


@pytest.mark.parametrize(("bad", "text"), BAD_LIMITS)
@aws.recorded(PREFLIGHT)
def test_limits_that_cannot_be_are_refused(batch: Batch, refused: Any, bad: Any, text: str) -> None:
    answer = refused(batch.client.create_service_environment, **request(capacityLimits=bad))
    assert inner(answer) == client_error(text)
    assert batch.client.describe_service_environments()["serviceEnvironments"] == []


@aws.assumed("the sentence is not known")
def test_one_unit_twice_is_refused(batch: Batch, refused: Any) -> None:
    twice = [*limits(**{INSTANCE: 1}), *limits(**{INSTANCE: 2})]
    answer = refused(batch.client.create_service_environment, **request(capacityLimits=twice))
    assert kind(answer) == ("ClientException", 400)


# --- update


@aws.documented(UPDATE)
def test_an_update_changes_what_it_names_and_nothing_else(batch: Batch) -> None:
    arn = batch.service_environment()
    answer = batch.client.update_service_environment(serviceEnvironment=arn, state="DISABLED")
    assert body(answer) == {"serviceEnvironmentName": "se", "serviceEnvironmentArn": arn}
    assert described(batch, "se") == [detail(state="DISABLED")]
    new = limits(NUM_INSTANCES=7)
    batch.client.update_service_environment(serviceEnvironment="se", capacityLimits=new)
    assert described(batch, "se") == [detail(state="DISABLED", capacityLimits=new)]


@pytest.mark.parametrize(("bad", "text"), BAD_LIMITS)
@aws.assumed("as on creation")
def test_an_update_that_cannot_be_changes_nothing(batch: Batch, refused: Any, bad: Any, text: str) -> None:
    batch.service_environment()
    answer = refused(
        batch.client.update_service_environment,
        serviceEnvironment="se",
        state="DISABLED",
        capacityLimits=bad,
    )
    assert inner(answer) == client_error(text)
    assert described(batch, "se") == [detail()]


@pytest.mark.parametrize("asked", ["nobody", f"{BATCH}:service-environment/nobody"])
@aws.assumed("as for job queues")
def test_an_unknown_environment_cannot_be_updated(batch: Batch, refused: Any, asked: str) -> None:
    answer = refused(batch.client.update_service_environment, serviceEnvironment=asked, state="DISABLED")
    assert answer == client_error(f"{BATCH}:service-environment/nobody does not exist")


@aws.documented(LIMIT)
def test_more_capacity_starts_what_waits(batch: Batch) -> None:
    batch.service_ready()
    batch.plan(serviceJob=True, durationSeconds=60)
    first, second = batch.train(), batch.train()
    batch.advance(0)
    assert [batch.training_status(each) for each in (first, second)] == ["RUNNING", "RUNNABLE"]
    batch.client.update_service_environment(serviceEnvironment="se", capacityLimits=limits(NUM_INSTANCES=2))
    batch.advance(0)
    assert batch.training_status(second) == "RUNNING"


@aws.assumed("what runs counts on, in whatever unit the limits are")
def test_limits_by_type_count_what_started_under_limits_by_number(batch: Batch) -> None:
    batch.service_ready()
    batch.plan(serviceJob=True, durationSeconds=60)
    batch.train()
    batch.client.update_service_environment(serviceEnvironment="se", capacityLimits=limits(**{INSTANCE: 1}))
    second = batch.train()
    assert batch.training_status(second) == "RUNNABLE"
    batch.advance(60)
    assert batch.training_status(second) == "RUNNING"


# --- delete


@aws.documented(DELETE)
def test_a_disabled_environment_is_deleted_and_its_name_is_free(batch: Batch) -> None:
    arn = batch.service_environment(most=5, tags={"a": "b"})
    batch.client.update_service_environment(serviceEnvironment="se", state="DISABLED")
    assert body(batch.client.delete_service_environment(serviceEnvironment=arn)) == {}
    assert described(batch, "se") == []
    batch.service_environment()
    assert described(batch, "se") == [detail()]


@aws.assumed("the rule is documented, the sentence is not known: " + DELETE)
def test_an_enabled_environment_is_not_deleted(batch: Batch, refused: Any) -> None:
    batch.service_environment()
    answer = refused(batch.client.delete_service_environment, serviceEnvironment="se")
    assert kind(answer) == ("ClientException", 400)
    assert described(batch, "se") == [detail()]


@aws.assumed("the rule is documented, the sentence is that of compute environments: " + DELETE)
def test_an_environment_of_a_queue_is_not_deleted(batch: Batch, refused: Any) -> None:
    batch.service_ready()
    batch.client.update_service_environment(serviceEnvironment="se", state="DISABLED")
    answer = refused(batch.client.delete_service_environment, serviceEnvironment="se")
    assert answer == client_error("Cannot delete, found existing JobQueue relationship.")
    assert described(batch, "se") == [detail(state="DISABLED")]


@aws.assumed("as a compute environment: it stays until its last job has ended")
def test_a_deleted_environment_stays_while_jobs_run_on_it(batch: Batch) -> None:
    batch.service_ready()
    batch.plan(serviceJob=True, durationSeconds=60)
    job_id = batch.train()
    batch.service_environment("other")
    batch.client.update_job_queue(
        jobQueue="training", serviceEnvironmentOrder=[{"order": 1, "serviceEnvironment": "other"}]
    )
    batch.client.update_service_environment(serviceEnvironment="se", state="DISABLED")
    batch.client.delete_service_environment(serviceEnvironment="se")
    assert described(batch, "se") == [detail(state="DISABLED", status="DELETING")]
    batch.advance(60)
    assert (batch.training_status(job_id), described(batch, "se")) == ("SUCCEEDED", [])


@aws.recorded("issue aws/aws-cli#2551 (2017): other delete operations answer the same")
def test_deleting_what_does_not_exist_succeeds(batch: Batch) -> None:
    assert body(batch.client.delete_service_environment(serviceEnvironment="nobody")) == {}
