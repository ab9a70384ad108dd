"""``start``: how soon ``batchemu serve`` is there, and what it weighs.

Wall time from the start of the process until its line ``Ready.``, which comes when it answers; in turn with
an interpreter that only imports the three libraries that the server is made of. All of them find their
bytecode cached, as after any first start of an installed package, in a folder of this run's own: a machine
that sets PYTHONDONTWRITEBYTECODE would compile all of batchemu at each start. Resident memory
with each runtime after 100 SubmitJobs, but with no use of another AWS service: moto is imported by the
first request for one. That it was not is read off ``-X importtime`` in one more, untimed run.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from benchmarks import servers
from benchmarks.figures import at_most, required, spread, told
from benchmarks.processes import cpu_s, rss_mb
from benchmarks.resources import job, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.figures import Figure
    from benchmarks.options import Options
    from benchmarks.servers import Server

START_S = 0.8
RSS_MB = 60
JOBS = 100
_IMPORTS = "import flask, docker, waitress"
_IMPORTED = re.compile(r"^import time:[^|]*\|[^|]*\| *(\S+)$", re.MULTILINE)


def run(options: Options) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="batchemu-bench-") as bytecode:
        yield from _run(options, _cached(bytecode))


def _cached(folder: str) -> dict[str, str]:
    kept = {
        key: value
        for key, value in os.environ.items()
        if key != "PYTHONDONTWRITEBYTECODE" and not key.startswith("BATCHEMU_")
    }
    return {**kept, "PYTHONPYCACHEPREFIX": folder}


def _run(options: Options, environment: Mapping[str, str]) -> Iterator[Figure]:
    ours: list[float] = []
    cpu: list[float] = []
    imports: list[float] = []
    _import(environment)
    _start(environment)
    for _ in range(options.starts):
        imports.append(_import(environment))
        wall_s, server_cpu_s = _start(environment)
        ours.append(wall_s)
        cpu.append(server_cpu_s)
    yield told("starts", str(len(ours)))
    yield at_most("batchemu serve until Ready., median", statistics.median(ours), START_S, " s")
    yield told("the same, spread", spread(ours))
    yield told("its CPU time", spread(cpu))
    yield told(f'python -c "{_IMPORTS}"', spread(imports))
    yield told("batchemu / imports, medians", f"{statistics.median(ours) / statistics.median(imports):.2f}")
    with servers.batchemu("--runtime", "scripted", environment=environment) as server:
        server.post("/_batchemu/plans", {"durationSeconds": 3600})
        _use(server)
        yield at_most("resident, scripted, 100 jobs", rss_mb(server.pid), RSS_MB, " MB", digits=1)
    with servers.batchemu(environment=environment) as server:
        fresh = rss_mb(server.pid)
        _use(server, idle=True)
        yield told("resident, docker, Ready.", f"{fresh:.1f} MB")
        yield at_most("resident, docker idle, 100 jobs", rss_mb(server.pid), RSS_MB, " MB", digits=1)
    with servers.batchemu(python_flags=("-X", "importtime"), environment=environment) as server:
        _use(server, idle=True)
        found = set(_IMPORTED.findall(server.log_text()))
    assert "waitress" in found, "-X importtime has told nothing"
    moto = any(name.partition(".")[0] == "moto" for name in found)
    yield required(
        "moto imported by then", "yes" if moto else f"no ({len(found)} modules)", is_met=not moto, target="no"
    )


def _start(environment: Mapping[str, str]) -> tuple[float, float]:
    """Wall time and CPU time until ``Ready.``: the second tells how much of the first was waiting."""
    begun = time.perf_counter()
    with servers.batchemu(environment=environment) as server:
        return time.perf_counter() - begun, cpu_s(server.pid)


def _import(environment: Mapping[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", _IMPORTS], check=True, env=environment)
    return time.perf_counter() - begun


def _use(server: Server, *, idle: bool = False) -> None:
    """100 SubmitJobs; ``idle``: on an environment that is DISABLED, so that no container is started."""
    client = server.client()
    set_up(client, max_vcpus=1_000)
    if idle:
        client.update_compute_environment(computeEnvironment="bench", state="DISABLED")
    for _ in range(JOBS):
        client.submit_job(**job())
