"""ListTagsForResource, TagResource, UntagResource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu.core import inputs, tags
from batchemu.wire.dispatch import operation

if TYPE_CHECKING:
    from batchemu.api.context import RequestContext

Params = dict[str, Any]


@operation("ListTagsForResource")
def list_tags_for_resource(ctx: RequestContext, params: Params) -> Params:
    return {"tags": ctx.read(lambda world: dict(tags.of_resource(world, params["resourceArn"])))}


@operation("TagResource")
def tag_resource(ctx: RequestContext, params: Params) -> Params:
    ctx.apply(lambda at: inputs.TagResource(at=at, arn=params["resourceArn"], tags=params["tags"]))
    return {}


@operation("UntagResource")
def untag_resource(ctx: RequestContext, params: Params) -> Params:
    keys = tuple(params["tagKeys"])
    ctx.apply(lambda at: inputs.UntagResource(at=at, arn=params["resourceArn"], keys=keys))
    return {}
