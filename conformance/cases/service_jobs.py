"""SubmitServiceJob, DescribeServiceJob, ListServiceJobs, UpdateServiceJob, TerminateServiceJob(s)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import assumed, guide, issue, model
from conformance.expect import REFUSED, holds, includes, lacks, same
from conformance.refusals import Row, add_refusals

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("service_jobs")
case = family.case
NOBODY = "00000000-0000-4000-8000-000000000000"


def waiting(lab: Lab, **members: Any) -> dict[str, Any]:
    """A RUNNABLE service job in detail."""
    request = lab.service_job_members(jobQueue=lab.shared_idle_training_queue, **members)
    job_id = lab.call("SubmitServiceJob", **request)["jobId"]
    return reached(lab, job_id, "RUNNABLE")


def reached(lab: Lab, job_id: str, status: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        job = lab.call("DescribeServiceJob", jobId=job_id)
        return job if job["status"] == status else None

    return dict(lab.until(look, f"service job in {status}"))


def listed(lab: Lab, **members: Any) -> list[str]:
    """Ids, from all pages."""
    pages = lab.client.get_paginator("list_service_jobs").paginate(**members)
    return [str(each["jobId"]) for page in pages for each in page["jobSummaryList"]]


def evaluate(*conditions: dict[str, str]) -> dict[str, Any]:
    return {"retryStrategy": {"attempts": 2, "evaluateOnExit": list(conditions)}}


SHARE = "SubmitServiceJobRequest.shareIdentifier"
ROWS = [
    Row("name-with-space", {"jobName": "a b"}, REFUSED, model("SubmitServiceJobRequest.jobName")),
    Row("name-of-129", {"jobName": "x" * 129}, REFUSED, model("SubmitServiceJobRequest.jobName")),
    Row(
        "queue-for-containers",
        lambda lab: {"jobQueue": lab.shared_queue},
        REFUSED,
        model("SubmitServiceJobRequest.jobQueue"),
    ),
    Row("unknown-queue", {"jobQueue": "conformance-nobody"}, REFUSED, assumed("no answer is known")),
    Row(
        "attempts-11", {"retryStrategy": {"attempts": 11}}, REFUSED, model("ServiceJobRetryStrategy.attempts")
    ),
    Row("attempts-0", {"retryStrategy": {"attempts": 0}}, REFUSED, model("ServiceJobRetryStrategy.attempts")),
    Row(
        "six-conditions",
        evaluate(*({"action": "RETRY", "onStatusReason": f"r{n}"} for n in range(6))),
        REFUSED,
        model("ServiceJobRetryStrategy.evaluateOnExit"),
    ),
    Row(
        "condition-of-513",
        evaluate({"action": "RETRY", "onStatusReason": "x" * 513}),
        REFUSED,
        model("ServiceJobEvaluateOnExit.onStatusReason"),
    ),
    Row(
        "timeout-59",
        {"timeoutConfig": {"attemptDurationSeconds": 59}},
        REFUSED,
        model("ServiceJobTimeout.attemptDurationSeconds"),
    ),
    Row(
        "priority-10000",
        {"schedulingPriority": 10_000},
        REFUSED,
        model("SubmitServiceJobRequest.schedulingPriority"),
    ),
    Row(
        "payload-of-11-kib",
        {"serviceRequestPayload": '{"x": "' + "y" * 11 * 1024 + '"}'},
        REFUSED,
        guide("service_limits"),
    ),
    Row("share-on-fifo-queue", {"shareIdentifier": "a"}, REFUSED, model(SHARE)),
    Row(
        "quota-share-on-fifo-queue",
        {"quotaShareName": "a"},
        REFUSED,
        model("SubmitServiceJobRequest.quotaShareName"),
    ),
    Row(
        "no-quota-share-on-quota-queue",
        lambda lab: {"jobQueue": lab.shared_quota_queue},
        REFUSED,
        model("SubmitServiceJobRequest.quotaShareName"),
    ),
]
add_refusals(family, "SubmitServiceJob", lambda lab: lab.service_job_members(), ROWS)


@case("SubmitServiceJob", "life cycle", guide("service-jobs"))
def submitting_answers_name_id_and_arn(lab: Lab) -> None:
    request = lab.service_job_members()
    answer = lab.call("SubmitServiceJob", **request)
    job_id = answer["jobId"]
    wanted = {"jobName": request["jobName"], "jobId": job_id, "jobArn": lab.arn("service-job", job_id)}
    same(answer, wanted)


@case("SubmitServiceJob", "errors", model("SubmitServiceJobRequest.clientToken"))
def a_second_submit_with_the_same_token_is_rejected(lab: Lab) -> None:
    request = lab.service_job_members(clientToken=lab.name())
    lab.call("SubmitServiceJob", **request)
    lab.refused(REFUSED, "SubmitServiceJob", **request)


@case("DescribeServiceJob", "defaults", model("DescribeServiceJobResponse"))
def a_runnable_one_is_answered_as_sent(lab: Lab) -> None:
    given = {
        "retryStrategy": {"attempts": 2},
        "timeoutConfig": {"attemptDurationSeconds": 90},
        "serviceRequestPayload": '{"TrainingJobName": "t"}',
        "tags": {"a": "b"},
    }
    job = waiting(lab, **given)
    includes(job, {**given, "retryStrategy": job.get("retryStrategy")})
    same(job["retryStrategy"]["attempts"], 2)
    same(job["serviceJobType"], "SAGEMAKER_TRAINING")
    same(job["jobQueue"], lab.arn("job-queue", lab.shared_idle_training_queue), "jobQueue")
    holds(job.get("createdAt"), "no createdAt")


@case("DescribeServiceJob", "behaviour", model("DescribeServiceJobResponse.preemptionSummary"))
def one_that_was_never_preempted_has_no_summary(lab: Lab) -> None:
    given = {"preemptionConfiguration": {"preemptionRetriesBeforeTermination": 1}}
    job = waiting(lab, **given)
    includes(job, given)
    lacks(job, "preemptionSummary")


@case("DescribeServiceJob", "errors", assumed("there is nothing to answer; the text is not known"))
def describing_an_unknown_one_is_refused(lab: Lab) -> None:
    lab.refused(REFUSED, "DescribeServiceJob", jobId=NOBODY)


@case("TerminateServiceJob", "life cycle", model("TerminateServiceJobRequest.reason"))
def a_runnable_one_fails_with_the_reason(lab: Lab) -> None:
    job_id = waiting(lab)["jobId"]
    same(lab.call("TerminateServiceJob", jobId=job_id, reason="no longer wanted"), {})
    job = reached(lab, job_id, "FAILED")
    includes(job, {"statusReason": "no longer wanted", "isTerminated": True})


@case("TerminateServiceJob", "errors", issue("aws/aws-cli#2551"))
def terminating_an_unknown_one_is_no_error(lab: Lab) -> None:
    same(lab.call("TerminateServiceJob", jobId=NOBODY, reason="who"), {})


@case("TerminateServiceJobs", "life cycle", model("TerminateServiceJobs"))
def several_are_terminated(lab: Lab) -> None:
    jobs = [waiting(lab)["jobId"], waiting(lab)["jobId"]]
    answer = lab.call("TerminateServiceJobs", jobs=jobs, reason="no longer wanted")
    same((sorted(answer["successful"]), answer["errors"]), (sorted(jobs), []))
    for job_id in jobs:
        includes(reached(lab, job_id, "FAILED"), {"statusReason": "no longer wanted"})


@case("TerminateServiceJobs", "behaviour", model("TerminateServiceJobs"))
def unknown_ones_count_as_terminated(lab: Lab) -> None:
    answer = lab.call("TerminateServiceJobs", jobs=[NOBODY], reason="who")
    same(answer, {"successful": [NOBODY], "errors": []})


@case("TerminateServiceJobs", "limits", model("TerminateServiceJobsRequest.jobs"))
def at_most_50_are_terminated_at_once(lab: Lab) -> None:
    lab.refused(REFUSED, "TerminateServiceJobs", jobs=[NOBODY] * 51, reason="who")


@case("UpdateServiceJob", "behaviour", model("UpdateServiceJobRequest.schedulingPriority"))
def its_priority_can_be_changed(lab: Lab) -> None:
    share = lab.once("fair training queue", _fair_queue)
    request = lab.service_job_members(jobQueue=share, shareIdentifier="a", schedulingPriority=1)
    job_id = lab.call("SubmitServiceJob", **request)["jobId"]
    reached(lab, job_id, "RUNNABLE")
    answer = lab.call("UpdateServiceJob", jobId=job_id, schedulingPriority=7)
    same(answer["jobId"], job_id)
    same(lab.call("DescribeServiceJob", jobId=job_id)["schedulingPriority"], 7)


def _fair_queue(shared: Lab) -> str:
    environment = shared.service_environment()
    order = [{"order": 1, "serviceEnvironment": environment}]
    queue = shared.training_queue(
        serviceEnvironmentOrder=order, schedulingPolicyArn=shared.shared_fair_policy
    )
    shared.update("ServiceEnvironment", environment, state="DISABLED")
    return queue


@case("UpdateServiceJob", "limits", model("UpdateServiceJobRequest.schedulingPriority"))
def a_priority_above_9999_is_refused(lab: Lab) -> None:
    lab.refused(REFUSED, "UpdateServiceJob", jobId=waiting(lab)["jobId"], schedulingPriority=10_000)


@case("ListServiceJobs", "defaults", model("ListServiceJobsRequest.jobStatus"))
def without_a_status_running_ones_are_listed(lab: Lab) -> None:
    job_id = waiting(lab)["jobId"]
    queue = lab.shared_idle_training_queue
    holds(job_id in listed(lab, jobQueue=queue, jobStatus="RUNNABLE"), "not listed as RUNNABLE")
    holds(job_id not in listed(lab, jobQueue=queue), "listed without a status")


@case("ListServiceJobs", "behaviour", model("ListServiceJobsRequest.filters"))
def they_are_filtered_by_name(lab: Lab) -> None:
    job = waiting(lab)
    named = [{"name": "JOB_NAME", "values": [job["jobName"].upper()]}]
    same(listed(lab, jobQueue=lab.shared_idle_training_queue, filters=named), [job["jobId"]])
