"""The environment variables of a container: ECS's, the user's, AWS Batch's.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html. What batchemu adds for its own
sake is not here but in ``runtime/surroundings.py``; docs/container-environment.md lists both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchemu.core.world import PlatformCapability

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.world import Attempt, Job, World


def of_container(world: World, job: Job, attempt: Attempt) -> dict[str, str]:
    """All that the container sees: a user's variable wins over ECS's, and none can be called AWS_BATCH..."""
    return of_overrides(job, attempt, _ecs(world, job))


def of_overrides(job: Job, attempt: Attempt, beside: Mapping[str, str] | None = None) -> dict[str, str]:
    """What AWS Batch hands to ECS with a task; ``beside``: what is there already."""
    variables = {
        **(beside or {}),
        **job.resolved.variables,
        "AWS_BATCH_JOB_ID": job.job_id,
        "AWS_BATCH_JOB_ATTEMPT": str(attempt.number),
        "AWS_BATCH_JQ_NAME": job.queue.name,
        "AWS_BATCH_CE_NAME": attempt.environment,
    }
    if job.parent is not None:
        variables["AWS_BATCH_JOB_ARRAY_INDEX"] = str(job.index)
        variables["AWS_BATCH_JOB_ARRAY_SIZE"] = str(job.parent.family.size)
    return variables


_ON_EC2: Final = {"AWS_EXECUTION_ENV": "AWS_ECS_EC2"}


def _ecs(world: World, job: Job) -> Mapping[str, str]:
    """On Fargate the region too, on EC2 not: read off what containers on either have printed."""
    if job.resolved.capability is not PlatformCapability.FARGATE:
        return _ON_EC2
    return {
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        "AWS_REGION": world.region,
        "AWS_DEFAULT_REGION": world.region,
    }
