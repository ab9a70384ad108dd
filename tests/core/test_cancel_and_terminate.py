"""CancelJob and TerminateJob in every state a job can be in.

https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html and API_TerminateJob.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchemu.core.world import Delays
from tests.core.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchemu.core.ids import JobId


def slow_lab() -> Lab:
    return Lab(Delays(submitted=10_000, starting=10_000)).ready()


def submitted() -> tuple[Lab, JobId]:
    lab = slow_lab()
    return lab, lab.submit()


def pending() -> tuple[Lab, JobId]:
    lab = Lab().ready()
    return lab, lab.submit(lab.submit())


def runnable() -> tuple[Lab, JobId]:
    lab = Lab().ready()
    lab.update_environment(state="DISABLED")
    return lab, lab.submit()


def placed() -> tuple[Lab, JobId]:
    """STARTING, and the container is not even asked for."""
    lab = slow_lab()
    job_id = lab.submit()
    lab.fire("submitted")
    return lab, job_id


def starting() -> tuple[Lab, JobId]:
    lab = Lab().ready()
    return lab, lab.submit()


def running() -> tuple[Lab, JobId]:
    lab, job_id = starting()
    lab.start(job_id)
    return lab, job_id


def over(code: int) -> tuple[Lab, JobId]:
    lab, job_id = running()
    lab.exit(job_id, code)
    return lab, job_id


STATES: dict[str, Callable[[], tuple[Lab, JobId]]] = {
    "submitted": submitted,
    "pending": pending,
    "runnable": runnable,
    "placed": placed,
    "starting": starting,
    "running": running,
    "succeeded": lambda: over(0),
    "failed": lambda: over(1),
}


@pytest.mark.parametrize(
    ("state", "verb", "status", "stops", "mark"),
    [
        # state, request, status right after it, whether a container is stopped, whether it is marked
        ("submitted", "cancel", "FAILED", False, True),
        ("submitted", "terminate", "FAILED", False, True),
        ("pending", "cancel", "PENDING", False, True),
        ("pending", "terminate", "PENDING", False, True),
        ("runnable", "cancel", "FAILED", False, True),
        ("runnable", "terminate", "FAILED", False, True),
        ("placed", "cancel", "STARTING", False, False),
        ("placed", "terminate", "FAILED", False, True),
        ("starting", "cancel", "STARTING", False, False),
        ("starting", "terminate", "STARTING", True, True),
        ("running", "cancel", "RUNNING", False, False),
        ("running", "terminate", "RUNNING", True, True),
        ("succeeded", "cancel", "SUCCEEDED", False, False),
        ("succeeded", "terminate", "SUCCEEDED", False, False),
        ("failed", "cancel", "FAILED", False, False),
        ("failed", "terminate", "FAILED", False, False),
    ],
)
def test_what_a_request_does_in_each_state(
    state: str, verb: str, status: str, stops: bool, mark: bool
) -> None:
    lab, job_id = STATES[state]()
    before = lab.job(job_id).status_reason
    getattr(lab, verb)(job_id, "why")
    job = lab.job(job_id)
    assert job.status == status
    assert lab.stopped() == ([job_id] if stops else [])
    assert (job.is_cancelled, job.is_terminated) == (mark and verb == "cancel", mark and verb == "terminate")
    changed = mark and status == "FAILED"
    assert job.status_reason == ("why" if changed else before)


@pytest.mark.parametrize("verb", ["cancel", "terminate"])
@pytest.mark.parametrize("code", [0, 1])
def test_a_pending_job_ends_with_the_reason_when_its_dependencies_are_over(verb: str, code: int) -> None:
    lab = Lab().ready()
    first = lab.submit()
    job_id = lab.submit(first)
    getattr(lab, verb)(job_id, "why")
    lab.run(first, code)
    job = lab.job(job_id)
    assert (job.status, job.status_reason, job.attempts) == ("FAILED", "why", [])


@pytest.mark.parametrize("code", [0, 1, 137, 143, None])
@pytest.mark.parametrize("started", [True, False])
def test_a_container_that_ends_after_the_termination_cannot_save_the_job(
    started: bool, code: int | None
) -> None:
    lab, job_id = running() if started else starting()
    lab.terminate(job_id, "why")
    lab.exit(job_id, code)
    job = lab.job(job_id)
    assert (job.status, job.status_reason) == ("FAILED", "why")
    assert [(each.exit_code, each.status_reason) for each in job.attempts] == [(code, "why")]
    assert lab.used() == 0


@pytest.mark.parametrize(("code", "status"), [(0, "SUCCEEDED"), (1, "FAILED")])
def test_a_container_that_ended_before_the_termination_keeps_its_end(code: int, status: str) -> None:
    lab, job_id = over(code)
    told = lab.path(job_id)
    lab.terminate(job_id, "why")
    lab.exit(job_id, 137)
    assert (lab.status(job_id), lab.job(job_id).is_terminated) == (status, False)
    assert lab.path(job_id) == told


def test_a_timeout_after_a_termination_changes_no_reason() -> None:
    lab = Lab().ready()
    job_id = lab.submit(timeout={"attemptDurationSeconds": 60})
    lab.start(job_id)
    lab.terminate(job_id, "why")
    lab.fire("timeout")
    lab.exit(job_id, 137)
    assert (lab.job(job_id).status_reason, lab.stopped()) == ("why", [job_id])
