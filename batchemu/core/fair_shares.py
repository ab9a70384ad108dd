"""The books of a fair-share queue: which shares are active, what they hold, who waits in their lines.

What follows from them is decided in ``core.scheduling.fair_share``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from batchemu.core.scheduling import fair_share
from batchemu.core.scheduling.fair_share import FairShares, Share

if TYPE_CHECKING:
    from batchemu.core.ids import Millis
    from batchemu.core.scheduling.fair_share import Place, Rules
    from batchemu.core.world import Job


def place_of(job: Job) -> Place:
    """Where a job stands in the line of its share."""
    return -(job.resolved.scheduling_priority or 0), job.seq


def arrive(fair: FairShares, identifier: str, at: Millis) -> None:
    """The first job of a share was submitted: it is active, with its usage if it was so lately."""
    _forget(fair, at)
    fair.departed.pop(identifier, None)
    if identifier not in fair.shares:
        group = fair_share.group_of(fair.rules, identifier)
        fair.shares[identifier] = Share(group=group, as_of=at)
        if group is not None:
            fair.groups[group] += 1
        fair.turned_at = at


def depart(fair: FairShares, identifier: str, at: Millis) -> None:
    """The last job of a share is over: it stays active for the decay period.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/fair-share-scheduling.html
    """
    fair.departed[identifier] = at
    _forget(fair, at)


def _forget(fair: FairShares, at: Millis) -> None:
    """A share that is no longer active begins anew with its next job."""
    for identifier in fair_share.inactive(fair, at):
        del fair.departed[identifier]
        group = fair.shares.pop(identifier).group
        if group is not None:
            fair.groups[group] -= 1
            if not fair.groups[group]:
                del fair.groups[group]


def join(fair: FairShares, job: Job, at: Millis) -> None:
    """A job is RUNNABLE."""
    _of(fair, job).line.add(place_of(job), at)


def leave(fair: FairShares, job: Job, at: Millis) -> None:
    """A job is RUNNABLE no longer."""
    _of(fair, job).line.remove(place_of(job), at)
    fair.turned_at = at


def hold(fair: FairShares, job: Job, vcpus: float, at: Millis) -> None:
    """What the share of a job holds grows by ``vcpus``, or gets less."""
    share = _of(fair, job)
    _settle(fair, share, at)
    share.held += vcpus
    fair.turned_at = at


def adopt(fair: FairShares, rules: Rules, at: Millis) -> None:
    """A new policy holds for what waits, and for usage from now on."""
    for share in fair.shares.values():
        _settle(fair, share, at)
    fair.rules = rules
    for identifier, share in fair.shares.items():
        share.group = fair_share.group_of(rules, identifier)
    fair.groups = Counter(share.group for share in fair.shares.values() if share.group is not None)
    _forget(fair, at)
    fair.turned_at = at


def _of(fair: FairShares, job: Job) -> Share:
    assert job.share_identifier is not None, "a job of a fair-share queue has a share identifier"
    return fair.shares[job.share_identifier]


def _settle(fair: FairShares, share: Share, at: Millis) -> None:
    """Bring the average up to date, before what it depends on changes."""
    share.average = fair_share.average(share, fair.rules.decay_ms, at)
    share.as_of = at
