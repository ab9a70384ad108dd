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
from batchemu.core.world import TERMINAL, TRAINING_OVER, Delays, World
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


class Machine(RuleBasedStateMachine):
    lab: Lab
    seen: dict[JobId, str]

    def _jobs(self) -> dict[JobId, Any]:
        return {**self.lab.world.jobs, **self.lab.world.service_jobs}

    def _any(self) -> bool:
        return bool(self._jobs())

    def _job(self, data: st.DataObject) -> JobId:
        """Rather one that is not over."""
        jobs = self._jobs()
        live = [each for each, job in jobs.items() if job.status not in TERMINAL | TRAINING_OVER]
        return data.draw(st.sampled_from(live if live and data.draw(st.integers(0, 3)) else list(jobs)))

    @precondition(lambda self: bool(self.lab.world.timers))
    @rule(data=st.data())
    def fires(self, data: st.DataObject) -> None:
        purposes = sorted({key.purpose for key in self.lab.world.timers})
        self.lab.fire(data.draw(st.sampled_from(purposes)))

    @rule()
    def remember(self) -> None:
        """A job that is over stays as it is."""
        for job_id, job in self._jobs().items():
            assert self.seen.get(job_id, job.status) == job.status
            if job.status in TERMINAL | TRAINING_OVER:
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
        self.lab.consumable("license", 3)
        self.lab.consumable("token", 2, resourceType="NON_REPLENISHABLE")

    @rule(
        queue=st.sampled_from(["queue", "urgent"]),
        licenses=st.integers(0, 3),
        tokens=st.integers(0, 1),
        by_arn=st.booleans(),
        attempts=st.integers(1, 3),
    )
    def submit(self, queue: str, licenses: int, tokens: int, by_arn: bool, attempts: int) -> None:
        name = self.lab.world.arn("consumable-resource", "license") if by_arn else "license"
        wanted = {key: n for key, n in ((name, licenses), ("token", tokens)) if n}
        self.lab.submit(
            queue=queue,
            retryStrategy={"attempts": attempts},
            consumableResourcePropertiesOverride=needs(**wanted),
        )

    @precondition(lambda self: self._any())
    @rule(data=st.data())
    def starts(self, data: st.DataObject) -> None:
        self.lab.start(self._job(data))

    @precondition(lambda self: self._any())
    @rule(data=st.data(), code=st.sampled_from([0, 1, None]))
    def exits(self, data: st.DataObject, code: int | None) -> None:
        self.lab.exit(self._job(data), code)

    @precondition(lambda self: self._any())
    @rule(data=st.data(), how=st.sampled_from(["cancel", "terminate"]))
    def ends(self, data: st.DataObject, how: str) -> None:
        getattr(self.lab, how)(self._job(data), "asked")

    @rule(
        name=st.sampled_from(["license", "token"]),
        operation=st.sampled_from(["SET", "ADD", "REMOVE"]),
        quantity=st.integers(0, 4),
        token=st.sampled_from([None, "a", "b"]),
    )
    def updates(self, name: str, operation: str, quantity: int, token: str | None) -> None:
        params = {"clientToken": token} if token else {}
        with suppress(ClientException):
            self.lab.update_consumable(name, operation=operation, quantity=quantity, **params)

    @rule(name=st.sampled_from(["license", "token"]))
    def deletes(self, name: str) -> None:
        self.lab.delete_consumable(name)

    @rule(
        name=st.sampled_from(["license", "token"]),
        total=st.integers(0, 3),
        kind=st.sampled_from(["REPLENISHABLE", "NON_REPLENISHABLE"]),
    )
    def creates(self, name: str, total: int, kind: str) -> None:
        with suppress(ClientException):
            self.lab.consumable(name, total, resourceType=kind)

    @rule()
    def replaces_a_queue(self) -> None:
        self.lab.update_queue("urgent", state="DISABLED")
        self.lab.delete_queue("urgent")
        self.lab.queue("urgent", priority=5)


QUEUES = st.sampled_from(["training", "shared"])
SHARES = st.sampled_from(["a", "b"])
ENVIRONMENTS = st.sampled_from(["se", "spare"])


class ServiceJobs(Machine):
    """Queue ``training`` is first in, first out, ``shared`` has quota shares; both may lose anything."""

    policy: str

    @initialize(submitted=st.sampled_from([0, 500]), changing=st.sampled_from([0, 300]))
    def begin(self, submitted: int, changing: int) -> None:
        self.seen = {}
        self.lab = Lab(Delays(submitted=submitted, compute_environment=changing, job_queue=changing))
        self.lab.service_environment("se")
        self.lab.service_environment("spare")
        self.policy = self.lab.policy()
        self._settle()
        for queue in ("training", "shared"):
            self.creates_queue(queue, "se")
        self._settle()
        for share in ("a", "b"):
            self.creates_share(share, 1)
        self._settle()

    def _settle(self) -> None:
        while any(key.purpose == "lifecycle" for key in self.lab.world.timers):
            self.lab.fire("lifecycle")

    # --- jobs

    @rule(
        queue=QUEUES,
        share=SHARES,
        instances=st.integers(1, 3),
        priority=st.integers(0, 2),
        attempts=st.integers(1, 2),
        token=st.sampled_from([None, None, "t"]),
        timeout=st.booleans(),
    )
    def submits(
        self,
        *,
        queue: str,
        share: str,
        instances: int,
        priority: int,
        attempts: int,
        token: str | None,
        timeout: bool,
    ) -> None:
        params: dict[str, Any] = {"quotaShareName": share} if queue == "shared" else {}
        params |= {"clientToken": token} if token else {}
        params |= {"timeoutConfig": {"attemptDurationSeconds": 60}} if timeout else {}
        with suppress(ClientException):
            self.lab.train(
                queue=queue,
                instances=instances,
                schedulingPriority=priority,
                retryStrategy={"attempts": attempts},
                **params,
            )

    @precondition(lambda self: self._any())
    @rule(data=st.data(), status=st.sampled_from(list(TrainingStatus)), reason=REASONS, late=st.booleans())
    def reports(self, data: st.DataObject, status: str, reason: str | None, late: bool) -> None:
        job = self._job(data)
        attempt = self.lab.training(job).attempt
        self.lab.report(job, status, reason, attempt=max(1, (attempt.number if attempt else 1) - late))

    @precondition(lambda self: self._any())
    @rule(data=st.data())
    def terminates(self, data: st.DataObject) -> None:
        self.lab.terminate_training(self._job(data))

    @precondition(lambda self: self._any())
    @rule(data=st.data(), priority=st.integers(0, 3))
    def prioritises(self, data: st.DataObject, priority: int) -> None:
        self.lab.prioritise(self._job(data), priority)

    # --- what they run on

    @rule(
        name=ENVIRONMENTS,
        unit=st.sampled_from([TYPE, TYPE, ALL_INSTANCES, "ml.g5.xlarge"]),
        most=st.integers(1, 4),
    )
    def resizes(self, name: str, unit: str, most: int) -> None:
        with suppress(ClientException):
            self.lab.update_service_environment(name, capacityLimits=[limit(unit, most)])

    @rule(name=ENVIRONMENTS, state=STATES)
    def switches_environment(self, name: str, state: str) -> None:
        with suppress(ClientException):
            self.lab.update_service_environment(name, state=state)

    @rule(name=ENVIRONMENTS)
    def deletes_environment(self, name: str) -> None:
        with suppress(ClientException):
            self.lab.delete_service_environment(name)

    @rule(name=ENVIRONMENTS)
    def creates_environment(self, name: str) -> None:
        with suppress(ClientException):
            self.lab.service_environment(name)

    # --- where they wait

    @rule(name=QUEUES, environment=ENVIRONMENTS)
    def moves_queue(self, name: str, environment: str) -> None:
        with suppress(ClientException):
            order = [{"order": 1, "serviceEnvironment": environment}]
            self.lab.update_queue(name, serviceEnvironmentOrder=order)

    @rule(name=QUEUES, state=STATES)
    def switches_queue(self, name: str, state: str) -> None:
        with suppress(ClientException):
            self.lab.update_queue(name, state=state)

    @rule(name=QUEUES)
    def deletes_queue(self, name: str) -> None:
        with suppress(ClientException):
            self.lab.delete_queue(name)

    @rule(name=QUEUES, environment=ENVIRONMENTS)
    def creates_queue(self, name: str, environment: str) -> None:
        params = {"schedulingPolicyArn": self.policy} if name == "shared" else {}
        with suppress(ClientException):
            self.lab.service_queue(name, environment, **params)

    @rule(name=SHARES, most=st.integers(1, 3))
    def creates_share(self, name: str, most: int) -> None:
        with suppress(ClientException):
            self.lab.share(name, "shared", most)

    @rule(name=SHARES, most=st.integers(1, 3))
    def resizes_share(self, name: str, most: int) -> None:
        with suppress(ClientException):
            self.lab.update_share(name, "shared", capacityLimits=[limit(TYPE, most)])

    @rule(name=SHARES, state=STATES)
    def switches_share(self, name: str, state: str) -> None:
        with suppress(ClientException):
            self.lab.update_share(name, "shared", state=state)

    @rule(name=SHARES)
    def deletes_share(self, name: str) -> None:
        with suppress(ClientException):
            self.lab.delete_share(name, "shared")


Consumables.TestCase.settings = SETTINGS
ServiceJobs.TestCase.settings = SETTINGS
TestConsumables = pytest.mark.filterwarnings("default")(Consumables.TestCase)
TestServiceJobs = pytest.mark.filterwarnings("default")(ServiceJobs.TestCase)
