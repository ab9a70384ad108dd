"""Job definitions with containerProperties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import client_error, container_properties, definition_detail, inner, kind
from tests.api.conftest import ONE_VCPU
from tests.api.definitions import FARGATE, PREFLIGHT, ROLE, TF, Case, Members, amounts, described, register
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

REGISTER = "https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html"


# --- defaults


@aws.recorded("a DescribeJobDefinitions answer of October 2025 in a public repository")
def test_a_definition_is_answered_with_awss_defaults_and_nothing_invented(batch: Batch) -> None:
    batch.definition()
    assert described(batch) == [definition_detail()]


@aws.recorded("a DescribeJobDefinitions answer of October 2025 in a public repository")
def test_deprecated_vcpus_and_memory_stay_as_sent(batch: Batch) -> None:
    register(batch, containerProperties={"image": "busybox", "vcpus": 1, "memory": 512})
    container = {"vcpus": 1, "memory": 512, "resourceRequirements": []}
    assert described(batch) == [definition_detail(container=container)]


@aws.recorded("a DescribeJobDefinitions answer of October 2025 in a public repository")
def test_a_full_definition_is_answered_as_sent(batch: Batch) -> None:
    container: Members = {
        "command": ["echo", "Ref::word"],
        "jobRoleArn": ROLE,
        "executionRoleArn": ROLE,
        "environment": [{"name": "A", "value": "1"}],
        "volumes": [{"name": "v", "host": {"sourcePath": "/tmp"}}],
        "mountPoints": [{"sourceVolume": "v", "containerPath": "/v", "readOnly": True}],
        "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
        "user": "nobody",
        "privileged": True,
        "readonlyRootFilesystem": True,
        "resourceRequirements": [*ONE_VCPU, {"type": "GPU", "value": "1"}],
        "secrets": [{"name": "S", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/s"}],
    }
    members: Members = {
        "parameters": {"word": "x"},
        "timeout": {"attemptDurationSeconds": 60},
        "tags": {"a": "b"},
        "propagateTags": False,
        "platformCapabilities": ["EC2"],
        "schedulingPriority": 3,
    }
    register(
        batch,
        containerProperties={"image": "busybox", **container},
        retryStrategy={"attempts": 3},
        **members,
    )
    strategy = {"attempts": 3, "evaluateOnExit": []}
    assert described(batch) == [definition_detail(container=container, retryStrategy=strategy, **members)]


@aws.documented(TF)
def test_lists_are_added_inside_given_objects(batch: Batch) -> None:
    batch.definition(
        container={
            "logConfiguration": {"logDriver": "awslogs"},
            "linuxParameters": {
                "initProcessEnabled": True,
                "devices": [{"hostPath": "/dev/fuse"}],
                "tmpfs": [{"containerPath": "/t", "size": 8}],
            },
        }
    )
    (found,) = described(batch)
    assert found["containerProperties"] == container_properties(
        logConfiguration={"logDriver": "awslogs", "options": {}, "secretOptions": []},
        linuxParameters={
            "initProcessEnabled": True,
            "devices": [{"hostPath": "/dev/fuse", "permissions": []}],
            "tmpfs": [{"containerPath": "/t", "size": 8, "mountOptions": []}],
        },
    )


@aws.documented(TF)
def test_linux_parameters_gain_empty_lists(batch: Batch) -> None:
    batch.definition(container={"linuxParameters": {"initProcessEnabled": True}})
    (found,) = described(batch)
    assert found["containerProperties"] == container_properties(
        linuxParameters={"initProcessEnabled": True, "devices": [], "tmpfs": []}
    )


@aws.documented(TF)
def test_environment_entries_without_a_value_are_dropped(batch: Batch) -> None:
    batch.definition(container={"environment": [{"name": "A", "value": ""}, {"name": "B", "value": "b"}]})
    (found,) = described(batch)
    assert found["containerProperties"] == container_properties(environment=[{"name": "B", "value": "b"}])


@aws.documented(TF)
def test_a_fargate_definition_gains_the_platform_version(batch: Batch) -> None:
    register(batch, containerProperties=FARGATE, platformCapabilities=["FARGATE"])
    container = {**FARGATE, "fargatePlatformConfiguration": {"platformVersion": "LATEST"}}
    assert described(batch) == [definition_detail(container=container, platformCapabilities=["FARGATE"])]


# --- what RegisterJobDefinition refuses

EFS = {"fileSystemId": "fs-12345678"}


def efs(**members: Any) -> Members:
    """An EFS volume."""
    return {"volumes": [{"name": "v", "efsVolumeConfiguration": {**EFS, **members}}]}


CONTAINER: list[Case] = [
    ({"image": ""}, "ECS Container Image must be provided."),
    ({"resourceRequirements": []}, "vCPU is required."),
    (amounts("0", "128"), "vCPU must be at least 1, got 0."),
    (amounts("1", "3"), "Memory must be at least 4 Mib, got 3 Mib."),
    ({"vcpus": 1}, "Cannot use both ECS containerProperties vcpus and resourceRequirement VCPU."),
    ({"memory": 9}, "Cannot use both ECS containerProperties memory and resourceRequirement MEMORY."),
    ({"resourceRequirements": [*ONE_VCPU, *ONE_VCPU]}, "Cannot provide duplicates in resourceRequirements."),
    ({"environment": [{"value": "x"}]}, "Environment variable name is required."),
    (
        {"secrets": [{"name": "s", "valueFrom": "x"}]},
        "executionRoleArn cannot be empty when using secrets or secretOptions",
    ),
    ({"networkConfiguration": {"assignPublicIp": "ENABLED"}}, "networkConfiguration not applicable for EC2."),
    (
        {"fargatePlatformConfiguration": {"platformVersion": "LATEST"}},
        "fargatePlatformConfiguration not applicable for EC2.",
    ),
    ({"runtimePlatform": {"cpuArchitecture": "ARM64"}}, "runtimePlatform is not applicable for EC2."),
    (
        {"logConfiguration": {"logDriver": "awslogs", "options": {"nonsense": "x"}}},
        "Log driver awslogs disallows options: nonsense",
    ),
    (
        {"linuxParameters": {"tmpfs": [{"containerPath": "/t", "size": 0}]}},
        "Size of a tmpfs is invalid. The size is required and must be a positive integer.",
    ),
    (
        {"linuxParameters": {"devices": [{"hostPath": "/dev/null", "permissions": ["READ", "EXECUTE"]}]}},
        "Invalid permission: EXECUTE for device /dev/null",
    ),
    ({"linuxParameters": {"swappiness": 101}}, "Invalid swappiness: 101, must be between 0 and 100."),
    (
        {"linuxParameters": {"maxSwap": 9}},
        "When container specified swap memory, swappiness value is required.",
    ),
    (
        {"linuxParameters": {"maxSwap": -1, "swappiness": 1}},
        "Invalid swap memory size: -1, must be non-negative.",
    ),
    (
        {"volumes": [{"name": "v", "host": {"sourcePath": "/"}, "efsVolumeConfiguration": EFS}]},
        "When the volume parameter is specified, only one volume configuration type should be used.",
    ),
    (
        {"volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "nonsense"}}]},
        "EFS configuration fileSystemId is not valid: nonsense.",
    ),
    (efs(transitEncryptionPort=65536), "TransitEncryptionPort must be a valid port number."),
    (efs(transitEncryptionPort=-1), "TransitEncryptionPort must be a valid port number."),
    (
        efs(authorizationConfig={"iam": "ENABLED"}),
        "EFS IAM authorization requires TransitEncryption to be enabled.",
    ),
    (
        efs(authorizationConfig={"accessPointId": "fsap-1"}),
        "EFS IAM access point requires TransitEncryption to be enabled.",
    ),
    (
        efs(
            authorizationConfig={"accessPointId": "fsap-1"},
            transitEncryption="ENABLED",
            rootDirectory="/data",
        ),
        'When using an EFS access point, the root directory must either be set to "/" or be omitted.',
    ),
    (
        {"volumes": [{"name": "v", "s3filesVolumeConfiguration": {"fileSystemArn": "arn:aws:s3files:x"}}]},
        "A jobRoleArn/taskRoleArn is required when using s3filesVolumeConfiguration.",
    ),
]
SYSTEMS = (
    "WINDOWS_SERVER_2019_CORE, WINDOWS_SERVER_2019_FULL, WINDOWS_SERVER_2022_CORE, "
    "WINDOWS_SERVER_2022_FULL, LINUX"
)
WINDOWS = {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}
ON_FARGATE: list[Case] = [
    (amounts("2", "1024"), "Fargate resource requirements (2.00 vCPU, 1024 MiB) not valid."),
    ({"executionRoleArn": ""}, "executionRoleArn is required for Fargate jobs."),
    (
        {"resourceRequirements": [*FARGATE["resourceRequirements"], {"type": "GPU", "value": "1"}]},
        "GPU is not applicable for Fargate.",
    ),
    (
        {"privileged": True},
        "Fargate requires that the \u2018privileged\u2019 setting be \u2018false\u2019 "
        "at the container level.",
    ),
    (
        {"ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 1}]},
        "ulimits is not applicable for Fargate.",
    ),
    (
        {"linuxParameters": {"devices": [{"hostPath": "/d"}]}},
        "linuxParameter.devices is not allowed for Fargate.",
    ),
    ({"linuxParameters": {"swappiness": 1}}, "linuxParameter.swappiness is not allowed for Fargate."),
    (
        {"linuxParameters": {"sharedMemorySize": 1}},
        "linuxParameter.sharedMemorySize is not allowed for Fargate.",
    ),
    ({"logConfiguration": {"logDriver": "syslog"}}, "Log driver for Fargate is not valid: syslog"),
    (
        {"volumes": [{"name": "v", "host": {"sourcePath": "/"}}]},
        "host.sourcePath should not be set for volumes in Fargate.",
    ),
    (
        {"ephemeralStorage": {"sizeInGiB": 20}},
        "Ephemeral storage for Fargate tasks can be only between range 21 GiB to 200 GiB.",
    ),
    (
        {
            "runtimePlatform": {
                "operatingSystemFamily": "WINDOWS_SERVER_2019_CORE",
                "cpuArchitecture": "ARM64",
            }
        },
        "Windows supported only by X86_64 cpuArchitecture",
    ),
    (
        {"runtimePlatform": {"operatingSystemFamily": "BEOS"}},
        f"RuntimePlatform supports only one from [{SYSTEMS}] operating systems, provided BEOS",
    ),
    (
        {"runtimePlatform": {"cpuArchitecture": "SPARC"}},
        "cpuArchitecture for Fargate LINUX tasks can be only one from [X86_64, ARM64].",
    ),
    (
        {**WINDOWS, **amounts("0.5", "1024")},
        "vCPU must be at least 1 for Windows Job definition, got 0.5.",
    ),
    (
        {**efs(), "fargatePlatformConfiguration": {"platformVersion": "1.3.0"}},
        "EFS is supported for Fargate platform versions 1.4.0 or later, provided 1.3.0.",
    ),
    ({"linuxParameters": {"swappiness": 0}}, "linuxParameter.swappiness is not allowed for Fargate."),
]
ASSUMED: list[Members] = [
    {"resourceRequirements": [{"type": "VCPU", "value": "1"}]},
    {"environment": [{"name": "AWS_BATCH_JOB_ID", "value": "x"}]},
    {"image": "busybox latest"},
    {"image": "b" * 256},
    {"user": "$(id -u):$(id -g)"},
    {"user": "Root"},
    {"resourceRequirements": [*ONE_VCPU, {"type": "GPU", "value": "half"}]},
    efs(authorizationConfig={"iam": "ENABLED"}, transitEncryption="ENABLED"),
]
ASSUMED_ON_FARGATE: list[Members] = [
    {"resourceRequirements": [{"type": "VCPU", "value": "1"}]},
    {**WINDOWS, **amounts("1", "2048"), "user": "nobody"},
    {**WINDOWS, **amounts("1", "2048"), **efs()},
    *(amounts(vcpus, "512") for vcpus in ("-0.25", "x", "inf", "nan", "2.5e-1", "0_0.25", " 0.25", "")),
    amounts("1", "2G"),
]


@pytest.mark.parametrize(("members", "text"), CONTAINER)
@aws.recorded(PREFLIGHT)
def test_container_properties_that_cannot_be_are_refused(
    batch: Batch, refused: Any, members: Members, text: str
) -> None:
    assert inner(refused(lambda: batch.definition(container=members))) == client_error(text)
    assert described(batch) == []


@pytest.mark.parametrize(("members", "text"), ON_FARGATE)
@aws.recorded(PREFLIGHT)
def test_what_fargate_cannot_do_is_refused(batch: Batch, refused: Any, members: Members, text: str) -> None:
    properties = {**FARGATE, **members}
    call = lambda: register(batch, containerProperties=properties, platformCapabilities=["FARGATE"])  # noqa: E731
    assert inner(refused(call)) == client_error(text)
    assert described(batch) == []


@aws.recorded("issue kestra-io/plugin-aws#504 (2024)")
def test_a_requirement_on_ec2_is_a_whole_number(batch: Batch, refused: Any) -> None:
    answer = refused(lambda: batch.definition(container=amounts("1.0", "128")))
    assert inner(answer) == client_error(
        "Value 1.0 for type VCPU in resourceRequirement is not valid. Please provide a numeric value."
    )


@pytest.mark.parametrize("vcpu", ["9" * 5000, "1e3", "-1", "", " 1", "nan"])
@aws.assumed("whatever AWS says of such a number, it is the caller's fault")
def test_an_absurd_requirement_is_the_callers_fault(batch: Batch, refused: Any, vcpu: str) -> None:
    answer = refused(lambda: batch.definition(container=amounts(vcpu, "128")))
    assert kind(answer) == ("ClientException", 400)


@pytest.mark.parametrize("members", ASSUMED)
@aws.assumed("the rules are documented, the sentences are not known: " + REGISTER)
def test_rules_without_a_known_sentence_hold(batch: Batch, refused: Any, members: Members) -> None:
    assert kind(refused(lambda: batch.definition(container=members))) == ("ClientException", 400)
    assert described(batch) == []


@pytest.mark.parametrize("members", ASSUMED_ON_FARGATE)
@aws.assumed("the rules are documented, the sentences are not known: " + REGISTER)
def test_rules_of_fargate_without_a_known_sentence_hold(batch: Batch, refused: Any, members: Members) -> None:
    properties = {**FARGATE, **members}
    answer = refused(
        lambda: register(batch, containerProperties=properties, platformCapabilities=["FARGATE"])
    )
    assert kind(answer) == ("ClientException", 400)
    assert described(batch) == []


@pytest.mark.parametrize(
    "members",
    [
        {"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/a_b/c-d:v1.0#x@sha256:" + "0" * 64},
        {"user": "nobody"},
        {"user": "1000:1000"},
        {"user": ""},
        efs(transitEncryption="ENABLED", authorizationConfig={"accessPointId": "fsap-1"}, rootDirectory="/"),
    ],
)
@aws.documented("model: TaskContainerProperties.image, TaskContainerProperties.user, EFSVolumeConfiguration")
def test_what_the_rules_allow_is_registered(batch: Batch, members: Members) -> None:
    batch.definition(container=members)
    assert described(batch) == [definition_detail(container=members)]
