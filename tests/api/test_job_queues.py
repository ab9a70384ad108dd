"""CreateJobQueue, DescribeJobQueues, UpdateJobQueue, DeleteJobQueue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import body, client_error, ignored, inner, kind, queue_detail
from tests.api.conftest import BATCH, FARGATE
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

CREATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html"
UPDATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateJobQueue.html"
DELETE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_DeleteJobQueue.html"
PREFLIGHT = "https://github.com/badmintoncryer/cdk-preflight rules/batch/jq-*"
STUCK = "https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html"
LIMIT = {
    "reason": "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "state": "RUNNABLE",
    "maxTimeSeconds": 600,
    "action": "CANCEL",
}
NOT_ATTACHABLE = "Compute Environments must be created and valid before attaching them to a job queue"


def described(batch: Batch, *names: str) -> list[dict[str, Any]]:
    return list(batch.client.describe_job_queues(jobQueues=names)["jobQueues"])


def order(*names: str) -> list[dict[str, Any]]:
    return [{"order": n, "computeEnvironment": each} for n, each in enumerate(names)]


def request(**members: Any) -> dict[str, Any]:
    return {"jobQueueName": "queue", "priority": 1, "computeEnvironmentOrder": order("ce"), **members}


@aws.documented(CREATE)
def test_creating_answers_name_and_arn(batch: Batch) -> None:
    batch.environment()
    assert body(batch.client.create_job_queue(**request())) == {
        "jobQueueName": "queue",
        "jobQueueArn": f"{BATCH}:job-queue/queue",
    }


@aws.recorded("a DescribeJobQueues answer of October 2025 in a public repository")
def test_a_queue_is_answered_with_awss_defaults_and_arns(batch: Batch) -> None:
    batch.environment()
    batch.queue()
    assert described(batch, "queue") == [queue_detail()]


@aws.documented(CREATE)
def test_a_queue_keeps_what_was_sent(batch: Batch) -> None:
    batch.environment("a")
    arn = batch.environment("b")
    batch.client.create_job_queue(
        **request(
            state="DISABLED",
            priority=7,
            computeEnvironmentOrder=[
                {"order": 1, "computeEnvironment": arn},
                {"order": 5, "computeEnvironment": "a"},
            ],
            jobStateTimeLimitActions=[LIMIT],
            tags={"team": "x"},
        )
    )
    assert described(batch, "queue") == [
        queue_detail(
            state="DISABLED",
            priority=7,
            computeEnvironmentOrder=[
                {"order": 1, "computeEnvironment": arn},
                {"order": 5, "computeEnvironment": f"{BATCH}:compute-environment/a"},
            ],
            jobStateTimeLimitActions=[LIMIT],
            tags={"team": "x"},
        )
    ]


@aws.documented("https://github.com/hashicorp/terraform-provider-aws: an empty answer means not found")
def test_queues_are_found_by_name_and_arn_and_unknown_ones_are_left_out(batch: Batch) -> None:
    batch.environment()
    arn = batch.queue("a")
    batch.queue("b")
    assert [each["jobQueueName"] for each in described(batch, "b", "nobody", arn)] == ["b", "a"]
    assert described(batch, "nobody") == []


@aws.recorded("issue aws-cloudformation/cloudformation-coverage-roadmap#2463")
def test_a_name_that_is_taken_is_a_conflict(batch: Batch, refused: Any) -> None:
    batch.environment()
    batch.queue()
    answer = refused(batch.client.create_job_queue, **request(priority=9))
    assert answer == ("ClientException", 409, "Object already exists")
    assert described(batch, "queue") == [queue_detail()]


POLICY = f"{BATCH}:scheduling-policy/nobody"


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"jobQueueName": "two words"}, "Job Queue name should match a valid pattern."),
        ({"computeEnvironmentOrder": []}, "computeEnvironmentOrder is required."),
        (
            {"computeEnvironmentOrder": order("a", "b", "c", "d")},
            "Only 3 environments are allowed in job queue request.",
        ),
        (
            {"computeEnvironmentOrder": order("ce", "ce")},
            "Duplicate ComputeEnvironments within order list.",
        ),
        (
            {
                "computeEnvironmentOrder": [
                    {"order": 1, "computeEnvironment": "ce"},
                    {"order": 1, "computeEnvironment": "other"},
                ]
            },
            "Duplicate ComputeEnvironment order values.",
        ),
        (
            {"computeEnvironmentOrder": order("ce", "fargate")},
            "Fargate and EC2 compute environments can not be mixed.",
        ),
        ({"computeEnvironmentOrder": order("nobody")}, NOT_ATTACHABLE),
        (
            {"schedulingPolicyArn": f"{BATCH}:job-queue/queue"},
            "Only scheduling policy Arn can be allowed.",
        ),
        ({"schedulingPolicyArn": POLICY}, f"SchedulingPolicy {POLICY} not found."),
        (
            {"jobStateTimeLimitActions": [{**LIMIT, "action": "TERMINATE"}]},
            "Invalid job action. Valid job actions: [CANCEL]",
        ),
        (
            {"jobStateTimeLimitActions": [LIMIT, {**LIMIT, "maxTimeSeconds": 700}]},
            "Duplicate job state limit actions are not allowed.",
        ),
    ],
)
@aws.recorded(PREFLIGHT)
def test_a_queue_that_cannot_be_is_refused(
    batch: Batch, refused: Any, members: dict[str, Any], text: str
) -> None:
    batch.environment()
    batch.environment("other")
    batch.client.create_compute_environment(
        computeEnvironmentName="fargate", type="MANAGED", computeResources=FARGATE
    )
    assert inner(refused(batch.client.create_job_queue, **request(**members))) == client_error(text)
    assert batch.client.describe_job_queues()["jobQueues"] == []


@aws.recorded("public code matches the words `Invalid job reason`; the rest of the sentence is ours")
def test_an_unknown_reason_of_a_time_limit_is_refused(batch: Batch, refused: Any) -> None:
    batch.environment()
    limits = [{**LIMIT, "reason": "BOREDOM"}]
    answer = inner(refused(batch.client.create_job_queue, **request(jobStateTimeLimitActions=limits)))
    assert kind(answer) == ("ClientException", 400)
    assert "Invalid job reason" in answer[2]


@pytest.mark.parametrize(
    "members",
    [
        {"priority": -1},
        {"priority": 1001},
        {"jobStateTimeLimitActions": [{**LIMIT, "maxTimeSeconds": 599}]},
        {"jobStateTimeLimitActions": [{**LIMIT, "maxTimeSeconds": 86_401}]},
    ],
)
@aws.assumed("the ranges are documented, the sentences are not known: " + CREATE)
def test_numbers_out_of_range_are_refused(batch: Batch, refused: Any, members: dict[str, Any]) -> None:
    batch.environment()
    assert kind(refused(batch.client.create_job_queue, **request(**members))) == ("ClientException", 400)


@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/fargate.html")
def test_fargate_and_fargate_spot_go_together(batch: Batch) -> None:
    for name, kind_ in (("a", "FARGATE"), ("b", "FARGATE_SPOT")):
        batch.client.create_compute_environment(
            computeEnvironmentName=name, type="MANAGED", computeResources={**FARGATE, "type": kind_}
        )
    batch.queue(environments=("a", "b"))
    assert described(batch, "queue") == [queue_detail(environments=("a", "b"))]


@aws.emulator_only
def test_time_limits_take_effect_or_are_said_to_have_none(batch: Batch) -> None:
    """A job blocked at the head is cancelled after maxTimeSeconds, or the header says that it is not."""
    batch.environment()
    batch.definition()
    reason = "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"
    made = batch.client.create_job_queue(**request(jobStateTimeLimitActions=[{**LIMIT, "reason": reason}]))
    too_big = [{"type": "VCPU", "value": "64"}]
    job_id = batch.submit(containerOverrides={"resourceRequirements": too_big})
    batch.advance(1200)
    assert batch.status(job_id) == "FAILED" or ignored(made) == ["jobStateTimeLimitActions"]


# --- update


@aws.documented(UPDATE)
def test_an_update_changes_what_it_names_and_nothing_else(batch: Batch) -> None:
    batch.environment()
    arn = batch.queue()
    answer = batch.client.update_job_queue(jobQueue=arn, priority=5)
    assert body(answer) == {"jobQueueName": "queue", "jobQueueArn": arn}
    assert described(batch, "queue") == [queue_detail(priority=5)]


@aws.documented(UPDATE)
def test_every_member_can_be_updated(batch: Batch) -> None:
    batch.environment()
    batch.environment("other")
    batch.queue()
    batch.client.update_job_queue(
        jobQueue="queue",
        state="DISABLED",
        priority=3,
        computeEnvironmentOrder=order("other", "ce"),
        jobStateTimeLimitActions=[LIMIT],
    )
    assert described(batch, "queue") == [
        queue_detail(
            environments=("other", "ce"), state="DISABLED", priority=3, jobStateTimeLimitActions=[LIMIT]
        )
    ]


@aws.documented(
    "https://github.com/hashicorp/terraform-provider-aws sends schedulingPolicyArn on every update"
)
def test_an_empty_scheduling_policy_arn_changes_nothing(batch: Batch) -> None:
    batch.environment()
    batch.queue()
    batch.client.update_job_queue(jobQueue="queue", priority=2, schedulingPolicyArn="")
    assert described(batch, "queue") == [queue_detail(priority=2)]


@aws.assumed("as on creation")
def test_an_update_that_cannot_be_changes_nothing(batch: Batch, refused: Any) -> None:
    batch.environment()
    batch.queue()
    answer = refused(
        batch.client.update_job_queue, jobQueue="queue", priority=9, computeEnvironmentOrder=order("nobody")
    )
    assert inner(answer) == client_error(NOT_ATTACHABLE)
    assert described(batch, "queue") == [queue_detail()]


@pytest.mark.parametrize("text", ["nobody", f"{BATCH}:job-queue/nobody"])
@aws.recorded("public code matches `<arn> does not exist`, also when a plain name was sent")
def test_an_unknown_queue_cannot_be_updated(batch: Batch, refused: Any, text: str) -> None:
    answer = refused(batch.client.update_job_queue, jobQueue=text, priority=2)
    assert answer == client_error(f"{BATCH}:job-queue/nobody does not exist")


# --- delete


@aws.documented(DELETE)
def test_a_disabled_queue_is_deleted_and_its_environment_stays(batch: Batch) -> None:
    batch.environment()
    arn = batch.queue()
    batch.client.update_job_queue(jobQueue="queue", state="DISABLED")
    assert body(batch.client.delete_job_queue(jobQueue=arn)) == {}
    assert described(batch, "queue") == []
    batch.queue()
    assert described(batch, "queue") == [queue_detail()]


@aws.assumed("the rule is documented, the sentence is not known: " + DELETE)
def test_an_enabled_queue_is_not_deleted(batch: Batch, refused: Any) -> None:
    batch.environment()
    batch.queue()
    assert kind(refused(batch.client.delete_job_queue, jobQueue="queue")) == ("ClientException", 400)
    assert described(batch, "queue") == [queue_detail()]


@aws.recorded("issue aws/aws-cli#2551 (2017): other delete operations answer the same")
def test_deleting_what_does_not_exist_succeeds(batch: Batch) -> None:
    assert body(batch.client.delete_job_queue(jobQueue="nobody")) == {}


@aws.recorded("real job details in public code say JobQueue deleted; the rule: " + DELETE)
def test_deleting_a_queue_ends_its_jobs_in_every_state(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    running = [batch.submit() for _ in range(4)]
    runnable = batch.submit()
    pending = batch.submit(dependsOn=[{"jobId": runnable}])
    batch.client.update_job_queue(jobQueue="queue", state="DISABLED")
    batch.client.delete_job_queue(jobQueue="queue")
    batch.advance(0)
    for job_id in (*running, runnable, pending):
        job = batch.job(job_id)
        assert (job["status"], job["statusReason"]) == ("FAILED", "JobQueue deleted")


@aws.documented(DELETE)
def test_jobs_of_a_deleted_queue_are_not_the_next_queues(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    old = batch.submit(retryStrategy={"attempts": 3})
    batch.client.update_job_queue(jobQueue="queue", state="DISABLED")
    batch.client.delete_job_queue(jobQueue="queue")
    batch.queue()
    new = batch.submit()
    batch.advance(60)
    assert (batch.status(old), batch.status(new)) == ("FAILED", "SUCCEEDED")
    listed = batch.client.list_jobs(jobQueue="queue", filters=[{"name": "JOB_NAME", "values": ["*"]}])
    assert [each["jobId"] for each in listed["jobSummaryList"]] == [new]
