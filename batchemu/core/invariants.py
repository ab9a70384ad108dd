"""What must always hold, checked after every step of a test.

Each rule says what it found, so that a failure reads as a finding and not as an assertion.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from batchemu.core import attempts, capacity, endings, fair_shares, policies, retention, trainings
from batchemu.core.arrays import children, is_over
from batchemu.core.consumables import stock
from batchemu.core.dependencies import status_of, waited_for
from batchemu.core.effects import StartTraining, TimerKey
from batchemu.core.endings import is_held_back
from batchemu.core.holds import keeps
from batchemu.core.ids import Millis
from batchemu.core.scheduling import fair_share
from batchemu.core.scheduling.run import rooms
from batchemu.core.scheduling.training import environment_of, next_job, to_preempt
from batchemu.core.scheduling.turns import head
from batchemu.core.world import (
    ON_AN_ENVIRONMENT,
    TERMINAL,
    TRAINING_OVER,
    TRAINING_UNDER_WAY,
    JobStatus,
    ServiceJobStatus,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchemu.core.capacity import Holder
    from batchemu.core.effects import Effect
    from batchemu.core.scheduling.fair_share import FairShares, Share
    from batchemu.core.world import Job, JobQueue, ServiceJob, World


class Broken(Exception):
    """An invariant does not hold: ``rule`` and the evidence."""

    def __init__(self, rule: str, evidence: object) -> None:
        super().__init__(f"{rule}: {evidence!r}")
        self.rule = rule


def check(world: World) -> None:
    """Raise Broken for the first rule that does not hold."""
    _check_capacity(world)
    _check_consumables(world)
    _check_serving(world)
    _check_queues(world)
    _check_blocked(world)
    _check_service_jobs(world)
    _check_training_lines(world)
    _check_preemptions(world)
    _check_held(world)
    for job in world.jobs.values():
        _check_job(world, job)
        _check_is_under_way(world, job)
    _check_nobody_waits_for_nothing(world)
    _check_no_service_job_waits_for_nothing(world)
    _check_retention(world)
    if world.dirty:
        raise Broken("a step leaves no queue dirty", world.dirty)


def _check_capacity(world: World) -> None:
    for environment in world.environments.values():
        if abs(sum(environment.jobs.values()) - environment.used_vcpus) > 1e-9:
            raise Broken("used vCPUs are the sum of the jobs' vCPUs", environment)
        for job_id in environment.jobs:
            if world.jobs[job_id].status not in ON_AN_ENVIRONMENT:
                raise Broken("only STARTING and RUNNING jobs hold vCPUs", world.jobs[job_id])


def _check_consumables(world: World) -> None:
    for resource in world.consumables.values():
        locked = [
            quantity
            for job in world.jobs.values()
            for name, (quantity, serial) in job.locked.items()
            if (name, serial) == (resource.name, resource.serial)
        ]
        if sum(locked) != resource.in_use_quantity:
            raise Broken("what is in use is what jobs have locked", (resource, locked))
        if resource.total_quantity < 0:
            raise Broken("no more is used up than there was", resource)
    for job in world.jobs.values():
        if job.locked and job.status not in ON_AN_ENVIRONMENT:
            raise Broken("only STARTING and RUNNING jobs lock consumable resources", job)


def _check_service_jobs(world: World) -> None:
    for job in world.service_jobs.values():
        if (job.status in TRAINING_OVER) != (job.stopped_at is not None):
            raise Broken("stoppedAt is there when the job is over, and only then", job)
        holds = [each.name for each in world.service_environments.values() if job.job_id in each.jobs]
        if (job.status in TRAINING_UNDER_WAY) != (len(holds) == 1):
            raise Broken("a service job holds capacity while it is under way, and only then", (job, holds))
        counted = [each for each in job.attempts if not each.lacked_capacity]
        if len(counted) > job.attempts_allowed:
            raise Broken("no more attempts than the retry strategy allows", job)
        if len(job.attempts) - len(counted) != min(job.requeued, 1):
            raise Broken("the last attempt that lacked capacity is kept", job)
        numbers = [each.number for each in job.attempts]
        if numbers != sorted(set(numbers)) or _last(job) != len(counted) + job.requeued + job.preemptions:
            raise Broken("attempts are numbered in their order, whether kept or not", job)


def _last(job: ServiceJob) -> int:
    return max((each.number for each in (*job.attempts, *job.preempted)), default=0)


def _check_training_lines(world: World) -> None:
    for queue in world.queues.values():
        waiting = [world.service_jobs[job_id] for job_id in queue.trainings.values()]
        places = sorted(job.place for job in waiting if job.status is ServiceJobStatus.RUNNABLE)
        if list(queue.training_line) != places:
            raise Broken("the RUNNABLE service jobs stand in line in their order", queue)
    for share in world.quota_shares.values():
        if share.queue not in world.queues:
            raise Broken("a quota share goes with its queue", share)
        members = [job for job in world.service_jobs.values() if job.quota_share == share.arn]
        places = sorted(job.place for job in members if job.status is ServiceJobStatus.RUNNABLE)
        if list(share.line) != places:
            raise Broken("the RUNNABLE service jobs of a quota share stand in its line", share)


def _check_held(world: World) -> None:
    holders: list[Holder] = [*world.service_environments.values(), *world.quota_shares.values()]
    for holder in holders:
        used: Counter[str] = Counter()
        for job_id, instances in holder.jobs.items():
            used.update(instances)
            if world.service_jobs[job_id].status not in TRAINING_UNDER_WAY:
                raise Broken("only service jobs under way hold instances", (holder, job_id))
        if used != holder.used:
            raise Broken("what is in use is what service jobs hold", (holder, used))


def _check_no_service_job_waits_for_nothing(world: World) -> None:
    """Were the scheduler to look again, it would place nobody and preempt nobody."""
    for queue in world.queues.values() if world.steps is None else ():
        environment = environment_of(world, queue)
        if environment is None or queue.status == "CREATING":
            continue
        job = next_job(world, queue, environment)
        if job is not None:
            raise Broken("no service job at the head of its line waits for nothing", job)
        found = to_preempt(world, queue, environment)
        if found:
            raise Broken("who has to make room is being preempted", (queue, found))


def _check_preemptions(world: World) -> None:
    for job in world.service_jobs.values():
        if job.preemption is not None and job.status not in TRAINING_UNDER_WAY:
            raise Broken("who is being preempted is under way: then it waits again, or is over", job)
        if job.preemption is not None and not (job.status_reason or "").endswith(job.preemption):
            raise Broken("who is being preempted says so", job)
        if len(job.preempted) != min(job.preemptions, trainings.RECENT_PREEMPTIONS):
            raise Broken("the last attempts that were preempted are kept", job)
        most = job.settings.get("preemptionConfiguration", {}).get("preemptionRetriesBeforeTermination")
        if most is not None and job.preemptions > most and job.status is not ServiceJobStatus.FAILED:
            raise Broken("who may not be preempted once more has FAILED then", job)


def check_placed(world: World, effects: Iterable[Effect]) -> None:
    """Nothing that a step has placed is more than there is, or than its quota share may have or borrow."""
    for job in [world.service_jobs[each.job_id] for each in effects if isinstance(each, StartTraining)]:
        for environment in world.service_environments.values():
            if job.job_id in environment.jobs:
                _check_most(environment, job)
        share = world.quota_shares.get(job.quota_share or "")
        if share is not None and job.job_id in share.jobs and share.sharing.get("borrowLimit") != -1:
            _check_most(share, job, percent=100 + share.sharing.get("borrowLimit", 0))


def _check_most(holder: Holder, job: ServiceJob, percent: int = 100) -> None:
    limits = {unit: n * percent // 100 for unit, n in capacity.limits_of(holder).items()}
    before = holder.used - Counter(job.instances)
    if capacity.short_of(limits, before, job.instances):
        raise Broken("what is placed is within the limits", (holder, job))


def _names_of_environments(queue: JobQueue) -> list[str]:
    return [queue.service_environment] if queue.service_environment else queue.environments


def _check_serving(world: World) -> None:
    for served in (world.environments, world.service_environments):
        for name, environment in served.items():
            queues = {each.name for each in world.queues.values() if name in _names_of_environments(each)}
            if environment.queues != queues:
                raise Broken("an environment knows the queues that it serves", environment)


def _check_queues(world: World) -> None:
    for queue in world.queues.values():
        is_fair = policies.has_fair_shares(world, queue) and queue.service_environment is None
        if is_fair != (queue.fair is not None):
            raise Broken("a queue has shares when its policy says so", queue)
        if queue.fair is not None:
            _check_fair_shares(world, queue, queue.fair)
        elif list(queue.line) != sorted(queue.runnable):
            raise Broken("the RUNNABLE jobs stand in line in the order of their submission", queue)
        if any(job.status is not JobStatus.RUNNABLE for job in queue.runnable.values()):
            raise Broken("who stands in line is RUNNABLE", queue)
        counted = Counter(seq for members in queue.by_status.values() for seq in members)
        if any(count > 1 for count in counted.values()):
            raise Broken("a job is listed under one status", queue)
        for status, members in queue.by_status.items():
            for job_id in members.values():
                if world.jobs[job_id].status is not status:
                    raise Broken("a job is listed under its own status", world.jobs[job_id])


def _check_blocked(world: World) -> None:
    for queue in world.queues.values():
        told = [job.job_id for job in queue.runnable.values() if job.status_reason is not None]
        if told != ([] if queue.blocked is None else [queue.blocked.job_id]):
            raise Broken("of the jobs in line that one has a statusReason that blocks the queue", queue)


def _check_fair_shares(world: World, queue: JobQueue, fair: FairShares) -> None:
    if fair.rules != policies.rules(world, queue):
        raise Broken("a queue obeys its policy", (queue, fair.rules))
    departed, present = fair.departed.keys(), queue.shares.keys()
    if departed & present or departed | present != fair.shares.keys():
        raise Broken("a share is active while it has jobs, and for a while after", (queue.shares, fair))
    if list(fair.departed.values()) != sorted(fair.departed.values()):
        raise Broken("who departed first is forgotten first", fair.departed)
    groups = {each: fair_share.group_of(fair.rules, each) for each in fair.shares}
    if groups != {each: share.group for each, share in fair.shares.items()}:
        raise Broken("a share falls under the prefix that its policy has for it", (groups, fair))
    if fair.groups != Counter(group for group in groups.values() if group is not None):
        raise Broken("the shares under a prefix are counted", fair)
    for identifier, share in fair.shares.items():
        _check_fair_share(world, queue, identifier, share)
    if len(queue.line) or sum(len(share.line) for share in fair.shares.values()) != len(queue.runnable):
        raise Broken("the RUNNABLE jobs of a fair-share queue stand in the lines of their shares", queue)


def _check_fair_share(world: World, queue: JobQueue, identifier: str, share: Share) -> None:
    own = [job for job in queue.runnable.values() if job.share_identifier == identifier]
    if list(share.line) != sorted(map(fair_shares.place_of, own)):
        raise Broken("the RUNNABLE jobs of a share stand in its line, by priority", (identifier, share))
    held = sum(
        vcpus
        for environment in world.environments.values()
        for job_id, vcpus in environment.jobs.items()
        if world.jobs[job_id].queue is queue and world.jobs[job_id].share_identifier == identifier
    )
    if abs(held - share.held) > 1e-9 or share.average < 0:
        raise Broken("a share holds what its jobs hold", (identifier, share, held))


def _check_job(world: World, job: Job) -> None:
    if (job.status in TERMINAL) != (job.stopped_at is not None):
        raise Broken("stoppedAt is there when the job is over, and only then", job)
    if job.status is JobStatus.RUNNING and job.started_at is None:
        raise Broken("a RUNNING job has started", job)
    times = [t for t in (job.created_at, job.started_at, job.stopped_at) if t is not None]
    if times != sorted(times):
        raise Broken("createdAt <= startedAt <= stoppedAt", job)
    _check_waiting(world, job)
    if len(job.attempts) > job.resolved.attempts:
        raise Broken("no more attempts than the retry strategy allows", job)
    holds = any(job.job_id in environment.jobs for environment in world.environments.values())
    if holds != (job.status in ON_AN_ENVIRONMENT):
        raise Broken("STARTING and RUNNING jobs hold vCPUs", job)


def _check_waiting(world: World, job: Job) -> None:
    if job.array is not None:
        _check_array(world, job)
    elif job.status is JobStatus.PENDING and not is_held_back(job) and not _is_kept(world, job):
        raise Broken("a PENDING job waits for somebody", job)
    unsure = {other for other in waited_for(job) if status_of(world, other) not in TERMINAL}
    if job.status is JobStatus.PENDING and not keeps(world, job) and job.waiting != len(unsure):
        raise Broken("a job knows how many it waits for", (job, unsure))


def _is_kept(world: World, job: Job) -> bool:
    """Whether a PENDING job is held, or its array is that has not been opened yet."""
    parent = job.parent
    return keeps(world, job) or (
        job.ending is None
        and parent is not None
        and parent.array is not None
        and not parent.array.is_open
        and keeps(world, parent)
    )


def _check_array(world: World, parent: Job) -> None:
    found = Counter(child.status for child in children(parent))
    array = parent.array
    assert array is not None
    if found and (found != Counter(array.counts) or found.total() != array.size):
        raise Broken("the summary of an array counts its children", (parent, found))
    if parent.status is JobStatus.PENDING and not (parent.waiting or array.is_open or keeps(world, parent)):
        raise Broken("an array that waits for nobody lets its children go", parent)
    if is_over(parent) and keeps(world, parent):
        return
    if (parent.status in TERMINAL) != (is_over(parent) or not found) and parent.status not in (
        JobStatus.SUBMITTED,
        JobStatus.FAILED,
    ):
        raise Broken("a parent is over when its children are", parent)


def _check_is_under_way(world: World, job: Job) -> None:
    """Only what is held stays where nothing would ever move it."""
    if keeps(world, job):
        return
    attempt = job.attempt
    if (
        job.status is JobStatus.SUBMITTED
        and TimerKey(endings.SUBMITTED_TIMER, job.job_id) not in world.timers
    ):
        raise Broken("a job leaves SUBMITTED", job)
    if job.status not in ON_AN_ENVIRONMENT or attempt is None:
        return
    if attempt.kept:
        raise Broken("reports are kept of jobs that are held", job)
    if attempt.asked_for == (TimerKey(attempts.STARTING_TIMER, job.job_id, attempt.number) in world.timers):
        raise Broken("a STARTING job's container is asked for, at once or later", job)


def _check_retention(world: World) -> None:
    """Each that is over, and nobody else, is going to be forgotten, and somebody will see to it."""
    over = [job.job_id for job in world.jobs.values() if job.status in TERMINAL and job.parent is None]
    over += [job.job_id for job in world.service_jobs.values() if job.status in TRAINING_OVER]
    inactive = [
        f"{each.name}:{each.revision}"
        for revisions in world.definitions.values()
        for each in revisions.values()
        if not each.active
    ]
    for kind, members in ((retention.JOBS, over), (retention.DEFINITIONS, inactive)):
        leaving = world.leaving.get(kind, deque())
        if sorted(members) != sorted(key for _, key in leaving):
            raise Broken("what is over is what will be forgotten", (kind, members, leaving))
        timer = TimerKey(retention.PURPOSE, kind)
        if world.timers.get(timer) != (leaving[0][0] if leaving else None):
            raise Broken("the first to go has a timer", (kind, leaving))


def _check_nobody_waits_for_nothing(world: World) -> None:
    """The head of a line does not fit anywhere, or it would have been placed."""
    for queue in world.queues.values() if world.steps is None else ():
        first = head(world, queue)
        if first is None or queue.status in ("CREATING", "DELETING") or keeps(world, first):
            continue
        need = first.resolved
        if any(stock(world, name) < quantity for name, quantity in need.consumables):
            continue
        at = queue.fair.looked_at if queue.fair is not None else None
        for room in rooms(world, queue, at or Millis(0)):
            if room.takes(need) and need.vcpus <= room.free_vcpus:
                raise Broken("nobody waits for nothing", (first, room))
