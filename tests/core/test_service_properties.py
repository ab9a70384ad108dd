"""Whatever comes in whatever order: consumable resources and service jobs add up, and a replay is equal.

The invariants of ``core.invariants`` are checked by the lab after every step; it also sees to it that a
refused command changes nothing.
"""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from batchemu.core.capacity import ALL_INSTANCES
from batchemu.core.step import step
from batchemu.core.trainings import TrainingStatus
from batchemu.core.world import (
    ON_AN_ENVIRONMENT,
    TERMINAL,
    TRAINING_OVER,
    TRAINING_UNDER_WAY,
    Delays,
    JobStatus,
    ServiceJobStatus,
    World,
)
from batchemu.errors import ClientException
from tests.core.lab import TYPE, Lab, limit, needs

if TYPE_CHECKING:
    from batchemu.core.ids import JobId

SETTINGS = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
STATES = st.sampled_from(["ENABLED", "DISABLED"])
REASONS = st.sampled_from([None, "AlgorithmError: x", "CapacityError: none"])


OVER = TERMINAL | TRAINING_OVER
LIVE = frozenset({*JobStatus, *ServiceJobStatus}) - OVER


class Machine(RuleBasedStateMachine):
    lab: Lab
    seen: dict[JobId, str]

    def _jobs(self) -> dict[JobId, Any]:
        return {**self.lab.world.jobs, **self.lab.world.service_jobs}

    def _job(self, data: st.DataObject, *, first: frozenset[str]) -> JobId:
        """Rather one whose status is among ``first``, now and then any."""
        jobs = self._jobs()
        likely = [each for each, job in jobs.items() if job.status in first]
        return data.draw(st.sampled_from(likely if likely and data.draw(st.integers(0, 4)) else list(jobs)))

    @precondition(lambda self: bool(self.lab.world.timers))
    @rule(data=st.data(), count=st.integers(1, 6))
    def fires(self, data: st.DataObject, count: int) -> None:
        for _ in range(count):
            purposes = sorted({key.purpose for key in self.lab.world.timers})
            if purposes:
                self.lab.fire(data.draw(st.sampled_from(purposes)))

    @rule()
    def remember(self) -> None:
        """A job that is over stays as it is."""
        for job_id, job in self._jobs().items():
            assert self.seen.get(job_id, job.status) == job.status
            if job.status in OVER:
                self.seen[job_id] = job.status

    def teardown(self) -> None:
        """The same inputs make the same world."""
        if hasattr(self, "lab"):
            world = World(account="123456789012", region="us-east-1", delays=copy.copy(self.lab.world.delays))
            for taken in self.lab.taken:
                step(world, taken)
            assert world == self.lab.world


class Consumables(Machine):
    @initialize(starting=st.sampled_from([0, 700]))
    def begin(self, starting: int) -> None:
        self.seen = {}
        self.lab = Lab(Delays(starting=starting)).ready()
        self.lab.queue("urgent", priority=5)
        self.lab.consumable("license", 4)
        self.lab.consumable("token", 9, resourceType="NON_REPLENISHABLE")

    @rule(
        queue=st.sampled_from(["queue", "urgent"]),
        licenses=st.integers(0, 2),
        tokens=st.integers(0, 1),
        by_arn=st.booleans(),
        attempts=st.integers(1, 3),
        count=st.integers(1, 3),
    )
    def submits(
        self, *, queue: str, licenses: int, tokens: int, by_arn: bool, attempts: int, count: int
    ) -> None:
        name = self.lab.world.arn("consumable-resource", "license") if by_arn else "license"
        wanted = {key: n for key, n in ((name, licenses), ("token", tokens)) if n}
        for _ in range(count):
            self.lab.submit(
                queue=queue,
                retryStrategy={"attempts": attempts},
                consumableResourcePropertiesOverride=needs(**wanted),
            )

    @precondition(lambda self: self._jobs())
    @rule(
        data=st.data(),
        events=st.lists(st.sampled_from(["start", "succeed", "fail", "never start"]), min_size=1, max_size=5),
    )
    def runs(self, data: st.DataObject, events: list[str]) -> None:
        codes = {"succeed": 0, "fail": 1, "never start": None}
        for event in events:
            job = self._job(data, first=ON_AN_ENVIRONMENT)
            if event == "start":
                self.lab.start(job)
            else:
                self.lab.exit(job, codes[event])

    @precondition(lambda self: self._jobs())
    @rule(data=st.data(), how=st.sampled_from(["cancel", "terminate"]))
    def ends(self, data: st.DataObject, how: str) -> None:
        getattr(self.lab, how)(self._job(data, first=LIVE), "asked")

    @rule(
        name=st.sampled_from(["license", "token"]),
        operation=st.sampled_from(["SET", "ADD", "REMOVE"]),
        quantity=st.integers(0, 6),
        token=st.sampled_from([None, "a", "b"]),
    )
    def updates(self, name: str, operation: str, quantity: int, token: str | None) -> None:
        params = {"clientToken": token} if token else {}
        with suppress(ClientException):
            self.lab.update_consumable(name, operation=operation, quantity=quantity, **params)

    @rule(
        name=st.sampled_from(["license", "token"]),
        total=st.none() | st.integers(0, 6),
        kind=st.sampled_from(["REPLENISHABLE", "NON_REPLENISHABLE"]),
    )
    def replaces(self, name: str, total: int | None, kind: str) -> None:
        """Deleted, and made again unless there is no total."""
        self.lab.delete_consumable(name)
        if total is not None:
            self.lab.consumable(name, total, resourceType=kind)

    @rule()
    def replaces_a_queue(self) -> None:
        self.lab.update_queue("urgent", state="DISABLED")
        self.lab.delete_queue("urgent")
        self.lab.queue("urgent", priority=5)


QUEUES = st.sampled_from(["training", "shared"])
SHARES = st.sampled_from(["a", "b", "c"])
SHARING = st.sampled_from(
    [
        {"strategy": "RESERVE"},
        {"strategy": "LEND"},
        {"strategy": "LEND_AND_BORROW"},
        {"strategy": "LEND_AND_BORROW", "borrowLimit": 100},
    ]
)
ENVIRONMENTS = st.sampled_from(["se", "spare"])


class ServiceJobs(Machine):
    """Queue ``training`` is first in, first out, ``shared`` has quota shares."""

    policy: str

    @initialize(submitted=st.sampled_from([0, 0, 500]), changing=st.sampled_from([0, 300]))
    def begin(self, submitted: int, changing: int) -> None:
        self.seen = {}
        self.lab = Lab(Delays(submitted=submitted, compute_environment=changing, job_queue=changing))
        self.policy = self.lab.policy()
        self.restores()
        self._settle()

    def _settle(self) -> None:
        while any(key.purpose == "lifecycle" for key in self.lab.world.timers):
            self.lab.fire("lifecycle")

    # --- jobs

    @rule(
        queue=QUEUES,
        shares=st.lists(SHARES, min_size=1, max_size=3),
        instances=st.integers(1, 2),
        priority=st.integers(0, 2),
        attempts=st.integers(1, 2),
        timeout=st.booleans(),
        preemptions=st.sampled_from([None, None, 0, 1]),
    )
    def submits(
        self,
        *,
        queue: str,
        shares: list[str],
        instances: int,
        priority: int,
        attempts: int,
        timeout: bool,
        preemptions: int | None,
    ) -> None:
        for share in shares:
            params: dict[str, Any] = {"quotaShareName": share} if queue == "shared" else {}
            params |= {"timeoutConfig": {"attemptDurationSeconds": 60}} if timeout else {}
            if preemptions is not None:
                params["preemptionConfiguration"] = {"preemptionRetriesBeforeTermination": preemptions}
            with suppress(ClientException):
                self.lab.train(
                    queue=queue,
                    instances=instances,
                    schedulingPriority=priority,
                    retryStrategy={"attempts": attempts},
                    **params,
                )

    @rule(token=st.sampled_from("abc"))
    def submits_with_a_token(self, token: str) -> None:
        with suppress(ClientException):
            self.lab.train(clientToken=token, jobName="same")

    @precondition(lambda self: self._jobs())
    @rule(
        data=st.data(),
        reports=st.lists(st.tuples(st.sampled_from(list(TrainingStatus)), REASONS), min_size=1, max_size=5),
        late=st.sampled_from([0, 0, 0, 1]),
    )
    def reports(
        self, data: st.DataObject, reports: list[tuple[TrainingStatus, str | None]], late: int
    ) -> None:
        for status, reason in reports:
            job = self._job(data, first=TRAINING_UNDER_WAY)
            attempt = self.lab.training(job).attempt
            self.lab.report(job, status, reason, attempt=max(1, (attempt.number if attempt else 1) - late))

    @rule(all_of_them=st.booleans())
    def stops_the_preempted(self, all_of_them: bool) -> None:
        """As Amazon SageMaker does sooner or later; each is RUNNABLE again then, or over."""
        asked = [job for job in self.lab.world.service_jobs.values() if job.preemption is not None]
        for job in asked if all_of_them else asked[:1]:
            before, number = job.preemptions, job.attempt.number if job.attempt else 0
            ends = job.ending is not None
            self.lab.report(job.job_id, "Stopped", attempt=number)
            assert ends or job.preemptions == before + 1
            assert (job.status in TRAINING_OVER) if ends else job.status != ServiceJobStatus.SUCCEEDED
            self.lab.report(job.job_id, "Stopped", attempt=number)
            assert ends or job.preemptions == before + 1

    @precondition(lambda self: self._jobs())
    @rule(data=st.data(), priority=st.none() | st.integers(0, 3))
    def terminates_or_prioritises(self, data: st.DataObject, priority: int | None) -> None:
        if priority is None:
            self.lab.terminate_training(self._job(data, first=LIVE))
        else:
            with suppress(ClientException):  # of a job that is over
                self.lab.prioritise(self._job(data, first=LIVE), priority)

    # --- what they run on and where they wait: each refused where it cannot be

    @rule(
        name=ENVIRONMENTS,
        unit=st.sampled_from([TYPE, TYPE, ALL_INSTANCES, "ml.g5.xlarge"]),
        most=st.integers(1, 4),
    )
    def resizes_environment(self, name: str, unit: str, most: int) -> None:
        with suppress(ClientException):
            self.lab.update_service_environment(name, capacityLimits=[limit(unit, most)])

    @rule(name=ENVIRONMENTS, state=STATES)
    def switches_environment(self, name: str, state: str) -> None:
        with suppress(ClientException):
            self.lab.update_service_environment(name, state=state)

    @rule(name=ENVIRONMENTS)
    def replaces_environment(self, name: str) -> None:
        """The queues go to the other one, those on it run on."""
        other = "spare" if name == "se" else "se"
        for queue in list(self.lab.world.queues):
            self.moves_queue(queue, other)
        self._settle()
        with suppress(ClientException):
            self.lab.update_service_environment(name, state="DISABLED")
            self._settle()
            self.lab.delete_service_environment(name)
        self.creates_environment(name)

    def creates_environment(self, name: str) -> None:
        with suppress(ClientException):
            self.lab.service_environment(name)

    @rule(name=QUEUES, environment=ENVIRONMENTS)
    def moves_queue(self, name: str, environment: str) -> None:
        with suppress(ClientException):
            order = [{"order": 1, "serviceEnvironment": environment}]
            self.lab.update_queue(name, serviceEnvironmentOrder=order)

    @rule(name=QUEUES, again=st.booleans())
    def replaces_queue(self, name: str, again: bool) -> None:
        self._settle()
        with suppress(ClientException):
            self.lab.update_queue(name, state="DISABLED")
            self._settle()
            self.lab.delete_queue(name)
        if again:
            self._settle()
            self.restores()

    @rule(name=SHARES, most=st.integers(1, 3))
    def resizes_share(self, name: str, most: int) -> None:
        with suppress(ClientException):
            self.lab.update_share(name, "shared", capacityLimits=[limit(TYPE, most)])

    @rule(name=SHARES, sharing=SHARING, preempts=STATES)
    def shares_otherwise(self, name: str, sharing: dict[str, Any], preempts: str) -> None:
        with suppress(ClientException):
            self.lab.update_share(
                name,
                "shared",
                resourceSharingConfiguration=sharing,
                preemptionConfiguration={"inSharePreemption": preempts},
            )

    @rule(name=SHARES, again=st.booleans())
    def replaces_share(self, name: str, again: bool) -> None:
        with suppress(ClientException):
            self.lab.update_share(name, "shared", state="DISABLED")
            self._settle()
            self.lab.delete_share(name, "shared")
        if again:
            self._settle()
            self.restores()

    @rule()
    def restores(self) -> None:
        """Whatever is not there is made, and there is room for some."""
        for environment in ("se", "spare"):
            self.creates_environment(environment)
            self._settle()
            with suppress(ClientException):  # one may be DELETING while jobs still run on it
                self.lab.update_service_environment(
                    environment, state="ENABLED", capacityLimits=[limit(TYPE, 4)]
                )
        self._settle()
        for queue, params in (("training", {}), ("shared", {"schedulingPolicyArn": self.policy})):
            with suppress(ClientException):
                self.lab.service_queue(queue, **params)
        self._settle()
        strategies = {"a": "LEND", "b": "LEND_AND_BORROW", "c": "LEND_AND_BORROW"}
        for share, strategy in strategies.items():
            with suppress(ClientException):
                self.lab.share(share, "shared", resourceSharingConfiguration={"strategy": strategy})


Consumables.TestCase.settings = SETTINGS
ServiceJobs.TestCase.settings = SETTINGS
TestConsumables = pytest.mark.filterwarnings("default")(Consumables.TestCase)
TestServiceJobs = pytest.mark.filterwarnings("default")(ServiceJobs.TestCase)
