"""What a run needs to know of an account. The defaults are dummies: good for emulators."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

_ROLE = "arn:aws:iam::123456789012:role/"


class SettingsError(Exception):
    """One sentence for the person at the terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Each field is a member of the JSON file that ``--settings`` names."""

    region: str = "us-east-1"
    subnets: tuple[str, ...] = ("subnet-1",)
    security_groups: tuple[str, ...] = ("sg-1",)
    instance_role: str = "ecsInstanceRole"
    execution_role: str = f"{_ROLE}ecsTaskExecutionRole"
    service_role: str = f"{_ROLE}AWSBatchServiceRole"
    spell_out_defaults: bool = False
    """Send state and service role always: for an endpoint that insists on what AWS fills in itself."""
    spot_fleet_role: str = f"{_ROLE}AmazonEC2SpotFleetRole"
    eks_cluster: str = "arn:aws:eks:us-east-1:123456789012:cluster/batch"
    image: str = "public.ecr.aws/docker/library/busybox:latest"
    """Holds ``sh``, ``true`` and ``sleep``."""
    instance_types: tuple[str, ...] = ("optimal",)
    training_instance_type: str = "ml.m5.large"
    """For quota shares."""
    patience_s: float = 10.0
    """How long a status may take; AWS needs 900."""
    poll_s: float = 0.2
    """The longest pause between two looks; be kind to AWS with 5."""
    timeout_s: float = 10.0
    """Of one request."""
    attempts: int = 1
    """Of one request: AWS throttles, so 5 there; an emulator gets one."""

    @classmethod
    def load(cls, path: str) -> Settings:
        """Read a file; SettingsError when it cannot be."""
        try:
            members: Any = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SettingsError(f"{path} cannot be read: {error}") from None
        if not isinstance(members, dict):
            raise SettingsError(f"{path} is not a JSON object.")
        unknown = sorted(set(members) - {field.name for field in fields(cls)})
        if unknown:
            raise SettingsError(f"{path}: there is no setting {unknown[0]!r}.")
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in members.items()
        }
        return cls(**values)

    @property
    def ec2(self) -> dict[str, Any]:
        """``computeResources`` of an environment on EC2: 4 vCPUs, none while idle."""
        return {
            "type": "EC2",
            "minvCpus": 0,
            "maxvCpus": 4,
            "instanceTypes": list(self.instance_types),
            "subnets": list(self.subnets),
            "securityGroupIds": list(self.security_groups),
            "instanceRole": self.instance_role,
        }

    @property
    def managed(self) -> dict[str, Any]:
        """What a MANAGED environment must say of itself."""
        role = {"serviceRole": self.service_role} if self.spell_out_defaults else {}
        return {"type": "MANAGED", **self.enabled, **role}

    @property
    def enabled(self) -> dict[str, str]:
        return {"state": "ENABLED"} if self.spell_out_defaults else {}

    @property
    def fargate(self) -> dict[str, Any]:
        return {
            "type": "FARGATE",
            "maxvCpus": 4,
            "subnets": list(self.subnets),
            "securityGroupIds": list(self.security_groups),
        }

    @property
    def container(self) -> dict[str, Any]:
        """``containerProperties`` of a job on EC2."""
        return {
            "image": self.image,
            "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "128"}],
        }

    @property
    def fargate_container(self) -> dict[str, Any]:
        return {
            "image": self.image,
            "executionRoleArn": self.execution_role,
            "resourceRequirements": [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}],
        }

    @property
    def task(self) -> dict[str, Any]:
        """One element of ``ecsProperties.taskProperties``."""
        return {"containers": [{"name": "main", **self.container}]}

    @property
    def pod(self) -> dict[str, Any]:
        """``eksProperties.podProperties``."""
        resources = {"limits": {"cpu": "1", "memory": "1024Mi"}}
        return {"containers": [{"name": "main", "image": self.image, "resources": resources}]}
