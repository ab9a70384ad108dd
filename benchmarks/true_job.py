"""``true``: one container job from SubmitJob to SUCCEEDED, against its container without batchemu.

Fair because both sides run the same container on the same engine in turn (the order changes from pair to
pair, and nothing of one side is under way while the other is timed). Ours is timed from the call of
boto3's ``submit_job`` until the event-driven ``GET /_batchemu/jobs/{id}/wait`` has answered and one
``describe_jobs`` has said SUCCEEDED: three HTTP requests more than the raw side has. batchemu removes the
container after it has told the end, so the raw side is also given without its removal.
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
POLL_S = 0.05
_WARM_UP = 2


def run(options: Options) -> Iterator[Figure]:
    ours: list[float] = []
    polled: list[float] = []
    raw_known: list[float] = []
    raw_whole: list[float] = []
    with Raw() as raw, servers.batchemu() as server:
        client, control = server.client(), servers.Control(server)
        set_up(client, image=raw.image, max_vcpus=8)
        session = control.get("health")["session"]

        def by_wait() -> None:
            ours.append(one_by_wait(client, control))
            raw.wait_until_clean(session)

        def by_poll() -> None:
            polled.append(one_by_poll(client))
            raw.wait_until_clean(session)

        def without() -> None:
            known, whole = raw.cycle()
            raw_known.append(known)
            raw_whole.append(whole)

        sides = [by_wait, without, by_poll]
        for number in range(options.pairs + _WARM_UP):
            for side in sides[number % 3 :] + sides[: number % 3]:
                side()
            if number == _WARM_UP - 1:
                for values in (ours, polled, raw_known, raw_whole):
                    values.clear()
                raw.forget_steps()
        control.close()
    median = statistics.median
    yield told("pairs", str(len(ours)))
    yield told("batchemu, by wait", spread(ours))
    yield told("batchemu, describe_jobs every 50 ms", spread(polled))
    yield told("raw cycle", spread(raw_whole))
    yield told("raw steps, median ms", raw.told_steps())
    yield at_most("batchemu / raw, medians", median(ours) / median(raw_whole), TARGET)
    yield told("batchemu / raw, median of the pairs", f"{pairwise(ours, raw_whole):.2f}")
    yield told("batchemu / raw without removal", f"{median(ours) / median(raw_known):.2f}")
    yield told("batchemu polled / raw", f"{median(polled) / median(raw_whole):.2f}")


def one_by_wait(client: Any, control: servers.Control) -> float:
    begun = time.perf_counter()
    job_id = client.submit_job(**job())["jobId"]
    control.wait(job_id)
    servers.verified(client, job_id)
    return time.perf_counter() - begun


def one_by_poll(client: Any) -> float:
    begun = time.perf_counter()
    job_id = client.submit_job(**job())["jobId"]
    while True:
        time.sleep(POLL_S)
        (found,) = client.describe_jobs(jobs=[job_id])["jobs"]
        if found["status"] == "SUCCEEDED":
            return time.perf_counter() - begun
        if found["status"] == "FAILED":
            raise servers.Failed(f"{job_id}: {found.get('statusReason')}")
