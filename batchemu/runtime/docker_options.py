"""From a StartContainer to the arguments of the engine's create."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchemu.runtime import surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from batchemu.core.effects import StartContainer
    from batchemu.runtime.surroundings import Group

LABEL_SESSION = "batchemu.session"
LABEL_JOB_ID = "batchemu.job-id"
LABEL_ATTEMPT = "batchemu.attempt"
LABEL_JOB_QUEUE = "batchemu.job-queue"
LABEL_OWNER = "batchemu.owner"

_MIB = 1024 * 1024
_LEAST_MEMORY_MIB = 6
"""Less, and the engine refuses: "Minimum memory limit allowed is 6MB"."""
_LEAST_SHARES = 2
"""Of the kernel's cpu.shares, and what the ECS agent sends for a container that asks for none."""
_SHARES_PER_VCPU = 1024


@dataclass(frozen=True, slots=True)
class CreateOptions:
    """Arguments of the SDK's ``create_container`` and ``create_host_config``, to be added to."""

    config: dict[str, Any]
    host: dict[str, Any]


def _user(value: Any, options: CreateOptions) -> None:
    options.config["user"] = value


def _privileged(value: Any, options: CreateOptions) -> None:
    options.host["privileged"] = bool(value)


MEMBERS: Mapping[str, Callable[[Any, CreateOptions], None]] = {
    "user": _user,
    "privileged": _privileged,
}
"""Members of AWS's ContainerProperties that change how a container is made, each with its rule."""


def options(
    container: StartContainer, labels: Mapping[str, str], around: Iterable[Group] = ()
) -> CreateOptions:
    """Everything that the engine must know to make the container; ``around``: what the emulator adds.

    Memory is a hard limit and swap gives nothing on top: an ECS instance has none, so a container
    over its limit is killed. Lines go to the engine's json-file without a terminal, because we read
    them there, whatever log driver the job names.
    """
    memory = max(container.spec.memory_mib, _LEAST_MEMORY_MIB) * _MIB
    made = CreateOptions(
        config={
            "image": container.spec.container["image"],
            "command": list(container.spec.command) or None,
            "environment": surroundings.added(container.environment, around),
            "labels": dict(labels),
            "tty": False,
        },
        host={
            "cpu_shares": max(int(container.spec.vcpus * _SHARES_PER_VCPU), _LEAST_SHARES),
            "mem_limit": memory,
            "memswap_limit": memory,
            "log_config": {"type": "json-file", "config": {}},
            "extra_hosts": {surroundings.HOST: "host-gateway"},
        },
    )
    for member, apply in MEMBERS.items():
        value = container.spec.container.get(member)
        if value is not None:
            apply(value, made)
    return made


def labels(container: StartContainer, *, session: str, owner: str) -> dict[str, str]:
    """By which we find the container again: whose it is, and which attempt it runs."""
    return {
        LABEL_SESSION: session,
        LABEL_JOB_ID: container.key.job_id,
        LABEL_ATTEMPT: str(container.key.attempt),
        LABEL_JOB_QUEUE: container.job_queue,
        LABEL_OWNER: owner,
    }


def name(container: StartContainer) -> str:
    """``batchemu-<first 8 of the job id>-<attempt>``, and the index of a child of an array or a node.

    Children share their parent's id: ``<uuid>:<index>``, nodes ``<uuid>#<index>``.
    """
    parent, _, index = container.key.job_id.replace("#", ":").partition(":")
    return f"batchemu-{parent[:8]}-{container.key.attempt}" + (f"-{index}" if index else "")
