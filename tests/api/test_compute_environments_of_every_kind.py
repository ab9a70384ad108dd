"""Every kind of compute environment, with every member filled: what is sent comes back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import UUID3, client_error, environment_detail, ignored, inner, kind
from tests.api.conftest import ACCOUNT, EC2, FARGATE
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

DETAIL = "https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentDetail.html"
MANAGED_INSTANCES = (
    "https://docs.aws.amazon.com/batch/latest/userguide/ecs-managed-instances-compute-environments.html"
)
PREFLIGHT = "https://github.com/badmintoncryer/cdk-preflight rules/batch/ce-*"
CLUSTER = f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/c"
ON_EKS = {"eksClusterArn": CLUSTER, "kubernetesNamespace": "batch"}
EKS = {**EC2, "allocationStrategy": "BEST_FIT_PROGRESSIVE"}
NETWORK = {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}
PROVIDER: dict[str, Any] = {
    "infrastructureRoleArn": f"arn:aws:iam::{ACCOUNT}:role/infrastructure",
    "instanceLaunchTemplate": {
        "ec2InstanceProfileArn": f"arn:aws:iam::{ACCOUNT}:instance-profile/instances",
        "networkConfiguration": NETWORK,
    },
}
INSTANCES = {"type": "ECS_MANAGED_INSTANCES", "maxvCpus": 4, "managedInstancesProvider": PROVIDER}

EC2_FULL = {
    **EC2,
    "allocationStrategy": "BEST_FIT_PROGRESSIVE",
    "minvCpus": 1,
    "desiredvCpus": 2,
    "instanceTypes": ["m5", "c5.large"],
    "imageId": "ami-1",
    "ec2KeyPair": "key",
    "tags": {"Name": "instance"},
    "placementGroup": "group",
    "launchTemplate": {
        "launchTemplateId": "lt-1",
        "version": "$Default",
        "overrides": [
            {"launchTemplateName": "o", "version": "2", "targetInstanceTypes": ["m5.large", "m5.xlarge"]},
            {"launchTemplateId": "lt-2", "targetInstanceTypes": ["c5.large"]},
        ],
    },
    "ec2Configuration": [
        {"imageType": "ECS_AL2023"},
        {"imageType": "ECS_AL2_NVIDIA", "imageIdOverride": "ami-2"},
    ],
    "scalingPolicy": {"minScaleDownDelayMinutes": 20},
}
SPOT_FULL = {
    **EC2_FULL,
    "type": "SPOT",
    "allocationStrategy": "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
    "bidPercentage": 60,
    "spotIamFleetRole": f"arn:aws:iam::{ACCOUNT}:role/fleet",
}
INSTANCES_FULL = {
    **INSTANCES,
    "managedInstancesProvider": {
        **PROVIDER,
        "propagateTags": "CAPACITY_PROVIDER",
        "infrastructureOptimization": {"scaleInAfter": -1},
        "instanceLaunchTemplate": {
            **PROVIDER["instanceLaunchTemplate"],
            "instanceRequirements": {"allowedInstanceTypes": ["g5", "m5.large"]},
            "capacityOptionType": "SPOT",
            "storageConfiguration": {"storageSizeGiB": 100},
            "monitoring": "DETAILED",
            "fipsEnabled": False,
            "capacityReservations": {
                "reservationGroupArn": "arn:aws:resource-groups:us-east-1:1:group/g",
                "reservationPreference": "RESERVATIONS_FIRST",
            },
            "instanceMetadataTagsPropagation": True,
            "localStorageConfiguration": {"useLocalStorage": True},
        },
    },
    "capacityTags": {"team": "blue"},
}


def create(batch: Batch, resources: Any = None, **members: Any) -> dict[str, Any]:
    request = {"computeEnvironmentName": "ce", "type": "MANAGED", "computeResources": resources, **members}
    made: dict[str, Any] = batch.client.create_compute_environment(
        **{key: value for key, value in request.items() if value is not None}
    )
    return made


def update(batch: Batch, **members: Any) -> dict[str, Any]:
    made: dict[str, Any] = batch.client.update_compute_environment(computeEnvironment="ce", **members)
    return made


def detail(batch: Batch, name: str = "ce") -> dict[str, Any]:
    (found,) = batch.client.describe_compute_environments(computeEnvironments=[name])["computeEnvironments"]
    assert re.fullmatch(UUID3, found["uuid"])
    cluster = {"ecsClusterArn": re.sub(f"{UUID3}$", "<uuid>", found.get("ecsClusterArn", ""))}
    return {**found, "uuid": "<uuid>", **(cluster if cluster["ecsClusterArn"] else {})}


def eks_detail(**members: Any) -> dict[str, Any]:
    found = environment_detail(containerOrchestrationType="EKS", **{"eksConfiguration": ON_EKS, **members})
    del found["ecsClusterArn"]
    return found


# --- create and describe


@pytest.mark.parametrize("resources", [EC2_FULL, SPOT_FULL, INSTANCES, INSTANCES_FULL])
@aws.documented(DETAIL)
def test_every_member_comes_back(batch: Batch, resources: dict[str, Any]) -> None:
    settings = {"containerInsights": "ENHANCED"}
    create(batch, resources, ecsSettings=settings, context="reserved", tags={"a": "b"})
    assert detail(batch) == environment_detail(
        computeResources=resources, ecsSettings=settings, context="reserved", tags={"a": "b"}
    )


@aws.documented(DETAIL)
def test_an_environment_on_eks_has_a_namespace_and_no_ecs_cluster(batch: Batch) -> None:
    create(batch, EKS, eksConfiguration=ON_EKS, tags={"a": "b"})
    defaults = {"desiredvCpus": 0, "tags": {}, "ec2Configuration": [{"imageType": "EKS_AL2023"}]}
    assert detail(batch) == eks_detail(computeResources={**EKS, **defaults}, tags={"a": "b"})
    arn = detail(batch)["computeEnvironmentArn"]
    assert batch.client.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b"}


@aws.documented("model: Ec2Configuration")
def test_every_member_of_an_environment_on_eks_comes_back(batch: Batch) -> None:
    images = [{"imageType": "EKS_AL2023", "imageKubernetesVersion": "1.33"}]
    template = {**EC2_FULL["launchTemplate"], "userdataType": "EKS_NODEADM"}
    resources = {**SPOT_FULL, "ec2Configuration": images, "launchTemplate": template}
    create(batch, resources, eksConfiguration=ON_EKS, context="reserved")
    assert detail(batch) == eks_detail(computeResources=resources, context="reserved")


@aws.documented("model: EksAccessEntry")
def test_the_access_entry_is_there_once_all_environments_of_the_cluster_want_it(batch: Batch) -> None:
    wanted = {**ON_EKS, "accessEntry": {"desiredState": "ENABLED", "status": "INACTIVE"}}
    create(batch, EKS, eksConfiguration=wanted)
    create(batch, EKS, eksConfiguration=ON_EKS, computeEnvironmentName="silent")
    assert detail(batch)["eksConfiguration"]["accessEntry"] == {
        "desiredState": "ENABLED",
        "status": "INACTIVE",
    }
    assert detail(batch, "silent")["eksConfiguration"] == ON_EKS
    batch.client.update_compute_environment(
        computeEnvironment="silent", eksConfiguration={"accessEntry": {"desiredState": "ENABLED"}}
    )
    for name in ("ce", "silent"):
        entry = {"desiredState": "ENABLED", "status": "ACTIVE"}
        assert detail(batch, name)["eksConfiguration"] == {**ON_EKS, "accessEntry": entry}


@aws.documented("model: Ec2Configuration.batchImageStatus")
def test_the_status_of_an_image_is_not_for_the_caller_to_set(batch: Batch) -> None:
    batch.environment(ec2Configuration=[{"imageType": "ECS_AL2023", "batchImageStatus": "LATEST"}])
    assert detail(batch)["computeResources"]["ec2Configuration"] == [{"imageType": "ECS_AL2023"}]


@aws.documented("model: ComputeScalingPolicy.minScaleDownDelayMinutes")
def test_a_delay_of_zero_unsets_the_scaling_policy(batch: Batch) -> None:
    batch.environment(scalingPolicy={"minScaleDownDelayMinutes": 0})
    assert "scalingPolicy" not in detail(batch)["computeResources"]
    update(batch, computeResources={"scalingPolicy": {"minScaleDownDelayMinutes": 10_080}})
    assert detail(batch)["computeResources"]["scalingPolicy"] == {"minScaleDownDelayMinutes": 10_080}
    update(batch, computeResources={"scalingPolicy": {"minScaleDownDelayMinutes": 0}})
    assert "scalingPolicy" not in detail(batch)["computeResources"]


@pytest.mark.parametrize("types", [["default_x86_64"], ["default_arm64", "m6g"], ["p3.2xlarge", "optimal"]])
@aws.documented("model: ComputeResource.instanceTypes")
def test_types_families_and_bundles_are_instance_types(batch: Batch, types: list[str]) -> None:
    batch.environment(instanceTypes=types)
    assert detail(batch)["computeResources"]["instanceTypes"] == types


# --- what CreateComputeEnvironment refuses


def with_template(**template: Any) -> dict[str, Any]:
    named = {"launchTemplateName": "lt", **template}
    return {**EC2, "instanceTypes": ["m5", "c5.large"], "launchTemplate": named}


def with_override(*overrides: dict[str, Any]) -> dict[str, Any]:
    named = [{"launchTemplateName": "o", "targetInstanceTypes": ["m5"], **each} for each in overrides]
    return with_template(overrides=named)


MEASURED: list[tuple[dict[str, Any], str]] = [
    (
        with_template(launchTemplateId="lt-1"),
        "One of LaunchTemplateId and LaunchTemplateName or LaunchTemplate.Overrides is required.",
    ),
    (
        with_override({"launchTemplateId": "lt-1"}),
        "LaunchTemplate.overrides should have either LaunchTemplateId or LaunchTemplateName but not both.",
    ),
    (
        with_override({"targetInstanceTypes": []}),
        "LaunchTemplate.overrides.targetInstanceTypes[] is required for every override and cannot be empty.",
    ),
    (
        with_override({"targetInstanceTypes": ["r5"]}),
        "LaunchTemplate.overrides:[r5] have targetInstanceTypes that do not exist in "
        "computeResource.InstanceTypes.",
    ),
    (with_override({}, {}), "LaunchTemplate.overrides have duplicate targetInstanceTypes: [m5]"),
    (
        {**EC2, "ec2Configuration": [{"imageType": "EKS_AL2023"}]},
        "Invalid imageType in ComputeResources.ec2Configuration",
    ),
    (
        {**EC2, "ec2Configuration": [{"imageType": "ECS_AL2"}]},
        "Amazon Linux 2 is end-of-life. Please see "
        "https://docs.aws.amazon.com/batch/latest/userguide/compute_resource_AMIs.html.",
    ),
    (
        {**EC2, "allocationStrategy": "BEST_FIT_PROGRESSIVE_ORDERED"},
        "Instance type bundles (e.g. optimal, default_x86_64) are not allowed for "
        "BEST_FIT_PROGRESSIVE_ORDERED allocation strategy. Specify instance families or types directly.",
    ),
    (
        {**FARGATE, "securityGroupIds": [f"sg-{n}" for n in range(6)]},
        "Fargate supports a maximum of 5 security groups.",
    ),
]


@pytest.mark.parametrize(("resources", "text"), MEASURED)
@aws.recorded(PREFLIGHT)
def test_resources_that_cannot_be_are_refused_in_awss_words(
    batch: Batch, refused: Any, resources: dict[str, Any], text: str
) -> None:
    assert inner(refused(create, batch=batch, resources=resources)) == client_error(text)
    assert not batch.client.describe_compute_environments()["computeEnvironments"]


def instances(**template: Any) -> dict[str, Any]:
    """Resources of managed instances with these members in the launch template."""
    return {
        **INSTANCES,
        "managedInstancesProvider": {
            **PROVIDER,
            "instanceLaunchTemplate": {**PROVIDER["instanceLaunchTemplate"], **template},
        },
    }


@pytest.mark.parametrize(
    "resources",
    [
        with_template(launchTemplateName=""),
        with_override({"launchTemplateName": ""}),
        with_override({}, {"targetInstanceTypes": ["m5.large"]}),
        with_override({"targetInstanceTypes": ["c5"]}),
        {**with_override({"targetInstanceTypes": ["optimal"]}), "instanceTypes": ["optimal"]},
        {**EC2, "scalingPolicy": {"minScaleDownDelayMinutes": 19}},
        {**EC2, "scalingPolicy": {"minScaleDownDelayMinutes": 10_081}},
        {**EC2, "ec2Configuration": [{"imageType": "ECS_AL2023"}] * 3},
        {**EC2, "capacityTags": {"a": "b"}},
        {**EC2, "managedInstancesProvider": PROVIDER},
        {**EC2, "subnets": []},
        {**FARGATE, "subnets": []},
        {**FARGATE, "securityGroupIds": []},
        {**FARGATE, "scalingPolicy": {"minScaleDownDelayMinutes": 20}},
        {"type": "ECS_MANAGED_INSTANCES", "maxvCpus": 4},
        {**INSTANCES, "instanceTypes": ["m5"]},
        {**INSTANCES, "subnets": ["subnet-1"]},
        {**INSTANCES, "managedInstancesProvider": {**PROVIDER, "propagateTags": "ALL"}},
        {
            **INSTANCES,
            "managedInstancesProvider": {**PROVIDER, "infrastructureOptimization": {"scaleInAfter": 3601}},
        },
        instances(networkConfiguration={"subnets": [], "securityGroups": ["sg-1"]}),
        instances(capacityOptionType="CHEAP"),
        instances(monitoring="NONE"),
        instances(capacityReservations={"reservationPreference": "MAYBE"}),
        instances(storageConfiguration={"storageSizeGiB": 0}),
        instances(instanceRequirements={"allowedInstanceTypes": ["optimal"]}),
    ],
)
@aws.documented(
    "the rules: the model's documentation, " + MANAGED_INSTANCES + "; the sentences are not known"
)
def test_what_the_documentation_excludes_is_refused(
    batch: Batch, refused: Any, resources: dict[str, Any]
) -> None:
    assert kind(refused(create, batch=batch, resources=resources)) == ("ClientException", 400)


@aws.recorded("issue Netflix/metaflow#70 (2019): AWS answers the whole list")
def test_an_unknown_instance_type_is_answered_with_those_that_are_known(batch: Batch, refused: Any) -> None:
    code, status, text = inner(refused(batch.environment, instanceTypes=["m5.tiny"]))
    assert (code, status) == ("ClientException", 400)
    found = re.fullmatch(r"Instance type can only be one of \[(.*)\]", text)
    assert found
    assert {"m5d.8xlarge", "r4", "r5", "optimal"} <= set(found[1].split(", "))


@pytest.mark.parametrize(
    ("resources", "on_eks", "text"),
    [
        (EC2, {}, "allocationStrategy is required for EKS Compute Environments."),
        (FARGATE, {}, "Supported compute types for EKS compute environments are [EC2, SPOT]."),
        (EKS, {"eksClusterArn": "c"}, "eksClusterArn must be an EKS cluster ARN."),
        (
            EKS,
            {"eksClusterArn": CLUSTER.replace("east", "west")},
            "eksClusterArn must be in the same AWS region as the compute environment.",
        ),
        (
            EKS,
            {"kubernetesNamespace": "default"},
            "kubernetesNamespace cannot be the default Kubernetes namespace.",
        ),
        (
            EKS,
            {"kubernetesNamespace": "kube-x"},
            "kubernetesNamespace cannot be a reserved Kubernetes system namespace.",
        ),
        (
            EKS,
            {"kubernetesNamespace": "n" * 64},
            "kubernetesNamespace must less than or equal to 63 characters long.",
        ),
        (EKS, {"kubernetesNamespace": "A_b"}, "kubernetesNamespace must be a valid Kubernetes namespace."),
        ({k: v for k, v in EKS.items() if k != "minvCpus"}, {}, "Resource minvCpus is required."),
    ],
)
@aws.recorded(PREFLIGHT)
def test_an_environment_on_eks_that_cannot_be_is_refused(
    batch: Batch, refused: Any, resources: dict[str, Any], on_eks: dict[str, Any], text: str
) -> None:
    answer = refused(create, batch=batch, resources=resources, eksConfiguration={**ON_EKS, **on_eks})
    assert inner(answer) == client_error(text)


@pytest.mark.parametrize("members", [{"type": "UNMANAGED", "serviceRole": "r"}, {"ecsSettings": {}}])
@aws.assumed("AWS Batch launches the nodes itself; EcsSettings are for Amazon ECS (model: EcsSettings)")
def test_members_that_do_not_go_with_eks_are_refused(
    batch: Batch, refused: Any, members: dict[str, Any]
) -> None:
    answer = refused(create, batch=batch, resources=EKS, eksConfiguration=ON_EKS, **members)
    assert kind(answer) == ("ClientException", 400)


# --- update


@aws.documented(MANAGED_INSTANCES)
def test_managed_instances_are_updated_member_by_member(batch: Batch) -> None:
    create(batch, INSTANCES_FULL)
    update(
        batch,
        computeResources={
            "maxvCpus": 9,
            "managedInstancesProvider": {
                "propagateTags": "NONE",
                "instanceLaunchTemplate": {"monitoring": "BASIC"},
            },
            "capacityTags": {},
        },
    )
    before: Any = INSTANCES_FULL["managedInstancesProvider"]
    template = {**before["instanceLaunchTemplate"], "monitoring": "BASIC"}
    provider = {**before, "propagateTags": "NONE", "instanceLaunchTemplate": template}
    resources = {
        **INSTANCES_FULL,
        "maxvCpus": 9,
        "managedInstancesProvider": provider,
        "capacityTags": {},
    }
    assert detail(batch) == environment_detail(computeResources=resources)


@aws.documented("model: ComputeResourceUpdate.subnets, .securityGroupIds, .ec2Configuration")
def test_empty_lists_take_members_away_on_ec2(batch: Batch) -> None:
    create(batch, EC2_FULL)
    update(batch, computeResources={"subnets": [], "securityGroupIds": [], "ec2Configuration": []})
    gone = {k: v for k, v in EC2_FULL.items() if k not in ("subnets", "securityGroupIds")}
    resources = {**gone, "ec2Configuration": [{"imageType": "ECS_AL2023"}]}
    assert detail(batch) == environment_detail(computeResources=resources)


@aws.documented("model: ComputeResourceUpdate.type")
def test_a_type_changes_between_on_demand_and_spot(batch: Batch) -> None:
    batch.environment(allocationStrategy="BEST_FIT_PROGRESSIVE")
    update(batch, computeResources={"type": "SPOT", "allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"})
    assert detail(batch)["computeResources"]["type"] == "SPOT"


@pytest.mark.parametrize(
    ("resources", "change"),
    [
        (EKS, {"type": "ECS_MANAGED_INSTANCES", "managedInstancesProvider": PROVIDER}),
        (EKS, {"type": "FARGATE"}),
        (INSTANCES, {"type": "EC2"}),
        (INSTANCES, {"instanceTypes": ["m5"]}),
        (EKS, {"managedInstancesProvider": {"propagateTags": "NONE"}}),
        (EKS, {"instanceTypes": ["m5.tiny"]}),
        (EKS, {"securityGroupIds": []}),
        (FARGATE, {"minvCpus": 1}),
    ],
)
@aws.documented("the rules: model: ComputeResourceUpdate; the sentences are not known")
def test_an_update_that_cannot_be_is_refused(
    batch: Batch, refused: Any, resources: dict[str, Any], change: dict[str, Any]
) -> None:
    create(batch, resources)
    before = detail(batch)
    assert kind(refused(update, batch=batch, computeResources=change)) == ("ClientException", 400)
    assert detail(batch) == before


@aws.documented("model: UpdateComputeEnvironmentRequest.eksConfiguration, ComputeResourceUpdate.desiredvCpus")
def test_what_an_update_may_not_touch_on_eks_and_off_it(batch: Batch, refused: Any) -> None:
    entry = {"eksConfiguration": {"accessEntry": {"desiredState": "ENABLED"}}}
    batch.environment()
    assert kind(refused(update, batch=batch, **entry)) == ("ClientException", 400)
    create(batch, EKS, eksConfiguration=ON_EKS, computeEnvironmentName="eks")
    for members in (
        {"computeResources": {"desiredvCpus": 1}},
        {"computeResources": {"type": "FARGATE"}},
        {"ecsSettings": {"containerInsights": "ENABLED"}},
    ):
        answer = refused(batch.client.update_compute_environment, computeEnvironment="eks", **members)
        assert kind(answer) == ("ClientException", 400)


@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html")
def test_instances_are_replaced_under_the_service_linked_role_only(batch: Batch, refused: Any) -> None:
    create(batch, EKS, serviceRole="role")
    update(batch, computeResources={"maxvCpus": 9, "tags": {}, "updateToLatestImageVersion": False})
    for change in ({"tags": {"a": "b"}}, {"updateToLatestImageVersion": True}):
        assert kind(refused(update, batch=batch, computeResources=change)) == ("ClientException", 400)


@aws.documented("https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html")
def test_the_wish_for_the_latest_image_is_over_with_the_update(batch: Batch) -> None:
    create(batch, EKS)
    before = detail(batch)
    made = update(batch, computeResources={"updateToLatestImageVersion": True})
    assert ignored(made) == ["computeResources.updateToLatestImageVersion"]
    assert detail(batch) == before


@aws.assumed("the defaults are the model's, that they are shown is not known")
def test_an_update_policy_is_kept_and_filled_with_defaults(batch: Batch) -> None:
    batch.environment()
    update(batch, updatePolicy={"jobExecutionTimeoutMinutes": 7200})
    assert detail(batch)["updatePolicy"] == {
        "terminateJobsOnUpdate": False,
        "jobExecutionTimeoutMinutes": 7200,
    }
    update(batch, updatePolicy={"terminateJobsOnUpdate": True})
    assert detail(batch)["updatePolicy"] == {
        "terminateJobsOnUpdate": True,
        "jobExecutionTimeoutMinutes": 7200,
    }


@aws.documented("model: JobExecutionTimeoutMinutes")
def test_a_job_execution_timeout_is_five_days_at_most(batch: Batch, refused: Any) -> None:
    batch.environment()
    policy = {"jobExecutionTimeoutMinutes": 7201}
    assert kind(refused(update, batch=batch, updatePolicy=policy)) == ("ClientException", 400)


@aws.documented("model: UpdatePolicy")
def test_an_update_policy_is_ignored_on_fargate(batch: Batch) -> None:
    create(batch, FARGATE)
    made = update(batch, updatePolicy={"terminateJobsOnUpdate": True})
    assert ignored(made) == ["updatePolicy"]
    assert "updatePolicy" not in detail(batch)


@aws.documented("model: UpdateComputeEnvironmentRequest.ecsSettings")
def test_the_settings_of_ecs_appear_once_they_were_set(batch: Batch) -> None:
    batch.environment()
    before = detail(batch)
    update(batch, ecsSettings={"containerInsights": "ENABLED"}, context="c")
    assert detail(batch) == {**before, "ecsSettings": {"containerInsights": "ENABLED"}, "context": "c"}


@aws.documented("model: UpdateComputeEnvironmentRequest.unmanagedvCpus, .serviceRole; no sentence is known")
def test_an_unmanaged_environment_is_updated_in_its_own_members_only(batch: Batch, refused: Any) -> None:
    create(batch, type="UNMANAGED", serviceRole="role", unmanagedvCpus=8)
    before = detail(batch)
    for members in ({"computeResources": {"maxvCpus": 1}}, {"serviceRole": "AWSServiceRoleForBatch"}):
        assert kind(refused(update, batch=batch, **members)) == ("ClientException", 400)
    update(batch, unmanagedvCpus=9, serviceRole="other", state="DISABLED")
    changed = {"unmanagedvCpus": 9, "serviceRole": "other", "state": "DISABLED"}
    assert detail(batch) == {**before, **changed}


@aws.assumed("the sentence was measured on creation")
def test_unmanaged_vcpus_do_not_go_with_a_managed_environment(batch: Batch, refused: Any) -> None:
    batch.environment()
    assert inner(refused(update, batch=batch, unmanagedvCpus=9)) == client_error(
        "unmanagedvCpus is not applicable for managed Compute Environment."
    )


# --- queues and jobs


@pytest.mark.parametrize(
    ("resources", "members", "queue_type"),
    [
        (EKS, {"eksConfiguration": ON_EKS}, "EKS"),
        (INSTANCES, {}, "ECS_MANAGED_INSTANCES"),
        (FARGATE, {}, "ECS_FARGATE"),
    ],
)
@aws.documented("model: CreateJobQueueRequest.jobQueueType, ComputeEnvironmentOrder")
def test_a_queue_has_environments_of_one_kind(
    batch: Batch, refused: Any, resources: dict[str, Any], members: dict[str, Any], queue_type: str
) -> None:
    create(batch, resources, **members)
    batch.environment("other")
    order = [{"order": n, "computeEnvironment": each} for n, each in enumerate(("ce", "other"))]
    call = batch.client.create_job_queue
    mixed = refused(call, jobQueueName="queue", priority=1, computeEnvironmentOrder=order)
    assert kind(mixed) == ("ClientException", 400)
    wrong = refused(
        call, jobQueueName="queue", priority=1, computeEnvironmentOrder=order[:1], jobQueueType="ECS"
    )
    assert kind(wrong) == ("ClientException", 400)
    call(jobQueueName="queue", priority=1, computeEnvironmentOrder=order[:1], jobQueueType=queue_type)


@pytest.mark.parametrize(("resources", "members"), [(EKS, {"eksConfiguration": ON_EKS}), (INSTANCES, {})])
@aws.recorded("the sentence in public code, for Fargate; that it holds for every kind is assumed")
def test_a_job_for_ec2_does_not_go_elsewhere(
    batch: Batch, refused: Any, resources: dict[str, Any], members: dict[str, Any]
) -> None:
    create(batch, resources, **members)
    batch.queue()
    batch.definition()
    answer = refused(batch.client.submit_job, jobName="j", jobQueue="queue", jobDefinition="definition")
    assert answer == client_error(
        "Job Queue is attached to Compute Environment that can not run Jobs with capability EC2."
    )


# --- what has no effect is told


@pytest.mark.parametrize(
    ("resources", "members", "told"),
    [
        (EC2, {}, []),
        (
            {k: v for k, v in SPOT_FULL.items() if k != "imageId"},
            {"ecsSettings": {"containerInsights": "ENABLED"}, "context": "c"},
            [
                "computeResources.allocationStrategy",
                "computeResources.bidPercentage",
                "computeResources.ec2Configuration",
                "computeResources.ec2KeyPair",
                "computeResources.launchTemplate",
                "computeResources.placementGroup",
                "computeResources.scalingPolicy",
                "computeResources.spotIamFleetRole",
                "computeResources.tags",
                "context",
                "ecsSettings",
            ],
        ),
        (
            {**INSTANCES, "capacityTags": {"a": "b"}},
            {},
            ["computeResources.capacityTags", "computeResources.managedInstancesProvider"],
        ),
        (EKS, {"eksConfiguration": ON_EKS}, ["computeResources.allocationStrategy", "eksConfiguration"]),
    ],
)
@aws.emulator_only
def test_members_without_effect_are_named(
    batch: Batch, resources: dict[str, Any], members: dict[str, Any], told: list[str]
) -> None:
    assert sorted(ignored(create(batch, resources, **members))) == told
