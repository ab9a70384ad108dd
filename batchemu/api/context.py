"""What a handler knows of the request besides its members."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from batchemu.api.without_effect import without_effect
from batchemu.core.ids import JobId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from batchemu.core.ids import Millis
    from batchemu.core.inputs import Input
    from batchemu.core.world import World
    from batchemu.engine.engine import Engine
    from batchemu.engine.ports import References, Scope

T = TypeVar("T")


class Ids:
    """Draws the ids that inputs carry: outside the core, so that the core can be replayed."""

    def job_id(self) -> JobId:
        """A version 4 UUID, as AWS's job ids are."""
        return JobId(str(uuid.uuid4()))

    def resource_uuid(self) -> str:
        """A version 3 UUID, as AWS's compute environments and their clusters carry."""
        return str(uuid.uuid3(uuid.uuid4(), "compute-environment"))


@dataclass(slots=True)
class RequestContext:
    scope: Scope
    engine: Engine
    ids: Ids
    body_length: int
    """Bytes of the request's body, for the limits that AWS sets on it."""
    references: References | None = None
    """Asked about the resources that compute environments name; None: whatever is named exists."""
    ignored: list[str] = field(default_factory=list)
    """Paths of request members that have no effect: the answer names them in a header."""

    def without_effect(self, operation: str, params: Mapping[str, Any]) -> Iterable[str]:
        """Paths of the members that a request uses and that change nothing."""
        return without_effect(operation, params)

    def apply(self, make: Callable[[Millis], Input]) -> object | None:
        return self.engine.apply(self.scope, make)

    def read(self, view: Callable[[World], T]) -> T:
        return self.engine.read(self.scope, view)
