"""What the tests of the runtimes share: a sink, a reporter, a scheduler and containers to start."""

from __future__ import annotations

import heapq
import itertools
import queue
import threading
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchemu.core.effects import AttemptKey, ContainerSpec, StartContainer
from batchemu.core.ids import AttemptNo, JobId
from batchemu.engine.ports import Scope
from batchemu.runtime.streams import DEFAULT_GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import docker

    from batchemu.engine.ports import LogLine, LogStream

PATIENCE_S = 120
"""Before a test gives up: generous, because a busy machine is no failure."""

SCOPE = Scope("123456789012", "us-east-1")


class MemorySink:
    """A LogSink that keeps everything. Groups other than those given must be created."""

    def __init__(self, *groups: str) -> None:
        self.groups = set(groups)
        self.lines: dict[LogStream, list[LogLine]] = {}
        self._lock = threading.Lock()

    def open(self, stream: LogStream, *, create_group: bool) -> None:
        with self._lock:
            if create_group:
                self.groups.add(stream.group)
            if stream.group not in self.groups:
                raise LookupError(stream.group)
            self.lines.setdefault(stream, [])

    def put(self, stream: LogStream, lines: Sequence[LogLine]) -> None:
        with self._lock:
            self.lines[stream].extend(lines)

    def texts(self, container: StartContainer) -> list[str]:
        with self._lock:
            found = [lines for stream, lines in self.lines.items() if stream.name == container.log_stream]
            return [line.text for lines in found for line in lines]


@dataclass(frozen=True)
class Exit:
    """What ``exited`` was called with."""

    exit_code: int | None
    reason: str | None = None
    status_reason: str | None = None
    wall_ms: int | None = field(default=None, compare=False)


class Report:
    """A Reporter that remembers, and that can be waited for."""

    def __init__(self, on_exit: Callable[[], None] | None = None) -> None:
        self.calls: list[str] = []
        self.started_ms: int | None = None
        self._on_exit = on_exit
        self._started: queue.Queue[str] = queue.Queue()
        self._exited: queue.Queue[Exit] = queue.Queue()

    def started(self, runtime_id: str, wall_ms: int | None = None) -> None:
        self.calls.append("started")
        self.started_ms = wall_ms
        self._started.put(runtime_id)

    def exited(
        self,
        exit_code: int | None,
        *,
        reason: str | None = None,
        status_reason: str | None = None,
        wall_ms: int | None = None,
    ) -> None:
        self.calls.append("exited")
        if self._on_exit is not None:
            self._on_exit()
        self._exited.put(Exit(exit_code, reason, status_reason, wall_ms))

    def wait_started(self) -> str:
        return self._started.get(timeout=PATIENCE_S)

    def wait_exited(self) -> Exit:
        return self._exited.get(timeout=PATIENCE_S)


class ManualScheduler:
    """Emulated time that moves when a test says so."""

    def __init__(self) -> None:
        self.now_ms = 0
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def call_later(self, delay_ms: int, action: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (self.now_ms + delay_ms, next(self._order), action))

    def advance(self, ms: int) -> None:
        until = self.now_ms + ms
        while self._heap and self._heap[0][0] <= until:
            self.now_ms, _, action = heapq.heappop(self._heap)
            action()
        self.now_ms = until


def wait_printed(client: docker.DockerClient, container_id: str, line: str) -> None:
    """Until a running container has written ``line``."""
    stream = client.api.logs(container_id, stream=True, follow=True)
    try:
        assert any(line in chunk.decode() for chunk in stream), f"{container_id} never printed {line}"
    finally:
        stream.close()
        for _ in stream:  # its end closes the connection
            pass


def make_container(
    *command: str,
    image: str = "none",
    job_id: str | None = None,
    attempt: int = 1,
    job_name: str = "job",
    job_queue: str = "queue",
    job_definition: str = "definition:1",
    vcpus: float = 1,
    memory_mib: int = 64,
    environment: dict[str, str] | None = None,
    log_group: str = DEFAULT_GROUP,
    platform: str = "EC2",
    array_index: int | None = None,
    **members: Any,
) -> StartContainer:
    """A container to start; ``members`` are members of ContainerProperties."""
    job_id = job_id or str(uuid.uuid4())
    return StartContainer(
        AttemptKey(JobId(job_id), AttemptNo(attempt)),
        ContainerSpec(
            job_definition=job_definition,
            container={"image": image, **members},
            command=command,
            vcpus=vcpus,
            memory_mib=memory_mib,
            log_group=log_group,
            platform=platform,
        ),
        job_name,
        job_queue,
        environment or {},
        f"definition/default/{job_id}-{attempt}",
        array_index,
    )
