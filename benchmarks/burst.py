"""``burst``: many ``true`` jobs at once on an environment of 8 vCPUs.

Against the engine alone with as many threads as batchemu has starters, each of which does the whole cycle
of one container after the other; before and after, because the machine drifts. The rate of ours counts
from the first SubmitJob until the last job is seen SUCCEEDED. Threads and open descriptors of the server
must stay below a bound that does not depend on the number of jobs. Then as many children of one array job,
of which every seventh is to FAIL.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from batchemu.runtime import docker as docker_runtime
from batchemu.runtime import docker_engine
from batchemu.server import THREADS
from benchmarks import servers
from benchmarks.engine import Raw
from benchmarks.figures import at_least, at_most, required, told
from benchmarks.processes import Watch
from benchmarks.resources import job, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.figures import Figure
    from benchmarks.options import Options

TARGET = 0.95
VCPUS = 8
_OTHER_THREADS = 5
"""The main thread, the HTTP loop, the clock, the engine's events, the alarm."""
_OTHER_DESCRIPTORS = 32
"""Standard streams, the listening socket, pipes, and our own few connections."""
_PAGE = 100
_FAILING = 7
"""A child whose index is a multiple of it exits with 3."""


def run(options: Options) -> Iterator[Figure]:
    starters = docker_runtime._starters()
    with Raw() as raw:
        raw_jobs = max(starters, options.jobs // 2)
        before = raw.rate(raw_jobs, starters)
        yield told(f"raw before, {raw_jobs} cycles", f"{before:.2f} jobs/s")
        with servers.batchemu() as server:
            client, control = server.client(), servers.Control(server)
            set_up(client, image=raw.image, max_vcpus=VCPUS)
            session = control.get("health")["session"]
            with Watch(server.pid) as watch:
                statuses, taken_s, submitted_s = _burst(client, control, options.jobs)
                as_children, children_s = _array(client, control, options.jobs)
            left = raw.wait_until_clean(session)
            control.close()
        after = raw.rate(raw_jobs, starters)
    yield told(f"raw after, {raw_jobs} cycles", f"{after:.2f} jobs/s")
    rate = options.jobs / taken_s
    yield told(f"batchemu, {options.jobs} jobs", f"{rate:.2f} jobs/s ({submitted_s:.1f} s to submit them)")
    yield at_least(f"batchemu / raw with {starters} threads", rate / ((before + after) / 2), TARGET)
    found = ", ".join(f"{count} {status}" for status, count in statuses.items())
    yield required(
        "what became of them",
        found,
        is_met=statuses == {"SUCCEEDED": options.jobs},
        target=f"{options.jobs} SUCCEEDED",
    )
    yield told(f"one array of {options.jobs}", f"{options.jobs / children_s:.2f} jobs/s")
    failing = len(range(0, options.jobs, _FAILING))
    yield required(
        "what became of its children, by exit code",
        ", ".join(f"{count} {status} {code}" for (status, code), count in sorted(as_children.items())),
        is_met=as_children == {("SUCCEEDED", 0): options.jobs - failing, ("FAILED", 3): failing},
        target=f"{failing} FAILED 3, {options.jobs - failing} SUCCEEDED 0",
    )
    yield from _bounds(watch, starters)
    yield at_most("containers left", left, 0, digits=0)


def _bounds(watch: Watch, starters: int) -> Iterator[Figure]:
    threads = THREADS + starters + docker_runtime._FINISHERS + _OTHER_THREADS
    descriptors = docker_engine._CONNECTIONS + _OTHER_DESCRIPTORS
    yield at_most("threads at most", watch.threads, threads, digits=0)
    yield at_most("open descriptors at most", watch.descriptors, descriptors, digits=0)
    yield told("resident memory at most", f"{watch.rss_mb:.0f} MB ({watch.samples} samples)")


def _burst(client: Any, control: servers.Control, jobs: int) -> tuple[Counter[str], float, float]:
    begun = time.perf_counter()
    job_ids = [client.submit_job(**job())["jobId"] for _ in range(jobs)]
    submitted_s = time.perf_counter() - begun
    for job_id in job_ids:
        control.wait(job_id)
    taken_s = time.perf_counter() - begun
    return _statuses(client, job_ids), taken_s, submitted_s


def _array(client: Any, control: servers.Control, size: int) -> tuple[Counter[tuple[str, int | None]], float]:
    """How its children ended, if as their indexes tell them; and the seconds until the parent was over."""
    command = ["sh", "-c", f"exit $((AWS_BATCH_JOB_ARRAY_INDEX % {_FAILING} ? 0 : 3))"]
    begun = time.perf_counter()
    submitted = client.submit_job(
        **job(arrayProperties={"size": size}, containerOverrides={"command": command})
    )
    control.wait(submitted["jobId"])
    taken_s = time.perf_counter() - begun
    found: Counter[tuple[str, int | None]] = Counter()
    for start in range(0, size, _PAGE):
        ids = [f"{submitted['jobId']}:{index}" for index in range(start, min(start + _PAGE, size))]
        for each in client.describe_jobs(jobs=ids)["jobs"]:
            should = 0 if each["arrayProperties"]["index"] % _FAILING else 3
            code = each["container"].get("exitCode")
            found[each["status"] if code == should else f"wrongly {each['status']}", code] += 1
    return found, taken_s


def _statuses(client: Any, job_ids: Sequence[str]) -> Counter[str]:
    """As DescribeJobs tells them; a job that it does not know is lost."""
    found: Counter[str] = Counter()
    for start in range(0, len(job_ids), _PAGE):
        page = job_ids[start : start + _PAGE]
        answered = client.describe_jobs(jobs=page)["jobs"]
        found.update(each["status"] for each in answered)
        if len(answered) < len(page):
            found["lost"] += len(page) - len(answered)
    return found
