"""Job queues that are blocked by the job at their head, as a client sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

GUIDE = "https://docs.aws.amazon.com/batch/latest/userguide/"
CAPACITY = f"{GUIDE}job_stuck_in_runnable_capacity.html"
MISCONFIGURATION = f"{GUIDE}job_stuck_in_runnable_misconfiguration.html"
CPUS = "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"
REQUIREMENT = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
SHORTAGE = "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"


def needs(**amounts: str) -> dict[str, Any]:
    return {"resourceRequirements": [{"type": kind, "value": value} for kind, value in amounts.items()]}


def limit(reason: str) -> list[dict[str, Any]]:
    return [{"reason": reason, "state": "RUNNABLE", "maxTimeSeconds": 600, "action": "CANCEL"}]


def state(batch: Batch, job_id: str) -> tuple[str, str | None]:
    job = batch.job(job_id)
    return job["status"], job.get("statusReason")


@pytest.mark.parametrize(
    ("asked", "reason", "sentence"),
    [
        (
            needs(VCPU="5"),
            CPUS,
            "CE(s) associated with the job queue cannot meet the CPU requirement of the job.",
        ),
        (
            needs(MEMORY="9999999"),
            REQUIREMENT,
            "The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) "
            "attached to the job queue.",
        ),
        (
            needs(GPU="1"),
            REQUIREMENT,
            "The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) "
            "attached to the job queue.",
        ),
    ],
)
@aws.documented(MISCONFIGURATION)
def test_a_job_that_can_never_be_placed_says_so(
    batch: Batch, asked: dict[str, Any], reason: str, sentence: str
) -> None:
    batch.ready()
    job_id = batch.submit(containerOverrides=asked)
    assert state(batch, job_id) == ("RUNNABLE", f"{reason} - {sentence}")
    (listed,) = batch.client.list_jobs(jobQueue="queue", jobStatus="RUNNABLE")["jobSummaryList"]
    assert listed["statusReason"] == f"{reason} - {sentence}"


@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html")
def test_not_all_of_the_memory_of_an_instance_is_for_jobs(batch: Batch) -> None:
    batch.environment(instanceTypes=["g4dn.xlarge"])
    batch.queue()
    batch.definition()
    batch.plan(durationSeconds=60)
    job_id = batch.submit(containerOverrides=needs(MEMORY="15000"))
    too_much = batch.submit(containerOverrides=needs(MEMORY="16384"))
    assert state(batch, job_id)[0] == "RUNNING"
    assert state(batch, too_much)[1].startswith(REQUIREMENT)  # type: ignore[union-attr]


@aws.documented(CAPACITY)
def test_a_queue_cancels_a_job_that_lacks_capacity_for_too_long(batch: Batch) -> None:
    batch.environment()
    batch.queue(jobStateTimeLimitActions=limit(SHORTAGE))
    batch.definition()
    batch.plan(fault="stuck-runnable", statusReason=SHORTAGE, jobName="unlucky")
    batch.plan(jobName="behind", durationSeconds=60)
    unlucky, behind = batch.submit("unlucky"), batch.submit("behind")
    batch.advance(599)
    assert [state(batch, each)[0] for each in (unlucky, behind)] == ["RUNNABLE", "RUNNABLE"]
    batch.advance(1)
    assert state(batch, unlucky) == (
        "FAILED",
        f"Canceled by JobStateTimeLimit action due to reason: {SHORTAGE}",
    )
    assert state(batch, behind)[0] == "RUNNING"


@aws.documented("model: JobStateTimeLimitAction.maxTimeSeconds")
def test_the_time_counts_from_when_the_job_is_at_the_head(batch: Batch) -> None:
    batch.environment(maxvCpus=2)
    batch.queue(jobStateTimeLimitActions=limit(CPUS))
    batch.definition()
    batch.plan(durationSeconds=500)
    running, before = (batch.submit(containerOverrides=needs(VCPU="2")) for _ in range(2))
    job_id = batch.submit(containerOverrides=needs(VCPU="3"))
    batch.advance(500)
    assert [state(batch, each)[0] for each in (running, before)] == ["SUCCEEDED", "RUNNING"]
    assert state(batch, job_id)[1].startswith(CPUS)  # type: ignore[union-attr]
    batch.advance(599)
    assert state(batch, job_id)[0] == "RUNNABLE"
    batch.advance(1)
    assert state(batch, job_id)[0] == "FAILED"


@aws.emulator_only
def test_explain_says_what_blocks(batch: Batch) -> None:
    batch.ready()
    job_id, behind = batch.submit(containerOverrides=needs(VCPU="5")), batch.submit()
    assert CPUS in batch.emulator.explain(job_id)["waits"]["why"]
    assert job_id in batch.emulator.explain(behind)["waits"]["why"]
