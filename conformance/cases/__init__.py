"""All cases, by resource family, and the probes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.case import unique
from conformance.cases import (
    array_jobs,
    blocked_queues,
    compute_environments,
    consumable_resources,
    errors,
    fair_share,
    job_definitions,
    job_endings,
    job_lists,
    job_overrides,
    job_queues,
    jobs,
    pagination,
    quota_shares,
    scheduling_policies,
    service_environments,
    service_jobs,
    snapshot,
    tags,
)
from conformance.probes import probes

if TYPE_CHECKING:
    from conformance.case import Case

_MODULES = (
    compute_environments,
    job_queues,
    job_definitions,
    jobs,
    job_overrides,
    job_endings,
    job_lists,
    array_jobs,
    blocked_queues,
    scheduling_policies,
    fair_share,
    consumable_resources,
    service_environments,
    service_jobs,
    quota_shares,
    snapshot,
    tags,
    errors,
    pagination,
)


def all_cases() -> list[Case]:
    """In an order that begins with what everything else needs."""
    written = [case for module in _MODULES for case in module.family.cases]
    return unique([*written, *probes()])
