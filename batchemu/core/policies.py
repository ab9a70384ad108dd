"""Scheduling policies: create, update, delete.

Source: https://docs.aws.amazon.com/batch/latest/userguide/scheduling-policies.html; the sentences are
AWS's own, measured by https://github.com/badmintoncryer/cdk-preflight (rules/batch, ``sp-*``), unless marked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import fair_shares, names, quotas, tags
from batchemu.core.scheduling import fair_share
from batchemu.core.world import SchedulingPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchemu.core.ids import Millis
    from batchemu.core.inputs import CreateSchedulingPolicy, DeleteSchedulingPolicy, UpdateSchedulingPolicy
    from batchemu.core.scheduling.fair_share import Rules
    from batchemu.core.world import JobQueue, World

FAIR_SHARE: Final = "fairsharePolicy"
QUOTA_SHARE: Final = "quotaSharePolicy"
MAX_SHARES = 500
_SHARE_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,255}\*?")
"""Also of a job: botocore's model, SubmitJobRequest.shareIdentifier."""


def create(world: World, command: CreateSchedulingPolicy) -> dict[str, str]:
    """Without a policy of either kind: a fair-share policy that says nothing (assumed)."""
    params = command.params
    name = params["name"]
    if not names.is_resource_name(name):
        raise messages.invalid("Scheduling policy name should match a valid pattern.")
    policy = _policy(params) or {FAIR_SHARE: {}}
    own_tags = tags.checked(params.get("tags"))
    arn = world.arn("scheduling-policy", name)
    if arn in world.policies:
        raise messages.already_exists()
    world.policies[arn] = SchedulingPolicy(arn=arn, name=name, policy=policy, tags=own_tags)
    return {"name": name, "arn": arn}


def update(world: World, command: UpdateSchedulingPolicy) -> None:
    """The policy is replaced whole; one of the other kind is refused (botocore's model). Queues that have it
    obey it at once."""
    found = world.policies.get(command.params["arn"])
    if found is None:
        raise messages.resource_does_not_exist(command.params["arn"])
    policy = _policy(command.params)
    if policy is None:
        return
    if policy.keys() != found.policy.keys():
        raise messages.invalid("The type of a scheduling policy cannot be changed.")  # assumed wording
    found.policy = policy
    for queue in world.queues.values():
        if queue.policy_arn == found.arn:
            obey(world, queue, at=command.at)


def obey(world: World, queue: JobQueue, *, at: Millis) -> None:
    """Let a fair-share queue be served by what its policy says now."""
    if queue.fair is not None:
        fair_shares.adopt(queue.fair, rules(world, queue), at)
        world.dirty.add(queue.name)


def rules(world: World, queue: JobQueue) -> Rules:
    """The fair-share policy of a queue that has one."""
    assert queue.policy_arn is not None
    return fair_share.read(world.policies[queue.policy_arn].policy[FAIR_SHARE])


def delete(world: World, command: DeleteSchedulingPolicy) -> None:
    """Refused while a job queue uses it; deleting what does not exist succeeds.

    The latter: https://github.com/aws/aws-cli/issues/2551 ("other delete operations", 2017).
    """
    if any(queue.policy_arn == command.arn for queue in world.queues.values()):
        raise messages.policy_in_use()
    world.policies.pop(command.arn, None)


def has_quota_shares(world: World, queue: JobQueue) -> bool:
    """Whether the jobs of ``queue`` belong to quota shares."""
    return queue.policy_arn is not None and QUOTA_SHARE in world.policies[queue.policy_arn].policy


def has_fair_shares(world: World, queue: JobQueue) -> bool:
    """Whether the jobs of ``queue`` have share identifiers."""
    return queue.policy_arn is not None and FAIR_SHARE in world.policies[queue.policy_arn].policy


def check_share(world: World, queue: JobQueue, identifier: str | None) -> None:
    """shareIdentifier of a job: needed where the queue has a fair-share policy, refused elsewhere."""
    if not has_fair_shares(world, queue):
        if identifier is not None:
            raise messages.share_on_fifo_queue()
        return
    if identifier is None:
        raise messages.share_missing()
    if _SHARE_IDENTIFIER.fullmatch(identifier) is None:
        raise messages.invalid("ShareIdentifier name should match a valid pattern.")  # as of policies
    if identifier not in queue.shares:
        quotas.check(queue.shares, world.quotas.share_identifiers, "active share identifiers in a job queue")


def check_priority(priority: int | None) -> None:
    """schedulingPriority of a job definition, a job or a service job (PREFLIGHT scheduling-priority)."""
    if priority is not None and not 0 <= priority <= 9999:
        raise messages.invalid("Scheduling priority must be between 0 and 9999.")


def _policy(params: Mapping[str, Any]) -> dict[str, Any] | None:
    """The policy of a request, checked."""
    given = {kind: params[kind] for kind in (FAIR_SHARE, QUOTA_SHARE) if kind in params}
    if len(given) > 1:
        raise messages.invalid(
            "A scheduling policy can have either fairsharePolicy or quotaSharePolicy, but not both."
        )
    if FAIR_SHARE in given:
        _check_fair_share(given[FAIR_SHARE])
    if given.get(QUOTA_SHARE, {}).get("idleResourceAssignmentStrategy", "FIFO") != "FIFO":
        raise messages.invalid("Idle resource assignment strategy must be one of [FIFO].")
    return given or None


def _check_fair_share(policy: Mapping[str, Any]) -> None:
    shares = policy.get("shareDistribution", ())
    if len(shares) > MAX_SHARES:
        raise messages.invalid("ShareDistribution size cannot be greater than 500.")
    for share in shares:
        if _SHARE_IDENTIFIER.fullmatch(share["shareIdentifier"]) is None:
            raise messages.invalid("ShareIdentifier name should match a valid pattern.")
        if not 0.0001 <= share.get("weightFactor", 1.0) <= 999.9999:
            raise messages.invalid("Weight factor should be between 0.0001 and 999.9999.")
    _check_overlap([share["shareIdentifier"] for share in shares])
    if not 0 <= policy.get("shareDecaySeconds", 0) <= 604_800:
        raise messages.invalid("shareDecaySeconds must be between 0 and 604800.")  # assumed wording
    if not 0 <= policy.get("computeReservation", 0) <= 99:
        raise messages.invalid("computeReservation must be between 0 and 99.")  # assumed wording


def _check_overlap(identifiers: Sequence[str]) -> None:
    """In the order of their text a prefix stands before whatever it matches."""
    if len(set(identifiers)) < len(identifiers):
        raise messages.invalid("Cannot have two or more identical shareIdentifiers.")
    prefixes = {identifier[:-1]: identifier for identifier in identifiers if identifier.endswith("*")}
    for identifier in identifiers:
        name = identifier.rstrip("*")
        for end in range(len(name) + 1):
            other = prefixes.get(name[:end])
            if other is not None and other != identifier:
                raise messages.invalid(
                    f"Share identifier {identifier} matches another share identifier {other}."
                )
