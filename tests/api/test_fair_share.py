"""The order in which a queue with a fair-share policy is served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.api.conftest import BATCH
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.api.conftest import Batch

GUIDE = "https://docs.aws.amazon.com/batch/latest/userguide/"
POLICY = "https://docs.aws.amazon.com/batch/latest/APIReference/API_FairsharePolicy.html"


def ready(batch: Batch, most: int = 4, **fairshare: Any) -> None:
    """A queue with a fair-share policy; jobs take a vCPU and a minute."""
    batch.environment(maxvCpus=most)
    batch.queue(schedulingPolicyArn=batch.policy(fairsharePolicy=fairshare))
    batch.definition(schedulingPriority=1)
    batch.plan(durationSeconds=60)


def submit(batch: Batch, *shares: str, **members: Any) -> list[str]:
    return [batch.submit(shareIdentifier=share, **members) for share in shares]


def front(batch: Batch) -> list[str]:
    jobs = batch.client.get_job_queue_snapshot(jobQueue="queue")["frontOfQueue"]["jobs"]
    return [each["jobArn"].removeprefix(f"{BATCH}:job/") for each in jobs]


def statuses(batch: Batch, jobs: Sequence[str]) -> list[str]:
    return [batch.status(job) for job in jobs]


def weight(share: str, factor: float) -> dict[str, Any]:
    return {"shareIdentifier": share, "weightFactor": factor}


@aws.documented(GUIDE + "share-identifiers.html: the share with the lowest usage goes next")
def test_a_share_that_uses_nothing_goes_before_one_that_came_first(batch: Batch) -> None:
    ready(batch, shareDecaySeconds=3600)
    submit(batch, "a", "a", "a", "a")
    second, third = submit(batch, "a", "a")
    first, last = submit(batch, "b", "a")
    assert front(batch) == [first, second, third, last]
    batch.client.update_compute_environment(computeEnvironment="ce", computeResources={"maxvCpus": 5})
    assert statuses(batch, [first, second, third]) == ["RUNNING", "RUNNABLE", "RUNNABLE"]


@aws.documented(GUIDE + "share-identifiers.html: a lower weight factor gets more of the capacity")
def test_a_share_of_half_the_weight_gets_twice_the_capacity(batch: Batch) -> None:
    ready(batch, 6, shareDistribution=[weight("a", 1.0), weight("b", 0.5)])
    batch.client.update_compute_environment(computeEnvironment="ce", state="DISABLED")
    of_a, of_b = submit(batch, *["a"] * 6), submit(batch, *["b"] * 6)
    batch.client.update_compute_environment(computeEnvironment="ce", state="ENABLED")
    assert (statuses(batch, of_a).count("RUNNING"), statuses(batch, of_b).count("RUNNING")) == (2, 4)


@aws.documented(
    GUIDE + "scheduling-policy-parameters.html: the identifiers of a prefix have its weight in common"
)
def test_shares_of_a_prefix_get_together_what_one_of_its_weight_gets(batch: Batch) -> None:
    ready(batch, 8, shareDistribution=[weight("team-*", 1.0)])
    batch.client.update_compute_environment(computeEnvironment="ce", state="DISABLED")
    team = [*submit(batch, *["team-x"] * 4), *submit(batch, *["team-y"] * 4)]
    alone = submit(batch, *["a"] * 6)
    batch.client.update_compute_environment(computeEnvironment="ce", state="ENABLED")
    assert (statuses(batch, team).count("RUNNING"), statuses(batch, alone).count("RUNNING")) == (4, 4)


@aws.documented(
    "https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html: schedulingPriorityOverride"
)
def test_a_higher_priority_goes_first_within_its_share(batch: Batch) -> None:
    ready(batch, 1)
    submit(batch, "a")
    low, high, other = (
        *submit(batch, "b"),
        *submit(batch, "b", schedulingPriorityOverride=9),
        *submit(batch, "b"),
    )
    assert front(batch) == [high, low, other]


@aws.documented(POLICY + ": shareDecaySeconds, what ran lately counts")
def test_what_a_share_has_used_counts_after_its_jobs_are_over(batch: Batch) -> None:
    ready(batch, 1, shareDecaySeconds=3600)
    submit(batch, "a")
    batch.advance(60)
    submit(batch, "c")
    of_a, of_b = submit(batch, "a", "b")
    assert front(batch) == [of_b, of_a]


@aws.assumed(
    f"the guide ({GUIDE}fair-share-scheduling.html) says that 0 means only current usage, the API reference "
    "that it means 600 seconds"
)
def test_without_share_decay_only_current_usage_counts(batch: Batch) -> None:
    ready(batch, 1, shareDecaySeconds=0)
    submit(batch, "a")
    batch.advance(60)
    submit(batch, "c")
    of_a, of_b = submit(batch, "a", "b")
    assert front(batch) == [of_a, of_b]


@aws.documented(POLICY + ": computeReservation, 50 % with one active share and 25 % with two")
def test_a_reservation_is_kept_for_shares_that_are_not_active(batch: Batch) -> None:
    ready(batch, 8, computeReservation=50)
    jobs = submit(batch, *["a"] * 6)
    assert statuses(batch, jobs).count("RUNNING") == 4
    jobs += submit(batch, "b", "b", "b")
    assert statuses(batch, jobs).count("RUNNING") == 6


@aws.assumed("the policy that a queue has now holds for jobs that were submitted before, at once")
def test_a_changed_policy_turns_the_order_of_those_who_wait(batch: Batch) -> None:
    ready(batch, 2)
    submit(batch, "a", "b")
    of_a, of_b = submit(batch, "a", "b")
    assert front(batch) == [of_a, of_b]
    arn = batch.client.describe_job_queues(jobQueues=["queue"])["jobQueues"][0]["schedulingPolicyArn"]
    heavy = {"shareDistribution": [weight("a", 5.0)]}
    batch.client.update_scheduling_policy(arn=arn, fairsharePolicy=heavy)
    assert front(batch) == [of_b, of_a]
    light = batch.policy("light", fairsharePolicy={"shareDistribution": [weight("a", 0.5)]})
    batch.client.update_job_queue(jobQueue="queue", schedulingPolicyArn=light)
    assert front(batch) == [of_a, of_b]


@aws.documented(
    "https://docs.aws.amazon.com/batch/latest/APIReference/API_FrontOfQueueDetail.html: the first 100 "
    "RUNNABLE jobs, by scheduling priority and share usage"
)
def test_the_front_of_a_queue_goes_in_turns(batch: Batch) -> None:
    ready(batch)
    batch.client.update_compute_environment(computeEnvironment="ce", state="DISABLED")
    of_a, of_b = submit(batch, *["a"] * 60), submit(batch, *["b"] * 60)
    expected = [job for pair in zip(of_a, of_b, strict=True) for job in pair]
    assert front(batch) == expected[:100]


@aws.assumed("a position counts from when the order of the shares may last have turned")
def test_the_earliest_time_at_a_position(batch: Batch) -> None:
    ready(batch, 1)
    submit(batch, "a")
    (waiting,) = submit(batch, "a")
    joined = batch.emulator.clock.now()
    batch.advance(10)

    def seen() -> list[dict[str, Any]]:
        return list(batch.client.get_job_queue_snapshot(jobQueue="queue")["frontOfQueue"]["jobs"])

    assert seen() == [{"jobArn": f"{BATCH}:job/{waiting}", "earliestTimeAtPosition": joined}]
    (ahead,) = submit(batch, "b")
    times = {each["jobArn"].rpartition("/")[2]: each["earliestTimeAtPosition"] for each in seen()}
    assert times == {ahead: joined + 10_000, waiting: joined + 10_000}


@aws.documented(GUIDE + "share-identifiers.html: not aggregated across job queues")
def test_usage_is_not_summed_over_queues_with_one_policy(batch: Batch) -> None:
    ready(batch, 2)
    arn = batch.client.describe_scheduling_policies(arns=[f"{BATCH}:scheduling-policy/policy"])
    batch.queue("other", schedulingPolicyArn=arn["schedulingPolicies"][0]["arn"])
    submit(batch, "a", "c", jobQueue="other")
    of_a, of_b = submit(batch, "a", "b")
    assert front(batch) == [of_a, of_b]
