"""Consumable resources, and the jobs that need them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import EXITED, body, client_error, inner, kind
from tests.api.conftest import ACCOUNT, BATCH, needs
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

AWARE = "https://docs.aws.amazon.com/batch/latest/userguide/resource-aware-scheduling"
FOR_JOBS = f"{AWARE}-how-to-for-jobs.html"
CHECK = f"{AWARE}-how-to-check-resources-check-resources.html"
DELETE = f"{AWARE}-how-to-delete.html"
CREATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateConsumableResource.html"
UPDATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateConsumableResource.html"
LIST = "https://docs.aws.amazon.com/batch/latest/APIReference/API_ListConsumableResources.html"
JOBS = "https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobsByConsumableResource.html"
PREFLIGHT = "https://github.com/badmintoncryer/cdk-preflight rules/batch/cr-*, jd-consumable-*"
ARN = f"{BATCH}:consumable-resource/license"


def described(batch: Batch, name: str = "license") -> dict[str, Any]:
    return body(batch.client.describe_consumable_resource(consumableResource=name))


def stock(batch: Batch, name: str = "license") -> tuple[int, int, int]:
    """In all, in use, available."""
    found = described(batch, name)
    return found["totalQuantity"], found["inUseQuantity"], found["availableQuantity"]


def updated(batch: Batch, **members: Any) -> int:
    answer = batch.client.update_consumable_resource(consumableResource="license", **members)
    return int(answer["totalQuantity"])


def submit(batch: Batch, name: str = "job", **quantities: int) -> str:
    return batch.submit(name, consumableResourcePropertiesOverride=needs(**quantities))


# --- create, describe, list


@aws.documented(CREATE)
def test_creating_answers_name_and_arn(batch: Batch) -> None:
    made = batch.client.create_consumable_resource(consumableResourceName="license", totalQuantity=5)
    assert body(made) == {"consumableResourceName": "license", "consumableResourceArn": ARN}


@pytest.mark.parametrize("asked", ["license", ARN])
@aws.documented(CHECK)
def test_a_resource_is_described(batch: Batch, asked: str) -> None:
    batch.consumable(total=5, resourceType="NON_REPLENISHABLE", tags={"team": "x"})
    assert described(batch, asked) == {
        "consumableResourceName": "license",
        "consumableResourceArn": ARN,
        "totalQuantity": 5,
        "inUseQuantity": 0,
        "availableQuantity": 5,
        "resourceType": "NON_REPLENISHABLE",
        "createdAt": batch.emulator.clock.now(),
        "tags": {"team": "x"},
    }


@aws.documented(CREATE)
def test_a_resource_is_replenishable_by_default(batch: Batch) -> None:
    batch.client.create_consumable_resource(consumableResourceName="license")
    found = described(batch)
    assert (found["resourceType"], found["totalQuantity"]) == ("REPLENISHABLE", 0)


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"consumableResourceName": "two words"}, "ConsumableResource name should match a valid pattern."),
        ({"totalQuantity": -1}, "totalQuantity cannot be a negative number."),
    ],
)
@aws.recorded(PREFLIGHT)
def test_a_resource_that_cannot_be_is_refused(
    batch: Batch, refused: Any, members: dict[str, Any], text: str
) -> None:
    request = {"consumableResourceName": "license", **members}
    answer = refused(batch.client.create_consumable_resource, **request)
    assert inner(answer) == client_error(text)
    assert batch.client.list_consumable_resources()["consumableResources"] == []


@aws.assumed("the values are documented, the sentence is not known: " + CREATE)
def test_an_unknown_type_is_refused(batch: Batch, refused: Any) -> None:
    answer = refused(
        batch.client.create_consumable_resource, consumableResourceName="license", resourceType="ENDLESS"
    )
    assert kind(answer) == ("ClientException", 400)


@aws.recorded("issue aws-cloudformation/cloudformation-coverage-roadmap#2463 (for job queues)")
def test_a_name_that_is_taken_is_a_conflict(batch: Batch, refused: Any) -> None:
    batch.consumable(total=3)
    answer = refused(
        batch.client.create_consumable_resource, consumableResourceName="license", totalQuantity=9
    )
    assert answer == ("ClientException", 409, "Object already exists")
    assert stock(batch) == (3, 0, 3)


@pytest.mark.parametrize(
    "asked",
    [
        "nobody",
        f"arn:aws:batch:eu-west-1:{ACCOUNT}:consumable-resource/license",
        "arn:aws:batch:us-east-1:111111111111:consumable-resource/license",
    ],
)
@aws.assumed("as for job queues")
def test_an_unknown_resource_can_neither_be_described_nor_updated(
    batch: Batch, refused: Any, asked: str
) -> None:
    batch.consumable()
    arn = asked if asked.startswith("arn:") else f"{BATCH}:consumable-resource/{asked}"
    client = batch.client
    for call in (
        client.describe_consumable_resource,
        client.update_consumable_resource,
        client.list_jobs_by_consumable_resource,
    ):
        assert refused(call, consumableResource=asked) == client_error(f"{arn} does not exist")


@aws.documented(LIST)
def test_resources_are_listed(batch: Batch) -> None:
    batch.consumable("a", 1)
    batch.consumable("b", 2, resourceType="NON_REPLENISHABLE")
    summary = {"consumableResourceName": "a", "inUseQuantity": 0, "resourceType": "REPLENISHABLE"}
    assert body(batch.client.list_consumable_resources()) == {
        "consumableResources": [
            {**summary, "consumableResourceArn": f"{BATCH}:consumable-resource/a", "totalQuantity": 1},
            {
                **summary,
                "consumableResourceName": "b",
                "consumableResourceArn": f"{BATCH}:consumable-resource/b",
                "totalQuantity": 2,
                "resourceType": "NON_REPLENISHABLE",
            },
        ]
    }


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["TEST1"], ["Test1"]),
        (["test*"], ["Test1", "test10"]),
        (["nobody"], []),
        (["x", "test10"], ["test10"]),
    ],
)
@aws.documented(LIST)
def test_resources_are_filtered_by_name(batch: Batch, values: list[str], found: list[str]) -> None:
    for name in ("Test1", "test10", "other"):
        batch.consumable(name)
    answer = batch.client.list_consumable_resources(
        filters=[{"name": "CONSUMABLE_RESOURCE_NAME", "values": values}]
    )
    assert [each["consumableResourceName"] for each in answer["consumableResources"]] == found


@pytest.mark.parametrize(
    "filters",
    [[{"name": "BOGUS", "values": ["x"]}], [{"name": "CONSUMABLE_RESOURCE_NAME"}], [{"values": ["x"]}]],
)
@aws.assumed("the sentences are not known: " + LIST)
def test_a_list_that_cannot_be_is_refused(batch: Batch, refused: Any, filters: list[dict[str, Any]]) -> None:
    assert kind(refused(batch.client.list_consumable_resources, filters=filters)) == ("ClientException", 400)


# --- update


@pytest.mark.parametrize(
    ("members", "total"),
    [
        ({"operation": "SET", "quantity": 7}, 7),
        ({"operation": "ADD", "quantity": 7}, 12),
        ({"operation": "REMOVE", "quantity": 2}, 3),
        ({"operation": "REMOVE", "quantity": 5}, 0),
        ({"operation": "SET", "quantity": 0}, 0),
    ],
)
@aws.documented(UPDATE)
def test_a_total_is_set_raised_and_lowered(batch: Batch, members: dict[str, Any], total: int) -> None:
    batch.consumable(total=5)
    answer = batch.client.update_consumable_resource(consumableResource=ARN, **members)
    assert body(answer) == {
        "consumableResourceName": "license",
        "consumableResourceArn": ARN,
        "totalQuantity": total,
    }
    assert stock(batch) == (total, 0, total)


@aws.assumed("SET is the default; without a quantity the total stays")
def test_an_update_may_leave_things_out(batch: Batch) -> None:
    batch.consumable(total=5)
    assert (updated(batch), updated(batch, quantity=8)) == (5, 8)


@pytest.mark.parametrize(
    "members",
    [
        {"operation": "REMOVE", "quantity": 6},
        {"operation": "SET", "quantity": -1},
        {"operation": "ADD", "quantity": -1},
        {"operation": "ADD", "quantity": 2**63 - 1},
        {"operation": "DOUBLE", "quantity": 1},
    ],
)
@aws.assumed("the rules are documented, the sentences are not known: " + UPDATE)
def test_an_update_that_cannot_be_changes_nothing(
    batch: Batch, refused: Any, members: dict[str, Any]
) -> None:
    batch.consumable(total=5)
    answer = refused(batch.client.update_consumable_resource, consumableResource="license", **members)
    assert kind(answer) == ("ClientException", 400)
    assert stock(batch) == (5, 0, 5)


@aws.documented(UPDATE + ": a clientToken is valid for 8 hours")
def test_one_request_sent_twice_is_carried_out_once(batch: Batch) -> None:
    batch.consumable(total=0)
    request = {"operation": "ADD", "quantity": 1, "clientToken": "token"}
    totals = [updated(batch, **request)]
    batch.advance(8 * 3600 - 0.001)
    totals.append(updated(batch, **request))
    batch.advance(0.001)
    totals += [updated(batch, **request), updated(batch, **request)]
    assert totals == [1, 1, 2, 2]


@aws.documented(UPDATE + ": two requests are one when payload and clientToken are identical")
def test_another_request_with_the_same_token_is_another_request(batch: Batch) -> None:
    batch.consumable(total=0)
    assert updated(batch, operation="ADD", quantity=1, clientToken="token") == 1
    assert updated(batch, operation="ADD", quantity=2, clientToken="token") == 3


@aws.emulator_only
def test_boto3_draws_a_token_for_every_call(batch: Batch) -> None:
    batch.consumable(total=0)
    assert [updated(batch, operation="ADD", quantity=1) for _ in range(2)] == [1, 2]


# --- what jobs need


@aws.documented(CHECK)
def test_quantities_are_in_use_from_starting_to_the_end(batch: Batch) -> None:
    batch.ready()
    batch.consumable(total=5)
    batch.plan(durationSeconds=60)
    job_id = submit(batch, license=3)
    assert (batch.status(job_id), stock(batch)) == ("RUNNING", (5, 3, 2))
    batch.advance(60)
    assert (batch.status(job_id), stock(batch)) == ("SUCCEEDED", (5, 0, 5))


@aws.documented(CHECK)
def test_what_is_not_replenishable_is_gone_for_good(batch: Batch) -> None:
    batch.ready()
    batch.consumable(total=5, resourceType="NON_REPLENISHABLE")
    batch.plan(durationSeconds=60, exitCode=1)
    job_id = submit(batch, license=3)
    assert stock(batch) == (2, 0, 2)
    batch.advance(60)
    assert (batch.status(job_id), stock(batch)) == ("FAILED", (2, 0, 2))


@pytest.mark.parametrize("how", ["terminate_job", "cancel_job"])
@aws.documented(FOR_JOBS)
def test_a_job_that_is_ended_gives_back_what_it_has(batch: Batch, how: str) -> None:
    batch.ready()
    batch.consumable(total=1)
    batch.plan(durationSeconds=60)
    first, second = submit(batch, license=1), submit(batch, license=1)
    assert [batch.status(each) for each in (first, second)] == ["RUNNING", "RUNNABLE"]
    batch.client.cancel_job(jobId=second, reason="no")
    getattr(batch.client, how)(jobId=first, reason="no")
    batch.advance(60)
    assert stock(batch) == (1, 0, 1)


@aws.documented(FOR_JOBS)
def test_the_head_waits_in_runnable_until_all_that_it_needs_is_there(batch: Batch) -> None:
    batch.ready()
    batch.consumable("license", 1)
    batch.consumable("token", 0)
    batch.plan(durationSeconds=60)
    head, behind = submit(batch, license=1, token=1), batch.submit("behind")
    assert [batch.status(each) for each in (head, behind)] == ["RUNNABLE", "RUNNABLE"]
    batch.client.update_consumable_resource(consumableResource="token", operation="ADD", quantity=1)
    assert [batch.status(each) for each in (head, behind)] == ["RUNNING", "RUNNING"]


@aws.documented(FOR_JOBS)
def test_a_job_starts_when_another_gives_back_what_it_needs(batch: Batch) -> None:
    batch.ready()
    batch.consumable(total=2)
    batch.plan(durationSeconds=60)
    first, second = submit(batch, license=2), submit(batch, license=1)
    assert [batch.status(each) for each in (first, second)] == ["RUNNING", "RUNNABLE"]
    batch.advance(60)
    assert [batch.status(each) for each in (first, second)] == ["SUCCEEDED", "RUNNING"]


@aws.assumed("an attempt gives back what it locked; the next one locks anew")
def test_a_retried_job_locks_anew(batch: Batch) -> None:
    batch.ready()
    batch.consumable(total=1)
    batch.plan(durationSeconds=60, exitCode=1)
    job_id = batch.submit(
        consumableResourcePropertiesOverride=needs(license=1), retryStrategy={"attempts": 2}
    )
    batch.advance(60)
    assert (batch.status(job_id), stock(batch)) == ("RUNNING", (1, 1, 0))
    batch.advance(60)
    assert (batch.status(job_id), stock(batch)) == ("FAILED", (1, 0, 1))


@aws.documented(CHECK)
def test_a_total_below_what_is_in_use_leaves_nothing(batch: Batch) -> None:
    batch.ready()
    batch.consumable(total=5)
    batch.plan(durationSeconds=60)
    submit(batch, license=4)
    assert updated(batch, operation="SET", quantity=2) == 2
    assert stock(batch) == (2, 4, 0)
    batch.advance(60)
    assert stock(batch) == (2, 0, 2)


@aws.documented(FOR_JOBS)
def test_a_definition_says_what_its_jobs_need_and_a_job_may_say_otherwise(batch: Batch) -> None:
    batch.ready()
    batch.consumable(total=9)
    batch.definition(consumableResourceProperties=needs(license=1))
    batch.plan(durationSeconds=60)
    plain, other = batch.submit(), submit(batch, license=3)
    assert stock(batch) == (9, 4, 5)
    assert [batch.job(each)["consumableResourceProperties"] for each in (plain, other)] == [
        needs(license=1),
        needs(license=3),
    ]


@aws.documented(
    "https://docs.aws.amazon.com/batch/latest/APIReference/API_ConsumableResourceRequirement.html"
)
def test_a_job_names_a_resource_by_its_arn(batch: Batch) -> None:
    batch.ready()
    batch.consumable(total=1)
    batch.plan(durationSeconds=60)
    job_id = submit(batch, **{ARN: 1})
    assert (stock(batch), batch.job(job_id)["consumableResourceProperties"]) == ((1, 1, 0), needs(**{ARN: 1}))


DUPLICATE = "Cannot have duplicate consumableResource in consumableResourceProperties"


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (list("abcdef"), "Each ConsumableResourceProperty can have at most 5 consumableResources"),
        (["license", "license"], DUPLICATE),
    ],
)
@aws.recorded(PREFLIGHT)
def test_requirements_that_cannot_be_are_refused(
    batch: Batch, refused: Any, names: list[str], text: str
) -> None:
    batch.ready()
    wanted = {"consumableResourceList": [{"consumableResource": name, "quantity": 1} for name in names]}
    answer = refused(batch.submit, consumableResourcePropertiesOverride=wanted)
    assert inner(answer) == client_error(text)
    answer = refused(batch.definition, name="d", consumableResourceProperties=wanted)
    assert inner(answer) == client_error(text)


@aws.assumed("a resource under its name and its ARN is a duplicate too")
def test_one_resource_under_two_names_is_refused(batch: Batch, refused: Any) -> None:
    batch.ready()
    assert inner(refused(submit, batch=batch, **{"license": 1, ARN: 1})) == client_error(DUPLICATE)


# --- delete


@aws.documented(DELETE)
def test_a_resource_is_deleted_while_it_is_in_use_and_jobs_wait_for_the_next(batch: Batch) -> None:
    batch.ready()
    batch.consumable(total=1)
    batch.plan(durationSeconds=60)
    running = submit(batch, license=1)
    assert body(batch.client.delete_consumable_resource(consumableResource=ARN)) == {}
    waiting = submit(batch, license=1)
    batch.advance(60)
    assert [batch.status(each) for each in (running, waiting)] == ["SUCCEEDED", "RUNNABLE"]
    batch.consumable(total=1)
    assert (batch.status(waiting), stock(batch)) == ("RUNNING", (1, 1, 0))


@aws.documented(DELETE)
def test_a_resource_made_anew_is_not_owed_by_the_jobs_of_the_old_one(batch: Batch) -> None:
    batch.ready()
    batch.consumable(total=1)
    batch.plan(durationSeconds=60)
    submit(batch, license=1)
    batch.client.delete_consumable_resource(consumableResource="license")
    batch.consumable(total=1)
    assert stock(batch) == (1, 0, 1)
    batch.advance(60)
    assert stock(batch) == (1, 0, 1)


@aws.assumed("a job may be submitted before there is what it needs")
def test_a_job_waits_for_a_resource_that_nobody_has_made(batch: Batch) -> None:
    batch.ready()
    batch.plan()
    job_id = submit(batch, license=1)
    assert batch.status(job_id) == "RUNNABLE"
    batch.consumable()
    batch.advance(0)
    assert batch.status(job_id) == "SUCCEEDED"


@aws.recorded("issue aws/aws-cli#2551 (2017): other delete operations answer the same")
def test_deleting_what_does_not_exist_succeeds(batch: Batch) -> None:
    assert body(batch.client.delete_consumable_resource(consumableResource="nobody")) == {}


# --- ListJobsByConsumableResource


def jobs(batch: Batch, **members: Any) -> list[dict[str, Any]]:
    request = {"consumableResource": "license", **members}
    return list(batch.client.list_jobs_by_consumable_resource(**request)["jobs"])


def names_of(batch: Batch, *filters: tuple[str, list[str]]) -> list[str]:
    asked = [{"name": name, "values": values} for name, values in filters]
    return [each["jobName"] for each in jobs(batch, filters=asked)]


@aws.assumed("quantity is the job's own; the members: " + JOBS)
def test_the_jobs_that_need_a_resource_are_listed(batch: Batch) -> None:
    batch.ready()
    batch.consumable(total=5)
    batch.plan(durationSeconds=60)
    now = batch.emulator.clock.now()
    job_id = submit(batch, license=2)
    batch.submit("needs nothing".replace(" ", "-"))
    expected = {
        "jobArn": f"{BATCH}:job/{job_id}",
        "jobQueueArn": f"{BATCH}:job-queue/queue",
        "jobName": "job",
        "jobDefinitionArn": f"{BATCH}:job-definition/definition:1",
        "jobStatus": "RUNNING",
        "quantity": 2,
        "startedAt": now,
        "createdAt": now,
        "consumableResourceProperties": needs(license=2),
    }
    assert jobs(batch) == [expected]
    batch.advance(60)
    assert jobs(batch, consumableResource=ARN) == [
        {**expected, "jobStatus": "SUCCEEDED", "statusReason": EXITED}
    ]


@aws.documented(JOBS)
def test_the_jobs_are_filtered_by_status_and_name(batch: Batch) -> None:
    batch.ready()
    batch.consumable(total=2)
    batch.plan(durationSeconds=60)
    for name in ("Test1", "test10", "test2"):
        submit(batch, name, license=1)
    assert names_of(batch) == ["test2", "test10", "Test1"]
    assert names_of(batch, ("JOB_STATUS", ["RUNNABLE"])) == ["test2"]
    assert names_of(batch, ("JOB_STATUS", ["RUNNABLE", "RUNNING"])) == ["test2", "test10", "Test1"]
    assert names_of(batch, ("JOB_NAME", ["TEST1*"])) == ["test10", "Test1"]
    assert names_of(batch, ("JOB_NAME", ["test1"])) == ["Test1"]
    assert names_of(batch, ("JOB_NAME", ["test1*"]), ("JOB_STATUS", ["RUNNABLE"])) == []


@pytest.mark.parametrize(
    "members",
    [
        {"filters": [{"name": "SHARE_IDENTIFIER", "values": ["x"]}]},
        {"filters": [{"name": "JOB_NAME", "values": []}]},
        {"maxResults": 101},
        {"nextToken": "nonsense"},
    ],
)
@aws.assumed("the sentences are not known: " + JOBS)
def test_a_list_of_jobs_that_cannot_be_is_refused(
    batch: Batch, refused: Any, members: dict[str, Any]
) -> None:
    batch.consumable()
    answer = refused(batch.client.list_jobs_by_consumable_resource, consumableResource="license", **members)
    assert kind(answer) == ("ClientException", 400)
