"""What a container sees for the emulator's sake, and would not see on AWS: the way back to us.

docs/container-environment.md tells of it; ``--no-inject-endpoint`` leaves it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchemu.engine.ports import Scope

HOST = "host.docker.internal"
"""By this name a container finds the host that it runs on."""
_SECRET = "batchemu"
"""Signatures are not checked."""


@dataclass(frozen=True, slots=True)
class Group:
    """Variables that make sense together only: the user's own word on one is his word on all."""

    variables: Mapping[str, str]
    rivals: frozenset[str] = frozenset()
    """Further variables by which users say the same."""


def of(scope: Scope, port: int, *, neighbours: bool) -> tuple[Group, ...]:
    """``neighbours``: the other services of AWS are served on our port too."""
    endpoint = "AWS_ENDPOINT_URL" if neighbours else "AWS_ENDPOINT_URL_BATCH"
    return (
        Group({endpoint: f"http://{HOST}:{port}"}),
        # a 12-digit access key id selects that account
        Group(
            {"AWS_ACCESS_KEY_ID": scope.account, "AWS_SECRET_ACCESS_KEY": _SECRET},
            frozenset({"AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"}),
        ),
        Group({"AWS_REGION": scope.region, "AWS_DEFAULT_REGION": scope.region}),
    )


def added(own: Mapping[str, str], groups: Iterable[Group]) -> dict[str, str]:
    """A container's own variables, and those groups that they say nothing of."""
    environment = dict(own)
    for group in groups:
        if own.keys().isdisjoint(group.variables.keys() | group.rivals):
            environment.update(group.variables)
    return environment
