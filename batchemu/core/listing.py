"""Which jobs ListJobs lists, newest first.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from batchemu import messages
from batchemu.arn import Arn
from batchemu.core.numbers import whole
from batchemu.core.world import JobStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from batchemu.core.world import Job, JobQueue, World

_JOB_FILTERS = ("JOB_NAME", "JOB_DEFINITION", "BEFORE_CREATED_AT", "AFTER_CREATED_AT", "SHARE_IDENTIFIER")


def page(
    world: World,
    queue: JobQueue,
    *,
    status: JobStatus | None,
    filters: Sequence[Mapping[str, object]],
    before: int | None,
    limit: int,
) -> tuple[list[Job], int | None]:
    """At most ``limit`` jobs submitted before sequence number ``before``, and where the next page begins.

    Without status and filters the RUNNING ones; with a filter jobs of any status.
    """
    wanted = _predicate(filters)
    statuses = list(JobStatus) if filters else [status or JobStatus.RUNNING]
    found = heapq.nlargest(limit + 1, _candidates(world, queue, statuses, wanted, before))
    jobs = [world.by_seq[seq] for seq in found[:limit]]
    return jobs, jobs[-1].seq if len(found) > limit else None


def _candidates(
    world: World,
    queue: JobQueue,
    statuses: Sequence[JobStatus],
    wanted: Callable[[Job], bool] | None,
    before: int | None,
) -> Iterator[int]:
    for status in statuses:
        for seq in queue.by_status[status]:
            if (before is None or seq < before) and (wanted is None or wanted(world.by_seq[seq])):
                yield seq


def _predicate(filters: Sequence[Mapping[str, object]]) -> Callable[[Job], bool] | None:
    """What the one filter of a request asks of a job."""
    if not filters:
        return None
    if len(filters) > 1:
        raise messages.invalid("Only one filter can be used at a time.")  # assumed wording
    name = str(filters[0].get("name", ""))
    values = filters[0].get("values") or []
    if name not in _JOB_FILTERS:
        raise messages.unknown_filter(name)
    if not isinstance(values, list) or not values:
        raise messages.invalid("Filter values are required.")  # assumed wording
    texts = [str(value) for value in values]
    if name == "JOB_NAME":
        return lambda job: any(_glob(text.lower(), job.name.lower()) for text in texts)
    if name == "JOB_DEFINITION":
        return lambda job: any(_names_definition(text, job) for text in texts)
    if name == "SHARE_IDENTIFIER":
        return lambda _: False  # no queue has a fair share policy yet, so no job has an identifier
    return _created(name, texts[0])


def _created(name: str, text: str) -> Callable[[Job], bool]:
    limit = whole(text, digits=18)
    if limit is None:
        raise messages.invalid(f"Filter {name} must be a number of milliseconds.")  # assumed wording
    if name == "BEFORE_CREATED_AT":
        return lambda job: job.created_at < limit
    return lambda job: job.created_at > limit


def _glob(pattern: str, text: str) -> bool:
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern


def _names_definition(text: str, job: Job) -> bool:
    if Arn.parse(text) is not None:
        return text == job.resolved.definition_arn
    return _glob(text, job.resolved.definition_name)
