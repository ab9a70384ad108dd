"""Job definitions that are valid, and how to register and describe them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.api.answers import definition_detail
from tests.api.conftest import ONE_VCPU

if TYPE_CHECKING:
    from tests.api.conftest import Batch

Members = dict[str, Any]
Case = tuple[Members, str]

PREFLIGHT = "https://github.com/badmintoncryer/cdk-preflight rules/batch/pf-batch-jd-* and pf-batch-fargate-*"
TF = "https://github.com/hashicorp/terraform-provider-aws internal/service/batch"
ROLE = "arn:aws:iam::123456789012:role/r"
FARGATE: Members = {
    "image": "busybox",
    "executionRoleArn": ROLE,
    "resourceRequirements": [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}],
}


def described(batch: Batch, **members: Any) -> list[dict[str, Any]]:
    return list(batch.client.describe_job_definitions(**members)["jobDefinitions"])


def register(batch: Batch, **members: Any) -> dict[str, Any]:
    request = {
        "jobDefinitionName": "definition",
        "type": "container",
        "containerProperties": {"image": "busybox", "resourceRequirements": ONE_VCPU},
        **members,
    }
    return dict(batch.client.register_job_definition(**{k: v for k, v in request.items() if v is not None}))


def amounts(vcpu: str, memory: str) -> dict[str, Any]:
    return {"resourceRequirements": [{"type": "VCPU", "value": vcpu}, {"type": "MEMORY", "value": memory}]}


def register_kind(batch: Batch, kind: str, properties: Members, **members: Any) -> Members:
    """Register a definition with ``ecsProperties``, ``eksProperties`` or ``nodeProperties``."""
    return register(batch, containerProperties=None, **{kind: properties}, **members)


def of_kind(kind: str, properties: Members, **members: Any) -> Members:
    """What DescribeJobDefinitions answers for it."""
    detail = definition_detail(**members)
    del detail["containerProperties"]
    return {**detail, kind: properties}
