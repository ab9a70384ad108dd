"""One module per family of resources; importing this registers the handlers of all operations."""

from batchemu.api import (
    compute_environments,
    consumable_resources,
    job_definitions,
    job_queues,
    jobs,
    quota_shares,
    scheduling_policies,
    service_environments,
    service_jobs,
    tags,
)

__all__ = [
    "compute_environments",
    "consumable_resources",
    "job_definitions",
    "job_queues",
    "jobs",
    "quota_shares",
    "scheduling_policies",
    "service_environments",
    "service_jobs",
    "tags",
]
