"""Every member that RegisterJobDefinition takes is given back by DescribeJobDefinitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batchemu.wire.model import operation_model
from tests.api.answers import body
from tests.api.conftest import BATCH
from tests.api.definitions import ROLE, Members, amounts, described
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.conftest import Batch

SECRET = {"name": "S", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/s"}
CONSUMABLES = {"consumableResourceList": [{"consumableResource": "license", "quantity": 2}]}
COMMON: Members = {
    "jobDefinitionName": "full",
    "parameters": {"word": "x"},
    "schedulingPriority": 3,
    "retryStrategy": {
        "attempts": 3,
        "evaluateOnExit": [
            {"onStatusReason": "Host EC2*", "onReason": "*", "onExitCode": "1*", "action": "RETRY"}
        ],
    },
    "timeout": {"attemptDurationSeconds": 60},
    "tags": {"a": "b"},
    "consumableResourceProperties": CONSUMABLES,
}
VOLUMES = [
    {"name": "host", "host": {"sourcePath": "/tmp"}},
    {
        "name": "efs",
        "efsVolumeConfiguration": {
            "fileSystemId": "fs-12345678",
            "rootDirectory": "/",
            "transitEncryption": "ENABLED",
            "transitEncryptionPort": 2049,
            "authorizationConfig": {"accessPointId": "fsap-1", "iam": "ENABLED"},
        },
    },
    {
        "name": "s3",
        "s3filesVolumeConfiguration": {
            "fileSystemArn": "arn:aws:s3files:us-east-1:123456789012:file-system/fs-1",
            "rootDirectory": "/",
            "transitEncryptionPort": 2049,
            "accessPointArn": "arn:aws:s3files:us-east-1:123456789012:access-point/fsap-1",
        },
    },
]
# What a container of containerProperties and one of ecsProperties have in common.
IMAGE: Members = {
    "image": "busybox",
    "command": ["echo", "Ref::word"],
    "environment": [{"name": "A", "value": "1"}],
    "mountPoints": [{"sourceVolume": "host", "containerPath": "/v", "readOnly": True}],
    "secrets": [SECRET],
    "user": "nobody",
    "readonlyRootFilesystem": True,
    "repositoryCredentials": {"credentialsParameter": "arn:aws:secretsmanager:x"},
    "logConfiguration": {
        "logDriver": "splunk",
        "options": {"splunk-url": "http://x"},
        "secretOptions": [SECRET],
    },
}
ON_EC2: Members = {
    "privileged": True,
    "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
    "linuxParameters": {
        "devices": [{"hostPath": "/dev/fuse", "containerPath": "/dev/fuse", "permissions": ["READ"]}],
        "initProcessEnabled": True,
        "sharedMemorySize": 64,
        "tmpfs": [{"containerPath": "/t", "size": 8, "mountOptions": ["rw"]}],
        "maxSwap": 9,
        "swappiness": 60,
    },
}
CONTAINER_ON_EC2: Members = {
    **IMAGE,
    **ON_EC2,
    "vcpus": 1,
    "memory": 128,
    "jobRoleArn": ROLE,
    "executionRoleArn": ROLE,
    "volumes": VOLUMES,
    "instanceType": "c5.large",
    "resourceRequirements": [{"type": "GPU", "value": "1"}],
    "enableExecuteCommand": True,
}
ON_FARGATE: Members = {
    "networkConfiguration": {"assignPublicIp": "ENABLED"},
    "ephemeralStorage": {"sizeInGiB": 21},
    "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "ARM64"},
}
CONTAINER_ON_FARGATE: Members = {
    **IMAGE,
    **ON_FARGATE,
    **amounts("0.25", "512"),
    "executionRoleArn": ROLE,
    "volumes": [],
    "ulimits": [],
    "fargatePlatformConfiguration": {"platformVersion": "1.4.0"},
}
TASK_CONTAINERS: list[Members] = [
    {
        **IMAGE,
        **ON_EC2,
        **amounts("1", "128"),
        "name": "main",
        "essential": True,
        "dependsOn": [{"containerName": "side", "condition": "SUCCESS"}],
        "logConfiguration": {"logDriver": "awsfirelens", "options": {}, "secretOptions": []},
        "startTimeout": 2,
        "stopTimeout": 2,
    },
    {
        **IMAGE,
        **ON_EC2,
        **amounts("1", "128"),
        "name": "side",
        "essential": False,
        "dependsOn": [],
        "firelensConfiguration": {"type": "fluentbit", "options": {"enable-ecs-log-metadata": "true"}},
    },
]
TASK: Members = {
    "containers": TASK_CONTAINERS,
    "executionRoleArn": ROLE,
    "taskRoleArn": ROLE,
    "ipcMode": "task",
    "pidMode": "task",
    "volumes": VOLUMES,
    "enableExecuteCommand": False,
}
FARGATE_TASK: Members = {
    **ON_FARGATE,
    "containers": [
        {
            **IMAGE,
            **amounts("0.25", "512"),
            "essential": True,
            "dependsOn": [],
            "ulimits": [],
        }
    ],
    "executionRoleArn": ROLE,
    "platformVersion": "1.4.0",
    "volumes": [],
}
MANAGED_TASK: Members = {**TASK, "networkMode": "host"}
SECCOMP = {"type": "Localhost", "localhostProfile": "profiles/audit.json"}
POD_CONTAINER: Members = {
    "name": "main",
    "image": "busybox",
    "imagePullPolicy": "Never",
    "command": ["echo"],
    "args": ["a"],
    "env": [{"name": "A", "value": "1"}],
    "resources": {
        "limits": {"cpu": "1", "memory": "4Mi", "nvidia.com/gpu": "1"},
        "requests": {"cpu": "0.5", "memory": "4Mi", "nvidia.com/gpu": "1"},
    },
    "volumeMounts": [{"name": "empty", "mountPath": "/v", "subPath": "a", "readOnly": True}],
    "securityContext": {
        "runAsUser": 1,
        "runAsGroup": 1,
        "privileged": False,
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "capabilities": {"add": ["NET_ADMIN"], "drop": ["ALL"]},
        "seccompProfile": SECCOMP,
    },
}
POD: Members = {
    "serviceAccountName": "batch",
    "hostNetwork": False,
    "dnsPolicy": "ClusterFirst",
    "imagePullSecrets": [{"name": "registry"}],
    "containers": [POD_CONTAINER],
    "initContainers": [{**POD_CONTAINER, "name": "first"}],
    "volumes": [
        {"name": "host", "hostPath": {"path": "/tmp"}},
        {"name": "empty", "emptyDir": {"medium": "Memory", "sizeLimit": "8Mi"}},
        {"name": "secret", "secret": {"secretName": "s", "optional": True}},
        {"name": "claim", "persistentVolumeClaim": {"claimName": "c", "readOnly": True}},
    ],
    "metadata": {"labels": {"team": "a"}, "annotations": {"note": "b"}, "namespace": "jobs"},
    "shareProcessNamespace": True,
    "securityContext": {
        "runAsUser": 1,
        "runAsGroup": 1,
        "runAsNonRoot": True,
        "seccompProfile": SECCOMP,
        "fsGroup": 1,
    },
}
EKS = {"podProperties": POD}


def nodes(*ranges: Members) -> Members:
    return {"numNodes": 2, "mainNode": 1, "nodeRangeProperties": list(ranges)}


SINGLE: Members = {**COMMON, "type": "container"}
REQUESTS: dict[str, Members] = {
    "container on EC2": {
        **SINGLE,
        "containerProperties": CONTAINER_ON_EC2,
        "platformCapabilities": ["EC2"],
        "propagateTags": False,
    },
    "container on Fargate": {
        **SINGLE,
        "containerProperties": CONTAINER_ON_FARGATE,
        "platformCapabilities": ["FARGATE"],
        "propagateTags": True,
    },
    "task on EC2": {**SINGLE, "ecsProperties": {"taskProperties": [TASK]}, "propagateTags": True},
    "task on Fargate": {
        **SINGLE,
        "ecsProperties": {"taskProperties": [FARGATE_TASK]},
        "platformCapabilities": ["FARGATE"],
    },
    "task on managed instances": {
        **SINGLE,
        "ecsProperties": {"taskProperties": [MANAGED_TASK]},
        "platformCapabilities": ["MANAGED_INSTANCES"],
    },
    "pod": {**SINGLE, "eksProperties": EKS, "propagateTags": False},
    "nodes on EC2": {
        **COMMON,
        "type": "multinode",
        "nodeProperties": nodes(
            {
                "targetNodes": "0",
                "container": CONTAINER_ON_EC2,
                "consumableResourceProperties": CONSUMABLES,
            },
            {
                "targetNodes": "1:",
                "ecsProperties": {"taskProperties": [TASK]},
                "instanceTypes": ["c5.large"],
            },
        ),
        "platformCapabilities": ["EC2"],
        "propagateTags": True,
    },
    "nodes on EKS": {
        **COMMON,
        "type": "multinode",
        "nodeProperties": nodes({"targetNodes": "0:1", "eksProperties": EKS}),
    },
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
@aws.documented("model: RegisterJobDefinitionRequest and JobDefinition, which have the same members")
def test_what_is_registered_is_described(batch: Batch, request_: Members) -> None:
    arn = f"{BATCH}:job-definition/full:1"
    made = body(batch.client.register_job_definition(**request_))
    assert made == {"jobDefinitionName": "full", "jobDefinitionArn": arn, "revision": 1}
    assert described(batch) == [
        {
            **request_,
            "jobDefinitionArn": arn,
            "revision": 1,
            "status": "ACTIVE",
            "containerOrchestrationType": "EKS" if "podProperties" in str(request_) else "ECS",
        }
    ]


@aws.documented("model: RegisterJobDefinitionRequest")
def test_no_member_is_forgotten_above() -> None:
    shape = operation_model("RegisterJobDefinition").input_shape
    sent = {member for request in REQUESTS.values() for member in _sent(shape, request)}
    assert _known(shape, set()) - sent == set()


def _sent(shape: Any, value: Any) -> Iterator[tuple[str, str]]:
    """The members, as (structure, member), that a value sets."""
    if shape.type_name == "structure":
        for name, item in value.items():
            yield shape.name, name
            yield from _sent(shape.members[name], item)
    elif shape.type_name == "list":
        for item in value:
            yield from _sent(shape.member, item)


def _known(shape: Any, found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The members of a shape and of all that it holds."""
    if shape.type_name == "list":
        _known(shape.member, found)
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            found.add((shape.name, name))
            _known(member, found)
    return found
