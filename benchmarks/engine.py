"""The Docker engine without batchemu: the floor under every container job."""

from __future__ import annotations

import threading
import time
import uuid
from queue import Empty, SimpleQueue
from statistics import median
from typing import TYPE_CHECKING

from batchemu.runtime import docker_options, owner
from batchemu.runtime.docker import connect
from benchmarks import image
from benchmarks.resources import Core

if TYPE_CHECKING:
    from types import TracebackType

    from batchemu.core.effects import StartContainer

_PATIENCE_S = 60


class Raw:
    """The cycle of one container straight through the ``docker`` package.

    Nobody can run a container job and know its end with less: create, start, wait, inspect (exit code
    and times), logs, remove. The container is the one that batchemu makes: its options come from
    batchemu's own functions, from a StartContainer that its core decided, labels, limits, variables
    and extra host included.
    """

    def __init__(self) -> None:
        self.client = connect()
        self.image = image.provide(self.client)
        self.session = f"bench-{uuid.uuid4().hex[:12]}"
        self._steps: dict[str, list[float]] = {}
        self._core = Core(image=self.image, max_vcpus=1_000_000)
        self._owner = owner.me()
        self._lock = threading.Lock()

    def __enter__(self) -> Raw:
        self.client.version()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for container_id in self.left(self.session):
            self.client.api.remove_container(container_id, v=True, force=True)
        self.client.close()

    def cycle(self) -> tuple[float, float]:
        """Run one job's container; seconds until its end is known, and until it is removed."""
        with self._lock:
            container = self._core.container()
        begun = time.perf_counter()
        marks = self._run(container)
        with self._lock:
            for (_, before), (name, after) in zip([("", begun), *marks], marks, strict=False):
                self._steps.setdefault(name, []).append(after - before)
        return marks[-2][1] - begun, marks[-1][1] - begun

    def _run(self, container: StartContainer) -> list[tuple[str, float]]:
        api = self.client.api
        marks: list[tuple[str, float]] = []

        def mark(step: str) -> None:
            marks.append((step, time.perf_counter()))

        labels = docker_options.labels(container, session=self.session, owner=self._owner)
        options = docker_options.options(container, labels)
        made = api.create_container(
            **options.config,
            host_config=api.create_host_config(**options.host),
            name=docker_options.name(container),
        )["Id"]
        mark("create")
        api.start(made)
        mark("start")
        api.wait(made)
        mark("wait")
        code = api.inspect_container(made)["State"]["ExitCode"]
        mark("inspect")
        api.logs(made, stdout=True, stderr=True, timestamps=True)
        mark("logs")
        api.remove_container(made, v=True, force=True)
        mark("remove")
        assert code == 0, code
        return marks

    def rate(self, jobs: int, threads: int) -> float:
        """Cycles a second of ``threads`` threads that share a list of ``jobs``."""
        work: SimpleQueue[int] = SimpleQueue()
        for number in range(jobs):
            work.put(number)
        failures: list[Exception] = []

        def run() -> None:
            try:
                while True:
                    work.get_nowait()
                    self.cycle()
            except Empty:
                return
            except Exception as error:
                failures.append(error)

        begun = time.perf_counter()
        workers = [threading.Thread(target=run) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if failures:
            raise failures[0]
        return jobs / (time.perf_counter() - begun)

    def left(self, session: str) -> list[str]:
        """The containers of a session, running or not."""
        label = f"{docker_options.LABEL_SESSION}={session}"
        return [each["Id"] for each in self.client.api.containers(all=True, filters={"label": [label]})]

    def wait_until_clean(self, session: str) -> int:
        """Until a session has no container; how many it still has when patience ends.

        Not timed: batchemu removes a container after it has told the end, and that must not slow
        down the next one that is measured.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while (left := self.left(session)) and time.monotonic() < deadline:
            time.sleep(0.02)
        return len(left)

    def forget_steps(self) -> None:
        self._steps.clear()

    def told_steps(self) -> str:
        """``create 9, start 180, ...``: the median of each step in ms."""
        return ", ".join(f"{name} {1000 * median(taken):.0f}" for name, taken in self._steps.items())
