"""Who runs where, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from batchemu.core.instance_sizes import Size
from batchemu.core.scheduling.fit import Room
from batchemu.core.scheduling.queue import Placement, plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.core.lab import Lab


def room(
    name: str,
    free: float,
    *,
    is_open: bool = True,
    capability: str = "EC2",
    most: float | None = 100,
    is_invalid: bool = False,
    sizes: Sequence[tuple[int, int, int]] | None = None,
) -> Room:
    held = None if sizes is None else [Size(*size) for size in sizes]
    return Room(name, capability, is_open, free, most, is_invalid, held)


@dataclass
class Requirements:
    capability: str = "EC2"
    vcpus: float = 1
    consumables: Sequence[tuple[str, int]] = ()
    memory_mib: int = 64
    gpus: int = 0


def waiting(
    seq: int, capability: str, vcpus: float, consumables: Sequence[tuple[str, int]] = ()
) -> tuple[int, Requirements]:
    return seq, Requirements(capability, vcpus, consumables)


def nothing(consumable_resource: str) -> int:
    return -1


def test_environments_are_tried_in_order() -> None:
    line = [waiting(1, "EC2", 2), waiting(2, "EC2", 2), waiting(3, "EC2", 1)]
    rooms = [room("a", 3), room("b", 8)]
    assert plan(line, rooms, nothing) == [Placement(1, "a"), Placement(2, "b"), Placement(3, "a")]


def test_the_head_of_the_line_blocks_those_behind_it() -> None:
    assert plan([waiting(1, "EC2", 4), waiting(2, "EC2", 1)], [room("a", 2)], nothing) == []


def test_closed_and_foreign_environments_are_passed_over() -> None:
    rooms = [room("a", 9, is_open=False), room("b", 9, capability="FARGATE"), room("c", 9)]
    assert plan([waiting(1, "EC2", 1)], rooms, nothing) == [Placement(1, "c")]


def test_a_job_waits_for_room_and_takes_it_when_it_is_given_back(lab: Lab) -> None:
    lab.definition(vcpus=2)
    jobs = [lab.submit() for _ in range(3)]
    assert lab.status(*jobs) == ["STARTING", "STARTING", "RUNNABLE"]
    lab.run(jobs[0], 1)
    assert lab.status(jobs[2]) == "STARTING"
    assert lab.used() == 4


def test_the_queue_of_higher_priority_is_served_first(lab: Lab) -> None:
    lab.queue("urgent", priority=10)
    lab.definition(vcpus=4)
    running = lab.submit()
    patient, urgent = lab.submit(), lab.submit(queue="urgent")
    lab.run(running)
    assert lab.status(patient, urgent) == ["RUNNABLE", "STARTING"]


def test_a_blocked_queue_lets_the_next_one_have_its_turn(lab: Lab) -> None:
    lab.queue("urgent", priority=10)
    lab.definition("big", vcpus=3)
    running = [lab.submit(), lab.submit()]
    blocked = lab.submit(queue="urgent", jobDefinition="big")
    small = lab.submit()
    assert lab.status(blocked, small) == ["RUNNABLE", "STARTING"]
    for job in [*running, small]:
        lab.run(job)
    assert lab.status(blocked) == "STARTING"


def test_a_retried_job_stands_where_it_was_submitted(lab: Lab) -> None:
    lab.definition(vcpus=4)
    first = lab.submit(retryStrategy={"attempts": 2})
    second = lab.submit()
    lab.run(first, 1)
    assert lab.status(first, second) == ["STARTING", "RUNNABLE"]


def test_more_vcpus_let_waiting_jobs_start(lab: Lab) -> None:
    lab.definition(vcpus=8)
    job = lab.submit()
    assert lab.status(job) == "RUNNABLE"
    lab.update_environment(computeResources={"maxvCpus": 8})
    assert lab.status(job) == "STARTING"


def test_a_disabled_environment_takes_no_new_jobs(lab: Lab) -> None:
    running = lab.submit()
    lab.update_environment(state="DISABLED")
    waiting = lab.submit()
    assert lab.status(running, waiting) == ["STARTING", "RUNNABLE"]
    lab.update_environment(state="ENABLED")
    assert lab.status(waiting) == "STARTING"


def test_a_new_environment_in_the_order_lets_waiting_jobs_start(lab: Lab) -> None:
    lab.environment("more", maxvCpus=16)
    lab.definition(vcpus=8)
    job = lab.submit()
    lab.update_queue(
        computeEnvironmentOrder=[
            {"order": 1, "computeEnvironment": "ce"},
            {"order": 2, "computeEnvironment": "more"},
        ]
    )
    assert lab.job(job).attempt is not None
    assert lab.used("more") == 8


def test_an_environment_that_is_deleted_stays_until_its_last_job_is_over(lab: Lab) -> None:
    lab.environment("other")
    job = lab.submit()
    lab.update_queue(computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "other"}])
    lab.update_environment(state="DISABLED")
    lab.delete_environment()
    assert lab.world.environments["ce"].status == "DELETING"
    lab.run(job)
    assert "ce" not in lab.world.environments


@pytest.mark.parametrize("how", ["cancel", "terminate"])
def test_those_behind_a_head_that_is_ended_go_on(lab: Lab, how: str) -> None:
    lab.definition("big", vcpus=3)
    running = [lab.submit(), lab.submit()]
    head, behind = lab.submit(jobDefinition="big"), lab.submit()
    assert lab.status(head, behind) == ["RUNNABLE", "RUNNABLE"]
    getattr(lab, how)(head)
    assert lab.status(head, behind, *running) == ["FAILED", "STARTING", "STARTING", "STARTING"]


def test_a_head_waits_until_all_its_consumable_resources_are_there_at_once() -> None:
    line = [
        waiting(1, "EC2", 1, [("license", 2), ("token", 1)]),
        waiting(2, "EC2", 1, [("license", 1)]),
        waiting(3, "EC2", 1),
    ]
    rooms = [room("a", 9)]
    assert plan(line, rooms, {"license": 2, "token": 1}.__getitem__) == [Placement(1, "a")]
    assert plan(line, rooms, {"license": 3, "token": 1}.__getitem__) == [Placement(n, "a") for n in (1, 2, 3)]
    assert plan(line, rooms, {"license": 2, "token": -1}.__getitem__) == []  # nobody has made a token


def test_the_scheduler_looks_once_at_what_several_containers_have_reported(lab: Lab) -> None:
    lab.queue("urgent", priority=10)
    lab.definition(vcpus=2)
    running = [lab.submit(), lab.submit()]
    lab.definition("big", vcpus=4)
    patient, urgent = lab.submit(), lab.submit(queue="urgent", jobDefinition="big")
    lab.report_all((running[0], None), (running[1], None), (running[0], 0), (running[1], 3))
    assert lab.status(*running, patient, urgent) == ["SUCCEEDED", "FAILED", "RUNNABLE", "STARTING"]
