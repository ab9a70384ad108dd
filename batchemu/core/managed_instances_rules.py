"""What a compute environment on Amazon ECS Managed Instances must look like, and how it is updated.

Source of the rules: botocore's model (ManagedInstancesProvider and its members) and
https://docs.aws.amazon.com/batch/latest/userguide/ecs-managed-instances-compute-environments.html; every
sentence is assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import instance_types, tags

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND: Final = "ECS_MANAGED_INSTANCES"
_OWN_MEMBERS: Final = ("managedInstancesProvider", "capacityTags")
_NOT_HERE: Final = (
    "allocationStrategy",
    "bidPercentage",
    "desiredvCpus",
    "minvCpus",
    "imageId",
    "instanceTypes",
    "instanceRole",
    "ec2Configuration",
    "ec2KeyPair",
    "launchTemplate",
    "placementGroup",
    "spotIamFleetRole",
    "subnets",
    "securityGroupIds",
)
_VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "propagateTags": ("CAPACITY_PROVIDER", "NONE"),
    "capacityOptionType": ("ON_DEMAND", "SPOT"),
    "monitoring": ("BASIC", "DETAILED"),
    "reservationPreference": ("RESERVATIONS_ONLY", "RESERVATIONS_FIRST", "RESERVATIONS_EXCLUDED"),
}
"""Members that are plain strings in the model and take these values by its documentation."""


def check_absent(resources: Mapping[str, Any]) -> None:
    """Other types of environments have none of these members."""
    for member in _OWN_MEMBERS:
        if resources.get(member):
            raise messages.invalid(f"{member} is only applicable for {KIND}.")


def check(resources: Mapping[str, Any]) -> None:
    """Raise the first rule that ``computeResources`` breaks."""
    for member in _NOT_HERE:
        if resources.get(member):
            raise messages.invalid(f"{member} is not applicable for {KIND}.")
    provider = resources.get("managedInstancesProvider")
    if not provider:
        raise messages.invalid(f"managedInstancesProvider is required for {KIND}.")
    template = provider["instanceLaunchTemplate"]
    _check_values(provider)
    _check_values(template)
    _check_values(template.get("capacityReservations", {}))
    for member in ("subnets", "securityGroups"):
        if not template["networkConfiguration"].get(member):
            raise messages.invalid(f"networkConfiguration.{member} is required for {KIND}.")
    idle = provider.get("infrastructureOptimization", {}).get("scaleInAfter", 0)
    if not -1 <= idle <= 3600:
        raise messages.invalid("scaleInAfter must be -1, or between 0 and 3600.")
    if template.get("storageConfiguration", {}).get("storageSizeGiB", 1) < 1:
        raise messages.invalid("storageSizeGiB must be at least 1.")
    for each in template.get("instanceRequirements", {}).get("allowedInstanceTypes", ()):
        if each not in instance_types.KNOWN or each in instance_types.BUNDLES:
            raise messages.invalid(f"{each} is not an instance type or an instance family.")
    tags.checked(resources.get("capacityTags"))


def _check_values(members: Mapping[str, Any]) -> None:
    for member, allowed in _VALUES.items():
        if members.get(member, allowed[0]) not in allowed:
            raise messages.invalid(f"{member} must be one of [{', '.join(allowed)}].")


def merged(provider: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The provider after an update: both it and its launch template are merged member by member."""
    template = {**provider["instanceLaunchTemplate"], **change.get("instanceLaunchTemplate", {})}
    return {**provider, **change, "instanceLaunchTemplate": template}
