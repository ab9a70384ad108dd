"""maxResults and nextToken of every list that the model calls paginated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader

from tests.api.answers import body, kind
from tests.api.conftest import needs
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import Batch

PAGES = "https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobQueues.html"
RESULTS = {
    xform_name(operation): page["result_key"]
    for operation, page in Loader().load_service_model("batch", "paginators-1")["pagination"].items()
}
"""Every paginated operation of the model, and the member that holds its results."""
NAMES = [f"n{number:03}" for number in range(5)]


def queues(batch: Batch) -> None:
    batch.environment()
    for name in NAMES:
        batch.queue(name)


def jobs(batch: Batch, **members: Any) -> None:
    batch.ready()
    batch.plan()
    for name in NAMES:
        batch.submit(name, **members)
    batch.advance(60)


def consumers(batch: Batch) -> None:
    batch.consumable()
    jobs(batch, consumableResourcePropertiesOverride=needs(license=1))


def service_jobs(batch: Batch) -> None:
    batch.service_ready()
    batch.plan(serviceJob=True)
    for name in NAMES:
        batch.train(name)
    batch.advance(60)


def shares(batch: Batch) -> None:
    batch.service_environment()
    batch.service_queue(schedulingPolicyArn=batch.quota_policy())
    for name in NAMES:
        batch.share(name)


@dataclass(frozen=True)
class Listed:
    """How five things come to be listed, and how they are asked for."""

    set_up: Callable[[Batch], None]
    name: str
    """The member of an item that tells it from the others."""
    members: dict[str, Any] = field(default_factory=dict)
    most: int = 100


def each(make: str) -> Callable[[Batch], None]:
    """Five of what one line of ``Batch`` makes."""

    def set_up(batch: Batch) -> None:
        for name in NAMES:
            getattr(batch, make)(name)

    return set_up


LISTS = {
    "describe_compute_environments": Listed(each("environment"), "computeEnvironmentName"),
    "describe_job_queues": Listed(queues, "jobQueueName"),
    "describe_job_definitions": Listed(each("definition"), "jobDefinitionName"),
    "describe_service_environments": Listed(each("service_environment"), "serviceEnvironmentName"),
    "list_consumable_resources": Listed(each("consumable"), "consumableResourceName"),
    "list_scheduling_policies": Listed(each("policy"), "arn"),
    "list_quota_shares": Listed(shares, "quotaShareName", {"jobQueue": "training"}),
    "list_jobs": Listed(jobs, "jobName", {"jobQueue": "queue", "jobStatus": "SUCCEEDED"}, most=1000),
    "list_jobs_by_consumable_resource": Listed(consumers, "jobName", {"consumableResource": "license"}),
    "list_service_jobs": Listed(service_jobs, "jobName", {"jobQueue": "training", "jobStatus": "SUCCEEDED"}),
}
every_list = pytest.mark.parametrize("operation", LISTS)


def names_in(operation: str, *pages: dict[str, Any]) -> list[str]:
    """Names of the items of pages, in order; an ARN ends in its name."""
    items = [item for page in pages for item in page[RESULTS[operation]]]
    return [item[LISTS[operation].name].rpartition("/")[2] for item in items]


def first_page(batch: Batch, operation: str) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The call with what it needs, and a first page of two."""
    listed = LISTS[operation]
    listed.set_up(batch)

    def call(**members: Any) -> Any:
        return getattr(batch.client, operation)(**listed.members, **members)

    return call, call(maxResults=2)


@aws.documented("model: paginators-1.json")
def test_no_list_of_the_model_is_forgotten() -> None:
    assert LISTS.keys() == RESULTS.keys()


@every_list
@aws.documented(PAGES)
def test_pages_of_every_size_hold_everything_once_and_end(batch: Batch, operation: str) -> None:
    listed = LISTS[operation]
    listed.set_up(batch)
    for size, lengths in {1: [1] * 5, 2: [2, 2, 1], 4: [4, 1], 5: [5], 6: [5]}.items():
        paginator = batch.client.get_paginator(operation)
        pages = list(paginator.paginate(**listed.members, PaginationConfig={"PageSize": size}))
        assert [len(page[RESULTS[operation]]) for page in pages] == lengths
        assert sorted(names_in(operation, *pages)) == NAMES
        assert "nextToken" not in pages[-1]


@every_list
@aws.documented(PAGES + ": an opaque identifier")
def test_a_token_says_nothing_to_the_eye_and_can_be_used_twice(batch: Batch, operation: str) -> None:
    call, first = first_page(batch, operation)
    assert not any(name in first["nextToken"] for name in NAMES)
    once, twice = (call(nextToken=first["nextToken"]) for _ in range(2))
    assert body(once) == body(twice)
    assert sorted(names_in(operation, first, once)) == NAMES


@pytest.mark.parametrize("operation", [name for name, listed in LISTS.items() if not listed.members])
@aws.assumed("a token stays good while things come")
def test_a_page_is_stable_while_others_are_created(batch: Batch, operation: str) -> None:
    call, first = first_page(batch, operation)
    make = {
        "describe_compute_environments": batch.environment,
        "describe_job_queues": batch.queue,
        "describe_job_definitions": batch.definition,
        "describe_service_environments": batch.service_environment,
        "list_consumable_resources": batch.consumable,
        "list_scheduling_policies": batch.policy,
    }[operation]
    make("a-first")
    rest = call(nextToken=first["nextToken"])
    assert names_in(operation, first, rest) == NAMES


@pytest.mark.parametrize("operation", ["list_jobs", "list_service_jobs", "list_jobs_by_consumable_resource"])
@aws.assumed("a token stays good while jobs come: they are newer, and stand on a page before")
def test_a_page_of_jobs_is_stable_while_others_are_submitted(batch: Batch, operation: str) -> None:
    call, first = first_page(batch, operation)
    if operation == "list_service_jobs":
        batch.train("new")
    else:
        batch.submit("new", consumableResourcePropertiesOverride=needs(license=1))
    batch.advance(60)
    rest = call(nextToken=first["nextToken"])
    assert names_in(operation, first, rest) == NAMES[::-1]


@aws.emulator_only
def test_a_page_past_the_end_is_empty_and_has_no_token(batch: Batch) -> None:
    """All that the token pointed at is gone when the next page is asked for."""
    queues(batch)
    first = batch.client.describe_job_queues(maxResults=2)
    for name in NAMES[2:]:
        batch.client.update_job_queue(jobQueue=name, state="DISABLED")
        batch.client.delete_job_queue(jobQueue=name)
    assert body(batch.client.describe_job_queues(nextToken=first["nextToken"])) == {"jobQueues": []}


@aws.emulator_only
def test_a_page_goes_on_where_its_first_item_has_gone(batch: Batch) -> None:
    each("consumable")(batch)
    first = batch.client.list_consumable_resources(maxResults=2)
    for name in NAMES[1:3]:
        batch.client.delete_consumable_resource(consumableResource=name)
    rest = batch.client.list_consumable_resources(nextToken=first["nextToken"])
    assert names_in("list_consumable_resources", rest) == NAMES[3:]


@every_list
@aws.assumed("the sentence is not known")
def test_a_token_holds_for_its_operation_only(batch: Batch, refused: Any, operation: str) -> None:
    call, first = first_page(batch, operation)
    for token in ("nonsense", "é", "W10=", "eyJhIjogMX0=", first["nextToken"][:-8], "x" * 5000):
        assert kind(refused(call, nextToken=token)) == ("ClientException", 400)
    for other in LISTS.keys() - {operation}:
        members = {**LISTS[other].members, "nextToken": first["nextToken"]}
        if not LISTS[other].members:  # the others need something that this set-up may not have made
            assert kind(refused(getattr(batch.client, other), **members)) == ("ClientException", 400)


@every_list
@aws.assumed("the range is documented, the sentence is not known: " + PAGES)
def test_max_results_out_of_range_are_refused(batch: Batch, refused: Any, operation: str) -> None:
    call, _ = first_page(batch, operation)
    most = LISTS[operation].most
    for size in (0, -1, most + 1, 2**31 - 1):
        assert kind(refused(call, maxResults=size)) == ("ClientException", 400)
    assert sorted(names_in(operation, call(maxResults=most))) == NAMES


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html")
def test_a_page_of_filtered_jobs_has_at_most_100(batch: Batch, refused: Any) -> None:
    jobs(batch)
    request = {"jobQueue": "queue", "filters": [{"name": "JOB_NAME", "values": ["n*"]}]}
    assert kind(refused(batch.client.list_jobs, **request, maxResults=101)) == ("ClientException", 400)
    assert names_in("list_jobs", batch.client.list_jobs(**request, maxResults=100)) == NAMES


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobDefinitions.html")
def test_a_page_has_a_hundred_entries_unless_told(batch: Batch) -> None:
    for _ in range(101):
        batch.definition()
    first = batch.client.describe_job_definitions()
    rest = batch.client.describe_job_definitions(nextToken=first["nextToken"])
    revisions = [item["revision"] for item in (*first["jobDefinitions"], *rest["jobDefinitions"])]
    assert (len(first["jobDefinitions"]), revisions) == (100, list(range(101, 0, -1)))
