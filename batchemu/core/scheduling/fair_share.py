"""The order of a job queue with a fair-share policy: the share with the lowest weighted usage goes next.

Sources: https://docs.aws.amazon.com/batch/latest/userguide/share-identifiers.html (usage is T * weightFactor,
where T is "the vCPU usage over time"), fair-share-scheduling.html beside it, and botocore's model
(FairsharePolicy, ShareAttributes, SubmitJobRequest.schedulingPriorityOverride).

AWS does not say how T is counted. Assumed: the vCPUs that a share holds now, plus the average of what it
held, in which what lies t back counts exp(-t / shareDecaySeconds). Both are vCPUs, so a share feels at once
what it was given and for a while what it had; and while nobody runs, the order stays as it is.

Nothing here changes anything; the books are kept in ``core.fair_shares``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from heapq import heapify, heappop, heapreplace
from itertools import islice
from math import exp
from typing import TYPE_CHECKING, Any

from batchemu.core.records import record
from batchemu.core.scheduling.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchemu.core.ids import Millis

    Place = tuple[int, int]
    """Higher scheduling priorities first, then in the order of submission: ``(-priority, seq)``."""


@record
class Rules:
    """A fairsharePolicy, read once."""

    decay_ms: int
    """0: usage is what is held now, as the user guide has it ("only current usage"); botocore's model
    (FairsharePolicy.shareDecaySeconds) says instead that 0 means 600 seconds. The guide is followed
    (assumed)."""
    reservation: int
    """computeReservation, in percent."""
    weights: Mapping[str, float]
    """By share identifier."""
    group_weights: Mapping[str, float]
    """By the prefix of an entry that ends in ``*``, without the ``*``."""


def read(policy: Mapping[str, Any]) -> Rules:
    """Members that are absent have the defaults of botocore's model: a weight is 1, the others are 0."""
    entries = {
        each["shareIdentifier"]: float(each.get("weightFactor", 1.0))
        for each in policy.get("shareDistribution", ())
    }
    return Rules(
        decay_ms=1000 * policy.get("shareDecaySeconds", 0),
        reservation=policy.get("computeReservation", 0),
        weights={name: weight for name, weight in entries.items() if not name.endswith("*")},
        group_weights={name[:-1]: weight for name, weight in entries.items() if name.endswith("*")},
    )


@dataclass(slots=True, kw_only=True)
class Share:
    """An active share: one with jobs that are not over, or that had some within the decay period."""

    group: str | None
    """The prefix that it falls under; None: it has a weight of its own."""
    as_of: Millis
    average: float = 0.0
    """Decayed average of the vCPUs that it held, at ``as_of``."""
    held: float = 0.0
    """vCPUs of its STARTING and RUNNING jobs, since ``as_of``."""
    line: Line[Place] = field(default_factory=Line)
    """The places of its RUNNABLE jobs."""


@dataclass(slots=True, kw_only=True)
class FairShares:
    """The shares of one job queue: usage is not summed over queues that have the same policy
    (https://docs.aws.amazon.com/batch/latest/userguide/share-identifiers.html)."""

    rules: Rules
    shares: dict[str, Share] = field(default_factory=dict)
    """By share identifier."""
    groups: Counter[str] = field(default_factory=Counter)
    """How many of ``shares`` fall under a prefix."""
    departed: dict[str, Millis] = field(default_factory=dict)
    """Those of ``shares`` that have no jobs, and since when; the earliest first."""
    turned_at: Millis | None = None
    """When their order may last have changed otherwise than by jobs that joined."""
    looked_at: Millis | None = None
    """When the scheduler last looked at the queue: its order is decided then, and stands until something
    happens."""


def group_of(rules: Rules, identifier: str) -> str | None:
    """The prefix that an identifier without an entry of its own falls under; policies have no two."""
    if identifier in rules.weights or not rules.group_weights:
        return None
    starts = (identifier[:end] for end in range(1, len(identifier) + 1))
    return next((start for start in starts if start in rules.group_weights), None)


def average(share: Share, decay_ms: int, at: Millis) -> float:
    """Decayed average of the vCPUs that a share has held until ``at``; 0 without a decay period."""
    if not decay_ms:
        return 0.0
    kept = exp((share.as_of - at) / decay_ms) if at > share.as_of else 1.0
    return share.average * kept + share.held * (1.0 - kept)


def usage(fair: FairShares, share: Share, at: Millis) -> float:
    """In vCPUs, not weighted."""
    decay_ms = fair.rules.decay_ms
    return share.held + average(share, decay_ms, at) if decay_ms else share.held


def inactive(fair: FairShares, at: Millis) -> list[str]:
    """Shares that have had no jobs for the decay period, and are not forgotten yet.

    The guide adds ``OrderMinutes`` to shareDecaySeconds, which it does not explain: left out (assumed).
    https://docs.aws.amazon.com/batch/latest/userguide/fair-share-scheduling.html
    """
    found = []
    for identifier, since in fair.departed.items():
        if at - since < fair.rules.decay_ms:
            break
        found.append(identifier)
    return found


def group_sizes(fair: FairShares, at: Millis) -> Counter[str]:
    """How many active shares there are under each prefix."""
    groups = (fair.shares[identifier].group for identifier in inactive(fair, at))
    gone = Counter(group for group in groups if group is not None)
    return fair.groups - gone if gone else fair.groups


def weight(fair: FairShares, identifier: str, share: Share, sizes: Mapping[str, int]) -> float:
    """The share's own, else that of its prefix times the active shares that have it in common, else 1.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/scheduling-policy-parameters.html
    """
    if share.group is None:
        return fair.rules.weights.get(identifier, 1.0)
    return fair.rules.group_weights[share.group] * sizes[share.group]


def reserved_vcpus(fair: FairShares, max_vcpus: float, at: Millis) -> float:
    """What an environment keeps free for shares that are not active yet.

    ``(computeReservation / 100) ** active shares`` of its maxvCpus (botocore's model,
    FairsharePolicy.computeReservation); of each environment of the queue alike (assumed).
    """
    percent = fair.rules.reservation
    if not percent:
        return 0.0
    active = len(fair.shares) - len(inactive(fair, at))
    kept: float = int(max_vcpus) * percent**active / 100**active  # whole numbers: 7 % of 100 vCPUs are 7
    return kept


def order(
    fair: FairShares,
    at: Millis,
    vcpus: Callable[[int], float],
    passes: Callable[[int], bool] | None = None,
) -> Iterator[int]:
    """Sequence numbers of the RUNNABLE jobs in the order of their turns at ``at``.

    Who asks for the next one has placed the one before: its ``vcpus`` count as held from then on. Jobs that
    ``passes`` says are passed over take no turn. Of shares with the same weighted usage the one goes whose
    next job was submitted first (assumed). Takes as long as there are active shares, and the logarithm of
    that for each job.
    """
    sizes = group_sizes(fair, at)
    heap: list[tuple[float, int, float, float, Share, Iterator[int] | None]] = []
    for identifier, share in fair.shares.items():
        waiting: Iterator[int] | None = None
        if passes is not None:
            waiting = (seq for _, seq in share.line if not passes(seq))
            first = next(waiting, None)
        else:
            first = share.line.first()[1] if share.line else None  # most shares get no turn this time
        if first is not None:
            used, factor = usage(fair, share, at), weight(fair, identifier, share, sizes)
            heap.append((used * factor, first, used, factor, share, waiting))
    heapify(heap)
    while heap:
        _, seq, used, factor, share, waiting = heap[0]
        yield seq
        used += vcpus(seq)
        if waiting is None:
            waiting = (each for _, each in islice(share.line, 1, None))
        following = next(waiting, None)
        if following is None:
            heappop(heap)
        else:
            heapreplace(heap, (used * factor, following, used, factor, share, waiting))
