"""DescribeJobs and ListJobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import EXITED, client_error, inner, kind
from tests.api.conftest import BATCH
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

LIST = "https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def listed(batch: Batch, **members: Any) -> list[str]:
    """Names of the jobs that ListJobs answers."""
    found = batch.client.list_jobs(**{"jobQueue": "queue", **members})["jobSummaryList"]
    return [each["jobName"] for each in found]


def filtered(batch: Batch, name: str, *values: str, **members: Any) -> list[str]:
    return listed(batch, filters=[{"name": name, "values": list(values)}], **members)


@aws.recorded("issue pegasus-isi/pegasus#2086: the spacing is AWS's")
def test_more_than_100_ids_are_refused(batch: Batch, refused: Any) -> None:
    answer = refused(batch.client.describe_jobs, jobs=[UNKNOWN] * 101)
    assert inner(answer) == client_error("Maximum number of jobs supported is  100 .")
    assert batch.client.describe_jobs(jobs=[UNKNOWN] * 100)["jobs"] == []


@aws.recorded("issue HumanCellAtlas/matrix-service#364 (2019)")
def test_unknown_ids_are_left_out(batch: Batch) -> None:
    batch.ready()
    first, second = batch.submit("a"), batch.submit("b")
    found = batch.client.describe_jobs(jobs=[second, UNKNOWN, f"{first}:0", f"{first}#0", first])["jobs"]
    assert [each["jobName"] for each in found] == ["b", "a"]


@aws.recorded("issue boto/boto3#1922 (2019)")
def test_a_malformed_id_is_refused(batch: Batch, refused: Any) -> None:
    answer = refused(batch.client.describe_jobs, jobs=["id1,id2"])
    assert answer == client_error("Provided name id1,id2 is not supported pattern[a-zA-Z_0-9-]{1,128}")


@aws.documented(LIST)
def test_without_a_status_the_running_jobs_are_listed_newest_first(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    for name in "abcdef":
        batch.submit(name)
    assert listed(batch) == ["d", "c", "b", "a"]
    assert listed(batch, jobQueue=f"{BATCH}:job-queue/queue") == ["d", "c", "b", "a"]
    assert listed(batch, jobStatus="RUNNABLE") == ["f", "e"]
    batch.advance(60)
    assert listed(batch, jobStatus="SUCCEEDED") == ["d", "c", "b", "a"]
    assert listed(batch) == ["f", "e"]
    assert listed(batch, jobStatus="FAILED") == []


@aws.recorded("issue aws/aws-sdk-js#4193, aws/aws-sdk#588: no jobDefinition in the summary")
def test_a_summary_holds_what_aws_prints(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60, exitCode=3, reason="why")
    now = batch.emulator.clock.now()
    job_id = batch.submit()
    plain = {
        "jobArn": f"{BATCH}:job/{job_id}",
        "jobId": job_id,
        "jobName": "job",
        "capacityUsage": [{"capacityUnit": "VCPU", "quantity": 1.0}],
        "createdAt": now,
        "scheduledAt": now,
    }
    assert batch.client.list_jobs(jobQueue="queue")["jobSummaryList"] == [
        {**plain, "status": "RUNNING", "startedAt": now}
    ]
    batch.advance(60)
    assert batch.client.list_jobs(jobQueue="queue", jobStatus="FAILED")["jobSummaryList"] == [
        {
            **plain,
            "status": "FAILED",
            "statusReason": EXITED,
            "startedAt": now,
            "stoppedAt": now + 60_000,
            "container": {"exitCode": 3, "reason": "why"},
        }
    ]


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("JOB_NAME", ["test1"], ["TEST1", "test1"]),
        ("JOB_NAME", ["Test*"], ["test10", "TEST1", "test1"]),
        ("JOB_NAME", ["nobody"], []),
        ("JOB_DEFINITION", ["jd1"], ["test10", "test1"]),
        ("JOB_DEFINITION", ["jd*"], ["test10", "TEST1", "test1"]),
        ("JOB_DEFINITION", ["JD1"], []),
        ("JOB_DEFINITION", [f"{BATCH}:job-definition/jd1:2"], ["test10"]),
        ("JOB_DEFINITION", [f"{BATCH}:job-definition/jd1*"], []),
        ("SHARE_IDENTIFIER", ["s"], []),
    ],
)
@aws.documented(LIST)
def test_a_filter_finds_jobs_of_any_status(
    batch: Batch, name: str, values: list[str], found: list[str]
) -> None:
    batch.ready()
    batch.definition("jd1")
    batch.definition("jd1A")
    batch.plan(jobName="test1", durationSeconds=60)
    batch.submit("test1", jobDefinition="jd1")
    batch.submit("TEST1", jobDefinition="jd1A")
    batch.definition("jd1")
    batch.submit("test10", jobDefinition="jd1")
    batch.advance(0)
    assert sorted(filtered(batch, name, *values)) == sorted(found)
    assert sorted(filtered(batch, name, *values, jobStatus="SUBMITTED")) == sorted(found)


@aws.documented(LIST)
def test_jobs_are_filtered_by_the_time_of_their_creation(batch: Batch) -> None:
    batch.ready()
    times = []
    for name in "abc":
        batch.submit(name)
        times.append(batch.emulator.clock.now())
        batch.advance(10)
    assert filtered(batch, "AFTER_CREATED_AT", str(times[0])) == ["c", "b"]
    assert filtered(batch, "BEFORE_CREATED_AT", str(times[2])) == ["b", "a"]


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"jobQueue": "queue", "arrayJobId": UNKNOWN},
        {"jobQueue": "nobody"},
        {"jobQueue": "queue", "jobStatus": "BOGUS"},
        {"jobQueue": "queue", "maxResults": 0},
        {"jobQueue": "queue", "maxResults": 1001},
        {"jobQueue": "queue", "nextToken": "nonsense"},
        {"jobQueue": "queue", "filters": [{"name": "BOGUS", "values": ["x"]}]},
        {"jobQueue": "queue", "filters": [{"name": "JOB_NAME", "values": ["x"]}] * 2},
        {"jobQueue": "queue", "filters": [{"name": "AFTER_CREATED_AT", "values": ["noon"]}]},
        {"jobQueue": "queue", "filters": [{"name": "JOB_NAME", "values": ["x"]}], "maxResults": 101},
    ],
)
@aws.assumed("the rules are documented, the sentences are not known: " + LIST)
def test_a_list_that_cannot_be_is_refused(batch: Batch, refused: Any, members: dict[str, Any]) -> None:
    batch.ready()
    assert kind(refused(batch.client.list_jobs, **members)) == ("ClientException", 400)


@aws.assumed("an unknown parent has no children")
def test_the_children_of_nobody_are_an_empty_list(batch: Batch) -> None:
    assert batch.client.list_jobs(arrayJobId=UNKNOWN)["jobSummaryList"] == []
    assert batch.client.list_jobs(multiNodeJobId=UNKNOWN)["jobSummaryList"] == []


@pytest.mark.parametrize("members", [{"nextToken": "x"}, {"maxResults": 0}, {"maxResults": 1001}])
@aws.assumed("a page of nodes is asked for as any page of jobs")
def test_a_page_of_nodes_that_cannot_be_is_refused(
    batch: Batch, refused: Any, members: dict[str, Any]
) -> None:
    answer = refused(batch.client.list_jobs, multiNodeJobId=UNKNOWN, **members)
    assert kind(answer) == ("ClientException", 400)


@aws.assumed("as DescribeJobs, whose answers to doubles are assumed too")
def test_resources_that_are_asked_for_twice_are_answered_once(batch: Batch) -> None:
    batch.ready()
    batch.service_environment()
    policy = batch.policy()
    client = batch.client
    by = f"{BATCH}:{{}}".format
    found = [
        client.describe_compute_environments(computeEnvironments=["ce", by("compute-environment/ce"), "ce"]),
        client.describe_job_queues(jobQueues=["queue", by("job-queue/queue"), "queue"]),
        client.describe_service_environments(serviceEnvironments=["se", by("service-environment/se")]),
        client.describe_scheduling_policies(arns=[policy, policy]),
    ]
    members = ("computeEnvironments", "jobQueues", "serviceEnvironments", "schedulingPolicies")
    assert [len(each[member]) for each, member in zip(found, members, strict=True)] == [1, 1, 1, 1]


@aws.documented(LIST + ": the exception is SHARE_IDENTIFIER")
def test_jobs_are_filtered_by_their_share_and_status(batch: Batch) -> None:
    batch.environment()
    batch.queue(schedulingPolicyArn=batch.policy())
    batch.definition(schedulingPriority=1)
    batch.plan(durationSeconds=60)
    for name, share in (("a", "x"), ("b", "y"), ("c", "x"), ("d", "x"), ("e", "x"), ("f", "y")):
        batch.submit(name, shareIdentifier=share)
    assert filtered(batch, "SHARE_IDENTIFIER", "x") == ["e", "d", "c", "a"]
    assert filtered(batch, "SHARE_IDENTIFIER", "x", jobStatus="RUNNING") == ["d", "c", "a"]
    assert filtered(batch, "SHARE_IDENTIFIER", "y", jobStatus="RUNNABLE") == ["f"]
    assert filtered(batch, "SHARE_IDENTIFIER", "X") == []


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@aws.documented(LIST + ": the results are grouped by the job name and version; the order is assumed")
def test_a_filter_by_name_groups_by_name_and_revision_across_pages(batch: Batch, size: int) -> None:
    batch.ready()
    batch.definition()  # revision 2
    for name, revision in (("b", 1), ("a", 2), ("b", 2), ("a", 1), ("a", 2), ("b", 1)):
        batch.submit(name, jobDefinition=f"definition:{revision}")
        batch.advance(1)
    pages = batch.client.get_paginator("list_jobs").paginate(
        jobQueue="queue",
        filters=[{"name": "JOB_NAME", "values": ["a", "B"]}],
        PaginationConfig={"PageSize": size},
    )
    ids = [each["jobId"] for page in pages for each in page["jobSummaryList"]]
    jobs = [batch.job(job_id) for job_id in ids]
    assert [(job["jobName"], job["jobDefinition"][-1]) for job in jobs] == [
        ("a", "1"),
        ("a", "2"),
        ("a", "2"),
        ("b", "1"),
        ("b", "1"),
        ("b", "2"),
    ]
    assert jobs[1]["createdAt"] > jobs[2]["createdAt"]
