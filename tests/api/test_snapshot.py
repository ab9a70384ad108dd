"""GetJobQueueSnapshot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import body, client_error
from tests.api.conftest import BATCH, INSTANCE
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

GUIDE = "https://docs.aws.amazon.com/batch/latest/userguide/job_queue_viewing_status.html"
API = "https://docs.aws.amazon.com/batch/latest/APIReference/API_GetJobQueueSnapshot.html"


def snapshot(batch: Batch, queue: str = "queue") -> dict[str, Any]:
    """The answer, whose times of the last update are the present."""
    found = body(batch.client.get_job_queue_snapshot(jobQueue=queue))
    times = [part.pop("lastUpdatedAt") for part in found.values()]
    assert times == [batch.emulator.clock.now()] * len(times)
    return found


def front(batch: Batch, queue: str = "queue") -> list[tuple[str, int]]:
    """Which job stands at each position, and since when."""
    jobs = snapshot(batch, queue)["frontOfQueue"]["jobs"]
    return [(each["jobArn"].rpartition("/")[2], each["earliestTimeAtPosition"]) for each in jobs]


def vcpus(quantity: float) -> list[dict[str, Any]]:
    return [{"capacityUnit": "VCPU", "quantity": quantity}]


def instances(quantity: float) -> list[dict[str, Any]]:
    return [{"capacityUnit": INSTANCE, "quantity": quantity}]


def now(batch: Batch) -> int:
    return batch.emulator.clock.now()


@pytest.mark.parametrize("queue", ["queue", f"{BATCH}:job-queue/queue"])
@aws.documented(API)
def test_a_snapshot_of_a_queue_of_container_jobs(batch: Batch, queue: str) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    for _ in range(4):
        batch.submit()
    waiting = batch.submit()
    assert snapshot(batch, queue) == {
        "frontOfQueue": {
            "jobs": [{"jobArn": f"{BATCH}:job/{waiting}", "earliestTimeAtPosition": now(batch)}]
        },
        "queueUtilization": {"totalCapacityUsage": vcpus(4.0)},
    }


@aws.assumed("nothing in use is a quantity of nought")
def test_a_snapshot_of_an_idle_queue(batch: Batch) -> None:
    batch.ready()
    assert snapshot(batch) == {
        "frontOfQueue": {"jobs": []},
        "queueUtilization": {"totalCapacityUsage": vcpus(0.0)},
    }


@aws.documented(GUIDE)
def test_positions_are_by_submission_and_times_by_when_they_were_reached(batch: Batch) -> None:
    batch.ready()
    batch.definition("big", container={"resourceRequirements": big()})
    batch.plan(durationSeconds=100)
    batch.submit(jobDefinition="big")
    times, jobs = [], []
    for _ in range(4):
        jobs.append(batch.submit(jobDefinition="big"))
        times.append(now(batch))
        batch.advance(10)
    assert front(batch) == list(zip(jobs, times, strict=True))
    batch.client.cancel_job(jobId=jobs[1], reason="no")
    left = now(batch)
    assert front(batch) == [(jobs[0], times[0]), (jobs[2], left), (jobs[3], left)]
    batch.advance(60)  # the first job ends, and the head of the line starts
    assert front(batch) == [(jobs[2], now(batch)), (jobs[3], now(batch))]


def big() -> list[dict[str, str]]:
    return [{"type": "VCPU", "value": "4"}, {"type": "MEMORY", "value": "128"}]


@aws.documented(API + ": the first 100 RUNNABLE jobs")
def test_a_front_has_a_hundred_jobs(batch: Batch) -> None:
    batch.ready()
    batch.client.update_compute_environment(computeEnvironment="ce", state="DISABLED")
    jobs = [batch.submit() for _ in range(102)]
    assert [job_id for job_id, _ in front(batch)] == jobs[:100]


@aws.documented(API)
def test_jobs_that_are_not_runnable_are_not_at_the_front(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    running = batch.submit()
    batch.submit(dependsOn=[{"jobId": running}])
    assert front(batch) == []


@aws.assumed("a job that is tried again stands at its old place, and has reached it anew")
def test_a_retried_job_goes_back_to_its_place(batch: Batch) -> None:
    batch.ready()
    batch.plan(jobName="retried", exitCode=1, durationSeconds=60)
    retried = batch.submit("retried", retryStrategy={"attempts": 2}, containerOverrides=all_vcpus())
    waiting = batch.submit(containerOverrides=all_vcpus())
    joined = now(batch)
    batch.advance(50)
    assert front(batch) == [(waiting, joined)]
    batch.client.update_compute_environment(computeEnvironment="ce", state="DISABLED")
    batch.advance(10)
    assert front(batch) == [(retried, now(batch)), (waiting, now(batch))]


def all_vcpus() -> dict[str, Any]:
    return {"resourceRequirements": big()}


@aws.assumed("the sentence is that of UpdateJobQueue")
def test_an_unknown_queue_is_refused(batch: Batch, refused: Any) -> None:
    answer = refused(batch.client.get_job_queue_snapshot, jobQueue="nobody")
    assert answer == client_error(f"{BATCH}:job-queue/nobody does not exist")


# --- fair share


@aws.documented(API)
def test_utilisation_by_share_identifier(batch: Batch) -> None:
    batch.environment()
    batch.queue(schedulingPolicyArn=batch.policy())
    batch.definition(schedulingPriority=1)
    batch.plan(durationSeconds=60)
    for share in ("a", "b", "b", "b", "c"):
        batch.submit(shareIdentifier=share)
    assert snapshot(batch)["queueUtilization"] == {
        "totalCapacityUsage": vcpus(4.0),
        "fairshareUtilization": {
            "activeShareCount": 2,
            "topCapacityUtilization": [
                {"shareIdentifier": "b", "capacityUsage": vcpus(3.0)},
                {"shareIdentifier": "a", "capacityUsage": vcpus(1.0)},
            ],
        },
    }


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_FairshareUtilizationDetail.html")
def test_the_twenty_shares_that_use_most_are_named(batch: Batch) -> None:
    batch.environment(maxvCpus=64)
    batch.queue(schedulingPolicyArn=batch.policy())
    batch.definition(schedulingPriority=1)
    batch.plan(durationSeconds=60)
    for number in range(22):
        batch.submit(shareIdentifier=f"s{number:02}")
    batch.submit(shareIdentifier="s21")
    found = snapshot(batch)["queueUtilization"]["fairshareUtilization"]
    names = [each["shareIdentifier"] for each in found["topCapacityUtilization"]]
    assert (found["activeShareCount"], names) == (22, ["s21", *(f"s{number:02}" for number in range(19))])


# --- service jobs


@aws.documented(API + ": for service jobs the unit is the instance type")
def test_a_snapshot_of_a_queue_of_service_jobs(batch: Batch) -> None:
    batch.service_ready(most=3)
    batch.plan(serviceJob=True, durationSeconds=60)
    two = json.dumps({"ResourceConfig": {"InstanceType": INSTANCE, "InstanceCount": 2}})
    batch.train(serviceRequestPayload=two)
    batch.train()
    waiting = batch.train()
    assert snapshot(batch, "training") == {
        "frontOfQueue": {
            "jobs": [{"jobArn": f"{BATCH}:service-job/{waiting}", "earliestTimeAtPosition": now(batch)}]
        },
        "queueUtilization": {"totalCapacityUsage": instances(3.0)},
    }


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_FrontOfQuotaSharesDetail.html")
def test_a_snapshot_of_a_queue_with_quota_shares(batch: Batch) -> None:
    batch.quota_ready(most=3)
    batch.share("other", capacityLimits=[{"maxCapacity": 2, "capacityUnit": INSTANCE}])
    batch.share("idle")
    batch.plan(serviceJob=True, durationSeconds=60)
    for share in ("share", "other", "other"):
        batch.train(quotaShareName=share)
    for _ in range(2):
        batch.train(quotaShareName="share")
    batch.advance(10)
    urgent = batch.train(quotaShareName="share", schedulingPriority=9)
    waiting = batch.train(quotaShareName="other")

    def head(job_id: str) -> list[dict[str, Any]]:
        arn = f"{BATCH}:service-job/{job_id}"
        return [{"jobArn": arn, "earliestTimeAtPosition": now(batch)}]

    found = snapshot(batch, "training")
    assert found["frontOfQuotaShares"]["quotaShares"] == {
        "share": head(urgent),
        "other": head(waiting),
        "idle": [],
    }
    assert found["queueUtilization"] == {
        "totalCapacityUsage": instances(3.0),
        "quotaShareUtilization": {
            "topCapacityUtilization": [
                {"quotaShareName": "other", "capacityUsage": instances(2.0)},
                {"quotaShareName": "share", "capacityUsage": instances(1.0)},
            ]
        },
    }


@aws.assumed("a queue made anew is another queue; a queue's jobs are its own wherever they run")
def test_what_is_in_use_is_what_the_queues_own_jobs_hold(batch: Batch) -> None:
    batch.service_ready(most=2)
    batch.plan(serviceJob=True, durationSeconds=60)
    batch.train()
    batch.service_environment("other")
    order = [{"order": 1, "serviceEnvironment": "other"}]
    batch.client.update_job_queue(jobQueue="training", serviceEnvironmentOrder=order)
    used = snapshot(batch, "training")["queueUtilization"]["totalCapacityUsage"]
    assert used == instances(1.0)
