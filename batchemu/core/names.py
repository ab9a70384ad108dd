"""What a name may look like, and which resource a name or an ARN means.

Source of the patterns: botocore's model (the members' documentation), and for the sentences
https://github.com/badmintoncryer/cdk-preflight rules/batch (jq-name, jd-name).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchemu import messages
from batchemu.arn import Arn
from batchemu.core.numbers import whole

if TYPE_CHECKING:
    from batchemu.core.world import (
        ComputeEnvironment,
        ConsumableResource,
        JobDefinition,
        JobQueue,
        ServiceEnvironment,
        World,
    )

_RESOURCE_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_JOB_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,128}([:#][0-9]{1,5})?")


def is_resource_name(text: str) -> bool:
    return _RESOURCE_NAME.fullmatch(text) is not None


def is_job_name(text: str) -> bool:
    return _JOB_NAME.fullmatch(text) is not None


def check_job_id(text: str) -> None:
    """A job id, an array child ``id:index`` or a node ``id#index``; anything else is refused."""
    if _JOB_ID.fullmatch(text) is None:
        raise messages.unsupported_name(text)


def _own_resource(world: World, text: str, kind: str) -> str | None:
    """The resource part when ``text`` is a name or an ARN of this world's account and region.

    Raises the error for malformed names when ``text`` is neither.
    """
    arn = Arn.parse(text)
    if arn is None:
        if not is_resource_name(text):
            raise messages.unsupported_name(text)
        return text
    if (arn.service, arn.kind) != ("batch", kind):
        raise messages.unsupported_name(text)
    return arn.resource if (arn.region, arn.account) == (world.region, world.account) else None


def find_queue(world: World, text: str) -> JobQueue | None:
    """The job queue that a name or an ARN means."""
    name = _own_resource(world, text, "job-queue")
    return world.queues.get(name) if name else None


def find_environment(world: World, text: str) -> ComputeEnvironment | None:
    """The compute environment that a name or an ARN means."""
    name = _own_resource(world, text, "compute-environment")
    return world.environments.get(name) if name else None


def find_consumable(world: World, text: str) -> ConsumableResource | None:
    """The consumable resource that a name or an ARN means."""
    name = _own_resource(world, text, "consumable-resource")
    return world.consumables.get(name) if name else None


def find_service_environment(world: World, text: str) -> ServiceEnvironment | None:
    """The service environment that a name or an ARN means."""
    name = _own_resource(world, text, "service-environment")
    return world.service_environments.get(name) if name else None


def consumable_name(world: World, text: str) -> str:
    """The name that a job's requirement means; of another account or region: the ARN, which nothing bears."""
    return _own_resource(world, text, "consumable-resource") or text


def full_arn(world: World, kind: str, text: str) -> str:
    """A plain name expanded to the ARN it would have: AWS's "does not exist" prints ARNs."""
    return text if text.startswith("arn:") else world.arn(kind, text)


def split_definition(world: World, text: str) -> tuple[str, int | None] | None:
    """``name``, ``name:revision`` or an ARN of either; None for another account's or region's.

    ISSUE aws/aws-sdk-js#4280: ``name:latest`` is refused as malformed.
    """
    arn = Arn.parse(text)
    resource = text
    if arn is not None:
        if (arn.service, arn.kind) != ("batch", "job-definition"):
            raise messages.unsupported_name(text)
        if (arn.region, arn.account) != (world.region, world.account):
            return None
        resource = arn.resource
    name, colon, revision = resource.partition(":")
    number = whole(revision)
    if not is_resource_name(name) or (colon and number is None):
        raise messages.unsupported_name(text)
    return name, number


def find_definition(world: World, name: str, revision: int | None) -> JobDefinition | None:
    """The revision asked for, active or not; without one the latest ACTIVE revision."""
    revisions = world.definitions.get(name, {})
    if revision is not None:
        return revisions.get(revision)
    return next((definition for definition in reversed(revisions.values()) if definition.active), None)
