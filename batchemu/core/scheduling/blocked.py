"""Why a RUNNABLE job blocks its queue, in AWS's words.

Sources: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_capacity.html and
https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_misconfiguration.html; the last
one also in a real answer: https://github.com/apache/airflow/issues/38298
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchemu.core.scheduling.fit import Needs, Room

TIMER: Final = "job-state-time-limit"
"""Of a queue that does not let a job block it for ever."""
CPUS: Final = "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"
REQUIREMENT: Final = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
INVALID: Final = "ACTION_REQUIRED"

REASONS: Final[Mapping[str, str]] = {
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY": (
        " - Service cannot fulfill the capacity requested for instance type [instanceTypeName]"
    ),
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE": (
        " - CE(s) associated with the job queue cannot meet the CPU requirement of the job."
    ),
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT": (
        " - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) "
        "attached to the job queue."
    ),
    "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS": (
        " \N{EN DASH} Batch service role has a permission issue."  # that dash is AWS's
    ),
    "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED": (
        " - Your compute environment associated with this job queue has an unsupported instance type "
        "configuration."
    ),
    "ACTION_REQUIRED": " - CE(s) associated with the job queue are invalid.",
    "UNDETERMINED": " - Batch job is blocked, root cause is undetermined.",
}
"""The reason's name, and how its statusReason goes on."""


def why(needs: Needs, rooms: Sequence[Room]) -> str | None:
    """The statusReason of a job at the head of a queue that nothing will place but a change of its
    environments, ``rooms``; None: it waits for others to end, or for an environment to be ENABLED.

    That one environment which could take it is enough, and that INVALID ones count for nothing beside valid
    ones, is assumed.
    """
    valid = [room for room in rooms if not room.is_invalid]
    if not valid:
        return INVALID + REASONS[INVALID]
    suited = [room for room in valid if room.capability == needs.capability]
    if not suited or any(_can_meet(room, needs) for room in suited):
        return None
    reason = REQUIREMENT if any(_has_vcpus(room, needs) for room in suited) else CPUS
    return reason + REASONS[reason]


def _can_meet(room: Room, needs: Needs) -> bool:
    return _has_vcpus(room, needs) and room.could_hold(needs)


def _has_vcpus(room: Room, needs: Needs) -> bool:
    return room.max_vcpus is None or needs.vcpus <= room.max_vcpus


def token(status_reason: str) -> str:
    """What ``jobStateTimeLimitActions`` calls the reason."""
    return next((name for name in REASONS if status_reason.startswith(name)), "")
