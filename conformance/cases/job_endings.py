"""How jobs end: retries, timeouts, cancellation and termination, in every state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import assumed, guide, model, quoted, recorded
from conformance.expect import REFUSED, holds, includes, lacks, same
from conformance.refusals import Row, add_refusals

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("job-endings")
case = family.case
EXITED = "Essential container in task exited"
TIMED_OUT = "Job attempt duration exceeded timeout"
WHY = "no longer wanted"
SPOT = {"onStatusReason": "Host EC2*", "action": "RETRY"}
ANY = {"onReason": "*", "action": "EXIT"}


def idle(lab: Lab, **members: Any) -> str:
    """A job that stays RUNNABLE."""
    return lab.submit(jobQueue=lab.shared_idle_queue, **members)


def running(lab: Lab, **members: Any) -> str:
    job_id = lab.submit("sleeps", **members)
    lab.reached(job_id, "RUNNING")
    return job_id


# --- retries


def _attempts(name: str, rules: list[dict[str, str]], attempts: int, evidence: Any) -> None:
    """A job that exits with 3 and may be tried three times: how often it is."""

    def check(lab: Lab) -> None:
        strategy = {"attempts": 3, "evaluateOnExit": rules}
        job = lab.reached(lab.submit("fails", retryStrategy=strategy), "FAILED")
        same(len(job["attempts"]), attempts, "attempts")
        same(job["statusReason"], EXITED)

    family.add(f"rules-{name}", "SubmitJob", "life cycle", evidence, check)


_RULE = model("EvaluateOnExit")
_CODE = model("EvaluateOnExit.onExitCode")
for _name, _rules, _count, _evidence in (
    ("exact-exit-code", [{"onExitCode": "3", "action": "EXIT"}], 1, _CODE),
    ("other-exit-code", [{"onExitCode": "33", "action": "EXIT"}], 3, _CODE),
    ("exit-code-with-star", [{"onExitCode": "3*", "action": "EXIT"}], 1, _CODE),
    ("part-of-a-status-reason", [{"onStatusReason": "Essential", "action": "EXIT"}], 3, _RULE),
    ("whole-status-reason", [{"onStatusReason": EXITED, "action": "EXIT"}], 1, _RULE),
    (
        "status-reason-in-small-letters",
        [{"onStatusReason": "essential*", "action": "EXIT"}],
        3,
        assumed("only the actions are said not to be case sensitive"),
    ),
    ("all-conditions", [{"onStatusReason": "Essential*", "onExitCode": "3", "action": "EXIT"}], 1, _RULE),
    ("not-all-conditions", [{"onStatusReason": "Essential*", "onExitCode": "4", "action": "EXIT"}], 3, _RULE),
    ("first-that-matches", [{"onExitCode": "3", "action": "RETRY"}, ANY], 3, _RULE),
    ("action-in-small-letters", [{"onExitCode": "3", "action": "exit"}], 1, model("EvaluateOnExit.action")),
    ("spot-policy", [SPOT, ANY], 1, quoted("retry on Host EC2*, exit on any other reason")),
    (
        "star-for-no-reason",
        [ANY],
        1,
        assumed("the documented catch-all onReason * must match attempts without a reason"),
    ),
):
    _attempts(_name, _rules, _count, _evidence)


@case("SubmitJob", "life cycle", guide("job_retries"))
def a_success_ends_the_retries(lab: Lab) -> None:
    job = lab.reached(lab.submit("tries-twice", retryStrategy={"attempts": 5}), "SUCCEEDED")
    same(len(job["attempts"]), 2, "attempts")


@case("SubmitJob", "life cycle", assumed("evaluateOnExit is for failures"))
def a_success_is_never_retried(lab: Lab) -> None:
    strategy = {"attempts": 3, "evaluateOnExit": [{"onExitCode": "0", "action": "RETRY"}]}
    job = lab.reached(lab.submit("succeeds", retryStrategy=strategy), "SUCCEEDED")
    same(len(job["attempts"]), 1, "attempts")


@case("DescribeJobs", "life cycle", model("AttemptDetail"))
def each_attempt_has_a_container_and_times_of_its_own(lab: Lab) -> None:
    job = lab.reached(lab.submit("fails", retryStrategy={"attempts": 3}), "FAILED")
    attempts = job["attempts"]
    for member in ("taskArn", "logStreamName"):
        same(len({each["container"][member] for each in attempts}), 3, f"different {member}s")
    times = [time for each in attempts for time in (each["startedAt"], each["stoppedAt"])]
    same(times, sorted(times), "times of the attempts in order")
    same((job["startedAt"], job["stoppedAt"]), (times[-2], times[-1]), "times of the job")


@case("SubmitJob", "life cycle", guide("job_retries"))
def without_a_strategy_there_is_one_attempt(lab: Lab) -> None:
    same(len(lab.reached(lab.submit("fails"), "FAILED")["attempts"]), 1, "attempts")


def _rule(**members: str) -> dict[str, Any]:
    return {"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "RETRY", **members}]}}


_LIKE = assumed("as RegisterJobDefinition does")
add_refusals(
    family,
    "SubmitJob",
    lambda lab: lab.job_members(),
    [
        Row("rule-without-condition", _rule(), REFUSED, _LIKE),
        Row("exit-code-with-letters", _rule(onExitCode="one"), REFUSED, _CODE),
        Row("reason-with-inner-star", _rule(onReason="a*b"), REFUSED, model("EvaluateOnExit.onReason")),
        Row("reason-of-513", _rule(onReason="x" * 513), REFUSED, model("EvaluateOnExit.onReason")),
        Row(
            "six-rules",
            {
                "retryStrategy": {
                    "attempts": 2,
                    "evaluateOnExit": [{"action": "RETRY", "onExitCode": str(n)} for n in range(6)],
                }
            },
            REFUSED,
            model("RetryStrategy.evaluateOnExit"),
        ),
        Row(
            "rules-without-attempts",
            {"retryStrategy": {"evaluateOnExit": [{"action": "RETRY", "onExitCode": "1"}]}},
            REFUSED,
            model("RetryStrategy.evaluateOnExit"),
        ),
    ],
)


# --- timeouts


@case("SubmitJob", "life cycle", guide("job_timeouts"))
def a_timeout_begins_anew_with_each_attempt(lab: Lab) -> None:
    job_id = lab.submit(
        "fails-late",
        timeout={"attemptDurationSeconds": 60},
        retryStrategy={"attempts": 2, "evaluateOnExit": []},
    )
    lab.reached(job_id, "RUNNING")
    lab.pass_time(46)
    lab.until(lambda: len(lab.job(job_id)["attempts"]) == 1, "end of the first attempt")
    lab.reached(job_id, "RUNNING")
    lab.pass_time(46)
    job = lab.reached(job_id, "FAILED")
    same([each["statusReason"] for each in job["attempts"]], [EXITED, EXITED])


@case("SubmitJob", "life cycle", model("JobTimeout.attemptDurationSeconds"))
def waiting_does_not_count_against_the_timeout(lab: Lab) -> None:
    job_id = idle(lab, timeout={"attemptDurationSeconds": 60})
    lab.pass_time(61)
    same(lab.job(job_id)["status"], "RUNNABLE")


@case("DescribeJobs", "life cycle", quoted(TIMED_OUT))
def a_timed_out_attempt_tells_so(lab: Lab) -> None:
    job_id = running(lab, timeout={"attemptDurationSeconds": 60})
    lab.pass_time(61)
    job = lab.reached(job_id, "FAILED")
    same([each["statusReason"] for each in job["attempts"]], [TIMED_OUT])
    holds(job["stoppedAt"] - job["startedAt"] >= 60_000, "it was stopped before its time")
    lacks(job, "isCancelled", "isTerminated")


# --- cancel and terminate


@case("CancelJob", "life cycle", model("CancelJob"))
def a_pending_job_is_cancelled_once_its_dependencies_are_over(lab: Lab) -> None:
    first = running(lab)
    second = lab.submit(dependsOn=[{"jobId": first}])
    lab.reached(second, "PENDING")
    lab.call("CancelJob", jobId=second, reason=WHY)
    same(lab.job(second)["status"], "PENDING")
    lab.pass_time(600)
    lab.reached(first, "SUCCEEDED")
    includes(lab.reached(second, "FAILED"), {"statusReason": WHY, "isCancelled": True, "attempts": []})


@case("TerminateJob", "life cycle", model("TerminateJob"))
def a_pending_job_that_is_terminated_never_runs(lab: Lab) -> None:
    first = running(lab)
    second = lab.submit(dependsOn=[{"jobId": first}])
    lab.reached(second, "PENDING")
    lab.call("TerminateJob", jobId=second, reason=WHY)
    lab.pass_time(600)
    lab.reached(first, "SUCCEEDED")
    job = lab.reached(second, "FAILED")
    includes(job, {"statusReason": WHY, "isTerminated": True, "attempts": []})
    lacks(job, "startedAt")


@case("TerminateJob", "life cycle", recorded("terminated jobs in public code tell the caller's own reason"))
def the_attempt_that_was_terminated_has_the_reason_too(lab: Lab) -> None:
    job_id = running(lab)
    lab.call("TerminateJob", jobId=job_id, reason=WHY)
    job = lab.reached(job_id, "FAILED")
    same([each["statusReason"] for each in job["attempts"]], [WHY])
    lacks(job, "isCancelled")


@case("TerminateJob", "life cycle", assumed("the first reason stands"))
def a_second_termination_changes_nothing(lab: Lab) -> None:
    job_id = running(lab)
    for reason in (WHY, "again"):
        lab.call("TerminateJob", jobId=job_id, reason=reason)
    same(lab.reached(job_id, "FAILED")["statusReason"], WHY)


@case("TerminateJob", "life cycle", guide("job_retries"))
def rules_do_not_bring_a_terminated_job_back(lab: Lab) -> None:
    rules = [{"onStatusReason": "*", "action": "RETRY"}]
    job_id = running(lab, retryStrategy={"attempts": 3, "evaluateOnExit": rules})
    lab.call("TerminateJob", jobId=job_id, reason=WHY)
    same(len(lab.reached(job_id, "FAILED")["attempts"]), 1, "attempts")


def _leaves_alone(operation: str, mark: str) -> None:
    def check(lab: Lab) -> None:
        job_id = lab.submit("fails")
        before = lab.reached(job_id, "FAILED")
        same(lab.call(operation, jobId=job_id, reason="too late"), {})
        after = lab.job(job_id)
        includes(after, {name: before[name] for name in ("status", "statusReason", "stoppedAt", "attempts")})
        lacks(after, mark)

    name = f"{operation}-leaves-a-failed-job-as-it-is"
    family.add(name, operation, "life cycle", assumed("what is over never changes"), check)


_leaves_alone("CancelJob", "isCancelled")
_leaves_alone("TerminateJob", "isTerminated")


@case("TerminateJob", "life cycle", guide("job_dependencies"))
def what_depends_on_a_terminated_job_fails(lab: Lab) -> None:
    first = running(lab)
    second = lab.submit(dependsOn=[{"jobId": first}])
    third = lab.submit(dependsOn=[{"jobId": second}])
    lab.call("TerminateJob", jobId=first, reason=WHY)
    for job_id in (second, third):
        job = lab.reached(job_id, "FAILED")
        same(job["statusReason"], "Dependent Job failed")
        lacks(job, "isTerminated", "isCancelled")


@case("CancelJob", "life cycle", assumed("a cancelled head of the line lets the next job go"))
def a_cancelled_job_does_not_hold_others_up(lab: Lab) -> None:
    environment = lab.environment()
    queue = lab.queue(environment)
    whole = {"resourceRequirements": [{"type": "VCPU", "value": "4"}]}
    command = lab.job_members("sleeps")["containerOverrides"]
    first = lab.submit("sleeps", jobQueue=queue)
    lab.reached(first, "RUNNING")
    head = lab.submit("sleeps", jobQueue=queue, containerOverrides={**command, **whole})
    behind = lab.submit("succeeds", jobQueue=queue)
    same(lab.job(behind)["status"], "RUNNABLE")
    lab.call("CancelJob", jobId=head, reason=WHY)
    lab.reached(behind, "SUCCEEDED")
