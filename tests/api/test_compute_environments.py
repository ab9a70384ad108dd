"""CreateComputeEnvironment, DescribeComputeEnvironments, Update- and DeleteComputeEnvironment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import body, client_error, environment_detail, inner, kind, masked, queue_detail
from tests.api.conftest import BATCH, EC2, FARGATE
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

SAMPLE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentDetail.html"
CREATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateComputeEnvironment.html"
UPDATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateComputeEnvironment.html"
DELETE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_DeleteComputeEnvironment.html"
INFRASTRUCTURE = "https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html"
PREFLIGHT = "https://github.com/badmintoncryer/cdk-preflight rules/batch/ce-*"
ROLE = "arn:aws:iam::123456789012:role/service-role/AWSBatchServiceRole"
EC2_DEFAULTS = {"desiredvCpus": 0, "tags": {}, "ec2Configuration": [{"imageType": "ECS_AL2023"}]}
GONE = f"{BATCH}:compute-environment/nobody does not exist"


def described(batch: Batch, *names: str) -> list[dict[str, Any]]:
    return list(batch.client.describe_compute_environments(computeEnvironments=names)["computeEnvironments"])


def detail(batch: Batch, name: str = "ce") -> dict[str, Any]:
    (found,) = described(batch, name)
    return masked(found)


def create(batch: Batch, resources: Any = None, **members: Any) -> dict[str, Any]:
    request = {"computeEnvironmentName": "ce", "type": "MANAGED", "computeResources": resources, **members}
    return body(
        batch.client.create_compute_environment(**{k: v for k, v in request.items() if v is not None})
    )


# --- create and describe


@aws.documented(CREATE)
def test_creating_answers_name_and_arn(batch: Batch) -> None:
    assert create(batch, EC2) == {
        "computeEnvironmentName": "ce",
        "computeEnvironmentArn": f"{BATCH}:compute-environment/ce",
    }


@aws.recorded("a DescribeComputeEnvironments answer of October 2025 in a public repository; shape: " + SAMPLE)
def test_an_ec2_environment_is_answered_with_awss_defaults(batch: Batch) -> None:
    batch.environment()
    assert detail(batch) == environment_detail(computeResources={**EC2, **EC2_DEFAULTS})


@aws.documented(SAMPLE)
def test_a_spot_environment_keeps_what_was_sent(batch: Batch) -> None:
    spot = {
        **EC2,
        "type": "SPOT",
        "allocationStrategy": "SPOT_PRICE_CAPACITY_OPTIMIZED",
        "bidPercentage": 60,
        "minvCpus": 2,
        "tags": {"Name": "spot"},
    }
    create(batch, spot)
    defaults = {"desiredvCpus": 2, "ec2Configuration": [{"imageType": "ECS_AL2023"}]}
    assert detail(batch) == environment_detail(computeResources={**spot, **defaults})


@pytest.mark.parametrize("kind_", ["FARGATE", "FARGATE_SPOT"])
@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/fargate.html")
def test_a_fargate_environment_gains_nothing(batch: Batch, kind_: str) -> None:
    create(batch, {**FARGATE, "type": kind_})
    assert detail(batch) == environment_detail(computeResources={**FARGATE, "type": kind_})


@aws.recorded("a DescribeComputeEnvironments answer of October 2025 shows the cluster name <ce>_Batch_<uuid>")
def test_an_unmanaged_environment_has_no_compute_resources(batch: Batch) -> None:
    create(batch, type="UNMANAGED", serviceRole=ROLE, unmanagedvCpus=8)
    assert detail(batch) == environment_detail(
        type="UNMANAGED",
        serviceRole=ROLE,
        unmanagedvCpus=8,
        ecsClusterArn="arn:aws:ecs:us-east-1:123456789012:cluster/ce_Batch_<uuid>",
    )


@aws.recorded("a DescribeComputeEnvironments answer of October 2025 shows overrides: [] in launchTemplate")
def test_a_launch_template_gains_an_empty_list_of_overrides(batch: Batch) -> None:
    batch.environment(launchTemplate={"launchTemplateName": "lt", "version": "$Latest"})
    assert detail(batch)["computeResources"]["launchTemplate"] == {
        "launchTemplateName": "lt",
        "version": "$Latest",
        "overrides": [],
    }


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_Ec2Configuration.html")
def test_gpu_instances_get_the_image_type_for_gpus(batch: Batch) -> None:
    """ECS_AL2023_NVIDIA is the default for all GPU instance families; a real g4dn one showed *_NVIDIA."""
    batch.environment(instanceTypes=["g4dn.xlarge"])
    assert detail(batch)["computeResources"]["ec2Configuration"] == [{"imageType": "ECS_AL2023_NVIDIA"}]


@aws.documented("model: ComputeEnvironmentDetail.uuid")
def test_two_environments_have_different_ids(batch: Batch) -> None:
    batch.environment("a")
    batch.environment("b")
    first, second = described(batch, "a", "b")
    assert first["uuid"] != second["uuid"]
    assert first["ecsClusterArn"] != second["ecsClusterArn"]


@aws.documented(CREATE)
def test_environments_are_found_by_name_and_by_arn(batch: Batch) -> None:
    arn = batch.environment("a")
    batch.environment("b")
    names = [each["computeEnvironmentName"] for each in described(batch, "b", arn)]
    assert names == ["b", "a"]


@aws.documented("https://github.com/hashicorp/terraform-provider-aws: an empty answer means not found")
def test_unknown_environments_are_left_out(batch: Batch) -> None:
    batch.environment()
    assert described(batch, "nobody") == []
    assert [each["computeEnvironmentName"] for each in described(batch, "nobody", "ce")] == ["ce"]


@aws.recorded("issue aws-cloudformation/cloudformation-coverage-roadmap#2463 (for queues)")
def test_a_name_that_is_taken_is_a_conflict(batch: Batch, refused: Any) -> None:
    batch.environment()
    taken = refused(
        batch.client.create_compute_environment,
        computeEnvironmentName="ce",
        type="MANAGED",
        computeResources=FARGATE,
    )
    assert taken == ("ClientException", 409, "Object already exists")
    assert detail(batch) == environment_detail(computeResources={**EC2, **EC2_DEFAULTS})


@aws.recorded("issue k1LoW/awspec#563")
def test_names_and_max_results_exclude_each_other(batch: Batch, refused: Any) -> None:
    answer = refused(batch.client.describe_compute_environments, computeEnvironments=["a"], maxResults=1)
    assert inner(answer) == client_error("ComputeEnvironments and MaxResults cannot both be set")


@aws.assumed("the wording is not known, the limit is the model's")
def test_at_most_a_hundred_environments_are_described_at_once(batch: Batch, refused: Any) -> None:
    answer = refused(batch.client.describe_compute_environments, computeEnvironments=["a"] * 101)
    assert kind(answer) == ("ClientException", 400)


# --- what CreateComputeEnvironment refuses

FARGATE_MEMBERS: dict[str, Any] = {
    "allocationStrategy": "BEST_FIT",
    "bidPercentage": 50,
    "desiredvCpus": 1,
    "imageId": "ami-1",
    "instanceTypes": ["optimal"],
    "ec2Configuration": [{"imageType": "ECS_AL2023"}],
    "ec2KeyPair": "key",
    "instanceRole": "role",
    "launchTemplate": {"launchTemplateName": "lt"},
    "minvCpus": 1,
    "placementGroup": "group",
    "spotIamFleetRole": "role",
    "tags": {"a": "b"},
}
SPOT = {**EC2, "type": "SPOT"}
LT = "LaunchTemplateVersion must be either empty or a number or $Default or $Latest."
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("no-instance-role", {**EC2, "instanceRole": None}, "Instance role is required."),
    ("no-min-vcpus", {**EC2, "minvCpus": None}, "Resource minvCpus is required."),
    ("no-instance-types", {**EC2, "instanceTypes": []}, "Resource instanceTypes are required."),
    ("no-security-groups", {**EC2, "securityGroupIds": []}, "Security group ids are required."),
    ("negative", {**EC2, "minvCpus": -1}, "minvCpus should be greater than or equal to 0."),
    (
        "max-under-min",
        {**EC2, "minvCpus": 5},
        "maxvCpus should be greater than or equal to minvCpus.",
    ),
    (
        "desired-over-max",
        {**EC2, "desiredvCpus": 5},
        "desiredvCpus should be between minvCpus and maxvCpus.",
    ),
    (
        "bid",
        {**SPOT, "bidPercentage": 101, "spotIamFleetRole": "r"},
        "Bid percentage must be between 0 to 100.",
    ),
    ("spot-best-fit", SPOT, "compute resource spotIamFleetRole is required."),
    (
        "ordered-on-spot",
        {**SPOT, "allocationStrategy": "BEST_FIT_PROGRESSIVE_ORDERED"},
        "Allocation strategy BEST_FIT_PROGRESSIVE_ORDERED requires compute resource type EC2.",
    ),
    (
        "spot-strategy-on-ec2",
        {**EC2, "allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"},
        "Allocation strategy SPOT_CAPACITY_OPTIMIZED requires compute resource type SPOT.",
    ),
    (
        "mixed-architectures",
        {**EC2, "instanceTypes": ["m6g.large", "m5.large"]},
        "arm-based instance type cannot be used with other instance types.",
    ),
    (
        "template-version",
        {**EC2, "launchTemplate": {"launchTemplateName": "lt", "version": "newest"}},
        LT,
    ),
    (
        "too-many-overrides",
        {
            **EC2,
            "launchTemplate": {
                "launchTemplateName": "lt",
                "overrides": [{"launchTemplateName": "o", "targetInstanceTypes": ["optimal"]}] * 11,
            },
        },
        "LaunchTemplate.overrides size cannot be greater than 10",
    ),
    (
        "fargate-subnets",
        {**FARGATE, "subnets": [f"subnet-{n}" for n in range(17)]},
        "Fargate supports a maximum of 16 subnets.",
    ),
    *(
        (f"fargate-{member}", {**FARGATE, member: value}, f"{member} is not applicable for Fargate.")
        for member, value in FARGATE_MEMBERS.items()
    ),
]


@pytest.mark.parametrize(
    ("resources", "text"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
@aws.recorded(PREFLIGHT)
def test_resources_that_cannot_be_are_refused(
    batch: Batch, refused: Any, resources: dict[str, Any], text: str
) -> None:
    sent = {key: value for key, value in resources.items() if value is not None}
    answer = refused(
        batch.client.create_compute_environment,
        computeEnvironmentName="ce",
        type="MANAGED",
        computeResources=sent,
    )
    assert inner(answer) == client_error(text)
    assert described(batch, "ce") == []


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"state": "DISABLED"}, "Compute Environment must be created in ENABLED state."),
        ({"unmanagedvCpus": 1}, "unmanagedvCpus is not applicable for managed Compute Environment."),
        (
            {"computeResources": None},
            "computeResources must be provided for a MANAGED compute environment",
        ),
        (
            {"type": "UNMANAGED", "computeResources": {"type": "FARGATE_SPOT", "maxvCpus": 1, "subnets": []}},
            "Cannot create an UNMANAGED Fargate Compute Environment.",
        ),
        ({"type": "UNMANAGED", "computeResources": None}, "ServiceRole is required."),
        (
            {"type": "UNMANAGED", "computeResources": None, "serviceRole": "AWSServiceRoleForBatch"},
            "Service Linked Role cannot be used with UNMANAGED Compute Environment.",
        ),
    ],
)
@aws.recorded(PREFLIGHT)
def test_members_that_do_not_go_with_the_type_are_refused(
    batch: Batch, refused: Any, members: dict[str, Any], text: str
) -> None:
    request = {"computeEnvironmentName": "ce", "type": "MANAGED", "computeResources": EC2, **members}
    sent = {key: value for key, value in request.items() if value is not None}
    assert inner(refused(batch.client.create_compute_environment, **sent)) == client_error(text)


@aws.assumed("the sentence is not known")
def test_a_managed_environment_needs_compute_resources(batch: Batch, refused: Any) -> None:
    answer = refused(batch.client.create_compute_environment, computeEnvironmentName="ce", type="MANAGED")
    assert kind(answer) == ("ClientException", 400)


@pytest.mark.parametrize("name", ["", "two words", "dot.dot", "x" * 129, "arn:aws:batch"])
@aws.recorded(PREFLIGHT)
def test_a_name_that_cannot_be_is_refused(batch: Batch, refused: Any, name: str) -> None:
    answer = refused(
        batch.client.create_compute_environment,
        computeEnvironmentName=name,
        type="MANAGED",
        computeResources=EC2,
    )
    assert inner(answer) == client_error("Compute Environment name should match a valid pattern.")


# --- update


@aws.documented(UPDATE)
def test_an_update_changes_what_it_names_and_nothing_else(batch: Batch) -> None:
    arn = batch.environment()
    answer = batch.client.update_compute_environment(
        computeEnvironment=arn, computeResources={"maxvCpus": 9, "minvCpus": 1}
    )
    assert body(answer) == {"computeEnvironmentName": "ce", "computeEnvironmentArn": arn}
    resources = {**EC2, **EC2_DEFAULTS, "maxvCpus": 9, "minvCpus": 1, "desiredvCpus": 1}
    assert detail(batch) == environment_detail(computeResources=resources)


@aws.documented(UPDATE)
def test_an_environment_is_disabled_and_enabled_again(batch: Batch) -> None:
    batch.environment()
    before = detail(batch)
    batch.client.update_compute_environment(computeEnvironment="ce", state="DISABLED")
    assert detail(batch) == {**before, "state": "DISABLED"}
    batch.client.update_compute_environment(computeEnvironment="ce", state="ENABLED")
    assert detail(batch) == before


@aws.documented("model: UpdatePolicy")
def test_an_update_policy_appears_once_it_was_set(batch: Batch) -> None:
    batch.environment()
    before = detail(batch)
    policy = {"terminateJobsOnUpdate": True, "jobExecutionTimeoutMinutes": 10}
    batch.client.update_compute_environment(computeEnvironment="ce", updatePolicy=policy)
    assert detail(batch) == {**before, "updatePolicy": policy}


@aws.documented("model: ComputeResourceUpdate.subnets")
def test_an_empty_list_changes_nothing_on_fargate(batch: Batch) -> None:
    create(batch, FARGATE)
    batch.client.update_compute_environment(
        computeEnvironment="ce", computeResources={"subnets": [], "securityGroupIds": [], "maxvCpus": 8}
    )
    assert detail(batch) == environment_detail(computeResources={**FARGATE, "maxvCpus": 8})


@aws.assumed("clients that always send minvCpus 0 are known to work on creation only")
def test_nothing_is_kept_that_does_not_go_with_fargate(batch: Batch) -> None:
    create(batch, {**FARGATE, "minvCpus": 0, "tags": {}})
    batch.client.update_compute_environment(computeEnvironment="ce", computeResources={"minvCpus": 0})
    assert detail(batch) == environment_detail(computeResources=FARGATE)


@pytest.mark.parametrize("member", ["imageId", "ec2KeyPair"])
@aws.documented("model: ComputeResourceUpdate.imageId, .ec2KeyPair")
def test_an_empty_string_takes_a_member_away(batch: Batch, member: str) -> None:
    batch.environment(**{member: "x", "allocationStrategy": "BEST_FIT_PROGRESSIVE"})
    batch.client.update_compute_environment(computeEnvironment="ce", computeResources={member: ""})
    resources = {**EC2, **EC2_DEFAULTS, "allocationStrategy": "BEST_FIT_PROGRESSIVE"}
    assert detail(batch) == environment_detail(computeResources=resources)


@aws.documented("model: ComputeResourceUpdate.launchTemplate")
def test_an_empty_name_takes_the_launch_template_away(batch: Batch) -> None:
    batch.environment(launchTemplate={"launchTemplateName": "lt"}, allocationStrategy="BEST_FIT_PROGRESSIVE")
    batch.client.update_compute_environment(
        computeEnvironment="ce", computeResources={"launchTemplate": {"launchTemplateName": ""}}
    )
    resources = {**EC2, **EC2_DEFAULTS, "allocationStrategy": "BEST_FIT_PROGRESSIVE"}
    assert detail(batch) == environment_detail(computeResources=resources)


@pytest.mark.parametrize("call", ["create", "update"])
@aws.documented("model: ComputeResourceUpdate.launchTemplate")
def test_an_empty_name_beside_an_id_leaves_the_id(batch: Batch, call: str) -> None:
    given = {"launchTemplate": {"launchTemplateName": "", "launchTemplateId": "lt-2"}}
    first = given if call == "create" else {"launchTemplate": {"launchTemplateName": "lt"}}
    batch.environment(**first, allocationStrategy="BEST_FIT_PROGRESSIVE")
    batch.client.update_compute_environment(computeEnvironment="ce", computeResources=given)
    template = detail(batch)["computeResources"]["launchTemplate"]
    assert template == {"launchTemplateId": "lt-2", "overrides": []}


@aws.assumed("an image type that AWS Batch chose is chosen again; one that was given stays")
def test_the_image_type_follows_the_instance_types(batch: Batch) -> None:
    def image_types(**change: Any) -> list[str]:
        if change:
            batch.client.update_compute_environment(computeEnvironment="ce", computeResources=change)
        return [each["imageType"] for each in detail(batch)["computeResources"]["ec2Configuration"]]

    batch.environment(allocationStrategy="BEST_FIT_PROGRESSIVE")
    assert image_types() == ["ECS_AL2023"]
    assert image_types(instanceTypes=["g4dn.xlarge"]) == ["ECS_AL2023_NVIDIA"]
    assert image_types(ec2Configuration=[{"imageType": "ECS_AL2023_NVIDIA"}]) == ["ECS_AL2023_NVIDIA"]
    assert image_types(instanceTypes=["m5"]) == ["ECS_AL2023_NVIDIA"]
    assert image_types(ec2Configuration=[]) == ["ECS_AL2023"]
    assert image_types(instanceTypes=["p3"]) == ["ECS_AL2023_NVIDIA"]


@pytest.mark.parametrize("tags", [{"aws:mine": "x"}, {"a": "#"}, {f"k{n}": "v" for n in range(51)}])
@aws.assumed("the tags of instances are checked like those of the environment itself")
def test_tags_of_instances_that_cannot_be_are_refused(
    batch: Batch, refused: Any, tags: dict[str, str]
) -> None:
    assert refused(lambda: batch.environment(tags=tags))[1] == 400
    batch.environment(allocationStrategy="BEST_FIT_PROGRESSIVE")
    before = detail(batch)
    change = {"computeEnvironment": "ce", "computeResources": {"tags": tags}}
    assert refused(batch.client.update_compute_environment, **change)[1] == 400
    assert detail(batch) == before


@aws.assumed("as on creation, where a real answer shows overrides: []")
def test_a_launch_template_that_an_update_brings_gains_overrides_too(batch: Batch) -> None:
    batch.environment(allocationStrategy="BEST_FIT_PROGRESSIVE")
    batch.client.update_compute_environment(
        computeEnvironment="ce", computeResources={"launchTemplate": {"launchTemplateName": "lt"}}
    )
    template = detail(batch)["computeResources"]["launchTemplate"]
    assert template == {"launchTemplateName": "lt", "overrides": []}


@aws.documented(INFRASTRUCTURE)
def test_a_best_fit_environment_takes_no_infrastructure_update(batch: Batch, refused: Any) -> None:
    batch.environment()
    before = detail(batch)
    answer = refused(
        batch.client.update_compute_environment,
        computeEnvironment="ce",
        computeResources={"instanceTypes": ["c5"]},
    )
    assert kind(answer) == ("ClientException", 400)
    assert detail(batch) == before


@pytest.mark.parametrize(("made_with", "wanted"), [(None, ROLE), (ROLE, "AWSServiceRoleForBatch")])
@aws.documented("model: UpdateComputeEnvironmentRequest.serviceRole")
def test_service_linked_and_other_roles_do_not_replace_each_other(
    batch: Batch, refused: Any, made_with: str | None, wanted: str
) -> None:
    create(batch, EC2, serviceRole=made_with)
    before = detail(batch)
    answer = refused(batch.client.update_compute_environment, computeEnvironment="ce", serviceRole=wanted)
    assert kind(answer) == ("ClientException", 400)
    assert detail(batch) == before


@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/error-desired-vcpus-update.html")
def test_desired_vcpus_are_not_lowered_by_hand(batch: Batch, refused: Any) -> None:
    batch.environment(desiredvCpus=2)
    answer = refused(
        batch.client.update_compute_environment,
        computeEnvironment="ce",
        computeResources={"desiredvCpus": 1},
    )
    assert answer == client_error(
        "Manually scaling down compute environment is not supported. Disconnecting job queues from "
        "compute environment will cause it to scale-down to minvCpus"
    )


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"minvCpus": 5}, "maxvCpus should be greater than or equal to minvCpus."),
        ({"minvCpus": -1}, "minvCpus should be greater than or equal to 0."),
        ({"desiredvCpus": 5}, "desiredvCpus should be between minvCpus and maxvCpus."),
    ],
)
@aws.assumed("the sentences were measured on creation")
def test_an_update_that_cannot_be_changes_nothing(
    batch: Batch, refused: Any, change: dict[str, Any], text: str
) -> None:
    batch.environment()
    before = detail(batch)
    answer = refused(
        batch.client.update_compute_environment,
        computeEnvironment="ce",
        state="DISABLED",
        computeResources=change,
    )
    assert inner(answer) == client_error(text)
    assert detail(batch) == before


@pytest.mark.parametrize("text", ["nobody", f"{BATCH}:compute-environment/nobody"])
@aws.recorded("terraform-provider-aws and others match `compute-environment/.* does not exist`")
def test_an_unknown_environment_cannot_be_updated(batch: Batch, refused: Any, text: str) -> None:
    answer = refused(batch.client.update_compute_environment, computeEnvironment=text, state="DISABLED")
    assert answer == client_error(GONE)


# --- delete


@aws.documented(DELETE)
def test_a_disabled_environment_is_deleted(batch: Batch) -> None:
    arn = batch.environment()
    batch.client.update_compute_environment(computeEnvironment="ce", state="DISABLED")
    assert body(batch.client.delete_compute_environment(computeEnvironment=arn)) == {}
    assert described(batch, "ce") == []
    batch.environment()  # its name is free again
    assert detail(batch) == environment_detail(computeResources={**EC2, **EC2_DEFAULTS})


@aws.assumed("the rule is documented, the sentence is not known: " + DELETE)
def test_an_enabled_environment_is_not_deleted(batch: Batch, refused: Any) -> None:
    batch.environment()
    assert kind(refused(batch.client.delete_compute_environment, computeEnvironment="ce")) == (
        "ClientException",
        400,
    )
    assert detail(batch) == environment_detail(computeResources={**EC2, **EC2_DEFAULTS})


@aws.recorded("issue hashicorp/terraform-provider-aws#46925")
def test_an_environment_of_a_queue_is_not_deleted(batch: Batch, refused: Any) -> None:
    batch.environment()
    batch.queue()
    batch.client.update_compute_environment(computeEnvironment="ce", state="DISABLED")
    answer = refused(batch.client.delete_compute_environment, computeEnvironment="ce")
    assert answer == client_error("Cannot delete, found existing JobQueue relationship.")
    (queue,) = batch.client.describe_job_queues(jobQueues=["queue"])["jobQueues"]
    assert queue == queue_detail()


@aws.recorded("issue aws/aws-cli#2551 (2017): other delete operations answer the same")
def test_deleting_what_does_not_exist_succeeds(batch: Batch) -> None:
    assert body(batch.client.delete_compute_environment(computeEnvironment="nobody")) == {}


@aws.documented("model: DeleteComputeEnvironment")
def test_an_environment_stays_until_the_last_job_on_it_has_ended(batch: Batch) -> None:
    batch.ready()
    batch.environment("other")
    batch.plan(durationSeconds=60)
    job_id = batch.submit()
    order = [{"order": 0, "computeEnvironment": "other"}]
    batch.client.update_job_queue(jobQueue="queue", computeEnvironmentOrder=order)
    batch.client.update_compute_environment(computeEnvironment="ce", state="DISABLED")
    batch.client.delete_compute_environment(computeEnvironment="ce")
    assert (detail(batch)["status"], detail(batch)["state"]) == ("DELETING", "DISABLED")
    batch.advance(60)
    assert described(batch, "ce") == []
    assert batch.status(job_id) == "SUCCEEDED"
