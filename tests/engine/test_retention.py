"""The memory of a server that lives long stays bounded."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from batchemu.aws.logs import MemoryLogs
from batchemu.core import inputs as i
from batchemu.core.client_tokens import LIFE_MS as TOKEN_LIFE_MS
from batchemu.core.ids import JobId
from batchemu.core.invariants import check
from batchemu.engine.clock import Clock
from batchemu.engine.engine import Engine
from batchemu.engine.ports import Scope
from batchemu.runtime.plans import Plan, Plans
from batchemu.runtime.scripted import ScriptedRuntime
from batchemu.runtime.training import TrainingStandIn
from tests.examples import EC2

if TYPE_CHECKING:
    from batchemu.core.world import World

HERE = Scope("123456789012", "us-east-1")
DAY = 86_400_000
JOBS, SERVICE_JOBS, DAYS, KEPT_DAYS = 20_000, 2_000, 10, 7


class Load:
    """Short jobs, each of which the next one waits for, and service jobs with tokens."""

    def __init__(self) -> None:
        self.engine = Engine(Clock(1_000_000, rate=0.0))
        plans = Plans()
        plans.add(Plan(job_name="*"))
        plans.add(Plan(job_name="*", service_job=True))
        runtime = ScriptedRuntime(scheduler=self.engine, sink=MemoryLogs(), plans=plans)
        self.engine.attach(runtime, TrainingStandIn(scheduler=self.engine, plans=plans))
        self.names = map("job-{}".format, itertools.count())
        self.last = ""

    def make(self) -> None:
        apply, ce, se = self.engine.apply, "ce", "se"
        order = [{"order": 1, "computeEnvironment": ce}]
        params = {"computeEnvironmentName": ce, "type": "MANAGED", "computeResources": EC2}
        apply(HERE, lambda at: i.CreateComputeEnvironment(at=at, params=params, uuid="u", cluster_uuid="c"))
        queue = {"jobQueueName": "queue", "priority": 1, "computeEnvironmentOrder": order}
        apply(HERE, lambda at: i.CreateJobQueue(at=at, params=queue))
        limits = [{"maxCapacity": 4, "capacityUnit": "NUM_INSTANCES"}]
        environment = {
            "serviceEnvironmentName": se,
            "serviceEnvironmentType": "SAGEMAKER_TRAINING",
            "capacityLimits": limits,
        }
        apply(HERE, lambda at: i.CreateServiceEnvironment(at=at, params=environment))
        training = {
            "jobQueueName": "training",
            "priority": 1,
            "jobQueueType": "SAGEMAKER_TRAINING",
            "serviceEnvironmentOrder": [{"order": 1, "serviceEnvironment": se}],
        }
        apply(HERE, lambda at: i.CreateJobQueue(at=at, params=training))
        container = {"image": "busybox", "vcpus": 1, "memory": 64}
        definition = {"jobDefinitionName": "d", "type": "container", "containerProperties": container}
        apply(HERE, lambda at: i.RegisterJobDefinition(at=at, params=definition, size_bytes=1))

    def submit(self) -> None:
        job_id = next(self.names)
        after = [{"jobId": self.last}] if self.last else []
        params = {"jobName": job_id, "jobQueue": "queue", "jobDefinition": "d", "dependsOn": after}
        self.engine.apply(
            HERE, lambda at: i.SubmitJob(at=at, job_id=JobId(job_id), params=params, size_bytes=1)
        )
        self.last = job_id

    def train(self) -> None:
        job_id = next(self.names)
        params = {
            "jobName": job_id,
            "jobQueue": "training",
            "serviceJobType": "SAGEMAKER_TRAINING",
            "serviceRequestPayload": "{}",
            "clientToken": job_id,
        }
        self.engine.apply(
            HERE,
            lambda at: i.SubmitServiceJob(
                at=at, job_id=JobId(job_id), params=params, size_bytes=1, request={}
            ),
        )


def held(world: World) -> dict[str, int]:
    """How many of what a world holds."""
    queue, training = world.queues["queue"], world.queues["training"]
    return {
        "jobs": len(world.jobs),
        "by_status": sum(map(len, queue.by_status.values())),
        "dependents": len(world.dependents),
        "service jobs": len(world.service_jobs),
        "trainings": len(training.trainings),
        "tokens": len(world.service_tokens),
        "leaving": len(world.leaving["jobs"]),
        "timers": len(world.timers),
    }


def test_no_more_is_kept_than_the_jobs_of_the_last_seven_days() -> None:
    load = Load()
    load.make()
    step_ms = DAYS * DAY // SERVICE_JOBS
    for _ in range(SERVICE_JOBS):
        load.engine.advance(step_ms)
        for _ in range(JOBS // SERVICE_JOBS):
            load.submit()
        load.train()
    load.engine.advance(0)
    found = load.engine.read(HERE, held)
    load.engine.read(HERE, check)
    jobs, service_jobs = JOBS * KEPT_DAYS // DAYS, SERVICE_JOBS * KEPT_DAYS // DAYS
    tokens = -(-TOKEN_LIFE_MS // step_ms)
    assert found == {
        "jobs": jobs,
        "by_status": jobs,
        "dependents": 0,
        "service jobs": service_jobs,
        "trainings": service_jobs,
        "tokens": tokens,
        "leaving": jobs + service_jobs,
        "timers": 1,
    }
    assert len(load.engine.log.tail()) == 1_000
    load.engine.advance(KEPT_DAYS * DAY)
    assert load.engine.read(HERE, held)["leaving"] == 0
