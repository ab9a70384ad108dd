"""Queues whose head will not be placed: what the job is told, and what the queue does about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batchemu.core.facts import JobQueueBlocked
from batchemu.core.holds import Hold
from batchemu.core.scheduling import blocked
from batchemu.core.world import JobStatus
from tests.core.test_scheduling import Requirements, room

if TYPE_CHECKING:
    from batchemu.core.ids import JobId
    from batchemu.core.scheduling.fit import Room
    from tests.core.lab import Lab

CPUS = blocked.CPUS + blocked.REASONS[blocked.CPUS]
REQUIREMENT = blocked.REQUIREMENT + blocked.REASONS[blocked.REQUIREMENT]
INVALID = blocked.INVALID + blocked.REASONS[blocked.INVALID]
SHORTAGE = "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"


def limit(reason: str, seconds: int = 600) -> list[dict[str, Any]]:
    return [{"reason": reason, "state": "RUNNABLE", "maxTimeSeconds": seconds, "action": "CANCEL"}]


def events(lab: Lab) -> list[tuple[JobId, str]]:
    return [(each.job_id, each.reason) for each in lab.effects if isinstance(each, JobQueueBlocked)]


def reason(lab: Lab, job_id: JobId) -> str | None:
    return lab.job(job_id).status_reason


SMALL = [(2, 4096, 0)]


@pytest.mark.parametrize(
    ("needs", "rooms", "expected"),
    [
        (Requirements(vcpus=2), [room("a", 0, most=4)], None),
        (Requirements(vcpus=5), [room("a", 0, most=4)], CPUS),
        (Requirements(vcpus=5), [room("a", 0, most=4), room("b", 0, most=8)], None),
        (Requirements(vcpus=2), [room("a", 0, most=4, sizes=SMALL)], None),
        (Requirements(vcpus=3), [room("a", 0, most=4, sizes=SMALL)], REQUIREMENT),
        (Requirements(memory_mib=4097), [room("a", 0, most=4, sizes=SMALL)], REQUIREMENT),
        (Requirements(gpus=1), [room("a", 0, most=4, sizes=SMALL)], REQUIREMENT),
        (Requirements(vcpus=5), [room("a", 0, most=4, sizes=SMALL)], CPUS),
        (Requirements(vcpus=3), [room("a", 0, most=4, sizes=SMALL), room("b", 0, most=2)], REQUIREMENT),
        (Requirements(vcpus=9), [room("a", 0, most=None)], None),
        (Requirements(vcpus=9), [room("a", 0, most=4, is_invalid=True)], INVALID),
        (Requirements(vcpus=9), [room("a", 0, most=4, is_invalid=True), room("b", 0, most=4)], CPUS),
        (Requirements(vcpus=2), [room("a", 0, most=4, is_open=False)], None),
        (Requirements(vcpus=2), [room("a", 0, most=1, capability="FARGATE")], None),
    ],
)
def test_what_blocks_a_queue(needs: Requirements, rooms: list[Room], expected: str | None) -> None:
    assert blocked.why(needs, rooms) == expected


def test_a_job_that_waits_for_others_to_end_has_no_special_reason(lab: Lab) -> None:
    lab.definition(vcpus=4)
    _, waiting = lab.submit(), lab.submit()
    assert (reason(lab, waiting), events(lab), lab.world.queues["queue"].blocked) == (None, [], None)


def test_the_head_is_told_once_and_blocks_those_behind_it(lab: Lab) -> None:
    lab.definition("big", vcpus=9)
    big, small = lab.submit(jobDefinition="big"), lab.submit()
    assert lab.status(big, small) == ["RUNNABLE", "RUNNABLE"]
    assert (reason(lab, big), reason(lab, small)) == (CPUS, None)
    lab.submit()
    assert events(lab) == [(big, CPUS)]
    lab.cancel(big)
    assert lab.status(big, small) == ["FAILED", "STARTING"]


def test_an_environment_that_grows_lets_the_head_go(lab: Lab) -> None:
    lab.definition("big", vcpus=9)
    big = lab.submit(jobDefinition="big")
    lab.update_environment(computeResources={"maxvCpus": 16})
    assert (lab.status(big), reason(lab, big)) == ("STARTING", None)
    assert lab.world.queues["queue"].blocked is None


def test_a_job_that_no_instance_holds_waits_and_says_so(lab: Lab) -> None:
    lab.environment("small", instanceTypes=["m5.large"], allocationStrategy="BEST_FIT_PROGRESSIVE")
    lab.queue("small", ("small",))
    fits, too_large = (lab.submit(queue="small", containerOverrides=memory(mib)) for mib in (7_900, 8_192))
    assert lab.status(fits, too_large) == ["STARTING", "RUNNABLE"]
    assert reason(lab, too_large) == REQUIREMENT
    lab.update_environment("small", computeResources={"instanceTypes": ["m5.large", "r5.large"]})
    assert lab.status(too_large) == "STARTING"


def memory(mib: int) -> dict[str, Any]:
    return {"resourceRequirements": [{"type": "MEMORY", "value": str(mib)}]}


def test_another_head_another_reason(lab: Lab) -> None:
    lab.definition("big", vcpus=9)
    big = lab.submit(jobDefinition="big")
    lab.update_environment(fault="CLIENT_ERROR - gone")
    assert reason(lab, big) == INVALID
    lab.update_environment(fault=None)
    assert reason(lab, big) == CPUS
    assert events(lab) == [(big, CPUS), (big, INVALID), (big, CPUS)]


def test_a_queue_cancels_what_blocks_it_for_too_long(lab: Lab) -> None:
    lab.update_queue(jobStateTimeLimitActions=limit(blocked.CPUS))
    lab.definition("big", vcpus=9)
    big, small = lab.submit(jobDefinition="big"), lab.submit()
    since = lab.now - 1000
    lab.fire(blocked.TIMER)
    assert lab.now == since + 600_000
    assert lab.status(big, small) == ["FAILED", "STARTING"]
    assert reason(lab, big) == f"Canceled by JobStateTimeLimit action due to reason: {blocked.CPUS}"
    assert lab.job(big).attempts == []


def test_the_time_counts_anew_for_the_next_head(lab: Lab) -> None:
    lab.update_queue(jobStateTimeLimitActions=limit(blocked.CPUS))
    lab.definition("big", vcpus=9)
    first, second = lab.submit(jobDefinition="big"), lab.submit(jobDefinition="big")
    lab.fire(blocked.TIMER)
    at = lab.now
    assert lab.status(first, second) == ["FAILED", "RUNNABLE"]
    lab.fire(blocked.TIMER)
    assert (lab.status(second), lab.now) == ("FAILED", at + 600_000)


def test_an_action_for_another_reason_does_nothing(lab: Lab) -> None:
    lab.update_queue(jobStateTimeLimitActions=limit(blocked.REQUIREMENT))
    lab.definition("big", vcpus=9)
    lab.submit(jobDefinition="big")
    assert [key for key in lab.world.timers if key.purpose == blocked.TIMER] == []


def test_an_action_that_comes_later_counts_from_the_beginning(lab: Lab) -> None:
    lab.definition("big", vcpus=9)
    big = lab.submit(jobDefinition="big")
    since = lab.now
    lab.update_queue(jobStateTimeLimitActions=limit(blocked.CPUS, 900))
    lab.update_queue(jobStateTimeLimitActions=limit(blocked.CPUS, 700))
    lab.fire(blocked.TIMER)
    assert (lab.status(big), lab.now) == ("FAILED", since + 700_000)


def test_an_action_that_is_taken_away_is_not_carried_out(lab: Lab) -> None:
    lab.update_queue(jobStateTimeLimitActions=limit(blocked.CPUS))
    lab.definition("big", vcpus=9)
    lab.submit(jobDefinition="big")
    lab.update_queue(jobStateTimeLimitActions=[])
    assert [key for key in lab.world.timers if key.purpose == blocked.TIMER] == []


def test_a_shortage_that_is_planned_sets_the_action_off(lab: Lab) -> None:
    lab.update_queue(jobStateTimeLimitActions=limit(SHORTAGE))
    why = SHORTAGE + blocked.REASONS[SHORTAGE]
    lab.hold(Hold(state=JobStatus.RUNNABLE, job_name="job-1", blocks=why))
    job = lab.submit()
    assert (reason(lab, job), events(lab)) == (why, [(job, why)])
    lab.fire(blocked.TIMER)
    assert reason(lab, job) == f"Canceled by JobStateTimeLimit action due to reason: {SHORTAGE}"


def test_a_queue_that_goes_forgets_what_blocked_it(lab: Lab) -> None:
    lab.update_queue(jobStateTimeLimitActions=limit(blocked.CPUS))
    lab.definition("big", vcpus=9)
    big = lab.submit(jobDefinition="big")
    lab.update_queue(state="DISABLED")
    lab.delete_queue()
    assert (lab.status(big), reason(lab, big)) == ("FAILED", "JobQueue deleted")
    assert [key for key in lab.world.timers if key.purpose == blocked.TIMER] == []
