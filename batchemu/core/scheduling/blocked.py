"""Why a RUNNABLE job blocks its queue, in AWS's words.

Sources: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_capacity.html and
https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_misconfiguration.html; the last
one also in a real answer: https://github.com/apache/airflow/issues/38298
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

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
