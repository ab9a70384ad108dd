"""Which jobs the List operations list, and in which order.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html and API_ListServiceJobs.html
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any, Final, TypeVar

from batchemu import messages
from batchemu.arn import Arn
from batchemu.core import arrays
from batchemu.core.ids import JobId
from batchemu.core.numbers import whole
from batchemu.core.world import JobStatus, ServiceJob, ServiceJobStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from batchemu.core.world import ConsumableResource, Job, JobQueue, World

    Filters = Sequence[Mapping[str, Any]]
    AnyJob = Job | ServiceJob
    Wanted = Callable[[Any, list[str]], bool]
    Position = tuple[str, int, int]

J = TypeVar("J", "Job", "ServiceJob")

WITH_STATUS: Final = frozenset({"SHARE_IDENTIFIER", "QUOTA_SHARE_NAME"})
"""Filters that go with jobStatus; with any other jobs of any status are listed."""


def jobs(world: World, queue: JobQueue, status: JobStatus | None, filters: Filters) -> Iterator[Job]:
    """The jobs of a queue: without status and filters the RUNNING ones."""
    wanted = _predicate(filters, _JOB_FILTERS)
    for each in _statuses(JobStatus, status, filters):
        for job_id in queue.by_status[each].values():
            job = world.jobs[job_id]
            if wanted(job):
                yield job


def children(world: World, array_job_id: str, status: JobStatus | None) -> Iterator[Job]:
    """The children of an array job: without a status the RUNNING ones; filters do not apply to them."""
    parent = world.jobs.get(JobId(array_job_id))
    wanted = status or JobStatus.RUNNING
    return (child for child in (arrays.children(parent) if parent else ()) if child.status is wanted)


def by_index(child: Job) -> Position:
    """Children are listed in the order of their indexes (assumed)."""
    return ("", 0, child.index or 0)


def service_jobs(
    world: World, queue: JobQueue, status: ServiceJobStatus | None, filters: Filters
) -> Iterator[ServiceJob]:
    """The service jobs of a queue: without status and filters the RUNNING ones."""
    wanted = _predicate(filters, _SERVICE_JOB_FILTERS)
    statuses = _statuses(ServiceJobStatus, status, filters)
    for job_id in queue.trainings.values():
        job = world.service_jobs[job_id]
        if job.status in statuses and wanted(job):
            yield job


def jobs_by_consumable(world: World, resource: ConsumableResource, filters: Filters) -> Iterator[Job]:
    """The jobs that need a consumable resource, of any status."""
    wanted = _predicate(filters, _CONSUMER_FILTERS, most=len(_CONSUMER_FILTERS))
    for job in world.jobs.values():
        if job.array is None and resource.name in dict(job.resolved.consumables) and wanted(job):
            yield job


def consumable_resources(world: World, filters: Filters) -> Iterator[ConsumableResource]:
    wanted = _predicate(filters, {"CONSUMABLE_RESOURCE_NAME": _names})
    return (resource for resource in world.consumables.values() if wanted(resource))


def position(filters: Filters) -> Callable[[AnyJob], Position]:
    """Newest first; with the JOB_NAME filter grouped by the job's name and the definition's revision."""
    if any(each.get("name") == "JOB_NAME" for each in filters):
        return lambda job: (job.name, 0 if isinstance(job, ServiceJob) else job.resolved.revision, -job.seq)
    return lambda job: ("", 0, -job.seq)


def page(
    found: Iterable[J], key: Callable[[J], Position], after: Position | None, limit: int
) -> tuple[list[J], Position | None]:
    """At most ``limit`` jobs behind position ``after``, and where the next page begins."""
    rest = (job for job in found if after is None or key(job) > after)
    first = heapq.nsmallest(limit + 1, rest, key=key)
    return first[:limit], key(first[limit - 1]) if len(first) > limit else None


def _statuses(kind: Any, status: Any, filters: Filters) -> list[Any]:
    if not filters:
        return [status or kind.RUNNING]
    if status and filters[0].get("name") in WITH_STATUS:
        return [status]
    return list(kind)


def _predicate(filters: Filters, known: Mapping[str, Wanted], most: int = 1) -> Callable[[Any], bool]:
    """What the filters of a request ask of an item."""
    if len(filters) > most:
        raise messages.invalid("Only one filter can be used at a time.")  # assumed wording
    asked = [(known[_name(each, known)], _values(each)) for each in filters]
    for wanted, values in asked:
        if wanted in (_created_before, _created_after):
            _check_time(values[0])
    return lambda item: all(wanted(item, values) for wanted, values in asked)


def _name(given: Mapping[str, Any], known: Mapping[str, Wanted]) -> str:
    name = str(given.get("name", ""))
    if name not in known:
        raise messages.unknown_filter(name)
    return name


def _values(given: Mapping[str, Any]) -> list[str]:
    values = given.get("values") or []
    if not values:
        raise messages.invalid("Filter values are required.")  # assumed wording
    return [str(value) for value in values]


def _check_time(text: str) -> None:
    if whole(text, digits=18) is None:
        # assumed wording
        raise messages.invalid("A filter by time must be a number of milliseconds.")


def _glob(pattern: str, text: str) -> bool:
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern


def _names(item: Any, values: list[str]) -> bool:
    return any(_glob(value.lower(), item.name.lower()) for value in values)


def _names_definition(job: Job, values: list[str]) -> bool:
    resolved = job.resolved
    return any(
        value == resolved.definition_arn if Arn.parse(value) else _glob(value, resolved.definition_name)
        for value in values
    )


def _created_before(job: AnyJob, values: list[str]) -> bool:
    return job.created_at < int(values[0])


def _created_after(job: AnyJob, values: list[str]) -> bool:
    return job.created_at > int(values[0])


_JOB_FILTERS: Final[Mapping[str, Wanted]] = {
    "JOB_NAME": _names,
    "JOB_DEFINITION": _names_definition,
    "BEFORE_CREATED_AT": _created_before,
    "AFTER_CREATED_AT": _created_after,
    "SHARE_IDENTIFIER": lambda job, values: job.share_identifier in values,
}
_SERVICE_JOB_FILTERS: Final[Mapping[str, Wanted]] = {
    "JOB_NAME": _names,
    "BEFORE_CREATED_AT": _created_before,
    "AFTER_CREATED_AT": _created_after,
    "SHARE_IDENTIFIER": lambda job, values: job.settings.get("shareIdentifier") in values,
    "QUOTA_SHARE_NAME": lambda job, values: job.settings.get("quotaShareName") in values,
}
_CONSUMER_FILTERS: Final[Mapping[str, Wanted]] = {
    "JOB_STATUS": lambda job, values: job.status in values,
    "JOB_NAME": _names,
}
