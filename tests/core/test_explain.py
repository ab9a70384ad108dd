"""Why a job is where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batchemu.core import inputs as i
from batchemu.core.explain import explain
from batchemu.core.holds import Hold
from batchemu.core.ids import child_id
from batchemu.core.world import Delays, JobStatus
from tests.core.lab import Lab

if TYPE_CHECKING:
    from batchemu.core.ids import JobId


def of(lab: Lab, job_id: JobId) -> dict[str, Any]:
    return explain(lab.world, lab.job(job_id))


def waits(lab: Lab, job_id: JobId) -> str:
    return str(of(lab, job_id)["waits"]["why"])


def test_every_attempt_says_why_it_was_tried_again_or_not(lab: Lab) -> None:
    rules = [
        {"onStatusReason": "Host EC2*", "action": "RETRY"},
        {"onExitCode": "13*", "onReason": "Out*", "action": "exit"},
    ]
    job = lab.submit(retryStrategy={"attempts": 5, "evaluateOnExit": rules})
    lab.start(job)
    lab.lose_host(job)
    lab.run(job, 7)
    lab.start(job)
    lab.exit(job, 137, reason="OutOfMemoryError: ...")
    found = of(lab, job)
    first, second, third = found["attempts"]
    assert (found["status"], found["attemptsAllowed"], "waits" in found) == ("FAILED", 5, False)
    assert first == {
        "attempt": 1,
        "computeEnvironment": "ce",
        "startedAt": lab.job(job).attempts[0].started_at,
        "stoppedAt": lab.job(job).attempts[0].stopped_at,
        "statusReason": "Host EC2 (instance i-1) terminated.",
        "status": "FAILED",
        "retried": True,
        "why": "Retried: evaluateOnExit[0] matched and says RETRY.",
        "rule": {
            "index": 0,
            "action": "RETRY",
            "matched": [
                {
                    "member": "onStatusReason",
                    "pattern": "Host EC2*",
                    "value": "Host EC2 (instance i-1) terminated.",
                }
            ],
        },
    }
    assert second["why"] == "Retried: no evaluateOnExit entry matched, and attempts are left (2 of 5 used)."
    assert third["why"] == "Not retried: evaluateOnExit[1] matched and says EXIT."
    assert third["rule"]["matched"] == [
        {"member": "onReason", "pattern": "Out*", "value": "OutOfMemoryError: ..."},
        {"member": "onExitCode", "pattern": "13*", "value": "137"},
    ]


def test_attempts_are_used_up(lab: Lab) -> None:
    job = lab.submit(retryStrategy={"attempts": 2})
    lab.run(job, 1)
    assert of(lab, job)["attempts"][1] == {"attempt": 2, "computeEnvironment": "ce", "status": "STARTING"}
    lab.run(job, 1)
    assert [each["why"] for each in of(lab, job)["attempts"]] == [
        "Retried: there are no rules, and attempts are left (1 of 2 used).",
        "Not retried: attempt 2 of 2 was the last.",
    ]


def test_what_was_asked_to_end_is_not_retried(lab: Lab) -> None:
    succeeded, terminated, late, deleted = (
        lab.submit(retryStrategy={"attempts": 2}, timeout={"attemptDurationSeconds": 60}) for _ in range(4)
    )
    lab.run(succeeded)
    lab.start(late)
    lab.fire("timeout")
    lab.exit(late, 137)
    lab.terminate(terminated)
    lab.exit(terminated, 143)
    lab.update_queue(state="DISABLED")
    lab.delete_queue()
    lab.exit(deleted, 143)
    ends = [of(lab, job)["attempts"][-1] for job in (succeeded, terminated, late, deleted)]
    assert [(each["status"], each["retried"], each["why"]) for each in ends] == [
        ("SUCCEEDED", False, "It succeeded."),
        ("FAILED", False, "Not retried: the job was terminated."),
        ("FAILED", False, "Not retried: it timed out."),
        ("FAILED", False, "Not retried: JobQueue deleted."),
    ]


def test_a_pending_job_names_its_dependencies(lab: Lab) -> None:
    first, second = lab.submit(), lab.submit()
    job = lab.submit(first, second)
    lab.run(first)
    assert of(lab, job)["waits"] == {
        "held": False,
        "why": "1 of the jobs that it depends on are not over.",
        "dependencies": [
            {"jobId": first, "status": "SUCCEEDED"},
            {"jobId": second, "status": "STARTING"},
        ],
    }


def test_an_array_job_counts_its_children(lab: Lab) -> None:
    job = lab.submit(arrayProperties={"size": 3})
    lab.run(child_id(job, 0))
    found = of(lab, job)
    assert found["children"] == {"STARTING": 2, "SUCCEEDED": 1}
    assert found["waits"]["why"] == "2 of its children are not over."
    assert "children" not in of(lab, child_id(job, 0))


def test_a_job_without_room_says_what_it_needs_and_what_is_free(lab: Lab) -> None:
    lab.definition("big", vcpus=4)
    lab.submit()
    job, behind = lab.submit(jobDefinition="big"), lab.submit()
    assert of(lab, job)["waits"] == {
        "held": False,
        "why": "It needs 4 vCPUs, and no compute environment has so many free.",
        "queue": {"state": "ENABLED", "status": "VALID"},
        "schedulerPaused": False,
        "needs": {"platform": "EC2", "vcpus": 4},
        "computeEnvironments": [
            {"name": "ce", "platform": "EC2", "state": "ENABLED", "status": "VALID", "freeVcpus": 3}
        ],
        "consumableResources": [],
    }
    assert waits(lab, behind) == f"Job {job} is before it in the queue."
    lab.hold(Hold(state=JobStatus.RUNNABLE, job_id=job))
    assert waits(lab, job) == "It is held in RUNNABLE."
    lab.hold(Hold(state=JobStatus.RUNNABLE, job_id=job, blocks="UNDETERMINED - why"))
    assert waits(lab, job) == "It is planned to be stuck in RUNNABLE: UNDETERMINED - why"


def test_a_job_waits_for_an_environment_that_takes_jobs(lab: Lab) -> None:
    lab.update_environment(state="DISABLED")
    assert waits(lab, lab.submit()) == (
        "No compute environment for EC2 jobs of its queue is ENABLED and VALID."
    )


def test_a_job_waits_for_consumable_resources(lab: Lab) -> None:
    params = {"consumableResourceName": "licence", "totalQuantity": 1}
    lab.take(i.CreateConsumableResource(at=lab.at(), params=params))
    wants = {"consumableResourceList": [{"consumableResource": "licence", "quantity": 2}]}
    job = lab.submit(consumableResourcePropertiesOverride=wants)
    assert waits(lab, job) == "There is not enough of: licence."
    assert of(lab, job)["waits"]["consumableResources"] == [{"name": "licence", "needs": 2, "free": 1}]


def test_a_job_waits_for_a_paused_scheduler(lab: Lab) -> None:
    lab.pause()
    assert waits(lab, lab.submit()) == "The scheduler is paused."


@pytest.mark.parametrize("state", ["SUBMITTED", "STARTING"])
def test_delays_are_named(state: str) -> None:
    lab = Lab(Delays(submitted=1 if state == "SUBMITTED" else 0, starting=1)).ready()
    assert waits(lab, lab.submit()).startswith(f"It stays in {state} for a while")


def test_a_job_on_its_way_says_where_it_is(lab: Lab) -> None:
    job = lab.submit()
    assert waits(lab, job) == "Its container is being started."
    lab.start(job)
    assert waits(lab, job) == "Its container runs."
    lab.hold(Hold(state=JobStatus.RUNNING))
    lab.exit(job)
    assert waits(lab, job) == "It is held in RUNNING. Its container has reported meanwhile."
    lab.hold()
    other = lab.submit()
    lab.start(other)
    lab.terminate(other)
    assert waits(lab, other) == "Its container is being stopped."


def test_a_child_says_that_its_array_waits(lab: Lab) -> None:
    before = lab.submit(arrayProperties={"size": 2})
    first = lab.submit()
    after = [{"jobId": first}, {"jobId": before, "type": "N_TO_N"}]
    job = child_id(lab.submit(arrayProperties={"size": 2}, dependsOn=after), 0)
    assert waits(lab, job) == "1 of the jobs that it depends on are not over."
    lab.run(child_id(before, 0))
    assert waits(lab, job) == "Its array waits for other jobs."
    lab.cancel(job)
    assert waits(lab, job) == "Its array waits for other jobs. Its end was asked for: it FAILS then."
