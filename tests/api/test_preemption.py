"""Quota shares lend, borrow and preempt, as DescribeServiceJob and GetJobQueueSnapshot tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import ignored
from tests.api.conftest import BATCH, INSTANCE, quota_share
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

SHARES = "https://docs.aws.amazon.com/batch/latest/userguide/quota-shares.html"
PREEMPTION = "https://docs.aws.amazon.com/batch/latest/userguide/preemption.html"
EVENTS = "https://docs.aws.amazon.com/batch/latest/userguide/batch-service-job-preemption-events.html"
SHARING = (
    "https://docs.aws.amazon.com/batch/latest/APIReference/API_QuotaShareResourceSharingConfiguration.html"
)
RECLAIMED = "Cross-share preemption triggered to reclaim borrowed capacity"
OUTRANKED = "In-share preemption triggered to run a higher priority job"


@pytest.fixture(autouse=True)
def queue(batch: Batch) -> None:
    """2 instances behind the queue ``training``, jobs run for 100 seconds."""
    batch.service_environment(unit=INSTANCE, most=2)
    batch.service_queue(schedulingPolicyArn=batch.quota_policy())
    batch.plan(serviceJob=True, durationSeconds=100)


def share(batch: Batch, name: str, strategy: str, **members: Any) -> str:
    return batch.share(name, resourceSharingConfiguration={"strategy": strategy}, **members)


def train(batch: Batch, name: str, **members: Any) -> str:
    return batch.train(quotaShareName=name, **members)


def statuses(batch: Batch, *job_ids: str) -> list[str]:
    return [batch.training_status(each) for each in job_ids]


# --- lending and borrowing


@pytest.mark.parametrize(
    ("lender", "borrower", "status"),
    [
        ("RESERVE", "LEND_AND_BORROW", "RUNNABLE"),
        ("LEND", "LEND_AND_BORROW", "RUNNING"),
        ("LEND_AND_BORROW", "LEND_AND_BORROW", "RUNNING"),
        ("LEND", "RESERVE", "RUNNABLE"),
        ("LEND", "LEND", "RUNNABLE"),
    ],
)
@aws.documented(SHARES)
def test_idle_capacity_is_lent_and_borrowed(batch: Batch, lender: str, borrower: str, status: str) -> None:
    share(batch, "lender", lender)
    share(batch, "borrower", borrower)
    jobs = train(batch, "borrower"), train(batch, "borrower")
    assert statuses(batch, *jobs) == ["RUNNING", status]


@pytest.mark.parametrize(("percent", "status"), [(0, "RUNNABLE"), (99, "RUNNABLE"), (100, "RUNNING")])
@aws.documented(SHARING)
def test_a_borrow_limit_is_a_percentage_of_the_shares_own_limits(
    batch: Batch, percent: int, status: str
) -> None:
    share(batch, "lender", "LEND")
    sharing = {"strategy": "LEND_AND_BORROW", "borrowLimit": percent}
    batch.share("borrower", resourceSharingConfiguration=sharing)
    jobs = train(batch, "borrower"), train(batch, "borrower")
    assert statuses(batch, *jobs) == ["RUNNING", status]


@aws.assumed("idle resources are assigned FIFO, by submission: QuotaSharePolicy of botocore's model")
def test_of_those_who_would_borrow_the_oldest_goes_first(batch: Batch) -> None:
    batch.client.update_service_environment(
        serviceEnvironment="se", capacityLimits=[{"maxCapacity": 3, "capacityUnit": INSTANCE}]
    )
    share(batch, "lender", "RESERVE")
    for name in ("young", "old"):
        share(batch, name, "LEND_AND_BORROW")
        train(batch, name)
    old, young = train(batch, "old"), train(batch, "young")
    lender = f"{BATCH}:job-queue/training/quota-share/lender"
    batch.client.update_quota_share(quotaShareArn=lender, resourceSharingConfiguration={"strategy": "LEND"})
    assert statuses(batch, old, young) == ["RUNNING", "RUNNABLE"]


@aws.emulator_only
def test_sharing_and_preemption_are_not_named_as_ignored(batch: Batch) -> None:
    request = quota_share(
        resourceSharingConfiguration={"strategy": "LEND"},
        preemptionConfiguration={"inSharePreemption": "ENABLED"},
    )
    assert ignored(batch.client.create_quota_share(**request)) == []


@aws.documented("model: QuotaShareUtilizationDetail, FrontOfQuotaSharesDetail")
def test_the_snapshot_counts_what_is_borrowed_where_it_is_used(batch: Batch) -> None:
    share(batch, "lender", "LEND")
    share(batch, "borrower", "LEND_AND_BORROW")
    for _ in range(2):
        train(batch, "borrower")
    waiting = train(batch, "borrower")
    snapshot = batch.client.get_job_queue_snapshot(jobQueue="training")
    front = snapshot["frontOfQuotaShares"]["quotaShares"]
    arn = f"{BATCH}:service-job/{waiting}"
    assert [each["jobArn"] for each in front["borrower"]] == [arn]
    assert front["lender"] == []
    two = [{"capacityUnit": INSTANCE, "quantity": 2.0}]
    usage = snapshot["queueUtilization"]["quotaShareUtilization"]["topCapacityUtilization"]
    assert usage == [{"quotaShareName": "borrower", "capacityUsage": two}]


# --- cross-share preemption


STOP_S = 20


def slow_to_stop(batch: Batch) -> None:
    batch.plan(serviceJob=True, durationSeconds=100, stopSeconds=STOP_S)


def reclaiming(batch: Batch, **members: Any) -> tuple[str, str, dict[str, Any]]:
    """A borrower's job whose capacity the lender wants back, the lender's, and the first before that."""
    share(batch, "lender", "LEND")
    share(batch, "borrower", "LEND_AND_BORROW")
    train(batch, "borrower", schedulingPriority=1)
    lent = train(batch, "borrower", **members)
    before = batch.training(lent)
    assert before["status"] == "RUNNING"
    return lent, train(batch, "lender"), before


@aws.documented(EVENTS)
def test_a_job_that_is_being_preempted_says_so(batch: Batch) -> None:
    slow_to_stop(batch)
    lent, job, before = reclaiming(batch)
    reason = f"PREEMPTION_IN_PROGRESS: {RECLAIMED}"
    assert batch.training(lent) == {**before, "statusReason": reason}
    assert batch.training_status(job) == "RUNNABLE"
    batch.advance(STOP_S)
    assert statuses(batch, lent, job) == ["RUNNABLE", "RUNNING"]
    assert "statusReason" not in batch.training(lent)


@aws.documented(EVENTS)
def test_a_preempted_job_waits_again_and_tells_of_the_attempt(batch: Batch) -> None:
    lent, job, before = reclaiming(batch)
    batch.advance(0)
    preempted = {
        **before["latestAttempt"],
        "startedAt": before["startedAt"],
        "stoppedAt": batch.emulator.clock.now(),
        "statusReason": RECLAIMED,
    }
    found = batch.training(lent)
    assert found == {
        **before,
        "status": "RUNNABLE",
        "preemptionSummary": {"preemptedAttemptCount": 1, "recentPreemptedAttempts": [preempted]},
    }
    assert batch.training_status(job) == "RUNNING"
    batch.advance(100)
    assert batch.training_status(lent) == "RUNNING"
    batch.advance(100)
    ended = batch.training(lent)
    assert (ended["status"], len(ended["attempts"])) == ("SUCCEEDED", 1)
    assert ended["preemptionSummary"] == found["preemptionSummary"]


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({}, "RUNNABLE"),
        ({"preemptionConfiguration": {"preemptionRetriesBeforeTermination": 1}}, "RUNNABLE"),
        ({"preemptionConfiguration": {"preemptionRetriesBeforeTermination": 0}}, "FAILED"),
    ],
)
@aws.documented(PREEMPTION)
def test_a_job_says_how_often_it_may_be_preempted(batch: Batch, members: dict[str, Any], status: str) -> None:
    lent, *_ = reclaiming(batch, **members)
    batch.advance(0)
    assert batch.training_status(lent) == status


@aws.assumed("the reason of a job that FAILS so is not documented: that of its last attempt")
def test_a_job_that_failed_by_preemption_says_why(batch: Batch) -> None:
    lent, *_ = reclaiming(batch, preemptionConfiguration={"preemptionRetriesBeforeTermination": 0})
    batch.advance(0)
    assert batch.training(lent)["statusReason"] == RECLAIMED


@aws.assumed("AWS applies a custom heuristic to priorities and durations: " + PREEMPTION)
def test_the_lowest_priority_goes_first_then_the_youngest(batch: Batch) -> None:
    batch.client.update_service_environment(
        serviceEnvironment="se", capacityLimits=[{"maxCapacity": 4, "capacityUnit": INSTANCE}]
    )
    share(batch, "lender", "LEND", capacityLimits=[{"maxCapacity": 3, "capacityUnit": INSTANCE}])
    share(batch, "borrower", "LEND_AND_BORROW")
    jobs = []
    for priority in (2, 1, 1, 3):
        jobs.append(train(batch, "borrower", schedulingPriority=priority))
        batch.advance(1)
    train(batch, "lender")
    batch.advance(0)
    assert statuses(batch, *jobs) == ["RUNNING", "RUNNING", "RUNNABLE", "RUNNING"]
    train(batch, "lender")
    batch.advance(0)
    assert statuses(batch, *jobs) == ["RUNNING", "RUNNABLE", "RUNNABLE", "RUNNING"]


@aws.documented(PREEMPTION)
def test_a_share_beyond_its_lowered_limits_gives_back(batch: Batch) -> None:
    two = [{"maxCapacity": 2, "capacityUnit": INSTANCE}]
    arn = share(batch, "large", "RESERVE", capacityLimits=two)
    share(batch, "small", "RESERVE")
    jobs = train(batch, "large"), train(batch, "large")
    batch.client.update_quota_share(
        quotaShareArn=arn, capacityLimits=[{"maxCapacity": 1, "capacityUnit": INSTANCE}]
    )
    batch.advance(0)
    assert statuses(batch, *jobs) == ["RUNNING", "RUNNING"]
    job = train(batch, "small")
    batch.advance(0)
    assert statuses(batch, *jobs, job) == ["RUNNING", "RUNNABLE", "RUNNING"]


@aws.assumed("a job that is to end does not wait for another turn")
def test_a_job_that_is_terminated_while_it_is_preempted_fails(batch: Batch) -> None:
    slow_to_stop(batch)
    lent, *_ = reclaiming(batch)
    batch.client.terminate_service_job(jobId=lent, reason="enough")
    batch.advance(STOP_S)
    ended = batch.training(lent)
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "enough")
    assert "preemptionSummary" not in ended


# --- in-share preemption


def outranking(batch: Batch, state: str) -> tuple[str, str]:
    """A job that runs and one of a higher priority that waits in the same share."""
    batch.share(preemptionConfiguration={"inSharePreemption": state})
    return train(batch, "share", schedulingPriority=1), train(batch, "share", schedulingPriority=2)


@pytest.mark.parametrize(
    ("state", "expected"),
    [("ENABLED", ["RUNNABLE", "RUNNING"]), ("DISABLED", ["RUNNING", "RUNNABLE"])],
)
@aws.documented(PREEMPTION)
def test_a_higher_priority_preempts_where_the_share_lets_it(
    batch: Batch, state: str, expected: list[str]
) -> None:
    jobs = outranking(batch, state)
    batch.advance(0)
    assert statuses(batch, *jobs) == expected


@aws.assumed("by analogy with cross-share preemption, whose sentence is documented: " + EVENTS)
def test_who_is_outranked_is_told_why(batch: Batch) -> None:
    slow_to_stop(batch)
    low, _ = outranking(batch, "ENABLED")
    assert batch.training(low)["statusReason"] == f"PREEMPTION_IN_PROGRESS: {OUTRANKED}"
    batch.advance(STOP_S)
    (attempt,) = batch.training(low)["preemptionSummary"]["recentPreemptedAttempts"]
    assert attempt["statusReason"] == OUTRANKED


@aws.documented(PREEMPTION)
def test_a_raised_priority_preempts(batch: Batch) -> None:
    batch.share(preemptionConfiguration={"inSharePreemption": "ENABLED"})
    running, waiting = train(batch, "share"), train(batch, "share")
    batch.client.update_service_job(jobId=waiting, schedulingPriority=1)
    batch.advance(0)
    assert statuses(batch, running, waiting) == ["RUNNABLE", "RUNNING"]
