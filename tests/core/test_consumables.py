"""Consumable resources: locked at STARTING, given back at the end, never twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchemu.core.client_tokens import LIFE_MS
from batchemu.core.ids import Millis
from batchemu.core.scheduling.queue import plan
from batchemu.errors import ClientException
from tests.core.lab import Lab, needs
from tests.core.test_scheduling import room, waiting

if TYPE_CHECKING:
    from batchemu.core.ids import JobId


def submit(lab: Lab, queue: str = "queue", retries: int = 1, **quantities: int) -> JobId:
    return lab.submit(
        queue=queue,
        consumableResourcePropertiesOverride=needs(**quantities),
        retryStrategy={"attempts": retries},
    )


def test_what_is_replenishable_comes_back_however_the_attempt_ends(lab: Lab) -> None:
    lab.consumable(total=3)
    good, bad, ended = (submit(lab, license=1) for _ in range(3))
    assert lab.stock() == (3, 3)
    lab.run(good)
    lab.exit(bad, None, reason="CannotPullContainerError")
    lab.start(ended)
    lab.terminate(ended)
    assert lab.stock() == (3, 1)
    lab.exit(ended, 143)
    assert lab.stock() == (3, 0)


def test_what_is_not_is_used_up(lab: Lab) -> None:
    lab.consumable(total=2, resourceType="NON_REPLENISHABLE")
    first, second = submit(lab, license=2), submit(lab, license=1)
    lab.run(first, 1)
    assert (lab.stock(), lab.status(first, second)) == ((0, 0), ["FAILED", "RUNNABLE"])


def test_each_attempt_locks_anew(lab: Lab) -> None:
    lab.consumable(total=1)
    job = submit(lab, retries=3, license=1)
    lab.run(job, 1)
    assert (lab.status(job), lab.stock()) == ("STARTING", (1, 1))
    lab.run(job, 1)
    lab.run(job, 0)
    assert (lab.status(job), lab.stock()) == ("SUCCEEDED", (1, 0))


def test_a_waiting_head_starts_when_the_last_of_its_resources_is_there(lab: Lab) -> None:
    lab.consumable("license", 0)
    lab.consumable("token", 0)
    head, behind = submit(lab, license=1, token=1), lab.submit()
    lab.update_consumable("license", operation="SET", quantity=5)
    assert lab.status(head, behind) == ["RUNNABLE", "RUNNABLE"]
    lab.update_consumable("token", operation="ADD", quantity=1)
    assert lab.status(head, behind) == ["STARTING", "STARTING"]


def test_what_one_queue_gives_back_wakes_the_others(lab: Lab) -> None:
    lab.queue("other")
    lab.consumable()
    first, second = submit(lab, license=1), submit(lab, "other", license=1)
    assert lab.status(first, second) == ["STARTING", "RUNNABLE"]
    lab.run(first)
    assert lab.status(second) == "STARTING"


def test_a_cancelled_head_lets_those_behind_it_pass(lab: Lab) -> None:
    lab.consumable(total=0)
    head, behind = submit(lab, license=1), lab.submit()
    lab.cancel(head)
    assert lab.status(head, behind) == ["FAILED", "STARTING"]


def test_a_resource_made_anew_has_lent_nothing_to_the_old_ones_jobs(lab: Lab) -> None:
    lab.consumable(total=1)
    old = submit(lab, license=1)
    lab.delete_consumable()
    waiting = submit(lab, license=1)
    assert lab.status(waiting) == "RUNNABLE"
    lab.consumable(total=1)
    assert (lab.status(waiting), lab.stock()) == ("STARTING", (1, 1))
    lab.run(old)
    assert lab.stock() == (1, 1)
    lab.run(waiting)
    assert lab.stock() == (1, 0)


def test_a_total_below_what_is_in_use_leaves_nothing(lab: Lab) -> None:
    lab.consumable(total=4)
    first = submit(lab, license=3)
    lab.update_consumable(operation="SET", quantity=1)
    second = submit(lab, license=1)
    assert (lab.stock(), lab.status(second)) == ((1, 3), "RUNNABLE")
    lab.run(first)
    assert (lab.stock(), lab.status(second)) == ((1, 1), "STARTING")


def test_one_resource_under_two_names_is_refused(lab: Lab) -> None:
    """Else both entries would be locked out of the same quantity."""
    lab.consumable(total=1)
    arn = lab.license().arn
    with pytest.raises(ClientException, match="duplicate consumableResource"):
        submit(lab, **{"license": 1, arn: 1})


def test_a_resource_is_named_by_its_arn(lab: Lab) -> None:
    lab.consumable(total=1)
    job = submit(lab, **{lab.license().arn: 1})
    assert (lab.status(job), lab.stock()) == ("STARTING", (1, 1))


def test_an_update_comes_once_for_a_token_and_a_payload(lab: Lab) -> None:
    lab.consumable(total=0)
    given = {"operation": "ADD", "quantity": 1, "clientToken": "t"}
    assert [lab.update_consumable(**given)["totalQuantity"] for _ in range(2)] == [1, 1]
    assert lab.update_consumable(**{**given, "quantity": 5})["totalQuantity"] == 6
    lab.now += LIFE_MS
    assert lab.update_consumable(**given)["totalQuantity"] == 7
    assert len(lab.license().requests) == 1, "what has expired is forgotten"


@pytest.mark.parametrize(
    "params",
    [
        {"operation": "REMOVE", "quantity": 2},
        {"operation": "SET", "quantity": -1},
        {"operation": "ADD", "quantity": -1},
        {"operation": "ADD", "quantity": 2**63 - 1},
        {"operation": "DOUBLE", "quantity": 1},
        {"operation": "REMOVE", "quantity": 2, "clientToken": "t"},
    ],
)
def test_a_refused_update_changes_nothing(lab: Lab, params: dict[str, object]) -> None:
    lab.consumable()
    with pytest.raises(ClientException):
        lab.update_consumable(**params)


def test_an_update_without_a_quantity_keeps_the_total(lab: Lab) -> None:
    lab.consumable(total=3)
    assert lab.update_consumable()["totalQuantity"] == 3


def test_a_plan_looks_up_only_what_its_jobs_need() -> None:
    asked: list[str] = []

    def stock(name: str) -> int:
        asked.append(name)
        return 9

    line = [waiting(1, "EC2", 1), waiting(2, "EC2", 1, (("license", 2),))]
    assert [each.seq for each in plan(line, [room("a", 4)], stock)] == [1, 2]
    assert asked == ["license"]


def test_a_job_that_waits_for_a_delay_holds_its_resources() -> None:
    from batchemu.core.world import Delays

    lab = Lab(Delays(starting=5000)).ready()
    lab.consumable(total=1)
    job = submit(lab, license=1)
    assert lab.stock() == (1, 1)
    lab.terminate(job)
    assert (lab.status(job), lab.stock()) == ("FAILED", (1, 0))


def test_time_of_creation_is_the_commands(lab: Lab) -> None:
    lab.consumable()
    assert lab.license().created_at == Millis(lab.now)
