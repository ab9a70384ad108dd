"""What single members of containerProperties may hold, on whatever platform.

The sentences are AWS's own, measured by https://github.com/badmintoncryer/cdk-preflight (rules/batch,
``jd-*``, September 2026).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from batchemu import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

AWSLOGS_OPTIONS: Final = frozenset(
    {
        "awslogs-region",
        "awslogs-group",
        "awslogs-stream-prefix",
        "awslogs-datetime-format",
        "awslogs-multiline-pattern",
        "awslogs-create-group",
        "mode",
        "max-buffer-size",
    }
)
"""https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html; the last two are ECS's (assumed)."""
_EFS_ID = re.compile(r"fs-[0-9a-f]{8,40}")
_VOLUME_KINDS = ("host", "efsVolumeConfiguration", "s3filesVolumeConfiguration")


def check(container: Mapping[str, Any]) -> None:
    """Raise the first rule that a member breaks."""
    _check_log(container.get("logConfiguration", {}))
    _check_linux(container.get("linuxParameters", {}))
    for volume in container.get("volumes", ()):
        _check_volume(volume)


def _check_log(log: Mapping[str, Any]) -> None:
    if log.get("logDriver") == "awslogs":
        for option in log.get("options", ()):
            if option not in AWSLOGS_OPTIONS:
                raise messages.invalid(f"Log driver awslogs disallows options: {option}")


def _check_linux(linux: Mapping[str, Any]) -> None:
    for tmpfs in linux.get("tmpfs", ()):
        if tmpfs["size"] <= 0:
            raise messages.invalid(
                "Size of a tmpfs is invalid. The size is required and must be a positive integer."
            )
    swappiness, max_swap = linux.get("swappiness"), linux.get("maxSwap")
    if swappiness is not None and not 0 <= swappiness <= 100:
        raise messages.invalid(f"Invalid swappiness: {swappiness}, must be between 0 and 100.")
    if max_swap is None:
        return
    if max_swap < 0:
        raise messages.invalid(f"Invalid swap memory size: {max_swap}, must be non-negative.")
    if swappiness is None:
        raise messages.invalid("When container specified swap memory, swappiness value is required.")


def _check_volume(volume: Mapping[str, Any]) -> None:
    if sum(kind in volume for kind in _VOLUME_KINDS) > 1:
        raise messages.invalid(
            "When the volume parameter is specified, only one volume configuration type should be used."
        )
    efs = volume.get("efsVolumeConfiguration")
    if efs is None:
        return
    if _EFS_ID.fullmatch(efs["fileSystemId"]) is None:
        raise messages.invalid(f"EFS configuration fileSystemId is not valid: {efs['fileSystemId']}.")
    authorization = efs.get("authorizationConfig", {})
    encrypted = efs.get("transitEncryption") == "ENABLED"
    if authorization.get("iam") == "ENABLED" and not encrypted:
        raise messages.invalid("EFS IAM authorization requires TransitEncryption to be enabled.")
    if authorization.get("accessPointId") and not encrypted:
        raise messages.invalid("EFS IAM access point requires TransitEncryption to be enabled.")
