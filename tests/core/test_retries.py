"""Which failed attempts are tried again.

The table is https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html and
https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html, line by line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batchemu.core.retries import Decision, Ended, decide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.core.lab import Lab

EXITED = "Essential container in task exited"
HOST_GONE = "Host EC2 (instance i-0123456789abcdef0) terminated."
OOM = "OutOfMemoryError: Container killed due to memory usage"
NO_IMAGE = "CannotPullContainerError: Error response from daemon: manifest for x not found"

failed = Ended(1, EXITED, exit_code=1)
killed = Ended(1, EXITED, OOM, 137)
host_gone = Ended(1, HOST_GONE)
never_started = Ended(1, "Task failed to start", NO_IMAGE)

SPOT = (
    {"onStatusReason": "Host EC2*", "action": "RETRY"},
    {"onReason": "*", "action": "EXIT"},
)


@pytest.mark.parametrize("attempts", [1, 2, 10])
def test_an_attempt_is_retried_while_some_are_left(attempts: int) -> None:
    """``attempts`` counts all of them, the first included."""
    decisions = [decide(attempts, (), Ended(n, EXITED, exit_code=1)).action for n in range(1, attempts + 1)]
    assert decisions == ["RETRY"] * (attempts - 1) + ["EXIT"]


def test_the_last_attempt_asks_no_rule() -> None:
    rules = ({"onExitCode": "1", "action": "RETRY"},)
    assert decide(2, rules, Ended(2, EXITED, exit_code=1)) == Decision("EXIT", None)


@pytest.mark.parametrize(
    ("condition", "ended", "matches"),
    [
        # exit code: its decimal digits, exact or by their beginning
        ({"onExitCode": "1"}, failed, True),
        ({"onExitCode": "2"}, failed, False),
        ({"onExitCode": "13"}, failed, False),
        ({"onExitCode": "1*"}, failed, True),
        ({"onExitCode": "1*"}, killed, True),
        ({"onExitCode": "13*"}, killed, True),
        ({"onExitCode": "137*"}, killed, True),
        ({"onExitCode": "37"}, killed, False),
        ({"onExitCode": "01"}, failed, False),
        ({"onExitCode": "0"}, host_gone, False),
        ({"onExitCode": "1*"}, host_gone, False),
        # reason: that of the container
        ({"onReason": OOM}, killed, True),
        ({"onReason": "OutOfMemoryError*"}, killed, True),
        ({"onReason": "OutOfMemoryError"}, killed, False),
        ({"onReason": "outofmemoryerror*"}, killed, False),
        ({"onReason": "CannotPullContainerError:*"}, never_started, True),
        ({"onReason": "Essential*"}, failed, False),
        ({"onReason": "O*"}, failed, False),
        # statusReason: that of the attempt
        ({"onStatusReason": HOST_GONE}, host_gone, True),
        ({"onStatusReason": "Host EC2*"}, host_gone, True),
        ({"onStatusReason": "Host EC2"}, host_gone, False),
        ({"onStatusReason": "host ec2*"}, host_gone, False),
        ({"onStatusReason": "EC2*"}, host_gone, False),
        ({"onStatusReason": "Task failed to start"}, never_started, True),
        ({"onStatusReason": "Essential container in task exited"}, killed, True),
        ({"onStatusReason": "OutOfMemoryError*"}, killed, False),
        # a lone asterisk: anything, and nothing
        ({"onReason": "*"}, failed, True),
        ({"onExitCode": "*"}, host_gone, True),
        ({"onStatusReason": "*"}, failed, True),
        # no other character is special
        ({"onReason": "OutOfMemoryError? Container*"}, killed, False),
        ({"onStatusReason": "Host EC2 .instance i-0123456789abcdef0. terminated."}, host_gone, False),
        ({"onStatusReason": "[HT]*"}, host_gone, False),
        # all that are given
        ({"onExitCode": "137", "onReason": "Out*", "onStatusReason": "Ess*"}, killed, True),
        ({"onExitCode": "137", "onReason": "Out*", "onStatusReason": "Host*"}, killed, False),
        ({"onExitCode": "137", "onReason": "In*", "onStatusReason": "Ess*"}, killed, False),
        ({"onExitCode": "1", "onReason": "Out*", "onStatusReason": "Ess*"}, killed, False),
    ],
)
def test_a_rule_matches_when_all_of_its_conditions_do(
    condition: Mapping[str, str], ended: Ended, matches: bool
) -> None:
    found = decide(5, ({**condition, "action": "EXIT"},), ended)
    assert found == (Decision("EXIT", 0) if matches else Decision("RETRY", None))


@pytest.mark.parametrize("action", ["EXIT", "exit", "Exit"])
def test_actions_are_not_case_sensitive(action: str) -> None:
    assert decide(5, ({"onExitCode": "1", "action": action},), failed) == Decision("EXIT", 0)
    retry = {"onExitCode": "1", "action": "retry"}
    assert decide(5, (retry, {"onExitCode": "1", "action": action}), failed) == Decision("RETRY", 0)


@pytest.mark.parametrize(
    ("ended", "decision"),
    [
        (host_gone, Decision("RETRY", 0)),
        (failed, Decision("EXIT", 1)),
        (killed, Decision("EXIT", 1)),
        (never_started, Decision("EXIT", 1)),
    ],
)
def test_the_first_rule_that_matches_decides(ended: Ended, decision: Decision) -> None:
    assert decide(5, SPOT, ended) == decision
    assert decide(5, SPOT[::-1], ended) == Decision("EXIT", 0)


def test_no_rule_that_matches_means_another_try() -> None:
    rules = tuple({"onExitCode": str(code), "action": "EXIT"} for code in range(2, 7))
    assert decide(5, rules, failed) == Decision("RETRY", None)


# --- in the life of a job


@pytest.mark.parametrize("code", [1, 137, 255, None])
def test_each_attempt_keeps_its_own_times_task_and_reasons(lab: Lab, code: int | None) -> None:
    job_id = lab.submit(retryStrategy={"attempts": 3})
    for _ in range(2):
        if code is not None:
            lab.start(job_id)
        lab.exit(job_id, code, reason=f"because of {code}")
    job = lab.job(job_id)
    assert [each.number for each in job.attempts] == [1, 2]
    assert len({each.task for each in job.attempts} | {job.attempt.task if job.attempt else ""}) == 3
    assert [(each.exit_code, each.reason) for each in job.attempts] == [(code, f"because of {code}")] * 2
    first, second = job.attempts
    assert first.stopped_at is not None
    assert second.stopped_at is not None
    assert first.stopped_at < second.stopped_at
    assert [each.started_at is None for each in job.attempts] == [code is None] * 2
    assert job.status_reason is None


@pytest.mark.parametrize("how", ["terminate", "timeout"])
@pytest.mark.parametrize("code", [0, 1, 137, None])
def test_what_batch_ends_itself_is_not_tried_again(lab: Lab, how: str, code: int | None) -> None:
    """Whatever the container makes of its SIGTERM, and whatever the rules say."""
    rules = [{"onStatusReason": "*", "action": "RETRY"}]
    members: dict[str, Any] = {"retryStrategy": {"attempts": 10, "evaluateOnExit": rules}}
    job_id = lab.submit(timeout={"attemptDurationSeconds": 60}, **members)
    lab.start(job_id)
    if how == "terminate":
        lab.terminate(job_id)
    else:
        lab.fire("timeout")
    lab.exit(job_id, code)
    job = lab.job(job_id)
    assert (job.status, len(job.attempts)) == ("FAILED", 1)
    assert job.attempts[0].status_reason == job.status_reason


def test_a_retry_that_waits_can_be_cancelled(lab: Lab) -> None:
    job_id = lab.submit(retryStrategy={"attempts": 10})
    lab.start(job_id)
    lab.update_environment(state="DISABLED")
    lab.exit(job_id, 1)
    assert lab.status(job_id) == "RUNNABLE"
    lab.cancel(job_id, "enough")
    job = lab.job(job_id)
    assert (job.status, job.status_reason, len(job.attempts)) == ("FAILED", "enough", 1)
