"""Holding jobs, stepping the scheduler and explaining, over HTTP and in Python."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from batchemu.cli import main
from batchemu.core.holds import Hold
from batchemu.core.world import JobStatus
from batchemu.runtime.plans import Plan

if TYPE_CHECKING:
    from tests.api.conftest import Batch
    from tests.control.conftest import Ask

STEERING = 'The body must be {"paused": true|false} or {"step": <jobs, from 1 on>}.'
STATES = "SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING"


@pytest.mark.parametrize("state", ["SUBMITTED", "RUNNABLE", "STARTING", "RUNNING"])
def test_a_job_stays_where_it_is_held_until_it_is_released(batch: Batch, ask: Ask, state: str) -> None:
    batch.plan()
    hold = {"state": state, "jobName": "held*"}
    assert ask("POST", "holds", hold) == (200, hold)
    assert ask("GET", "holds") == (200, {"holds": [hold]})
    held, other = batch.submit("held-1"), batch.submit("other")
    batch.advance(3600)
    assert (batch.status(held), batch.status(other)) == (state, "SUCCEEDED")
    assert ask("DELETE", "holds", {"state": state}) == (200, {"holds": [hold]})
    assert ask("DELETE", "holds", hold) == (200, {"holds": []})
    assert batch.status(held) == "SUCCEEDED"


def test_a_held_pending_job_and_a_hold_in_python(batch: Batch) -> None:
    batch.plan()
    hold = batch.emulator.hold("PENDING", job_queue="queue")
    assert hold == Hold(state=JobStatus.PENDING, job_queue="queue")
    batch.emulator.hold("PENDING", job_queue="queue")
    first = batch.submit()
    second = batch.submit(dependsOn=[{"jobId": first}])
    assert (batch.status(first), batch.status(second)) == ("SUCCEEDED", "PENDING")
    assert batch.emulator.release(hold) == 1
    assert batch.status(second) == "SUCCEEDED"
    assert batch.emulator.release() == 0


def test_holds_are_for_every_region_and_go_with_a_reset(batch: Batch) -> None:
    batch.plan()
    batch.emulator.hold("RUNNING")
    batch.emulator.scheduler.pause()
    west = batch.emulator.client(region="eu-west-1")
    there = type(batch)(batch.emulator, west)
    there.ready()
    job = there.submit()
    assert there.status(job) == "RUNNABLE"
    batch.emulator.scheduler.resume()
    assert there.status(job) == "RUNNING"
    west.close()
    batch.emulator.reset()
    batch.plan()
    batch.ready()
    assert batch.status(batch.submit()) == "SUCCEEDED"


def test_a_stuck_job_is_told_by_a_plan_and_goes_on_without_it(batch: Batch, ask: Ask) -> None:
    batch.plan()
    plan = {"jobName": "stuck", "fault": "stuck-runnable", "statusReason": "ACTION_REQUIRED"}
    assert ask("POST", "plans", plan) == (200, plan)
    assert ask("GET", "holds")[1] == {"holds": []}
    stuck, behind = batch.submit("stuck"), batch.submit("behind")
    assert batch.job(stuck)["statusReason"] == (
        "ACTION_REQUIRED - CE(s) associated with the job queue are invalid."
    )
    assert [batch.status(job) for job in (stuck, behind)] == ["RUNNABLE", "RUNNABLE"]
    assert ask("DELETE", "plans", plan) == (200, {"plans": [{}]})
    assert [batch.status(job) for job in (stuck, behind)] == ["SUCCEEDED", "SUCCEEDED"]


def test_the_scheduler_can_be_paused_and_stepped(batch: Batch, ask: Ask) -> None:
    batch.plan(durationSeconds=60)
    assert ask("GET", "scheduler") == (200, {"paused": False})
    assert ask("POST", "scheduler", {"step": 1})[0] == 409
    assert ask("POST", "scheduler", {"paused": True}) == (200, {"paused": True})
    jobs = [batch.submit() for _ in range(3)]
    assert ask("POST", "scheduler", {"step": 2}) == (200, {"paused": True, "placed": 2})
    assert [batch.status(job) for job in jobs] == ["RUNNING", "RUNNING", "RUNNABLE"]
    assert ask("POST", "scheduler", {"paused": False}) == (200, {"paused": False})
    assert batch.status(jobs[2]) == "RUNNING"


def test_the_scheduler_can_be_stepped_in_python(batch: Batch) -> None:
    batch.plan()
    with pytest.raises(RuntimeError, match="not paused"):
        batch.emulator.scheduler.step()
    batch.emulator.scheduler.pause()
    jobs = [batch.submit() for _ in range(2)]
    assert [batch.emulator.scheduler.step() for _ in range(3)] == [1, 1, 0]
    assert [batch.status(job) for job in jobs] == ["SUCCEEDED"] * 2


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("holds", {}, 400, f'A hold names a "state": one of {STATES}.'),
        ("holds", {"state": "FAILED"}, 400, f"\"state\" of a hold is one of {STATES}, not 'FAILED'."),
        ("holds", {"state": "RUNNING", "jobName": 1}, 400, '"jobName" of a hold is a string, not 1.'),
        (
            "holds",
            {"state": "RUNNING", "attempt": 0},
            400,
            '"attempt" of a hold is an integer from 1 on, not 0.',
        ),
        (
            "holds",
            {"job": "x"},
            400,
            'A hold has no member "job"; it has: state, jobId, jobName, jobDefinition, jobQueue, arrayIndex, '
            "attempt.",
        ),
        ("holds", [], 400, "The body must be a JSON object."),
        ("scheduler", {}, 400, STEERING),
        ("scheduler", {"step": 0}, 400, STEERING),
        ("scheduler", {"step": True}, 400, STEERING),
        ("scheduler", {"paused": 1}, 400, STEERING),
        (
            "plans",
            {"realAfter": 1},
            409,
            '"realAfter" needs a runtime that runs something: start batchemu with --runtime docker.',
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(
    ask: Ask, path: str, body: object, status: int, message: str
) -> None:
    assert ask("POST", path, body) == (status, {"message": message})


def test_a_job_is_explained(batch: Batch, ask: Ask) -> None:
    batch.plan(fault="spot-interruption", attempt=1)
    batch.emulator.plans.add(Plan(attempt=2, duration_s=60))
    rules = [{"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}]
    job = batch.submit(retryStrategy={"attempts": 3, "evaluateOnExit": rules})
    status, found = ask("GET", f"jobs/{job}/explain")
    assert (status, found) == (200, batch.emulator.explain(job))
    first, second = found["attempts"]
    assert (first["retried"], first["rule"]["index"]) == (True, 0)
    assert first["rule"]["matched"][0]["value"] == first["statusReason"]
    assert second["status"] == "RUNNING"
    assert found["waits"]["why"] == "Its container runs."


def test_nobody_can_be_explained_who_is_not_there(batch: Batch, ask: Ask) -> None:
    assert ask("GET", "jobs/x/explain") == (404, {"message": "There is no job x."})
    with pytest.raises(KeyError):
        batch.emulator.explain("x")


def test_the_command_line_holds_releases_and_explains(batch: Batch) -> None:
    batch.plan(exitCode=1)

    def run(*arguments: str) -> str:
        found = CliRunner().invoke(main, [*arguments, "--url", batch.emulator.url])
        assert found.exit_code == 0, found.output
        return found.output

    assert run("hold", "running", "--job-name", "n*") == 'Held: {"jobName": "n*", "state": "RUNNING"}\n'
    job = batch.submit("nightly")
    assert run("explain", job).splitlines() == [
        f"nightly {job}: RUNNING",
        "attempt 1 of 1: RUNNING on ce",
        "It is held in RUNNING. Its container has reported meanwhile.",
    ]
    assert run("release") == "Released. Holds left: 0\n"
    assert run("explain", job).splitlines() == [
        f"nightly {job}: FAILED (Essential container in task exited)",
        "attempt 1 of 1: FAILED on ce, exit code 1, Essential container in task exited",
        "  Not retried: attempt 1 of 1 was the last.",
    ]
    assert '"attemptsAllowed": 1' in run("explain", job, "--json")
    array = batch.submit("nightly", arrayProperties={"size": 2})
    assert run("explain", array).splitlines() == [
        f"nightly {array}: FAILED (Array Child Job failed)",
        "children: 2 FAILED",
    ]


def test_plans_and_requests_at_once_do_not_wait_for_each_other(batch: Batch) -> None:
    """Steering and engine have a lock each: whoever comes first, both end."""
    batch.plan()
    ended = []

    def steer() -> None:
        for _ in range(20):
            batch.emulator.plans.add(plan := Plan(job_name="nobody", fault="stuck-runnable"))
            batch.emulator.plans.remove(plan)
        ended.append("steer")

    def found() -> None:
        for number in range(20):
            client = batch.emulator.client(account=f"{number:012}")
            client.describe_job_queues()
            client.close()
        ended.append("found")

    threads = [threading.Thread(target=work, daemon=True) for work in (steer, found)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(ended) == ["found", "steer"]


def test_python_is_checked_as_http_is(batch: Batch) -> None:
    for wrong in ({"exit_code": 300}, {"duration_s": float("nan")}, {"attempt": 0}, {"array_index": -1}):
        with pytest.raises(ValueError, match="of a plan is"):
            Plan(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="A job is held in one of"):
        batch.emulator.hold("FAILED")
    with pytest.raises(ValueError, match="of a hold is"):
        batch.emulator.hold("RUNNING", attempt=0)
    batch.emulator.scheduler.pause()
    with pytest.raises(ValueError, match="at least one job"):
        batch.emulator.scheduler.step(-1)
