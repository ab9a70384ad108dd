"""``arrays``: ten arrays of 10,000, ``N_TO_N`` from each to the next, on 1,000 vCPUs, against a bare toy.

100,000 children go through the engine with the scripted runtime and the manual clock, each for a second of
emulated time. The toy does the same graph with nothing but a heap, a deque, objects with slots that have
ids, and one function that checks and counts transitions: no lock, no log, no attempts, no answers. Both
run in this process, one after the other, each three times; the least CPU counts. The garbage collector is
set as the server sets it. Memory is what tracemalloc counts in smaller runs of their own, less what was
there before the first job.
"""

from __future__ import annotations

import gc
import heapq
import itertools
import time
import tracemalloc
import uuid
from collections import deque
from typing import TYPE_CHECKING

from batchemu.aws.logs import MemoryLogs
from batchemu.core import inputs
from batchemu.core.ids import JobId
from batchemu.core.world import JobStatus
from batchemu.engine.clock import Clock
from batchemu.engine.engine import Engine
from batchemu.engine.ports import Scope
from batchemu.runtime.plans import Plan, Plans
from batchemu.runtime.scripted import ScriptedRuntime
from batchemu.server import tune_collector
from benchmarks.figures import at_most, required, told
from benchmarks.resources import definition, environment, job, queue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.figures import Figure
    from benchmarks.options import Options

SLOTS = 1_000
ARRAYS = 10
SCOPE = Scope("123456789012", "us-east-1")
_BYTES = 200
_TRACED = 500
"""Children of an array in the runs whose memory is counted."""


def run(options: Options) -> Iterator[Figure]:
    size = options.core_jobs // ARRAYS
    bytes_each = _memory(_TRACED)
    tune_collector()
    toy_s = min(_toy(size) for _ in range(3))
    small_s = min(_batchemu(max(2, size // 100))[0] for _ in range(3))
    runs = [_batchemu(size) for _ in range(3)]
    ours_s, done = min(taken for taken, _ in runs), min(done for _, done in runs)
    gc.unfreeze()
    jobs, few = size * ARRAYS, max(2, size // 100) * ARRAYS
    yield required("SUCCEEDED", f"{done} of {jobs}", is_met=done == jobs, target="all")
    yield told("toy", f"{toy_s:.2f} s CPU, {1e6 * toy_s / jobs:.1f} us a job")
    yield told("batchemu", f"{ours_s:.2f} s CPU, {1e6 * ours_s / jobs:.1f} us a job")
    yield at_most("CPU, batchemu / toy", ours_s / toy_s, 12)
    yield at_most("bytes a job", bytes_each, 2048, digits=0)
    growth = (ours_s / jobs) / (small_s / few)
    yield at_most(f"CPU of a job, {jobs:,} jobs / {few:,} jobs", growth, 1.5)


# --- batchemu


def _engine() -> Engine:
    engine, plans = Engine(Clock.parse("manual")), Plans()
    plans.add(Plan(duration_s=1))
    engine.attach(ScriptedRuntime(plans=plans, scheduler=engine, sink=MemoryLogs()))
    engine.apply(
        SCOPE,
        lambda at: inputs.CreateComputeEnvironment(
            at=at, params=environment(SLOTS), uuid=str(uuid.uuid4()), cluster_uuid=str(uuid.uuid4())
        ),
    )
    engine.apply(SCOPE, lambda at: inputs.CreateJobQueue(at=at, params=queue()))
    engine.apply(
        SCOPE, lambda at: inputs.RegisterJobDefinition(at=at, params=definition("none"), size_bytes=_BYTES)
    )
    return engine


def _play(engine: Engine, size: int) -> None:
    before: JobId | None = None
    for _ in range(ARRAYS):
        job_id = JobId(str(uuid.uuid4()))
        after = [] if before is None else [{"jobId": before, "type": "N_TO_N"}]
        params = job(arrayProperties={"size": size}, dependsOn=after)
        engine.apply(
            SCOPE,
            lambda at, job_id=job_id, params=params: inputs.SubmitJob(
                at=at, job_id=job_id, params=params, size_bytes=_BYTES
            ),
        )
        before = job_id
    engine.advance(1000 * (ARRAYS * size // SLOTS + ARRAYS + 1))


def _batchemu(size: int) -> tuple[float, int]:
    """CPU seconds, and how many children SUCCEEDED."""
    engine = _engine()
    begun = time.process_time()
    _play(engine, size)
    taken = time.process_time() - begun
    counts = engine.read(
        SCOPE, lambda world: [each.array.counts for each in world.jobs.values() if each.array is not None]
    )
    return taken, sum(each[JobStatus.SUCCEEDED] for each in counts)


def _memory(size: int) -> float:
    """Bytes of a job that is over."""
    engine = _engine()
    tracemalloc.start()
    try:
        _play(engine, size)
        return tracemalloc.get_traced_memory()[0] / (size * ARRAYS)
    finally:
        tracemalloc.stop()


# --- the toy


_NEXT = {
    "SUBMITTED": {"PENDING"},
    "PENDING": {"RUNNABLE"},
    "RUNNABLE": {"STARTING"},
    "STARTING": {"RUNNING"},
    "RUNNING": {"SUCCEEDED", "FAILED"},
}


class _Job:
    __slots__ = ("array", "created_at", "index", "job_id", "status", "stopped_at", "waiting")

    def __init__(self, job_id: str, array: _Array, index: int) -> None:
        self.job_id = job_id
        self.array = array
        self.index = index
        self.status = "SUBMITTED"
        self.waiting = 0
        self.created_at = 0.0
        self.stopped_at = 0.0


class _Array:
    __slots__ = ("counts", "followers", "jobs")

    def __init__(self, size: int) -> None:
        self.counts = dict.fromkeys((*_NEXT, "SUCCEEDED", "FAILED"), 0)
        self.counts["SUBMITTED"] = size
        self.followers: list[_Array] = []
        job_id = str(uuid.uuid4())
        self.jobs = [_Job(f"{job_id}:{index}", self, index) for index in range(size)]


def _move(job: _Job, to: str) -> None:
    if to not in _NEXT[job.status]:
        raise ValueError(f"{job.status} -> {to}")
    counts = job.array.counts
    counts[job.status] -= 1
    counts[to] += 1
    job.status = to


def _toy(size: int) -> float:
    """CPU seconds."""
    begun = time.process_time()
    arrays = [_Array(size) for _ in range(ARRAYS)]
    for ahead, behind in itertools.pairwise(arrays):
        ahead.followers.append(behind)
        for each in behind.jobs:
            each.waiting = 1
    known = {each.job_id: each for array in arrays for each in array.jobs}
    line: deque[_Job] = deque()
    for array in arrays:
        for each in array.jobs:
            _move(each, "PENDING")
            if not each.waiting:
                _move(each, "RUNNABLE")
                line.append(each)
    free, now, number = SLOTS, 0.0, itertools.count()
    ends: list[tuple[float, int, str]] = []
    while line or ends:
        while free and line:
            each = line.popleft()
            _move(each, "STARTING")
            _move(each, "RUNNING")
            free -= 1
            heapq.heappush(ends, (now + 1, next(number), each.job_id))
        now, _, job_id = heapq.heappop(ends)
        each = known[job_id]
        _move(each, "SUCCEEDED")
        each.stopped_at = now
        free += 1
        for follower in each.array.followers:
            behind_it = follower.jobs[each.index]
            behind_it.waiting -= 1
            if not behind_it.waiting:
                _move(behind_it, "RUNNABLE")
                line.append(behind_it)
    return time.process_time() - begun
