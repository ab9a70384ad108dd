"""The environment variables of a container: ECS's, the user's, AWS Batch's.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html. What batchemu adds for its own
sake is not here but in ``runtime/surroundings.py``; docs/container-environment.md lists both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchemu.core.world import PlatformCapability

if TYPE_CHECKING:
    from batchemu.core.world import Attempt, Job, World


def of_container(world: World, job: Job, attempt: Attempt) -> dict[str, str]:
    """All that the container sees: a user's variable wins over ECS's, and none can be called AWS_BATCH..."""
    variables = _ecs(world, job)
    _add_overrides(variables, job, attempt)
    return variables


def of_overrides(job: Job, attempt: Attempt) -> dict[str, str]:
    """What AWS Batch hands to ECS with a task."""
    variables: dict[str, str] = {}
    _add_overrides(variables, job, attempt)
    return variables


def _add_overrides(variables: dict[str, str], job: Job, attempt: Attempt) -> None:
    variables.update(job.resolved.variables)
    variables["AWS_BATCH_JOB_ID"] = job.job_id
    variables["AWS_BATCH_JOB_ATTEMPT"] = str(attempt.number)
    variables["AWS_BATCH_JQ_NAME"] = job.queue.name
    variables["AWS_BATCH_CE_NAME"] = attempt.environment
    if job.parent is not None:
        variables["AWS_BATCH_JOB_ARRAY_INDEX"] = str(job.index)
        variables["AWS_BATCH_JOB_ARRAY_SIZE"] = str(job.parent.family.size)


def _ecs(world: World, job: Job) -> dict[str, str]:
    """On Fargate the region too, on EC2 not: read off what containers on either have printed."""
    if job.resolved.capability is not PlatformCapability.FARGATE:
        return {"AWS_EXECUTION_ENV": "AWS_ECS_EC2"}
    return {
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        "AWS_REGION": world.region,
        "AWS_DEFAULT_REGION": world.region,
    }
