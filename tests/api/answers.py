"""Whole answers of AWS Batch, and how to compare them: what is drawn at random is checked, then masked."""

from __future__ import annotations

import re
from typing import Any

from tests.api.conftest import ACCOUNT, BATCH, ONE_VCPU

UUID3 = r"[0-9a-f]{8}-[0-9a-f]{4}-3[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
UUID4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
SERVICE_LINKED_ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
)
EXITED = "Essential container in task exited"
_WRAPPED = re.compile(r"Error executing request, Exception : (.*), RequestId: [0-9a-f-]{36}", re.DOTALL)

Answer = tuple[str, int, str]


def client_error(text: str) -> Answer:
    return "ClientException", 400, text


def inner(answer: Answer) -> Answer:
    """The error with its text taken out of AWS's wrapping, which must be there."""
    code, status, message = answer
    found = _WRAPPED.fullmatch(message)
    assert found, f"not wrapped: {message}"
    return code, status, found[1]


def kind(answer: Answer) -> tuple[str, int]:
    """The error without its text, where nobody knows AWS's."""
    return answer[:2]


def ignored(made: dict[str, Any]) -> list[str]:
    """The members that the answer says have no effect."""
    text = made["ResponseMetadata"]["HTTPHeaders"].get("x-batchemu-ignored", "")
    return text.split(", ") if text else []


def body(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def masked(detail: dict[str, Any]) -> dict[str, Any]:
    """A compute environment's detail with its two ids checked and taken out."""
    assert re.fullmatch(UUID3, detail["uuid"])
    cluster, found = re.subn(f"{UUID3}$", "<uuid>", detail["ecsClusterArn"])
    assert found == 1
    return {**detail, "uuid": "<uuid>", "ecsClusterArn": cluster}


def environment_detail(name: str = "ce", **members: Any) -> dict[str, Any]:
    """What DescribeComputeEnvironments answers for one that is MANAGED, with AWS's defaults."""
    return {
        "computeEnvironmentName": name,
        "computeEnvironmentArn": f"{BATCH}:compute-environment/{name}",
        "ecsClusterArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/AWSBatch-{name}-<uuid>",
        "tags": {},
        "type": "MANAGED",
        "state": "ENABLED",
        "status": "VALID",
        "statusReason": "ComputeEnvironment Healthy",
        "serviceRole": SERVICE_LINKED_ROLE,
        "containerOrchestrationType": "ECS",
        "uuid": "<uuid>",
        **members,
    }


def queue_detail(name: str = "queue", environments: tuple[str, ...] = ("ce",), **members: Any) -> Any:
    return {
        "jobQueueName": name,
        "jobQueueArn": f"{BATCH}:job-queue/{name}",
        "state": "ENABLED",
        "status": "VALID",
        "statusReason": "JobQueue Healthy",
        "priority": 1,
        "computeEnvironmentOrder": [
            {"order": n, "computeEnvironment": f"{BATCH}:compute-environment/{each}"}
            for n, each in enumerate(environments)
        ],
        "tags": {},
        "jobStateTimeLimitActions": [],
        **members,
    }


def container_properties(**members: Any) -> dict[str, Any]:
    """containerProperties with the empty lists that AWS adds."""
    return {
        "image": "busybox",
        "command": [],
        "volumes": [],
        "environment": [],
        "mountPoints": [],
        "ulimits": [],
        "resourceRequirements": ONE_VCPU,
        "secrets": [],
        **members,
    }


def definition_detail(
    name: str = "definition", revision: int = 1, container: Any = None, **members: Any
) -> Any:
    return {
        "jobDefinitionName": name,
        "jobDefinitionArn": f"{BATCH}:job-definition/{name}:{revision}",
        "revision": revision,
        "status": "ACTIVE",
        "type": "container",
        "parameters": {},
        "containerProperties": container_properties(**(container or {})),
        "tags": {},
        "containerOrchestrationType": "ECS",
        **members,
    }


def job_detail(job_id: str, container: Any = None, **members: Any) -> dict[str, Any]:
    """What DescribeJobs answers for a job that has not started: the keys of a real RUNNABLE job."""
    return {
        "jobArn": f"{BATCH}:job/{job_id}",
        "jobName": "job",
        "jobId": job_id,
        "jobQueue": f"{BATCH}:job-queue/queue",
        "status": "RUNNABLE",
        "attempts": [],
        "dependsOn": [],
        "jobDefinition": f"{BATCH}:job-definition/definition:1",
        "parameters": {},
        "container": {**container_properties(networkInterfaces=[]), **(container or {})},
        "tags": {},
        "platformCapabilities": [],
        "eksAttempts": [],
        **members,
    }


def run(detail: dict[str, Any]) -> dict[str, Any]:
    """What an attempt adds to ``container``: its ids, checked, so that the rest can be compared."""
    task = detail["container"]["taskArn"]
    assert re.fullmatch(rf"arn:aws:ecs:us-east-1:{ACCOUNT}:task/AWSBatch-ce-{UUID3}/[0-9a-f]{{32}}", task)
    stream = f"definition/default/{task.rpartition('/')[2]}"
    return {"taskArn": task, "logStreamName": stream}
