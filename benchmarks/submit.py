"""``submit``: what a SubmitJob costs the server, against moto's own server without Docker.

CPU and not time, because one boto3 client is slower than either server: utime + stime of the process
around blocks of requests, the sides in turn. Both servers write their logs to a file, both keep every job.
Twice: with jobs that run for an (emulated) hour, and with jobs that succeed at once, as moto's do in this
mode. The second is the same work; it costs a started and an exited report and five transitions more. The
clock's thread may finish the last jobs of a block after its last answer, so each block ends when the last
job is over.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchemu.core.world import JobStatus
from benchmarks import servers
from benchmarks.figures import at_most, quantile, told
from benchmarks.processes import cpu_s
from benchmarks.resources import definition, environment, job, queue, set_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.figures import Figure
    from benchmarks.options import Options
    from benchmarks.servers import Server

TARGET = 0.25
BLOCK = 250
_HOUR_S = 3600
_WARM_UP = 100
_PLENTY = 10_000_000


@dataclass
class Side:
    """One server with one kind of job, and what its blocks cost."""

    what: str
    server: Server
    job_name: str
    settle: Callable[[str], object]
    """Wait until everything that a job causes has happened."""
    client: Any = None
    cpu: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = self.server.client()

    def block(self, requests: int) -> None:
        members = job(self.job_name)
        submit = self.client.submit_job
        begun = cpu_s(self.server.pid)
        job_id = ""
        for _ in range(requests):
            at = time.perf_counter()
            job_id = submit(**members)["jobId"]
            self.latencies.append(time.perf_counter() - at)
        self.settle(job_id)
        self.cpu += cpu_s(self.server.pid) - begun

    def forget(self) -> None:
        self.cpu = 0.0
        self.latencies.clear()

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu / len(self.latencies)

    def told(self) -> Iterator[Figure]:
        middle, high = (1000 * quantile(self.latencies, share) for share in (0.5, 0.99))
        rate = len(self.latencies) / sum(self.latencies)
        yield told(
            self.what,
            f"{self.cpu_ms:.3f} ms CPU; p50 {middle:.2f} ms, p99 {high:.2f} ms, {rate:.0f} requests/s",
        )


def run(options: Options) -> Iterator[Figure]:
    with ExitStack() as stack:
        ours, theirs = stack.enter_context(_batchemu()), stack.enter_context(servers.moto())
        _set_up_moto(theirs)
        control = servers.Control(ours)
        stack.callback(control.close)
        moto = Side("moto", theirs, "done", lambda job_id: None)
        long = Side("batchemu, jobs of an hour", ours, "long", lambda i: control.wait(i, JobStatus.RUNNING))
        done = Side("batchemu, jobs that succeed at once", ours, "done", control.wait)
        sides = [moto, long, done]
        for side in sides:
            side.block(_WARM_UP)
            side.forget()
        for number in range(-(-options.requests // BLOCK)):
            turn = number % len(sides)
            for side in sides[turn:] + sides[:turn]:
                side.block(BLOCK)
        for side in sides:
            servers.verified(side.client, side.client.submit_job(**job("done"))["jobId"])
    yield told("requests to each", str(len(moto.latencies)))
    for side in sides:
        yield from side.told()
    yield at_most("CPU, batchemu / moto, jobs of an hour", long.cpu_ms / moto.cpu_ms, TARGET, digits=3)
    yield at_most("CPU, batchemu / moto, jobs that succeed", done.cpu_ms / moto.cpu_ms, TARGET, digits=3)


@contextmanager
def _batchemu() -> Iterator[Server]:
    with servers.batchemu("--runtime", "scripted") as server:
        server.post("/_batchemu/plans", {"jobName": "long", "durationSeconds": _HOUR_S})
        server.post("/_batchemu/plans", {"jobName": "done"})
        set_up(server.client(), max_vcpus=_PLENTY)
        yield server


def _set_up_moto(server: Server) -> None:
    """What moto insists on: a network and a role that exist, and a backend that starts no container."""
    server.post("/moto-api/config", {"batch": {"use_docker": False}})
    ec2, iam, batch = (server.client(service) for service in ("ec2", "iam", "batch"))
    vpc = ec2.create_vpc(CidrBlock="172.30.0.0/24")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="172.30.0.0/25")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="bench", Description="bench", VpcId=vpc)["GroupId"]
    role = iam.create_role(RoleName="bench", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    profile = iam.create_instance_profile(InstanceProfileName="bench")["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName="bench", RoleName="bench")
    members = environment(8, subnets=[subnet], securityGroupIds=[group], instanceRole=profile)
    made = batch.create_compute_environment(**members, serviceRole=role)
    batch.create_job_queue(**queue(made["computeEnvironmentArn"]))
    batch.register_job_definition(**definition("none"))
