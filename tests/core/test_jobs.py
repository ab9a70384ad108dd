"""The life of a job."""

from __future__ import annotations

import pytest

from batchemu.core.effects import AttemptKey, ContainerSpec, StartContainer
from batchemu.core.ids import AttemptNo, JobId, task_id
from batchemu.core.world import Delays
from batchemu.errors import ClientException
from tests.core.lab import SUCCEEDED, Lab


def test_a_job_passes_through_every_state_in_order(lab: Lab) -> None:
    job = lab.submit()
    assert lab.status(job) == "STARTING"
    lab.start(job)
    assert lab.status(job) == "RUNNING"
    lab.exit(job)
    assert lab.path(job) == SUCCEEDED
    assert lab.job(job).status_reason == "Essential container in task exited"


def test_the_container_is_asked_for_with_everything_resolved(lab: Lab) -> None:
    lab.definition(
        "worker",
        vcpus=2,
        container={"command": ["run", "Ref::what"], "environment": [{"name": "A", "value": "1"}]},
    )
    job = lab.submit(
        jobDefinition="worker",
        parameters={"what": "this"},
        containerOverrides={"environment": [{"name": "B", "value": "2"}]},
    )
    (asked,) = lab.started()
    assert asked == StartContainer(
        key=AttemptKey(job, AttemptNo(1)),
        spec=ContainerSpec(
            job_definition="worker:1",
            container=lab.job(job).resolved.container,
            command=("run", "this"),
            vcpus=2.0,
            memory_mib=128,
            log_group="/aws/batch/job",
        ),
        job_name="job-1",
        job_queue="queue",
        environment={
            "A": "1",
            "B": "2",
            "AWS_BATCH_JOB_ID": job,
            "AWS_BATCH_JOB_ATTEMPT": "1",
            "AWS_BATCH_JQ_NAME": "queue",
            "AWS_BATCH_CE_NAME": "ce",
            "AWS_EXECUTION_ENV": "AWS_ECS_EC2",
        },
        log_stream=f"worker/default/{task_id(job, AttemptNo(1))}",
    )


def test_an_exit_that_overtakes_its_start_passes_through_running(lab: Lab) -> None:
    job = lab.submit()
    lab.exit(job)
    assert lab.path(job) == SUCCEEDED
    lab.start(job)
    assert lab.status(job) == "SUCCEEDED"


def test_a_container_that_never_started_fails_without_running(lab: Lab) -> None:
    job = lab.submit()
    lab.exit(job, None, reason="CannotPullContainerError: no such image")
    assert lab.path(job)[-2:] == ["STARTING", "FAILED"]
    assert lab.job(job).status_reason == "Task failed to start"
    assert lab.job(job).started_at is None
    assert lab.used() == 0


def test_a_second_end_of_an_attempt_changes_nothing(lab: Lab) -> None:
    job = lab.submit()
    lab.run(job, 0)
    lab.exit(job, 1)
    lab.terminate(job)
    lab.cancel(job)
    assert lab.status(job) == "SUCCEEDED"
    assert not lab.job(job).is_terminated


def test_an_exit_of_an_earlier_attempt_changes_nothing(lab: Lab) -> None:
    job = lab.submit(retryStrategy={"attempts": 2})
    lab.run(job, 1)
    lab.start(job)
    lab.exit(job, 0, attempt=1)
    assert lab.status(job) == "RUNNING"


def test_reports_on_unknown_jobs_are_ignored(lab: Lab) -> None:
    lab.submit()
    lab.exit(JobId("job-1"), 0, attempt=7)
    lab.start(JobId("job-1"), attempt=7)
    assert lab.status(JobId("job-1")) == "STARTING"


def test_a_failed_attempt_goes_back_to_runnable_while_attempts_remain(lab: Lab) -> None:
    job = lab.submit(retryStrategy={"attempts": 2})
    lab.run(job, 1)
    assert lab.status(job) == "STARTING"
    lab.run(job, 3)
    assert lab.status(job) == "FAILED"
    assert [(each.number, each.exit_code) for each in lab.job(job).attempts] == [(1, 1), (2, 3)]
    assert [each.environment["AWS_BATCH_JOB_ATTEMPT"] for each in lab.started()] == ["1", "2"]


def test_a_timeout_counts_from_running_and_is_not_retried(lab: Lab) -> None:
    job = lab.submit(timeout={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 3})
    assert lab.timers() == []
    lab.start(job)
    started = lab.job(job).started_at
    assert started is not None
    assert [timer.at for timer in lab.timers()] == [started + 60_000]
    lab.fire("timeout")
    assert lab.stopped() == [job]
    lab.exit(job, 137)
    assert lab.status(job) == "FAILED"
    assert lab.job(job).status_reason == "Job attempt duration exceeded timeout"


def test_a_timeout_of_an_attempt_that_is_over_does_nothing(lab: Lab) -> None:
    job = lab.submit(timeout={"attemptDurationSeconds": 60})
    lab.run(job)
    assert lab.pending() == []
    assert lab.status(job) == "SUCCEEDED"


def test_terminate_stops_the_container_and_the_job_fails_with_the_reason(lab: Lab) -> None:
    job = lab.submit(retryStrategy={"attempts": 3})
    lab.start(job)
    lab.terminate(job, "enough")
    lab.terminate(job, "again")
    assert lab.status(job) == "RUNNING"
    assert lab.stopped() == [job]
    lab.exit(job, 0)
    assert lab.status(job) == "FAILED"
    assert lab.job(job).status_reason == "enough"
    assert lab.job(job).is_terminated


def test_cancel_leaves_a_started_job_alone(lab: Lab) -> None:
    job = lab.submit()
    lab.cancel(job)
    assert lab.status(job) == "STARTING"
    assert not lab.job(job).is_cancelled
    lab.run(job)
    assert lab.status(job) == "SUCCEEDED"


@pytest.mark.parametrize("how", ["cancel", "terminate"])
def test_a_runnable_job_ends_at_once(lab: Lab, how: str) -> None:
    lab.definition(vcpus=4)
    first, second = lab.submit(), lab.submit()
    getattr(lab, how)(second, "not now")
    assert lab.status(second) == "FAILED"
    assert lab.job(second).status_reason == "not now"
    lab.run(first)


@pytest.mark.parametrize("how", ["cancel", "terminate"])
def test_a_pending_job_ends_when_its_dependencies_are_over(lab: Lab, how: str) -> None:
    first = lab.submit()
    second = lab.submit(first)
    third = lab.submit(second)
    getattr(lab, how)(second, "not now")
    assert lab.status(second) == "PENDING"
    lab.run(first)
    assert lab.status(second, third) == ["FAILED", "FAILED"]
    assert lab.job(second).status_reason == "not now"
    assert lab.job(third).status_reason == "Dependent Job failed"


def test_a_dependent_waits_and_then_runs(lab: Lab) -> None:
    first = lab.submit()
    second = lab.submit(first, first)
    assert lab.status(second) == "PENDING"
    lab.run(first)
    assert lab.path(second) == ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING"]


def test_a_failure_reaches_every_dependent(lab: Lab) -> None:
    chain = [lab.submit()]
    for _ in range(50):
        chain.append(lab.submit(chain[-1]))
    other = lab.submit()
    both = lab.submit(chain[3], other)
    lab.run(chain[0], 1)
    assert {lab.status(job) for job in [*chain, both]} == {"FAILED"}
    assert lab.job(both).status_reason == "Dependent Job failed"
    lab.run(other)
    assert lab.status(both) == "FAILED"


def test_a_dependency_on_a_failed_job_fails_and_on_a_succeeded_one_is_met(lab: Lab) -> None:
    bad, good = lab.submit(), lab.submit()
    lab.run(bad, 1)
    lab.run(good, 0)
    assert lab.status(lab.submit(bad), lab.submit(good)) == ["FAILED", "STARTING"]


def test_deleting_a_queue_ends_its_jobs(lab: Lab) -> None:
    lab.definition(vcpus=4)
    running = lab.submit(retryStrategy={"attempts": 3})
    lab.start(running)
    waiting = lab.submit()
    pending = lab.submit(running)
    lab.update_queue(state="DISABLED")
    lab.delete_queue()
    assert lab.status(running, waiting, pending) == ["RUNNING", "FAILED", "FAILED"]
    lab.exit(running, 137)
    assert {lab.job(each).status_reason for each in (running, waiting, pending)} == {"JobQueue deleted"}
    assert lab.used() == 0


def test_a_job_cancelled_while_it_was_pending_keeps_that_reason_when_its_queue_goes(lab: Lab) -> None:
    running = lab.submit()
    pending = lab.submit(running)
    lab.cancel(pending, "not needed")
    lab.update_queue(state="DISABLED")
    lab.delete_queue()
    assert (lab.status(pending), lab.job(pending).status_reason) == ("FAILED", "not needed")


def test_delays_hold_a_job_in_submitted_and_starting() -> None:
    lab = Lab(Delays(submitted=2000, starting=5000)).ready()
    job = lab.submit()
    assert lab.status(job) == "SUBMITTED"
    lab.fire("submitted")
    assert lab.status(job) == "STARTING"
    assert lab.started() == []
    lab.fire("starting")
    assert [each.key.job_id for each in lab.started()] == [job]


def test_a_job_can_be_ended_during_the_delays() -> None:
    lab = Lab(Delays(submitted=2000, starting=5000)).ready()
    first, second = lab.submit(), lab.submit()
    lab.cancel(first, "no")
    assert lab.status(first) == "FAILED"
    lab.fire("submitted")
    assert lab.status(second) == "STARTING"
    lab.terminate(second, "no")
    assert lab.status(second) == "FAILED"
    assert (lab.started(), lab.stopped(), lab.pending(), lab.used()) == ([], [], [], 0)


def test_a_dependency_that_ends_during_the_delay_of_submitted_counts() -> None:
    lab = Lab(Delays(submitted=2000)).ready()
    first = lab.submit()
    lab.fire("submitted")
    good, bad = lab.submit(first), lab.submit()
    lab.run(first)
    assert lab.status(good) == "SUBMITTED"
    lab.fire("submitted")
    assert lab.status(good) == "STARTING"
    lab.cancel(bad)
    late = lab.submit(bad)
    lab.fire("submitted")
    assert lab.status(late) == "FAILED"


@pytest.mark.parametrize(
    "params",
    [
        {"jobQueue": "nobody"},
        {"jobDefinition": "nobody"},
        {"jobName": "with space"},
        {"dependsOn": [{"jobId": "nobody"}]},
        {"dependsOn": [{"jobId": "job-1"}] * 21},
        {"retryStrategy": {"attempts": 11}},
        {"timeout": {"attemptDurationSeconds": 59}},
        {"containerOverrides": {"command": [""]}},
        {"shareIdentifier": "a"},
        {"tags": {"k": "v!"}},
    ],
)
def test_a_refused_submission_leaves_the_world_as_it_was(lab: Lab, params: dict[str, object]) -> None:
    lab.submit()
    with pytest.raises(ClientException):
        lab.submit(**params)  # type: ignore[arg-type]
    assert len(lab.world.jobs) == 1


def test_a_disabled_queue_takes_no_jobs_and_finishes_those_it_has(lab: Lab) -> None:
    lab.definition(vcpus=4)
    first, second = lab.submit(), lab.submit()
    lab.update_queue(state="DISABLED")
    with pytest.raises(ClientException):
        lab.submit()
    lab.run(first)
    assert lab.status(second) == "STARTING"
