"""A Docker runtime for a test."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from batchemu.runtime.docker import DockerRuntime
from tests.runtime.support import MemorySink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    import docker

    class MakeRuntime(Protocol):
        def __call__(
            self,
            *,
            stop_grace_s: float = ...,
            client: docker.DockerClient | None = ...,
            privileged_fallback: bool = ...,
        ) -> DockerRuntime: ...


@pytest.fixture
def session() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def make_runtime(session: str, sink: MemorySink, image: str) -> Iterator[MakeRuntime]:
    """Docker runtimes of this test's session, closed when it ends."""
    made: list[DockerRuntime] = []

    def make(
        *,
        stop_grace_s: float = 30.0,
        client: docker.DockerClient | None = None,
        privileged_fallback: bool = False,
    ) -> DockerRuntime:
        runtime = DockerRuntime(
            session=session,
            sink=sink,
            stop_grace_s=stop_grace_s,
            client=client,
            privileged_fallback=privileged_fallback,
        )
        made.append(runtime)
        return runtime

    yield make
    for runtime in made:
        runtime.close()


@pytest.fixture
def runtime(make_runtime: MakeRuntime) -> DockerRuntime:
    return make_runtime()
