"""Preempted service jobs, against a SageMaker that stops late, twice, or ends on its own first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batchemu.core.trainings import NO_CAPACITY, RECENT_PREEMPTIONS
from batchemu.core.world import Delays
from tests.core.lab import TYPE, Lab, limit

if TYPE_CHECKING:
    from batchemu.core.ids import JobId

LEND = {"strategy": "LEND"}
BORROW = {"strategy": "LEND_AND_BORROW"}
RECLAIMED = "Cross-share preemption triggered to reclaim borrowed capacity"
IN_PROGRESS = f"PREEMPTION_IN_PROGRESS: {RECLAIMED}"
OUTRANKED = "In-share preemption triggered to run a higher priority job"


@pytest.fixture
def lab() -> Lab:
    """2 instances: share ``a`` lends one, ``b`` has one and borrows."""
    return with_shares(Lab())


def with_shares(lab: Lab, preempts: str = "DISABLED") -> Lab:
    within = {"inSharePreemption": preempts}
    lab.service_environment()
    lab.service_queue(schedulingPolicyArn=lab.policy())
    lab.share("a", resourceSharingConfiguration=LEND, preemptionConfiguration=within)
    lab.share("b", resourceSharingConfiguration=BORROW, preemptionConfiguration=within)
    return lab


def train(lab: Lab, share: str, **params: Any) -> JobId:
    return lab.train(quotaShareName=share, **params)


def borrowing(lab: Lab, **params: Any) -> tuple[JobId, JobId]:
    """Two jobs of ``b``; the second is on borrowed capacity."""
    own, lent = train(lab, "b", schedulingPriority=1), train(lab, "b", **params)
    assert lab.status(own, lent) == ["SCHEDULED", "SCHEDULED"]
    return own, lent


def wanting(lab: Lab) -> JobId:
    """A job of ``a``, which wants its instance back."""
    job = train(lab, "a")
    assert lab.status(job) == "RUNNABLE"
    return job


def summary(lab: Lab, job: JobId) -> list[tuple[int, str | None]]:
    """The preempted attempts that are kept."""
    return [(each.number, each.status_reason) for each in lab.training(job).preempted]


@pytest.mark.parametrize("before", [[], ["Downloading"], ["Downloading", "Training"]])
def test_the_borrower_gives_back_what_the_lender_needs(lab: Lab, before: list[str]) -> None:
    own, lent = borrowing(lab)
    for said in before:
        lab.report(lent, said)
    status = lab.status(lent)
    job = wanting(lab)
    assert (lab.status(lent), lab.training(lent).status_reason) == (status, IN_PROGRESS)
    assert lab.training_stopped() == [lent]
    lab.report(lent, "Stopped")
    assert lab.status(own, lent, job) == ["SCHEDULED", "RUNNABLE", "SCHEDULED"]
    assert (lab.training(lent).status_reason, summary(lab, lent)) == (None, [(1, RECLAIMED)])
    assert lab.training(lent).attempts == []
    lab.report(job, "Completed")
    assert lab.status(lent) == "SCHEDULED"


def test_a_job_that_is_being_preempted_goes_on_saying_so(lab: Lab) -> None:
    _, lent = borrowing(lab)
    wanting(lab)
    for said, status in (("Downloading", "STARTING"), ("Training", "RUNNING")):
        lab.report(lent, said)
        assert (lab.status(lent), lab.training(lent).status_reason) == (status, IN_PROGRESS)


def test_a_stop_that_is_reported_twice_counts_once(lab: Lab) -> None:
    _, lent = borrowing(lab)
    wanting(lab)
    lab.report(lent, "Stopped", attempt=1)
    lab.report(lent, "Stopped", attempt=1)
    assert (lab.status(lent), lab.training(lent).preemptions) == ("RUNNABLE", 1)


def test_a_preemption_uses_no_attempt(lab: Lab) -> None:
    _, lent = borrowing(lab, retryStrategy={"attempts": 2})
    for _ in range(3):
        job = wanting(lab)
        lab.report(lent, "Stopped")
        lab.report(job, "Completed")
    lab.report(lent, "Failed", "AlgorithmError")
    assert lab.status(lent) == "SCHEDULED"
    lab.report(lent, "Failed", "AlgorithmError")
    assert lab.status(lent) == "FAILED"
    assert [each.number for each in lab.training(lent).attempts] == [4, 5]
    assert summary(lab, lent) == [(n, RECLAIMED) for n in (1, 2, 3)]


@pytest.mark.parametrize("retries", [0, 1])
def test_a_job_fails_when_it_must_not_be_preempted_once_more(lab: Lab, retries: int) -> None:
    _, lent = borrowing(lab, preemptionConfiguration={"preemptionRetriesBeforeTermination": retries})
    for _ in range(retries):
        job = wanting(lab)
        lab.report(lent, "Stopped")
        lab.report(job, "Completed")
    wanting(lab)
    lab.report(lent, "Stopped")
    ended = lab.training(lent)
    assert (ended.status, ended.status_reason, ended.preemptions) == ("FAILED", RECLAIMED, retries + 1)


def test_of_the_preempted_attempts_the_last_are_kept(lab: Lab) -> None:
    _, lent = borrowing(lab)
    for _ in range(RECENT_PREEMPTIONS + 2):
        job = wanting(lab)
        lab.report(lent, "Stopped")
        lab.report(job, "Completed")
    found = [number for number, _ in summary(lab, lent)]
    assert found == list(range(3, RECENT_PREEMPTIONS + 3))
    assert lab.training(lent).preemptions == RECENT_PREEMPTIONS + 2


# --- what crosses a preemption


def test_termination_during_a_preemption_is_the_end(lab: Lab) -> None:
    _, lent = borrowing(lab)
    job = wanting(lab)
    lab.terminate_training(lent, "enough")
    assert lab.training_stopped() == [lent]
    lab.report(lent, "Stopped")
    ended = lab.training(lent)
    assert (ended.status, ended.status_reason, ended.preemptions) == ("FAILED", "enough", 0)
    assert lab.status(job) == "SCHEDULED"


def test_a_job_that_is_being_terminated_is_not_preempted(lab: Lab) -> None:
    _, lent = borrowing(lab)
    lab.terminate_training(lent, "enough")
    wanting(lab)
    assert (lab.training_stopped(), lab.training(lent).preemption) == ([lent], None)


@pytest.mark.parametrize(
    ("said", "reason", "status"),
    [
        ("Completed", None, "SUCCEEDED"),
        ("Failed", "AlgorithmError", "FAILED"),
        ("Failed", "CapacityError: none", "RUNNABLE"),
    ],
)
def test_an_end_of_its_own_that_crosses_a_preemption_counts(
    lab: Lab, said: str, reason: str | None, status: str
) -> None:
    _, lent = borrowing(lab)
    job = wanting(lab)
    lab.report(lent, said, reason)
    assert (lab.status(lent, job), lab.training(lent).preemptions) == ([status, "SCHEDULED"], 0)
    assert lab.training(lent).preemption is None
    assert status != "RUNNABLE" or lab.training(lent).status_reason == NO_CAPACITY


def test_a_timeout_during_a_preemption_is_none(lab: Lab) -> None:
    _, lent = borrowing(lab, timeoutConfig={"attemptDurationSeconds": 60})
    lab.report(lent, "Training")
    wanting(lab)
    lab.fire("service-job-timeout")
    lab.report(lent, "Stopped")
    assert (lab.status(lent), lab.training_stopped()) == ("RUNNABLE", [lent])


def test_room_that_others_make_first_is_taken(lab: Lab) -> None:
    """The preemption goes on: the training job has been asked to stop."""
    own, lent = borrowing(lab)
    job = wanting(lab)
    lab.report(own, "Completed")
    assert lab.status(job) == "SCHEDULED"
    lab.report(lent, "Stopped")
    assert (lab.status(lent), lab.training(lent).preemptions) == ("SCHEDULED", 1)


def test_who_asked_may_leave_before_it_gets_its_place(lab: Lab) -> None:
    _, lent = borrowing(lab)
    lab.terminate_training(wanting(lab))
    lab.report(lent, "Stopped")
    assert (lab.status(lent), lab.training(lent).preemptions) == ("SCHEDULED", 1)


# --- what makes room needed


def test_lowered_limits_of_a_share_are_enforced_when_another_wants_its_own() -> None:
    lab = Lab()
    lab.service_environment()
    lab.service_queue(schedulingPolicyArn=lab.policy())
    lab.share("reserve", most=2)
    lab.share("other")
    first, second = train(lab, "reserve"), train(lab, "reserve")
    lab.update_share("reserve", capacityLimits=[limit(TYPE, 1)])
    assert lab.training_stopped() == []
    job = train(lab, "other")
    lab.report(second, "Stopped")
    assert lab.status(first, second, job) == ["SCHEDULED", "RUNNABLE", "SCHEDULED"]


def test_a_smaller_environment_takes_more_from_borrowers(lab: Lab) -> None:
    lab.share("c", resourceSharingConfiguration=LEND)
    lab.update_service_environment(capacityLimits=[limit(TYPE, 3)])
    own, lent = borrowing(lab)
    more = train(lab, "b")
    lab.update_service_environment(capacityLimits=[limit(TYPE, 2)])
    assert lab.training_stopped() == []
    job = wanting(lab)
    assert lab.training_stopped() == [more, lent]
    lab.report(lent, "Stopped")
    assert lab.status(job) == "RUNNABLE"
    lab.report(more, "Stopped")
    assert lab.status(own, lent, more, job) == ["SCHEDULED", "RUNNABLE", "RUNNABLE", "SCHEDULED"]


def test_nobody_is_preempted_where_that_would_not_be_enough(lab: Lab) -> None:
    """The environment is smaller than the shares together, and who borrows keeps what it has a right to."""
    _, lent = borrowing(lab)
    lab.update_service_environment(capacityLimits=[limit(TYPE, 1)])
    wanting(lab)
    assert (lab.training_stopped(), lab.status(lent)) == ([], "SCHEDULED")


def test_an_end_to_come_can_make_a_preemption_worth_while(lab: Lab) -> None:
    own, lent = borrowing(lab)
    lab.update_service_environment(capacityLimits=[limit(TYPE, 1)])
    job = wanting(lab)
    lab.terminate_training(own)
    assert lab.training_stopped() == [own]  # what stays is within its share's limits now
    lab.terminate_training(lent)
    for each in (own, lent):
        lab.report(each, "Stopped")
    assert lab.status(job) == "SCHEDULED"


def test_a_paused_scheduler_preempts_nobody(lab: Lab) -> None:
    _, lent = borrowing(lab)
    lab.pause()
    wanting(lab)
    assert lab.training_stopped() == []
    lab.pause(False)
    assert lab.training_stopped() == [lent]


def test_a_share_that_is_being_made_lends_nothing_yet() -> None:
    lab = Lab(Delays(job_queue=500))
    lab.service_environment()
    lab.service_queue(schedulingPolicyArn=lab.policy())
    lab.fire("lifecycle")
    lab.share("b", resourceSharingConfiguration=BORROW)
    lab.fire("lifecycle")
    train(lab, "b")
    lab.share("a", resourceSharingConfiguration=LEND)
    lent = train(lab, "b")
    assert lab.status(lent) == "RUNNABLE"
    lab.fire("lifecycle")
    assert lab.status(lent) == "SCHEDULED"


# --- in-share


@pytest.fixture
def strict() -> Lab:
    """As ``lab``; higher priorities preempt within their share."""
    return with_shares(Lab(), "ENABLED")


def test_a_higher_priority_takes_the_place_of_a_lower_one(strict: Lab) -> None:
    low = train(strict, "a", schedulingPriority=1)
    same = train(strict, "a", schedulingPriority=1)
    assert strict.training_stopped() == []
    high = train(strict, "a", schedulingPriority=2)
    assert strict.training(low).status_reason == f"PREEMPTION_IN_PROGRESS: {OUTRANKED}"
    strict.report(low, "Stopped")
    assert strict.status(low, same, high) == ["RUNNABLE", "RUNNABLE", "SCHEDULED"]
    assert summary(strict, low) == [(1, OUTRANKED)]


@pytest.mark.parametrize(("who", "priority"), [("running", 0), ("waiting", 2)])
def test_a_priority_that_is_changed_counts_at_once(strict: Lab, who: str, priority: int) -> None:
    """https://docs.aws.amazon.com/batch/latest/userguide/preemption.html"""
    jobs = {each: train(strict, "a", schedulingPriority=1) for each in ("running", "waiting")}
    strict.prioritise(jobs[who], priority)
    assert strict.training_stopped() == [jobs["running"]]


def test_the_place_of_an_outranked_job_on_loan_is_kept_for_its_share(strict: Lab) -> None:
    """Another that would borrow has waited for longer, and does not get it."""
    strict.share("c", resourceSharingConfiguration=BORROW)
    strict.update_service_environment(capacityLimits=[limit(TYPE, 3)])
    own, _, lent = train(strict, "b", schedulingPriority=9), train(strict, "c"), train(strict, "b")
    other = train(strict, "c")
    high = train(strict, "b", schedulingPriority=5)
    assert strict.training_stopped() == [lent]
    strict.report(lent, "Stopped")
    assert strict.status(own, other, high) == ["SCHEDULED", "RUNNABLE", "SCHEDULED"]
