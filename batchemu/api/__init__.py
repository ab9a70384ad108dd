"""One module per family of resources; importing this registers the handlers of all operations."""

from batchemu.api import compute_environments, job_definitions, job_queues, jobs, tags

__all__ = ["compute_environments", "job_definitions", "job_queues", "jobs", "tags"]
