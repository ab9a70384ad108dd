"""Array jobs, and the dependencies that run from child to child."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batchemu.core.ids import JobId
from batchemu.core.world import Delays, JobStatus
from batchemu.errors import ClientException
from tests.core.lab import Lab

if TYPE_CHECKING:
    from batchemu.core.world import Array

FAILED = "Array Child Job failed"
FELL = "Dependent Job failed"


def submit(lab: Lab, size: int = 3, *after: Any, **params: Any) -> JobId:
    return lab.submit(arrayProperties={"size": size}, dependsOn=list(after), **params)


def child(parent: JobId, index: int) -> JobId:
    return JobId(f"{parent}:{index}")


def statuses(lab: Lab, parent: JobId) -> list[str]:
    return [str(lab.job(child(parent, index)).status) for index in range(array(lab, parent).size)]


def array(lab: Lab, parent: JobId) -> Array:
    found = lab.job(parent).array
    assert found is not None
    return found


def summary(lab: Lab, parent: JobId) -> dict[str, int]:
    return {str(status): count for status, count in array(lab, parent).counts.items() if count}


def n_to_n(job: JobId) -> dict[str, str]:
    return {"jobId": job, "type": "N_TO_N"}


SEQUENTIAL = {"type": "SEQUENTIAL"}


def test_the_parent_is_pending_until_its_children_are_over(lab: Lab) -> None:
    parent = submit(lab, 3)
    assert statuses(lab, parent) == ["STARTING"] * 3
    for index in range(3):
        assert lab.status(parent) == "PENDING"
        lab.run(child(parent, index))
    assert lab.status(parent) == "SUCCEEDED"
    assert lab.path(parent) == ["SUBMITTED", "PENDING", "SUCCEEDED"]
    assert lab.path(child(parent, 0)) == ["PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"]
    assert lab.job(parent).attempts == []


def test_children_run_as_capacity_allows_in_the_order_of_their_indexes(lab: Lab) -> None:
    parent, later = submit(lab, 6), lab.submit()
    assert statuses(lab, parent) == ["STARTING"] * 4 + ["RUNNABLE"] * 2
    assert summary(lab, parent) == {"STARTING": 4, "RUNNABLE": 2}
    lab.run(child(parent, 2))
    lab.run(child(parent, 0))
    assert statuses(lab, parent)[4:] == ["STARTING", "STARTING"]
    assert lab.status(later) == "RUNNABLE"
    lab.run(child(parent, 1))
    assert lab.status(later) == "STARTING"


def test_a_child_sees_its_index_and_the_size(lab: Lab) -> None:
    parent = submit(lab, 2)
    second = lab.started()[1]
    assert second.array_index == 1
    assert {name: second.environment[name] for name in second.environment if "JOB" in name} == {
        "AWS_BATCH_JOB_ID": f"{parent}:1",
        "AWS_BATCH_JOB_ATTEMPT": "1",
        "AWS_BATCH_JOB_ARRAY_INDEX": "1",
        "AWS_BATCH_JOB_ARRAY_SIZE": "2",
    }


def test_a_failed_child_fails_the_parent_at_the_end(lab: Lab) -> None:
    parent = submit(lab, 3)
    lab.run(child(parent, 1), 1)
    assert lab.status(parent) == "PENDING"
    lab.run(child(parent, 0))
    lab.run(child(parent, 2))
    assert (lab.status(parent), lab.job(parent).status_reason) == ("FAILED", FAILED)


def test_each_child_is_tried_again_by_itself(lab: Lab) -> None:
    parent = submit(lab, 2, retryStrategy={"attempts": 2})
    lab.run(child(parent, 0), 1)
    lab.run(child(parent, 1))
    assert statuses(lab, parent) == ["STARTING", "SUCCEEDED"]
    lab.run(child(parent, 0))
    assert lab.status(parent) == "SUCCEEDED"
    assert [attempt.exit_code for attempt in lab.job(child(parent, 0)).attempts] == [1, 0]


@pytest.mark.parametrize("size", [1, 10_001, 0, -1])
def test_a_size_that_aws_does_not_take_is_refused(lab: Lab, size: int) -> None:
    with pytest.raises(ClientException):
        submit(lab, size)


# --- dependencies


def test_a_job_waits_for_a_whole_array(lab: Lab) -> None:
    parent = submit(lab, 2)
    after = lab.submit(parent)
    lab.run(child(parent, 0))
    assert lab.status(after) == "PENDING"
    lab.run(child(parent, 1))
    assert lab.status(after) == "STARTING"


def test_a_job_falls_with_an_array(lab: Lab) -> None:
    parent = submit(lab, 2)
    after = lab.submit(parent)
    lab.run(child(parent, 0), 1)
    lab.run(child(parent, 1))
    assert (lab.status(after), lab.job(after).status_reason) == ("FAILED", FELL)


def test_an_array_waits_for_a_job_as_a_whole(lab: Lab) -> None:
    first = lab.submit()
    parent = submit(lab, 2, {"jobId": first})
    assert (lab.status(parent), statuses(lab, parent)) == ("PENDING", ["PENDING", "PENDING"])
    lab.run(first)
    assert statuses(lab, parent) == ["STARTING", "STARTING"]


def test_an_array_falls_with_a_job(lab: Lab) -> None:
    first = lab.submit()
    parent = submit(lab, 2, {"jobId": first})
    after = lab.submit(parent)
    lab.run(first, 1)
    assert statuses(lab, parent) == ["FAILED", "FAILED"]
    assert [lab.job(each).status_reason for each in (child(parent, 1), parent, after)] == [FELL] * 3


def test_one_child_can_be_waited_for(lab: Lab) -> None:
    parent = submit(lab, 2)
    after = lab.submit(child(parent, 1))
    lab.run(child(parent, 1))
    assert (lab.status(after), lab.status(parent)) == ("STARTING", "PENDING")


def test_n_to_n_each_child_waits_for_its_like(lab: Lab) -> None:
    first = submit(lab, 3)
    second = submit(lab, 3, n_to_n(first))
    assert statuses(lab, second) == ["PENDING"] * 3
    lab.run(child(first, 1))
    assert statuses(lab, second) == ["PENDING", "STARTING", "PENDING"]
    lab.run(child(first, 0), 1)
    assert statuses(lab, second) == ["FAILED", "STARTING", "PENDING"]
    lab.run(child(first, 2))
    lab.run(child(second, 1))
    lab.run(child(second, 2))
    assert (lab.status(second), lab.job(second).status_reason) == ("FAILED", FAILED)


def test_n_to_n_on_an_array_that_is_partly_over(lab: Lab) -> None:
    first = submit(lab, 3)
    lab.run(child(first, 0))
    lab.run(child(first, 1), 1)
    second = submit(lab, 3, n_to_n(first))
    assert statuses(lab, second) == ["STARTING", "FAILED", "PENDING"]


def test_sequential_one_child_after_the_other(lab: Lab) -> None:
    parent = submit(lab, 3, SEQUENTIAL)
    assert statuses(lab, parent) == ["STARTING", "PENDING", "PENDING"]
    lab.run(child(parent, 0))
    assert statuses(lab, parent) == ["SUCCEEDED", "STARTING", "PENDING"]
    lab.run(child(parent, 1), 1)
    assert statuses(lab, parent) == ["SUCCEEDED", "FAILED", "FAILED"]
    assert lab.job(child(parent, 2)).status_reason == FELL
    assert lab.job(parent).status_reason == FAILED


def test_sequential_and_n_to_n_at_once(lab: Lab) -> None:
    first = submit(lab, 2)
    second = submit(lab, 2, n_to_n(first), SEQUENTIAL)
    lab.run(child(first, 1))
    assert statuses(lab, second) == ["PENDING", "PENDING"]
    lab.run(child(first, 0))
    assert statuses(lab, second) == ["STARTING", "PENDING"]
    lab.run(child(second, 0))
    assert statuses(lab, second) == ["SUCCEEDED", "STARTING"]


def test_n_to_n_and_the_whole_of_another_at_once(lab: Lab) -> None:
    first, other = submit(lab, 2), lab.submit()
    second = submit(lab, 2, n_to_n(first), {"jobId": other})
    lab.run(child(first, 0))
    assert statuses(lab, second) == ["PENDING", "PENDING"]
    lab.run(other)
    assert statuses(lab, second) == ["STARTING", "PENDING"]
    lab.run(child(first, 1))
    assert statuses(lab, second) == ["STARTING", "STARTING"]


@pytest.mark.parametrize("kind", ["N_TO_N", "SEQUENTIAL"])
def test_dependencies_of_arrays_are_not_for_single_jobs(lab: Lab, kind: str) -> None:
    other = submit(lab, 2)
    with pytest.raises(ClientException):
        lab.submit(dependsOn=[{"jobId": other, "type": kind}])


def test_n_to_n_needs_an_array_of_the_same_size(lab: Lab) -> None:
    for other in (lab.submit(), submit(lab, 2)):
        with pytest.raises(ClientException):
            submit(lab, 3, n_to_n(other))


def test_a_failure_runs_down_chains_of_arrays(lab: Lab) -> None:
    first = submit(lab, 50)
    arrays = [first]
    for _ in range(20):
        arrays.append(submit(lab, 50, n_to_n(arrays[-1])))
    lab.terminate(first, "enough")
    for each in list(lab.stopped()):
        lab.exit(each, 143)
    assert {lab.status(each) for each in arrays} == {"FAILED"}
    assert {lab.job(child(each, 7)).status_reason for each in arrays[1:]} == {FELL}


# --- cancel and terminate


def test_a_cancelled_parent_cancels_what_has_not_been_placed(lab: Lab) -> None:
    parent = submit(lab, 6)
    lab.start(child(parent, 0))
    lab.cancel(parent, "enough")
    assert statuses(lab, parent) == ["RUNNING"] + ["STARTING"] * 3 + ["FAILED"] * 2
    assert (lab.status(parent), lab.job(parent).is_cancelled) == ("PENDING", True)
    assert lab.job(child(parent, 5)).status_reason == "enough"
    lab.exit(child(parent, 0))
    for index in (1, 2, 3):
        lab.run(child(parent, index))
    assert (lab.status(parent), lab.job(parent).status_reason) == ("FAILED", "enough")


def test_a_terminated_parent_stops_its_children(lab: Lab) -> None:
    parent = submit(lab, 6)
    lab.terminate(parent, "enough")
    assert sorted(lab.stopped()) == [child(parent, index) for index in range(4)]
    assert statuses(lab, parent) == ["STARTING"] * 4 + ["FAILED"] * 2
    for index in range(4):
        lab.exit(child(parent, index), None)
    assert (lab.status(parent), lab.job(parent).status_reason) == ("FAILED", "enough")


@pytest.mark.parametrize("how", ["cancel", "terminate"])
def test_an_array_that_waits_ends_when_what_it_waits_for_is_over(lab: Lab, how: str) -> None:
    first = lab.submit()
    parent = submit(lab, 2, {"jobId": first})
    getattr(lab, how)(parent, "enough")
    assert (lab.status(parent), statuses(lab, parent)) == ("PENDING", ["PENDING", "PENDING"])
    lab.run(first)
    assert (lab.status(parent), statuses(lab, parent)) == ("FAILED", ["FAILED", "FAILED"])
    assert lab.job(parent).status_reason == lab.job(child(parent, 0)).status_reason == "enough"


def test_one_cancelled_child_leaves_the_others_alone(lab: Lab) -> None:
    parent = submit(lab, 5)
    lab.cancel(child(parent, 4), "not you")
    assert statuses(lab, parent)[4] == "FAILED"
    for index in range(4):
        lab.run(child(parent, index))
    assert (lab.status(parent), lab.job(parent).status_reason) == ("FAILED", FAILED)


def test_one_terminated_child_leaves_the_others_alone(lab: Lab) -> None:
    parent = submit(lab, 2, retryStrategy={"attempts": 3})
    lab.start(child(parent, 0))
    lab.terminate(child(parent, 0), "you")
    lab.exit(child(parent, 0), 143)
    lab.run(child(parent, 1))
    assert statuses(lab, parent) == ["FAILED", "SUCCEEDED"]
    assert lab.job(child(parent, 0)).status_reason == "you"


def test_an_array_that_is_still_submitted_ends_without_children() -> None:
    lab = Lab(Delays(submitted=1000)).ready()
    parent = submit(lab, 2)
    lab.terminate(parent, "enough")
    assert (lab.status(parent), child(parent, 0) in lab.world.jobs) == ("FAILED", False)


def test_children_are_spawned_when_the_delay_is_over() -> None:
    lab = Lab(Delays(submitted=1000)).ready()
    parent = submit(lab, 2)
    assert (lab.status(parent), child(parent, 0) in lab.world.jobs) == ("SUBMITTED", False)
    lab.fire("submitted")
    assert statuses(lab, parent) == ["STARTING", "STARTING"]


def test_deleting_a_queue_ends_its_arrays(lab: Lab) -> None:
    parent = submit(lab, 6)
    lab.update_queue(state="DISABLED")
    lab.delete_queue()
    for each in list(lab.stopped()):
        lab.exit(each, 143)
    assert {lab.job(child(parent, index)).status_reason for index in range(6)} == {"JobQueue deleted"}
    assert (lab.status(parent), lab.job(parent).status_reason) == ("FAILED", FAILED)
    assert all(job.status is JobStatus.FAILED for job in lab.world.jobs.values())


@pytest.mark.parametrize("end", ["cancel", "terminate", "delete_queue"])
def test_the_children_of_a_sequential_array_end_for_the_same_reason(lab: Lab, end: str) -> None:
    lab.pause()  # the first is RUNNABLE
    parent = submit(lab, 3, SEQUENTIAL)
    behind = lab.submit(parent)
    if end == "delete_queue":
        lab.update_queue(state="DISABLED")
        lab.delete_queue()
    else:
        getattr(lab, end)(parent, "JobQueue deleted")
    jobs = [lab.job(child(parent, index)) for index in range(3)]
    assert {each.status_reason for each in jobs} == {"JobQueue deleted"}
    flags = {(each.is_cancelled, each.is_terminated) for each in jobs}
    assert flags == {(end == "cancel", end == "terminate")}
    assert lab.job(behind).status_reason == ("JobQueue deleted" if end == "delete_queue" else FELL)


def test_a_cancelled_array_fails_though_its_running_children_succeed(lab: Lab) -> None:
    """Documented: the parent is cancelled when all children are over. That this is FAILED is assumed."""
    parent = submit(lab, 2)
    behind = lab.submit(parent)
    lab.cancel(parent, "bye")
    lab.run(child(parent, 0))
    lab.run(child(parent, 1))
    assert (statuses(lab, parent), lab.status(parent)) == (["SUCCEEDED"] * 2, "FAILED")
    assert (lab.job(parent).status_reason, lab.status(behind)) == ("bye", "FAILED")
