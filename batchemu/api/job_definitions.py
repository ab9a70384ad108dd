"""Register-, Describe- and DeregisterJobDefinition(s)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchemu import messages
from batchemu.api.pagination import check_names, once, page
from batchemu.core import inputs, names, views
from batchemu.wire.dispatch import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.api.context import RequestContext
    from batchemu.core.world import JobDefinition, World

Params = dict[str, Any]


@operation("RegisterJobDefinition")
def register_job_definition(ctx: RequestContext, params: Params) -> Params:
    made = ctx.apply(
        lambda at: inputs.RegisterJobDefinition(at=at, params=params, size_bytes=ctx.body_length)
    )
    return cast("Params", made)


@operation("DescribeJobDefinitions")
def describe_job_definitions(ctx: RequestContext, params: Params) -> Params:
    """By ``name:revision`` or ARN, or by name and status; newest revision first.

    A bare name among jobDefinitions matches nothing (https://github.com/aws/aws-sdk/issues/94); doubles
    are answered once (assumed, as by DescribeJobs).
    """
    asked = params.get("jobDefinitions")
    if asked:
        check_names(asked, params, "JobDefinitions")
        if any(params.get(other) for other in ("jobDefinitionName", "status", "nextToken")):
            # botocore's model, DescribeJobDefinitionsRequest.jobDefinitions; assumed wording
            raise messages.invalid("JobDefinitions cannot be combined with other parameters")

    def view(world: World) -> Params:
        if asked:
            found = once(_by_revision(world, text) for text in asked)
            more: dict[str, str] = {}
        else:
            shown, more = page("DescribeJobDefinitions", _filtered(world, params), _newest_first, params)
            found = list(shown)
        return {"jobDefinitions": [views.job_definition(each) for each in found], **more}

    return ctx.read(view)


def _newest_first(definition: JobDefinition) -> str:
    return f"{definition.name}:{10**9 - definition.revision:010d}"


def _by_revision(world: World, text: str) -> JobDefinition | None:
    split = names.split_definition(world, text)
    if split is None or split[1] is None:
        return None
    return names.find_definition(world, *split)


def _filtered(world: World, params: Params) -> Iterator[JobDefinition]:
    """Without a status both ACTIVE and INACTIVE revisions (assumed)."""
    status = params.get("status")
    if status not in (None, "ACTIVE", "INACTIVE"):
        raise messages.invalid("Status must be ACTIVE or INACTIVE.")  # assumed wording
    name = params.get("jobDefinitionName")
    families = [world.definitions.get(name, {})] if name else list(world.definitions.values())
    for revisions in families:
        for definition in revisions.values():
            if status is None or definition.active == (status == "ACTIVE"):
                yield definition


@operation("DeregisterJobDefinition")
def deregister_job_definition(ctx: RequestContext, params: Params) -> Params:
    asked = params["jobDefinition"]
    ctx.apply(lambda at: inputs.DeregisterJobDefinition(at=at, job_definition=asked))
    return {}
