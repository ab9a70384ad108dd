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
            "All attached Compute Environments must be of types [EC2, SPOT] or types [FARGATE_SPOT, FARGATE] "
            "or types [ECS_MANAGED_INSTANCES], not mixed.",
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
    assert answer[2].startswith("Invalid job reason")
    assert answer[2].count("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY, MISCONFIGURATION:") == 1


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


# --- scheduling policies


def quota_queue(batch: Batch) -> str:
    """A queue with a quota share policy; the ARN of that policy."""
    batch.service_environment()
    arn = batch.quota_policy()
    batch.service_queue("queue", schedulingPolicyArn=arn)
    return arn


@aws.documented(CREATE)
def test_a_queue_has_the_policy_that_was_sent(batch: Batch) -> None:
    batch.environment()
    arn = batch.policy()
    batch.queue(schedulingPolicyArn=arn)
    assert described(batch, "queue") == [queue_detail(schedulingPolicyArn=arn)]


@aws.recorded(PREFLIGHT)
def test_quota_shares_are_for_service_jobs(batch: Batch, refused: Any) -> None:
    batch.environment()
    answer = refused(batch.queue, schedulingPolicyArn=batch.quota_policy())
    assert inner(answer) == client_error(
        "Quota Management feature is only supported for SageMaker Training job queues."
    )


@aws.documented(UPDATE)
def test_a_policy_is_replaced_by_one_of_its_kind(batch: Batch) -> None:
    batch.environment()
    batch.queue(schedulingPolicyArn=batch.policy())
    new = batch.policy("new")
    batch.client.update_job_queue(jobQueue="queue", schedulingPolicyArn=new)
    assert described(batch, "queue") == [queue_detail(schedulingPolicyArn=new)]
    batch.client.update_job_queue(jobQueue="queue", schedulingPolicyArn="", priority=4)
    assert described(batch, "queue") == [queue_detail(schedulingPolicyArn=new, priority=4)]


@aws.assumed("the rule is documented, the sentence is not known: " + UPDATE)
def test_a_queue_without_a_policy_never_has_one(batch: Batch, refused: Any) -> None:
    batch.environment()
    batch.queue()
    answer = refused(
        batch.client.update_job_queue, jobQueue="queue", priority=9, schedulingPolicyArn=batch.policy()
    )
    assert kind(answer) == ("ClientException", 400)
    assert described(batch, "queue") == [queue_detail()]


@aws.assumed("the kind of a policy is for life; the sentence is not known")
def test_a_policy_is_not_replaced_by_one_of_another_kind(batch: Batch, refused: Any) -> None:
    arn = quota_queue(batch)
    answer = refused(batch.client.update_job_queue, jobQueue="queue", schedulingPolicyArn=batch.policy())
    assert kind(answer) == ("ClientException", 400)
    assert described(batch, "queue")[0]["schedulingPolicyArn"] == arn


# --- queues of service jobs

SERVICE = "https://docs.aws.amazon.com/batch/latest/userguide/create-sagemaker-job-queue.html"
TERMINATE = {**LIMIT, "action": "TERMINATE"}


@aws.emulator_only
def test_a_fair_share_policy_says_so_where_it_has_no_effect(batch: Batch) -> None:
    batch.environment()
    made = batch.client.create_job_queue(**request(schedulingPolicyArn=batch.policy()))
    assert ignored(made) == []
    batch.service_environment()
    order = [{"order": 1, "serviceEnvironment": "se"}]
    made = batch.client.create_job_queue(
        jobQueueName="training",
        priority=1,
        jobQueueType="SAGEMAKER_TRAINING",
        serviceEnvironmentOrder=order,
        schedulingPolicyArn=batch.policy("other"),
    )
    assert ignored(made) == ["schedulingPolicyArn"]
    made = batch.client.update_job_queue(jobQueue="training", schedulingPolicyArn=batch.policy("new"))
    assert ignored(made) == ["schedulingPolicyArn"]


def service_order(*names: str) -> list[dict[str, Any]]:
    return [{"order": n, "serviceEnvironment": each} for n, each in enumerate(names)]


def service_request(**members: Any) -> dict[str, Any]:
    return {
        "jobQueueName": "queue",
        "priority": 1,
        "jobQueueType": "SAGEMAKER_TRAINING",
        "serviceEnvironmentOrder": service_order("se"),
        **members,
    }


def service_detail(*names: str, **members: Any) -> dict[str, Any]:
    arns = [f"{BATCH}:service-environment/{each}" for each in names or ("se",)]
    return queue_detail(
        environments=(),
        jobQueueType="SAGEMAKER_TRAINING",
        serviceEnvironmentOrder=service_order(*arns),
        **members,
    )


@aws.documented(SERVICE)
def test_a_queue_of_service_jobs_is_answered_with_arns(batch: Batch) -> None:
    batch.service_environment()
    batch.client.create_job_queue(**service_request(jobStateTimeLimitActions=[TERMINATE], tags={"team": "x"}))
    assert described(batch, "queue") == [
        service_detail(jobStateTimeLimitActions=[TERMINATE], tags={"team": "x"})
    ]


@aws.assumed("a service environment says enough")
def test_a_queue_of_a_service_environment_needs_no_type(batch: Batch) -> None:
    batch.service_environment()
    given = service_request()
    del given["jobQueueType"]
    batch.client.create_job_queue(**given)
    assert described(batch, "queue") == [service_detail()]


NOT_VALID = "Service environments must be created and valid before attaching them to a job queue."


@pytest.mark.parametrize(
    ("members", "text"),
    [
        (
            {"serviceEnvironmentOrder": []},
            "Job queues of type SAGEMAKER_TRAINING must have serviceEnvironmentOrder.",
        ),
        (
            {"serviceEnvironmentOrder": service_order("se", "other")},
            "Job queue can only have 1 service environment.",
        ),
        ({"serviceEnvironmentOrder": service_order("nobody")}, NOT_VALID),
        (
            {"jobQueueType": "ECS"},
            "CreateJobQueue requires either setting computeEnvironmentOrder or setting "
            "serviceEnvironmentOrder along with a supported jobQueueType. The jobQueueType provided is ECS, "
            "which is incompatible with the provided serviceEnvironmentOrder.",
        ),
        ({"jobStateTimeLimitActions": [LIMIT]}, "Invalid job action. Valid job actions: [TERMINATE]"),
        (
            {"jobStateTimeLimitActions": [TERMINATE, {**TERMINATE, "maxTimeSeconds": 700}]},
            "Duplicate job state limit actions are not allowed.",
        ),
    ],
)
@aws.recorded(PREFLIGHT)
def test_a_queue_of_service_jobs_that_cannot_be_is_refused(
    batch: Batch, refused: Any, members: dict[str, Any], text: str
) -> None:
    batch.service_environment()
    batch.service_environment("other")
    assert inner(refused(batch.client.create_job_queue, **service_request(**members))) == client_error(text)
    assert batch.client.describe_job_queues()["jobQueues"] == []


@aws.recorded(PREFLIGHT)
def test_a_type_of_service_jobs_needs_a_service_environment(batch: Batch, refused: Any) -> None:
    batch.environment()
    answer = refused(batch.client.create_job_queue, **request(jobQueueType="SAGEMAKER_TRAINING"))
    assert inner(answer) == client_error(
        "Job queues of type SAGEMAKER_TRAINING must have serviceEnvironmentOrder."
    )


@pytest.mark.parametrize(
    "reason",
    ["CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY", "MISCONFIGURATION:SERVICE_ENVIRONMENT_MAX_RESOURCE"],
)
@aws.documented(SERVICE)
def test_the_reasons_of_service_jobs_are_taken(batch: Batch, reason: str) -> None:
    batch.service_environment()
    limits = [{**TERMINATE, "reason": reason}]
    batch.client.create_job_queue(**service_request(jobStateTimeLimitActions=limits))
    assert described(batch, "queue") == [service_detail(jobStateTimeLimitActions=limits)]


@aws.recorded("public code matches the words `Invalid job reason`; the rest of the sentence is ours")
def test_the_reasons_of_container_jobs_are_none_of_service_jobs(batch: Batch, refused: Any) -> None:
    batch.service_environment()
    limits = [{**TERMINATE, "reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"}]
    answer = inner(refused(batch.client.create_job_queue, **service_request(jobStateTimeLimitActions=limits)))
    assert answer[2].startswith("Invalid job reason")
    assert answer[2].count("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY, MISCONFIGURATION:") == 1


@aws.documented(CREATE)
def test_a_type_that_was_sent_is_answered(batch: Batch) -> None:
    batch.environment()
    batch.client.create_job_queue(**request(jobQueueType="ECS"))
    assert described(batch, "queue") == [queue_detail(jobQueueType="ECS")]


@aws.recorded(PREFLIGHT)
def test_a_type_goes_with_its_environments(batch: Batch, refused: Any) -> None:
    batch.environment()
    answer = refused(batch.client.create_job_queue, **request(jobQueueType="EKS"))
    assert inner(answer) == client_error("EKS job queue type must have EKS compute environment.")


@aws.assumed("the sentence is that of EKS; the rule: " + CREATE)
def test_every_type_goes_with_its_environments(batch: Batch, refused: Any) -> None:
    batch.environment()
    answer = refused(batch.client.create_job_queue, **request(jobQueueType="ECS_FARGATE"))
    assert kind(answer) == ("ClientException", 400)


@aws.assumed("the rule is documented, the sentence is not known: " + CREATE)
def test_a_queue_has_environments_of_one_kind(batch: Batch, refused: Any) -> None:
    batch.environment()
    batch.service_environment()
    both = request(serviceEnvironmentOrder=service_order("se"))
    assert kind(refused(batch.client.create_job_queue, **both)) == ("ClientException", 400)
    batch.queue()
    batch.service_queue()
    update = batch.client.update_job_queue
    for name, members in (
        ("queue", {"serviceEnvironmentOrder": service_order("se")}),
        ("training", {"computeEnvironmentOrder": order("ce")}),
        ("training", {"serviceEnvironmentOrder": []}),
        ("training", {"jobStateTimeLimitActions": [LIMIT]}),
    ):
        assert kind(refused(update, jobQueue=name, priority=9, **members)) == ("ClientException", 400)
    assert [each["priority"] for each in described(batch, "queue", "training")] == [1, 1]


@aws.documented(UPDATE)
def test_a_queue_moves_to_another_service_environment_and_what_runs_stays(batch: Batch) -> None:
    batch.service_ready()
    batch.plan(serviceJob=True, durationSeconds=60)
    running, waiting = batch.train(), batch.train()
    batch.service_environment("other")
    batch.client.update_job_queue(jobQueue="training", serviceEnvironmentOrder=service_order("other"))
    batch.advance(0)
    assert [batch.training_status(each) for each in (running, waiting)] == ["RUNNING", "RUNNING"]
    batch.advance(60)
    assert [batch.training_status(each) for each in (running, waiting)] == ["SUCCEEDED", "SUCCEEDED"]


@aws.documented(UPDATE + ": of queues on one service environment the higher priority goes first")
def test_queues_of_one_service_environment_are_served_by_priority(batch: Batch) -> None:
    batch.service_ready()
    batch.service_queue("urgent", priority=9)
    batch.plan(serviceJob=True, durationSeconds=60)
    batch.train()
    low, high = batch.train(), batch.train(jobQueue="urgent")
    batch.advance(60)
    assert [batch.training_status(each) for each in (low, high)] == ["RUNNABLE", "RUNNING"]


@aws.documented(DELETE)
def test_jobs_of_a_deleted_queue_of_service_jobs_are_not_the_next_queues(batch: Batch) -> None:
    """Nor do the quota shares of the next queue, which bear the old names, answer for them."""
    share = batch.quota_ready()
    batch.plan(serviceJob=True, durationSeconds=60)
    old = batch.train(quotaShareName="share")
    batch.client.update_job_queue(jobQueue="training", state="DISABLED")
    batch.client.delete_job_queue(jobQueue="training")
    batch.service_queue(schedulingPolicyArn=f"{BATCH}:scheduling-policy/quotas")
    assert batch.share() == share
    new, next_ = batch.train(quotaShareName="share"), batch.train(quotaShareName="share")
    batch.advance(0)
    assert [batch.training_status(each) for each in (old, new, next_)] == ["FAILED", "RUNNING", "RUNNABLE"]
