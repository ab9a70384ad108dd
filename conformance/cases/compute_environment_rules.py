"""What CreateComputeEnvironment refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.evidence import assumed, issue, preflight
from conformance.expect import mentions, said, wrapped
from conformance.refusals import Row, add_refusals
from conformance.requests import GONE, changed, create_environment

if TYPE_CHECKING:
    from conformance.case import Family
    from conformance.evidence import Evidence
    from conformance.lab import Lab

OPERATION = "CreateComputeEnvironment"
ROLE = "arn:aws:iam::123456789012:role/"
LINKED_ROLE = f"{ROLE}aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge")
TYPES = [f"{family}.{size}" for family in ("m5", "r5") for size in SIZES][:11]
NAME = wrapped("Compute Environment name should match a valid pattern.")


def resources(**members: Any) -> dict[str, Any]:
    return {"computeResources": members}


def template(**members: Any) -> dict[str, Any]:
    return resources(launchTemplate={"launchTemplateName": "lt", **members}, instanceTypes=list(TYPES))


def override(*types: str, **members: Any) -> dict[str, Any]:
    return {"launchTemplateName": "other", "targetInstanceTypes": list(types), **members}


def on_fargate(lab: Lab) -> dict[str, Any]:
    return {**create_environment(lab), "computeResources": lab.settings.fargate}


def on_eks(lab: Lab) -> dict[str, Any]:
    cluster = {"eksClusterArn": lab.settings.eks_cluster, "kubernetesNamespace": "batch"}
    change = {"eksConfiguration": cluster, **resources(allocationStrategy="BEST_FIT_PROGRESSIVE")}
    return changed(create_environment(lab), change)


def on_eks_and_fargate(lab: Lab) -> dict[str, Any]:
    return {**on_eks(lab), "computeResources": lab.settings.fargate}


def _spot(lab: Lab, **members: Any) -> dict[str, Any]:
    return resources(type="SPOT", spotIamFleetRole=lab.settings.spot_fleet_role, **members)


ON_EC2 = [
    Row(
        "no-instance-role",
        resources(instanceRole=GONE),
        wrapped("Instance role is required."),
        preflight("ce-instance-role-required"),
    ),
    Row(
        "no-min-vcpus",
        resources(minvCpus=GONE),
        wrapped("Resource minvCpus is required."),
        issue("getmoto/moto#6470"),
    ),
    Row(
        "no-instance-types",
        resources(instanceTypes=GONE),
        wrapped("Resource instanceTypes are required."),
        preflight("ce-instance-types-required"),
    ),
    Row(
        "empty-instance-types",
        resources(instanceTypes=[]),
        wrapped("Resource instanceTypes are required."),
        preflight("ce-instance-types-required"),
    ),
    Row(
        "no-security-groups",
        resources(securityGroupIds=GONE),
        wrapped("Security group ids are required."),
        preflight("ce-security-groups-required"),
    ),
    Row(
        "disabled",
        {"state": "DISABLED"},
        wrapped("Compute Environment must be created in ENABLED state."),
        preflight("ce-state-enabled"),
    ),
    Row(
        "negative-min-vcpus",
        resources(minvCpus=-1),
        wrapped("minvCpus should be greater than or equal to 0."),
        preflight("ce-min-vcpus-negative"),
    ),
    Row(
        "max-below-min-vcpus",
        resources(minvCpus=8),
        wrapped("maxvCpus should be greater than or equal to minvCpus."),
        preflight("ce-vcpus-order"),
    ),
    Row(
        "desired-above-max-vcpus",
        resources(desiredvCpus=5),
        wrapped("desiredvCpus should be between minvCpus and maxvCpus."),
        preflight("ce-desired-vcpus-range"),
    ),
    Row(
        "desired-below-min-vcpus",
        resources(minvCpus=2, desiredvCpus=1),
        wrapped("desiredvCpus should be between minvCpus and maxvCpus."),
        preflight("ce-desired-vcpus-range"),
    ),
    Row(
        "bid-percentage",
        lambda lab: _spot(lab, bidPercentage=101),
        wrapped("Bid percentage must be between 0 to 100."),
        preflight("ce-bid-percentage-range"),
    ),
    Row(
        "spot-without-fleet-role",
        resources(type="SPOT"),
        wrapped("compute resource spotIamFleetRole is required."),
        preflight("ce-spot-fleet-role"),
    ),
    Row(
        "ordered-on-spot",
        lambda lab: _spot(lab, allocationStrategy="BEST_FIT_PROGRESSIVE_ORDERED"),
        wrapped("Allocation strategy BEST_FIT_PROGRESSIVE_ORDERED requires compute resource type EC2."),
        preflight("ce-allocation-strategy-compute-type"),
    ),
    Row(
        "spot-strategy-on-ec2",
        resources(allocationStrategy="SPOT_CAPACITY_OPTIMIZED"),
        wrapped("Allocation strategy SPOT_CAPACITY_OPTIMIZED requires compute resource type SPOT."),
        assumed("by analogy with cdk-preflight's answer for BEST_FIT_PROGRESSIVE_ORDERED"),
    ),
    Row(
        "unknown-instance-type",
        resources(instanceTypes=["z99.enormous"]),
        mentions("Instance type can only be one of ["),
        issue("Netflix/metaflow#70"),
    ),
    Row(
        "arm-beside-x86",
        resources(instanceTypes=["m6g.large", "m5.large"]),
        wrapped("arm-based instance type cannot be used with other instance types."),
        preflight("ce-instance-types-architecture"),
    ),
    Row(
        "image-type",
        resources(ec2Configuration=[{"imageType": "ECS_AL99"}]),
        said("Invalid imageType in ComputeResources.ec2Configuration", cut=True),
        preflight("ce-ec2-config-image-type"),
    ),
    Row(
        "unmanaged-vcpus-when-managed",
        {"unmanagedvCpus": 4},
        wrapped("unmanagedvCpus is not applicable for managed Compute Environment."),
        preflight("ce-unmanaged-vcpus"),
    ),
    Row(
        "managed-without-resources",
        {"computeResources": GONE},
        wrapped("computeResources must be provided for a MANAGED compute environment"),
        preflight("managed-compute-resources"),
    ),
    Row(
        "unmanaged-fargate",
        {"type": "UNMANAGED", "computeResources": {"type": "FARGATE", "maxvCpus": 1, "subnets": []}},
        wrapped("Cannot create an UNMANAGED Fargate Compute Environment."),
        preflight("unmanaged-fargate"),
    ),
    Row(
        "unmanaged-without-role",
        {"type": "UNMANAGED", "computeResources": GONE},
        wrapped("ServiceRole is required."),
        preflight("ce-unmanaged-service-role"),
    ),
    Row(
        "unmanaged-with-linked-role",
        {"type": "UNMANAGED", "computeResources": GONE, "serviceRole": LINKED_ROLE},
        wrapped("Service Linked Role cannot be used with UNMANAGED Compute Environment."),
        preflight("ce-unmanaged-service-linked-role"),
    ),
    Row("two-words", {"computeEnvironmentName": "two words"}, NAME, preflight("ce-name")),
    Row("129-characters", {"computeEnvironmentName": "x" * 129}, NAME, preflight("ce-name")),
]

WITH_TEMPLATE = [
    Row(
        "template-id-and-name",
        template(launchTemplateId="lt-12345678"),
        said("One of LaunchTemplateId and LaunchTemplateName or LaunchTemplate.Overrides is required."),
        preflight("ce-launch-template-id-or-name"),
    ),
    Row(
        "template-version",
        template(version="latest"),
        wrapped("LaunchTemplateVersion must be either empty or a number or $Default or $Latest."),
        preflight("ce-launch-template-version"),
    ),
    Row(
        "eleven-overrides",
        template(overrides=[override(each) for each in TYPES]),
        wrapped("LaunchTemplate.overrides size cannot be greater than 10"),
        preflight("ce-launch-template-overrides-max"),
    ),
    Row(
        "override-id-and-name",
        template(overrides=[override("m5.large", launchTemplateId="lt-12345678")]),
        wrapped(
            "LaunchTemplate.overrides should have either LaunchTemplateId or LaunchTemplateName but not both."
        ),
        preflight("ce-launch-template-override-id-or-name"),
    ),
    Row(
        "override-without-targets",
        template(overrides=[{"launchTemplateName": "other"}]),
        wrapped(
            "LaunchTemplate.overrides.targetInstanceTypes[] is required for every override "
            "and cannot be empty."
        ),
        preflight("ce-launch-template-override-targets"),
    ),
    Row(
        "override-of-another-type",
        template(overrides=[override("c5.large")]),
        wrapped(
            "LaunchTemplate.overrides:[c5.large] have targetInstanceTypes that do not exist in "
            "computeResource.InstanceTypes."
        ),
        preflight("ce-launch-template-override-target-subset"),
    ),
    Row(
        "overlapping-overrides",
        template(overrides=[override("m5.large"), override("m5.large")]),
        wrapped("LaunchTemplate.overrides have duplicate targetInstanceTypes: [m5.large]"),
        preflight("ce-launch-template-override-target-overlap"),
    ),
]

FARGATE_LACKS: dict[str, Any] = {
    "allocationStrategy": "BEST_FIT_PROGRESSIVE",
    "bidPercentage": 50,
    "desiredvCpus": 1,
    "ec2Configuration": [{"imageType": "ECS_AL2023"}],
    "ec2KeyPair": "key",
    "imageId": "ami-12345678",
    "instanceRole": "ecsInstanceRole",
    "instanceTypes": ["optimal"],
    "launchTemplate": {"launchTemplateName": "lt"},
    "minvCpus": 1,
    "placementGroup": "group",
    "spotIamFleetRole": f"{ROLE}fleet",
    "tags": {"a": "b"},
}

ON_FARGATE = [
    *(
        Row(
            f"fargate-{member}",
            resources(**{member: value}),
            wrapped(f"{member} is not applicable for Fargate."),
            preflight("fargate-ce-fields"),
        )
        for member, value in FARGATE_LACKS.items()
    ),
    Row(
        "17-subnets",
        resources(subnets=[f"subnet-{n}" for n in range(17)]),
        wrapped("Fargate supports a maximum of 16 subnets."),
        preflight("ce-fargate-subnets-max"),
    ),
    Row(
        "six-security-groups",
        resources(securityGroupIds=[f"sg-{n}" for n in range(6)]),
        wrapped("Fargate supports a maximum of 5 security groups."),
        preflight("ce-fargate-security-groups-max"),
    ),
]


def _namespace(name: str, namespace: str, text: str, evidence: Evidence) -> Row:
    """The answer for ``default`` is quoted without its end."""
    change = {"eksConfiguration": {"kubernetesNamespace": namespace}}
    return Row(name, change, said(text, cut=True), evidence)


ON_EKS = [
    Row(
        "eks-without-strategy",
        resources(allocationStrategy=GONE),
        wrapped("allocationStrategy is required for EKS Compute Environments."),
        preflight("ce-eks-allocation-strategy"),
    ),
    Row(
        "eks-without-min-vcpus",
        resources(minvCpus=GONE),
        wrapped("Resource minvCpus is required."),
        preflight("ce-eks-min-vcpus"),
    ),
    Row(
        "eks-cluster-arn",
        {"eksConfiguration": {"eksClusterArn": "arn:aws:ecs:us-east-1:123456789012:cluster/c"}},
        wrapped("eksClusterArn must be an EKS cluster ARN."),
        preflight("ce-eks-cluster-arn-format"),
    ),
    Row(
        "eks-cluster-region",
        {"eksConfiguration": {"eksClusterArn": "arn:aws:eks:ap-south-2:123456789012:cluster/c"}},
        wrapped("eksClusterArn must be in the same AWS region as the compute environment."),
        preflight("ce-eks-cluster-arn-region"),
    ),
    _namespace(
        "eks-namespace-default",
        "default",
        "kubernetesNamespace cannot be the default Kubernetes",
        preflight("ce-eks-namespace-default"),
    ),
    _namespace(
        "eks-namespace-kube",
        "kube-system",
        "kubernetesNamespace cannot be a reserved Kubernetes system namespace.",
        preflight("ce-eks-namespace-kube-prefix"),
    ),
    _namespace(
        "eks-namespace-format",
        "Not_A_Namespace",
        "kubernetesNamespace must be a valid Kubernetes namespace.",
        preflight("ce-eks-namespace-format"),
    ),
    _namespace(
        "eks-namespace-length",
        "x" * 64,
        "kubernetesNamespace must less than or equal to 63 characters long.",
        preflight("ce-eks-namespace-length"),
    ),
]


ON_EKS_AND_FARGATE = Row(
    "eks-on-fargate",
    {},
    wrapped("Supported compute types for EKS compute environments are [EC2, SPOT]."),
    preflight("ce-eks-compute-type"),
)


def add_rules(family: Family) -> None:
    add_refusals(family, OPERATION, create_environment, ON_EC2)
    add_refusals(family, OPERATION, create_environment, WITH_TEMPLATE)
    add_refusals(family, OPERATION, on_fargate, ON_FARGATE)
    add_refusals(family, OPERATION, on_eks, ON_EKS)
    add_refusals(family, OPERATION, on_eks_and_fargate, [ON_EKS_AND_FARGATE])
