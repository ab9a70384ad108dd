"""boto3 against an emulator in this process: scripted outcomes, a clock that stands still."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

import batchemu
from batchemu.runtime.plans import Plan
from tests.examples import EC2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.emulator import Emulator

FARGATE = {"type": "FARGATE", "maxvCpus": 4, "subnets": ["subnet-1"], "securityGroupIds": ["sg-1"]}
ONE_VCPU = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "128"}]
ACCOUNT = "123456789012"
BATCH = f"arn:aws:batch:us-east-1:{ACCOUNT}"
INSTANCE = "ml.m5.large"
PAYLOAD = json.dumps(
    {"TrainingJobName": "train", "ResourceConfig": {"InstanceType": INSTANCE, "InstanceCount": 1}}
)


def quota_share(**members: Any) -> dict[str, Any]:
    """A CreateQuotaShare request."""
    return {
        "quotaShareName": "share",
        "jobQueue": "training",
        "capacityLimits": [{"maxCapacity": 1, "capacityUnit": INSTANCE}],
        "resourceSharingConfiguration": {"strategy": "RESERVE"},
        "preemptionConfiguration": {"inSharePreemption": "DISABLED"},
        **members,
    }


def needs(**quantities: int) -> dict[str, Any]:
    """consumableResourceProperties."""
    wanted = [{"consumableResource": name, "quantity": quantity} for name, quantity in quantities.items()]
    return {"consumableResourceList": wanted}


@dataclass
class Batch:
    """A boto3 client and the few lines that every test begins with."""

    emulator: Emulator
    client: Any

    def environment(self, name: str = "ce", **resources: Any) -> str:
        made = self.client.create_compute_environment(
            computeEnvironmentName=name, type="MANAGED", computeResources={**EC2, **resources}
        )
        return str(made["computeEnvironmentArn"])

    def queue(
        self,
        name: str = "queue",
        environments: tuple[str, ...] = ("ce",),
        priority: int = 1,
        **members: Any,
    ) -> str:
        order = [{"order": n, "computeEnvironment": each} for n, each in enumerate(environments)]
        made = self.client.create_job_queue(
            jobQueueName=name, priority=priority, computeEnvironmentOrder=order, **members
        )
        return str(made["jobQueueArn"])

    def definition(self, name: str = "definition", container: Any = None, **members: Any) -> str:
        properties = {"image": "busybox", "resourceRequirements": ONE_VCPU, **(container or {})}
        made = self.client.register_job_definition(
            jobDefinitionName=name, type="container", containerProperties=properties, **members
        )
        return str(made["jobDefinitionArn"])

    def ready(self) -> None:
        """Compute environment ``ce`` (4 vCPUs), job queue ``queue``, job definition ``definition``."""
        self.environment()
        self.queue()
        self.definition()

    def plan(self, **members: Any) -> None:
        """An outcome: ``jobName``, ``exitCode``, ``durationSeconds``, ``logs``, ..."""
        self.emulator.plans.add(Plan.from_json(members))

    def submit(self, name: str = "job", **members: Any) -> str:
        made = self.client.submit_job(
            **{"jobName": name, "jobQueue": "queue", "jobDefinition": "definition", **members}
        )
        return str(made["jobId"])

    def job(self, job_id: str) -> dict[str, Any]:
        (found,) = self.client.describe_jobs(jobs=[job_id])["jobs"]
        return dict(found)

    def status(self, job_id: str) -> str:
        return str(self.job(job_id)["status"])

    # --- fair share, consumable resources

    def policy(self, name: str = "policy", **members: Any) -> str:
        """A fair-share policy, unless told otherwise."""
        return str(self.client.create_scheduling_policy(name=name, **members)["arn"])

    def quota_policy(self, name: str = "quotas") -> str:
        return self.policy(name, quotaSharePolicy={"idleResourceAssignmentStrategy": "FIFO"})

    def consumable(self, name: str = "license", total: int = 1, **members: Any) -> str:
        made = self.client.create_consumable_resource(
            consumableResourceName=name, totalQuantity=total, **members
        )
        return str(made["consumableResourceArn"])

    # --- service jobs

    def service_environment(
        self, name: str = "se", unit: str = "NUM_INSTANCES", most: int = 1, **members: Any
    ) -> str:
        made = self.client.create_service_environment(
            serviceEnvironmentName=name,
            serviceEnvironmentType="SAGEMAKER_TRAINING",
            capacityLimits=[{"maxCapacity": most, "capacityUnit": unit}],
            **members,
        )
        return str(made["serviceEnvironmentArn"])

    def service_queue(self, name: str = "training", environment: str = "se", **members: Any) -> str:
        made = self.client.create_job_queue(
            **{
                "jobQueueName": name,
                "priority": 1,
                "jobQueueType": "SAGEMAKER_TRAINING",
                "serviceEnvironmentOrder": [{"order": 1, "serviceEnvironment": environment}],
                **members,
            }
        )
        return str(made["jobQueueArn"])

    def service_ready(self, most: int = 1) -> None:
        """Service environment ``se`` of some instances and the job queue ``training`` before it."""
        self.service_environment(most=most)
        self.service_queue()

    def quota_ready(self, most: int = 2) -> str:
        """Service environment ``se`` of ``ml.m5.large``, queue ``training`` and quota share ``share`` of 1;
        the ARN of the share."""
        self.service_environment(unit=INSTANCE, most=most)
        self.service_queue(schedulingPolicyArn=self.quota_policy())
        return self.share()

    def share(self, name: str = "share", **members: Any) -> str:
        made = self.client.create_quota_share(**quota_share(quotaShareName=name, **members))
        return str(made["quotaShareArn"])

    def train(self, name: str = "job", **members: Any) -> str:
        """SubmitServiceJob: one ``ml.m5.large``."""
        made = self.client.submit_service_job(
            **{
                "jobName": name,
                "jobQueue": "training",
                "serviceJobType": "SAGEMAKER_TRAINING",
                "serviceRequestPayload": PAYLOAD,
                **members,
            }
        )
        return str(made["jobId"])

    def training(self, job_id: str) -> dict[str, Any]:
        found = self.client.describe_service_job(jobId=job_id)
        return {key: value for key, value in found.items() if key != "ResponseMetadata"}

    def training_status(self, job_id: str) -> str:
        return str(self.training(job_id)["status"])

    def advance(self, seconds: float) -> None:
        self.emulator.clock.advance(seconds)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with batchemu.start(runtime="scripted", clock="manual") as running:
        yield running


@pytest.fixture
def batch(emulator: Emulator) -> Iterator[Batch]:
    client = emulator.client()
    yield Batch(emulator, client)
    client.close()
    emulator.reset()


@pytest.fixture
def refused() -> Any:
    """``refused(call, **members)``: code, HTTP status and message of the error that a call ends in."""
    from botocore.exceptions import ClientError

    def run(call: Any, **members: Any) -> tuple[str, int, str]:
        with pytest.raises(ClientError) as caught:
            call(**members)
        error = caught.value.response
        return (
            error["Error"]["Code"],
            error["ResponseMetadata"]["HTTPStatusCode"],
            error["Error"]["Message"],
        )

    return run
