"""Why Amazon ECS refuses to run the task of a job that AWS Batch had accepted: the job FAILS, and is not
tried again (assumed: no attempt of it is ever shown)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchemu.core import environment, names
from batchemu.core.tags import MAX_TAGS

if TYPE_CHECKING:
    from batchemu.core.world import Attempt, Job, World

MAX_OVERRIDES = 8192
"""Characters of the overrides as JSON, punctuation included:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"""
OVERRIDES_TOO_LONG = f"Container Overrides length must be at most {MAX_OVERRIDES}"
"""A real statusReason: https://github.com/ASFHyP3/hyp3/issues/3041 (2026),
https://github.com/Netflix/metaflow/issues/1482 (2024)."""
TOO_MANY_TAGS = (
    f"The job and its job definition have more than {MAX_TAGS} tags to propagate."  # assumed wording
)


def refusal(world: World, job: Job, attempt: Attempt) -> str | None:
    """The statusReason of a job whose task ECS does not run; None: it does."""
    if job.resolved.is_overridden and _overrides_length(job, attempt) > MAX_OVERRIDES:
        return OVERRIDES_TOO_LONG
    if job.resolved.propagate_tags and _tags(world, job) > MAX_TAGS:
        return TOO_MANY_TAGS
    return None


def _overrides_length(job: Job, attempt: Attempt) -> int:
    """The command and the environment, merged, with the variables that Batch adds.

    Jobs that were refused with 7,680 and 7,765 characters of their own are told of in public code; it is
    not known whether a definition that is run as it is counts too: assumed not.
    """
    variables = environment.of_overrides(job, attempt)
    override = {
        "name": "default",
        "command": job.resolved.container["command"],
        "environment": [{"name": name, "value": value} for name, value in variables.items()],
    }
    return len(json.dumps({"containerOverrides": [override]}, separators=(",", ":"), ensure_ascii=False))


def _tags(world: World, job: Job) -> int:
    """How many tags the task would get: the job's win over its definition's (botocore's model,
    SubmitJobRequest.propagateTags)."""
    resolved = job.resolved
    definition = names.find_definition(world, resolved.definition_name, resolved.revision)
    return len({*(definition.tags if definition else ()), *job.tags})
