"""AWS's service quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchemu.core.quotas import RAISED, Quotas
from batchemu.errors import ClientException

if TYPE_CHECKING:
    from tests.core.lab import Lab


def test_one_more_than_there_may_be_is_refused(lab: Lab) -> None:
    lab.world.quotas = Quotas(job_queues=2, compute_environments=2)
    lab.environment("second")
    lab.queue("second")
    with pytest.raises(ClientException, match="at most 2 compute environments"):
        lab.environment("third")
    with pytest.raises(ClientException, match="at most 2 job queues"):
        lab.queue("third")


def test_what_aws_raises_can_be_raised(lab: Lab) -> None:
    lab.world.quotas = RAISED
    for number in range(60):
        lab.queue(f"queue-{number}")
    assert len(lab.world.queues) == 61
