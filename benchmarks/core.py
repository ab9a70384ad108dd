"""``core``: jobs through ``batchemu.core.step`` alone, from SubmitJob to SUCCEEDED.

No engine, no runtime, no wire, one thread: submitted all at once on an environment of 1,000 vCPUs, so that
all but the first 1,000 wait in line and each exit places the next. Each job takes three inputs (submitted,
started, exited) and five transitions. The garbage collector is set as the server sets it. Memory is what
tracemalloc counts in a smaller run of its own: tracing makes everything several times slower.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections import deque
from typing import TYPE_CHECKING

from batchemu.core.effects import StartContainer
from batchemu.core.inputs import ContainerExited, ContainerStarted
from batchemu.core.step import step
from batchemu.core.world import JobStatus
from batchemu.server import tune_collector
from benchmarks.figures import required, told
from benchmarks.resources import NOW, Core, job

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchemu.core.effects import Effect
    from benchmarks.figures import Figure
    from benchmarks.options import Options

VCPUS = 1_000
_TRACED = 5_000


def run(options: Options) -> Iterator[Figure]:
    waiting_bytes, over_bytes = _memory(min(_TRACED, options.core_jobs))
    tune_collector()
    core = Core(max_vcpus=VCPUS)
    begun = time.perf_counter()
    starting = _submit(core, options.core_jobs)
    submitted = time.perf_counter()
    _run_all(core, starting)
    over = time.perf_counter()
    gc.unfreeze()
    count = options.core_jobs
    done = len(core.world.queues["bench"].by_status[JobStatus.SUCCEEDED])
    yield required("SUCCEEDED", f"{done} of {count}", is_met=done == count, target="all")
    yield told("jobs a second, from SubmitJob to SUCCEEDED", f"{count / (over - begun):,.0f}")
    yield told("SubmitJobs a second", f"{count / (submitted - begun):,.0f}")
    yield told("started + exited + next placed, jobs a second", f"{count / (over - submitted):,.0f}")
    yield told("bytes per waiting job", f"{waiting_bytes:,.0f}")
    yield told("bytes per job that is over", f"{over_bytes:,.0f}")


def _submit(core: Core, jobs: int) -> deque[StartContainer]:
    """A request's members are parsed anew each time, as from the wire: nothing is shared between jobs."""
    starting: deque[StartContainer] = deque()
    for _ in range(jobs):
        starting.extend(_starts(core.submit(job()).effects))
    return starting


def _run_all(core: Core, starting: deque[StartContainer]) -> None:
    while starting:
        container = starting.popleft()
        job_id, attempt = container.key
        step(
            core.world,
            ContainerStarted(at=NOW, job_id=job_id, attempt=attempt, runtime_id="none", started_at=NOW),
        )
        ended = ContainerExited(
            at=NOW, job_id=job_id, attempt=attempt, exit_code=0, reason=None, stopped_at=NOW
        )
        starting.extend(_starts(step(core.world, ended).effects))


def _starts(effects: Iterable[Effect]) -> Iterator[StartContainer]:
    return (effect for effect in effects if isinstance(effect, StartContainer))


def _memory(jobs: int) -> tuple[float, float]:
    """Bytes per job while it waits, and once it is over."""
    core = Core(max_vcpus=VCPUS)
    tracemalloc.start()
    try:
        starting = _submit(core, jobs)
        waiting = tracemalloc.get_traced_memory()[0]
        _run_all(core, starting)
        del starting
        return waiting / jobs, tracemalloc.get_traced_memory()[0] / jobs
    finally:
        tracemalloc.stop()
