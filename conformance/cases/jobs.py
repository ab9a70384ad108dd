"""SubmitJob, DescribeJobs, ListJobs, CancelJob(s), TerminateJob(s)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.cases.job_rules import add_rules
from conformance.evidence import assumed, emulator_only, guide, issue, model, quoted, recorded
from conformance.expect import REFUSED, bare, holds, includes, lacks, same, wrapped

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("jobs")
case = family.case
add_rules(family)

ANSWER = recorded("a DescribeJobs answer of October 2025 in a public repository")
EXITED = "Essential container in task exited"
NOBODY = "00000000-0000-4000-8000-000000000000"


def idle(lab: Lab, **members: Any) -> str:
    """A job that stays RUNNABLE."""
    return lab.submit(jobQueue=lab.shared_idle_queue, **members)


# --- life cycle


@case("SubmitJob", "life cycle", model("SubmitJobResponse"))
def submitting_answers_name_id_and_arn(lab: Lab) -> None:
    request = lab.job_members()
    answer = lab.call("SubmitJob", **request)
    job_id = answer["jobId"]
    wanted = {"jobName": request["jobName"], "jobId": job_id, "jobArn": lab.arn("job", job_id)}
    same(answer, wanted)


@case("SubmitJob", "behaviour", model("SubmitJobRequest.shareIdentifier"))
def a_share_identifier_may_end_in_an_asterisk(lab: Lab) -> None:
    queue = lab.idle_queue(schedulingPolicyArn=lab.shared_fair_policy)
    job_id = lab.submit(jobQueue=queue, shareIdentifier="a*", schedulingPriorityOverride=1)
    same(lab.job(job_id)["shareIdentifier"], "a*")


@case("SubmitJob", "life cycle", recorded("a DescribeJobs answer in a public repository, and nextflow#2005"))
def a_job_that_exits_with_0_succeeds(lab: Lab) -> None:
    job = lab.reached(lab.submit("succeeds"), "SUCCEEDED")
    same(job["statusReason"], EXITED)
    same(job["container"]["exitCode"], 0)
    same(len(job["attempts"]), 1, "attempts")
    holds(job["createdAt"] <= job["startedAt"] <= job["stoppedAt"], f"the order of times of {job}")


@case("SubmitJob", "life cycle", guide("job_states"))
def a_job_that_exits_with_3_fails(lab: Lab) -> None:
    job = lab.reached(lab.submit("fails"), "FAILED")
    same(job["statusReason"], EXITED)
    same(job["container"]["exitCode"], 3)


@case("DescribeJobs", "life cycle", recorded("a job state change event in a public repository"))
def an_attempt_tells_how_it_ended(lab: Lab) -> None:
    job = lab.reached(lab.submit("fails"), "FAILED")
    (attempt,) = job["attempts"]
    same(attempt["statusReason"], EXITED)
    same(attempt["container"]["exitCode"], 3)
    same(attempt["container"]["logStreamName"], job["container"]["logStreamName"], "log stream")
    same(attempt["startedAt"], job["startedAt"], "startedAt")
    same(attempt["stoppedAt"], job["stoppedAt"], "stoppedAt")


@case("DescribeJobs", "life cycle", guide("job_states"))
def the_log_stream_is_named_after_definition_and_task(lab: Lab) -> None:
    job = lab.reached(lab.submit("succeeds"), "SUCCEEDED")
    definition = lab.shared_definition.rpartition("/")[2].partition(":")[0]
    task = job["container"]["taskArn"].rpartition("/")[2]
    same(job["container"]["logStreamName"], f"{definition}/default/{task}")


@case("DescribeJobs", "life cycle", model("ContainerDetail.logStreamName"))
def a_running_job_has_its_log_stream(lab: Lab) -> None:
    job = lab.reached(lab.submit("sleeps"), "RUNNING")
    holds(job["container"].get("logStreamName"), "no logStreamName")
    holds(job.get("startedAt"), "no startedAt")
    lacks(job, "statusReason", "stoppedAt")


@case("DescribeJobs", "defaults", ANSWER)
def a_runnable_job_has_exactly_these_members(lab: Lab) -> None:
    request = lab.job_members(jobQueue=lab.shared_idle_queue)
    del request["containerOverrides"]
    job_id = lab.call("SubmitJob", **request)["jobId"]
    job = lab.reached(job_id, "RUNNABLE")
    lists = ("command", "volumes", "environment", "mountPoints", "ulimits", "networkInterfaces", "secrets")
    wanted = {
        "jobArn": lab.arn("job", job_id),
        "jobName": request["jobName"],
        "jobId": job_id,
        "jobQueue": lab.arn("job-queue", lab.shared_idle_queue),
        "status": "RUNNABLE",
        "attempts": [],
        "createdAt": job["createdAt"],
        "dependsOn": [],
        "jobDefinition": lab.shared_definition,
        "parameters": {},
        "container": {**lab.settings.container, **{name: [] for name in lists}},
        "tags": {},
        "platformCapabilities": [],
        "eksAttempts": [],
    }
    same({name: value for name, value in job.items() if name != "statusReason"}, wanted)


@case("DescribeJobs", "behaviour", issue("HumanCellAtlas/matrix-service#364"))
def unknown_jobs_are_left_out(lab: Lab) -> None:
    same(lab.call("DescribeJobs", jobs=[NOBODY])["jobs"], [])


@case("DescribeJobs", "limits", issue("pegasus-isi/pegasus#2086"))
def at_most_100_jobs_are_described_at_once(lab: Lab) -> None:
    wanted = wrapped("Maximum number of jobs supported is  100 .")
    lab.refused(wanted, "DescribeJobs", jobs=[NOBODY] * 101)


@case("DescribeJobs", "errors", issue("boto/boto3#1922"))
def what_is_no_job_id_is_refused(lab: Lab) -> None:
    text = "Provided name id1,id2 is not supported pattern[a-zA-Z_0-9-]{1,128}"
    lab.refused(bare(text), "DescribeJobs", jobs=["id1,id2"])


# --- what the definition and the request make of a job


@case("SubmitJob", "behaviour", model("ContainerOverrides.environment"))
def environments_are_merged_by_name(lab: Lab) -> None:
    definition = lab.definition({"environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]})
    override = {"environment": [{"name": "B", "value": "3"}, {"name": "C", "value": "4"}]}
    job = lab.job(idle(lab, jobDefinition=definition, containerOverrides=override))
    found = {each["name"]: each["value"] for each in job["container"]["environment"]}
    same(found, {"A": "1", "B": "3", "C": "4"})


@case("SubmitJob", "behaviour", model("ContainerOverrides.command"))
def a_command_replaces_the_definitions(lab: Lab) -> None:
    definition = lab.definition({"command": ["a", "b"]})
    job = lab.job(idle(lab, jobDefinition=definition, containerOverrides={"command": ["c"]}))
    same(job["container"]["command"], ["c"])


@case("SubmitJob", "behaviour", model("ContainerOverrides.resourceRequirements"))
def requirements_are_replaced_type_by_type(lab: Lab) -> None:
    more = {"resourceRequirements": [{"type": "VCPU", "value": "2"}]}
    job = lab.job(idle(lab, containerOverrides=more))
    found = {each["type"]: each["value"] for each in job["container"]["resourceRequirements"]}
    same(found, {"VCPU": "2", "MEMORY": "128"})


@case(
    "SubmitJob", "behaviour", assumed("parameters replace references; what DescribeJobs shows is not known")
)
def parameters_are_put_into_the_command(lab: Lab) -> None:
    definition = lab.definition({"command": ["echo", "Ref::word"]}, parameters={"word": "a", "other": "x"})
    job = lab.job(idle(lab, jobDefinition=definition, containerOverrides={}, parameters={"word": "b"}))
    same(job["container"]["command"], ["echo", "b"])
    same(job["parameters"], {"word": "b", "other": "x"})


@case("SubmitJob", "behaviour", model("SubmitJobRequest.retryStrategy"))
def the_requests_strategies_win(lab: Lab) -> None:
    definition = lab.definition(retryStrategy={"attempts": 2}, timeout={"attemptDurationSeconds": 60})
    request = {"retryStrategy": {"attempts": 3}, "timeout": {"attemptDurationSeconds": 90}}
    job = lab.job(idle(lab, jobDefinition=definition, **request))
    same(job["retryStrategy"], {"attempts": 3, "evaluateOnExit": []})
    same(job["timeout"], {"attemptDurationSeconds": 90})


@case("SubmitJob", "behaviour", model("SubmitJobRequest.jobDefinition"))
def a_name_means_the_latest_active_revision(lab: Lab) -> None:
    name = lab.name()
    lab.definition(jobDefinitionName=name)
    second = lab.definition(jobDefinitionName=name)
    third = lab.definition(jobDefinitionName=name)
    lab.call("DeregisterJobDefinition", jobDefinition=third)
    for asked in (name, second.rpartition(":")[0]):
        same(lab.job(idle(lab, jobDefinition=asked))["jobDefinition"], second, asked)


@case("SubmitJob", "behaviour", model("SubmitJobRequest.jobQueue"))
def a_queue_may_be_an_arn(lab: Lab) -> None:
    queue = lab.arn("job-queue", lab.shared_idle_queue)
    same(lab.job(lab.submit(jobQueue=queue))["jobQueue"], queue)


@case("SubmitJob", "behaviour", assumed("workflow engines send empty members for a plain job"))
def empty_members_make_a_plain_job(lab: Lab) -> None:
    empty: dict[str, Any] = {"dependsOn": [], "parameters": {}, "tags": {}, "arrayProperties": {}}
    lacks(lab.job(idle(lab, **empty)), "arrayProperties")


@case("SubmitJob", "errors", model("CreateJobQueueRequest.state"))
def a_disabled_queue_accepts_no_jobs(lab: Lab) -> None:
    request = lab.job_members(jobQueue=lab.queue(state="DISABLED"))
    lab.refused(REFUSED, "SubmitJob", **request)


# --- retries, timeouts, dependencies


@case("SubmitJob", "life cycle", guide("job_retries"))
def a_job_that_fails_is_tried_again(lab: Lab) -> None:
    job = lab.reached(lab.submit("fails", retryStrategy={"attempts": 2}), "FAILED")
    same([each["container"]["exitCode"] for each in job["attempts"]], [3, 3])


@case("SubmitJob", "life cycle", model("EvaluateOnExit"))
def the_first_condition_that_matches_decides(lab: Lab) -> None:
    conditions = [{"onExitCode": "4", "action": "RETRY"}, {"onExitCode": "3", "action": "EXIT"}]
    strategy = {"attempts": 3, "evaluateOnExit": conditions}
    same(len(lab.reached(lab.submit("fails", retryStrategy=strategy), "FAILED")["attempts"]), 1, "attempts")


@case("SubmitJob", "life cycle", model("RetryStrategy.evaluateOnExit"))
def no_condition_that_matches_means_another_try(lab: Lab) -> None:
    strategy = {"attempts": 2, "evaluateOnExit": [{"onExitCode": "4", "action": "EXIT"}]}
    same(len(lab.reached(lab.submit("fails", retryStrategy=strategy), "FAILED")["attempts"]), 2, "attempts")


@case("SubmitJob", "life cycle", model("EvaluateOnExit.onStatusReason"))
def a_star_at_the_end_matches_any_rest(lab: Lab) -> None:
    strategy = {"attempts": 3, "evaluateOnExit": [{"onStatusReason": "Essential*", "action": "exit"}]}
    same(len(lab.reached(lab.submit("fails", retryStrategy=strategy), "FAILED")["attempts"]), 1, "attempts")


@case("SubmitJob", "life cycle", quoted("Job attempt duration exceeded timeout"))
def a_job_that_exceeds_its_timeout_fails(lab: Lab) -> None:
    members = {"timeout": {"attemptDurationSeconds": 60}, "retryStrategy": {"attempts": 3}}
    job_id = lab.submit("sleeps", **members)
    lab.reached(job_id, "RUNNING")
    lab.pass_time(61)
    job = lab.reached(job_id, "FAILED")
    same(job["statusReason"], "Job attempt duration exceeded timeout")
    same(len(job["attempts"]), 1, "attempts: a timeout is not retried")


@case("SubmitJob", "life cycle", emulator_only())
def the_emulators_clock_ends_a_long_job(lab: Lab) -> None:
    lab.endpoint.control("clock")
    job_id = lab.submit("sleeps")
    started = lab.reached(job_id, "RUNNING")["startedAt"]
    lab.pass_time(600)
    same(lab.reached(job_id, "SUCCEEDED")["stoppedAt"] - started, 600_000, "milliseconds of run time")


@case("SubmitJob", "life cycle", guide("job_dependencies"))
def a_job_waits_for_what_it_depends_on(lab: Lab) -> None:
    first = idle(lab)
    second = lab.submit(dependsOn=[{"jobId": first}])
    same(lab.reached(second, "PENDING")["dependsOn"][0]["jobId"], first)


@case("SubmitJob", "life cycle", guide("job_dependencies"))
def a_job_runs_after_what_it_depends_on(lab: Lab) -> None:
    first = lab.submit("succeeds")
    second = lab.reached(lab.submit("succeeds", dependsOn=[{"jobId": first}]), "SUCCEEDED")
    holds(second["startedAt"] >= lab.job(first)["stoppedAt"], "it started before the other one stopped")


@case("SubmitJob", "life cycle", quoted("Dependent Job failed"))
def a_job_fails_with_what_it_depends_on(lab: Lab) -> None:
    first = idle(lab)
    second = lab.submit(dependsOn=[{"jobId": first}])
    lab.call("TerminateJob", jobId=first, reason="over")
    same(lab.reached(second, "FAILED")["statusReason"], "Dependent Job failed")


# --- cancel and terminate


def _ends_with_reason(operation: str, mark: str) -> None:
    def check(lab: Lab) -> None:
        job_id = idle(lab)
        same(lab.call(operation, jobId=job_id, reason="no longer wanted"), {})
        wanted = {"statusReason": "no longer wanted", mark: True, "attempts": []}
        job = lab.reached(job_id, "FAILED")
        includes(job, wanted)
        lacks(job, "startedAt")

    family.add(f"{operation}-ends-a-runnable-job", operation, "life cycle", model(operation), check)


_ends_with_reason("CancelJob", "isCancelled")
_ends_with_reason("TerminateJob", "isTerminated")


@case("CancelJob", "life cycle", model("CancelJob"))
def a_running_job_is_not_cancelled(lab: Lab) -> None:
    job_id = lab.submit("sleeps")
    lab.reached(job_id, "RUNNING")
    same(lab.call("CancelJob", jobId=job_id, reason="no longer wanted"), {})
    same(lab.job(job_id)["status"], "RUNNING")


@case("TerminateJob", "life cycle", model("TerminateJob"))
def a_running_job_is_terminated(lab: Lab) -> None:
    job_id = lab.submit("sleeps", retryStrategy={"attempts": 3})
    lab.reached(job_id, "RUNNING")
    same(lab.call("TerminateJob", jobId=job_id, reason="no longer wanted"), {})
    job = lab.reached(job_id, "FAILED")
    includes(job, {"statusReason": "no longer wanted", "isTerminated": True})
    same(len(job["attempts"]), 1, "attempts: it is not retried")


def _is_harmless(operation: str) -> None:
    def over(lab: Lab) -> None:
        job_id = lab.submit("succeeds")
        before = lab.reached(job_id, "SUCCEEDED")
        same(lab.call(operation, jobId=job_id, reason="too late"), {})
        same(lab.job(job_id)["status"], before["status"])

    def unknown(lab: Lab) -> None:
        same(lab.call(operation, jobId=NOBODY, reason="who"), {})

    def wordy(lab: Lab) -> None:
        lab.refused(REFUSED, operation, jobId=NOBODY, reason="x" * 1025)

    def empty(lab: Lab) -> None:
        lab.refused(REFUSED, operation, jobId="", reason="who")

    add = family.add
    add(f"{operation}-of-what-is-over-does-nothing", operation, "behaviour", model(operation), over)
    cli = issue("aws/aws-cli#2551")
    add(f"{operation}-of-an-unknown-job-is-no-error", operation, "errors", cli, unknown)
    limit = model(f"{operation}Request.reason")
    add(f"{operation}-refuses-a-reason-of-1025", operation, "limits", limit, wordy)
    add(f"{operation}-refuses-no-job", operation, "errors", issue("getmoto/moto#5394"), empty)


_is_harmless("CancelJob")
_is_harmless("TerminateJob")


def _bulk(operation: str, mark: str) -> None:
    def ends(lab: Lab) -> None:
        jobs = [idle(lab), idle(lab)]
        answer = lab.call(operation, jobs=jobs, reason="no longer wanted")
        same(
            {**answer, "successful": sorted(answer["successful"])}, {"successful": sorted(jobs), "errors": []}
        )
        for job_id in jobs:
            includes(lab.reached(job_id, "FAILED"), {"statusReason": "no longer wanted", mark: True})

    def unknown(lab: Lab) -> None:
        answer = lab.call(operation, jobs=[NOBODY], reason="who")
        same(answer, {"successful": [NOBODY], "errors": []})

    def many(lab: Lab) -> None:
        lab.refused(REFUSED, operation, jobs=[NOBODY] * 51, reason="who")

    add = family.add
    add(f"{operation}-ends-several", operation, "life cycle", model(operation), ends)
    add(f"{operation}-takes-unknown-jobs-for-ended", operation, "behaviour", model(operation), unknown)
    add(f"{operation}-refuses-51-jobs", operation, "limits", model(f"{operation}Request.jobs"), many)


_bulk("CancelJobs", "isCancelled")
_bulk("TerminateJobs", "isTerminated")


@case("CancelJobs", "life cycle", model("CancelJobs"))
def running_jobs_are_not_cancelled_in_bulk(lab: Lab) -> None:
    job_id = lab.submit("sleeps")
    lab.reached(job_id, "RUNNING")
    lab.call("CancelJobs", jobs=[job_id], reason="no longer wanted")
    same(lab.job(job_id)["status"], "RUNNING")


@case("TerminateJobs", "life cycle", model("TerminateJobs"))
def running_jobs_are_terminated_in_bulk(lab: Lab) -> None:
    job_id = lab.submit("sleeps")
    lab.reached(job_id, "RUNNING")
    lab.call("TerminateJobs", jobs=[job_id], reason="no longer wanted")
    includes(lab.reached(job_id, "FAILED"), {"statusReason": "no longer wanted", "isTerminated": True})
