"""Whether the resources that a compute environment names exist on the neighbouring services.

``--strict-references``. AWS Batch accepts an environment whose roles or subnets do not exist and makes it
INVALID afterwards: https://docs.aws.amazon.com/batch/latest/userguide/invalid_compute_environment.html,
where the sentences of the service role and of the Spot Fleet role come from. The others are assumed.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from batchemu.arn import partition
from batchemu.engine.ports import References

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchemu.aws.embedded import EmbeddedAws
    from batchemu.engine.ports import Scope

SERVICE_LINKED_ROLE = "AWSServiceRoleForBatch"
"""AWS Batch makes it where it is missing (botocore's model, CreateComputeEnvironmentRequest.serviceRole)."""


class EmbeddedReferences(References):
    """Looks into moto from inside: a request that asked our own port could wait for its own thread."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws

    def fault(self, scope: Scope, environment: Mapping[str, Any]) -> str | None:
        self._aws.load()
        with self._aws.turn():
            found = next(_faults(_Neighbours(scope), environment), None)
        return found and f"CLIENT_ERROR - {found}"


class _Neighbours:
    """IAM, EC2 and EKS of one account in one region, as moto keeps them."""

    def __init__(self, scope: Scope) -> None:
        from moto.ec2.models import ec2_backends  # noqa: PLC0415
        from moto.eks.models import eks_backends  # noqa: PLC0415
        from moto.iam.models import iam_backends  # noqa: PLC0415

        self._iam = iam_backends[scope.account][partition(scope.region)]
        self._ec2 = ec2_backends[scope.account][scope.region]
        self._eks = eks_backends[scope.account][scope.region]

    def has_role(self, name: str) -> bool:
        """A service-linked role is taken to exist."""
        return name.rpartition("/")[2] == SERVICE_LINKED_ROLE or _is_among(self._iam.roles.values(), name)

    def has_instance_profile(self, name: str) -> bool:
        return _is_among(self._iam.instance_profiles.values(), name)

    def has_subnet(self, subnet_id: str) -> bool:
        return any(subnet_id in zone for zone in self._ec2.subnets.values())

    def has_security_group(self, group_id: str) -> bool:
        return self._ec2.get_security_group_from_id(group_id) is not None

    def has_launch_template(self, template: Mapping[str, Any]) -> bool:
        return (
            template.get("launchTemplateId") in self._ec2.launch_templates
            or template.get("launchTemplateName") in self._ec2.launch_template_name_to_ids
        )

    def has_cluster(self, name: str) -> bool:
        return name in self._eks.clusters


def _is_among(known: Any, name: str) -> bool:
    """Whether one of the roles or profiles bears this ARN, this name, or this path and name."""
    return any(
        name == each.arn if name.startswith("arn:") else name.rpartition("/")[2] == each.name
        for each in known
    )


def _faults(aws: _Neighbours, environment: Mapping[str, Any]) -> Iterator[str]:
    """What does not exist, in words; the roles first, because without them AWS Batch sees nothing else."""
    resources = environment.get("computeResources") or {}
    provider = resources.get("managedInstancesProvider", {})
    template = provider.get("instanceLaunchTemplate", {})
    yield from _role_faults(aws, environment.get("serviceRole"), resources, provider)
    for profile in (resources.get("instanceRole"), template.get("ec2InstanceProfileArn")):
        if profile and not aws.has_instance_profile(profile):
            # seen for Amazon EKS: https://docs.aws.amazon.com/batch/latest/userguide/troubleshooting.html
            yield f"Instance profile {profile} does not exist"
    yield from _launch_template_faults(aws, resources.get("launchTemplate", {}))
    network = template.get("networkConfiguration", {})
    for subnet in (*resources.get("subnets", ()), *network.get("subnets", ())):
        if not aws.has_subnet(subnet):
            yield f"The subnet ID '{subnet}' does not exist"
    for group in (*resources.get("securityGroupIds", ()), *network.get("securityGroups", ())):
        if not aws.has_security_group(group):
            yield f"The security group '{group}' does not exist"
    cluster = environment.get("eksConfiguration", {}).get("eksClusterArn", "").rpartition("/")[2]
    if cluster and not aws.has_cluster(cluster):
        # https://github.com/badmintoncryer/cdk-preflight rules/batch/pf-batch-ce-eks-namespace-format
        yield f"No cluster found for name: {cluster}"


def _role_faults(
    aws: _Neighbours, service_role: str | None, resources: Mapping[str, Any], provider: Mapping[str, Any]
) -> Iterator[str]:
    for role in (service_role, provider.get("infrastructureRoleArn")):
        if role and not aws.has_role(role):
            yield (
                "Not authorized to perform sts:AssumeRole (Service: AWSSecurityTokenService; "
                f"Status Code: 403; Error Code: AccessDenied; Request ID: {uuid.uuid4()})"
            )
    fleet = resources.get("spotIamFleetRole")
    if fleet and not aws.has_role(fleet):
        sentence = "Parameter: SpotFleetRequestConfig.IamFleetRole is invalid"
        yield (
            f"{sentence}. (Service: AmazonEC2; Status Code: 400; Error Code: InvalidSpotFleetRequestConfig; "
            f"Request ID: {uuid.uuid4()}) {sentence}"
        )


def _launch_template_faults(aws: _Neighbours, template: Mapping[str, Any]) -> Iterator[str]:
    for each in (template, *template.get("overrides", ())):
        name = each.get("launchTemplateId") or each.get("launchTemplateName")
        if name and not aws.has_launch_template(each):
            yield f"The specified launch template, {name}, does not exist"
