"""What RegisterJobDefinition refuses of any definition, of EC2's and of Fargate's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.evidence import assumed, issue, model, preflight, quoted, recorded
from conformance.expect import REFUSED, mentions, said, wrapped
from conformance.refusals import Row, add_refusals
from conformance.requests import GONE, register

if TYPE_CHECKING:
    from conformance.case import Family
    from conformance.evidence import Evidence
    from conformance.expect import Error
    from conformance.lab import Lab

OPERATION = "RegisterJobDefinition"
EMPTY_RETRY = recorded("terraform-provider-aws, TestAccBatchJobDefinition_emptyRetryStrategy")


def container(**members: Any) -> dict[str, Any]:
    return {"containerProperties": members}


def needs(**values: str) -> list[dict[str, str]]:
    return [{"type": kind, "value": value} for kind, value in values.items()]


def live(name: str, change: Any, text: str, rule: str = "*") -> Row:
    """Refused by AWS itself with this sentence, wrapped."""
    return Row(name, change, wrapped(text), preflight(rule))


def unknown(name: str, change: Any, evidence: Evidence) -> Row:
    """Refused; nobody has shown the sentence."""
    return Row(name, change, REFUSED, evidence)


def cut(text: str) -> Error:
    return said(text, cut=True)


def on_fargate(lab: Lab) -> dict[str, Any]:
    return {
        **register(lab),
        "platformCapabilities": ["FARGATE"],
        "containerProperties": lab.settings.fargate_container,
    }


def _vcpus_twice(lab: Lab) -> dict[str, Any]:
    requirements = lab.settings.container["resourceRequirements"]
    return container(resourceRequirements=[*requirements, requirements[0]])


def _both_kinds(first: str, second: str) -> Any:
    def change(lab: Lab) -> dict[str, Any]:
        kinds = {
            "containerProperties": lab.settings.container,
            "ecsProperties": {"taskProperties": [lab.settings.task]},
            "eksProperties": {"podProperties": lab.settings.pod},
        }
        return {"containerProperties": GONE, first: kinds[first], second: kinds[second]}

    return change


def _mnp(lab: Lab) -> dict[str, Any]:
    node = {"targetNodes": "0:", "container": lab.settings.container}
    return {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": [node]}


def evaluate(**members: str) -> dict[str, Any]:
    return {"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "RETRY", **members}]}}


def consumes(*names: str) -> dict[str, Any]:
    listed = [{"consumableResource": name, "quantity": 1} for name in names]
    return {"consumableResourceProperties": {"consumableResourceList": listed}}


RESTRICTED = "Evaluate on exit condition contains restricted characters."
GENERAL = [
    live(
        "two-words",
        {"jobDefinitionName": "two words"},
        "Job definition name should match a valid pattern.",
        "jd-name",
    ),
    live(
        "129-characters",
        {"jobDefinitionName": "x" * 129},
        "Job definition name should match a valid pattern.",
        "jd-name",
    ),
    Row(
        "empty-name",
        {"jobDefinitionName": ""},
        wrapped("Job definition name is required."),
        issue("pulumi/pulumi-aws#3887"),
    ),
    live(
        "nothing-to-run",
        {"containerProperties": GONE},
        "ECS Container Image must be provided.",
        "jd-container-type-requires-props",
    ),
    live(
        "container-with-node-properties",
        lambda lab: {"containerProperties": GONE, "nodeProperties": _mnp(lab)},
        "ECS ContainerProperties, ecsProperties, or eksProperties is required when using type container.",
        "jd-node-properties-requires-multinode",
    ),
    live(
        "multinode-without-nodes",
        {"type": "multinode", "containerProperties": GONE},
        "Node properties of multinode job is required.",
    ),
    live(
        "container-and-ecs",
        _both_kinds("containerProperties", "ecsProperties"),
        "Cannot use both ECS containerProperties and ecsProperties",
    ),
    live(
        "container-and-eks",
        _both_kinds("containerProperties", "eksProperties"),
        "Cannot use both ECS containerProperties and eksProperties",
    ),
    live(
        "ecs-and-eks",
        _both_kinds("ecsProperties", "eksProperties"),
        "Cannot use both ecsProperties and eksProperties",
    ),
    live(
        "no-vcpu",
        container(resourceRequirements=needs(MEMORY="128")),
        "vCPU is required.",
        "jd-resource-requirements-required",
    ),
    unknown(
        "no-memory",
        container(resourceRequirements=needs(VCPU="1")),
        assumed("memory is required as vCPUs are; no answer is known"),
    ),
    Row(
        "fractional-vcpu",
        container(resourceRequirements=needs(VCPU="1.0", MEMORY="128")),
        wrapped(
            "Value 1.0 for type VCPU in resourceRequirement is not valid. Please provide a numeric value."
        ),
        issue("kestra-io/plugin-aws#504"),
    ),
    live(
        "vcpu-0",
        container(resourceRequirements=needs(VCPU="0", MEMORY="128")),
        "vCPU must be at least 1, got 0.",
    ),
    live(
        "memory-3",
        container(resourceRequirements=needs(VCPU="1", MEMORY="3")),
        "Memory must be at least 4 Mib, got 3 Mib.",
        "jd-memory-minimum",
    ),
    live(
        "vcpus-and-requirement",
        container(vcpus=1),
        "Cannot use both ECS containerProperties vcpus and resourceRequirement VCPU.",
        "jd-legacy-and-resource-requirements",
    ),
    live(
        "memory-and-requirement",
        container(memory=128),
        "Cannot use both ECS containerProperties memory and resourceRequirement MEMORY.",
        "jd-legacy-and-resource-requirements",
    ),
    live("requirement-twice", _vcpus_twice, "Cannot provide duplicates in resourceRequirements."),
    live(
        "two-capabilities",
        {"platformCapabilities": ["EC2", "FARGATE"]},
        "Exactly 1 capability must be provided.",
    ),
    live(
        "unknown-capability",
        {"platformCapabilities": ["EKS"]},
        "Capability EKS is not valid. Valid capabilities: [FARGATE, EC2, MANAGED_INSTANCES]",
        "jd-platform-capability-value",
    ),
    live(
        "attempts-0",
        {"retryStrategy": {"attempts": 0}},
        "RetryAttempts must be between 1 and 10.",
        "retry-attempts",
    ),
    live(
        "attempts-11",
        {"retryStrategy": {"attempts": 11}},
        "RetryAttempts must be between 1 and 10.",
        "retry-attempts",
    ),
    Row(
        "no-attempts",
        {"retryStrategy": {"evaluateOnExit": [{"action": "RETRY", "onExitCode": "1"}]}},
        wrapped("RetryAttempts must be provided with retry strategy."),
        EMPTY_RETRY,
    ),
    live(
        "condition-missing",
        evaluate(),
        "EvaluateOnExit should contain at least one of onExitCode, onReason or onStatusReason.",
    ),
    live(
        "condition-too-long",
        evaluate(onReason="x" * 513),
        "Evaluate on exit condition cannot exceed 512 characters.",
    ),
    live("exit-code-with-letters", evaluate(onExitCode="one"), RESTRICTED),
    live("reason-with-leading-star", evaluate(onReason="*Spot*"), RESTRICTED),
    unknown(
        "six-conditions",
        {
            "retryStrategy": {
                "attempts": 2,
                "evaluateOnExit": [{"action": "RETRY", "onExitCode": str(n)} for n in range(6)],
            }
        },
        model("RetryStrategy.evaluateOnExit"),
    ),
    live(
        "timeout-59",
        {"timeout": {"attemptDurationSeconds": 59}},
        "AttemptDurationSeconds in Timeout must be at least 60 seconds.",
        "timeout-minimum",
    ),
    live("priority-below-0", {"schedulingPriority": -1}, "Scheduling priority must be between 0 and 9999."),
    live(
        "priority-above-9999",
        {"schedulingPriority": 10_000},
        "Scheduling priority must be between 0 and 9999.",
    ),
    live(
        "six-consumables",
        consumes(*"abcdef"),
        "Each ConsumableResourceProperty can have at most 5 consumableResources",
    ),
    live(
        "consumable-twice",
        consumes("a", "a"),
        "Cannot have duplicate consumableResource in consumableResourceProperties",
    ),
    live(
        "environment-without-name",
        container(environment=[{"value": "x"}]),
        "Environment variable name is required.",
    ),
    unknown(
        "environment-aws-batch",
        container(environment=[{"name": "AWS_BATCH_X", "value": "x"}]),
        model("ContainerProperties.environment"),
    ),
    Row(
        "user",
        container(user="no such user!"),
        mentions("does not match regex"),
        quoted("User '<value>' does not match regex; paraphrased by its author"),
    ),
    live(
        "secrets-without-role",
        container(secrets=[{"name": "S", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/s"}]),
        "executionRoleArn cannot be empty when using secrets or secretOptions",
        "jd-secrets-value-from-format",
    ),
    live(
        "awslogs-option",
        container(logConfiguration={"logDriver": "awslogs", "options": {"bogus": "x"}}),
        "Log driver awslogs disallows options: bogus",
    ),
]


def linux(**members: Any) -> dict[str, Any]:
    return container(linuxParameters=members)


def efs(**members: Any) -> dict[str, Any]:
    configuration = {"fileSystemId": "fs-12345678", **members}
    return container(volumes=[{"name": "v", "efsVolumeConfiguration": configuration}])


SOURCE = {"host": {"sourcePath": "/data"}}
TMPFS = "Size of a tmpfs is invalid. The size is required and must be a positive integer."
S3_FILES = {"fileSystemArn": "arn:aws:s3files:us-east-1:123456789012:file-system/fs-1"}
PARAMETERS = [
    live("tmpfs-size-0", linux(tmpfs=[{"containerPath": "/t", "size": 0}]), TMPFS),
    live(
        "device-permission",
        linux(devices=[{"hostPath": "/dev/null", "permissions": ["EXECUTE"]}]),
        "Invalid permission: EXECUTE for device /dev/null",
    ),
    live(
        "swappiness-101",
        linux(maxSwap=1, swappiness=101),
        "Invalid swappiness: 101, must be between 0 and 100.",
    ),
    live(
        "swap-without-swappiness",
        linux(maxSwap=1),
        "When container specified swap memory, swappiness value is required.",
    ),
    live(
        "negative-swap",
        linux(maxSwap=-1, swappiness=60),
        "Invalid swap memory size: -1, must be non-negative.",
    ),
    live(
        "volume-of-two-kinds",
        container(
            volumes=[{"name": "v", **SOURCE, "efsVolumeConfiguration": {"fileSystemId": "fs-12345678"}}]
        ),
        "When the volume parameter is specified, only one volume configuration type should be used.",
    ),
    live("efs-id", efs(fileSystemId="bogus"), "EFS configuration fileSystemId is not valid: bogus."),
    live(
        "efs-port",
        efs(transitEncryption="ENABLED", transitEncryptionPort=70_000),
        "TransitEncryptionPort must be a valid port number.",
    ),
    live(
        "efs-iam-without-tls",
        efs(authorizationConfig={"iam": "ENABLED"}),
        "EFS IAM authorization requires TransitEncryption to be enabled.",
    ),
    live(
        "efs-access-point-without-tls",
        efs(authorizationConfig={"accessPointId": "fsap-12345678"}),
        "EFS IAM access point requires TransitEncryption to be enabled.",
    ),
    live(
        "efs-access-point-with-directory",
        efs(
            rootDirectory="/data",
            transitEncryption="ENABLED",
            authorizationConfig={"accessPointId": "fsap-12345678"},
        ),
        'When using an EFS access point, the root directory must either be set to "/" or be omitted.',
    ),
    live(
        "s3-files-without-role",
        container(volumes=[{"name": "v", "s3filesVolumeConfiguration": S3_FILES}]),
        "A jobRoleArn/taskRoleArn is required when using s3filesVolumeConfiguration.",
    ),
    Row(
        "network-on-ec2",
        container(networkConfiguration={"assignPublicIp": "ENABLED"}),
        wrapped("networkConfiguration not applicable for EC2."),
        quoted("networkConfiguration not applicable for EC2."),
    ),
    live(
        "fargate-platform-on-ec2",
        container(fargatePlatformConfiguration={"platformVersion": "LATEST"}),
        "fargatePlatformConfiguration not applicable for EC2.",
    ),
    live(
        "runtime-platform-on-ec2",
        container(runtimePlatform={"operatingSystemFamily": "LINUX"}),
        "runtimePlatform is not applicable for EC2.",
    ),
]


def add_rules(family: Family) -> None:
    add_refusals(family, OPERATION, register, GENERAL)
    add_refusals(family, OPERATION, register, PARAMETERS)
