"""Job definitions: register, deregister, look up.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_definitions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu import messages
from batchemu.core import definition_detail, definition_rules, names, retention, tags
from batchemu.core.world import JobDefinition

if TYPE_CHECKING:
    from batchemu.core.effects import Effect
    from batchemu.core.inputs import DeregisterJobDefinition, RegisterJobDefinition
    from batchemu.core.world import World

MAX_BYTES = 24 * 1024


def register(world: World, command: RegisterJobDefinition) -> dict[str, Any]:
    """Revision 1 of a new name, else the next; revisions are never reused."""
    params = command.params
    name = params["jobDefinitionName"]
    if command.size_bytes >= MAX_BYTES:
        raise messages.definition_too_large(command.size_bytes)
    definition_rules.check(params)
    own_tags = tags.checked(params.get("tags"))
    revision = world.last_revisions.get(name, 0) + 1
    definition = JobDefinition(
        arn=world.arn("job-definition", f"{name}:{revision}"),
        name=name,
        revision=revision,
        active=True,
        detail=definition_detail.of_request(params),
        tags=own_tags,
    )
    world.last_revisions[name] = revision
    world.definitions.setdefault(name, {})[revision] = definition
    return {"jobDefinitionName": name, "jobDefinitionArn": definition.arn, "revision": revision}


def deregister(world: World, command: DeregisterJobDefinition, effects: list[Effect]) -> None:
    """INACTIVE: no new jobs; those that were submitted go on.

    Without a revision the latest ACTIVE one is meant (botocore's examples accept ``sleep10``; assumed).
    """
    text = command.job_definition
    if not text:
        raise messages.invalid("Job definition name is required.")
    split = names.split_definition(world, text)
    definition = names.find_definition(world, *split) if split else None
    if definition is None:
        raise messages.resource_does_not_exist(names.full_arn(world, "job-definition", text))
    if definition.active:
        definition.active = False
        retention.keep_definition(world, definition.name, definition.revision, effects, at=command.at)


def for_submission(world: World, text: str) -> JobDefinition:
    """The definition that SubmitJob means, ACTIVE, or the error that AWS answers."""
    split = names.split_definition(world, text)
    definition = names.find_definition(world, *split) if split else None
    if definition is not None and definition.active:
        return definition
    if text.startswith("arn:"):
        raise messages.job_definition_arn_not_found(text)
    raise messages.job_definition_inactive(text)
