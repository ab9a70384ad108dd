"""How many there may be: AWS's service quotas.

Source: https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html. Those of single requests
(sizes, entries of a list) stand with the rules of the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchemu import messages

if TYPE_CHECKING:
    from collections.abc import Sized


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """None: no limit. The first three are those that AWS raises for an account that asks."""

    job_queues: int | None = 50
    compute_environments: int | None = 50
    service_environments: int | None = 50
    environments_per_cluster: int = 5
    """Compute environments of one Amazon EKS cluster."""
    consumable_resources: int = 50_000
    share_identifiers: int = 500
    """Active ones in one job queue."""
    submitted_jobs: int = 1_000_000
    """Jobs in SUBMITTED."""


RAISED = Quotas(job_queues=None, compute_environments=None, service_environments=None)
"""``--quotas none``: an account whose quotas were raised out of the way."""


def check(known: Sized | int, limit: int | None, what: str) -> None:
    """Refuse one more of ``what`` when there are as many as there may be."""
    count = known if isinstance(known, int) else len(known)
    if limit is not None and count >= limit:
        raise messages.quota_reached(what, limit)
