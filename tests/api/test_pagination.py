"""maxResults and nextToken of every list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import body, kind
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import Batch

PAGES = "https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobQueues.html"
NAMES = [f"n{number:03}" for number in range(5)]


def environments(batch: Batch) -> None:
    for name in NAMES:
        batch.environment(name)


def queues(batch: Batch) -> None:
    batch.environment()
    for name in NAMES:
        batch.queue(name)


def definitions(batch: Batch) -> None:
    for name in NAMES:
        batch.definition(name)


def jobs(batch: Batch) -> None:
    batch.ready()
    batch.plan()
    for name in NAMES:
        batch.submit(name)
    batch.advance(60)


LISTS = {
    "describe_compute_environments": (environments, "computeEnvironments", "computeEnvironmentName", {}),
    "describe_job_queues": (queues, "jobQueues", "jobQueueName", {}),
    "describe_job_definitions": (definitions, "jobDefinitions", "jobDefinitionName", {}),
    "list_jobs": (jobs, "jobSummaryList", "jobName", {"jobQueue": "queue", "jobStatus": "SUCCEEDED"}),
}
every_list = pytest.mark.parametrize("operation", LISTS)


@every_list
@pytest.mark.parametrize("size", [1, 2, 5])
@aws.documented(PAGES)
def test_pages_hold_everything_once_and_end(batch: Batch, operation: str, size: int) -> None:
    set_up, key, name, members = LISTS[operation]
    set_up(batch)
    pages = list(
        batch.client.get_paginator(operation).paginate(**members, PaginationConfig={"PageSize": size})
    )
    assert [len(page[key]) for page in pages] == {1: [1] * 5, 2: [2, 2, 1], 5: [5]}[size]
    assert sorted(each[name] for page in pages for each in page[key]) == NAMES
    assert "nextToken" not in pages[-1]


def _first_page(batch: Batch, operation: str) -> tuple[Callable[..., Any], str, str, dict[str, Any], Any]:
    set_up, key, name, members = LISTS[operation]
    set_up(batch)
    call = getattr(batch.client, operation)
    return call, key, name, members, call(**members, maxResults=2)


@pytest.mark.parametrize("operation", ["describe_compute_environments", "describe_job_definitions"])
@aws.assumed("a token stays good while things come")
def test_a_page_is_stable_while_others_are_created(batch: Batch, operation: str) -> None:
    call, key, name, members, first = _first_page(batch, operation)
    make = batch.environment if operation == "describe_compute_environments" else batch.definition
    make("a-first")
    rest = call(**members, nextToken=first["nextToken"])
    assert [each[name] for each in (*first[key], *rest[key])] == NAMES


@aws.emulator_only
def test_a_page_past_the_end_is_empty_and_has_no_token(batch: Batch) -> None:
    """All that the token pointed at is gone when the next page is asked for."""
    queues(batch)
    first = batch.client.describe_job_queues(maxResults=2)
    for name in NAMES[2:]:
        batch.client.update_job_queue(jobQueue=name, state="DISABLED")
        batch.client.delete_job_queue(jobQueue=name)
    assert body(batch.client.describe_job_queues(nextToken=first["nextToken"])) == {"jobQueues": []}


@every_list
@aws.assumed("the sentence is not known")
def test_a_token_holds_for_its_operation_only(batch: Batch, refused: Any, operation: str) -> None:
    other = "describe_job_queues" if operation != "describe_job_queues" else "describe_job_definitions"
    call, _, _, members, first = _first_page(batch, operation)
    for token in ("nonsense", "é", "W10="):
        assert kind(refused(call, **members, nextToken=token)) == ("ClientException", 400)
    answer = refused(getattr(batch.client, other), nextToken=first["nextToken"])
    assert kind(answer) == ("ClientException", 400)


@pytest.mark.parametrize("operation", list(LISTS)[:3])
@pytest.mark.parametrize("size", [0, -1, 101])
@aws.assumed("the range is documented, the sentence is not known: " + PAGES)
def test_max_results_out_of_range_are_refused(batch: Batch, refused: Any, operation: str, size: int) -> None:
    assert kind(refused(getattr(batch.client, operation), maxResults=size)) == ("ClientException", 400)


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobDefinitions.html")
def test_a_page_has_a_hundred_entries_unless_told(batch: Batch) -> None:
    for _ in range(101):
        batch.definition()
    first = batch.client.describe_job_definitions()
    rest = batch.client.describe_job_definitions(nextToken=first["nextToken"])
    revisions = [each["revision"] for each in (*first["jobDefinitions"], *rest["jobDefinitions"])]
    assert (len(first["jobDefinitions"]), revisions) == (100, list(range(101, 0, -1)))
