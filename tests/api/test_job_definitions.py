"""RegisterJobDefinition, DescribeJobDefinitions, DeregisterJobDefinition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import (
    body,
    client_error,
    container_properties,
    definition_detail,
    ignored,
    inner,
    kind,
)
from tests.api.conftest import BATCH, ONE_VCPU
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

REGISTER = "https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html"
DESCRIBE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobDefinitions.html"
DEREGISTER = "https://docs.aws.amazon.com/batch/latest/APIReference/API_DeregisterJobDefinition.html"
PREFLIGHT = "https://github.com/badmintoncryer/cdk-preflight rules/batch/jd-* and fargate-*"
TF = "https://github.com/hashicorp/terraform-provider-aws internal/service/batch/container_properties.go"
ROLE = "arn:aws:iam::123456789012:role/r"
FARGATE = {
    "image": "busybox",
    "executionRoleArn": ROLE,
    "resourceRequirements": [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}],
}


def described(batch: Batch, **members: Any) -> list[dict[str, Any]]:
    return list(batch.client.describe_job_definitions(**members)["jobDefinitions"])


def revisions(batch: Batch, **members: Any) -> list[str]:
    found = described(batch, **members)
    return [f"{each['jobDefinitionName']}:{each['revision']}" for each in found]


def register(batch: Batch, **members: Any) -> dict[str, Any]:
    request = {
        "jobDefinitionName": "definition",
        "type": "container",
        "containerProperties": {"image": "busybox", "resourceRequirements": ONE_VCPU},
        **members,
    }
    return dict(batch.client.register_job_definition(**{k: v for k, v in request.items() if v is not None}))


# --- revisions


@aws.documented(REGISTER)
def test_the_first_revision_is_1_and_the_next_is_2(batch: Batch) -> None:
    for revision in (1, 2):
        assert body(register(batch)) == {
            "jobDefinitionName": "definition",
            "jobDefinitionArn": f"{BATCH}:job-definition/definition:{revision}",
            "revision": revision,
        }


@aws.assumed("revision numbers are never reused: general knowledge, no page says it")
def test_a_revision_is_never_reused(batch: Batch) -> None:
    batch.definition()
    batch.definition()
    for revision in (1, 2):
        batch.client.deregister_job_definition(jobDefinition=f"definition:{revision}")
    assert register(batch)["revision"] == 3


@pytest.mark.parametrize("text", ["definition:1", f"{BATCH}:job-definition/definition:1"])
@aws.documented(DEREGISTER)
def test_a_deregistered_revision_is_inactive_and_still_described(batch: Batch, text: str) -> None:
    batch.definition(tags={"a": "b"})
    assert body(batch.client.deregister_job_definition(jobDefinition=text)) == {}
    assert described(batch, jobDefinitions=[text]) == [definition_detail(status="INACTIVE", tags={"a": "b"})]


@aws.documented(DEREGISTER)
def test_deregistering_twice_is_no_error(batch: Batch) -> None:
    batch.definition()
    batch.client.deregister_job_definition(jobDefinition="definition:1")
    assert body(batch.client.deregister_job_definition(jobDefinition="definition:1")) == {}


@aws.assumed("botocore's examples accept a bare name; what it means is not known")
def test_deregistering_a_bare_name_takes_the_latest_active_revision(batch: Batch) -> None:
    batch.definition()
    batch.definition()
    batch.client.deregister_job_definition(jobDefinition="definition")
    assert revisions(batch, jobDefinitionName="definition", status="ACTIVE") == ["definition:1"]


@aws.recorded("issue pulumi/pulumi-aws#3887 (2024)")
def test_deregistering_nothing_is_refused(batch: Batch, refused: Any) -> None:
    answer = refused(batch.client.deregister_job_definition, jobDefinition="")
    assert inner(answer) == client_error("Job definition name is required.")


@aws.assumed("the sentence is not known")
def test_deregistering_an_unknown_definition_is_refused(batch: Batch, refused: Any) -> None:
    batch.definition()
    for text in ("nobody:1", "definition:2"):
        answer = refused(batch.client.deregister_job_definition, jobDefinition=text)
        assert kind(answer) == ("ClientException", 400)


# --- describe


@aws.recorded("a DescribeJobDefinitions answer of October 2025 shows names grouped, newest revision first")
def test_definitions_are_grouped_by_name_newest_revision_first(batch: Batch) -> None:
    for name in ("b", "a", "b", "b"):
        batch.definition(name)
    assert revisions(batch) == ["a:1", "b:3", "b:2", "b:1"]


@aws.documented(DESCRIBE)
def test_without_a_status_active_and_inactive_ones_are_described(batch: Batch) -> None:
    batch.definition()
    batch.definition()
    batch.client.deregister_job_definition(jobDefinition="definition:1")
    assert revisions(batch, jobDefinitionName="definition") == ["definition:2", "definition:1"]
    assert revisions(batch, jobDefinitionName="definition", status="ACTIVE") == ["definition:2"]
    assert revisions(batch, jobDefinitionName="definition", status="INACTIVE") == ["definition:1"]
    assert revisions(batch, status="INACTIVE") == ["definition:1"]


@aws.recorded("issue boto/boto3#2908, aws/aws-sdk#94")
def test_a_bare_name_among_job_definitions_matches_nothing(batch: Batch) -> None:
    arn = batch.definition()
    assert described(batch, jobDefinitions=["definition"]) == []
    assert described(batch, jobDefinitions=[arn.removesuffix(":1")]) == []
    assert revisions(batch, jobDefinitions=["definition:1", "definition", arn]) == [
        "definition:1",
        "definition:1",
    ]


@aws.documented("https://github.com/hashicorp/terraform-provider-aws: an empty answer means not found")
def test_unknown_definitions_are_left_out(batch: Batch) -> None:
    batch.definition()
    assert described(batch, jobDefinitionName="nobody") == []
    assert described(batch, jobDefinitions=["nobody:1", "definition:2", "definition:0"]) == []


@pytest.mark.parametrize("members", [{"jobDefinitionName": "definition"}, {"status": "INACTIVE"}])
@aws.documented("model: DescribeJobDefinitionsRequest.jobDefinitions")
def test_job_definitions_are_used_alone(batch: Batch, refused: Any, members: dict[str, str]) -> None:
    """ "This parameter can't be used with other parameters"; the sentence is not known."""
    batch.definition()
    answer = refused(batch.client.describe_job_definitions, jobDefinitions=["definition:1"], **members)
    assert kind(answer) == ("ClientException", 400)


@aws.assumed("the same class of error as for compute environments, issue k1LoW/awspec#563")
def test_names_and_max_results_exclude_each_other(batch: Batch, refused: Any) -> None:
    answer = refused(batch.client.describe_job_definitions, jobDefinitions=["a:1"], maxResults=1)
    assert inner(answer) == client_error("JobDefinitions and MaxResults cannot both be set")


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
    container = {
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
    members = {
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


def amounts(vcpu: str, memory: str) -> dict[str, Any]:
    return {"resourceRequirements": [{"type": "VCPU", "value": vcpu}, {"type": "MEMORY", "value": memory}]}


ON_EXIT = "EvaluateOnExit should contain at least one of onExitCode, onReason or onStatusReason"
RESTRICTED = "Evaluate on exit condition contains restricted characters."


def retry(**entry: str) -> dict[str, Any]:
    return {"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "EXIT", **entry}]}}


MEMBERS: list[tuple[dict[str, Any], str]] = [
    ({"jobDefinitionName": "two words"}, "Job definition name should match a valid pattern."),
    ({"containerProperties": None}, "ECS Container Image must be provided."),
    (
        {
            "containerProperties": None,
            "nodeProperties": {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": []},
        },
        "ECS ContainerProperties, ecsProperties, or eksProperties is required when using type container.",
    ),
    ({"type": "multinode", "containerProperties": None}, "Node properties of multinode job is required."),
    (
        {"ecsProperties": {"taskProperties": []}},
        "Cannot use both ECS containerProperties and ecsProperties",
    ),
    (
        {"eksProperties": {"podProperties": {}}},
        "Cannot use both ECS containerProperties and eksProperties",
    ),
    (
        {
            "containerProperties": None,
            "ecsProperties": {"taskProperties": []},
            "eksProperties": {"podProperties": {}},
        },
        "Cannot use both ecsProperties and eksProperties",
    ),
    ({"platformCapabilities": ["EC2", "FARGATE"]}, "Exactly 1 capability must be provided."),
    (
        {"platformCapabilities": ["MANAGED_INSTANCES"]},
        "Cannot use ECS containerProperties for MANAGED_INSTANCES",
    ),
    ({"retryStrategy": {}}, "RetryAttempts must be provided with retry strategy."),
    ({"retryStrategy": {"attempts": 0}}, "RetryAttempts must be between 1 and 10."),
    ({"retryStrategy": {"attempts": 11}}, "RetryAttempts must be between 1 and 10."),
    (retry(), ON_EXIT),
    (retry(onReason="x" * 513), "Evaluate on exit condition cannot exceed 512 characters."),
    (retry(onStatusReason="*Spot*"), RESTRICTED),
    (retry(onExitCode="1x"), RESTRICTED),
    (
        {"timeout": {"attemptDurationSeconds": 59}},
        "AttemptDurationSeconds in Timeout must be at least 60 seconds.",
    ),
    ({"schedulingPriority": 10_000}, "Scheduling priority must be between 0 and 9999."),
    ({"schedulingPriority": -1}, "Scheduling priority must be between 0 and 9999."),
]
EFS = {"fileSystemId": "fs-12345678"}
CONTAINER: list[tuple[dict[str, Any], str]] = [
    ({"image": ""}, "ECS Container Image must be provided."),
    ({"resourceRequirements": []}, "vCPU is required."),
    (amounts("0", "128"), "vCPU must be at least 1, got 0."),
    (amounts("1", "3"), "Memory must be at least 4 Mib, got 3 Mib."),
    ({"vcpus": 1}, "Cannot use both ECS containerProperties <vcpus> and resourceRequirement <VCPU>."),
    ({"memory": 9}, "Cannot use both ECS containerProperties <memory> and resourceRequirement <MEMORY>."),
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
    (
        {
            "volumes": [
                {"name": "v", "efsVolumeConfiguration": {**EFS, "authorizationConfig": {"iam": "ENABLED"}}}
            ]
        },
        "EFS IAM authorization requires TransitEncryption to be enabled.",
    ),
]
ON_FARGATE: list[tuple[dict[str, Any], str]] = [
    (amounts("2", "1024"), "Fargate resource requirements (2.00 vCPU, 1024 MiB) not valid."),
    ({"executionRoleArn": ""}, "executionRoleArn is required for Fargate jobs."),
    (
        {"resourceRequirements": [*FARGATE["resourceRequirements"], {"type": "GPU", "value": "1"}]},  # type: ignore[misc]
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
        "Ephemeral storage for Fargate tasks can be only between range 21 GiB to 200 GiB",
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
]


@pytest.mark.parametrize(("members", "text"), MEMBERS)
@aws.recorded(PREFLIGHT)
def test_a_definition_that_cannot_be_is_refused(
    batch: Batch, refused: Any, members: dict[str, Any], text: str
) -> None:
    assert inner(refused(lambda: register(batch, **members))) == client_error(text)
    assert described(batch) == []


@pytest.mark.parametrize(("members", "text"), CONTAINER)
@aws.recorded(PREFLIGHT)
def test_container_properties_that_cannot_be_are_refused(
    batch: Batch, refused: Any, members: dict[str, Any], text: str
) -> None:
    assert inner(refused(lambda: batch.definition(container=members))) == client_error(text)
    assert described(batch) == []


@pytest.mark.parametrize(("members", "text"), ON_FARGATE)
@aws.recorded(PREFLIGHT)
def test_what_fargate_cannot_do_is_refused(
    batch: Batch, refused: Any, members: dict[str, Any], text: str
) -> None:
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


@pytest.mark.parametrize(
    "members",
    [
        {"resourceRequirements": [{"type": "VCPU", "value": "1"}]},
        {"environment": [{"name": "AWS_BATCH_JOB_ID", "value": "x"}]},
    ],
)
@aws.assumed("the rules are documented, the sentences are not known: " + REGISTER)
def test_rules_without_a_known_sentence_hold(batch: Batch, refused: Any, members: dict[str, Any]) -> None:
    assert kind(refused(lambda: batch.definition(container=members))) == ("ClientException", 400)


@aws.assumed("the limit of 24 KiB is documented in the service quotas, the sentence is not known")
def test_a_definition_over_24_kib_is_refused(batch: Batch, refused: Any) -> None:
    answer = refused(lambda: batch.definition(container={"command": ["x" * 24 * 1024]}))
    assert kind(answer) == ("ClientException", 400)
    batch.definition(container={"command": ["x" * 23 * 1024]})


@aws.documented("model: RetryAction, which is not case sensitive")
def test_actions_of_evaluate_on_exit_may_be_lower_case(batch: Batch) -> None:
    register(batch, **retry(onReason="*", action="retry"))
    assert len(described(batch)) == 1


# --- not there yet, or without effect

NODES = {
    "numNodes": 1,
    "mainNode": 0,
    "nodeRangeProperties": [{"targetNodes": "0", "container": {"image": "busybox"}}],
}


@pytest.mark.parametrize(
    "members",
    [
        {"type": "multinode", "containerProperties": None, "nodeProperties": NODES},
        {"containerProperties": None, "ecsProperties": {"taskProperties": []}},
        {"containerProperties": None, "eksProperties": {"podProperties": {}}},
    ],
)
@aws.emulator_only
def test_kinds_of_definition_that_are_not_there_yet_answer_501(
    batch: Batch, refused: Any, members: dict[str, Any]
) -> None:
    assert kind(refused(lambda: register(batch, **members))) == ("NotImplemented", 501)
    assert described(batch) == []


@aws.emulator_only
def test_node_properties_beside_container_properties_are_not_swallowed(batch: Batch, refused: Any) -> None:
    code, status = kind(refused(lambda: register(batch, nodeProperties=NODES)))
    assert (code, status) in (("ClientException", 400), ("NotImplemented", 501))


@aws.emulator_only
def test_members_without_effect_are_named(batch: Batch) -> None:
    made = register(
        batch,
        containerProperties={
            "image": "busybox",
            "jobRoleArn": ROLE,
            "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 1}],
            "resourceRequirements": [*ONE_VCPU, {"type": "GPU", "value": "1"}],
        },
        propagateTags=True,
        schedulingPriority=1,
    )
    assert sorted(ignored(made)) == [
        "containerProperties.jobRoleArn",
        "containerProperties.resourceRequirements[GPU]",
        "containerProperties.ulimits",
        "propagateTags",
        "schedulingPriority",
    ]
    assert ignored(register(batch)) == []
