"""Names for the plain values that the core passes around."""

from __future__ import annotations

import hashlib
from typing import NewType

Millis = NewType("Millis", int)
"""A point in emulated time: milliseconds since the epoch, as AWS Batch prints every timestamp."""

JobId = NewType("JobId", str)
AttemptNo = NewType("AttemptNo", int)
"""1 for the first attempt of a job; ``AWS_BATCH_JOB_ATTEMPT``."""


def task_id(job_id: JobId, attempt: AttemptNo) -> str:
    """The ECS task id of an attempt: 32 hex digits, derived, so that the core draws nothing.

    Form: ``arn:aws:ecs:<region>:<account>:task/<cluster>/<32 hex>``.
    """
    return hashlib.md5(f"{job_id}/{attempt}".encode(), usedforsecurity=False).hexdigest()


def child_id(parent: JobId, index: int) -> JobId:
    """Of a child of an array job: https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html"""
    return JobId(f"{parent}:{index}")


def parent_id(child: JobId) -> JobId:
    """Of the array job of a child; of any other job its own."""
    return JobId(child.partition(":")[0])
