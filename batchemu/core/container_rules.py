"""What the members of one container may hold, on whatever platform.

The same rules for containerProperties, for a container of ecsProperties and for the container of a node
range. The sentences are AWS's own, measured by https://github.com/badmintoncryer/cdk-preflight
(rules/batch, ``jd-*``, September 2026), unless marked as assumed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from batchemu import messages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
# botocore's model, documentation of TaskContainerProperties.image; the @ is that of an image's digest.
_IMAGE = re.compile(r"[A-Za-z0-9_:./#@-]{1,255}")
_USER_PART = "[a-z0-9_][a-z0-9_-]{0,30}"
_USER = re.compile(f"{_USER_PART}(:{_USER_PART})?")
_EFS_ID = re.compile(r"fs-[0-9a-f]{8,40}")
_PERMISSIONS = ("READ", "WRITE", "MKNOD")
_VOLUME_KINDS = ("host", "efsVolumeConfiguration", "s3filesVolumeConfiguration")


def check(container: Mapping[str, Any]) -> None:
    """Raise the first rule that a member breaks."""
    image = container.get("image")
    if not image:
        raise messages.invalid("ECS Container Image must be provided.")
    if _IMAGE.fullmatch(image) is None:
        raise messages.invalid("ECS Container Image should match a valid pattern.")  # assumed wording
    check_environment(container.get("environment", ()))
    _check_user(container.get("user"))
    _check_log(container.get("logConfiguration", {}))
    _check_linux(container.get("linuxParameters", {}))


def check_environment(environment: Sequence[Mapping[str, str]]) -> None:
    """Each variable has a name, and none that Batch sets itself; for EKS's ``env`` too."""
    for entry in environment:
        if not entry.get("name"):
            raise messages.invalid("Environment variable name is required.")
        if entry["name"].startswith("AWS_BATCH"):
            # the rule: https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html; assumed wording
            raise messages.invalid("Environment variable names cannot start with AWS_BATCH.")


def _check_user(user: str | None) -> None:
    """``user`` or ``user:group``, names or numbers (botocore's model, TaskContainerProperties.user).

    The pattern of a name: https://github.com/nextflow-io/nextflow/discussions/2900; the sentence is quoted
    from memory there.
    """
    if user and _USER.fullmatch(user) is None:
        raise messages.invalid(f"User '{user}' does not match regex ^({_USER_PART})$")  # assumed wording


def _check_log(log: Mapping[str, Any]) -> None:
    if log.get("logDriver") == "awslogs":
        for option in log.get("options", ()):
            if option not in AWSLOGS_OPTIONS:
                raise messages.invalid(f"Log driver awslogs disallows options: {option}")


def _check_linux(linux: Mapping[str, Any]) -> None:
    for device in linux.get("devices", ()):
        for permission in device.get("permissions", ()):
            if permission not in _PERMISSIONS:
                raise messages.invalid(f"Invalid permission: {permission} for device {device['hostPath']}")
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


def check_secrets(containers: Sequence[Mapping[str, Any]], execution_role: str | None) -> None:
    """Secrets are fetched with the execution role, which must therefore be there."""
    for container in containers:
        secret_options = container.get("logConfiguration", {}).get("secretOptions")
        if (container.get("secrets") or secret_options) and not execution_role:
            raise messages.invalid("executionRoleArn cannot be empty when using secrets or secretOptions")


def check_volumes(volumes: Sequence[Mapping[str, Any]], job_role: str | None) -> None:
    """``job_role``: jobRoleArn of containerProperties, taskRoleArn of ecsProperties."""
    for volume in volumes:
        if sum(kind in volume for kind in _VOLUME_KINDS) > 1:
            raise messages.invalid(
                "When the volume parameter is specified, only one volume configuration type should be used."
            )
        if "efsVolumeConfiguration" in volume:
            _check_efs(volume["efsVolumeConfiguration"], job_role)
        if "s3filesVolumeConfiguration" in volume and not job_role:
            raise messages.invalid(
                "A jobRoleArn/taskRoleArn is required when using s3filesVolumeConfiguration."
            )


def _check_efs(efs: Mapping[str, Any], job_role: str | None) -> None:
    if _EFS_ID.fullmatch(efs["fileSystemId"]) is None:
        raise messages.invalid(f"EFS configuration fileSystemId is not valid: {efs['fileSystemId']}.")
    if not 0 <= efs.get("transitEncryptionPort", 0) <= 65535:
        raise messages.invalid("TransitEncryptionPort must be a valid port number.")
    authorization = efs.get("authorizationConfig", {})
    encrypted = efs.get("transitEncryption") == "ENABLED"
    by_role = authorization.get("iam") == "ENABLED"
    if by_role and not encrypted:
        raise messages.invalid("EFS IAM authorization requires TransitEncryption to be enabled.")
    if by_role and not job_role:
        # the rule: botocore's model, documentation of EFSAuthorizationConfig.iam; assumed wording
        raise messages.invalid("A jobRoleArn/taskRoleArn is required when using EFS IAM authorization.")
    if not authorization.get("accessPointId"):
        return
    if not encrypted:
        raise messages.invalid("EFS IAM access point requires TransitEncryption to be enabled.")
    if efs.get("rootDirectory", "/") != "/":
        raise messages.invalid(
            'When using an EFS access point, the root directory must either be set to "/" or be omitted.'
        )
