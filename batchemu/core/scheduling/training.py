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
    from collections.abc import Mapping

    from batchemu.core.effects import Effect
    from batchemu.core.ids import Millis
    from batchemu.core.scheduling.line import Line
    from batchemu.core.world import JobQueue, Place, QuotaShare, ServiceEnvironment, ServiceJob, World


def serve(world: World, queue: JobQueue, effects: list[Effect], *, at: Millis) -> None:
    """Place what can be placed: from the head of the queue, or of each of its quota shares."""
    environment = world.service_environments.get(queue.service_environment or "")
    if environment is None or environment.state != "ENABLED" or environment.status not in IN_SERVICE:
        return
    if policies.has_quota_shares(world, queue):
        for share in shares_of(world, queue):
            _serve_line(world, queue, share.line, environment, effects, share=share, at=at)
    else:
        _serve_line(world, queue, queue.training_line, environment, effects, at=at)


def _serve_line(
    world: World,
    queue: JobQueue,
    line: Line[Place],
    environment: ServiceEnvironment,
    effects: list[Effect],
    *,
    share: QuotaShare | None = None,
    at: Millis,
) -> None:
    """The head of a line blocks those behind it."""
    for place in list(line):
        job = world.service_jobs[queue.trainings[place[1]]]
        if not _fits(job, environment, share, at) or not holds.may_place(world):
            return
        trainings.place(world, job, environment, effects, at=at)


def _fits(job: ServiceJob, environment: ServiceEnvironment, share: QuotaShare | None, at: Millis) -> bool:
    if job.not_before is not None and job.not_before > at:
        return False
    needs = capacity.counted(job.instances, environment.capacity_limits)
    if not capacity.fits(needs, capacity.free(environment.capacity_limits, environment.jobs.values())):
        return False
    return share is None or capacity.fits(job.instances, _left(share))


def _left(share: QuotaShare) -> Mapping[str, int]:
    return capacity.free(share.capacity_limits, (share.used,))
