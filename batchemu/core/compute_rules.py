"""What a compute environment must look like: the rules of Create- and UpdateComputeEnvironment.

The sentences are AWS's own, measured by https://github.com/badmintoncryer/cdk-preflight (rules/batch,
``ce-*`` and ``fargate-*``, September 2026), unless marked as assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import (
    eks_environment_rules,
    instance_types,
    launch_template_rules,
    managed_instances_rules,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchemu.core.world import ComputeEnvironment

SERVICE_LINKED_ROLE: Final = "AWSServiceRoleForBatch"
NOT_ON_FARGATE: Final = (
    "allocationStrategy",
    "bidPercentage",
    "desiredvCpus",
    "imageId",
    "instanceTypes",
    "ec2Configuration",
    "ec2KeyPair",
    "instanceRole",
    "launchTemplate",
    "minvCpus",
    "placementGroup",
    "spotIamFleetRole",
    "tags",
    "scalingPolicy",  # botocore's model says so; the sentence by analogy
)
_INFRASTRUCTURE: Final = (
    "allocationStrategy",
    "bidPercentage",
    "ec2Configuration",
    "ec2KeyPair",
    "imageId",
    "instanceRole",
    "instanceTypes",
    "launchTemplate",
    "placementGroup",
    "securityGroupIds",
    "subnets",
    "tags",
    "type",
)
"""Members whose change replaces instances; so does ``updateToLatestImageVersion``."""
_STRATEGY_NEEDS: Final[Mapping[str, str]] = {
    "BEST_FIT_PROGRESSIVE_ORDERED": "EC2",
    "SPOT_CAPACITY_OPTIMIZED": "SPOT",
    "SPOT_PRICE_CAPACITY_OPTIMIZED": "SPOT",
    "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED": "SPOT",
}
_ORDERED: Final = ("BEST_FIT_PROGRESSIVE_ORDERED", "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED")
_IMAGE_TYPES: Final = ("AL2", "AL2_NVIDIA", "AL2023", "AL2023_NVIDIA")
"""Each with ``ECS_`` or ``EKS_`` before it."""
_FAMILY: Final[Mapping[str, str]] = {"SPOT": "EC2", "FARGATE_SPOT": "FARGATE"}
"""Types between which an update may go to and fro: they count as one."""


def check_create(params: Mapping[str, Any], region: str) -> None:
    """Raise the first rule that CreateComputeEnvironment's request breaks."""
    is_eks = "eksConfiguration" in params
    if is_eks:
        eks_environment_rules.check_create(params, region)
    if params.get("state") == "DISABLED":
        raise messages.invalid("Compute Environment must be created in ENABLED state.")
    if params["type"] == "UNMANAGED":
        _check_unmanaged(params)
        return
    if "unmanagedvCpus" in params:
        raise messages.invalid("unmanagedvCpus is not applicable for managed Compute Environment.")
    resources = params.get("computeResources")
    if not resources:
        raise messages.invalid("computeResources must be provided for a MANAGED compute environment")
    if resources["type"] != managed_instances_rules.KIND and not resources.get("subnets"):
        raise messages.invalid("Subnets are required.")  # assumed wording
    _check_resources(resources, is_eks=is_eks)
    _check_end_of_life(resources.get("ec2Configuration", ()))


def _check_unmanaged(params: Mapping[str, Any]) -> None:
    if params.get("computeResources", {}).get("type", "").startswith("FARGATE"):
        raise messages.invalid("Cannot create an UNMANAGED Fargate Compute Environment.")
    role = params.get("serviceRole")
    if not role:
        raise messages.invalid("ServiceRole is required.")
    if SERVICE_LINKED_ROLE in role:
        raise messages.invalid("Service Linked Role cannot be used with UNMANAGED Compute Environment.")


def _check_end_of_life(configurations: Sequence[Mapping[str, Any]]) -> None:
    """New environments get no AMI of Amazon Linux 2 from AWS Batch (botocore's model, Ec2Configuration)."""
    for each in configurations:
        if "AL2023" not in each["imageType"] and "imageIdOverride" not in each:
            raise messages.invalid(
                "Amazon Linux 2 is end-of-life. Please see "
                "https://docs.aws.amazon.com/batch/latest/userguide/compute_resource_AMIs.html."
            )


def _check_resources(resources: Mapping[str, Any], *, is_eks: bool) -> None:
    if resources["type"] == managed_instances_rules.KIND:
        managed_instances_rules.check(resources)
    else:
        managed_instances_rules.check_absent(resources)
        if resources["type"].startswith("FARGATE"):
            _check_fargate(resources)
        else:
            _check_ec2(resources, is_eks=is_eks)
    _check_vcpus(resources)


def _check_fargate(resources: Mapping[str, Any]) -> None:
    for member in NOT_ON_FARGATE:
        if resources.get(member):
            raise messages.invalid(f"{member} is not applicable for Fargate.")
    if len(resources.get("subnets", ())) > 16:
        raise messages.invalid("Fargate supports a maximum of 16 subnets.")
    if len(resources.get("securityGroupIds", ())) > 5:
        raise messages.invalid("Fargate supports a maximum of 5 security groups.")
    if not resources.get("securityGroupIds"):
        raise messages.invalid("Security group ids are required.")


def _check_ec2(resources: Mapping[str, Any], *, is_eks: bool) -> None:
    if not resources.get("instanceRole"):
        raise messages.invalid("Instance role is required.")
    if "minvCpus" not in resources:
        raise messages.invalid("Resource minvCpus is required.")
    if not resources.get("instanceTypes"):
        raise messages.invalid("Resource instanceTypes are required.")
    if not resources.get("securityGroupIds") and "launchTemplate" not in resources:
        raise messages.invalid("Security group ids are required.")
    if not 0 <= resources.get("bidPercentage", 0) <= 100:
        raise messages.invalid("Bid percentage must be between 0 to 100.")
    delay = resources.get("scalingPolicy", {}).get("minScaleDownDelayMinutes", 0)
    if delay != 0 and not 20 <= delay <= 10_080:
        # assumed wording; botocore's model, ComputeScalingPolicy
        raise messages.invalid("minScaleDownDelayMinutes must be 0, or between 20 and 10080.")
    _check_instance_types(resources["instanceTypes"])
    _check_strategy(resources)
    _check_image_types(resources.get("ec2Configuration", ()), "EKS" if is_eks else "ECS")
    if "launchTemplate" in resources:
        launch_template_rules.check(resources["launchTemplate"], resources["instanceTypes"])


def _check_instance_types(asked: Sequence[str]) -> None:
    if not instance_types.KNOWN.issuperset(asked):
        # https://github.com/Netflix/metaflow/issues/70: AWS answers the whole list
        raise messages.invalid(
            f"Instance type can only be one of [{', '.join(sorted(instance_types.KNOWN))}]"
        )
    if len({instance_types.is_arm(each) for each in asked}) > 1:
        raise messages.invalid("arm-based instance type cannot be used with other instance types.")


def _check_image_types(configurations: Sequence[Mapping[str, Any]], orchestration: str) -> None:
    if len(configurations) > 2:
        # assumed wording; botocore's model, ComputeResource.ec2Configuration
        raise messages.invalid("Only one or two values can be provided in ec2Configuration.")
    allowed = [f"{orchestration}_{each}" for each in _IMAGE_TYPES]
    if any(each["imageType"] not in allowed for each in configurations):
        raise messages.invalid("Invalid imageType in ComputeResources.ec2Configuration")


def _check_strategy(resources: Mapping[str, Any]) -> None:
    kind = resources["type"]
    strategy = resources.get("allocationStrategy", "BEST_FIT")
    needs = _STRATEGY_NEEDS.get(strategy, kind)
    if needs != kind:
        raise messages.invalid(f"Allocation strategy {strategy} requires compute resource type {needs}.")
    if kind == "SPOT" and strategy == "BEST_FIT" and not resources.get("spotIamFleetRole"):
        raise messages.invalid("compute resource spotIamFleetRole is required.")
    if strategy in _ORDERED and not instance_types.BUNDLES.keys().isdisjoint(resources["instanceTypes"]):
        raise messages.invalid(
            "Instance type bundles (e.g. optimal, default_x86_64) are not allowed for "
            f"{strategy} allocation strategy. Specify instance families or types directly."
        )


def _check_vcpus(resources: Mapping[str, Any]) -> None:
    least, most = resources.get("minvCpus", 0), resources.get("maxvCpus", 0)
    if least < 0:
        raise messages.invalid("minvCpus should be greater than or equal to 0.")
    if most < least:
        raise messages.invalid("maxvCpus should be greater than or equal to minvCpus.")
    if not least <= resources.get("desiredvCpus", least) <= most:
        raise messages.invalid("desiredvCpus should be between minvCpus and maxvCpus.")


def check_update(
    environment: ComputeEnvironment, params: Mapping[str, Any], merged: Mapping[str, Any]
) -> None:
    """Raise the first rule that UpdateComputeEnvironment's request breaks; ``merged`` is the result."""
    eks_environment_rules.check_update(environment.is_eks, params)
    change = params.get("computeResources") or {}
    _check_role(environment, params.get("serviceRole"))
    if environment.type == "UNMANAGED":
        if change:
            # assumed wording
            raise messages.invalid("computeResources is not applicable for unmanaged Compute Environments")
        return
    if "unmanagedvCpus" in params:
        raise messages.invalid("unmanagedvCpus is not applicable for managed Compute Environment.")
    before = environment.resources
    if change.get("desiredvCpus", before.get("desiredvCpus", 0)) < before.get("desiredvCpus", 0):
        raise messages.manual_scale_down()
    families = [_FAMILY.get(each["type"], each["type"]) for each in (before, merged)]
    if families[0] != families[1]:
        # assumed wording; botocore's model, ComputeResourceUpdate.type, of ECS_MANAGED_INSTANCES
        raise messages.invalid(f"type cannot be changed from {before['type']} to {merged['type']}.")
    _check_resources(merged, is_eks=environment.is_eks)
    if families[0] == "EC2":
        _check_infrastructure(environment, change, merged, params.get("serviceRole"))


def _check_infrastructure(
    environment: ComputeEnvironment,
    change: Mapping[str, Any],
    merged: Mapping[str, Any],
    role: str | None,
) -> None:
    """Instances are replaced under the service-linked role only, and not with BEST_FIT; assumed wording.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html; of INVALID ones:
    https://docs.aws.amazon.com/batch/latest/userguide/invalid_compute_environment.html
    """
    before = environment.resources
    asked = [each for each in _INFRASTRUCTURE if each in change and before.get(each) != merged.get(each)]
    if change.get("updateToLatestImageVersion"):
        asked.append("updateToLatestImageVersion")
    if not asked or environment.status == "INVALID":
        return  # an update is how an INVALID environment is repaired, and it has no instances to replace
    if before.get("allocationStrategy", "BEST_FIT") == "BEST_FIT":
        raise messages.invalid(
            f"{asked[0]} cannot be updated in a compute environment with allocation strategy BEST_FIT."
        )
    if SERVICE_LINKED_ROLE not in (role or environment.settings["serviceRole"]):
        raise messages.invalid(
            f"{asked[0]} can be updated only in a compute environment with the service-linked role."
        )


def _check_role(environment: ComputeEnvironment, role: str | None) -> None:
    """botocore's model, UpdateComputeEnvironmentRequest.serviceRole; assumed wording."""
    current = environment.settings.get("serviceRole", "")
    if role is not None and (SERVICE_LINKED_ROLE in role) != (SERVICE_LINKED_ROLE in current):
        raise messages.invalid(
            "serviceRole cannot be changed between the service-linked role and another role."
        )
