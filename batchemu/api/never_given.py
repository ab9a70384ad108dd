"""Members of answers that are never there, and why: who gives one its value takes its line away.

That every other member is there when it should be is shown by a test (tests/api/test_every_output.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_NODES = "multi-node parallel jobs are answered with 501"
_TASKS = "jobs of several containers are answered with 501"
_PODS = "jobs on Amazon EKS are answered with 501"
_INSTANCES = "there are no instances yet: an environment holds as many vCPUs as its maxvCpus"

NEVER_GIVEN: Final[Mapping[str, str]] = {
    "AttemptContainerDetail.containerInstanceArn": _INSTANCES,
    "AttemptDetail.taskProperties": _TASKS,
    "ContainerDetail.containerInstanceArn": _INSTANCES,
    "Ec2Configuration.batchImageStatus": _INSTANCES,
    "EksAttemptDetail": _PODS,
    "JobDetail.ecsProperties": _TASKS,
    "JobDetail.eksProperties": _PODS,
    "JobDetail.nodeDetails": _NODES,
    "JobDetail.nodeProperties": _NODES,
    "JobSummary.jobDefinition": "AWS leaves it out too: https://github.com/aws/aws-sdk/issues/588",
    "JobSummary.nodeProperties": _NODES,
    "NetworkInterface": "a container has the address of the engine's network, and no interface of its own",
}
"""By structure and member, or by structure for one of which nothing is ever there."""


def is_given(structure: str, member: str) -> bool:
    return structure not in NEVER_GIVEN and f"{structure}.{member}" not in NEVER_GIVEN


def why(structure: str, member: str) -> str:
    return NEVER_GIVEN.get(structure) or NEVER_GIVEN[f"{structure}.{member}"]
