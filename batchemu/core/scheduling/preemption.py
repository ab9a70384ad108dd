"""Which service jobs are preempted, and for whom.

Source: https://docs.aws.amazon.com/batch/latest/userguide/preemption.html: a job under way is stopped to
make room for one that is RUNNABLE, either because its share lends capacity that it wants back
(cross-share), or because it has a higher priority within its share (in-share). AWS chooses by "a custom
heuristic" that looks at how much a job borrows, at priorities and durations. Here (assumed):

* Cross-share: for a head within its share's own limits, when the service environment has no room. Whose
  share has more than its limits, by borrowing or because they were lowered, can be preempted.
* In-share: for a head that otherwise cannot be placed, jobs of lower priority in its share.
* The lowest schedulingPriority goes first, then the youngest attempt, which has least to lose.
* Nobody is preempted in vain: either as many as it takes, and none besides, or none at all.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from batchemu.core.capacity import ALL_INSTANCES, short_of
from batchemu.core.records import tuple_like
from batchemu.core.scheduling.sharing import fits, is_within_limits, may_borrow, needed, submitted
from batchemu.core.world import Preemption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from batchemu.core.ids import JobId
    from batchemu.core.scheduling.sharing import Room, Running, Share


@tuple_like
class Victim:
    job_id: JobId
    preemption: Preemption


def victims(room: Room, shares: Sequence[Share]) -> list[Victim]:
    """Who has to go so that heads can be placed, given what there is once all that ends has ended."""
    plan = _Plan(room, shares)
    waiting = [share for share in shares if share.head is not None and not share.head.pauses]
    for share in waiting:  # who has a right to its place, before who might borrow
        if is_within_limits(share):
            plan.make_room(share.arn, Preemption.CROSS_SHARE)
    for share in sorted(waiting, key=submitted):
        if plan.shares[share.arn].head is not None:
            plan.make_room(share.arn, Preemption.IN_SHARE)
    return plan.victims


class _Plan:
    """What there will be, as far as it is decided."""

    def __init__(self, room: Room, shares: Iterable[Share]) -> None:
        self.room = room
        self.shares = {share.arn: share for share in shares}
        self.victims: list[Victim] = []

    def make_room(self, arn: str, preemption: Preemption) -> None:
        """Choose whom to preempt for the head of a share, if anybody, and give that its place."""
        found = [] if self.can_place(arn) else _CHOICE[preemption](self, self.shares[arn])
        if found is None:
            return
        for job in found:
            self.victims.append(Victim(job.job_id, preemption))
            self.remove(job)
        share = self.shares[arn]
        self.room = replace(self.room, used=_plus(self.room.used, needed(share)))
        self.shares[arn] = replace(share, used=_plus(share.used, needed(share)), head=None)

    def can_place(self, arn: str) -> bool:
        share = self.shares[arn]
        if is_within_limits(share) and fits(self.room, share):
            return True
        return may_borrow(self.room, share, list(self.shares.values()))

    def remove(self, job: Running) -> None:
        share = self.shares[job.share]
        rest = tuple(each for each in share.running if each is not job)
        self.shares[job.share] = replace(share, used=_minus(share.used, job.instances), running=rest)
        if job.is_in_room:
            self.room = replace(self.room, used=_minus(self.room.used, job.instances))

    def without(self, jobs: Iterable[Running]) -> _Plan:
        """The same, with these gone."""
        copy = _Plan(self.room, self.shares.values())
        for job in jobs:
            copy.remove(job)
        return copy


def _reclaimed(plan: _Plan, share: Share) -> list[Running] | None:
    """Cross-share: jobs of shares that have more than their limits; None: they would not be enough."""
    others = [each for each in plan.shares.values() if each.arn != share.arn]
    candidates = [job for other in others for job in other.running if job.is_in_room]
    chosen: list[Running] = []
    after = plan.without(())
    for job in sorted(candidates, key=_rank):
        lacks = short_of(after.room.limits, after.room.used, needed(share))
        if not lacks:
            break
        if _gives_back(job, after.shares[job.share], lacks):
            chosen.append(job)
            after.remove(job)
    return _fewest(plan, share, chosen)


def _gives_back(job: Running, share: Share, lacks: set[str]) -> bool:
    """Whether a job holds what is wanted, and its share more of that than it has a right to."""
    wanted = [unit for unit in job.instances if unit in lacks or ALL_INSTANCES in lacks]
    return any(share.used.get(unit, 0) > share.limits.get(unit, 0) for unit in wanted)


def _yielded(plan: _Plan, share: Share) -> list[Running] | None:
    """In-share: jobs of a lower priority than the head; None: they would not be enough, or may stay."""
    if share.head is None or not share.preempts:
        return None
    lower = sorted((job for job in share.running if job.priority < share.head.priority), key=_rank)
    chosen: list[Running] = []
    after = plan.without(())
    for job in lower:
        if after.can_place(share.arn):
            break
        chosen.append(job)
        after.remove(job)
    return _fewest(plan, share, chosen)


_CHOICE: Final[Mapping[Preemption, Callable[[_Plan, Share], list[Running] | None]]] = {
    Preemption.CROSS_SHARE: _reclaimed,
    Preemption.IN_SHARE: _yielded,
}


def _fewest(plan: _Plan, share: Share, chosen: Sequence[Running]) -> list[Running] | None:
    """Of the chosen only those without whom the head could not be placed; None: not even with all."""
    if not plan.without(chosen).can_place(share.arn):
        return None
    needs = list(chosen)
    for job in chosen:
        rest = [each for each in needs if each is not job]
        if plan.without(rest).can_place(share.arn):
            needs = rest
    return needs


def _rank(job: Running) -> tuple[int, int, int]:
    return job.priority, -job.scheduled_at, -job.seq


def _plus(used: Mapping[str, int], instances: Mapping[str, int]) -> Mapping[str, int]:
    return Counter(used) + Counter(instances)


def _minus(used: Mapping[str, int], instances: Mapping[str, int]) -> Mapping[str, int]:
    return Counter(used) - Counter(instances)
