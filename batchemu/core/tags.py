"""Tags: which are allowed, and on what they sit.

Source: https://docs.aws.amazon.com/batch/latest/userguide/using-tags.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from batchemu import messages
from batchemu.arn import Arn
from batchemu.core import names
from batchemu.core.ids import JobId
from batchemu.core.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchemu.core.inputs import TagResource, UntagResource
    from batchemu.core.world import World

MAX_TAGS = 50
_ALLOWED = re.compile(r"[\w .:/=+@-]*")


def checked(tags: Mapping[str, str] | None) -> dict[str, str]:
    """A copy of the tags of a request, or the error that AWS answers."""
    for key, value in (tags or {}).items():
        if key.lower().startswith("aws:"):
            raise messages.reserved_tag_prefix()
        if _ALLOWED.fullmatch(key) is None or _ALLOWED.fullmatch(value) is None:
            raise messages.invalid_tag_characters()
    if tags and len(tags) > MAX_TAGS:
        raise messages.too_many_tags()
    return dict(tags or {})


def of_resource(world: World, text: str) -> dict[str, str]:
    """The live tags of the resource that an ARN names."""
    arn = Arn.parse(text)
    if arn is not None and (arn.service, arn.region, arn.account) == ("batch", world.region, world.account):
        tags = _tags_of(world, arn)
        if tags is not None:
            return tags
    raise messages.resource_does_not_exist(text)


def _tags_of(world: World, arn: Arn) -> dict[str, str] | None:
    """Array children and nodes have no tags of their own: nothing bears their ids."""
    if arn.kind == "job-definition":
        name, _, revision = arn.resource.partition(":")
        number = whole(revision)
        definition = names.find_definition(world, name, number) if number is not None else None
        return definition.tags if definition else None
    look_up = _TAGGED.get(arn.kind)
    resource = look_up(world, arn) if look_up else None
    return resource.tags if resource else None


class _Tagged(Protocol):
    tags: dict[str, str]


_TAGGED: Final[Mapping[str, Callable[[World, Arn], _Tagged | None]]] = {
    "compute-environment": lambda world, arn: world.environments.get(arn.resource),
    "consumable-resource": lambda world, arn: world.consumables.get(arn.resource),
    "job": lambda world, arn: world.jobs.get(JobId(arn.resource)) if ":" not in arn.resource else None,
    # a quota share's ARN goes on behind that of its queue
    "job-queue": lambda world, arn: world.queues.get(arn.resource) or world.quota_shares.get(str(arn)),
    "scheduling-policy": lambda world, arn: world.policies.get(str(arn)),
    "service-environment": lambda world, arn: world.service_environments.get(arn.resource),
    "service-job": lambda world, arn: world.service_jobs.get(JobId(arn.resource)),
}
"""What can be tagged, by the kind that its ARN names."""


def tag(world: World, command: TagResource) -> None:
    """Merge tags into those of a resource."""
    tags = of_resource(world, command.arn)
    new = checked(command.tags)
    if len(tags.keys() | new.keys()) > MAX_TAGS:
        raise messages.too_many_tags()
    tags.update(new)


def untag(world: World, command: UntagResource) -> None:
    """Take tags away; keys that are not there do not matter."""
    tags = of_resource(world, command.arn)
    for key in command.keys:
        tags.pop(key, None)
