"""Quota shares that lend, borrow and preempt, in whatever order: nothing is lent that is not there.

The invariants of ``core.invariants`` are checked by the lab after every step.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from batchemu.core.capacity import ALL_INSTANCES, limits_of
from batchemu.core.effects import StartTraining, StopTraining
from batchemu.core.world import TRAINING_OVER, TRAINING_UNDER_WAY, ServiceJobStatus
from batchemu.errors import ClientException
from tests.core.lab import TYPE, Lab, limit
from tests.core.test_service_properties import LIVE, REASONS, SETTINGS, Machine

if TYPE_CHECKING:
    from batchemu.core import inputs as i
    from batchemu.core.ids import JobId
    from batchemu.core.world import QuotaShare, ServiceJob

SHARES = st.sampled_from(["a", "b", "c"])
SHARING = st.sampled_from(
    [
        {"strategy": "RESERVE"},
        {"strategy": "LEND"},
        {"strategy": "LEND_AND_BORROW"},
        {"strategy": "LEND_AND_BORROW"},
        {"strategy": "LEND_AND_BORROW", "borrowLimit": 100},
    ]
)
PREEMPTS = st.sampled_from(["ENABLED", "DISABLED"])


def _idle(share: QuotaShare) -> int:
    return limits_of(share)[TYPE] - share.used[TYPE]


class LendingLab(Lab):
    """Looks at what each step has lent; all instances are of one type here."""

    def take(self, given: i.Input) -> Any:
        before = len(self.effects)
        result = super().take(given)
        new = self.effects[before:]
        placed = [self.training(each.job_id) for each in new if isinstance(each, StartTraining)]
        shares = list(self.world.quota_shares.values())
        if any(_idle(share) < 0 for share in shares for job in placed if job.quota_share == share.arn):
            self._check_lent(shares)
        stopped = [self.training(each.key.job_id) for each in new if isinstance(each, StopTraining)]
        assert all(job.status in TRAINING_UNDER_WAY for job in stopped)
        return result

    def _check_lent(self, shares: list[QuotaShare]) -> None:
        borrowed = sum(-_idle(share) for share in shares if _idle(share) < 0)
        reserved = [share for share in shares if share.sharing["strategy"] == "RESERVE"]
        lent = sum(max(0, _idle(share)) for share in shares if share not in reserved)
        assert borrowed <= lent, "what is borrowed is idle elsewhere"
        environment = self.world.service_environments["se"]
        (most,) = limits_of(environment).values()
        kept = sum(max(0, _idle(share)) for share in reserved)
        assert most - environment.used.total() >= kept, "RESERVE shares do not lend"


class Sharing(Machine):
    @initialize(
        most=st.integers(2, 6),
        unit=st.sampled_from([TYPE, ALL_INSTANCES]),
        shares=st.tuples(SHARING, SHARING, SHARING),
        preempts=st.tuples(PREEMPTS, PREEMPTS, PREEMPTS),
        limits=st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)),
    )
    def begin(
        self,
        most: int,
        unit: str,
        shares: tuple[dict[str, Any], ...],
        preempts: tuple[str, ...],
        limits: tuple[int, ...],
    ) -> None:
        self.seen = {}
        self.lab = LendingLab()
        self.lab.service_environment(unit=unit, most=most)
        self.lab.service_queue(schedulingPolicyArn=self.lab.policy())
        for name, sharing, preemption, own in zip("abc", shares, preempts, limits, strict=True):
            self.lab.share(
                name,
                most=own,
                resourceSharingConfiguration=sharing,
                preemptionConfiguration={"inSharePreemption": preemption},
            )

    @rule(
        shares=st.lists(SHARES, min_size=1, max_size=3),
        instances=st.sampled_from([1, 1, 1, 2, 3]),
        priority=st.integers(0, 2),
        attempts=st.integers(1, 2),
        preemptions=st.sampled_from([None, None, None, 0, 1]),
    )
    def submits(
        self, *, shares: list[str], instances: int, priority: int, attempts: int, preemptions: int | None
    ) -> None:
        params: dict[str, Any] = {}
        if preemptions is not None:
            params["preemptionConfiguration"] = {"preemptionRetriesBeforeTermination": preemptions}
        for share in shares:
            self.lab.train(
                quotaShareName=share,
                instances=instances,
                schedulingPriority=priority,
                retryStrategy={"attempts": attempts},
                **params,
            )

    def _preempted(self) -> list[ServiceJob]:
        return [job for job in self.lab.world.service_jobs.values() if job.preemption is not None]

    @precondition(lambda self: self._preempted())
    @rule(data=st.data(), terminates=st.booleans())
    def stops_who_is_preempted(self, data: st.DataObject, terminates: bool) -> None:
        """As Amazon SageMaker does sooner or later; the job is RUNNABLE again then, or over."""
        job = data.draw(st.sampled_from(self._preempted()))
        assert job.attempt is not None
        before, number = job.preemptions, job.attempt.number
        if terminates and job.ending is None:
            self.lab.terminate_training(job.job_id)
        ends = job.ending is not None
        for _ in range(2):  # the second report is a double
            self.lab.report(job.job_id, "Stopped", attempt=number)
            assert job.preemptions == before + (not ends)
        assert job.status is not ServiceJobStatus.SUCCEEDED
        assert not ends or job.status is ServiceJobStatus.FAILED

    @precondition(lambda self: self._jobs())
    @rule(data=st.data(), said=st.sampled_from(["Downloading", "Training", "Completed"]), reason=REASONS)
    def reports(self, data: st.DataObject, said: str, reason: str | None) -> None:
        job = self._job(data, first=TRAINING_UNDER_WAY)
        self.lab.report(job, "Failed" if reason else said, reason)

    @precondition(lambda self: self._jobs())
    @rule(data=st.data(), priority=st.integers(0, 3))
    def prioritises(self, data: st.DataObject, priority: int) -> None:
        with suppress(ClientException):
            self.lab.prioritise(self._job(data, first=LIVE), priority)

    @precondition(lambda self: self._jobs())
    @rule(data=st.data())
    def terminates(self, data: st.DataObject) -> None:
        self.lab.terminate_training(self._job(data, first=LIVE))

    @rule(name=SHARES, most=st.integers(1, 3))
    def resizes_share(self, name: str, most: int) -> None:
        self.lab.update_share(name, capacityLimits=[limit(TYPE, most)])

    @rule(name=SHARES, sharing=SHARING, preempts=PREEMPTS)
    def shares_otherwise(self, name: str, sharing: dict[str, Any], preempts: str) -> None:
        self.lab.update_share(
            name,
            resourceSharingConfiguration=sharing,
            preemptionConfiguration={"inSharePreemption": preempts},
        )

    @rule(unit=st.sampled_from([TYPE, ALL_INSTANCES]), most=st.integers(1, 6))
    def resizes_environment(self, unit: str, most: int) -> None:
        self.lab.update_service_environment(capacityLimits=[limit(unit, most)])

    def teardown(self) -> None:
        """Once nobody comes and all that runs completes, all is over: preemption has lost no job."""
        super().teardown()
        if not hasattr(self, "lab"):
            return
        self.lab.update_service_environment(capacityLimits=[limit(TYPE, 9)])
        for name in "abc":
            self.lab.update_share(name, capacityLimits=[limit(TYPE, 3)])
        while live := self._under_way():
            for job in live:
                self.lab.report(job, "Stopped" if self.lab.training(job).preemption else "Completed")
        assert all(job.status in TRAINING_OVER for job in self.lab.world.service_jobs.values())

    def _under_way(self) -> list[JobId]:
        while any(key.purpose == "service-job-capacity" for key in self.lab.world.timers):
            self.lab.fire("service-job-capacity")
        jobs = self.lab.world.service_jobs.values()
        return [job.job_id for job in jobs if job.status in TRAINING_UNDER_WAY]


Sharing.TestCase.settings = SETTINGS
TestSharing = pytest.mark.filterwarnings("default")(Sharing.TestCase)
