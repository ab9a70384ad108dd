"""What GetJobQueueSnapshot answers: who is next, and how much is in use.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_queue_viewing_status.html and botocore's model.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from batchemu.core import lifecycle, policies
from batchemu.core.fair_shares import place_of
from batchemu.core.scheduling.turns import line as in_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchemu.core.ids import Millis
    from batchemu.core.scheduling.line import Line
    from batchemu.core.world import Job, JobQueue, Place, QuotaShare, ServiceJob, World

FRONT: Final = 100
TOP_SHARES: Final = 20
VCPU: Final = "VCPU"
"""Of jobs on Amazon EC2, and on Fargate (assumed)."""


def of_queue(world: World, queue: JobQueue, now: Millis) -> dict[str, Any]:
    """True as of ``now``, which is when all of it was last updated."""
    answer: dict[str, Any] = {
        "frontOfQueue": {"jobs": list(islice(_front(world, queue, now), FRONT)), "lastUpdatedAt": now},
        "queueUtilization": {**_utilization(world, queue), "lastUpdatedAt": now},
    }
    if policies.has_quota_shares(world, queue):
        shares = {share.name: _head(world, queue, share) for share in lifecycle.shares_of(world, queue)}
        answer["frontOfQuotaShares"] = {"quotaShares": shares, "lastUpdatedAt": now}
    return answer


def _front(world: World, queue: JobQueue, now: Millis) -> Iterator[dict[str, Any]]:
    """RUNNABLE jobs in the order in which they are dispatched."""
    since = 0
    for job in in_line(queue, now):
        since = max(since, _since(queue, job))
        yield {"jobArn": world.arn("job", job.job_id), "earliestTimeAtPosition": since}
    yield from _service_jobs(world, queue, queue.training_line)


def _since(queue: JobQueue, job: Job) -> Millis:
    """When a job reached its present position.

    Who stands in another's way moved it by joining. In a fair-share queue each counts its time anew from
    when usage last changed or somebody left, for that may have turned the order of the shares (assumed).
    """
    fair = queue.fair
    if fair is None:
        return queue.line.since(job.seq)
    assert job.share_identifier is not None
    joined = fair.shares[job.share_identifier].line.since(place_of(job))
    return joined if fair.turned_at is None else max(joined, fair.turned_at)


def _service_jobs(world: World, queue: JobQueue, line: Line[Place]) -> Iterator[dict[str, Any]]:
    for place in line:
        arn = world.arn("service-job", queue.trainings[place[1]])
        yield {"jobArn": arn, "earliestTimeAtPosition": line.since(place)}


def _head(world: World, queue: JobQueue, share: QuotaShare) -> list[dict[str, Any]]:
    return list(islice(_service_jobs(world, queue, share.line), 1))


def _utilization(world: World, queue: JobQueue) -> dict[str, Any]:
    """Of what is dispatched: in all, and by fair share or quota share."""
    running = list(_running(world, queue))
    total: Counter[str] = Counter({} if queue.service_environment else {VCPU: 0.0})
    by_share: dict[str, Counter[str]] = {}
    for share, amounts in running:
        total.update(amounts)
        if share is not None:
            by_share.setdefault(share, Counter()).update(amounts)
    answer: dict[str, Any] = {"totalCapacityUsage": _quantities(total)}
    top = sorted(by_share.items(), key=lambda each: (-sum(each[1].values()), each[0]))[:TOP_SHARES]
    if policies.has_fair_shares(world, queue):
        answer["fairshareUtilization"] = {
            "activeShareCount": len(by_share),
            "topCapacityUtilization": [
                {"shareIdentifier": share, "capacityUsage": _quantities(used)} for share, used in top
            ],
        }
    if policies.has_quota_shares(world, queue):
        answer["quotaShareUtilization"] = {
            "topCapacityUtilization": [
                {"quotaShareName": share, "capacityUsage": _quantities(used)} for share, used in top
            ],
        }
    return answer


def _running(world: World, queue: JobQueue) -> Iterator[tuple[str | None, Mapping[str, float]]]:
    """The share of each dispatched job, and what it holds, by unit."""
    for compute in world.environments.values():
        for job_id in compute.jobs:
            job = world.jobs[job_id]
            if job.queue is queue:
                yield job.share_identifier, {VCPU: job.resolved.vcpus}
    for environment in world.service_environments.values():
        for job_id in environment.jobs:
            training = world.service_jobs[job_id]
            if queue.trainings.get(training.seq) == job_id:  # not the jobs of an old queue of this name
                yield _share_of(training), {unit: n for unit, n in training.instances.items() if unit}


def _share_of(job: ServiceJob) -> str | None:
    return job.settings.get("quotaShareName") or job.settings.get("shareIdentifier")


def _quantities(amounts: Mapping[str, float]) -> list[dict[str, Any]]:
    return [{"capacityUnit": unit, "quantity": float(amount)} for unit, amount in amounts.items()]
