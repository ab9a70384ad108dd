"""What is over stays for a while and then goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchemu.core import inputs as i
from batchemu.core import retention, views
from batchemu.core.ids import Millis, child_id
from batchemu.core.step import step
from batchemu.core.world import World
from batchemu.errors import ClientException

if TYPE_CHECKING:
    from tests.core.lab import Lab

DAY = 86_400_000


def wait(lab: Lab, days: float) -> None:
    """Let time pass, and the timers of retention fire on the way."""
    until = lab.now + round(days * DAY)
    while due := [
        (at, key) for key, at in lab.world.timers.items() if key.purpose == retention.PURPOSE and at <= until
    ]:
        lab.now, timer = min(due, key=lambda each: each[0])
        lab.take(i.TimerFired(at=Millis(lab.now), timer=timer))
    lab.now = until


def deregister(lab: Lab, text: str) -> None:
    lab.take(i.DeregisterJobDefinition(at=lab.at(), job_definition=text))


@pytest.fixture
def short_lab(lab: Lab) -> Lab:
    lab.world.retention_ms = DAY
    return lab


def test_a_job_goes_seven_days_after_its_end(lab: Lab) -> None:
    job = lab.submit()
    lab.run(job)
    wait(lab, 6.9)
    assert lab.status(job) == "SUCCEEDED"
    wait(lab, 0.1)
    assert lab.world.jobs == {}
    assert not any(lab.world.queues["queue"].by_status.values())


def test_each_job_goes_at_its_own_time(short_lab: Lab) -> None:
    jobs = []
    for _ in range(3):
        jobs.append(short_lab.submit())
        short_lab.run(jobs[-1], 1)
        wait(short_lab, 0.4)
    assert list(short_lab.world.jobs) == jobs[1:]
    wait(short_lab, 0.4)
    assert list(short_lab.world.jobs) == jobs[2:]


def test_a_job_that_is_not_over_never_goes(short_lab: Lab) -> None:
    running = short_lab.submit()
    short_lab.start(running)
    wait(short_lab, 100)
    assert short_lab.status(running) == "RUNNING"


def test_jobs_of_a_deleted_queue_go_too(short_lab: Lab) -> None:
    job = short_lab.submit()
    short_lab.update_queue(state="DISABLED")
    short_lab.terminate(job)
    short_lab.exit(job, 143)
    short_lab.delete_queue()
    short_lab.queue()
    wait(short_lab, 1)
    assert short_lab.world.jobs == {}


def test_a_dependency_that_is_forgotten_had_succeeded(short_lab: Lab) -> None:
    first, second = short_lab.submit(), short_lab.submit()
    third = short_lab.submit(first, second)
    short_lab.run(first)
    wait(short_lab, 2)
    short_lab.start(second)
    assert first not in short_lab.world.jobs
    short_lab.exit(second)
    assert short_lab.status(third) == "STARTING"
    detail = views.job_detail(short_lab.world, short_lab.job(third))
    assert detail["dependsOn"] == [{"jobId": first}, {"jobId": second}]


def test_a_dependent_that_is_forgotten_waits_for_nobody(short_lab: Lab) -> None:
    slow, bad = short_lab.submit(), short_lab.submit()
    short_lab.submit(slow, bad)
    short_lab.run(bad, 1)
    wait(short_lab, 2)
    assert list(short_lab.world.jobs) == [slow]
    short_lab.run(slow)
    assert short_lab.world.dependents == {}


def test_a_forgotten_job_is_an_unknown_one(short_lab: Lab) -> None:
    job = short_lab.submit()
    short_lab.run(job)
    wait(short_lab, 1)
    with pytest.raises(ClientException, match="does not exist"):
        short_lab.submit(job)
    short_lab.cancel(job)
    short_lab.terminate(job)


def test_an_inactive_definition_goes_after_180_days(lab: Lab) -> None:
    lab.definition()
    deregister(lab, "definition:1")
    deregister(lab, "definition:1")
    wait(lab, 179.9)
    assert list(lab.world.definitions["definition"]) == [1, 2]
    wait(lab, 0.2)
    assert list(lab.world.definitions["definition"]) == [2]
    lab.submit()


def test_the_number_of_a_forgotten_revision_is_not_given_again(lab: Lab) -> None:
    deregister(lab, "definition:1")
    wait(lab, 181)
    assert lab.world.definitions == {}
    lab.definition()
    assert list(lab.world.definitions["definition"]) == [2]


def test_a_replay_forgets_the_same(short_lab: Lab) -> None:
    for _ in range(3):
        short_lab.run(short_lab.submit())
        wait(short_lab, 0.5)
    deregister(short_lab, "definition")
    wait(short_lab, 200)
    again = World(account=short_lab.world.account, region=short_lab.world.region, retention_ms=DAY)
    for taken in short_lab.taken:
        step(again, taken)
    assert again == short_lab.world


def test_an_array_goes_with_its_children(lab: Lab) -> None:
    parent = lab.submit(arrayProperties={"size": 2})
    for index in (0, 1):
        lab.run(child_id(parent, index))
    assert len(lab.world.jobs) == 3
    lab.fire(retention.PURPOSE)
    assert lab.world.jobs == {}
