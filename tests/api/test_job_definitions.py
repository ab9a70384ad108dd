"""RegisterJobDefinition, DescribeJobDefinitions, DeregisterJobDefinition: what all kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import body, client_error, definition_detail, ignored, inner, kind
from tests.api.conftest import BATCH, ONE_VCPU
from tests.api.definitions import PREFLIGHT, ROLE, Case, Members, described, register
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

REGISTER = "https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html"
DESCRIBE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobDefinitions.html"
DEREGISTER = "https://docs.aws.amazon.com/batch/latest/APIReference/API_DeregisterJobDefinition.html"


def revisions(batch: Batch, **members: Any) -> list[str]:
    found = described(batch, **members)
    return [f"{each['jobDefinitionName']}:{each['revision']}" for each in found]


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
    assert revisions(batch, jobDefinitions=["definition", arn]) == ["definition:1"]
    assert revisions(batch, jobDefinitions=["definition:1", "definition"]) == ["definition:1"]


@aws.documented("https://github.com/hashicorp/terraform-provider-aws: an empty answer means not found")
def test_unknown_definitions_are_left_out(batch: Batch) -> None:
    batch.definition()
    assert described(batch, jobDefinitionName="nobody") == []
    assert described(batch, jobDefinitions=["nobody:1", "definition:2", "definition:0"]) == []


@aws.assumed("as DescribeJobs, whose answers to doubles are assumed too")
def test_definitions_that_are_asked_for_twice_are_answered_once(batch: Batch) -> None:
    arn = batch.definition()
    assert len(described(batch, jobDefinitions=["definition:1", arn, "definition:1"])) == 1


@pytest.mark.parametrize(
    "members", [{"jobDefinitionName": "definition"}, {"status": "INACTIVE"}, {"nextToken": "x"}]
)
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


# --- what RegisterJobDefinition refuses


ON_EXIT = "EvaluateOnExit should contain at least one of onExitCode, onReason or onStatusReason."
RESTRICTED = "Evaluate on exit condition contains restricted characters."


NODES = {
    "numNodes": 1,
    "mainNode": 0,
    "nodeRangeProperties": [
        {"targetNodes": "0", "container": {"image": "busybox", "resourceRequirements": ONE_VCPU}}
    ],
}


def retry(**entry: str) -> dict[str, Any]:
    return {"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "EXIT", **entry}]}}


def consumables(*names: str) -> Members:
    return {"consumableResourceList": [{"consumableResource": name, "quantity": 1} for name in names]}


MEMBERS: list[Case] = [
    ({"jobDefinitionName": "two words"}, "Job definition name should match a valid pattern."),
    ({"containerProperties": None}, "ECS Container Image must be provided."),
    (
        {
            "containerProperties": None,
            "nodeProperties": {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": []},
        },
        "ECS ContainerProperties, ecsProperties, or eksProperties is required when using type container.",
    ),
    (
        {
            "type": "multinode",
            "containerProperties": None,
            "eksProperties": {},
            "nodeProperties": {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": []},
        },
        "Cannot use both nodeProperties and eksProperties",
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
        {"platformCapabilities": ["EKS"]},
        "Capability EKS is not valid. Valid capabilities: [FARGATE, EC2, MANAGED_INSTANCES]",
    ),
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
    (
        {"consumableResourceProperties": consumables(*"abcdef")},
        "Each ConsumableResourceProperty can have at most 5 consumableResources",
    ),
    (
        {"consumableResourceProperties": consumables("a", "a")},
        "Cannot have duplicate consumableResource in consumableResourceProperties",
    ),
]
ASSUMED: list[Members] = [
    {"nodeProperties": NODES},
    {"type": "multinode", "nodeProperties": NODES},
    {"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "EXIT", "onReason": "a"}] * 6}},
    {"consumableResourceProperties": {"consumableResourceList": [{"quantity": 1}]}},
    {"consumableResourceProperties": {"consumableResourceList": [{"consumableResource": "a"}]}},
]


@pytest.mark.parametrize(("members", "text"), MEMBERS)
@aws.recorded(PREFLIGHT)
def test_a_definition_that_cannot_be_is_refused(
    batch: Batch, refused: Any, members: Members, text: str
) -> None:
    assert inner(refused(lambda: register(batch, **members))) == client_error(text)
    assert described(batch) == []


@pytest.mark.parametrize("members", ASSUMED)
@aws.assumed("the rules are botocore's model's, the sentences are not known")
def test_rules_without_a_known_sentence_hold(batch: Batch, refused: Any, members: Members) -> None:
    assert kind(refused(lambda: register(batch, **members))) == ("ClientException", 400)
    assert described(batch) == []


@aws.recorded("issue hashicorp/terraform#25449 (2020)")
def test_empty_container_properties_are_refused(batch: Batch, refused: Any) -> None:
    answer = refused(lambda: register(batch, containerProperties={}))
    assert inner(answer) == client_error("Container properties should not be empty")


@aws.assumed("the limit of 24 KiB is documented in the service quotas, the sentence is not known")
def test_a_definition_over_24_kib_is_refused(batch: Batch, refused: Any) -> None:
    answer = refused(lambda: batch.definition(container={"command": ["x" * 24 * 1024]}))
    assert kind(answer) == ("ClientException", 400)
    batch.definition(container={"command": ["x" * 23 * 1024]})


@aws.documented("model: RetryAction, which is not case sensitive")
def test_actions_of_evaluate_on_exit_may_be_lower_case(batch: Batch) -> None:
    register(batch, **retry(onReason="*", action="retry"))
    assert len(described(batch)) == 1


# --- without effect


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
    ]
    assert ignored(register(batch)) == []
