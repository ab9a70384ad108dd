"""Which service job of a queue with quota shares is placed next, on its own share's capacity or on another's.

Sources: https://docs.aws.amazon.com/batch/latest/userguide/quota-shares.html,
https://docs.aws.amazon.com/batch/latest/userguide/create-quota-shares.html and botocore's model,
QuotaShareResourceSharingConfiguration. What they leave open is assumed:

* What can be borrowed is what lending shares of the same queue do not use. What the service environment
  has beyond the limits of the shares is nobody's to lend.
* A share whose head fits into its own limits does not lend what that head needs.
* Borrowing is by instance type; a type of which a share has no limit of its own it cannot borrow.
* Who waits within its own limits goes before who would have to borrow. Of the latter the one that was
  submitted first goes first (FIFO); if it cannot be placed it does not hold up the next.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from batchemu.core.capacity import short_of
from batchemu.core.records import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchemu.core.ids import JobId, Millis


@record
class Room:
    """A service environment as the scheduler sees it."""

    limits: Mapping[str, int]
    """By NUM_INSTANCES or by instance type."""
    used: Mapping[str, int]
    """By instance type; also by other queues."""


@record
class Head:
    """The service job at the head of a quota share's line."""

    seq: int
    priority: int
    instances: Mapping[str, int]
    """How many it needs, by instance type."""
    pauses: bool = False
    """SageMaker had no capacity for it a moment ago."""


@record
class Running:
    """A service job under way that nobody has asked to stop."""

    job_id: JobId
    share: str
    """ARN of its quota share."""
    priority: int
    scheduled_at: Millis
    seq: int
    instances: Mapping[str, int]
    is_in_room: bool = True
    """Whether it runs on the present service environment of its queue."""


@record
class Share:
    """A quota share as the scheduler sees it."""

    arn: str
    limits: Mapping[str, int]
    """By instance type."""
    used: Mapping[str, int]
    lends: bool
    borrow_limit: int | None
    """Percent of its own limits, -1: without bound; None: it does not borrow."""
    head: Head | None = None
    preempts: bool = False
    """inSharePreemption is ENABLED."""
    makes_room: bool = False
    """Jobs of its own are being preempted for its head."""
    running: Sequence[Running] = ()
    """Whom preemption may look at; empty where nobody asks."""


def next_share(room: Room, shares: Sequence[Share]) -> Share | None:
    """The share whose head is placed next; None: no head can be placed."""
    waiting = [share for share in shares if share.head is not None and not share.head.pauses]
    for share in waiting:
        if is_within_limits(share) and fits(room, share):
            return share
    borrowers = [share for share in waiting if may_borrow(room, share, shares)]
    return min(borrowers, key=submitted, default=None)


def submitted(share: Share) -> int:
    """The order in which the heads of shares were submitted."""
    return share.head.seq if share.head else 0


def needed(share: Share) -> Mapping[str, int]:
    """What the head of a share needs; nothing where nobody waits."""
    return share.head.instances if share.head else {}


def is_within_limits(share: Share) -> bool:
    """Whether the head of a share needs no more than the share has left of its own."""
    return share.head is not None and not short_of(share.limits, share.used, needed(share))


def fits(room: Room, share: Share) -> bool:
    """Whether the service environment has room for the head of a share."""
    return not short_of(room.limits, room.used, needed(share))


def may_borrow(room: Room, share: Share, shares: Sequence[Share]) -> bool:
    """Whether the head of a share can be placed on capacity that others lend.

    Also the environment must have it to spare: what RESERVE shares do not use, and what others wait for
    that are entitled to it, stays free.
    """
    if share.head is None or share.borrow_limit is None:
        return False
    others = [each for each in shares if each is not share]
    return _is_lent(share, others) and not short_of(room.limits, _spoken_for(room, others), needed(share))


def _is_lent(share: Share, others: Sequence[Share]) -> bool:
    for unit, over in beyond(share).items():
        own, percent = share.limits.get(unit, 0), share.borrow_limit
        if own == 0 or (percent is not None and percent >= 0 and 100 * over > own * percent):
            return False
        if over + sum(_borrowed(each, unit) for each in others) > sum(_lent(each, unit) for each in others):
            return False
    return True


def beyond(share: Share) -> dict[str, int]:
    """By how much a share would exceed its limits with its head, by instance type."""
    over = {
        unit: share.used.get(unit, 0) + n - share.limits.get(unit, 0) for unit, n in needed(share).items()
    }
    return {unit: n for unit, n in over.items() if n > 0}


def _borrowed(share: Share, unit: str) -> int:
    """What a share has beyond its own limits, or is making room to have."""
    coming = needed(share).get(unit, 0) if share.makes_room else 0
    return max(0, share.used.get(unit, 0) + coming - share.limits.get(unit, 0))


def _lent(share: Share, unit: str) -> int:
    """What a share has to lend, lent or not."""
    coming = needed(share).get(unit, 0) if is_within_limits(share) else 0
    return max(0, share.limits.get(unit, 0) - share.used.get(unit, 0) - coming) if share.lends else 0


def _spoken_for(room: Room, others: Sequence[Share]) -> Counter[str]:
    """What is in use and what has to stay free, by instance type."""
    found = Counter(room.used)
    for share in others:
        if not share.lends:
            found.update(dict(_idle(share)))
        elif share.makes_room or is_within_limits(share):
            found.update(needed(share))
    return found


def _idle(share: Share) -> Iterator[tuple[str, int]]:
    for unit, most in share.limits.items():
        yield unit, max(0, most - share.used.get(unit, 0))
