"""The order of service jobs within a job queue, and whether their service environment can take them.

Source: https://docs.aws.amazon.com/batch/latest/userguide/quota-shares.html: a quota share is a virtual
queue, and its capacity limits are its own. Lending and borrowing are not emulated yet: what a share does
not use stays idle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchemu.core import capacity, holds, policies, trainings
from batchemu.core.lifecycle import IN_SERVICE, shares_of

if TYPE_CHECKING:
    from batchemu.core.effects import Effect
    from batchemu.core.ids import Millis
    from batchemu.core.scheduling.line import Line
    from batchemu.core.world import JobQueue, Place, QuotaShare, ServiceEnvironment, ServiceJob, World


def serve(world: World, queue: JobQueue, effects: list[Effect], *, at: Millis) -> None:
    """Place what can be placed: from the head of the queue, or of each of its quota shares."""
    environment = world.service_environments.get(queue.service_environment or "")
    if environment is None or environment.state != "ENABLED" or environment.status not in IN_SERVICE:
        return
    for line, share in lines(world, queue):
        while line:  # its head blocks those behind it
            job = world.service_jobs[queue.trainings[next(iter(line))[1]]]
            if not _fits(job, environment, share, at) or not holds.may_place(world):
                break
            trainings.place(world, job, environment, effects, at=at)
            holds.take_step(world)


def lines(world: World, queue: JobQueue) -> list[tuple[Line[Place], QuotaShare | None]]:
    """The lines in which service jobs wait for a turn, and whose they are."""
    if policies.has_quota_shares(world, queue):
        return [(share.line, share) for share in shares_of(world, queue)]
    return [(queue.training_line, None)]


def _fits(job: ServiceJob, environment: ServiceEnvironment, share: QuotaShare | None, at: Millis) -> bool:
    if job.not_before is not None and job.not_before > at:
        return False
    return capacity.fits(environment, job) and (share is None or capacity.fits(share, job))
