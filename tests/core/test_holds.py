"""Holding jobs in a status, and pausing and stepping the scheduler."""

from __future__ import annotations

import pytest

from batchemu.core.holds import Hold
from batchemu.core.ids import JobId
from batchemu.core.world import Delays, JobStatus
from tests.core.lab import Lab

WHY = "UNDETERMINED - Batch job is blocked, root cause is undetermined."


def hold(state: str, **which: object) -> Hold:
    return Hold(state=JobStatus(state), **which)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("which", "is_held"),
    [
        ({}, True),
        ({"job_name": "job-1"}, True),
        ({"job_name": "job-?"}, True),
        ({"job_name": "JOB-*"}, False),
        ({"job_id": "job-1"}, True),
        ({"job_id": "job-2"}, False),
        ({"job_queue": "que*"}, True),
        ({"job_queue": "other"}, False),
        ({"job_definition": "definition"}, True),
        ({"job_definition": "definition:1"}, True),
        ({"job_definition": "definition:2"}, False),
        ({"attempt": 1}, True),
        ({"attempt": 2}, False),
        ({"array_index": 0}, False),
        ({"job_name": "job-1", "job_queue": "other"}, False),
    ],
)
def test_a_hold_is_for_the_jobs_that_all_its_patterns_match(
    lab: Lab, which: dict[str, object], is_held: bool
) -> None:
    lab.hold(hold("RUNNABLE", **which))
    assert lab.status(lab.submit()) == ("RUNNABLE" if is_held else "STARTING")


def test_a_held_submitted_job_goes_on_when_it_is_let_go(lab: Lab) -> None:
    lab.hold(hold("SUBMITTED", job_name="job-2"))
    first = lab.submit()
    second, third = lab.submit(first), lab.submit(JobId("job-2"))
    assert lab.status(second, third) == ["SUBMITTED", "PENDING"]
    lab.run(first)
    assert lab.status(second) == "SUBMITTED"
    lab.hold()
    assert lab.status(second) == "STARTING"
    assert lab.path(second) == ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING"]


def test_the_delay_of_submitted_does_not_end_a_hold() -> None:
    lab = Lab(Delays(submitted=1000)).ready()
    lab.hold(hold("SUBMITTED"))
    job = lab.submit()
    lab.hold()
    assert lab.status(job) == "SUBMITTED"
    lab.hold(hold("SUBMITTED"))
    lab.fire("submitted")
    assert lab.status(job) == "SUBMITTED"
    lab.hold()
    assert lab.status(job) == "STARTING"


@pytest.mark.parametrize(("code", "status"), [(0, "STARTING"), (1, "FAILED")])
def test_a_held_pending_job_learns_of_its_dependencies_when_it_is_let_go(
    lab: Lab, code: int, status: str
) -> None:
    lab.hold(hold("PENDING"))
    first = lab.submit()
    second = lab.submit(first)
    third = lab.submit(second)
    lab.run(first, code)
    assert lab.status(second, third) == ["PENDING", "PENDING"]
    lab.hold()
    assert lab.status(second) == status
    assert lab.status(third) == ("FAILED" if code else "PENDING")


def test_a_held_runnable_job_does_not_block_those_behind_it(lab: Lab) -> None:
    lab.hold(hold("RUNNABLE", job_name="job-1"))
    assert lab.status(lab.submit(), lab.submit()) == ["RUNNABLE", "STARTING"]


def test_a_hold_that_blocks_gives_its_reason_to_the_head_of_the_queue(lab: Lab) -> None:
    lab.hold(hold("RUNNABLE", job_name="job-[12]", blocks=WHY))
    first, second, third = lab.submit(), lab.submit(), lab.submit()
    assert lab.status(first, second, third) == ["RUNNABLE"] * 3
    assert [lab.job(each).status_reason for each in (first, second, third)] == [WHY, None, None]
    lab.cancel(first)
    assert lab.job(second).status_reason == WHY
    lab.hold()
    assert lab.status(second, third) == ["STARTING", "STARTING"]
    assert lab.job(second).status_reason is None


def test_a_hold_can_be_for_one_attempt(lab: Lab) -> None:
    lab.hold(hold("RUNNABLE", attempt=2))
    job = lab.submit(retryStrategy={"attempts": 2})
    lab.run(job, 1)
    assert lab.status(job) == "RUNNABLE"
    lab.hold(hold("STARTING", attempt=1))
    lab.run(job)
    assert lab.status(job) == "SUCCEEDED"


def test_the_container_of_a_held_starting_job_is_asked_for_when_it_is_let_go(lab: Lab) -> None:
    lab.hold(hold("STARTING"))
    job = lab.submit()
    assert (lab.status(job), lab.started(), lab.used()) == ("STARTING", [], 1)
    lab.hold()
    assert [each.key.job_id for each in lab.started()] == [job]


def test_what_is_reported_of_a_held_starting_job_is_told_when_it_is_let_go(lab: Lab) -> None:
    job = lab.submit()
    lab.hold(hold("STARTING"))
    lab.run(job)
    assert lab.status(job) == "STARTING"
    lab.hold()
    assert lab.path(job)[2:] == ["STARTING", "RUNNING", "SUCCEEDED"]
    assert lab.job(job).started_at == lab.job(job).stopped_at == lab.now


def test_the_exit_of_a_held_running_job_is_told_when_it_is_let_go(lab: Lab) -> None:
    lab.hold(hold("RUNNING"))
    job = lab.submit(retryStrategy={"attempts": 2})
    lab.run(job, 1)
    assert lab.status(job) == "RUNNING"
    lab.hold()
    assert (lab.status(job), len(lab.started())) == ("STARTING", 2)
    assert lab.job(job).attempts[0].stopped_at == lab.now


def test_an_exit_that_overtakes_the_start_is_kept_in_running(lab: Lab) -> None:
    lab.hold(hold("RUNNING"))
    job = lab.submit()
    lab.exit(job)
    assert lab.status(job) == "RUNNING"
    lab.hold()
    assert lab.status(job) == "SUCCEEDED"


def test_a_held_job_times_out_when_it_is_let_go(lab: Lab) -> None:
    lab.hold(hold("RUNNING"))
    job = lab.submit(timeout={"attemptDurationSeconds": 60})
    lab.start(job)
    lab.fire("timeout")
    assert (lab.status(job), lab.stopped()) == ("RUNNING", [])
    lab.hold()
    assert lab.stopped() == [job]
    lab.exit(job, 137)
    assert lab.job(job).status_reason == "Job attempt duration exceeded timeout"


def test_a_held_job_that_ended_before_its_timeout_does_not_time_out(lab: Lab) -> None:
    lab.hold(hold("RUNNING"))
    job = lab.submit(timeout={"attemptDurationSeconds": 60})
    lab.run(job)
    lab.fire("timeout")
    lab.hold()
    assert lab.status(job) == "SUCCEEDED"


@pytest.mark.parametrize("state", ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING"])
def test_a_held_job_can_be_terminated(lab: Lab, state: str) -> None:
    first = lab.submit()
    lab.hold(hold(state, job_name="job-2"))
    second = lab.submit(first)
    lab.run(first)
    assert lab.status(second) == state
    lab.terminate(second, "enough")
    assert (lab.status(second), lab.job(second).status_reason) == ("FAILED", "enough")
    assert lab.stopped() == []


def test_a_held_running_job_can_be_terminated(lab: Lab) -> None:
    lab.hold(hold("RUNNING"))
    runs, has_exited = lab.submit(), lab.submit()
    lab.start(runs)
    lab.run(has_exited)
    lab.terminate(runs, "enough")
    lab.terminate(has_exited, "enough")
    assert lab.status(runs, has_exited) == ["RUNNING", "FAILED"]
    assert lab.stopped() == [runs]
    lab.exit(runs, 143)
    assert lab.status(runs) == "FAILED"


def test_a_job_that_is_terminated_while_its_start_is_kept_is_stopped(lab: Lab) -> None:
    job = lab.submit()
    lab.hold(hold("STARTING"))
    lab.start(job)
    lab.terminate(job, "enough")
    assert (lab.status(job), lab.stopped()) == ("RUNNING", [job])


def test_a_queue_with_held_jobs_can_be_deleted(lab: Lab) -> None:
    lab.hold(hold("STARTING"), hold("RUNNABLE", job_name="job-2"))
    jobs = lab.submit(), lab.submit()
    lab.update_queue(state="DISABLED")
    lab.delete_queue()
    assert lab.status(*jobs) == ["FAILED", "FAILED"]


def test_a_paused_scheduler_places_nothing_and_steps_one_by_one(lab: Lab) -> None:
    lab.pause()
    jobs = [lab.submit() for _ in range(5)]
    assert lab.status(*jobs) == ["RUNNABLE"] * 5
    assert lab.step() == 1
    assert lab.status(*jobs) == ["STARTING"] + ["RUNNABLE"] * 4
    assert lab.step(9) == 3, "the environment holds four"
    lab.run(jobs[0])
    assert lab.status(jobs[4]) == "RUNNABLE"
    lab.pause(False)
    assert lab.status(jobs[4]) == "STARTING"


def test_a_scheduler_that_runs_is_not_stepped(lab: Lab) -> None:
    assert lab.step() == 0


def test_an_attempt_that_lost_its_host_is_retried_by_the_jobs_own_rules(lab: Lab) -> None:
    rules = [
        {"onStatusReason": "Host EC2*", "action": "RETRY"},
        {"onReason": "*", "action": "EXIT"},
    ]
    job = lab.submit(retryStrategy={"attempts": 3, "evaluateOnExit": rules})
    lab.start(job)
    lab.lose_host(job)
    lab.run(job, 1)
    assert lab.status(job) == "FAILED"
    first, second = lab.job(job).attempts
    assert (first.exit_code, first.status_reason) == (None, "Host EC2 (instance i-1) terminated.")
    assert second.status_reason == "Essential container in task exited"
    assert [each.decision.rule for each in (first, second) if each.decision] == [0, 1]


@pytest.mark.parametrize("end", ["cancel", "terminate"])
@pytest.mark.parametrize("which", ["", ":0"])
def test_a_held_array_and_its_children_can_be_ended(lab: Lab, end: str, which: str) -> None:
    lab.hold(hold("PENDING"))
    parent = lab.submit(arrayProperties={"size": 2})
    getattr(lab, end)(parent + which, "bye")
    first = JobId(f"{parent}:0")
    assert (lab.status(first), lab.job(first).status_reason) == ("FAILED", "bye")
    assert lab.status(parent, JobId(f"{parent}:1")) == (["PENDING"] * 2 if which else ["FAILED"] * 2)


def test_a_job_that_was_held_falls_though_its_dependency_is_forgotten(lab: Lab) -> None:
    lab.hold(hold("PENDING"))
    first = lab.submit()
    second, array = lab.submit(first), lab.submit(first, arrayProperties={"size": 2})
    lab.run(first, 1)
    lab.fire("retention")
    assert first not in lab.world.jobs
    lab.hold()
    assert [lab.job(each).status_reason for each in (second, array)] == ["Dependent Job failed"] * 2


def test_a_held_array_stays_pending_when_its_children_are_over(lab: Lab) -> None:
    parent = lab.submit(arrayProperties={"size": 2})
    behind = lab.submit(parent)
    lab.hold(hold("PENDING", job_id=parent))
    lab.run(JobId(f"{parent}:0"))
    lab.run(JobId(f"{parent}:1"))
    assert lab.status(parent, behind) == ["PENDING", "PENDING"]
    lab.hold()
    assert lab.status(parent, behind) == ["SUCCEEDED", "STARTING"]


def test_a_held_child_falls_with_its_array_when_it_is_let_go(lab: Lab) -> None:
    first = lab.submit()
    lab.hold(hold("PENDING", array_index=0))
    parent = lab.submit(first, arrayProperties={"size": 2})
    held = JobId(f"{parent}:0")
    lab.run(first, 1)
    assert lab.status(held, JobId(f"{parent}:1"), parent) == ["PENDING", "FAILED", "PENDING"]
    lab.hold()
    assert lab.status(held, parent) == ["FAILED", "FAILED"]
    assert lab.job(held).status_reason == "Dependent Job failed"


def test_a_held_job_times_out_that_ended_after_its_timeout(lab: Lab) -> None:
    lab.hold(hold("RUNNING"))
    job = lab.submit(timeout={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 2})
    lab.start(job)
    lab.fire("timeout")
    lab.exit(job, 1)
    lab.hold()
    assert lab.status(job) == "FAILED"
    assert lab.job(job).status_reason == "Job attempt duration exceeded timeout"


def test_a_step_is_not_spent_on_a_job_that_is_refused(lab: Lab) -> None:
    lab.pause()
    too_much = {"environment": [{"name": "A", "value": "x" * 8200}]}
    refused, next_one = lab.submit(containerOverrides=too_much), lab.submit()
    assert lab.step() == 1
    assert lab.status(refused, next_one) == ["FAILED", "STARTING"]
