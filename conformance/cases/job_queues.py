"""CreateJobQueue, DescribeJobQueues, UpdateJobQueue, DeleteJobQueue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import assumed, documented, guide, issue, model, preflight, quoted, recorded
from conformance.expect import CONFLICT, REFUSED, bare, includes, lacks, mentions, said, same, wrapped
from conformance.refusals import Row, add_refusals
from conformance.requests import GONE, create_queue, create_training_queue

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("job_queues")
case = family.case

ANSWER = recorded("a DescribeJobQueues answer of October 2025 in a public repository")
KIND = "JobQueue"
LIMIT = {
    "reason": "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "state": "RUNNABLE",
    "maxTimeSeconds": 600,
    "action": "CANCEL",
}


def order(*names: str) -> list[dict[str, Any]]:
    return [{"order": number, "computeEnvironment": name} for number, name in enumerate(names, 1)]


def services(*names: str) -> list[dict[str, Any]]:
    return [{"order": number, "serviceEnvironment": name} for number, name in enumerate(names, 1)]


def _same_order(lab: Lab) -> dict[str, Any]:
    names = (lab.shared_environment, lab.once("environment 2", lambda shared: shared.environment()))
    return {"computeEnvironmentOrder": [{"order": 1, "computeEnvironment": name} for name in names]}


def _unknown_policy(lab: Lab) -> str:
    return lab.arn("scheduling-policy", "conformance-nobody")


ON_COMPUTE = [
    Row(
        "two-words",
        {"jobQueueName": "two words"},
        wrapped("Job Queue name should match a valid pattern."),
        preflight("jq-name"),
    ),
    Row(
        "129-characters",
        {"jobQueueName": "x" * 129},
        wrapped("Job Queue name should match a valid pattern."),
        preflight("jq-name"),
    ),
    Row(
        "no-environments",
        {"computeEnvironmentOrder": []},
        wrapped("computeEnvironmentOrder is required."),
        preflight("queue-order-required"),
    ),
    Row(
        "four-environments",
        {"computeEnvironmentOrder": order("a", "b", "c", "d")},
        wrapped("Only 3 environments are allowed in job queue request."),
        preflight("jq-ce-order-max"),
    ),
    Row(
        "an-environment-twice",
        lambda lab: {"computeEnvironmentOrder": order(lab.shared_environment, lab.shared_environment)},
        wrapped("Duplicate ComputeEnvironments within order list."),
        preflight(),
    ),
    Row(
        "an-order-twice",
        _same_order,
        wrapped("Duplicate ComputeEnvironment order values."),
        preflight(),
    ),
    Row(
        "fargate-beside-ec2",
        lambda lab: {
            "computeEnvironmentOrder": order(lab.shared_environment, lab.shared_fargate_environment)
        },
        wrapped(
            "All attached Compute Environments must be of types [EC2, SPOT] or types [FARGATE_SPOT, FARGATE] "
            "or types [ECS_MANAGED_INSTANCES], not mixed."
        ),
        preflight("jq-ce-mix-fargate-ec2"),
    ),
    Row(
        "eks-on-ecs",
        {"jobQueueType": "EKS"},
        wrapped("EKS job queue type must have EKS compute environment."),
        preflight("jq-type-matches-ce-type"),
    ),
    Row(
        "unknown-environment",
        {"computeEnvironmentOrder": order("conformance-nobody")},
        said("Compute Environments must be created and valid before attaching them to a job queue"),
        preflight("jq-ce-arn-region"),
    ),
    Row(
        "policy-of-another-kind",
        lambda lab: {"schedulingPolicyArn": lab.arn("job-queue", "conformance-nobody")},
        said("Only scheduling policy Arn can be allowed."),
        preflight(),
    ),
    Row(
        "unknown-policy",
        lambda lab: {"schedulingPolicyArn": _unknown_policy(lab)},
        lambda lab: said(f"SchedulingPolicy {_unknown_policy(lab)} not found."),
        preflight(),
    ),
    Row(
        "quota-policy",
        lambda lab: {"schedulingPolicyArn": lab.shared_quota_policy},
        said("Quota Management feature is only supported for SageMaker Training job queues."),
        preflight(),
    ),
    Row(
        "limit-that-terminates",
        {"jobStateTimeLimitActions": [{**LIMIT, "action": "TERMINATE"}]},
        wrapped("Invalid job action. Valid job actions: [CANCEL]"),
        preflight(),
    ),
    Row(
        "limit-twice",
        {"jobStateTimeLimitActions": [LIMIT, {**LIMIT, "maxTimeSeconds": 700}]},
        wrapped("Duplicate job state limit actions are not allowed."),
        preflight(),
    ),
    Row(
        "limit-of-unknown-reason",
        {"jobStateTimeLimitActions": [{**LIMIT, "reason": "BOREDOM"}]},
        mentions("Invalid job reason"),
        quoted("a sweep matches `Invalid job reason`"),
    ),
    Row(
        "limit-of-599-seconds",
        {"jobStateTimeLimitActions": [{**LIMIT, "maxTimeSeconds": 599}]},
        REFUSED,
        model("JobStateTimeLimitAction.maxTimeSeconds"),
    ),
    Row(
        "limit-of-86401-seconds",
        {"jobStateTimeLimitActions": [{**LIMIT, "maxTimeSeconds": 86_401}]},
        REFUSED,
        model("JobStateTimeLimitAction.maxTimeSeconds"),
    ),
    Row("priority-below-0", {"priority": -1}, REFUSED, assumed("the console offers 0 to 1000")),
    Row("priority-above-1000", {"priority": 1001}, REFUSED, assumed("the console offers 0 to 1000")),
    Row(
        "both-orders",
        lambda lab: {"serviceEnvironmentOrder": services(lab.shared_service_environment)},
        REFUSED,
        model("CreateJobQueueRequest.serviceEnvironmentOrder"),
    ),
]
ON_TRAINING = [
    Row(
        "training-without-environment",
        {"serviceEnvironmentOrder": GONE},
        wrapped("Job queues of type SAGEMAKER_TRAINING must have serviceEnvironmentOrder."),
        preflight(),
    ),
    Row(
        "two-service-environments",
        lambda lab: {
            "serviceEnvironmentOrder": services(
                lab.shared_service_environment,
                lab.once("service environment 2", lambda shared: shared.service_environment()),
            )
        },
        wrapped("Job queue can only have 1 service environment."),
        preflight(),
    ),
    Row(
        "unknown-service-environment",
        {"serviceEnvironmentOrder": services("conformance-nobody")},
        said("Service environments must be created and valid before attaching them to a job queue."),
        preflight(),
    ),
    Row(
        "service-environment-and-ecs",
        {"jobQueueType": "ECS"},
        said(
            "CreateJobQueue requires either setting computeEnvironmentOrder or setting "
            "serviceEnvironmentOrder along with a supported jobQueueType. The jobQueueType provided is ECS, "
            "which is incompatible with the provided serviceEnvironmentOrder."
        ),
        preflight("jq-service-env-requires-sagemaker-type"),
    ),
    Row(
        "training-limit-that-cancels",
        {"jobStateTimeLimitActions": [LIMIT]},
        wrapped("Invalid job action. Valid job actions: [TERMINATE]"),
        preflight(),
    ),
]
add_refusals(family, "CreateJobQueue", create_queue, ON_COMPUTE)
add_refusals(family, "CreateJobQueue", create_training_queue, ON_TRAINING)


# --- life cycle


@case("CreateJobQueue", "life cycle", model("CreateJobQueueResponse"))
def creating_answers_name_and_arn(lab: Lab) -> None:
    request = create_queue(lab)
    name = request["jobQueueName"]
    wanted = {"jobQueueName": name, "jobQueueArn": lab.arn("job-queue", name)}
    same(lab.call("CreateJobQueue", **request), wanted)


@case("CreateJobQueue", "life cycle", ANSWER)
def it_becomes_valid_and_healthy(lab: Lab) -> None:
    wanted = {"status": "VALID", "state": "ENABLED", "statusReason": "JobQueue Healthy"}
    includes(lab.detail(KIND, lab.queue()), wanted)


@case("CreateJobQueue", "life cycle", model("CreateJobQueueRequest.state"))
def it_can_be_made_disabled(lab: Lab) -> None:
    includes(lab.detail(KIND, lab.queue(state="DISABLED")), {"state": "DISABLED", "status": "VALID"})


@case("UpdateJobQueue", "life cycle", issue("astronomer/astronomer-providers#500"))
def it_can_be_disabled_and_enabled(lab: Lab) -> None:
    name = lab.queue()
    for state in ("DISABLED", "ENABLED"):
        lab.update(KIND, name, state=state)
        includes(lab.detail(KIND, name), {"state": state, "status": "VALID"})


@case("UpdateJobQueue", "life cycle", model("UpdateJobQueueResponse"))
def updating_answers_name_and_arn(lab: Lab) -> None:
    name = lab.queue()
    arn = lab.arn("job-queue", name)
    answer = lab.call("UpdateJobQueue", jobQueue=arn, priority=2)
    same(answer, {"jobQueueName": name, "jobQueueArn": arn})


@case("DeleteJobQueue", "life cycle", model("DeleteJobQueue"))
def a_disabled_one_can_be_deleted(lab: Lab) -> None:
    name = lab.queue(state="DISABLED")
    same(lab.call("DeleteJobQueue", jobQueue=name), {})
    lab.until_gone(lambda: lab.status(KIND, name))


@case("DeleteJobQueue", "life cycle", model("DeleteJobQueue"))
def an_enabled_one_cannot_be_deleted(lab: Lab) -> None:
    name = lab.queue()
    lab.refused(REFUSED, "DeleteJobQueue", jobQueue=name)
    includes(lab.detail(KIND, name), {"status": "VALID", "state": "ENABLED"})


@case("DeleteJobQueue", "life cycle", quoted("statusReason `JobQueue deleted` of array children"))
def deleting_it_ends_its_jobs(lab: Lab) -> None:
    name = lab.idle_queue()
    job_id = lab.submit(jobQueue=name)
    lab.update(KIND, name, state="DISABLED")
    lab.call("DeleteJobQueue", jobQueue=name)
    includes(lab.reached(job_id, "FAILED"), {"statusReason": "JobQueue deleted"})


@case("DeleteJobQueue", "errors", issue("aws/aws-cli#2551"))
def deleting_an_unknown_one_is_no_error(lab: Lab) -> None:
    same(lab.call("DeleteJobQueue", jobQueue=lab.name()), {})


@case("UpdateJobQueue", "errors", quoted("<arn> does not exist, for a plain name"))
def updating_an_unknown_one_is_refused(lab: Lab) -> None:
    name = lab.name()
    wanted = bare(f"{lab.arn('job-queue', name)} does not exist")
    lab.refused(wanted, "UpdateJobQueue", jobQueue=name, state="DISABLED")


@case("CreateJobQueue", "errors", issue("aws-cloudformation/cloudformation-coverage-roadmap#2463"))
def a_name_that_is_taken_is_a_conflict(lab: Lab) -> None:
    request = create_queue(lab)
    lab.call("CreateJobQueue", **request)
    lab.until_settled(lambda: lab.status(KIND, request["jobQueueName"]))
    lab.refused(CONFLICT, "CreateJobQueue", **request)


# --- what is answered


@case("DescribeJobQueues", "defaults", ANSWER)
def a_queue_has_exactly_these_members(lab: Lab) -> None:
    name = lab.shared_queue
    wanted = {
        "jobQueueName": name,
        "jobQueueArn": lab.arn("job-queue", name),
        "state": "ENABLED",
        "status": "VALID",
        "statusReason": "JobQueue Healthy",
        "priority": 1,
        "computeEnvironmentOrder": order(lab.arn("compute-environment", lab.shared_environment)),
        "tags": {},
        "jobStateTimeLimitActions": [],
    }
    same(lab.detail(KIND, name), wanted)


@case("DescribeJobQueues", "defaults", guide("create-sagemaker-job-queue"))
def a_training_queue_says_what_it_is(lab: Lab) -> None:
    environment = lab.arn("service-environment", lab.shared_service_environment)
    wanted = {
        "jobQueueType": "SAGEMAKER_TRAINING",
        "serviceEnvironmentOrder": services(environment),
        "computeEnvironmentOrder": [],
    }
    includes(lab.detail(KIND, lab.shared_training_queue), wanted)


@case("DescribeJobQueues", "defaults", model("CreateJobQueueRequest.jobStateTimeLimitActions"))
def time_limits_are_kept(lab: Lab) -> None:
    name = lab.queue(jobStateTimeLimitActions=[LIMIT])
    same(lab.detail(KIND, name)["jobStateTimeLimitActions"], [LIMIT])


@case("DescribeJobQueues", "defaults", model("JobQueueDetail.schedulingPolicyArn"))
def its_policy_is_answered(lab: Lab) -> None:
    lacks(lab.detail(KIND, lab.shared_queue), "schedulingPolicyArn")
    name = lab.queue(schedulingPolicyArn=lab.shared_fair_policy)
    includes(lab.detail(KIND, name), {"schedulingPolicyArn": lab.shared_fair_policy})


@case("DescribeJobQueues", "behaviour", model("DescribeJobQueuesRequest.jobQueues"))
def they_are_found_by_name_and_by_arn(lab: Lab) -> None:
    name = lab.shared_queue
    for asked in (name, lab.arn("job-queue", name)):
        same([each["jobQueueName"] for each in lab.describe(KIND, asked)], [name])


@case(
    "DescribeJobQueues",
    "behaviour",
    documented("https://github.com/hashicorp/terraform-provider-aws: an empty answer means not found"),
)
def unknown_ones_are_left_out(lab: Lab) -> None:
    same(lab.describe(KIND, lab.name()), [])


@case("DescribeJobQueues", "errors", assumed("the answer for compute environments is known"))
def names_and_max_results_exclude_each_other(lab: Lab) -> None:
    lab.refused(REFUSED, "DescribeJobQueues", jobQueues=[lab.shared_queue], maxResults=5)


# --- updates


@case("UpdateJobQueue", "behaviour", model("UpdateJobQueueRequest"))
def priority_and_order_can_be_changed(lab: Lab) -> None:
    other, name = lab.environment(), lab.queue()
    lab.update(KIND, name, priority=7, computeEnvironmentOrder=order(other))
    wanted = {"priority": 7, "computeEnvironmentOrder": order(lab.arn("compute-environment", other))}
    includes(lab.detail(KIND, name), wanted)


@case("UpdateJobQueue", "behaviour", model("UpdateJobQueueRequest.jobStateTimeLimitActions"))
def time_limits_can_be_changed(lab: Lab) -> None:
    name = lab.queue(jobStateTimeLimitActions=[LIMIT])
    longer = {**LIMIT, "maxTimeSeconds": 900}
    lab.update(KIND, name, jobStateTimeLimitActions=[longer])
    same(lab.detail(KIND, name)["jobStateTimeLimitActions"], [longer])


@case("UpdateJobQueue", "behaviour", model("UpdateJobQueueRequest.schedulingPolicyArn"))
def a_fair_share_queue_can_get_another_policy(lab: Lab) -> None:
    other = lab.policy()
    name = lab.queue(schedulingPolicyArn=lab.shared_fair_policy)
    lab.update(KIND, name, schedulingPolicyArn=other)
    includes(lab.detail(KIND, name), {"schedulingPolicyArn": other})


@case("UpdateJobQueue", "errors", model("UpdateJobQueueRequest.schedulingPolicyArn"))
def a_fifo_queue_gains_no_policy(lab: Lab) -> None:
    policy = lab.shared_fair_policy
    lab.refused(REFUSED, "UpdateJobQueue", jobQueue=lab.queue(), schedulingPolicyArn=policy)


@case("CreateJobQueue", "behaviour", guide("fargate"))
def fargate_and_fargate_spot_go_together(lab: Lab) -> None:
    spot = lab.environment(computeResources={**lab.settings.fargate, "type": "FARGATE_SPOT"})
    name = lab.queue(lab.shared_fargate_environment, spot)
    includes(lab.detail(KIND, name), {"status": "VALID"})
