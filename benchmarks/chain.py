"""``chain``: five ``true`` jobs, each dependent on the one before, all submitted at once.

Against five raw cycles in a row on the same engine, in alternating order. Ours ends when the last job's
wait has answered and one ``describe_jobs`` has said SUCCEEDED; the removal of the last container is not in
it, those of the first four compete with the next job's start.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

from benchmarks import servers
from benchmarks.engine import Raw
from benchmarks.figures import at_most, pairwise, spread, told
from benchmarks.resources import job, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.figures import Figure
    from benchmarks.options import Options

TARGET = 1.15
LENGTH = 5


def run(options: Options) -> Iterator[Figure]:
    ours: list[float] = []
    theirs: list[float] = []
    with Raw() as raw, servers.batchemu() as server:
        client, control = server.client(), servers.Control(server)
        set_up(client, image=raw.image, max_vcpus=8)
        session = control.get("health")["session"]

        def with_batchemu() -> None:
            ours.append(_chain(client, control))
            raw.wait_until_clean(session)

        def without() -> None:
            begun = time.perf_counter()
            for _ in range(LENGTH):
                raw.cycle()
            theirs.append(time.perf_counter() - begun)

        _chain(client, control)
        raw.wait_until_clean(session)
        for number in range(max(10, options.pairs // 3)):
            sides = [with_batchemu, without]
            for side in sides[:: 1 if number % 2 else -1]:
                side()
        control.close()
    yield told("pairs", str(len(ours)))
    yield told(f"batchemu, {LENGTH} jobs", spread(ours))
    yield told(f"raw, {LENGTH} cycles", spread(theirs))
    yield at_most("batchemu / raw, medians", statistics.median(ours) / statistics.median(theirs), TARGET)
    yield told("batchemu / raw, median of the pairs", f"{pairwise(ours, theirs):.2f}")


def _chain(client: Any, control: servers.Control) -> float:
    begun = time.perf_counter()
    last = ""
    for _ in range(LENGTH):
        depends_on = [{"jobId": last}] if last else []
        last = client.submit_job(**job(dependsOn=depends_on))["jobId"]
    control.wait(last)
    servers.verified(client, last)
    return time.perf_counter() - begun
