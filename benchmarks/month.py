"""``month``: a simulated month of 20 job queues on 10 compute environments, with 50 shares.

200,000 jobs of mixed size and length come day and night, a little more than there is room for at noon and
less at night. The scripted runtime runs them by the manual clock. Utilisation is vCPU-seconds held over
vCPU-seconds there; a job waits from RUNNABLE to STARTING. Then the price of one placement: of jobs that end
one by one, with a short and with a long line behind them, in a queue without and with shares.
"""

from __future__ import annotations

import gc
import random
import time
import uuid
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from batchemu.arn import Arn
from batchemu.aws.logs import MemoryLogs
from batchemu.core import inputs
from batchemu.core.facts import JobStatusChanged
from batchemu.core.ids import JobId
from batchemu.core.world import JobStatus
from batchemu.engine.clock import Clock
from batchemu.engine.engine import Engine
from batchemu.engine.ports import Scope
from batchemu.runtime.plans import Plan
from batchemu.runtime.scripted import ScriptedRuntime
from batchemu.server import tune_collector
from benchmarks.figures import at_most, required, told
from benchmarks.resources import definition, environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchemu.core.effects import StartContainer
    from batchemu.core.facts import Fact
    from batchemu.core.ids import Millis
    from batchemu.engine.ports import Reporter
    from benchmarks.figures import Figure
    from benchmarks.options import Options

HERE = Scope("123456789012", "us-east-1")
ENVIRONMENTS, QUEUES, SHARES = 10, 20, 50
VCPUS = 128
DAYS = 30
SIZES, MINUTES = (1, 2, 4, 8, 16), (2, 5, 15, 60, 240)
_END_MS = DAYS * 86_400_000
LOAD = 0.9
"""Of all vCPUs, over the month."""
FEW, MANY, CYCLES = 100, 100_000, 2_000


def run(options: Options) -> Iterator[Figure]:
    tune_collector()
    yield from _month(2 * options.core_jobs)
    for shares in (1, SHARES):
        few, many = (
            min(_placement(waiting, shares) for _ in range(3))
            for waiting in (FEW, min(MANY, options.core_jobs))
        )
        line = f"{MANY:,} waiting / {FEW}" + (f", {shares} shares" if shares > 1 else "")
        yield at_most(f"CPU of a placement, {line}", many / few, 2)
    gc.unfreeze()


class _Runtime(ScriptedRuntime):
    """A job's name begins with how many seconds it takes."""

    def start(self, scope: Scope, container: StartContainer, report: Reporter) -> None:
        self.play(scope, container, report, _plan(int(container.job_name.partition("-")[0])))


@cache
def _plan(seconds: int) -> Plan:
    return Plan(duration_s=seconds)


class _Cloud:
    def __init__(self) -> None:
        self.engine = Engine(Clock(0, rate=0))
        self.engine.attach(_Runtime(scheduler=self.engine, sink=MemoryLogs()))
        self.engine.listen(lambda _, facts: self._hear(facts))
        self.since: dict[JobId, Millis] = {}
        self.share_of: dict[JobId, str] = {}
        self.waited: dict[str, list[int]] = defaultdict(list)
        self.running: dict[JobId, tuple[int, Millis]] = {}
        """vCPUs, and since when they are held."""
        self.vcpus_of: dict[JobId, int] = {}
        self.placed = self.succeeded = self.held_ms = 0

    def _hear(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            if not isinstance(fact, JobStatusChanged):
                continue
            if fact.after is JobStatus.RUNNABLE:
                self.since[fact.job_id] = fact.at
            elif fact.after is JobStatus.STARTING:
                self.placed += 1
                self.running[fact.job_id] = self.vcpus_of.pop(fact.job_id), fact.at
                self.waited[self.share_of.pop(fact.job_id, "")].append(fact.at - self.since.pop(fact.job_id))
            elif fact.after is JobStatus.SUCCEEDED:
                self.succeeded += 1
                vcpus, since = self.running.pop(fact.job_id)
                self.held_ms += vcpus * max(0, min(fact.at, _END_MS) - since)

    def environment(self, name: str, vcpus: int) -> None:
        params = {**environment(vcpus), "computeEnvironmentName": name}
        self.engine.apply(
            HERE,
            lambda at: inputs.CreateComputeEnvironment(
                at=at, params=params, uuid=str(uuid.uuid4()), cluster_uuid=str(uuid.uuid4())
            ),
        )

    def queue(self, name: str, priority: int, environments: Sequence[str], shares: Sequence[str]) -> None:
        """A fair-share queue where there are shares; the first of them is worth twice the others."""
        params: dict[str, Any] = {
            "jobQueueName": name,
            "priority": priority,
            "computeEnvironmentOrder": [
                {"order": number, "computeEnvironment": each} for number, each in enumerate(environments)
            ],
        }
        if shares:
            given = [
                {"shareIdentifier": share, "weightFactor": 1.0 if number else 0.5}
                for number, share in enumerate(shares)
            ]
            fair = {"shareDecaySeconds": 3600, "shareDistribution": given}
            arn = str(Arn("batch", HERE.region, HERE.account, "scheduling-policy", name))
            policy = {"name": name, "fairsharePolicy": fair}
            self.engine.apply(HERE, lambda at: inputs.CreateSchedulingPolicy(at=at, params=policy))
            params["schedulingPolicyArn"] = arn
        self.engine.apply(HERE, lambda at: inputs.CreateJobQueue(at=at, params=params))

    def definition(self, vcpus: int) -> None:
        params = definition("none")
        params["jobDefinitionName"] = f"d{vcpus}"
        params["schedulingPriority"] = 0
        params["containerProperties"]["resourceRequirements"][0]["value"] = str(vcpus)
        self.engine.apply(HERE, lambda at: inputs.RegisterJobDefinition(at=at, params=params, size_bytes=200))

    def submit(self, queue: str, vcpus: int, seconds: int, share: str | None) -> None:
        job_id = JobId(str(uuid.uuid4()))
        self.vcpus_of[job_id] = vcpus
        params = {"jobName": f"{seconds}-s", "jobQueue": queue, "jobDefinition": f"d{vcpus}"}
        if share is not None:
            params["shareIdentifier"] = share
            self.share_of[job_id] = share
        self.engine.apply(
            HERE, lambda at: inputs.SubmitJob(at=at, job_id=job_id, params=params, size_bytes=200)
        )


def _month(jobs: int) -> Iterator[Figure]:
    chance, cloud = random.Random(1), _Cloud()
    for number in range(ENVIRONMENTS):
        cloud.environment(f"ce-{number}", VCPUS)
    for vcpus in SIZES:
        cloud.definition(vcpus)
    shares: dict[str, list[str]] = {}
    for number in range(QUEUES):
        of_queue = [f"share-{each}" for each in range(SHARES) if each % (QUEUES // 2) == number]
        shares[f"queue-{number}"] = of_queue
        on = [f"ce-{number % ENVIRONMENTS}", f"ce-{(number + 1) % ENVIRONMENTS}"]
        cloud.queue(f"queue-{number}", number % 3, on, of_queue)
    mean = sum(SIZES) / len(SIZES) * sum(MINUTES) / len(MINUTES) * 60
    stretch = LOAD * ENVIRONMENTS * VCPUS * DAYS * 86_400 / (jobs * mean)
    asked = 0.0
    times = sorted(_time_of_day(chance) for _ in range(jobs))
    begun = time.process_time()
    for at in times:
        cloud.engine.advance(at - cloud.engine.clock.now())
        queue = f"queue-{chance.randrange(QUEUES)}"
        vcpus, seconds = chance.choice(SIZES), max(1, round(60 * chance.choice(MINUTES) * stretch))
        asked += vcpus * seconds
        cloud.submit(queue, vcpus, seconds, chance.choice(shares[queue]) if shares[queue] else None)
    cloud.engine.advance(_END_MS)
    taken = time.process_time() - begun
    yield required("SUCCEEDED", f"{cloud.succeeded} of {jobs}", is_met=cloud.succeeded == jobs, target="all")
    there = ENVIRONMENTS * VCPUS * DAYS * 86_400
    used = cloud.held_ms / 1000 / there
    yield told("utilisation in the month", f"{used:.1%} of the vCPUs; {asked / there:.1%} were asked for")
    for what, names in _groups(shares):
        waits = sorted(each for name in names for each in cloud.waited[name])
        mean_s, last = sum(waits) / len(waits) / 1000, waits[int(0.95 * len(waits))] / 1000
        yield told(f"waiting, {what}", f"mean {mean_s:,.0f} s, p95 {last:,.0f} s, {len(waits):,} jobs")
    yield told("CPU per 1,000 placements", f"{1000 * taken / cloud.placed:.3f} s")


def _groups(shares: dict[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    yield "without shares", [""]
    yield "shares of weight 0.5", [each[0] for each in shares.values() if each]
    yield "shares of weight 1", [name for each in shares.values() for name in each[1:]]


def _time_of_day(chance: random.Random) -> int:
    """Milliseconds into the month; three times as many at noon as at midnight."""
    hour = chance.triangular(0, 24, 12) if chance.random() < 0.5 else chance.uniform(0, 24)
    return int((chance.randrange(DAYS) * 24 + hour) * 3_600_000)


def _placement(waiting: int, shares: int) -> float:
    """CPU seconds of a job that ends and of the one that takes its place."""
    cloud = _Cloud()
    cloud.environment("ce", VCPUS)
    names = [f"share-{number}" for number in range(shares)] if shares > 1 else []
    cloud.queue("queue", 1, ["ce"], names)
    cloud.definition(1)

    def submit(number: int) -> None:
        cloud.submit("queue", 1, 1 + number % CYCLES, names[number % shares] if names else None)

    for number in range(VCPUS + waiting):
        submit(number)
    taken, submitted = 0.0, VCPUS + waiting
    while cloud.succeeded < CYCLES:
        begun = time.process_time()
        cloud.engine.advance(10_000)
        taken += time.process_time() - begun
        while submitted < VCPUS + waiting + cloud.succeeded:  # the line stays as long as it was
            submit(submitted)
            submitted += 1
    return taken / cloud.succeeded
