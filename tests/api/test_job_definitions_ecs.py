"""Job definitions with ecsProperties: one task of one to ten containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import client_error, ignored, inner, kind
from tests.api.conftest import ONE_VCPU
from tests.api.definitions import (
    PREFLIGHT,
    ROLE,
    TF,
    Case,
    Members,
    amounts,
    described,
    of_kind,
    register_kind,
)
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

AWSFIRELENS = {"logConfiguration": {"logDriver": "awsfirelens"}}


def container(name: str = "main", **members: Any) -> Members:
    return {"name": name, "image": "busybox", "resourceRequirements": ONE_VCPU, **members}


def task(*containers: Members, **members: Any) -> Members:
    return {"containers": list(containers or [container()]), **members}


def register(batch: Batch, *tasks: Members, **members: Any) -> Members:
    return register_kind(batch, "ecsProperties", {"taskProperties": list(tasks)}, **members)


def starts(target: str) -> Members:
    return {"containerName": target, "condition": "START"}


def depending(condition: str, target: str = "side", **of_target: Any) -> Members:
    dependency = {"containerName": target, "condition": condition}
    return task(container(dependsOn=[dependency]), container("side", **of_target))


def answered(*containers: Members, **members: Any) -> Members:
    """The ecsProperties that AWS gives back."""
    lists: Members = {
        name: [] for name in ("command", "dependsOn", "environment", "mountPoints", "secrets", "ulimits")
    }
    filled = [{**lists, "essential": True, **each} for each in containers]
    return {"taskProperties": [{"containers": filled, "volumes": [], **members}]}


# --- defaults


@aws.documented(f"{TF}/ecs_properties.go")
def test_containers_gain_lists_and_are_essential(batch: Batch) -> None:
    register(batch, task())
    assert described(batch) == [of_kind("ecsProperties", answered(container()))]


@aws.documented(f"{TF}/ecs_properties.go")
def test_on_fargate_the_platform_version_is_the_latest(batch: Batch) -> None:
    sent = container(**amounts("0.25", "512"))
    register(batch, task(sent, executionRoleArn=ROLE), platformCapabilities=["FARGATE"])
    properties = answered(sent, executionRoleArn=ROLE, platformVersion="LATEST")
    assert described(batch) == [of_kind("ecsProperties", properties, platformCapabilities=["FARGATE"])]


@aws.documented(f"{TF}/ecs_properties.go")
def test_lists_are_added_inside_given_objects(batch: Batch) -> None:
    given = container(
        environment=[{"name": "A", "value": ""}, {"name": "B", "value": "b"}],
        essential=False,
        logConfiguration={"logDriver": "awslogs"},
        linuxParameters={"devices": [{"hostPath": "/dev/fuse"}]},
    )
    register(batch, task(given, container("side")))
    filled = {
        **given,
        "environment": [{"name": "B", "value": "b"}],
        "logConfiguration": {"logDriver": "awslogs", "options": {}, "secretOptions": []},
        "linuxParameters": {"devices": [{"hostPath": "/dev/fuse", "permissions": []}], "tmpfs": []},
    }
    assert described(batch) == [of_kind("ecsProperties", answered(filled, container("side")))]


@pytest.mark.parametrize(
    ("capability", "properties"),
    [
        ("EC2", task(container(), container("b", essential=False), ipcMode="task", pidMode="host")),
        ("EC2", depending("START")),
        ("EC2", depending("SUCCESS", essential=False)),
        ("EC2", task({"image": "busybox", "resourceRequirements": ONE_VCPU})),
        ("EC2", task(container(firelensConfiguration={"type": "fluentbit"}), container("b", **AWSFIRELENS))),
        ("MANAGED_INSTANCES", task(networkMode="host", runtimePlatform={"cpuArchitecture": "ARM64"})),
        (
            "FARGATE",
            task(
                container(**amounts("1.0", "2048")),
                container("b", **amounts("1.0", "2048")),
                executionRoleArn=ROLE,
            ),
        ),
    ],
)
@aws.documented(
    "model: EcsTaskProperties, TaskContainerProperties; https://docs.aws.amazon.com/batch/latest/"
    "userguide/ecs-managed-instances-job-definitions.html"
)
def test_what_the_rules_allow_is_registered(batch: Batch, capability: str, properties: Members) -> None:
    register(batch, properties, platformCapabilities=[capability])
    assert len(described(batch)) == 1


# --- what RegisterJobDefinition refuses

REFUSED: list[Case] = [
    ({"containers": []}, "Number of containers must be between 1 and 10"),
    (task(*(container(str(n)) for n in range(11))), "Number of containers must be between 1 and 10"),
    (task(container(), container()), "Container names must be unique"),
    (task(container(essential=False)), "At least one container must be set as essential"),
    (
        task(container(dependsOn=[{"containerName": "main", "condition": "START"}])),
        "Container dependency can not be used in a single-container job.",
    ),
    (depending("START", "nobody"), "containerName nobody must reference a defined container."),
    (
        depending("HEALTHY"),
        "TaskContainer dependency HEALTHY is not valid. Valid values are: [START, COMPLETE, SUCCESS]",
    ),
    (
        depending("COMPLETE"),
        "The container target of a dependency can not have condition COMPLETE "
        "if the target container side is essential.",
    ),
    (
        depending("SUCCESS", essential=True),
        "The container target of a dependency can not have condition SUCCESS "
        "if the target container side is essential.",
    ),
    (task(ipcMode="none of it"), "ipcMode none of it is not valid. Valid values are: [host, task, none]"),
    (task(pidMode="none"), "Capability none is not valid. Valid capabilities: [host, task]"),
    (
        task(container(firelensConfiguration={"type": "fluentd"})),
        "When a firelensConfiguration object is specified, at least one container has to be configured "
        "with the awsfirelens log driver",
    ),
    (task(container(image="")), "ECS Container Image must be provided."),
    (task(container(resourceRequirements=[])), "vCPU is required."),
    (task(container(environment=[{"value": "x"}])), "Environment variable name is required."),
    (
        task(container(secrets=[{"name": "s", "valueFrom": "x"}])),
        "executionRoleArn cannot be empty when using secrets or secretOptions",
    ),
    (
        task(volumes=[{"name": "v", "s3filesVolumeConfiguration": {"fileSystemArn": "arn:aws:s3files:x"}}]),
        "A jobRoleArn/taskRoleArn is required when using s3filesVolumeConfiguration.",
    ),
]
ON_FARGATE: list[Case] = [
    ({"executionRoleArn": ""}, "executionRoleArn is required for Fargate jobs."),
    (task(container(), container("b")), "Fargate resource requirements (2.00 vCPU, 256 MiB) not valid."),
    (
        {"volumes": [{"name": "v", "host": {"sourcePath": "/"}}]},
        "host.sourcePath should not be set for volumes in Fargate.",
    ),
    (
        {
            "volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-12345678"}}],
            "platformVersion": "1.3.0",
        },
        "EFS is supported for Fargate platform versions 1.4.0 or later, provided 1.3.0.",
    ),
]
ASSUMED: list[tuple[str, tuple[Members, ...]]] = [
    ("EC2", ()),
    ("EC2", (task(), task())),
    ("EC2", (task(container(stopTimeout=1)),)),
    ("EC2", (task(container(startTimeout=1)),)),
    ("EC2", (task(networkMode="host"),)),
    ("EC2", (task(networkConfiguration={"assignPublicIp": "ENABLED"}),)),
    ("EC2", (task(runtimePlatform={"cpuArchitecture": "ARM64"}),)),
    ("EC2", (task(container(dependsOn=[{"containerName": "side"}]), container("side")),)),
    ("EC2", (task(container(dependsOn=[starts("main")]), container("side")),)),
    ("EC2", (task(container(dependsOn=[starts("side")]), container("side", dependsOn=[starts("main")])),)),
    ("FARGATE", (task(container(**amounts("1", "2048")), executionRoleArn=ROLE, ipcMode="task"),)),
    ("FARGATE", (task(container(**amounts("1", "2048"), stopTimeout=121), executionRoleArn=ROLE),)),
    ("MANAGED_INSTANCES", (task(networkMode="bridge"),)),
    ("MANAGED_INSTANCES", (task(networkConfiguration={"assignPublicIp": "ENABLED"}),)),
    ("MANAGED_INSTANCES", (task(container(logConfiguration={"logDriver": "syslog"})),)),
    ("MANAGED_INSTANCES", (task(runtimePlatform={"cpuArchitecture": "SPARC"}),)),
]


@pytest.mark.parametrize(("properties", "text"), REFUSED)
@aws.recorded(PREFLIGHT)
def test_a_task_that_cannot_be_is_refused(batch: Batch, refused: Any, properties: Members, text: str) -> None:
    assert inner(refused(lambda: register(batch, properties))) == client_error(text)
    assert described(batch) == []


@pytest.mark.parametrize(("members", "text"), ON_FARGATE)
@aws.recorded(PREFLIGHT)
def test_what_fargate_cannot_do_is_refused(batch: Batch, refused: Any, members: Members, text: str) -> None:
    properties = {**task(container(**amounts("1", "2048")), executionRoleArn=ROLE), **members}
    answer = refused(lambda: register(batch, properties, platformCapabilities=["FARGATE"]))
    assert inner(answer) == client_error(text)
    assert described(batch) == []


@aws.recorded(PREFLIGHT)
def test_managed_instances_run_linux(batch: Batch, refused: Any) -> None:
    properties = task(runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"})
    answer = refused(lambda: register(batch, properties, platformCapabilities=["MANAGED_INSTANCES"]))
    assert inner(answer) == client_error(
        "runtimePlatform for MANAGED_INSTANCES only supports LINUX operating system family."
    )


@pytest.mark.parametrize(("capability", "tasks"), ASSUMED)
@aws.assumed("the rules are botocore's model's, the sentences are not known")
def test_rules_without_a_known_sentence_hold(
    batch: Batch, refused: Any, capability: str, tasks: tuple[Members, ...]
) -> None:
    answer = refused(lambda: register(batch, *tasks, platformCapabilities=[capability]))
    assert kind(answer) == ("ClientException", 400)
    assert described(batch) == []


# --- jobs


@aws.emulator_only
def test_the_kind_is_named_as_without_effect(batch: Batch) -> None:
    assert ignored(register(batch, task())) == ["ecsProperties"]


@aws.emulator_only
def test_a_job_of_it_is_not_there_yet(batch: Batch, refused: Any) -> None:
    batch.ready()
    register(batch, task(), jobDefinitionName="ecs")
    answer = refused(lambda: batch.submit(jobDefinition="ecs"))
    assert answer == (
        "NotImplemented",
        501,
        "batchemu does not implement jobs of ecsProperties job definitions yet",
    )


@aws.assumed("containerOverrides are for containerProperties (model); AWS's sentence is not known")
def test_container_overrides_are_refused(batch: Batch, refused: Any) -> None:
    batch.ready()
    register(batch, task(), jobDefinitionName="ecs")
    answer = refused(lambda: batch.submit(jobDefinition="ecs", containerOverrides={"command": ["a"]}))
    assert kind(answer) == ("ClientException", 400)
