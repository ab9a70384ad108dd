"""Array jobs through boto3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import EXITED, ignored, inner, job_detail, kind, run
from tests.api.conftest import BATCH
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

ARRAYS = "https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html"
SUMMARY = "https://github.com/boto/boto3/issues/3719"
MODEL = "model: ListJobsRequest"
NONE = dict.fromkeys(("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"), 0)


def array(batch: Batch, size: int = 3, **members: Any) -> str:
    return batch.submit(arrayProperties={"size": size}, **members)


@aws.recorded(SUMMARY)
def test_a_parent_sums_up_its_children_in_all_seven_statuses(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    now = batch.emulator.clock.now()
    parent = array(batch, 6)
    counts = {**NONE, "RUNNING": 4, "RUNNABLE": 2}
    assert batch.job(parent) == job_detail(
        parent,
        status="PENDING",
        createdAt=now,
        arrayProperties={"size": 6, "statusSummary": counts, "statusSummaryLastUpdatedAt": now},
    )
    batch.advance(120)
    assert batch.job(parent) == job_detail(
        parent,
        status="SUCCEEDED",
        createdAt=now,
        stoppedAt=now + 120_000,
        arrayProperties={
            "size": 6,
            "statusSummary": {**NONE, "SUCCEEDED": 6},
            "statusSummaryLastUpdatedAt": now + 120_000,
        },
    )


@aws.documented(ARRAYS)
def test_a_child_is_a_job_of_its_own(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60, exitCode=3)
    now = batch.emulator.clock.now()
    parent = array(batch, 2)
    batch.advance(60)
    child = batch.job(f"{parent}:1")
    ran = {**run(child), "exitCode": 3}
    assert child == job_detail(
        f"{parent}:1",
        status="FAILED",
        statusReason=EXITED,
        createdAt=now,
        startedAt=now,
        stoppedAt=now + 60_000,
        container=ran,
        attempts=[
            {
                "container": {**ran, "networkInterfaces": []},
                "startedAt": now,
                "stoppedAt": now + 60_000,
                "statusReason": EXITED,
            }
        ],
        arrayProperties={"index": 1},
    )
    assert child["jobArn"] == f"{BATCH}:job/{parent}:1"


@aws.recorded("a real answer quoted in public code")
def test_a_parent_says_that_a_child_failed(batch: Batch) -> None:
    batch.ready()
    batch.plan(exitCode=1)
    parent = batch.job(array(batch))
    assert (parent["status"], parent["statusReason"]) == ("FAILED", "Array Child Job failed")


@aws.documented(MODEL)
def test_a_queue_lists_parents_and_an_array_its_children(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    parent = array(batch, 5)
    client = batch.client
    assert client.list_jobs(jobQueue="queue")["jobSummaryList"] == []
    (found,) = client.list_jobs(jobQueue="queue", jobStatus="PENDING")["jobSummaryList"]
    assert (found["jobId"], found["arrayProperties"]["size"]) == (parent, 5)
    running = client.list_jobs(arrayJobId=parent)["jobSummaryList"]
    assert [each["arrayProperties"] for each in running] == [{"index": index} for index in range(4)]
    waiting = client.list_jobs(arrayJobId=parent, jobStatus="RUNNABLE")["jobSummaryList"]
    assert [each["jobId"] for each in waiting] == [f"{parent}:4"]


@aws.documented(MODEL)
def test_children_are_listed_page_by_page(batch: Batch) -> None:
    batch.ready()
    batch.plan()
    parent = array(batch, 7)
    pages = batch.client.get_paginator("list_jobs").paginate(
        arrayJobId=parent, jobStatus="SUCCEEDED", PaginationConfig={"PageSize": 3}
    )
    found = [[each["arrayProperties"]["index"] for each in page["jobSummaryList"]] for page in pages]
    assert found == [[0, 1, 2], [3, 4, 5], [6]]


@aws.assumed("an unknown array has no children, as an unknown job is not described")
def test_an_unknown_array_lists_nothing(batch: Batch) -> None:
    assert batch.client.list_jobs(arrayJobId="nobody")["jobSummaryList"] == []


@pytest.mark.parametrize("size", [1, 10_001])
@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html")
def test_an_array_has_2_to_10000_children(batch: Batch, refused: Any, size: int) -> None:
    batch.ready()
    members = {"jobName": "j", "jobQueue": "queue", "jobDefinition": "definition"}
    answer = refused(batch.client.submit_job, **members, arrayProperties={"size": size})
    assert kind(answer) == ("ClientException", 400)
    assert inner(answer)


@aws.documented(ARRAYS)
def test_n_to_n_and_sequential(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=10)
    first = array(batch, 2, dependsOn=[{"type": "SEQUENTIAL"}])
    second = array(batch, 2, dependsOn=[{"jobId": first, "type": "N_TO_N"}])
    assert [batch.status(f"{first}:{n}") for n in (0, 1)] == ["RUNNING", "PENDING"]
    batch.advance(10)
    assert [batch.status(f"{second}:{n}") for n in (0, 1)] == ["RUNNING", "PENDING"]
    batch.advance(20)
    assert [batch.status(each) for each in (first, second)] == ["SUCCEEDED", "SUCCEEDED"]


@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/using-tags.html")
def test_children_cannot_be_tagged(batch: Batch, refused: Any) -> None:
    batch.ready()
    batch.plan()
    parent = array(batch, 2, tags={"a": "b"})
    answer = refused(batch.client.tag_resource, resourceArn=f"{BATCH}:job/{parent}:0", tags={"c": "d"})
    assert kind(answer) == ("ClientException", 400)


@aws.emulator_only
def test_the_job_of_a_sequential_dependency_is_named_as_ignored(batch: Batch) -> None:
    batch.ready()
    other = batch.submit()
    made = batch.client.submit_job(
        jobName="array",
        jobQueue="queue",
        jobDefinition="definition",
        arrayProperties={"size": 2},
        dependsOn=[{"type": "SEQUENTIAL", "jobId": other}],
    )
    assert ignored(made) == ["dependsOn.jobId"]
