"""ARNs of AWS Batch and ECS: build and parse.

Forms: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
"""

from __future__ import annotations

from dataclasses import dataclass


def partition(region: str) -> str:
    """The partition that a region lies in."""
    if region.startswith("cn-"):
        return "aws-cn"
    if region.startswith("us-gov-"):
        return "aws-us-gov"
    return "aws"


@dataclass(frozen=True, slots=True)
class Arn:
    """``arn:<partition>:<service>:<region>:<account>:<kind>/<resource>``."""

    service: str
    region: str
    account: str
    kind: str
    resource: str

    def __str__(self) -> str:
        head = f"arn:{partition(self.region)}:{self.service}:{self.region}:{self.account}"
        return f"{head}:{self.kind}/{self.resource}"

    @classmethod
    def parse(cls, text: str) -> Arn | None:
        """The ARN that ``text`` spells, or None when it spells none."""
        parts = text.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn" or "/" not in parts[5]:
            return None
        kind, _, resource = parts[5].partition("/")
        return cls(service=parts[2], region=parts[3], account=parts[4], kind=kind, resource=resource)
