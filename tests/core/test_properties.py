"""Whatever clients, runtimes and clocks do, in whatever order: nothing illegal, and a replay is equal."""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from batchemu.core import inputs as i
from batchemu.core.holds import Hold
from batchemu.core.step import step
from batchemu.core.world import ON_AN_ENVIRONMENT, TERMINAL, Delays, JobStatus, World
from batchemu.errors import ClientException
from tests.core.lab import Lab

if TYPE_CHECKING:
    from batchemu.core.ids import JobId

QUEUES = ("queue", "urgent", "fair")
SHARES = ("a", "b1", "b2", "c")
POLICIES = st.fixed_dictionaries(
    {
        "shareDecaySeconds": st.sampled_from([0, 5, 600]),
        "computeReservation": st.sampled_from([0, 0, 50]),
        "shareDistribution": st.sampled_from(
            [
                [],
                [{"shareIdentifier": "a", "weightFactor": 2.0}, {"shareIdentifier": "b*"}],
                [{"shareIdentifier": "b1", "weightFactor": 0.5}, {"shareIdentifier": "c*"}],
            ]
        ),
    }
)
HELD = (JobStatus.SUBMITTED, JobStatus.PENDING, JobStatus.RUNNABLE, JobStatus.STARTING, JobStatus.RUNNING)
HOLDS = st.one_of(
    st.builds(
        Hold,
        state=st.sampled_from(HELD),
        job_name=st.sampled_from([None, "*1", "*2"]),
        job_queue=st.sampled_from([None, "urg*", "fair"]),
    ),
    st.builds(
        Hold,
        state=st.just(JobStatus.RUNNABLE),
        job_name=st.sampled_from(["*1", "*2"]),
        attempt=st.sampled_from([None, 1, 2]),
        blocks=st.just("UNDETERMINED - Batch job is blocked, root cause is undetermined."),
    ),
)


class Batch(RuleBasedStateMachine):
    """The invariants of ``core.invariants`` are checked by the lab after every step."""

    lab: Lab
    seen: dict[JobId, JobStatus]

    @initialize(submitted=st.sampled_from([0, 500]), starting=st.sampled_from([0, 700]), policy=POLICIES)
    def begin(self, submitted: int, starting: int, policy: dict[str, Any]) -> None:
        self.lab = Lab(Delays(submitted=submitted, starting=starting)).ready()
        self.lab.environment("spare", maxvCpus=3)
        self.lab.queue("urgent", ("spare", "ce"), priority=5)
        self.lab.fair_queue("fair", ("ce", "spare"), **policy)
        self.lab.definition("big", vcpus=3)
        self.seen = {}

    def _job(self, data: st.DataObject, *statuses: JobStatus) -> JobId:
        fit = [job.job_id for job in self.lab.world.jobs.values() if not statuses or job.status in statuses]
        return data.draw(st.sampled_from(fit))

    def _any(self, *statuses: JobStatus) -> bool:
        jobs = self.lab.world.jobs.values()
        return any(not statuses or job.status in statuses for job in jobs)

    @rule(
        data=st.data(),
        queue=st.sampled_from(QUEUES),
        definition=st.sampled_from(["definition", "big"]),
        attempts=st.integers(1, 3),
        timeout=st.booleans(),
    )
    def submit(self, data: st.DataObject, queue: str, definition: str, attempts: int, timeout: bool) -> None:
        known = list(self.lab.world.jobs)
        after = data.draw(st.lists(st.sampled_from(known), max_size=3)) if known else []
        params = {"timeout": {"attemptDurationSeconds": 60}} if timeout else {}
        try:
            self.lab.submit(
                *after,
                queue=queue,
                jobDefinition=definition,
                retryStrategy={"attempts": attempts},
                **params,
                **self._share(data, queue),
            )
        except ClientException:
            assert self.lab.world.queues[queue].state == "DISABLED"

    @rule(
        data=st.data(),
        queue=st.sampled_from(QUEUES),
        size=st.integers(2, 3),
        sequential=st.booleans(),
        attempts=st.integers(1, 2),
    )
    def submit_array(
        self, data: st.DataObject, queue: str, size: int, sequential: bool, attempts: int
    ) -> None:
        jobs = self.lab.world.jobs.values()
        alike = [job.job_id for job in jobs if job.array is not None and job.array.size == size]
        after = [{"jobId": each} for each in self._some(data, [job.job_id for job in jobs])]
        after += [{"jobId": each, "type": "N_TO_N"} for each in self._some(data, alike)]
        after += [{"type": "SEQUENTIAL"}] if sequential else []
        try:
            self.lab.submit(
                queue=queue,
                arrayProperties={"size": size},
                dependsOn=after,
                retryStrategy={"attempts": attempts},
                **self._share(data, queue),
            )
        except ClientException:
            assert self.lab.world.queues[queue].state == "DISABLED"

    def _share(self, data: st.DataObject, queue: str) -> dict[str, Any]:
        if queue != "fair":
            return {}
        return {
            "shareIdentifier": data.draw(st.sampled_from(SHARES)),
            "schedulingPriorityOverride": data.draw(st.integers(0, 2)),
        }

    def _some(self, data: st.DataObject, known: list[JobId]) -> list[JobId]:
        return data.draw(st.lists(st.sampled_from(known), max_size=2)) if known else []

    @precondition(lambda self: self._any(JobStatus.STARTING))
    @rule(data=st.data())
    def starts(self, data: st.DataObject) -> None:
        self.lab.start(self._job(data, JobStatus.STARTING))

    @precondition(lambda self: self._any())
    @rule(data=st.data(), code=st.sampled_from([0, 0, 1, 137, None]), late=st.integers(0, 1))
    def exits(self, data: st.DataObject, code: int | None, late: int) -> None:
        job = self._job(data)
        attempt = self.lab.job(job).attempt
        number = (attempt.number if attempt else 1) - late
        self.lab.exit(job, code, attempt=max(1, number))

    @precondition(lambda self: self._any(JobStatus.STARTING, JobStatus.RUNNING))
    @rule(data=st.data())
    def reports_together(self, data: st.DataObject) -> None:
        under_way = [each.job_id for each in self.lab.world.jobs.values() if each.status in ON_AN_ENVIRONMENT]
        reports = st.tuples(st.sampled_from(under_way), st.sampled_from([None, 0, 1]))
        self.lab.report_all(*data.draw(st.lists(reports, min_size=2, max_size=4)))

    @precondition(lambda self: self._any())
    @rule(data=st.data(), how=st.sampled_from(["cancel", "terminate"]))
    def ends(self, data: st.DataObject, how: str) -> None:
        getattr(self.lab, how)(self._job(data), "asked")

    @precondition(lambda self: bool(self.lab.world.timers))
    @rule(data=st.data())
    def fires(self, data: st.DataObject) -> None:
        purposes = sorted({key.purpose for key in self.lab.world.timers})
        self.lab.fire(data.draw(st.sampled_from(purposes)))

    @rule(
        state=st.sampled_from(["ENABLED", "DISABLED"]),
        name=st.sampled_from(["ce", "spare"]),
        fault=st.sampled_from([None, None, "CLIENT_ERROR - it does not exist"]),
    )
    def switches_environment(self, state: str, name: str, fault: str | None) -> None:
        self.lab.update_environment(name, fault=fault, state=state)

    @rule(state=st.sampled_from(["ENABLED", "DISABLED"]), name=st.sampled_from(QUEUES))
    def switches_queue(self, state: str, name: str) -> None:
        self.lab.update_queue(name, state=state)

    @rule(policy=POLICIES)
    def changes_the_policy(self, policy: dict[str, Any]) -> None:
        self.lab.update_policy("fair", **policy)

    @rule(environments=st.sampled_from([("ce", "spare"), ("spare",)]))
    def moves_the_fair_queue(self, environments: tuple[str, ...]) -> None:
        order = [{"order": n, "computeEnvironment": each} for n, each in enumerate(environments)]
        try:
            self.lab.update_queue("fair", computeEnvironmentOrder=order)
        except ClientException:
            states = {each.status for each in self.lab.world.environments.values()}
            assert "INVALID" in states

    @rule(seconds=st.integers(1, 1000))
    def time_passes(self, seconds: int) -> None:
        self.lab.now += 1000 * seconds
        self.lab.take(i.ContainersReported(self.lab.at(), ()))

    @rule(most=st.integers(0, 6))
    def resizes(self, most: int) -> None:
        self.lab.update_environment(computeResources={"maxvCpus": most})

    @precondition(lambda self: self._any(JobStatus.STARTING, JobStatus.RUNNING))
    @rule(data=st.data())
    def loses_its_host(self, data: st.DataObject) -> None:
        self.lab.lose_host(self._job(data, JobStatus.STARTING, JobStatus.RUNNING))

    @rule(holds=st.lists(HOLDS, max_size=3))
    def holds(self, holds: list[Hold]) -> None:
        self.lab.hold(*holds)

    @rule()
    def lets_go(self) -> None:
        self.lab.hold()

    @rule(paused=st.booleans())
    def pauses(self, paused: bool) -> None:
        self.lab.pause(paused)

    @rule(most=st.integers(1, 3))
    def steps_the_scheduler(self, most: int) -> None:
        was_paused = self.lab.world.steps is not None
        assert self.lab.step(most) <= (most if was_paused else 0)

    @rule()
    def remember(self) -> None:
        """A job that is over stays as it is."""
        for job in self.lab.world.jobs.values():
            before = self.seen.get(job.job_id)
            assert before is None or before is job.status
            if job.status in TERMINAL:
                self.seen[job.job_id] = job.status

    def teardown(self) -> None:
        """The same inputs make the same world."""
        if not hasattr(self, "lab"):
            return
        world = World(account="123456789012", region="us-east-1", delays=copy.copy(self.lab.world.delays))
        for taken in self.lab.taken:
            step(world, taken)
        assert world == self.lab.world


STRESS = os.environ.get("BATCHEMU_STRESS") == "yes"
"""``make stress``: many more examples, and longer ones."""
Batch.TestCase.settings = settings(
    max_examples=5_000 if STRESS else 60,
    stateful_step_count=60 if STRESS else 30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestBatch = pytest.mark.filterwarnings("default")(Batch.TestCase)
