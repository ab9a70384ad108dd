"""What a compute environment must look like: the rules of Create- and UpdateComputeEnvironment.

The sentences are AWS's own, measured by https://github.com/badmintoncryer/cdk-preflight (rules/batch,
``ce-*`` and ``fargate-*``, September 2026), unless marked as assumed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from batchemu import messages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchemu.core.world import ComputeEnvironment

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
    "updateToLatestImageVersion",
)
"""Members whose update replaces instances."""
_ARM = re.compile(r"a1\b|[a-z]+\d+[a-z]*g|default_arm64$")
_GPU = re.compile(r"p\d|g\d(?!ad)|gr\d")
_VERSION = re.compile(r"\d*|\$Default|\$Latest")
_STRATEGY_NEEDS: Final[Mapping[str, str]] = {
    "BEST_FIT_PROGRESSIVE_ORDERED": "EC2",
    "SPOT_CAPACITY_OPTIMIZED": "SPOT",
    "SPOT_PRICE_CAPACITY_OPTIMIZED": "SPOT",
    "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED": "SPOT",
}


def check_create(params: Mapping[str, Any]) -> None:
    """Raise the first rule that CreateComputeEnvironment's request breaks."""
    if "eksConfiguration" in params:
        raise messages.not_implemented("compute environments on Amazon EKS")
    if params.get("state") == "DISABLED":
        raise messages.invalid("Compute Environment must be created in ENABLED state.")
    resources = params.get("computeResources")
    if params["type"] == "UNMANAGED":
        _check_unmanaged(params)
        return
    if "unmanagedvCpus" in params:
        raise messages.invalid("unmanagedvCpus is not applicable for managed Compute Environments")
    if not resources:
        # assumed wording
        raise messages.invalid("computeResources must be provided for a MANAGED compute environment.")
    _check_resources(resources)


def _check_unmanaged(params: Mapping[str, Any]) -> None:
    role = params.get("serviceRole")
    if not role:
        raise messages.invalid("ServiceRole is required.")
    if "AWSServiceRoleForBatch" in role:
        raise messages.invalid("Service Linked Role cannot be used with UNMANAGED Compute Environment")


def _check_resources(resources: Mapping[str, Any]) -> None:
    kind = resources["type"]
    if kind == "ECS_MANAGED_INSTANCES":
        raise messages.not_implemented("compute environments of type ECS_MANAGED_INSTANCES")
    if kind.startswith("FARGATE"):
        _check_fargate(resources)
    else:
        _check_ec2(resources)
    _check_vcpus(resources)


def _check_fargate(resources: Mapping[str, Any]) -> None:
    for member in NOT_ON_FARGATE:
        if resources.get(member):
            raise messages.invalid(f"{member} is not applicable for Fargate.")
    if len(resources.get("subnets", ())) > 16:
        raise messages.invalid("Fargate supports a maximum of 16 subnets.")
    if not resources.get("subnets"):
        raise messages.invalid("Subnets are required.")  # assumed wording
    if not resources.get("securityGroupIds"):
        raise messages.invalid("Security group ids are required.")


def _check_ec2(resources: Mapping[str, Any]) -> None:
    if not resources.get("instanceRole"):
        raise messages.invalid("Instance role is required.")
    if "minvCpus" not in resources:
        raise messages.invalid("Resource minvCpus is required.")
    if not resources.get("instanceTypes"):
        raise messages.invalid("Resource instanceTypes are required.")
    if not resources.get("subnets"):
        raise messages.invalid("Subnets are required.")  # assumed wording
    if not resources.get("securityGroupIds") and "launchTemplate" not in resources:
        raise messages.invalid("Security group ids are required.")
    if not 0 <= resources.get("bidPercentage", 0) <= 100:
        raise messages.invalid("Bid percentage must be between 0 to 100.")
    _check_strategy(resources)
    _check_architecture(resources["instanceTypes"])
    check_template(resources.get("launchTemplate", {}))


def _check_architecture(instance_types: Sequence[str]) -> None:
    if len({is_arm(each) for each in instance_types}) > 1:
        raise messages.invalid("arm-based instance type cannot be used with other instance types")


def is_arm(instance_type: str) -> bool:
    """Graviton families have a ``g`` behind their generation (``m6g``, ``c7gn``), and ``a1``.

    Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
    """
    return _ARM.match(instance_type) is not None


def is_gpu(instance_type: str) -> bool:
    """Families of accelerated instances with NVIDIA GPUs: ``p`` and ``g`` (``g4ad`` has AMD's).

    Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html
    """
    return _GPU.match(instance_type) is not None


def check_template(template: Mapping[str, Any]) -> None:
    """The rules of a launch template that do not need Amazon EC2."""
    for each in (template, *template.get("overrides", ())):
        if _VERSION.fullmatch(each.get("version", "")) is None:
            raise messages.invalid(
                "LaunchTemplateVersion must be either empty or a number or $Default or $Latest"
            )
    if len(template.get("overrides", ())) > 10:
        raise messages.invalid("LaunchTemplate.overrides size cannot be greater than 10")


def _check_strategy(resources: Mapping[str, Any]) -> None:
    kind = resources["type"]
    strategy = resources.get("allocationStrategy", "BEST_FIT")
    needs = _STRATEGY_NEEDS.get(strategy, kind)
    if needs != kind:
        raise messages.invalid(f"Allocation strategy {strategy} requires compute resource type {needs}.")
    if kind == "SPOT" and strategy == "BEST_FIT" and not resources.get("spotIamFleetRole"):
        raise messages.invalid("compute resource spotIamFleetRole is required.")


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
    if "eksConfiguration" in params:
        raise messages.not_implemented("compute environments on Amazon EKS")
    change = params.get("computeResources") or {}
    if environment.type == "UNMANAGED":
        if change:
            # assumed wording
            raise messages.invalid("computeResources is not applicable for unmanaged Compute Environments")
        return
    if "unmanagedvCpus" in params:
        raise messages.invalid("unmanagedvCpus is not applicable for managed Compute Environments")
    if change.get("desiredvCpus", environment.resources.get("desiredvCpus", 0)) < environment.resources.get(
        "desiredvCpus", 0
    ):
        raise messages.manual_scale_down()
    fargate = [str(each["type"]).startswith("FARGATE") for each in (environment.resources, merged)]
    if fargate[0] != fargate[1]:
        raise messages.invalid("type cannot be changed between EC2 and Fargate.")  # assumed wording
    _check_resources(merged)
    _check_infrastructure(environment, change)
    _check_role(environment, params.get("serviceRole"))


def _check_infrastructure(environment: ComputeEnvironment, change: Mapping[str, Any]) -> None:
    """Instances are replaced only under some allocation strategies, BEST_FIT not among them.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html; assumed wording.
    """
    strategy = environment.resources.get("allocationStrategy", "BEST_FIT")
    if environment.resources["type"] not in ("EC2", "SPOT") or strategy != "BEST_FIT":
        return
    asked = [member for member in _INFRASTRUCTURE if member in change]
    if asked:
        raise messages.invalid(
            f"{asked[0]} cannot be updated in a compute environment with allocation strategy BEST_FIT."
        )


def _check_role(environment: ComputeEnvironment, role: str | None) -> None:
    """botocore's model, UpdateComputeEnvironmentRequest.serviceRole; assumed wording."""
    linked = "AWSServiceRoleForBatch"
    if role is not None and (linked in role) != (linked in environment.settings.get("serviceRole", "")):
        raise messages.invalid(
            "serviceRole cannot be changed between the service-linked role and another role."
        )
