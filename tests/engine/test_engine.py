"""The engine: one writer, effects in order, time that can be moved."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from batchemu.aws.logs import MemoryLogs
from batchemu.core import inputs as i
from batchemu.core.ids import JobId
from batchemu.core.invariants import check
from batchemu.core.quotas import RAISED
from batchemu.core.step import step
from batchemu.core.world import Delays, JobStatus, ServiceJobStatus, World
from batchemu.engine.clock import Clock
from batchemu.engine.engine import Engine
from batchemu.engine.log import Log
from batchemu.engine.ports import Scope
from batchemu.errors import ClientException
from batchemu.runtime.plans import Plan, Plans
from batchemu.runtime.scripted import ScriptedRuntime
from batchemu.runtime.training import TrainingStandIn
from tests.examples import EC2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.core.facts import Fact

HERE = Scope("123456789012", "us-east-1")
HOUR = 3_600_000


class Bench:
    def __init__(self, clock: Clock, delays: Delays | None = None) -> None:
        self.engine = Engine(clock, delays=delays, records=Log(keep=None))
        self.plans = Plans()
        self.sink = MemoryLogs()
        self.engine.attach(ScriptedRuntime(scheduler=self.engine, sink=self.sink, plans=self.plans))
        self.facts: list[Fact] = []
        self.engine.listen(lambda _, facts: self.facts.extend(facts))
        self.engine.start()

    def ready(self, scope: Scope = HERE) -> None:
        name = "ce"
        self.engine.apply(
            scope,
            lambda at: i.CreateComputeEnvironment(
                at=at,
                params={"computeEnvironmentName": name, "type": "MANAGED", "computeResources": EC2},
                uuid="u",
                cluster_uuid="c",
            ),
        )
        order = [{"order": 1, "computeEnvironment": name}]
        self.engine.apply(
            scope,
            lambda at: i.CreateJobQueue(
                at=at, params={"jobQueueName": "queue", "priority": 1, "computeEnvironmentOrder": order}
            ),
        )
        container = {"image": "busybox", "vcpus": 1, "memory": 64}
        self.engine.apply(
            scope,
            lambda at: i.RegisterJobDefinition(
                at=at,
                params={"jobDefinitionName": "d", "type": "container", "containerProperties": container},
                size_bytes=1,
            ),
        )

    def submit(self, job_id: str, *after: str, scope: Scope = HERE, **params: Any) -> JobId:
        given = {
            "jobName": job_id,
            "jobQueue": "queue",
            "jobDefinition": "d",
            "dependsOn": [{"jobId": each} for each in after],
            **params,
        }
        self.engine.apply(
            scope, lambda at: i.SubmitJob(at=at, job_id=JobId(job_id), params=given, size_bytes=1)
        )
        return JobId(job_id)

    def attach_trainings(self, kind: type[TrainingStandIn] = TrainingStandIn) -> None:
        """A queue of service jobs, and what stands in for Amazon SageMaker."""
        self.engine.attach(self.engine.runtime, kind(scheduler=self.engine, plans=self.plans))
        limits = [{"capacityUnit": "NUM_INSTANCES", "maxCapacity": 1}]
        environment = {
            "serviceEnvironmentName": "se",
            "serviceEnvironmentType": "SAGEMAKER_TRAINING",
            "capacityLimits": limits,
        }
        order = [{"order": 1, "serviceEnvironment": "se"}]
        queue = {"jobQueueName": "training", "priority": 1, "serviceEnvironmentOrder": order}
        self.engine.apply(HERE, lambda at: i.CreateServiceEnvironment(at=at, params=environment))
        self.engine.apply(HERE, lambda at: i.CreateJobQueue(at=at, params=queue))

    def train(self, job_id: str) -> JobId:
        given = {
            "jobName": job_id,
            "jobQueue": "training",
            "serviceJobType": "SAGEMAKER_TRAINING",
            "serviceRequestPayload": "{}",
        }
        self.engine.apply(
            HERE,
            lambda at: i.SubmitServiceJob(
                at=at, job_id=JobId(job_id), params=given, size_bytes=1, request={}
            ),
        )
        return JobId(job_id)

    def status(self, job_id: str) -> str:
        found = self.engine.find_job(JobId(job_id))
        assert found is not None
        return str(found[1])


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench(Clock(0, rate=0))
    made.ready()
    yield made
    made.engine.close()


def test_time_is_moved_through_every_timer_on_the_way(bench: Bench) -> None:
    bench.plans.add(Plan(duration_s=3600.0))
    previous: tuple[str, ...] = ()
    for number in range(50):
        bench.submit(f"job-{number}", *previous)
        previous = (f"job-{number}",)
    assert bench.engine.advance(50 * HOUR) == 50 * HOUR
    assert bench.status("job-49") == "SUCCEEDED"
    stops = bench.engine.read(HERE, lambda world: [job.stopped_at for job in world.jobs.values()])
    assert stops == [HOUR * (number + 1) for number in range(50)]


def test_a_chain_of_jobs_without_duration_does_not_nest(bench: Bench) -> None:
    bench.plans.add(Plan(job_name="first", duration_s=1.0))
    bench.plans.add(Plan(job_name="job-*"))
    bench.submit("first")
    previous = "first"
    for number in range(3000):
        previous = bench.submit(f"job-{number}", previous)
    bench.engine.advance(1000)
    assert bench.status(previous) == "SUCCEEDED"


def test_a_replay_of_the_log_makes_the_same_world(bench: Bench) -> None:
    bench.plans.add(Plan(exit_code=1, duration_s=2.0))
    bench.plans.add(Plan(attempt=2, duration_s=1.0))
    threads = [
        threading.Thread(
            target=lambda n=n: [bench.submit(f"{n}-{k}", retryStrategy={"attempts": 2}) for k in range(25)]
        )
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bench.engine.advance(HOUR)
    world = World(account=HERE.account, region=HERE.region, quotas=RAISED)
    for record in bench.engine.log.tail():
        step(world, record.input)
    check(world)
    assert bench.engine.read(HERE, lambda real: real == world)
    assert {job.status for job in world.jobs.values()} == {JobStatus.SUCCEEDED}


def test_concurrent_clients_lose_nothing(bench: Bench) -> None:
    bench.plans.add(Plan())
    with ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(bench.submit, [f"job-{n}" for n in range(400)]))
    assert {bench.status(job) for job in jobs} == {"SUCCEEDED"}
    bench.engine.read(HERE, check)


def test_accounts_and_regions_do_not_see_each_other(bench: Bench) -> None:
    there = Scope("123456789012", "eu-west-1")
    with pytest.raises(ClientException, match="JobQueue queue not found"):
        bench.submit("job", scope=there)
    bench.ready(there)
    bench.plans.add(Plan())
    bench.submit("job", scope=there)
    assert bench.engine.read(HERE, lambda world: len(world.jobs)) == 0


def test_a_wait_is_woken_by_the_transition(bench: Bench) -> None:
    bench.plans.add(Plan(duration_s=10.0))
    bench.submit("job")
    waiting = threading.Event()
    seen: list[object] = []

    def wait() -> None:
        waiting.set()
        seen.append(bench.engine.wait(JobId("job"), [JobStatus.SUCCEEDED], 30))

    thread = threading.Thread(target=wait)
    thread.start()
    waiting.wait()
    bench.engine.advance(10_000)
    thread.join(30)
    assert seen == [JobStatus.SUCCEEDED]
    assert bench.engine.wait(JobId("job"), [JobStatus.RUNNING], 0) is JobStatus.SUCCEEDED
    assert bench.engine.wait(JobId("nobody"), [], 0) is None


def test_a_wait_ends_after_its_time(bench: Bench) -> None:
    bench.plans.add(Plan(duration_s=10.0))
    bench.submit("job")
    assert bench.engine.wait(JobId("job"), [JobStatus.SUCCEEDED], 0.01) is JobStatus.RUNNING


def test_service_jobs_are_found_and_waited_for(bench: Bench) -> None:
    bench.attach_trainings()
    bench.plans.add(Plan(service_job=True, duration_s=10.0))
    job_id = bench.train("training")
    assert bench.engine.find_job(job_id) == (HERE, ServiceJobStatus.RUNNING)
    seen: list[object] = []
    thread = threading.Thread(
        target=lambda: seen.append(bench.engine.wait(job_id, [ServiceJobStatus.SUCCEEDED], 30))
    )
    thread.start()
    bench.engine.advance(10_000)
    thread.join(30)
    assert seen == [ServiceJobStatus.SUCCEEDED]
    assert bench.engine.wait(job_id, [ServiceJobStatus.SCHEDULED], 0) is ServiceJobStatus.SUCCEEDED


def test_a_training_service_that_breaks_fails_the_job_and_nothing_else(bench: Bench) -> None:
    class Broken(TrainingStandIn):
        def start(self, *args: Any, **kwargs: Any) -> None:
            raise RuntimeError("broken")

    bench.attach_trainings(Broken)
    job_id = bench.train("training")
    job = bench.engine.read(HERE, lambda world: world.service_jobs[job_id])
    assert (job.status, job.status_reason) == ("FAILED", "InternalError: see batchemu's log")


def test_looking_at_an_account_leaves_nothing_behind(bench: Bench) -> None:
    elsewhere = Scope("999999999999", "eu-west-1")
    for _ in range(2):
        assert bench.engine.read(elsewhere, lambda world: (world.account, world.jobs)) == (
            elsewhere.account,
            {},
        )
    assert list(bench.engine._worlds) == [HERE]


def test_facts_are_told_in_order(bench: Bench) -> None:
    bench.facts.clear()
    bench.plans.add(Plan())
    bench.submit("job")
    assert [str(fact.after) for fact in bench.facts] == [
        "SUBMITTED",
        "RUNNABLE",
        "STARTING",
        "RUNNING",
        "SUCCEEDED",
    ]


def test_reset_forgets_everything_and_late_timers_with_it(bench: Bench) -> None:
    bench.plans.add(Plan(duration_s=10.0))
    bench.submit("job")
    bench.engine.reset()
    assert bench.engine.find_job(JobId("job")) is None
    bench.engine.advance(HOUR)
    assert bench.engine.find_job(JobId("job")) is None


def test_the_scaled_clock_fires_timers_by_itself() -> None:
    bench = Bench(Clock(rate=3600), Delays(submitted=1000, starting=1000))
    try:
        bench.ready()
        bench.plans.add(Plan(duration_s=600.0))
        bench.submit("job")
        assert bench.engine.wait(JobId("job"), [JobStatus.SUCCEEDED], 30) is JobStatus.SUCCEEDED
    finally:
        bench.engine.close()


def test_a_real_clock_can_be_moved_too() -> None:
    bench = Bench(Clock())
    try:
        bench.ready()
        bench.plans.add(Plan(duration_s=7200.0))
        bench.submit("job")
        bench.engine.advance(2 * HOUR)
        assert bench.status("job") == "SUCCEEDED"
    finally:
        bench.engine.close()


def test_a_runtime_that_breaks_fails_the_job_and_nothing_else(bench: Bench) -> None:
    class Broken(ScriptedRuntime):
        def start(self, *args: Any, **kwargs: Any) -> None:
            raise RuntimeError("broken")

    bench.engine.attach(Broken(scheduler=bench.engine, sink=bench.sink))
    bench.submit("job")
    assert bench.status("job") == "FAILED"


def test_what_is_submitted_during_a_reset_runs_after_it(bench: Bench) -> None:
    resetting, go_on = threading.Event(), threading.Event()
    bench.plans.add(Plan())
    runtime = bench.engine.runtime

    class Slow(ScriptedRuntime):
        def reset(self) -> int:
            resetting.set()
            assert go_on.wait(30)
            return runtime.reset()

    bench.engine.attach(Slow(scheduler=bench.engine, sink=bench.sink, plans=bench.plans))
    thread = threading.Thread(target=bench.engine.reset)
    thread.start()
    assert resetting.wait(30)
    bench.ready()
    bench.submit("job")
    assert bench.status("job") == "STARTING"
    go_on.set()
    thread.join(30)
    assert bench.status("job") == "SUCCEEDED"


def test_resets_under_load_lose_nobodys_answer(bench: Bench) -> None:
    bench.plans.add(Plan(duration_s=1.0))
    refused: list[Exception] = []

    def work(number: int) -> None:
        for count in range(60):
            try:
                if number == 0:
                    bench.engine.reset()
                else:
                    bench.ready()
                    bench.submit(f"{number}-{count}")
            except ClientException:
                pass  # the queue is taken, or was just forgotten
            except Exception as error:
                refused.append(error)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert refused == []
    bench.engine.read(HERE, check)


def test_a_world_begins_with_what_stands_and_its_log_says_so(bench: Bench) -> None:
    west = Scope("123456789012", "us-west-2")
    bench.engine.found_with(lambda at: [i.PauseScheduler(at=at, paused=True)])
    bench.plans.add(Plan())
    bench.ready(west)
    bench.submit("there", scope=west)
    bench.submit("here")
    assert (bench.status("there"), bench.status("here")) == ("RUNNABLE", "SUCCEEDED")
    assert bench.engine.scopes() == [HERE, west]
    replayed = World(account=west.account, region=west.region, quotas=RAISED)
    for record in bench.engine.log.tail(0):
        if record.scope == west:
            step(replayed, record.input)
    assert replayed == bench.engine.read(west, lambda world: world)


def test_nobody_who_gave_up_waiting_is_remembered(bench: Bench) -> None:
    bench.plans.add(Plan(duration_s=10.0))
    bench.submit("job")
    for _ in range(50):
        bench.engine.wait(JobId("job"), [JobStatus.SUCCEEDED], 0)
    assert bench.engine._waiters._waiting == {}


def test_timers_of_finished_jobs_are_forgotten(bench: Bench) -> None:
    bench.plans.add(Plan())
    for number in range(1500):
        bench.submit(f"job-{number}", timeout={"attemptDurationSeconds": 3600})
    assert [timer.purpose for _, timer in bench.engine._armed] == ["retention"]
    assert len(bench.engine.clock._timers) < 1500


def test_a_move_waits_for_what_another_thread_carries_out(bench: Bench) -> None:
    bench.plans.add(Plan(duration_s=3600.0))
    inside, go_on = threading.Event(), threading.Event()

    def slow(_: object, fact: object) -> None:
        if not inside.is_set():
            inside.set()
            assert go_on.wait(30)

    bench.engine.listen(slow)
    thread = threading.Thread(target=bench.submit, args=("first",))
    thread.start()
    assert inside.wait(30)
    for number in range(4):
        bench.submit(f"job-{number}", "first" if number == 0 else f"job-{number - 1}")
    mover = threading.Thread(target=bench.engine.advance, args=(6 * HOUR,))
    mover.start()
    go_on.set()
    mover.join(30)
    thread.join(30)
    assert bench.status("job-3") == "SUCCEEDED"


def test_containers_that_end_at_one_instant_are_one_step(bench: Bench) -> None:
    bench.plans.add(Plan(duration_s=5.0))
    jobs = [bench.submit(f"job-{number}") for number in range(4)]
    bench.engine.advance(5000)
    assert {bench.status(each) for each in jobs} == {"SUCCEEDED"}
    (record,) = [each for each in bench.engine.log.tail() if isinstance(each.input, i.ContainersReported)]
    assert [each.job_id for each in record.input.reports] == jobs  # type: ignore[union-attr]


def test_an_exit_comes_before_the_timeout_of_the_same_instant(bench: Bench) -> None:
    bench.plans.add(Plan(duration_s=60.0))
    job = bench.submit("job", timeout={"attemptDurationSeconds": 60})
    other = bench.submit("other")
    bench.engine.advance(60_000)
    assert (bench.status(job), bench.status(other)) == ("SUCCEEDED", "SUCCEEDED")


def test_what_comes_in_after_a_report_is_decided_after_it(bench: Bench) -> None:
    """Also while that report waits for others of its instant."""
    bench.plans.add(Plan(duration_s=1.0))
    bench.submit("job")
    bench.submit("other")
    seen: list[str] = []

    def terminate() -> None:
        bench.engine.apply(HERE, lambda at: i.TerminateJob(at=at, job_id=JobId("job"), reason="late"))
        seen.append(bench.status("job"))

    bench.engine.call_later(1000, terminate)
    bench.engine.advance(1000)
    assert (seen, bench.status("other")) == (["SUCCEEDED"], "SUCCEEDED")
