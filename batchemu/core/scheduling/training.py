"""Service jobs: carry out what is decided of those that wait before a service environment.

Without quota shares a queue is first in, first out, or by priority; with them
``core.scheduling.sharing`` says who is next and ``core.scheduling.preemption`` who has to go.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from batchemu.core import capacity, holds, policies, trainings
from batchemu.core.lifecycle import IN_SERVICE, shares_of
from batchemu.core.scheduling.preemption import Victim, victims
from batchemu.core.scheduling.sharing import Head, Room, Running, Share, next_share
from batchemu.core.world import Preemption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.core.effects import Effect
    from batchemu.core.ids import Millis
    from batchemu.core.scheduling.line import Line
    from batchemu.core.world import JobQueue, Place, QuotaShare, ServiceEnvironment, ServiceJob, World


def serve(world: World, queue: JobQueue, effects: list[Effect], *, at: Millis) -> None:
    """Place what can be placed; then preempt for what cannot. A paused scheduler does neither."""
    environment = environment_of(world, queue)
    if environment is None:
        return
    _place_all(world, queue, environment, effects, at=at)
    while _has_made_room(world, queue):
        _place_all(world, queue, environment, effects, at=at)  # what it did not take after all
    while holds.may_place(world) and (found := to_preempt(world, queue, environment)):
        for victim in found:
            trainings.preempt(world, victim.job_id, victim.preemption, effects)


def _place_all(
    world: World, queue: JobQueue, environment: ServiceEnvironment, effects: list[Effect], *, at: Millis
) -> None:
    while holds.may_place(world):
        job = next_job(world, queue, environment)
        if job is None:
            break
        trainings.place(world, job, environment, effects, at=at)
        holds.take_step(world)


def _has_made_room(world: World, queue: JobQueue) -> bool:
    """Whether a share that preempted jobs of its own has had its turn since the last of them went."""
    for share in shares_of(world, queue) if holds.may_place(world) else ():
        going = (world.service_jobs[job_id].preemption for job_id in share.jobs)
        if share.makes_room and Preemption.IN_SHARE not in going:
            share.makes_room = False
            return True
    return False


def environment_of(world: World, queue: JobQueue) -> ServiceEnvironment | None:
    """The service environment of a queue, if it takes jobs."""
    environment = world.service_environments.get(queue.service_environment or "")
    if environment is None or environment.state != "ENABLED" or environment.status not in IN_SERVICE:
        return None
    return environment


def next_job(world: World, queue: JobQueue, environment: ServiceEnvironment) -> ServiceJob | None:
    """Who is placed next; the head of a line blocks those behind it."""
    if policies.has_quota_shares(world, queue):
        shares = [_share(world, queue, share) for share in _open_shares(world, queue)]
        found = next_share(_room(environment, environment.used), shares)
        return None if found is None else _first(world, queue, world.quota_shares[found.arn].line)
    job = _first(world, queue, queue.training_line)
    return job if job and not _pauses(world, job) and capacity.fits(environment, job) else None


def to_preempt(world: World, queue: JobQueue, environment: ServiceEnvironment) -> list[Victim]:
    """Who has to be preempted so that heads of quota shares can be placed, beside those who end anyway."""
    if not queue.training_line or not policies.has_quota_shares(world, queue):
        return []
    shares = _open_shares(world, queue)
    if not any(_preempts(share) or _has_more(share) for share in shares):
        return []  # the rest looks at every job under way
    stay = Counter(environment.used)
    for job in _ending(world, environment):
        stay.subtract(job.instances)
    views = [_share(world, queue, share, environment) for share in shares]
    return victims(_room(environment, stay), views)


def _preempts(share: QuotaShare) -> bool:
    return bool(share.preemption["inSharePreemption"] == "ENABLED")


def _has_more(share: QuotaShare) -> bool:
    """Whether a share uses more than its own limits."""
    limits = capacity.limits_of(share)
    return any(n > limits.get(unit, 0) for unit, n in share.used.items())


def _open_shares(world: World, queue: JobQueue) -> list[QuotaShare]:
    """One that is being made or deleted has no part in it (assumed)."""
    return [share for share in shares_of(world, queue) if share.status in IN_SERVICE]


def _first(world: World, queue: JobQueue, line: Line[Place]) -> ServiceJob | None:
    place = next(iter(line), None)
    return None if place is None else world.service_jobs[queue.trainings[place[1]]]


def _pauses(world: World, job: ServiceJob) -> bool:
    """Whether it waits for its pause after a want of capacity to end."""
    return trainings.capacity_timer(job) in world.timers


def _ending(world: World, holder: capacity.Holder) -> Iterator[ServiceJob]:
    for job_id in holder.jobs:
        job = world.service_jobs[job_id]
        if job.ending is not None or job.preemption is not None:
            yield job


# --- as the rules see it


def _room(environment: ServiceEnvironment, used: Counter[str]) -> Room:
    return Room(limits=capacity.limits_of(environment), used=used)


def _share(
    world: World, queue: JobQueue, share: QuotaShare, environment: ServiceEnvironment | None = None
) -> Share:
    """A share as it is, or (with ``environment``) as it will be once all that ends has ended."""
    job = _first(world, queue, share.line)
    used = share.used
    running: tuple[Running, ...] = ()
    if environment is not None:
        used = Counter(used)
        for each in _ending(world, share):
            used.subtract(each.instances)
        if _preempts(share) or _has_more(share):
            running = tuple(_running(world, share, environment))
    return Share(
        arn=share.arn,
        limits=capacity.limits_of(share),
        used=used,
        lends=share.sharing["strategy"] != "RESERVE",
        borrow_limit=share.sharing.get("borrowLimit"),
        head=None if job is None else _head(world, job),
        preempts=_preempts(share),
        makes_room=share.makes_room,
        running=running,
    )


def _head(world: World, job: ServiceJob) -> Head:
    return Head(seq=job.seq, priority=job.priority, instances=job.instances, pauses=_pauses(world, job))


def _running(world: World, share: QuotaShare, environment: ServiceEnvironment) -> Iterator[Running]:
    for job_id in share.jobs:
        job = world.service_jobs[job_id]
        if job.ending is None and job.preemption is None and job.scheduled_at is not None:
            yield Running(
                job_id=job_id,
                share=share.arn,
                priority=job.priority,
                scheduled_at=job.scheduled_at,
                seq=job.seq,
                instances=job.instances,
                is_in_room=job_id in environment.jobs,
            )
