"""Quota shares: create, update, delete.

Source: https://docs.aws.amazon.com/batch/latest/userguide/quota-shares.html. Nobody is known to have
quoted AWS's sentences about them: where no other source is named the wording here is assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import capacity, lifecycle, names, policies, queues, service_jobs, tags
from batchemu.core.world import QuotaShare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.effects import Effect
    from batchemu.core.inputs import CreateQuotaShare, DeleteQuotaShare, UpdateQuotaShare
    from batchemu.core.world import JobQueue, World

MAX_SHARES = 20
"""Per job queue: https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html"""
BORROWING: Final = "LEND_AND_BORROW"


def arn_of(queue: JobQueue, name: str) -> str:
    """The form of the ARN is not documented (assumed)."""
    return f"{queue.arn}/quota-share/{name}"


def create(world: World, command: CreateQuotaShare, effects: list[Effect]) -> dict[str, str]:
    """CREATING, and VALID after the delay."""
    params = command.params
    name = params["quotaShareName"]
    if not names.is_resource_name(name):
        raise messages.invalid("Quota share name should match a valid pattern.")  # by analogy
    queue = queues.found(world, params["jobQueue"])
    _check_queue(world, queue)
    capacity.check_limits(params["capacityLimits"], by_type_only=True)
    sharing = _sharing(params["resourceSharingConfiguration"])
    own_tags = tags.checked(params.get("tags"))
    arn = arn_of(queue, name)
    if arn in world.quota_shares:
        raise messages.already_exists()
    if len(lifecycle.shares_of(world, queue)) >= MAX_SHARES:
        raise messages.invalid(f"A job queue can have at most {MAX_SHARES} quota shares.")
    share = QuotaShare(
        arn=arn,
        name=name,
        queue=queue.name,
        state=params.get("state", "ENABLED"),
        status="CREATING",
        capacity_limits=list(params["capacityLimits"]),
        sharing=sharing,
        preemption=dict(params["preemptionConfiguration"]),
        tags=own_tags,
    )
    world.quota_shares[arn] = share
    lifecycle.announce_created(share, effects, at=command.at)
    lifecycle.begin(world, share, "CREATING", effects, at=command.at)
    return {"quotaShareName": name, "quotaShareArn": arn}


def _check_queue(world: World, queue: JobQueue) -> None:
    """A queue that is VALID and has a quota share policy (botocore's model, CreateQuotaShareRequest)."""
    if queue.status not in lifecycle.IN_SERVICE:
        raise messages.queue_not_valid(queue.name)
    if not policies.has_quota_shares(world, queue):
        raise messages.invalid(f"JobQueue {queue.name} has no quota share scheduling policy.")


def _sharing(given: Mapping[str, Any]) -> dict[str, Any]:
    """``borrowLimit`` goes with LEND_AND_BORROW only, and is -1, unlimited, by default (botocore's model)."""
    sharing = dict(given)
    if sharing["strategy"] != BORROWING:
        if "borrowLimit" in sharing:
            raise messages.invalid(f"borrowLimit is only applicable for the strategy {BORROWING}.")
        return sharing
    if sharing.setdefault("borrowLimit", -1) < -1:
        raise messages.invalid("borrowLimit must be a percentage, or -1 for unlimited borrowing.")
    return sharing


def update(world: World, command: UpdateQuotaShare, effects: list[Effect]) -> dict[str, str]:
    """UPDATING, and VALID after the delay; members that are absent keep their value."""
    params = command.params
    share = found(world, params["quotaShareArn"])
    lifecycle.check_settled(share, "update")
    limits, sharing = share.capacity_limits, share.sharing
    if "capacityLimits" in params:
        capacity.check_limits(params["capacityLimits"], by_type_only=True)
        limits = list(params["capacityLimits"])
    if "resourceSharingConfiguration" in params:
        sharing = _sharing(params["resourceSharingConfiguration"])
    share.capacity_limits, share.sharing = limits, sharing
    share.preemption = dict(params.get("preemptionConfiguration", share.preemption))
    share.state = params.get("state", share.state)
    lifecycle.begin(world, share, "UPDATING", effects, at=command.at)
    return {"quotaShareName": share.name, "quotaShareArn": share.arn}


def delete(world: World, command: DeleteQuotaShare, effects: list[Effect]) -> None:
    """DISABLED, or refused; its jobs are terminated. Deleting what does not exist succeeds.

    Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_DeleteQuotaShare.html; the latter:
    https://github.com/aws/aws-cli/issues/2551 ("other delete operations", 2017).
    """
    share = world.quota_shares.get(command.arn)
    if share is None:
        return
    lifecycle.check_settled(share, "delete")
    if share.state != "DISABLED":
        raise messages.still_enabled("quota share")
    members = [job.job_id for job in world.service_jobs.values() if job.quota_share == share.arn]
    service_jobs.end_all(world, members, "QuotaShare deleted", effects, at=command.at)
    lifecycle.begin(world, share, "DELETING", effects, at=command.at)


def found(world: World, arn: str) -> QuotaShare:
    """The quota share of an ARN, or the error."""
    share = world.quota_shares.get(arn)
    if share is None:
        raise messages.resource_does_not_exist(arn)
    return share
