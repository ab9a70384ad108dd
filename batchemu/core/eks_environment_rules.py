"""What a compute environment on Amazon EKS must look like.

The sentences are AWS's own, measured by https://github.com/badmintoncryer/cdk-preflight (rules/batch,
``ce-eks-*``, September 2026), unless marked as assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu import messages
from batchemu.arn import Arn
from batchemu.core.eks_rules import check_namespace

if TYPE_CHECKING:
    from collections.abc import Mapping


def check_create(params: Mapping[str, Any], region: str) -> None:
    """Raise the first rule that a request with ``eksConfiguration`` breaks."""
    if params["type"] == "UNMANAGED":
        # assumed, rule and wording: AWS Batch launches the nodes of a cluster itself
        raise messages.invalid("eksConfiguration is not applicable for unmanaged Compute Environments.")
    if "ecsSettings" in params:
        # assumed wording; botocore's model, EcsSettings
        raise messages.invalid("ecsSettings is not applicable for EKS Compute Environments.")
    resources = params.get("computeResources") or {}
    if resources.get("type", "EC2") not in ("EC2", "SPOT"):
        raise messages.invalid("Supported compute types for EKS compute environments are [EC2, SPOT].")
    _check_cluster(params["eksConfiguration"]["eksClusterArn"], region)
    check_namespace(params["eksConfiguration"]["kubernetesNamespace"], reserved="kube-")
    if resources and not resources.get("allocationStrategy"):
        raise messages.invalid("allocationStrategy is required for EKS Compute Environments.")


def _check_cluster(text: str, region: str) -> None:
    arn = Arn.parse(text)
    if arn is None or (arn.service, arn.kind) != ("eks", "cluster") or not arn.resource:
        raise messages.invalid("eksClusterArn must be an EKS cluster ARN.")
    if arn.region != region:
        raise messages.invalid("eksClusterArn must be in the same AWS region as the compute environment.")


def check_update(is_eks: bool, params: Mapping[str, Any]) -> None:
    """Raise the first rule of Amazon EKS that an update breaks; the sentences are assumed.

    Source of the rules: botocore's model, UpdateComputeEnvironmentRequest and ComputeResourceUpdate.
    """
    if not is_eks:
        if "eksConfiguration" in params:
            raise messages.invalid("eksConfiguration is not applicable for ECS Compute Environments.")
        return
    if "ecsSettings" in params:
        raise messages.invalid("ecsSettings is not applicable for EKS Compute Environments.")
    change = params.get("computeResources") or {}
    if "desiredvCpus" in change:
        raise messages.invalid("desiredvCpus cannot be updated in EKS Compute Environments.")
    if change.get("type", "EC2") not in ("EC2", "SPOT"):
        raise messages.invalid("Supported compute types for EKS compute environments are [EC2, SPOT].")


def stored(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """``eksConfiguration`` without the status of the access entry, which only AWS Batch tells."""
    kept = dict(configuration)
    if "accessEntry" in kept:
        kept["accessEntry"] = {"desiredState": kept["accessEntry"]["desiredState"]}
    return kept
