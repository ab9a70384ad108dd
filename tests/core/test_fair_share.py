"""Which share goes next, how much it has used, and what is kept for those that are not there yet."""

from __future__ import annotations

import random
from heapq import heappop, heappush
from math import exp
from typing import TYPE_CHECKING, Any

import pytest

from batchemu.core import inputs as i
from batchemu.core import snapshot
from batchemu.core.effects import StartContainer
from batchemu.core.explain import explain
from batchemu.core.holds import Hold
from batchemu.core.ids import AttemptNo, JobId, Millis
from batchemu.core.invariants import check
from batchemu.core.scheduling import fair_share
from batchemu.core.scheduling.fair_share import FairShares, Share
from batchemu.core.step import step
from batchemu.core.world import JobStatus
from tests.core.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Line = tuple[str, float, float, "Sequence[tuple[int, int]]"]
"""A share: its identifier, the average of what it held, what it holds, and ``(priority, seq)`` of those who
wait."""


def shares(*lines: Line, decay_s: int = 600, **policy: Any) -> FairShares:
    fair = FairShares(rules=fair_share.read({"shareDecaySeconds": decay_s, **policy}))
    for identifier, average, held, waiting in lines:
        group = fair_share.group_of(fair.rules, identifier)
        share = Share(group=group, as_of=Millis(0), average=average, held=held)
        for priority, seq in waiting:
            share.line.add((-priority, seq), Millis(0))
        fair.shares[identifier] = share
        if group is not None:
            fair.groups[group] += 1
    return fair


def order(fair: FairShares, at: int = 0, vcpus: float = 1) -> list[int]:
    return list(fair_share.order(fair, Millis(at), lambda _: vcpus))


def weights(**factors: float) -> list[dict[str, Any]]:
    return [{"shareIdentifier": name, "weightFactor": factor} for name, factor in factors.items()]


ORDERS: Mapping[str, tuple[FairShares, list[int]]] = {
    "by submission where nobody has used anything": (
        shares(("a", 0, 0, [(0, 2)]), ("b", 0, 0, [(0, 1)])),
        [1, 2],
    ),
    "in turns, whoever came first": (
        shares(("a", 0, 0, [(0, 1), (0, 2), (0, 3)]), ("b", 0, 0, [(0, 4), (0, 5)])),
        [1, 4, 2, 5, 3],
    ),
    "first who holds less": (
        shares(("a", 0, 2, [(0, 1), (0, 2)]), ("b", 0, 0.5, [(0, 3), (0, 4)])),
        [3, 4, 1, 2],
    ),
    "first who has held less": (
        shares(("a", 1.5, 0, [(0, 1)]), ("b", 0.5, 0, [(0, 2), (0, 3)])),
        [2, 1, 3],
    ),
    "what is held counts beside what was held": (
        shares(("a", 3, 0, [(0, 1)]), ("b", 1, 1, [(0, 2)])),
        [2, 1],
    ),
    "half the weight, twice the turns": (
        shares(
            ("a", 0, 0, [(0, n) for n in (1, 2, 3)]),
            ("b", 0, 0, [(0, n) for n in (4, 5, 6)]),
            shareDistribution=weights(a=1.0, b=0.5),
        ),
        [1, 4, 5, 2, 6, 3],
    ),
    "priority within a share, never between shares": (
        shares(("a", 0, 0, [(1, 1), (9, 2), (1, 3)]), ("b", 0, 0, [(99, 4)])),
        [2, 4, 1, 3],
    ),
    "nobody": (shares(("a", 0, 3, [])), []),
}


@pytest.mark.parametrize(("fair", "expected"), ORDERS.values(), ids=ORDERS)
def test_the_share_with_the_lowest_weighted_usage_goes_next(fair: FairShares, expected: list[int]) -> None:
    assert order(fair) == expected


def test_a_job_counts_by_its_vcpus() -> None:
    fair = shares(("a", 0, 0, [(0, 1), (0, 2)]), ("b", 0, 0, [(0, 3), (0, 4), (0, 5)]))
    sizes = {1: 3.0, 2: 1.0, 3: 1.0, 4: 1.0, 5: 1.0}
    assert list(fair_share.order(fair, Millis(0), sizes.__getitem__)) == [1, 3, 4, 5, 2]


def test_who_is_passed_over_takes_no_turn() -> None:
    fair = shares(("a", 0, 0, [(0, 1), (0, 2)]), ("b", 0, 0, [(0, 3)]), ("c", 0, 0, [(0, 4)]))
    assert list(fair_share.order(fair, Millis(0), lambda _: 1, {1, 4}.__contains__)) == [2, 3]


def test_an_order_changes_nothing() -> None:
    fair = shares(("a", 1, 1, [(0, 1)]), ("b", 0, 0, [(0, 2)]))
    before = repr(fair)
    order(fair, at=60_000)
    assert repr(fair) == before


# --- weights


@pytest.mark.parametrize(
    ("identifier", "present", "expected"),
    [
        ("a", ("a",), 2.0),
        ("ab", ("ab",), 1.0),
        ("team-x", ("team-x",), 0.25),
        ("team-x", ("team-x", "team-y", "a"), 0.5),
        ("team-", ("team-",), 0.25),
        ("team", ("team",), 1.0),
        ("nobody", ("nobody",), 1.0),
    ],
)
def test_weights(identifier: str, present: Sequence[str], expected: float) -> None:
    distribution = weights(**{"a": 2.0, "team-*": 0.25})
    fair = shares(*((each, 0, 0, ()) for each in present), shareDistribution=distribution)
    sizes = fair_share.group_sizes(fair, Millis(0))
    assert fair_share.weight(fair, identifier, fair.shares[identifier], sizes) == expected


def test_a_weight_that_is_left_out_is_1() -> None:
    rules = fair_share.read({"shareDistribution": [{"shareIdentifier": "a"}, {"shareIdentifier": "b*"}]})
    assert (rules.weights, rules.group_weights) == ({"a": 1.0}, {"b": 1.0})


def test_who_is_no_longer_active_does_not_share_the_weight_of_a_prefix() -> None:
    fair = shares(*((each, 0, 0, ()) for each in ("t1", "t2")), shareDistribution=weights(**{"t*": 2.0}))
    fair.departed["t2"] = Millis(0)
    assert fair_share.group_sizes(fair, Millis(599_999)) == {"t": 2}
    assert fair_share.group_sizes(fair, Millis(600_000)) == {"t": 1}


# --- usage


@pytest.mark.parametrize(
    ("decay_s", "average", "held", "seconds", "expected"),
    [
        (600, 8, 0, 0, 8),
        (600, 8, 0, 600, 8 * exp(-1)),
        (600, 0, 4, 0, 4),
        (600, 0, 4, 600, 4 + 4 * (1 - exp(-1))),
        (600, 4, 4, 86_400, 8),
        (0, 0, 4, 600, 4),
    ],
)
def test_usage(decay_s: int, average: float, held: float, seconds: int, expected: float) -> None:
    fair = shares(("a", average, held, ()), decay_s=decay_s)
    assert fair_share.usage(fair, fair.shares["a"], Millis(1000 * seconds)) == pytest.approx(expected)


def test_old_usage_fades_beside_what_is_held() -> None:
    fair = shares(("a", 6, 0, [(0, 1)]), ("b", 0, 2, [(0, 2)]))
    assert order(fair) == [2, 1]
    assert order(fair, at=1_200_000) == [1, 2]


@pytest.mark.parametrize(
    ("percent", "active", "most", "expected"),
    [
        (50, 1, 16, 8),
        (50, 2, 16, 4),
        (50, 3, 16, 2),
        (25, 1, 64, 16),
        (25, 3, 64, 1),
        (7, 1, 100, 7),
        (0, 1, 16, 0),
        (99, 500, 1000, 1000 * 0.99**500),
    ],
)
def test_what_is_kept_free(percent: int, active: int, most: float, expected: float) -> None:
    fair = shares(*((f"s{n}", 0, 0, ()) for n in range(active)), computeReservation=percent)
    kept = fair_share.reserved_vcpus(fair, most, Millis(0))
    assert kept == pytest.approx(expected, rel=1e-12)
    assert kept == expected or active > 3


# --- in a queue


def submit(lab: Lab, share: str, priority: int = 1, **params: Any) -> JobId:
    return lab.submit(shareIdentifier=share, schedulingPriorityOverride=priority, **params)


def lab_with(most: int = 4, **fairshare: Any) -> Lab:
    lab = Lab()
    lab.environment(maxvCpus=most)
    lab.fair_queue(**fairshare)
    lab.definition(vcpus=1)
    return lab


def front(lab: Lab) -> list[str]:
    found = snapshot.of_queue(lab.world, lab.world.queues["queue"], Millis(lab.now))
    return [each["jobArn"].rpartition("/")[2] for each in found["frontOfQueue"]["jobs"]]


def test_a_share_that_holds_nothing_goes_before_one_that_came_first() -> None:
    lab = lab_with()
    first = [submit(lab, "a") for _ in range(6)]
    late = submit(lab, "b")
    assert front(lab) == [late, *first[4:]]
    lab.run(first[0])
    assert lab.status(late, first[4]) == ["STARTING", "RUNNABLE"]


def test_a_higher_priority_goes_first_within_its_share() -> None:
    lab = lab_with(1, shareDecaySeconds=600)
    running = submit(lab, "a")
    low, high, other = submit(lab, "a", 1), submit(lab, "a", 9), submit(lab, "b", 1)
    assert front(lab) == [other, high, low]
    for job, following in ((running, other), (other, high), (high, low)):
        lab.run(job)
        assert lab.status(following) == "STARTING"


def test_children_of_an_array_have_the_share_and_the_priority_of_their_parent() -> None:
    lab = lab_with(1)
    submit(lab, "a")
    single = submit(lab, "b", 1)
    array = submit(lab, "b", 5, arrayProperties={"size": 2})
    assert front(lab) == [f"{array}:0", f"{array}:1", single]


def test_the_next_job_of_the_share_whose_turn_it_is_blocks_all_others() -> None:
    lab = lab_with(4)
    lab.definition("big", vcpus=3)
    running = [submit(lab, "a"), submit(lab, "a")]
    big = submit(lab, "b", jobDefinition="big")
    small = submit(lab, "a")
    assert lab.status(big, small) == ["RUNNABLE", "RUNNABLE"]
    lab.run(running[0])
    assert lab.status(big, small) == ["STARTING", "RUNNABLE"]


def test_a_retried_job_stands_where_it_was_in_its_share() -> None:
    lab = lab_with(1, shareDecaySeconds=600)
    first = submit(lab, "a", retryStrategy={"attempts": 2})
    second, other = submit(lab, "a"), submit(lab, "b")
    lab.run(first, 1)
    assert lab.status(other) == "STARTING"
    assert front(lab) == [first, second]


def test_a_share_without_jobs_keeps_its_usage_for_the_decay_period() -> None:
    lab = lab_with(1, shareDecaySeconds=600)
    lab.run(submit(lab, "a"))
    fair = lab.world.queues["queue"].fair
    assert fair is not None
    assert list(fair.shares) == ["a"]
    submit(lab, "b")
    before, other = submit(lab, "a"), submit(lab, "c")
    assert front(lab) == [other, before]
    lab.cancel(before)
    lab.now += 600_000
    again = submit(lab, "a")
    assert front(lab) == [other, again]
    assert fair.shares["a"].average == 0


def test_without_a_decay_period_only_what_is_held_counts() -> None:
    lab = lab_with(1)
    lab.run(submit(lab, "a"))
    fair = lab.world.queues["queue"].fair
    assert fair is not None
    assert not fair.shares
    running = submit(lab, "b")
    first, second = submit(lab, "a"), submit(lab, "c")
    lab.now += 3_600_000
    assert front(lab) == [first, second]
    lab.run(running)
    assert lab.status(first) == "STARTING"


@pytest.mark.parametrize("decay_s", [0, 600])
@pytest.mark.parametrize("how", ["cancel", "terminate"])
def test_the_last_job_of_a_share_may_end_while_it_waits(decay_s: int, how: str) -> None:
    lab = lab_with(1, shareDecaySeconds=decay_s)
    submit(lab, "a")
    getattr(lab, how)(submit(lab, "b"))
    fair = lab.world.queues["queue"].fair
    assert fair is not None
    assert ("b" in fair.shares) == bool(decay_s)


def test_usage_is_that_of_the_queue_and_not_of_the_policy() -> None:
    lab = lab_with(2, shareDecaySeconds=600)
    arn = lab.world.arn("scheduling-policy", "queue")
    lab.queue("other", schedulingPolicyArn=arn)
    submit(lab, "a", queue="other")
    submit(lab, "c", queue="other")
    first, second = submit(lab, "a"), submit(lab, "b")
    assert front(lab) == [first, second]


# --- a policy that changes while jobs wait


def weighted(**factors: float) -> dict[str, Any]:
    return {"shareDistribution": weights(**factors)}


def test_a_new_distribution_turns_the_order_of_those_who_wait() -> None:
    lab = lab_with(4, **weighted(a=1.0, b=1.0))
    running = [submit(lab, "a"), *(submit(lab, "b") for _ in range(3))]
    of_a, of_b = submit(lab, "a"), submit(lab, "b")
    assert front(lab) == [of_a, of_b]
    lab.update_policy(**weighted(a=10.0, b=1.0))
    assert front(lab) == [of_b, of_a]
    lab.run(running[0])
    assert lab.status(of_a, of_b) == ["STARTING", "RUNNABLE"]  # it holds nothing any more


def test_another_policy_of_the_queue_holds_at_once() -> None:
    lab = lab_with(4, **weighted(a=1.0))
    running = [submit(lab, "a"), *(submit(lab, "b1") for _ in range(3))]
    of_a, of_b = submit(lab, "a"), submit(lab, "b1")
    other = lab.policy("other", fairsharePolicy=weighted(**{"a": 10.0, "b*": 1.0}))
    lab.update_queue(schedulingPolicyArn=other)
    assert front(lab) == [of_b, of_a]
    lab.run(running[1])
    assert lab.status(of_a, of_b) == ["RUNNABLE", "STARTING"]


def test_usage_until_a_new_policy_is_counted_by_the_old_one() -> None:
    lab = lab_with(1, shareDecaySeconds=600)
    submit(lab, "a")
    fair = lab.world.queues["queue"].fair
    assert fair is not None
    started, lab.now = lab.now, lab.now + 300_000
    lab.update_policy(shareDecaySeconds=60)
    share, at = fair.shares["a"], Millis(lab.now)
    assert share.average == pytest.approx(1 - exp(-(lab.now - started) / 600_000))
    assert fair_share.usage(fair, share, at) == 1 + share.average
    lab.update_policy(shareDecaySeconds=0)
    assert fair_share.usage(fair, share, at) == 1


def test_a_smaller_reservation_lets_waiting_jobs_start() -> None:
    lab = lab_with(4, computeReservation=50)
    jobs = [submit(lab, "a") for _ in range(3)]
    assert lab.status(*jobs) == ["STARTING", "STARTING", "RUNNABLE"]
    lab.update_policy(computeReservation=25)
    assert lab.status(jobs[2]) == "STARTING"


# --- reservation


def test_a_reservation_is_kept_for_shares_that_are_not_active_yet() -> None:
    lab = lab_with(16, computeReservation=50)
    for share, total in (("a", 8), ("b", 12), ("c", 14)):
        for _ in range(8):
            submit(lab, share)
            assert lab.used() <= total
        assert lab.used() == total


def test_a_reservation_is_kept_in_each_environment() -> None:
    lab = Lab()
    lab.environment("ce", maxvCpus=4)
    lab.environment("more", maxvCpus=8)
    lab.fair_queue("queue", ("ce", "more"), computeReservation=50)
    lab.definition()
    jobs = [submit(lab, "a") for _ in range(8)]
    assert (lab.used("ce"), lab.used("more")) == (2, 4)
    assert explain(lab.world, lab.job(jobs[-2]))["waits"]["why"] == (
        "It needs 1 vCPUs, and no compute environment has so many free beside what is kept for shares that "
        "are not active yet."
    )


# --- held jobs


def held(name: str, blocks: str | None = None) -> Hold:
    return Hold(state=JobStatus.RUNNABLE, job_name=name, blocks=blocks)


def test_held_jobs_are_passed_over_and_let_their_share_go_on() -> None:
    lab = lab_with(1)
    running = submit(lab, "a")
    lab.hold(held("job-2"))
    passed, following = submit(lab, "b"), submit(lab, "b")
    lab.run(running)
    assert lab.status(passed, following) == ["RUNNABLE", "STARTING"]
    lab.hold()
    lab.run(following)
    assert lab.status(passed) == "STARTING"


def test_a_hold_that_blocks_does_so_when_the_turn_of_its_share_has_come() -> None:
    lab = lab_with(2)
    first = submit(lab, "a")
    lab.hold(held("job-4", "UNDETERMINED - Batch job is blocked, root cause is undetermined."))
    second = submit(lab, "b")
    other = submit(lab, "c")
    stuck = submit(lab, "a")
    assert lab.job(stuck).status_reason is None
    lab.run(second)
    assert lab.status(stuck, other) == ["RUNNABLE", "STARTING"]
    last = submit(lab, "c")
    lab.run(first)
    assert lab.status(stuck, last) == ["RUNNABLE", "RUNNABLE"]
    assert lab.job(stuck).status_reason is not None


# --- what can be seen


def test_positions_count_anew_when_somebody_joins_before_or_leaves() -> None:
    lab = lab_with(1)

    def seen() -> list[tuple[str, int]]:
        found = snapshot.of_queue(lab.world, lab.world.queues["queue"], Millis(lab.now))
        jobs = found["frontOfQueue"]["jobs"]
        return [(each["jobArn"].rpartition("/")[2], each["earliestTimeAtPosition"]) for each in jobs]

    running = submit(lab, "a")
    first = submit(lab, "a")
    joined = lab.now
    behind = submit(lab, "a")
    behind_joined = lab.now
    assert seen() == [(first, joined), (behind, behind_joined)]
    urgent = submit(lab, "a", 9)
    assert seen() == [(urgent, lab.now), (first, lab.now), (behind, lab.now)]
    lab.run(running)
    assert seen() == [(first, lab.now), (behind, lab.now)]


def test_an_update_that_leaves_the_policy_moves_nobody() -> None:
    lab = lab_with(1)
    submit(lab, "a")
    submit(lab, "a")
    fair = lab.world.queues["queue"].fair
    assert fair is not None
    turned_at = fair.turned_at
    lab.update_queue(priority=7, schedulingPolicyArn=lab.world.arn("scheduling-policy", "queue"))
    assert fair.turned_at == turned_at


def test_a_waiting_job_is_told_whose_turn_it_is() -> None:
    lab = lab_with(2, **weighted(a=2.0))
    submit(lab, "a")
    submit(lab, "b")
    of_a, ahead, behind = submit(lab, "a"), submit(lab, "b"), submit(lab, "b")
    waits = explain(lab.world, lab.job(of_a))["waits"]
    assert waits["why"] == (
        f"Job {ahead} goes first: the weighted usage of its share b is 1, that of a is 2."
    )
    assert waits["fairShare"] == {
        "shareIdentifier": "a",
        "schedulingPriority": 1,
        "usage": 1.0,
        "weightFactor": 2.0,
        "weightedUsage": 2.0,
        "activeShares": 2,
    }
    assert explain(lab.world, lab.job(behind))["waits"]["why"] == f"Job {ahead} is before it in its share."
    assert explain(lab.world, lab.job(ahead))["waits"]["why"] == (
        "It needs 1 vCPUs, and no compute environment has so many free."
    )


# --- in the long run


@pytest.mark.parametrize("decay_s", [0, 600, 86_400])
def test_shares_get_capacity_in_inverse_proportion_to_their_weights(decay_s: int) -> None:
    """Permanent demand, jobs of 10 to 600 seconds: what each holds on an average comes to 2 : 1 : 4."""
    lab = lab_with(35, shareDecaySeconds=decay_s, **weighted(a=1.0, b=2.0, c=0.5))
    for share in "abc":
        submit(lab, share, arrayProperties={"size": 4000})
    seconds = vcpu_seconds(lab, hours=10)
    total = sum(seconds.values())
    expected = {"a": 2 / 7, "b": 1 / 7, "c": 4 / 7}
    assert {share: used / total for share, used in seconds.items()} == pytest.approx(expected, rel=0.02)
    assert total == pytest.approx(35 * 36_000, rel=0.001)


def vcpu_seconds(lab: Lab, hours: int) -> dict[str, float]:
    """Let the jobs of a lab run; what each share has held."""
    draw = random.Random(7)
    ends: list[tuple[int, str]] = []
    used = dict.fromkeys("abc", 0.0)
    now, until = lab.now, lab.now + 3_600_000 * hours
    started = [each.key.job_id for each in lab.started()]
    while now < until:
        for job_id in started:
            heappush(ends, (now + draw.randrange(10_000, 600_000), job_id))
        due, ended = heappop(ends)
        due = min(due, until)
        for environment in lab.world.environments.values():
            for job_id, vcpus in environment.jobs.items():
                share = lab.world.jobs[job_id].share_identifier
                assert share is not None
                used[share] += vcpus * (due - now) / 1000
        now = due
        report = i.ContainerExited(Millis(now), JobId(ended), AttemptNo(1), 0, None, Millis(now))
        effects = step(lab.world, report).effects
        started = [each.key.job_id for each in effects if isinstance(each, StartContainer)]
    check(lab.world)
    return used
