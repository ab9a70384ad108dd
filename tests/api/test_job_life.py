"""A job from SubmitJob to its end: states, attempts, retries, timeouts, dependencies, capacity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import batchemu
from tests.api.answers import EXITED, job_detail, kind, queue_detail, run
from tests.api.conftest import Batch
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Iterator

STATES = "https://docs.aws.amazon.com/batch/latest/userguide/job_states.html"
RETRIES = "https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html"
TIMEOUTS = "https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html"
DEPENDENCIES = "https://docs.aws.amazon.com/batch/latest/userguide/job_dependencies.html"
SCHEDULING = "https://docs.aws.amazon.com/batch/latest/userguide/job_scheduling.html"
ORDER = "https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentOrder.html"
QUEUE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_JobQueueDetail.html"
UPDATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateComputeEnvironment.html"
FALLEN = "Dependent Job failed"
TIMED_OUT = "Job attempt duration exceeded timeout"


@pytest.fixture
def slow() -> Iterator[Batch]:
    """An emulator whose environments, queues and jobs take their time."""
    with batchemu.start(runtime="scripted", clock="manual", delays="aws") as running:
        client = running.client()
        yield Batch(running, client)
        client.close()


def vcpus(count: int) -> dict[str, Any]:
    return {"containerOverrides": {"resourceRequirements": [{"type": "VCPU", "value": str(count)}]}}


def statuses(batch: Batch, *job_ids: str) -> list[str]:
    return [batch.status(each) for each in job_ids]


# --- states


@aws.documented(STATES)
def test_a_running_job_shows_where_it_runs_and_no_attempt_yet(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    submitted_at = batch.emulator.clock.now()
    job_id = batch.submit()
    job = batch.job(job_id)
    assert job == job_detail(
        job_id, run(job), status="RUNNING", createdAt=submitted_at, startedAt=submitted_at
    )


@aws.recorded("a job state change event of 2017 in a public repository shows exitCode at both levels")
def test_a_succeeded_job_tells_the_whole_story(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    submitted_at = batch.emulator.clock.now()
    job_id = batch.submit()
    batch.advance(60)
    job = batch.job(job_id)
    ran = {**run(job), "exitCode": 0}
    times = {"startedAt": submitted_at, "stoppedAt": submitted_at + 60_000, "statusReason": EXITED}
    assert job == job_detail(
        job_id,
        ran,
        status="SUCCEEDED",
        createdAt=submitted_at,
        attempts=[{"container": {**ran, "networkInterfaces": []}, **times}],
        **times,
    )


@aws.recorded("issue nextflow-io/nextflow#2005: the statusReason is the same for failures")
def test_a_failed_job_tells_the_whole_story(batch: Batch) -> None:
    batch.ready()
    oom = "OutOfMemoryError: Container killed due to memory usage"
    batch.plan(exitCode=137, reason=oom)
    now = batch.emulator.clock.now()
    job_id = batch.submit()
    batch.advance(0)
    job = batch.job(job_id)
    ran = {**run(job), "exitCode": 137, "reason": oom}
    times = {"startedAt": now, "stoppedAt": now, "statusReason": EXITED}
    assert job == job_detail(
        job_id,
        ran,
        status="FAILED",
        createdAt=now,
        attempts=[{"container": {**ran, "networkInterfaces": []}, **times}],
        **times,
    )


@aws.recorded("real job details in public code: Task failed to start, no startedAt, no exitCode")
def test_a_job_that_never_started_has_no_start_and_no_exit_code(batch: Batch) -> None:
    batch.ready()
    why = "CannotPullContainerError: Error response from daemon: manifest for x not found"
    batch.plan(startError=why)
    now = batch.emulator.clock.now()
    job_id = batch.submit()
    batch.advance(0)
    job = batch.job(job_id)
    ran = {"taskArn": job["container"]["taskArn"], "reason": why}
    times = {"stoppedAt": now, "statusReason": "Task failed to start"}
    assert job == job_detail(
        job_id,
        ran,
        status="FAILED",
        createdAt=now,
        attempts=[{"container": {**ran, "networkInterfaces": []}, **times}],
        **times,
    )


@aws.documented(STATES)
def test_a_job_passes_through_every_state(slow: Batch) -> None:
    slow.environment()
    slow.advance(10)
    slow.queue()
    slow.advance(5)
    slow.definition()
    slow.plan(durationSeconds=60)
    first = slow.submit("first")
    then = slow.submit("then", dependsOn=[{"jobId": first}])
    seen = [statuses(slow, first, then)]
    for seconds in (1, 10, 60, 10, 60):
        slow.advance(seconds)
        seen.append(statuses(slow, first, then))
    assert seen == [
        ["SUBMITTED", "SUBMITTED"],
        ["STARTING", "PENDING"],
        ["RUNNING", "PENDING"],
        ["SUCCEEDED", "STARTING"],
        ["SUCCEEDED", "RUNNING"],
        ["SUCCEEDED", "SUCCEEDED"],
    ]


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentDetail.html")
def test_environments_are_seen_creating_updating_and_deleting(slow: Batch, refused: Any) -> None:
    def seen() -> list[tuple[str, str, str | None]]:
        found = slow.client.describe_compute_environments()["computeEnvironments"]
        return [(each["state"], each["status"], each.get("statusReason")) for each in found]

    healthy = "ComputeEnvironment Healthy"
    slow.environment()
    assert seen() == [("ENABLED", "CREATING", None)]
    for change in (slow.client.update_compute_environment, slow.client.delete_compute_environment):
        code, status, text = refused(change, computeEnvironment="ce")
        assert (code, status) == ("ClientException", 400)
        assert "resource is being modified" in text
    slow.advance(10)
    assert seen() == [("ENABLED", "VALID", healthy)]
    slow.client.update_compute_environment(computeEnvironment="ce", state="DISABLED")
    assert seen() == [("DISABLED", "UPDATING", healthy)]
    answer = refused(slow.client.delete_compute_environment, computeEnvironment="ce")
    assert answer[2] == "Cannot delete, resource is being modified"
    slow.advance(10)
    assert seen() == [("DISABLED", "VALID", healthy)]
    slow.client.delete_compute_environment(computeEnvironment="ce")
    assert seen() == [("DISABLED", "DELETING", healthy)]
    slow.advance(10)
    assert seen() == []


@aws.recorded("issue astronomer/astronomer-providers#413, #500 (2022)")
def test_queues_are_seen_creating_updating_and_deleting(slow: Batch, refused: Any) -> None:
    def seen() -> list[dict[str, Any]]:
        return list(slow.client.describe_job_queues()["jobQueues"])

    slow.environment()
    order = [{"order": 0, "computeEnvironment": "ce"}]
    early = refused(
        slow.client.create_job_queue, jobQueueName="queue", priority=1, computeEnvironmentOrder=order
    )
    assert kind(early) == ("ClientException", 400)
    slow.advance(10)
    slow.queue()
    created = queue_detail(status="CREATING")
    del created["statusReason"]
    assert seen() == [created]
    slow.advance(5)
    assert seen() == [queue_detail()]
    slow.client.update_job_queue(jobQueue="queue", state="DISABLED")
    assert seen() == [queue_detail(state="DISABLED", status="UPDATING")]
    answer = refused(slow.client.delete_job_queue, jobQueue="queue")
    assert answer[:2] == ("ClientException", 400)
    assert answer[2] == "Cannot delete, resource is being modified"
    slow.advance(5)
    slow.client.delete_job_queue(jobQueue="queue")
    assert seen() == [queue_detail(state="DISABLED", status="DELETING")]
    slow.advance(5)
    assert seen() == []


@aws.assumed("a queue that is not VALID takes no jobs; the sentence is not known")
def test_a_queue_that_is_being_created_refuses_jobs(slow: Batch, refused: Any) -> None:
    slow.environment()
    slow.advance(10)
    slow.queue()
    slow.definition()
    answer = refused(slow.client.submit_job, jobName="job", jobQueue="queue", jobDefinition="definition")
    assert kind(answer) == ("ClientException", 400)


# --- retries


@aws.documented(RETRIES)
def test_a_failed_attempt_is_tried_again_until_none_is_left(batch: Batch) -> None:
    batch.ready()
    batch.plan(exitCode=1, durationSeconds=10)
    start = batch.emulator.clock.now()
    job_id = batch.submit(retryStrategy={"attempts": 3})
    batch.advance(30)
    job = batch.job(job_id)
    assert (job["status"], job["statusReason"]) == ("FAILED", EXITED)
    assert [(each["startedAt"] - start, each["stoppedAt"] - start) for each in job["attempts"]] == [
        (0, 10_000),
        (10_000, 20_000),
        (20_000, 30_000),
    ]
    assert [each["container"]["exitCode"] for each in job["attempts"]] == [1, 1, 1]
    assert len({each["container"]["taskArn"] for each in job["attempts"]}) == 3
    assert (job["startedAt"] - start, job["stoppedAt"] - start) == (20_000, 30_000)


@aws.documented(RETRIES)
def test_a_success_ends_the_retries(batch: Batch) -> None:
    batch.ready()
    batch.plan(exitCode=1)
    batch.plan(attempt=2)
    job_id = batch.submit(retryStrategy={"attempts": 5})
    batch.advance(0)
    job = batch.job(job_id)
    assert job["status"] == "SUCCEEDED"
    assert [each["container"]["exitCode"] for each in job["attempts"]] == [1, 0]


@pytest.mark.parametrize(
    ("entries", "attempts"),
    [
        ([{"onExitCode": "3", "action": "EXIT"}], 1),
        ([{"onExitCode": "4", "action": "EXIT"}], 3),
        ([{"onExitCode": "3*", "action": "exit"}], 1),
        ([{"onReason": "Out*", "action": "EXIT"}], 1),
        ([{"onReason": "Out", "action": "EXIT"}], 3),
        ([{"onStatusReason": "Essential*", "onExitCode": "3", "action": "EXIT"}], 1),
        ([{"onStatusReason": "Essential*", "onExitCode": "4", "action": "EXIT"}], 3),
        ([{"onExitCode": "3", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}], 3),
        ([{"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}], 1),
    ],
)
@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html")
def test_the_first_matching_entry_decides_and_none_means_retry(
    batch: Batch, entries: list[dict[str, str]], attempts: int
) -> None:
    batch.ready()
    batch.plan(exitCode=3, reason="OutOfMemoryError")
    job_id = batch.submit(retryStrategy={"attempts": 3, "evaluateOnExit": entries})
    batch.advance(0)
    job = batch.job(job_id)
    assert (job["status"], len(job["attempts"])) == ("FAILED", attempts)


@aws.assumed("AWS's own catch-all onReason * must match attempts without a reason")
def test_a_lone_asterisk_matches_what_is_absent(batch: Batch) -> None:
    batch.ready()
    batch.plan(exitCode=1)
    entries = [{"onReason": "*", "action": "EXIT"}]
    job_id = batch.submit(retryStrategy={"attempts": 3, "evaluateOnExit": entries})
    batch.advance(0)
    assert len(batch.job(job_id)["attempts"]) == 1


@aws.assumed("evaluateOnExit is for failures")
def test_a_success_is_never_retried(batch: Batch) -> None:
    batch.ready()
    batch.plan(exitCode=0)
    entries = [{"onExitCode": "0", "action": "RETRY"}]
    job_id = batch.submit(retryStrategy={"attempts": 3, "evaluateOnExit": entries})
    batch.advance(0)
    job = batch.job(job_id)
    assert (job["status"], len(job["attempts"])) == ("SUCCEEDED", 1)


# --- timeouts


@aws.documented(TIMEOUTS)
def test_an_attempt_is_stopped_at_its_timeout_and_not_retried(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=1000, onStop=137)
    start = batch.emulator.clock.now()
    job_id = batch.submit(timeout={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 3})
    batch.advance(59)
    assert batch.status(job_id) == "RUNNING"
    batch.advance(1)
    job = batch.job(job_id)
    ran = {**run(job), "exitCode": 137}
    times = {"startedAt": start, "stoppedAt": start + 60_000, "statusReason": TIMED_OUT}
    assert job == job_detail(
        job_id,
        ran,
        status="FAILED",
        createdAt=start,
        timeout={"attemptDurationSeconds": 60},
        retryStrategy={"attempts": 3, "evaluateOnExit": []},
        attempts=[{"container": {**ran, "networkInterfaces": []}, **times}],
        **times,
    )


@aws.documented(TIMEOUTS)
def test_the_timeout_begins_anew_with_each_attempt(batch: Batch) -> None:
    batch.ready()
    batch.plan(exitCode=1, durationSeconds=50)
    job_id = batch.submit(timeout={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 2})
    batch.advance(100)
    job = batch.job(job_id)
    assert [each["statusReason"] for each in job["attempts"]] == [EXITED, EXITED]


@aws.documented(TIMEOUTS)
def test_waiting_does_not_count_against_the_timeout(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=100)
    batch.submit(**vcpus(4))
    job_id = batch.submit(timeout={"attemptDurationSeconds": 120})
    batch.advance(200)
    assert batch.status(job_id) == "SUCCEEDED"


# --- dependencies


@aws.documented(DEPENDENCIES)
def test_a_job_waits_for_all_of_its_dependencies(batch: Batch) -> None:
    batch.ready()
    batch.plan(jobName="short", durationSeconds=10)
    batch.plan(jobName="long", durationSeconds=20)
    batch.plan(jobName="job")
    both = [{"jobId": batch.submit("short")}, {"jobId": batch.submit("long")}]
    job_id = batch.submit(dependsOn=both)
    created_at = batch.emulator.clock.now()
    batch.advance(19)
    pending = job_detail(job_id, status="PENDING", createdAt=created_at, dependsOn=both)
    assert batch.job(job_id) == pending
    batch.advance(1)
    assert batch.status(job_id) == "SUCCEEDED"


@aws.assumed("a dependency that has SUCCEEDED is satisfied")
def test_a_dependency_that_is_over_does_not_hold_a_job_up(batch: Batch) -> None:
    batch.ready()
    batch.plan()
    first = batch.submit()
    batch.advance(0)
    second = batch.submit(dependsOn=[{"jobId": first}])
    batch.advance(0)
    assert batch.status(second) == "SUCCEEDED"


@aws.recorded("real job details in public code say Dependent Job failed; the rule: " + DEPENDENCIES)
def test_a_failure_reaches_every_dependent(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=100)
    batch.plan(jobName="bad", exitCode=1, durationSeconds=10)
    bad, good = batch.submit("bad"), batch.submit("good")
    child = batch.submit(dependsOn=[{"jobId": bad}, {"jobId": good}])
    grandchild = batch.submit(dependsOn=[{"jobId": child}])
    batch.advance(10)
    now = batch.emulator.clock.now()
    assert batch.job(child) == job_detail(
        child,
        status="FAILED",
        statusReason=FALLEN,
        createdAt=now - 10_000,
        stoppedAt=now,
        dependsOn=[{"jobId": bad}, {"jobId": good}],
    )
    fallen = batch.job(grandchild)
    assert (fallen["status"], fallen["statusReason"]) == ("FAILED", FALLEN)
    late = batch.job(batch.submit(dependsOn=[{"jobId": grandchild}]))
    assert (late["status"], late["statusReason"]) == ("FAILED", FALLEN)
    assert batch.status(good) == "RUNNING"


@aws.documented(DEPENDENCIES)
def test_a_failure_runs_down_a_long_chain(batch: Batch) -> None:
    batch.ready()
    batch.plan(exitCode=1, durationSeconds=1)
    chain = [batch.submit()]
    for _ in range(150):
        chain.append(batch.submit(dependsOn=[{"jobId": chain[-1]}]))
    batch.advance(1)
    found = batch.client.describe_jobs(jobs=chain[-100:])["jobs"]
    assert {(each["status"], each["statusReason"]) for each in found} == {("FAILED", FALLEN)}


@aws.assumed("dependencies may cross queues")
def test_a_dependency_may_be_in_another_queue(batch: Batch) -> None:
    batch.ready()
    batch.queue("other")
    batch.plan(durationSeconds=10)
    first = batch.submit(jobQueue="other")
    second = batch.submit(dependsOn=[{"jobId": first}])
    assert statuses(batch, first, second) == ["RUNNING", "PENDING"]
    batch.advance(10)
    assert statuses(batch, first, second) == ["SUCCEEDED", "RUNNING"]


# --- capacity


@aws.documented(STATES)
def test_jobs_wait_runnable_while_capacity_is_used_up(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    jobs = [batch.submit() for _ in range(6)]
    assert statuses(batch, *jobs) == ["RUNNING"] * 4 + ["RUNNABLE"] * 2
    batch.advance(60)
    assert statuses(batch, *jobs) == ["SUCCEEDED"] * 4 + ["RUNNING"] * 2


@aws.documented(ORDER)
def test_environments_are_tried_in_ascending_order(batch: Batch) -> None:
    batch.environment("first", maxvCpus=1)
    batch.environment("second", maxvCpus=1)
    batch.definition()
    batch.plan(durationSeconds=60)
    order = [
        {"order": 9, "computeEnvironment": "second"},
        {"order": 3, "computeEnvironment": "first"},
    ]
    batch.client.create_job_queue(jobQueueName="queue", priority=1, computeEnvironmentOrder=order)
    jobs = [batch.submit() for _ in range(3)]
    assert statuses(batch, *jobs) == ["RUNNING", "RUNNING", "RUNNABLE"]
    tasks = [batch.job(each)["container"]["taskArn"] for each in jobs[:2]]
    assert ["AWSBatch-first-" in tasks[0], "AWSBatch-second-" in tasks[1]] == [True, True]


@aws.documented(SCHEDULING)
def test_the_head_of_the_line_blocks_those_behind_it(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    running = batch.submit(**vcpus(3))
    head = batch.submit(**vcpus(2))
    small = batch.submit()
    assert statuses(batch, running, head, small) == ["RUNNING", "RUNNABLE", "RUNNABLE"]
    batch.advance(60)
    assert statuses(batch, running, head, small) == ["SUCCEEDED", "RUNNING", "RUNNING"]


@aws.documented(QUEUE)
def test_the_queue_of_higher_priority_is_served_first(batch: Batch) -> None:
    batch.ready()
    batch.queue("high", priority=10)
    batch.plan(durationSeconds=60)
    batch.submit(**vcpus(4))
    low = [batch.submit(**vcpus(2)) for _ in range(2)]
    high = batch.submit(jobQueue="high", **vcpus(3))
    batch.advance(60)
    assert [batch.status(high), *statuses(batch, *low)] == ["RUNNING", "RUNNABLE", "RUNNABLE"]


@aws.documented("model: JobQueueDetail.priority")
def test_a_blocked_head_of_a_higher_queue_does_not_block_the_lower_one(batch: Batch) -> None:
    batch.ready()
    batch.queue("high", priority=10)
    batch.plan(durationSeconds=60)
    batch.submit(**vcpus(3))
    high = batch.submit(jobQueue="high", **vcpus(2))
    low = batch.submit()
    assert statuses(batch, high, low) == ["RUNNABLE", "RUNNING"]


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateJobQueue.html")
def test_an_updated_priority_decides_from_then_on(batch: Batch) -> None:
    batch.ready()
    batch.queue("other", priority=10)
    batch.plan(durationSeconds=60)
    batch.submit(**vcpus(4))
    first = batch.submit(jobQueue="other", **vcpus(4))
    second = batch.submit(**vcpus(4))
    batch.client.update_job_queue(jobQueue="queue", priority=20)
    batch.advance(60)
    assert statuses(batch, first, second) == ["RUNNABLE", "RUNNING"]


@aws.documented(UPDATE)
def test_more_vcpus_let_waiting_jobs_start(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    jobs = [batch.submit(**vcpus(4)) for _ in range(2)]
    assert statuses(batch, *jobs) == ["RUNNING", "RUNNABLE"]
    batch.client.update_compute_environment(computeEnvironment="ce", computeResources={"maxvCpus": 8})
    assert statuses(batch, *jobs) == ["RUNNING", "RUNNING"]


@aws.documented(UPDATE)
def test_fewer_vcpus_end_no_job_and_let_none_start(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    first = batch.submit(**vcpus(4))
    batch.client.update_compute_environment(computeEnvironment="ce", computeResources={"maxvCpus": 2})
    second = batch.submit()
    assert statuses(batch, first, second) == ["RUNNING", "RUNNABLE"]
    batch.advance(60)
    assert statuses(batch, first, second) == ["SUCCEEDED", "RUNNING"]


@aws.documented(UPDATE)
def test_a_disabled_environment_takes_no_new_jobs(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    running = batch.submit()
    batch.client.update_compute_environment(computeEnvironment="ce", state="DISABLED")
    waiting = batch.submit()
    assert statuses(batch, running, waiting) == ["RUNNING", "RUNNABLE"]
    batch.advance(60)
    assert statuses(batch, running, waiting) == ["SUCCEEDED", "RUNNABLE"]
    batch.client.update_compute_environment(computeEnvironment="ce", state="ENABLED")
    assert batch.status(waiting) == "RUNNING"


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateJobQueue.html")
def test_jobs_in_a_disabled_queue_go_on(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    jobs = [batch.submit(**vcpus(4)) for _ in range(2)]
    batch.client.update_job_queue(jobQueue="queue", state="DISABLED")
    batch.advance(120)
    assert statuses(batch, *jobs) == ["SUCCEEDED", "SUCCEEDED"]


@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/compute_environments.html")
def test_jobs_on_an_unmanaged_environment_wait_for_instances(batch: Batch) -> None:
    role = "arn:aws:iam::123456789012:role/batch"
    batch.client.create_compute_environment(computeEnvironmentName="ce", type="UNMANAGED", serviceRole=role)
    batch.queue()
    batch.definition()
    batch.plan()
    job_id = batch.submit()
    batch.advance(3600)
    assert batch.status(job_id) == "RUNNABLE"


@aws.documented(SCHEDULING)
def test_a_retried_job_keeps_its_place_in_the_line(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    batch.plan(jobName="first", attempt=1, exitCode=1, durationSeconds=10)
    first = batch.submit("first", retryStrategy={"attempts": 2}, **vcpus(4))
    second = batch.submit("second", **vcpus(4))
    batch.advance(10)
    assert statuses(batch, first, second) == ["RUNNING", "RUNNABLE"]


@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/fargate.html")
def test_fractions_of_a_vcpu_add_up_on_fargate(batch: Batch) -> None:
    fargate = {"type": "FARGATE", "maxvCpus": 1, "subnets": ["s"], "securityGroupIds": ["g"]}
    batch.client.create_compute_environment(
        computeEnvironmentName="ce", type="MANAGED", computeResources=fargate
    )
    batch.queue()
    quarter = [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}]
    batch.definition(
        container={"executionRoleArn": "r", "resourceRequirements": quarter},
        platformCapabilities=["FARGATE"],
    )
    batch.plan(durationSeconds=60)
    jobs = [batch.submit() for _ in range(5)]
    assert statuses(batch, *jobs) == ["RUNNING"] * 4 + ["RUNNABLE"]
