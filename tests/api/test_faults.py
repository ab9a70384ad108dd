"""What DescribeJobs shows of a job that a fault has met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

FARGATE_ROLE = "arn:aws:iam::123456789012:role/execution"
STUCK = "https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html"


@pytest.fixture(autouse=True)
def _ready(batch: Batch) -> None:
    batch.ready()


def last(batch: Batch, job: str) -> dict[str, Any]:
    return dict(batch.job(job)["attempts"][-1])


@aws.recorded("https://github.com/ministryofjustice/modernisation-platform-environments/pull/17291")
def test_a_job_whose_host_is_lost_says_so(batch: Batch) -> None:
    batch.plan(fault="spot-interruption", durationSeconds=60)
    job = batch.submit()
    batch.advance(60)
    found = batch.job(job)
    assert found["status"] == "FAILED"
    assert found["statusReason"].startswith("Host EC2 (instance i-")
    assert found["statusReason"].endswith(") terminated.")


@aws.recorded("https://github.com/nextstrain/cli/pull/145")
def test_an_attempt_whose_host_is_lost_has_no_exit_code(batch: Batch) -> None:
    batch.plan(fault="spot-interruption")
    attempt = last(batch, batch.submit())
    assert "exitCode" not in attempt["container"]
    assert attempt["startedAt"] == attempt["stoppedAt"]


@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html")
def test_a_lost_host_is_retried_and_a_failure_of_the_jobs_own_is_not(batch: Batch) -> None:
    batch.plan(exitCode=1)
    batch.plan(fault="spot-interruption", attempt=1)
    rules = [{"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}]
    job = batch.submit(retryStrategy={"attempts": 5, "evaluateOnExit": rules})
    attempts = batch.job(job)["attempts"]
    assert [each["container"].get("exitCode") for each in attempts] == [None, 1]


@aws.documented("https://repost.aws/knowledge-center/fargate-spot-termination-notice")
def test_a_fargate_spot_task_is_interrupted(batch: Batch) -> None:
    network = {"subnets": ["subnet-1"], "securityGroupIds": ["sg-1"]}
    batch.client.create_compute_environment(
        computeEnvironmentName="spot",
        type="MANAGED",
        computeResources={"type": "FARGATE_SPOT", "maxvCpus": 4, **network},
    )
    batch.queue("spot", ("spot",))
    needs = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
    batch.definition(
        "fargate",
        {"executionRoleArn": FARGATE_ROLE, "resourceRequirements": needs},
        platformCapabilities=["FARGATE"],
    )
    batch.plan(fault="spot-interruption")
    job = batch.submit(jobQueue="spot", jobDefinition="fargate")
    assert batch.job(job)["statusReason"] == "Your Spot Task was interrupted."


@aws.recorded("https://github.com/aws/amazon-ecs-agent agent/engine/errors.go: OutOfMemoryError")
def test_a_container_out_of_memory_says_so(batch: Batch) -> None:
    batch.plan(fault="out-of-memory")
    attempt = last(batch, batch.submit())
    assert attempt["container"]["exitCode"] == 137
    assert attempt["container"]["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    assert attempt["statusReason"] == "Essential container in task exited"


@aws.recorded("https://github.com/aws-solutions-library-samples/aws-batch-arch-for-protein-folding/issues/17")
def test_an_image_that_cannot_be_pulled_is_named(batch: Batch) -> None:
    batch.plan(fault="cannot-pull-image")
    job = batch.submit()
    attempt = last(batch, job)
    assert attempt["container"]["reason"] == (
        "CannotPullContainerError: Error response from daemon: manifest for busybox not found: "
        "manifest unknown: Requested image not found"
    )
    assert "startedAt" not in attempt
    assert batch.job(job)["statusReason"] == "Task failed to start"


@aws.recorded("https://github.com/rstudio/r-builds/pull/140")
def test_a_task_fails_to_start(batch: Batch) -> None:
    batch.plan(fault="task-failed-to-start")
    attempt = last(batch, batch.submit())
    assert attempt["statusReason"] == "Task failed to start"
    assert attempt["container"]["reason"] == (
        "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s"
    )


@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html")
def test_a_job_that_hangs_times_out(batch: Batch) -> None:
    batch.plan(fault="hang", onStop=137)
    job = batch.submit(timeout={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 3})
    batch.advance(59)
    assert batch.status(job) == "RUNNING"
    batch.advance(1)
    found = batch.job(job)
    assert (found["status"], len(found["attempts"])) == ("FAILED", 1)
    assert found["statusReason"] == "Job attempt duration exceeded timeout"


@aws.recorded("https://github.com/apache/airflow/issues/38298")
def test_a_stuck_job_has_a_reason_and_blocks_its_queue(batch: Batch) -> None:
    batch.plan()
    batch.plan(fault="stuck-runnable", jobName="stuck")
    stuck, behind = batch.submit("stuck"), batch.submit("behind")
    reason = "UNDETERMINED - Batch job is blocked, root cause is undetermined."
    assert batch.job(stuck)["statusReason"] == reason
    (listed,) = batch.client.list_jobs(jobQueue="queue", filters=[{"name": "JOB_NAME", "values": ["stuck"]}])[
        "jobSummaryList"
    ]
    assert (listed["status"], listed["statusReason"]) == ("RUNNABLE", reason)
    assert batch.status(behind) == "RUNNABLE"


@aws.documented(STUCK)
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
            "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for "
            "instance type [instanceTypeName]",
        ),
        (
            "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
            "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is "
            "higher than that can be met by the CE(s) attached to the job queue.",
        ),
    ],
)
def test_a_stuck_job_says_why(batch: Batch, name: str, sentence: str) -> None:
    batch.plan(fault="stuck-runnable", statusReason=name)
    assert batch.job(batch.submit())["statusReason"] == sentence


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html")
def test_a_stuck_job_can_be_cancelled_and_no_longer_blocks_its_queue(batch: Batch) -> None:
    batch.plan()
    batch.plan(fault="stuck-runnable", jobName="stuck")
    stuck, behind = batch.submit("stuck"), batch.submit("behind")
    batch.client.cancel_job(jobId=stuck, reason="enough")
    assert (batch.status(stuck), batch.job(stuck)["statusReason"]) == ("FAILED", "enough")
    assert batch.status(behind) == "SUCCEEDED"


@aws.emulator_only
def test_a_plan_can_give_an_attempt_any_status_reason(batch: Batch) -> None:
    batch.plan(exitCode=1, statusReason="mine", reason="because")
    attempt = last(batch, batch.submit())
    assert (attempt["statusReason"], attempt["container"]["reason"]) == ("mine", "because")


@aws.emulator_only
def test_a_held_job_can_be_terminated(batch: Batch) -> None:
    batch.plan()
    batch.emulator.hold("RUNNING")
    job = batch.submit()
    assert batch.status(job) == "RUNNING"
    batch.client.terminate_job(jobId=job, reason="enough")
    assert (batch.status(job), batch.job(job)["statusReason"]) == ("FAILED", "enough")
