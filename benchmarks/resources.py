"""The environment, queue, definition and jobs of every benchmark, as the members of AWS's requests.

One source for boto3, for moto and for the core: whoever is compared is asked for the same.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from batchemu.core import inputs
from batchemu.core.effects import StartContainer
from batchemu.core.ids import JobId, Millis
from batchemu.core.step import step
from batchemu.core.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.effects import Outcome

NOW = Millis(1_700_000_000_000)
QUEUE = "bench"
_REQUEST_BYTES = 200


def environment(max_vcpus: int, **resources: Any) -> dict[str, Any]:
    return {
        "computeEnvironmentName": "bench",
        "type": "MANAGED",
        "computeResources": {
            "type": "EC2",
            "minvCpus": 0,
            "maxvCpus": max_vcpus,
            "instanceTypes": ["optimal"],
            "subnets": ["subnet-1"],
            "securityGroupIds": ["sg-1"],
            "instanceRole": "ecsInstanceRole",
            **resources,
        },
    }


def queue(compute_environment: str = "bench") -> dict[str, Any]:
    return {
        "jobQueueName": QUEUE,
        "priority": 1,
        "state": "ENABLED",
        "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": compute_environment}],
    }


def definition(image: str, *command: str) -> dict[str, Any]:
    return {
        "jobDefinitionName": "bench",
        "type": "container",
        "containerProperties": {
            "image": image,
            "command": list(command or ("true",)),
            "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}],
        },
    }


def job(name: str = "bench", **members: Any) -> dict[str, Any]:
    return {"jobName": name, "jobQueue": QUEUE, "jobDefinition": "bench", **members}


def set_up(client: Any, *, image: str = "none", max_vcpus: int) -> None:
    """Through a boto3 client of batchemu."""
    client.create_compute_environment(**environment(max_vcpus))
    client.create_job_queue(**queue())
    client.register_job_definition(**definition(image))


class Core:
    """The core alone, without engine, runtime and wire."""

    def __init__(self, *, image: str = "none", max_vcpus: int) -> None:
        self.world = World(account="123456789012", region="us-east-1")
        made: tuple[inputs.Input, ...] = (
            inputs.CreateComputeEnvironment(
                at=NOW, params=environment(max_vcpus), uuid=str(uuid.uuid4()), cluster_uuid=str(uuid.uuid4())
            ),
            inputs.CreateJobQueue(at=NOW, params=queue()),
            inputs.RegisterJobDefinition(at=NOW, params=definition(image), size_bytes=_REQUEST_BYTES),
        )
        for each in made:
            step(self.world, each)

    def submit(self, params: Mapping[str, Any]) -> Outcome:
        command = inputs.SubmitJob(
            at=NOW, job_id=JobId(str(uuid.uuid4())), params=params, size_bytes=_REQUEST_BYTES
        )
        return step(self.world, command)

    def container(self) -> StartContainer:
        """What a runtime is told to start for one more job."""
        effects = self.submit(job()).effects
        return next(effect for effect in effects if isinstance(effect, StartContainer))
