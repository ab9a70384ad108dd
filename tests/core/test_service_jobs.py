"""Service jobs against a SageMaker that answers late, twice, or not at all."""

from __future__ import annotations

import pytest

from batchemu.core import capacity
from batchemu.core.client_tokens import LIFE_MS
from batchemu.core.ids import JobId
from batchemu.core.trainings import CAPACITY_PAUSE_MS, NO_CAPACITY
from batchemu.core.world import Delays
from batchemu.errors import ClientException
from tests.core.lab import TYPE, Lab, limit

PATH = ["SUBMITTED", "RUNNABLE", "SCHEDULED", "STARTING", "RUNNING", "SUCCEEDED"]


@pytest.fixture
def lab() -> Lab:
    """Service environment ``se`` of 2 instances and the queue ``training`` before it."""
    lab = Lab()
    lab.service_environment()
    lab.service_queue()
    return lab


@pytest.fixture
def shared() -> Lab:
    """As ``lab``, with a quota share policy and the quota share ``share`` of 1 instance."""
    return with_shares(Lab())


def with_shares(lab: Lab) -> Lab:
    lab.service_environment()
    lab.service_queue(schedulingPolicyArn=lab.policy())
    lab.share()
    return lab


# --- reports


def test_a_life_goes_through_every_state(lab: Lab) -> None:
    job = lab.train()
    for said in ("Downloading", "Training", "Completed"):
        lab.report(job, said)
    assert lab.path(job) == PATH
    assert [each.job_id for each in lab.trained()] == [job]


def test_a_completion_that_overtakes_passes_through_the_states_between(lab: Lab) -> None:
    job = lab.train()
    lab.report(job, "Completed")
    assert lab.path(job) == PATH
    ended = lab.training(job)
    assert ended.started_at == ended.stopped_at == lab.now


def test_reports_that_come_late_or_twice_change_nothing(lab: Lab) -> None:
    job = lab.train(retryStrategy={"attempts": 2})
    lab.report(job, "Training")
    lab.report(job, "Downloading")
    assert lab.status(job) == "RUNNING"
    lab.report(job, "Failed", "AlgorithmError")
    lab.report(job, "Completed", attempt=1)
    assert (lab.status(job), len(lab.training(job).attempts)) == ("SCHEDULED", 1)
    lab.report(job, "Completed")
    lab.report(job, "Failed", "late")
    assert lab.status(job) == "SUCCEEDED"


def test_a_training_job_that_was_stopped_by_others_has_failed(lab: Lab) -> None:
    job = lab.train()
    lab.report(job, "Stopped")
    assert lab.training(job).status_reason == "Received status from SageMaker: Training job stopped"
    assert lab.status(job) == "FAILED"


def test_reports_on_nobody_are_ignored(lab: Lab) -> None:
    lab.report(JobId("nobody"), "Completed", attempt=1)


# --- stops


@pytest.mark.parametrize("before", [[], ["Downloading"], ["Downloading", "Training"]])
def test_a_job_under_way_is_stopped_first(lab: Lab, before: list[str]) -> None:
    job = lab.train(retryStrategy={"attempts": 3})
    for said in before:
        lab.report(job, said)
    lab.terminate_training(job, "enough")
    status = lab.status(job)
    lab.terminate_training(job, "again")
    assert (lab.status(job), lab.training_stopped()) == (status, [job])
    lab.report(job, "Stopped")
    assert (lab.status(job), lab.training(job).status_reason) == ("FAILED", "enough")


def test_an_end_that_crosses_a_stop_is_the_stops(lab: Lab) -> None:
    job = lab.train(retryStrategy={"attempts": 3})
    lab.terminate_training(job, "enough")
    lab.report(job, "Completed")
    assert (lab.status(job), lab.training(job).status_reason) == ("FAILED", "enough")


def test_a_want_of_capacity_that_crosses_a_stop_is_the_end(lab: Lab) -> None:
    job = lab.train()
    lab.terminate_training(job, "enough")
    lab.report(job, "Failed", "CapacityError: none")
    assert (lab.status(job), lab.pending()) == ("FAILED", [])


def test_a_timeout_stops_an_attempt_and_is_not_retried(lab: Lab) -> None:
    job = lab.train(timeoutConfig={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 3})
    lab.report(job, "Training")
    lab.fire("service-job-timeout")
    assert lab.training_stopped() == [job]
    lab.report(job, "Stopped")
    assert lab.training(job).status_reason == "Job attempt duration exceeded timeout"
    assert lab.status(job) == "FAILED"


def test_a_job_that_waits_for_capacity_can_be_terminated(lab: Lab) -> None:
    job, behind = lab.train(), lab.train()
    lab.report(job, "Failed", "CapacityError: none")
    lab.terminate_training(job)
    assert (lab.status(job, behind), lab.pending()) == (["FAILED", "SCHEDULED"], [])


def test_a_job_can_be_terminated_during_the_delay_of_submitted() -> None:
    lab = Lab(Delays(submitted=500))
    lab.service_environment()
    lab.service_queue()
    job = lab.train()
    lab.terminate_training(job, "no")
    assert (lab.status(job), lab.pending(), lab.trained()) == ("FAILED", [], [])


# --- capacity


def test_a_want_of_capacity_uses_no_attempt(lab: Lab) -> None:
    job = lab.train(retryStrategy={"attempts": 2})
    for _ in range(3):
        lab.report(job, "Failed", "CapacityError: none")
        assert (lab.status(job), lab.training(job).status_reason) == ("RUNNABLE", NO_CAPACITY)
        lab.fire("service-job-capacity")
        assert lab.status(job) == "SCHEDULED"
    lab.report(job, "Failed", "AlgorithmError")
    assert lab.status(job) == "SCHEDULED"
    lab.report(job, "Failed", "AlgorithmError")
    attempts = [(each.number, each.status_reason) for each in lab.training(job).attempts]
    said = "Received status from SageMaker: "
    assert (lab.status(job), attempts) == (
        "FAILED",
        [(3, f"{said}CapacityError: none"), (4, f"{said}AlgorithmError"), (5, f"{said}AlgorithmError")],
    )


def test_of_the_attempts_that_lacked_capacity_the_last_is_kept(lab: Lab) -> None:
    """https://docs.aws.amazon.com/batch/latest/userguide/service-job-retries.html"""
    job = lab.train(retryStrategy={"attempts": 3})
    for reason in ("CapacityError", "AlgorithmError", "CapacityError", "CapacityError"):
        lab.report(job, "Failed", reason)
        if reason == "CapacityError":
            lab.fire("service-job-capacity")
    assert [each.number for each in lab.training(job).attempts] == [2, 4]
    under_way = lab.training(job).attempt
    assert under_way is not None
    assert (under_way.number, lab.status(job)) == (5, "SCHEDULED")


def test_a_job_that_pauses_holds_up_those_behind_it(lab: Lab) -> None:
    job = lab.train()
    lab.report(job, "Failed", "CapacityError: none")
    behind = lab.train()
    assert lab.status(job, behind) == ["RUNNABLE", "RUNNABLE"]
    assert lab.training(job).not_before == lab.now - 1000 + CAPACITY_PAUSE_MS
    lab.fire("service-job-capacity")
    assert lab.status(job, behind) == ["SCHEDULED", "SCHEDULED"]


def test_instances_are_counted_in_the_units_of_the_limits_of_today(lab: Lab) -> None:
    """What runs counts on, when the limits change from instances to a type, and back."""
    running = lab.train(instances=2)
    lab.update_service_environment(capacityLimits=[limit(capacity.ALL_INSTANCES, 2)])
    waiting = lab.train()
    assert lab.status(running, waiting) == ["SCHEDULED", "RUNNABLE"]
    lab.update_service_environment(capacityLimits=[limit(TYPE, 2)])
    assert lab.status(waiting) == "RUNNABLE"
    lab.update_service_environment(capacityLimits=[limit(TYPE, 3)])
    assert lab.status(waiting) == "SCHEDULED"


def test_a_type_without_a_limit_waits_until_there_is_one(lab: Lab) -> None:
    lab.update_service_environment(capacityLimits=[limit("ml.p4d.24xlarge", 9)])
    job = lab.train()
    assert lab.status(job) == "RUNNABLE"
    lab.update_service_environment(capacityLimits=[limit(TYPE, 1), limit("ml.p4d.24xlarge", 9)])
    assert lab.status(job) == "SCHEDULED"


@pytest.mark.parametrize(
    ("request_", "instances"),
    [
        ({}, {"": 1}),
        ({"ResourceConfig": "much"}, {"": 1}),
        ({"ResourceConfig": {"InstanceCount": 3}}, {"": 3}),
        ({"ResourceConfig": {"InstanceType": TYPE, "InstanceCount": -1}}, {TYPE: 1}),
        ({"ResourceConfig": {"InstanceType": TYPE, "InstanceCount": True}}, {TYPE: 1}),
        ({"ResourceConfig": {"InstanceType": 5, "InstanceCount": 2}}, {"": 2}),
        ({"ResourceConfig": {"InstanceType": TYPE, "InstanceCount": 10**400}}, {TYPE: 2**31 - 1}),
        (
            {
                "ResourceConfig": {
                    "InstanceGroups": [
                        {"InstanceType": TYPE, "InstanceCount": 2},
                        {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1},
                        {"InstanceType": TYPE, "InstanceCount": 1},
                        "nonsense",
                    ]
                }
            },
            {TYPE: 3, "ml.g5.xlarge": 1},
        ),
    ],
)
def test_a_request_says_how_many_instances_it_takes(request_: dict[str, object], instances: object) -> None:
    assert capacity.requested(request_) == instances


def test_a_disabled_environment_starts_nothing_until_it_is_enabled(lab: Lab) -> None:
    lab.update_service_environment(state="DISABLED")
    job = lab.train()
    assert lab.status(job) == "RUNNABLE"
    lab.update_service_environment(state="ENABLED")
    assert lab.status(job) == "SCHEDULED"


def test_a_deleted_environment_stays_until_its_last_job_has_ended(lab: Lab) -> None:
    job = lab.train()
    lab.service_environment("other")
    lab.update_queue("training", serviceEnvironmentOrder=[{"order": 1, "serviceEnvironment": "other"}])
    lab.update_service_environment(state="DISABLED")
    lab.delete_service_environment()
    assert lab.world.service_environments["se"].status == "DELETING"
    with pytest.raises(ClientException):
        lab.service_environment()
    lab.report(job, "Completed")
    assert list(lab.world.service_environments) == ["other"]


def test_queues_of_one_environment_are_served_by_priority(lab: Lab) -> None:
    lab.service_queue("urgent", priority=9)
    first = lab.train(instances=2)
    low, high = lab.train(), lab.train(queue="urgent", instances=2)
    lab.report(first, "Completed")
    assert lab.status(low, high) == ["RUNNABLE", "SCHEDULED"]


# --- priorities


def test_priorities_count_where_there_is_a_policy(shared: Lab) -> None:
    first, low, high = shared_jobs(shared, 0, 1, 5)
    shared.report(first, "Completed")
    assert shared.status(low, high) == ["RUNNABLE", "SCHEDULED"]


def shared_jobs(lab: Lab, *priorities: int) -> list[JobId]:
    return [lab.train(quotaShareName="share", schedulingPriority=each) for each in priorities]


def test_a_job_overtakes_when_its_priority_is_raised(shared: Lab) -> None:
    first, low, high = shared_jobs(shared, 0, 1, 5)
    shared.prioritise(low, 9)
    shared.report(first, "Completed")
    assert shared.status(low, high) == ["SCHEDULED", "RUNNABLE"]


def test_priorities_do_not_count_without_a_policy(lab: Lab) -> None:
    first = lab.train(instances=2)
    early, late = lab.train(instances=2), lab.train(instances=2, schedulingPriority=9)
    lab.prioritise(early, 0)
    lab.report(first, "Completed")
    assert lab.status(early, late) == ["SCHEDULED", "RUNNABLE"]


def test_an_update_that_changes_nothing_keeps_the_time_at_the_position(shared: Lab) -> None:
    _, waiting = shared_jobs(shared, 0, 1)
    joined = shared.now
    shared.prioritise(waiting, 1)
    assert shared.quota_share().line.since(shared.training(waiting).place) == joined


def test_the_priority_of_a_job_that_is_over_is_what_it_was(lab: Lab) -> None:
    job = lab.train(schedulingPriority=3)
    lab.report(job, "Completed")
    with pytest.raises(ClientException):
        lab.prioritise(job, 7)
    assert lab.training(job).priority == 3


# --- quota shares


def test_the_shares_of_a_queue_do_not_block_each_other(shared: Lab) -> None:
    shared.share("other")
    first, second, third = (shared.train(quotaShareName=name) for name in ("share", "share", "other"))
    assert shared.status(first, second, third) == ["SCHEDULED", "RUNNABLE", "SCHEDULED"]


def test_a_share_made_anew_owes_nothing_for_the_old_ones_jobs(shared: Lab) -> None:
    old, waiting = shared_jobs(shared, 0, 0)
    shared.update_share(state="DISABLED")
    shared.delete_share()
    assert shared.status(old, waiting) == ["SCHEDULED", "FAILED"]
    shared.share()
    (new,) = shared_jobs(shared, 0)
    assert (shared.status(new), shared.quota_share().used) == ("SCHEDULED", {TYPE: 1})
    shared.report(old, "Stopped")
    assert (shared.status(old), shared.quota_share().used) == ("FAILED", {TYPE: 1})
    assert shared.training(old).status_reason == "QuotaShare deleted"


def test_a_disabled_share_takes_no_jobs_and_finishes_those_it_has(shared: Lab) -> None:
    first, second = shared_jobs(shared, 0, 0)
    shared.update_share(state="DISABLED")
    with pytest.raises(ClientException):
        shared_jobs(shared, 0)
    shared.report(first, "Completed")
    assert shared.status(second) == "SCHEDULED"


def test_higher_limits_of_a_share_let_its_jobs_in(shared: Lab) -> None:
    first, second = shared_jobs(shared, 0, 0)
    shared.update_share(capacityLimits=[limit(TYPE, 2)])
    assert shared.status(first, second) == ["SCHEDULED", "SCHEDULED"]


def test_room_in_a_share_is_seen_after_its_queue_has_moved(shared: Lab) -> None:
    first, second = shared_jobs(shared, 0, 0)
    shared.service_environment("other")
    shared.update_queue("training", serviceEnvironmentOrder=[{"order": 1, "serviceEnvironment": "other"}])
    assert shared.status(second) == "RUNNABLE"
    shared.report(first, "Completed")
    assert shared.status(second) == "SCHEDULED"


# --- queues


def test_a_queue_made_anew_does_not_know_the_old_ones_jobs(shared: Lab) -> None:
    old, waiting = shared_jobs(shared, 0, 0)
    shared.update_queue("training", state="DISABLED")
    shared.delete_queue("training")
    assert (shared.status(old, waiting), shared.world.quota_shares) == (["SCHEDULED", "FAILED"], {})
    shared.service_queue(schedulingPolicyArn=next(iter(shared.world.policies)))
    shared.share()
    (new,) = shared_jobs(shared, 3)
    shared.prioritise(old, 9)
    shared.report(old, "Failed", "CapacityError: none")
    assert shared.status(old, new) == ["FAILED", "SCHEDULED"]
    assert list(shared.world.queues["training"].trainings.values()) == [new]


def test_deleting_a_queue_ends_jobs_that_pause_or_are_submitted() -> None:
    lab = Lab(Delays(submitted=500))
    lab.service_environment()
    lab.service_queue()
    pausing = lab.train()
    lab.fire("service-job-submitted")
    lab.report(pausing, "Failed", "CapacityError: none")
    submitted = lab.train()
    lab.update_queue("training", state="DISABLED")
    lab.delete_queue("training")
    assert (lab.status(pausing, submitted), lab.pending()) == (["FAILED", "FAILED"], [])
    assert lab.training(submitted).status_reason == "JobQueue deleted"


# --- refusals


@pytest.mark.parametrize(
    "params",
    [
        {"jobName": "two words"},
        {"queue": "nobody"},
        {"serviceRequestPayload": "x" * 10_241},
        {"retryStrategy": {"attempts": 11}},
        {"timeoutConfig": {"attemptDurationSeconds": 59}},
        {"schedulingPriority": 10_000},
        {"shareIdentifier": "a"},
        {"quotaShareName": "share"},
        {"preemptionConfiguration": {"preemptionRetriesBeforeTermination": -1}},
        {"tags": {"k": "v!"}},
        {"clientToken": "b", "jobName": "b"},
    ],
)
def test_a_refused_submission_leaves_the_world_as_it_was(lab: Lab, params: dict[str, object]) -> None:
    """Also one whose token is known, when an older token has expired meanwhile."""
    lab.train(clientToken="a")
    lab.now += LIFE_MS - 5000
    lab.train(clientToken="b", jobName="b")
    lab.now += 5000
    with pytest.raises(ClientException):
        lab.train(**params)  # type: ignore[arg-type]
    assert len(lab.world.service_jobs) == 2


def test_a_token_holds_for_eight_hours_and_is_forgotten_then(lab: Lab) -> None:
    lab.train(clientToken="a", jobName="a")
    lab.now += LIFE_MS - 2000
    with pytest.raises(ClientException):
        lab.train(clientToken="a", jobName="a")
    lab.now += 1000
    lab.train(clientToken="a", jobName="a")
    assert len(lab.world.service_tokens) == 1
