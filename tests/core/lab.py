"""A world on the bench: inputs in, effects out, the invariants checked after every step."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from batchemu.core import inputs as i
from batchemu.core import retention
from batchemu.core.effects import (
    Effect,
    SetTimer,
    StartContainer,
    StartTraining,
    StopContainer,
    StopTraining,
    TimerKey,
)
from batchemu.core.facts import JobStatusChanged, ServiceJobStatusChanged
from batchemu.core.ids import AttemptNo, JobId, Millis
from batchemu.core.invariants import check, check_placed
from batchemu.core.step import step
from batchemu.core.trainings import TrainingStatus
from batchemu.core.world import Delays, Job, JobStatus, World
from batchemu.errors import ServiceError
from tests.examples import EC2

if TYPE_CHECKING:
    from batchemu.core.holds import Hold
    from batchemu.core.world import ConsumableResource, QuotaShare, ServiceJob

TYPE = "ml.m5.large"


def limit(unit: str, most: int) -> dict[str, Any]:
    """One entry of capacityLimits."""
    return {"capacityUnit": unit, "maxCapacity": most}


def needs(**quantities: int) -> dict[str, Any]:
    """consumableResourceProperties."""
    wanted = [{"consumableResource": name, "quantity": quantity} for name, quantity in quantities.items()]
    return {"consumableResourceList": wanted}


class Lab:
    def __init__(self, delays: Delays | None = None) -> None:
        self.world = World(account="123456789012", region="us-east-1", delays=delays or Delays())
        self.now = 1_000_000
        self.taken: list[i.Input] = []
        self.effects: list[Effect] = []
        self._ids = 0

    # --- steps

    def take(self, given: i.Input) -> Any:
        """One step; a refused one must leave the world as it was."""
        before = copy.deepcopy(self.world)
        try:
            outcome = step(self.world, given)
        except ServiceError:
            assert self.world == before, "a refused command changes nothing"
            raise
        self.taken.append(given)
        check(self.world)
        check_placed(self.world, outcome.effects)
        self.effects.extend(outcome.effects)
        return outcome.result

    def at(self) -> Millis:
        """Every input comes a second after the one before."""
        self.now += 1000
        return Millis(self.now)

    def environment(self, name: str = "ce", **resources: Any) -> None:
        params = {
            "computeEnvironmentName": name,
            "type": "MANAGED",
            "computeResources": {**EC2, **resources},
        }
        self.take(
            i.CreateComputeEnvironment(
                at=self.at(), params=params, uuid=f"u-{name}", cluster_uuid=f"c-{name}"
            )
        )

    def update_environment(self, name: str = "ce", *, fault: str | None = None, **params: Any) -> None:
        params = {"computeEnvironment": name, **params}
        self.take(i.UpdateComputeEnvironment(at=self.at(), params=params, fault=fault))

    def delete_environment(self, name: str = "ce") -> None:
        self.take(i.DeleteComputeEnvironment(at=self.at(), compute_environment=name))

    def queue(
        self,
        name: str = "queue",
        environments: tuple[str, ...] = ("ce",),
        priority: int = 1,
        **params: Any,
    ) -> None:
        order = [{"order": n, "computeEnvironment": each} for n, each in enumerate(environments)]
        given = {"jobQueueName": name, "priority": priority, "computeEnvironmentOrder": order, **params}
        self.take(i.CreateJobQueue(at=self.at(), params=given))

    def update_queue(self, name: str = "queue", **params: Any) -> None:
        self.take(i.UpdateJobQueue(at=self.at(), params={"jobQueue": name, **params}))

    def delete_queue(self, name: str = "queue") -> None:
        self.take(i.DeleteJobQueue(at=self.at(), job_queue=name))

    def definition(self, name: str = "definition", *, vcpus: int = 1, **members: Any) -> None:
        container = {"image": "busybox", "vcpus": vcpus, "memory": 128, **members.pop("container", {})}
        params = {
            "jobDefinitionName": name,
            "type": "container",
            "containerProperties": container,
            **members,
        }
        self.take(i.RegisterJobDefinition(at=self.at(), params=params, size_bytes=100))

    def ready(self) -> Lab:
        self.environment()
        self.queue()
        self.definition()
        return self

    def submit(self, *after: JobId, queue: str = "queue", **params: Any) -> JobId:
        self._ids += 1
        job_id = JobId(f"job-{self._ids}")
        given = {
            "jobName": f"job-{self._ids}",
            "jobQueue": queue,
            "jobDefinition": "definition",
            "dependsOn": [{"jobId": each} for each in after],
            **params,
        }
        self.take(i.SubmitJob(at=self.at(), job_id=job_id, params=given, size_bytes=100))
        return job_id

    def start(self, job_id: JobId, attempt: int | None = None) -> None:
        number = AttemptNo(attempt or self._attempt(job_id))
        at = self.at()
        self.take(
            i.ContainerStarted(at=at, job_id=job_id, attempt=number, runtime_id="container", started_at=at)
        )

    def exit(
        self, job_id: JobId, code: int | None = 0, *, attempt: int | None = None, reason: str | None = None
    ) -> None:
        number = AttemptNo(attempt or self._attempt(job_id))
        at = self.at()
        self.take(
            i.ContainerExited(
                at=at, job_id=job_id, attempt=number, exit_code=code, reason=reason, stopped_at=at
            )
        )

    def report_all(self, *reports: tuple[JobId, int | None]) -> None:
        """Several at once: a job that has started (None), or its exit code."""
        at = self.at()
        made: list[i.ContainerStarted | i.ContainerExited] = []
        for job_id, code in reports:
            number = AttemptNo(self._attempt(job_id))
            if code is None:
                made.append(i.ContainerStarted(at, job_id, number, "container", at))
            else:
                made.append(i.ContainerExited(at, job_id, number, code, None, at))
        self.take(i.ContainersReported(at, tuple(made)))

    def lose_host(self, job_id: JobId, status_reason: str = "Host EC2 (instance i-1) terminated.") -> None:
        at = self.at()
        number = AttemptNo(self._attempt(job_id))
        self.take(
            i.ContainerExited(
                at=at,
                job_id=job_id,
                attempt=number,
                exit_code=None,
                reason=None,
                stopped_at=at,
                status_reason=status_reason,
            )
        )

    def run(self, job_id: JobId, code: int = 0) -> None:
        self.start(job_id)
        self.exit(job_id, code)

    def cancel(self, job_id: str, reason: str = "cancelled") -> None:
        self.take(i.CancelJob(at=self.at(), job_id=JobId(job_id), reason=reason))

    def terminate(self, job_id: str, reason: str = "terminated") -> None:
        self.take(i.TerminateJob(at=self.at(), job_id=JobId(job_id), reason=reason))

    # --- steps: consumable resources

    def consumable(self, name: str = "license", total: int = 1, **params: Any) -> None:
        given = {"consumableResourceName": name, "totalQuantity": total, **params}
        self.take(i.CreateConsumableResource(at=self.at(), params=given))

    def update_consumable(self, name: str = "license", **params: Any) -> Any:
        given = {"consumableResource": name, **params}
        return self.take(i.UpdateConsumableResource(at=self.at(), params=given))

    def delete_consumable(self, name: str = "license") -> None:
        self.take(i.DeleteConsumableResource(at=self.at(), consumable_resource=name))

    # --- steps: service jobs

    def service_environment(self, name: str = "se", unit: str = TYPE, most: int = 2) -> None:
        params = {
            "serviceEnvironmentName": name,
            "serviceEnvironmentType": "SAGEMAKER_TRAINING",
            "capacityLimits": [limit(unit, most)],
        }
        self.take(i.CreateServiceEnvironment(at=self.at(), params=params))

    def update_service_environment(self, name: str = "se", **params: Any) -> None:
        self.take(i.UpdateServiceEnvironment(at=self.at(), params={"serviceEnvironment": name, **params}))

    def delete_service_environment(self, name: str = "se") -> None:
        self.take(i.DeleteServiceEnvironment(at=self.at(), service_environment=name))

    def policy(self, name: str = "policy", **policy: Any) -> str:
        """A quota share policy, unless told otherwise."""
        params = {
            "name": name,
            **(policy or {"quotaSharePolicy": {"idleResourceAssignmentStrategy": "FIFO"}}),
        }
        return str(self.take(i.CreateSchedulingPolicy(at=self.at(), params=params))["arn"])

    def fair_queue(
        self, name: str = "queue", environments: tuple[str, ...] = ("ce",), **fairshare: Any
    ) -> None:
        """A queue with a policy of its name."""
        self.queue(name, environments, schedulingPolicyArn=self.policy(name, fairsharePolicy=fairshare))

    def update_policy(self, name: str = "queue", **fairshare: Any) -> None:
        params = {"arn": self.world.arn("scheduling-policy", name), "fairsharePolicy": fairshare}
        self.take(i.UpdateSchedulingPolicy(at=self.at(), params=params))

    def service_queue(self, name: str = "training", environment: str = "se", **params: Any) -> None:
        given = {
            "jobQueueName": name,
            "priority": 1,
            "jobQueueType": "SAGEMAKER_TRAINING",
            "serviceEnvironmentOrder": [{"order": 1, "serviceEnvironment": environment}],
            **params,
        }
        self.take(i.CreateJobQueue(at=self.at(), params=given))

    def share(self, name: str = "share", queue: str = "training", most: int = 1, **params: Any) -> None:
        given = {
            "quotaShareName": name,
            "jobQueue": queue,
            "capacityLimits": [limit(TYPE, most)],
            "resourceSharingConfiguration": {"strategy": "RESERVE"},
            "preemptionConfiguration": {"inSharePreemption": "DISABLED"},
            **params,
        }
        self.take(i.CreateQuotaShare(at=self.at(), params=given))

    def update_share(self, name: str = "share", queue: str = "training", **params: Any) -> None:
        given = {"quotaShareArn": self.share_arn(name, queue), **params}
        self.take(i.UpdateQuotaShare(at=self.at(), params=given))

    def delete_share(self, name: str = "share", queue: str = "training") -> None:
        self.take(i.DeleteQuotaShare(at=self.at(), arn=self.share_arn(name, queue)))

    def train(self, *, instances: int = 1, queue: str = "training", **params: Any) -> JobId:
        """SubmitServiceJob."""
        self._ids += 1
        job_id = JobId(f"training-{self._ids}")
        request = {"ResourceConfig": {"InstanceType": TYPE, "InstanceCount": instances}}
        given = {
            "jobName": str(job_id),
            "jobQueue": queue,
            "serviceJobType": "SAGEMAKER_TRAINING",
            "serviceRequestPayload": json.dumps(request),
            **params,
        }
        self.take(
            i.SubmitServiceJob(at=self.at(), job_id=job_id, params=given, size_bytes=100, request=request)
        )
        return job_id

    def prioritise(self, job_id: str, priority: int) -> None:
        params = {"jobId": job_id, "schedulingPriority": priority}
        self.take(i.UpdateServiceJob(at=self.at(), params=params))

    def terminate_training(self, job_id: str, reason: str = "terminated") -> None:
        self.take(i.TerminateServiceJob(at=self.at(), job_id=JobId(job_id), reason=reason))

    def report(
        self, job_id: JobId, status: str, reason: str | None = None, *, attempt: int | None = None
    ) -> None:
        """What SageMaker says: Downloading, Training, Completed, Failed, Stopped."""
        if attempt is None:
            under_way = self.training(job_id).attempt
            attempt = under_way.number if under_way else 1
        self.take(
            i.TrainingReported(
                at=self.at(),
                job_id=job_id,
                attempt=AttemptNo(attempt),
                status=TrainingStatus(status),
                reason=reason,
            )
        )

    # --- steps: time
    def hold(self, *holds: Hold) -> None:
        """These, and no others."""
        self.take(i.SetHolds(at=self.at(), holds=holds))

    def pause(self, paused: bool = True) -> None:
        self.take(i.PauseScheduler(at=self.at(), paused=paused))

    def step(self, most: int = 1) -> int:
        return int(self.take(i.StepScheduler(at=self.at(), most=most)))

    def fire(self, purpose: str) -> None:
        """Let the earliest pending timer of a purpose fire, at its time."""
        due = [(at, key) for key, at in self.world.timers.items() if key.purpose == purpose]
        at, key = min(due, key=lambda each: each[0])
        self.now = max(self.now, at)
        self.take(i.TimerFired(at=Millis(self.now), timer=key))

    # --- looks

    def _attempt(self, job_id: JobId) -> int:
        attempt = self.job(job_id).attempt
        return attempt.number if attempt else 1

    def job(self, job_id: JobId) -> Job:
        return self.world.jobs[job_id]

    def training(self, job_id: JobId) -> ServiceJob:
        return self.world.service_jobs[job_id]

    def license(self, name: str = "license") -> ConsumableResource:
        return self.world.consumables[name]

    def stock(self, name: str = "license") -> tuple[int, int]:
        """In all, and in use."""
        found = self.license(name)
        return found.total_quantity, found.in_use_quantity

    def share_arn(self, name: str = "share", queue: str = "training") -> str:
        return f"{self.world.arn('job-queue', queue)}/quota-share/{name}"

    def quota_share(self, name: str = "share") -> QuotaShare:
        return self.world.quota_shares[self.share_arn(name)]

    def status(self, *job_ids: JobId) -> Any:
        jobs: dict[JobId, Any] = {**self.world.jobs, **self.world.service_jobs}
        found = [str(jobs[job_id].status) for job_id in job_ids]
        return found[0] if len(found) == 1 else found

    def started(self) -> list[StartContainer]:
        return [effect for effect in self.effects if isinstance(effect, StartContainer)]

    def stopped(self) -> list[JobId]:
        return [effect.key.job_id for effect in self.effects if isinstance(effect, StopContainer)]

    def trained(self) -> list[StartTraining]:
        return [effect for effect in self.effects if isinstance(effect, StartTraining)]

    def training_stopped(self) -> list[JobId]:
        return [effect.key.job_id for effect in self.effects if isinstance(effect, StopTraining)]

    def timers(self) -> list[SetTimer]:
        return [effect for effect in self.effects if isinstance(effect, SetTimer)]

    def pending(self) -> list[TimerKey]:
        """The timers that are armed, but for those by which what is over is forgotten."""
        return [key for key in self.world.timers if key.purpose != retention.PURPOSE]

    def path(self, job_id: JobId) -> list[str]:
        """Every status that a job was announced in."""
        return [
            str(fact.after)
            for fact in self.effects
            if isinstance(fact, JobStatusChanged | ServiceJobStatusChanged) and fact.job_id == job_id
        ]

    def used(self, name: str = "ce") -> float:
        return self.world.environments[name].used_vcpus


SUCCEEDED = [str(each) for each in (JobStatus.SUBMITTED, JobStatus.RUNNABLE, JobStatus.STARTING)] + [
    "RUNNING",
    "SUCCEEDED",
]
