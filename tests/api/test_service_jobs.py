"""SubmitServiceJob, DescribeServiceJob, ListServiceJobs, UpdateServiceJob, TerminateServiceJob(s)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import UUID4, body, client_error, inner, kind
from tests.api.conftest import ACCOUNT, BATCH, INSTANCE, PAYLOAD
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

SUBMIT = "https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitServiceJob.html"
LIST = "https://docs.aws.amazon.com/batch/latest/APIReference/API_ListServiceJobs.html"
UPDATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateServiceJob.html"
TERMINATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_TerminateServiceJob.html"
STATUS = "https://docs.aws.amazon.com/batch/latest/userguide/service-job-status.html"
RETRIES = "https://docs.aws.amazon.com/batch/latest/userguide/service-job-retries.html"
EVENTS = "https://docs.aws.amazon.com/batch/latest/userguide/service-job-events.html"
LIMITS = "https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html"
SAID = "Received status from SageMaker: "
COMPLETED = SAID + "Training job completed"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def plan(batch: Batch, **members: Any) -> None:
    batch.plan(serviceJob=True, **members)


def training_job(job: dict[str, Any]) -> str:
    """The ARN of the training job that the latest attempt became, its form checked."""
    resource = job["latestAttempt"]["serviceResourceId"]
    assert resource["name"] == "TrainingJobArn"
    form = rf"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/AWSBatchtrain[0-9a-f]{{32}}"
    assert re.fullmatch(form, resource["value"])
    return str(resource["value"])


def detail(job_id: str, **members: Any) -> dict[str, Any]:
    """What DescribeServiceJob answers for a job that has not been scheduled."""
    return {
        "jobArn": f"{BATCH}:service-job/{job_id}",
        "jobId": job_id,
        "jobName": "job",
        "jobQueue": f"{BATCH}:job-queue/training",
        "attempts": [],
        "capacityUsage": [{"capacityUnit": "NUM_INSTANCES", "quantity": 1.0}],
        "schedulingPriority": 0,
        "serviceJobType": "SAGEMAKER_TRAINING",
        "serviceRequestPayload": PAYLOAD,
        "status": "RUNNABLE",
        "tags": {},
        **members,
    }


# --- life


@aws.documented(SUBMIT)
def test_submitting_answers_arn_name_and_id(batch: Batch) -> None:
    batch.service_ready()
    made = body(
        batch.client.submit_service_job(
            jobName="job",
            jobQueue=f"{BATCH}:job-queue/training",
            serviceJobType="SAGEMAKER_TRAINING",
            serviceRequestPayload=PAYLOAD,
        )
    )
    assert re.fullmatch(UUID4, made["jobId"])
    assert made == {
        "jobArn": f"{BATCH}:service-job/{made['jobId']}",
        "jobName": "job",
        "jobId": made["jobId"],
    }


@aws.documented(EVENTS)
def test_a_job_that_waits_shows_what_was_sent(batch: Batch) -> None:
    batch.service_ready()
    batch.client.update_service_environment(serviceEnvironment="se", state="DISABLED")
    members = {
        "timeoutConfig": {"attemptDurationSeconds": 60},
        "tags": {"team": "x"},
        "schedulingPriority": 3,
        "preemptionConfiguration": {"preemptionRetriesBeforeTermination": 1},
    }
    rules = [{"onStatusReason": "x*", "action": "EXIT"}]
    now = batch.emulator.clock.now()
    plain, full = (
        batch.train(),
        batch.train(**members, retryStrategy={"attempts": 2, "evaluateOnExit": rules}),
    )
    assert batch.training(plain) == detail(plain, createdAt=now)
    assert batch.training(full) == detail(
        full, createdAt=now, retryStrategy={"attempts": 2, "evaluateOnExit": rules}, **members
    )


@aws.documented(STATUS)
def test_a_job_lives_as_sagemaker_says(batch: Batch) -> None:
    batch.service_ready()
    plan(batch, durationSeconds=60)
    now = batch.emulator.clock.now()
    job_id = batch.train()
    running = batch.training(job_id)
    arn = training_job(running)
    times = {"createdAt": now, "scheduledAt": now, "startedAt": now}
    latest = {"serviceResourceId": {"name": "TrainingJobArn", "value": arn}}
    assert running == detail(job_id, status="RUNNING", latestAttempt=latest, **times)
    batch.advance(60)
    over = {"stoppedAt": now + 60_000, "statusReason": COMPLETED}
    assert batch.training(job_id) == detail(
        job_id,
        status="SUCCEEDED",
        latestAttempt=latest,
        attempts=[{**latest, "startedAt": now, **over}],
        **times,
        **over,
    )


@aws.assumed("what SageMaker says of a failure stands behind the prefix, which is documented: " + EVENTS)
def test_a_failure_says_why(batch: Batch) -> None:
    batch.service_ready()
    plan(batch, exitCode=1, reason="AlgorithmError: out of ideas")
    job_id = batch.train()
    batch.advance(0)
    job = batch.training(job_id)
    assert (job["status"], job["statusReason"]) == ("FAILED", SAID + "AlgorithmError: out of ideas")


@aws.emulator_only
def test_a_job_without_a_plan_fails_and_says_what_to_do(batch: Batch) -> None:
    batch.service_ready()
    batch.plan()  # of containers
    job_id = batch.train()
    batch.advance(0)
    job = batch.training(job_id)
    assert job["status"] == "FAILED"
    assert job["statusReason"] == (
        "No plan matches this service job: POST /_batchemu/plans "
        '{"serviceJob": true, "jobName": "job", "exitCode": 0}'
    )


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_CapacityLimit.html")
def test_jobs_wait_for_instances_first_in_first_out(batch: Batch) -> None:
    batch.service_ready(most=3)
    plan(batch, durationSeconds=60)
    sizes = [2, 2, 1]
    jobs = [
        batch.train(
            serviceRequestPayload=json.dumps(
                {"ResourceConfig": {"InstanceType": INSTANCE, "InstanceCount": size}}
            )
        )
        for size in sizes
    ]
    assert [batch.training_status(each) for each in jobs] == ["RUNNING", "RUNNABLE", "RUNNABLE"]
    assert [batch.training(each)["capacityUsage"][0]["quantity"] for each in jobs] == [2.0, 2.0, 1.0]
    batch.advance(60)
    assert [batch.training_status(each) for each in jobs] == ["SUCCEEDED", "RUNNING", "RUNNING"]


@pytest.mark.parametrize("payload", ["not json", "[]", "{}", '{"ResourceConfig": {"InstanceCount": "x"}}'])
@aws.documented(SUBMIT + ": the payload is the service's business; that it counts as one instance is assumed")
def test_a_payload_is_not_looked_into(batch: Batch, payload: str) -> None:
    batch.service_ready()
    plan(batch)
    job_id = batch.train(serviceRequestPayload=payload)
    batch.advance(0)
    job = batch.training(job_id)
    assert (job["status"], job["serviceRequestPayload"]) == ("SUCCEEDED", payload)


@aws.emulator_only
def test_an_absurd_number_of_instances_waits_for_ever_and_can_be_described(batch: Batch) -> None:
    batch.service_ready()
    batch.client.update_service_environment(
        serviceEnvironment="se", capacityLimits=[{"capacityUnit": INSTANCE, "maxCapacity": 9}]
    )
    payload = json.dumps({"ResourceConfig": {"InstanceCount": 10**400}})
    job_id = batch.train(serviceRequestPayload=payload)
    assert batch.training_status(job_id) == "RUNNABLE"


# --- retries


@aws.documented(RETRIES)
def test_a_failed_job_is_tried_again(batch: Batch) -> None:
    batch.service_ready()
    plan(batch)
    plan(batch, attempt=1, exitCode=1, reason="InternalServerError")
    job_id = batch.train(retryStrategy={"attempts": 2})
    batch.advance(0)
    job = batch.training(job_id)
    assert job["status"] == "SUCCEEDED"
    assert [attempt["statusReason"] for attempt in job["attempts"]] == [
        SAID + "InternalServerError",
        COMPLETED,
    ]
    assert len({attempt["serviceResourceId"]["value"] for attempt in job["attempts"]}) == 2


@pytest.mark.parametrize(
    ("rules", "attempts"),
    [
        ([{"onStatusReason": f"{SAID}InternalServerError*", "action": "RETRY"}], 3),
        ([{"onStatusReason": f"{SAID}InternalServerError*", "action": "EXIT"}], 1),
        ([{"onStatusReason": f"{SAID}AlgorithmError*", "action": "EXIT"}], 3),
        (
            [
                {"onStatusReason": f"{SAID}Internal*", "action": "RETRY"},
                {"onStatusReason": "*", "action": "EXIT"},
            ],
            3,
        ),
        ([{"onStatusReason": "*", "action": "EXIT"}], 1),
    ],
)
@aws.documented(RETRIES)
def test_rules_look_at_the_status_reason(batch: Batch, rules: list[dict[str, str]], attempts: int) -> None:
    batch.service_ready()
    plan(batch, exitCode=1, reason="InternalServerError: sorry")
    job_id = batch.train(retryStrategy={"attempts": 3, "evaluateOnExit": rules})
    batch.advance(0)
    job = batch.training(job_id)
    assert (job["status"], len(job["attempts"])) == ("FAILED", attempts)


@aws.documented(RETRIES + "; how long the job pauses is assumed")
def test_a_want_of_capacity_uses_no_attempt(batch: Batch) -> None:
    batch.service_ready()
    plan(batch, durationSeconds=30)
    plan(batch, attempt=1, startError="CapacityError: none")
    plan(batch, attempt=2, startError="CapacityError: none")
    job_id = batch.train()
    batch.advance(0)
    job = batch.training(job_id)
    assert (job["status"], job["statusReason"]) == (
        "RUNNABLE",
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Unable to provision requested compute resources",
    )
    batch.advance(120)
    assert batch.training_status(job_id) == "RUNNING"
    batch.advance(30)
    job = batch.training(job_id)
    assert (job["status"], [each["statusReason"] for each in job["attempts"]]) == (
        "SUCCEEDED",
        [SAID + "CapacityError: none", COMPLETED],
    )


@aws.assumed("the reason is that of container jobs; the rule: " + SUBMIT)
def test_an_attempt_that_takes_too_long_is_ended(batch: Batch) -> None:
    batch.service_ready()
    plan(batch, durationSeconds=3600)
    job_id = batch.train(timeoutConfig={"attemptDurationSeconds": 60})
    batch.advance(59)
    assert batch.training_status(job_id) == "RUNNING"
    batch.advance(1)
    job = batch.training(job_id)
    assert (job["status"], job["statusReason"]) == ("FAILED", "Job attempt duration exceeded timeout")


# --- submissions that cannot be


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"jobName": "two words"}, "Job name should match valid pattern"),
        ({"jobName": "-x"}, "Job name should match valid pattern"),
        ({"retryStrategy": {"attempts": 0}}, "RetryAttempts must be between 1 and 10."),
        ({"retryStrategy": {"attempts": 11}}, "RetryAttempts must be between 1 and 10."),
        (
            {"timeoutConfig": {"attemptDurationSeconds": 59}},
            "AttemptDurationSeconds in Timeout must be at least 60 seconds.",
        ),
        ({"schedulingPriority": -1}, "Scheduling priority must be between 0 and 9999."),
        ({"schedulingPriority": 10_000}, "Scheduling priority must be between 0 and 9999."),
    ],
)
@aws.assumed("the ranges are documented, the sentences are those of container jobs: " + SUBMIT)
def test_a_job_that_cannot_be_is_refused(
    batch: Batch, refused: Any, members: dict[str, Any], text: str
) -> None:
    batch.service_ready()
    assert inner(refused(batch.train, **members)) == client_error(text)
    assert listed(batch, filters=[{"name": "JOB_NAME", "values": ["*"]}]) == []


@pytest.mark.parametrize(
    "members",
    [
        {"serviceRequestPayload": "x" * (10 * 1024 + 1)},
        {"serviceRequestPayload": "é" * (5 * 1024 + 1)},
        {"tags": {f"k{number}": "v" * 256 for number in range(50)}, "serviceRequestPayload": "é" * 5000},
        {"retryStrategy": {"attempts": 1, "evaluateOnExit": [{"onStatusReason": "x"}] * 6}},
        {"retryStrategy": {"attempts": 1, "evaluateOnExit": [{"onStatusReason": "x" * 513}]}},
        {"preemptionConfiguration": {"preemptionRetriesBeforeTermination": -1}},
        {"shareIdentifier": "a"},
        {"quotaShareName": "a"},
        {"jobQueue": "queue"},
        {"serviceJobType": "BOGUS"},
    ],
)
@aws.assumed(f"the rules are documented, the sentences are not known: {SUBMIT} {LIMITS}")
def test_a_job_that_cannot_be_is_refused_in_our_words(
    batch: Batch, refused: Any, members: dict[str, Any]
) -> None:
    batch.ready()
    batch.service_ready()
    assert kind(refused(batch.train, **members)) == ("ClientException", 400)


@aws.assumed("the sentence is SubmitJob's")
def test_an_unknown_queue_is_refused(batch: Batch, refused: Any) -> None:
    assert refused(batch.train) == client_error("JobQueue training not found.")


@aws.assumed("the rule is documented, the sentence is not known: " + SUBMIT)
def test_container_jobs_and_service_jobs_have_queues_of_their_own(batch: Batch, refused: Any) -> None:
    batch.ready()
    batch.service_ready()
    assert kind(refused(batch.submit, jobQueue="training")) == ("ClientException", 400)
    assert kind(refused(batch.train, jobQueue="queue")) == ("ClientException", 400)


@aws.assumed("the rule is documented, the sentence is not known: " + SUBMIT)
def test_a_disabled_queue_takes_no_jobs(batch: Batch, refused: Any) -> None:
    batch.service_ready()
    batch.client.update_job_queue(jobQueue="training", state="DISABLED")
    assert kind(refused(batch.train)) == ("ClientException", 400)


@aws.assumed("the rule is documented, neither the sentence nor the time is known: " + SUBMIT)
def test_a_second_request_with_the_same_token_is_rejected(batch: Batch, refused: Any) -> None:
    batch.service_ready()
    plan(batch)
    batch.train(clientToken="token")
    assert kind(refused(batch.train, clientToken="token")) == ("ClientException", 400)
    batch.train(clientToken="other")
    batch.advance(8 * 3600)
    batch.train(clientToken="token")
    assert len(listed(batch, filters=[{"name": "JOB_NAME", "values": ["*"]}])) == 3


@aws.assumed("only identical payloads are rejected, says the model; that others are taken is a reading of it")
def test_another_request_with_the_same_token_is_taken(batch: Batch) -> None:
    batch.service_ready()
    plan(batch)
    batch.train(clientToken="token")
    batch.train(clientToken="token", schedulingPriority=1)
    assert len(listed(batch, filters=[{"name": "JOB_NAME", "values": ["*"]}])) == 2


@aws.assumed("nothing is said of jobs that are over: there is nothing left to place")
def test_the_priority_of_a_job_that_is_over_is_not_updated(batch: Batch, refused: Any) -> None:
    batch.service_ready()
    plan(batch)
    job_id = batch.train(schedulingPriority=3)
    answer = refused(batch.client.update_service_job, jobId=job_id, schedulingPriority=7)
    assert kind(answer) == ("ClientException", 400)
    assert batch.training(job_id)["schedulingPriority"] == 3


@pytest.mark.parametrize("operation", ["describe_service_job", "update_service_job"])
@aws.assumed("the sentence is not known")
def test_an_unknown_job_is_neither_described_nor_updated(batch: Batch, refused: Any, operation: str) -> None:
    members = {"schedulingPriority": 1} if operation == "update_service_job" else {}
    answer = refused(getattr(batch.client, operation), jobId=UNKNOWN, **members)
    assert kind(answer) == ("ClientException", 400)


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeServiceJob.html")
def test_service_jobs_and_jobs_are_not_each_others(batch: Batch, refused: Any) -> None:
    batch.ready()
    batch.service_ready()
    job_id, service_job_id = batch.submit(), batch.train()
    assert batch.client.describe_jobs(jobs=[service_job_id])["jobs"] == []
    assert kind(refused(batch.client.describe_service_job, jobId=job_id)) == ("ClientException", 400)


# --- priority


@aws.documented(UPDATE)
def test_a_priority_is_updated(batch: Batch) -> None:
    batch.service_ready()
    plan(batch, durationSeconds=60)
    job_id = batch.train()
    answer = batch.client.update_service_job(jobId=job_id, schedulingPriority=7)
    assert body(answer) == {"jobArn": f"{BATCH}:service-job/{job_id}", "jobName": "job", "jobId": job_id}
    assert batch.training(job_id)["schedulingPriority"] == 7


@aws.documented(UPDATE + ": only with a scheduling policy")
def test_without_a_policy_a_priority_changes_nothing(batch: Batch) -> None:
    batch.service_ready()
    plan(batch, durationSeconds=60)
    _, early, late = batch.train(), batch.train(), batch.train(schedulingPriority=9)
    batch.client.update_service_job(jobId=late, schedulingPriority=99)
    batch.advance(60)
    assert [batch.training_status(each) for each in (early, late)] == ["RUNNING", "RUNNABLE"]


@aws.documented(UPDATE)
def test_a_higher_priority_goes_first_within_a_share(batch: Batch) -> None:
    batch.quota_ready()
    plan(batch, durationSeconds=60)
    _, early, late = (batch.train(quotaShareName="share", schedulingPriority=each) for each in (0, 5, 6))
    batch.client.update_service_job(jobId=early, schedulingPriority=7)
    batch.advance(60)
    assert [batch.training_status(each) for each in (early, late)] == ["RUNNING", "RUNNABLE"]


@pytest.mark.parametrize("priority", [-1, 10_000])
@aws.assumed("the range is documented, the sentence is that of job definitions: " + UPDATE)
def test_a_priority_out_of_range_is_refused(batch: Batch, refused: Any, priority: int) -> None:
    batch.service_ready()
    plan(batch, durationSeconds=60)
    job_id = batch.train(schedulingPriority=3)
    answer = refused(batch.client.update_service_job, jobId=job_id, schedulingPriority=priority)
    assert inner(answer) == client_error("Scheduling priority must be between 0 and 9999.")
    assert batch.training(job_id)["schedulingPriority"] == 3


# --- terminate


@aws.documented(TERMINATE)
def test_a_running_job_is_terminated(batch: Batch) -> None:
    batch.service_ready()
    plan(batch, durationSeconds=60)
    job_id = batch.train(retryStrategy={"attempts": 3})
    now = batch.emulator.clock.now()
    assert body(batch.client.terminate_service_job(jobId=job_id, reason="enough")) == {}
    batch.advance(0)
    job = batch.training(job_id)
    assert (job["status"], job["statusReason"], job["isTerminated"], job["stoppedAt"]) == (
        "FAILED",
        "enough",
        True,
        now,
    )
    assert [each["statusReason"] for each in job["attempts"]] == ["enough"]


@aws.documented(TERMINATE)
def test_a_waiting_job_is_terminated_and_those_behind_it_go_on(batch: Batch) -> None:
    batch.service_ready()
    plan(batch, durationSeconds=60)
    _, waiting, behind = batch.train(), batch.train(), batch.train()
    batch.client.terminate_service_job(jobId=waiting, reason="enough")
    job = batch.training(waiting)
    assert (job["status"], job["statusReason"], job["attempts"]) == ("FAILED", "enough", [])
    batch.advance(60)
    assert batch.training_status(behind) == "RUNNING"


@aws.assumed("a job that pauses after a want of capacity is one that waits")
def test_a_pausing_job_is_terminated(batch: Batch) -> None:
    batch.service_ready()
    plan(batch, startError="CapacityError: none")
    job_id = batch.train()
    batch.advance(0)
    batch.client.terminate_service_job(jobId=job_id, reason="enough")
    assert batch.training_status(job_id) == "FAILED"
    batch.advance(120)
    assert len(batch.training(job_id)["attempts"]) == 1


@aws.assumed("as TerminateJob")
def test_a_job_that_is_over_stays_as_it_is(batch: Batch) -> None:
    batch.service_ready()
    plan(batch)
    job_id = batch.train()
    batch.advance(0)
    before = batch.training(job_id)
    batch.client.terminate_service_job(jobId=job_id, reason="enough")
    batch.advance(0)
    assert batch.training(job_id) == before


@aws.recorded("issue aws/aws-cli#2551 (2017) for TerminateJob")
def test_terminating_what_does_not_exist_succeeds(batch: Batch) -> None:
    assert body(batch.client.terminate_service_job(jobId=UNKNOWN, reason="enough")) == {}


@aws.assumed("as TerminateJob, whose wording is not verified: issue getmoto/moto#5394")
def test_terminating_without_a_reason_is_refused(batch: Batch, refused: Any) -> None:
    answer = refused(batch.client.terminate_service_job, jobId=UNKNOWN, reason="")
    assert kind(answer) == ("ClientException", 400)


# --- list


def listed(batch: Batch, **members: Any) -> list[str]:
    """Names of the jobs that ListServiceJobs answers."""
    found = batch.client.list_service_jobs(**{"jobQueue": "training", **members})["jobSummaryList"]
    return [each["jobName"] for each in found]


def filtered(batch: Batch, name: str, *values: str, **members: Any) -> list[str]:
    return listed(batch, filters=[{"name": name, "values": list(values)}], **members)


@aws.documented(LIST)
def test_without_a_status_the_running_jobs_are_listed_newest_first(batch: Batch) -> None:
    batch.service_ready(most=2)
    plan(batch, durationSeconds=60)
    for name in "abc":
        batch.train(name)
    assert listed(batch) == ["b", "a"]
    assert listed(batch, jobQueue=f"{BATCH}:job-queue/training", jobStatus="RUNNABLE") == ["c"]
    batch.advance(60)
    assert (listed(batch, jobStatus="SUCCEEDED"), listed(batch)) == (["b", "a"], ["c"])


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_ServiceJobSummary.html")
def test_a_summary_holds_what_the_model_names(batch: Batch) -> None:
    batch.quota_ready()
    plan(batch, durationSeconds=60)
    now = batch.emulator.clock.now()
    job_id = batch.train(quotaShareName="share")
    arn = training_job(batch.training(job_id))
    assert batch.client.list_service_jobs(jobQueue="training")["jobSummaryList"] == [
        {
            "jobArn": f"{BATCH}:service-job/{job_id}",
            "jobId": job_id,
            "jobName": "job",
            "serviceJobType": "SAGEMAKER_TRAINING",
            "quotaShareName": "share",
            "capacityUsage": [{"capacityUnit": INSTANCE, "quantity": 1.0}],
            "latestAttempt": {"serviceResourceId": {"name": "TrainingJobArn", "value": arn}},
            "createdAt": now,
            "scheduledAt": now,
            "startedAt": now,
            "status": "RUNNING",
        }
    ]


@pytest.mark.parametrize(
    ("values", "found"),
    [(["TEST1"], ["test1", "Test1"]), (["test1*"], ["test10", "test1", "Test1"]), (["nobody"], [])],
)
@aws.documented(LIST)
def test_jobs_are_filtered_by_name_whatever_their_status(
    batch: Batch, values: list[str], found: list[str]
) -> None:
    batch.service_ready()
    plan(batch, durationSeconds=60)
    for name in ("Test1", "test10", "test1"):
        batch.train(name)
    assert sorted(filtered(batch, "JOB_NAME", *values, jobStatus="FAILED")) == sorted(found)


@aws.documented(LIST)
def test_jobs_are_filtered_by_the_time_of_their_creation(batch: Batch) -> None:
    batch.service_ready()
    plan(batch)
    times = []
    for name in "abc":
        batch.train(name)
        times.append(str(batch.emulator.clock.now()))
        batch.advance(10)
    assert filtered(batch, "AFTER_CREATED_AT", times[0]) == ["c", "b"]
    assert filtered(batch, "BEFORE_CREATED_AT", times[2]) == ["b", "a"]


@aws.documented(LIST + ": these two filters go with jobStatus")
def test_jobs_are_filtered_by_their_share_and_status(batch: Batch) -> None:
    batch.quota_ready()
    batch.share("other")
    plan(batch, durationSeconds=60)
    for name, share in (("a", "share"), ("b", "share"), ("c", "other")):
        batch.train(name, quotaShareName=share)
    assert filtered(batch, "QUOTA_SHARE_NAME", "share") == ["b", "a"]
    assert filtered(batch, "QUOTA_SHARE_NAME", "share", jobStatus="RUNNABLE") == ["b"]
    batch.service_queue("fair", schedulingPolicyArn=batch.policy())
    batch.train("d", jobQueue="fair", shareIdentifier="x")
    batch.train("e", jobQueue="fair", shareIdentifier="y")
    assert filtered(batch, "SHARE_IDENTIFIER", "x", jobQueue="fair") == ["d"]
    assert filtered(batch, "SHARE_IDENTIFIER", "x", jobQueue="fair", jobStatus="SUCCEEDED") == []


@pytest.mark.parametrize(
    "members",
    [
        {"jobQueue": ""},
        {"jobQueue": "nobody"},
        {"jobStatus": "BOGUS"},
        {"maxResults": 0},
        {"maxResults": 101},
        {"nextToken": "nonsense"},
        {"filters": [{"name": "BOGUS", "values": ["x"]}]},
        {"filters": [{"name": "JOB_DEFINITION", "values": ["x"]}]},
        {"filters": [{"name": "JOB_NAME", "values": ["x"]}] * 2},
        {"filters": [{"name": "AFTER_CREATED_AT", "values": ["noon"]}]},
    ],
)
@aws.assumed("the rules are documented, the sentences are not known: " + LIST)
def test_a_list_that_cannot_be_is_refused(batch: Batch, refused: Any, members: dict[str, Any]) -> None:
    batch.service_ready()
    answer = refused(batch.client.list_service_jobs, **{"jobQueue": "training", **members})
    assert kind(answer) == ("ClientException", 400)


@aws.assumed("the rule is that of ListJobs")
def test_a_list_of_no_queue_is_refused(batch: Batch, refused: Any) -> None:
    assert kind(refused(batch.client.list_service_jobs)) == ("ClientException", 400)


# --- the queue


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_DeleteJobQueue.html")
def test_deleting_the_queue_ends_its_jobs_in_every_state(batch: Batch) -> None:
    batch.service_ready()
    plan(batch, durationSeconds=60)
    running, waiting = batch.train(retryStrategy={"attempts": 3}), batch.train()
    batch.client.update_job_queue(jobQueue="training", state="DISABLED")
    batch.client.delete_job_queue(jobQueue="training")
    batch.advance(0)
    for job_id in (running, waiting):
        job = batch.training(job_id)
        assert (job["status"], job["statusReason"]) == ("FAILED", "JobQueue deleted")
    batch.service_queue()
    new = batch.train()
    batch.advance(60)
    assert (batch.training_status(new), filtered(batch, "JOB_NAME", "*")) == ("SUCCEEDED", ["job"])
