"""The main job: unmodified clients in, real containers out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docker
import pytest

from tests.e2e.conftest import ENVIRONMENT, launch
from tests.examples import EC2

if TYPE_CHECKING:
    from tests.e2e.conftest import Serving

AWS = Path(sys.executable).parent / "aws"


@pytest.fixture
def engine() -> Any:
    client = docker.from_env()
    yield client
    client.close()


def lines(serving: Serving, job: dict[str, Any], group: str = "/aws/batch/job") -> list[str]:
    logs = serving.client("logs")
    stream = job["container"]["logStreamName"]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)["events"]
    return [event["message"] for event in events]


def describe(batch: Any, job_id: str) -> dict[str, Any]:
    (found,) = batch.describe_jobs(jobs=[job_id])["jobs"]
    return dict(found)


def test_the_aws_command_runs_a_job_and_its_child(docker_server: Serving, image: str, tmp_path: Path) -> None:
    def aws(*words: str) -> Any:
        found = subprocess.run(
            [AWS, *words, "--output", "json"],
            env={**os.environ, **ENVIRONMENT, "AWS_ENDPOINT_URL": docker_server.url},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert found.returncode == 0, found.stderr
        return json.loads(found.stdout) if found.stdout.strip() else {}

    definition = tmp_path / "definition.json"
    container = {"image": image, "vcpus": 2, "memory": 2048, "command": ["echo", "Hello from AWS Batch!"]}
    definition.write_text(
        json.dumps(
            {"jobDefinitionName": "my-batch-job", "type": "container", "containerProperties": container}
        )
    )
    aws(
        *("batch", "create-compute-environment", "--compute-environment-name", "ce", "--type", "MANAGED"),
        *("--compute-resources", json.dumps(EC2)),
    )
    aws(
        *("batch", "create-job-queue", "--job-queue-name", "queue", "--priority", "1"),
        *("--compute-environment-order", "order=1,computeEnvironment=ce"),
    )
    made = aws("batch", "register-job-definition", "--cli-input-json", f"file://{definition}")
    assert made["revision"] == 1
    submit = ("batch", "submit-job", "--job-queue", "queue", "--job-definition", "my-batch-job:1")
    first = aws(*submit, "--job-name", "my-first-job")["jobId"]
    child = aws(*submit, "--job-name", "child-job", "--depends-on", f"jobId={first}")["jobId"]
    assert docker_server.wait(child) == "SUCCEEDED"
    jobs = aws("batch", "describe-jobs", "--jobs", first, child)["jobs"]
    assert [job["status"] for job in jobs] == ["SUCCEEDED", "SUCCEEDED"]
    assert jobs[1]["startedAt"] >= jobs[0]["stoppedAt"]
    for job in jobs:
        found = aws(
            *("logs", "get-log-events", "--log-group-name", "/aws/batch/job"),
            *("--log-stream-name", job["container"]["logStreamName"]),
        )
        assert [event["message"] for event in found["events"]] == ["Hello from AWS Batch!"]


def test_a_finished_job_tells_all_about_its_container(docker_server: Serving, image: str) -> None:
    batch = docker_server.ready(image, command=["sh", "-c", "echo out; echo err >&2; exit 3"])
    job_id = docker_server.submit(batch)
    assert docker_server.wait(job_id) == "FAILED"
    job = describe(batch, job_id)
    (attempt,) = job["attempts"]
    assert (job["statusReason"], job["container"]["exitCode"]) == ("Essential container in task exited", 3)
    assert attempt["container"]["exitCode"] == 3
    assert attempt["container"]["logStreamName"] == job["container"]["logStreamName"]
    assert job["createdAt"] <= job["startedAt"] <= job["stoppedAt"] == attempt["stoppedAt"]
    assert sorted(lines(docker_server, job)) == ["err", "out"]


def test_the_container_sees_what_aws_batch_tells_it(docker_server: Serving, image: str) -> None:
    batch = docker_server.ready(image, command=["env"], environment=[{"name": "MINE", "value": "1"}])
    job_id = docker_server.submit(batch)
    docker_server.wait(job_id)
    seen = dict(line.split("=", 1) for line in lines(docker_server, describe(batch, job_id)))
    expected = {
        "MINE": "1",
        "AWS_BATCH_JOB_ID": job_id,
        "AWS_BATCH_JOB_ATTEMPT": "1",
        "AWS_BATCH_JQ_NAME": "queue",
        "AWS_BATCH_CE_NAME": "ce",
        "AWS_EXECUTION_ENV": "AWS_ECS_EC2",
        "AWS_ENDPOINT_URL": f"http://host.docker.internal:{docker_server.port}",
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "batchemu",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    assert {name: value for name, value in seen.items() if name.startswith(("AWS", "MINE"))} == expected


def test_the_containers_labels_and_limits(docker_server: Serving, image: str, engine: Any) -> None:
    batch = docker_server.ready(image, command=["sleep", "60"], user="1000", privileged=True)
    job_id = docker_server.submit(batch)
    docker_server.wait(job_id, "RUNNING")
    (container,) = engine.containers.list(filters={"label": f"batchemu.job-id={job_id}"})
    assert container.name == f"batchemu-{job_id[:8]}-1"
    assert container.labels["batchemu.attempt"] == "1"
    assert container.labels["batchemu.job-queue"] == "queue"
    host = container.attrs["HostConfig"]
    assert (host["CpuShares"], host["Memory"], host["Privileged"]) == (1024, 64 * 2**20, True)
    assert container.attrs["Config"]["User"] == "1000"


def test_lines_can_be_read_while_the_job_runs(docker_server: Serving, image: str) -> None:
    batch = docker_server.ready(image, command=["sh", "-c", "echo first; sleep 60"])
    job_id = docker_server.submit(batch)
    assert docker_server.wait(job_id, "RUNNING") == "RUNNING"
    job = describe(batch, job_id)
    seen: list[str] = []
    for _ in range(100):  # the container may be up before its shell has printed
        seen = lines(docker_server, job)
        if seen:
            break
    assert seen == ["first"]
    batch.terminate_job(jobId=job_id, reason="seen enough")
    assert docker_server.wait(job_id) == "FAILED"
    ended = describe(batch, job_id)
    assert (ended["statusReason"], ended["isTerminated"]) == ("seen enough", True)
    assert lines(docker_server, ended) == ["first"]


def test_ten_thousand_lines_are_complete_when_the_job_is_over(docker_server: Serving, image: str) -> None:
    batch = docker_server.ready(image, command=["seq", "10000"])
    job_id = docker_server.submit(batch)
    docker_server.wait(job_id)
    assert lines(docker_server, describe(batch, job_id)) == [str(n) for n in range(1, 10_001)]


def test_a_container_over_its_memory_is_killed_and_says_so(docker_server: Serving, image: str) -> None:
    batch = docker_server.ready(
        image, command=["sh", "-c", "x=$(yes | head -c 200000000); echo $x"], memory=16
    )
    job_id = docker_server.submit(batch)
    assert docker_server.wait(job_id) == "FAILED"
    container = describe(batch, job_id)["container"]
    assert (container["exitCode"], container["reason"]) == (
        137,
        "OutOfMemoryError: Container killed due to memory usage",
    )


def test_a_missing_image_and_a_missing_program_say_so(docker_server: Serving, image: str) -> None:
    batch = docker_server.ready(image, command=["/no/such/program"])
    missing = batch.register_job_definition(
        jobDefinitionName="missing",
        type="container",
        containerProperties={"image": "localhost:1/no/such-image", "vcpus": 1, "memory": 64},
    )
    jobs = [
        docker_server.submit(batch),
        docker_server.submit(batch, jobDefinition=missing["jobDefinitionArn"]),
    ]
    reasons = []
    for job_id in jobs:
        assert docker_server.wait(job_id) == "FAILED"
        job = describe(batch, job_id)
        assert job["statusReason"] == "Task failed to start"
        assert "startedAt" not in job
        reasons.append(job["container"]["reason"].partition(":")[0])
    assert reasons == ["CannotStartContainerError", "CannotPullContainerError"]


def test_a_failed_container_is_tried_again(docker_server: Serving, image: str) -> None:
    script = 'echo "attempt $AWS_BATCH_JOB_ATTEMPT"; test "$AWS_BATCH_JOB_ATTEMPT" = 2'
    batch = docker_server.ready(image, command=["sh", "-c", script])
    job_id = docker_server.submit(batch, retryStrategy={"attempts": 3})
    assert docker_server.wait(job_id) == "SUCCEEDED"
    job = describe(batch, job_id)
    assert [attempt["container"]["exitCode"] for attempt in job["attempts"]] == [1, 0]
    streams = [attempt["container"]["logStreamName"] for attempt in job["attempts"]]
    assert len(set(streams)) == 2
    assert lines(docker_server, job) == ["attempt 2"]


def test_a_named_log_group_must_exist_unless_it_may_be_created(docker_server: Serving, image: str) -> None:
    batch = docker_server.ready(image)
    options = {"awslogs-group": "/mine", "awslogs-stream-prefix": "nightly"}
    for name, extra in (("strict", {}), ("creating", {"awslogs-create-group": "true"})):
        batch.register_job_definition(
            jobDefinitionName=name,
            type="container",
            containerProperties={
                "image": image,
                "vcpus": 1,
                "memory": 64,
                "command": ["echo", "hi"],
                "logConfiguration": {"logDriver": "awslogs", "options": {**options, **extra}},
            },
        )
    refused = docker_server.submit(batch, jobDefinition="strict")
    assert docker_server.wait(refused) == "FAILED"
    assert "log group does not exist" in describe(batch, refused)["container"]["reason"]
    job_id = docker_server.submit(batch, jobDefinition="creating")
    assert docker_server.wait(job_id) == "SUCCEEDED"
    job = describe(batch, job_id)
    assert job["container"]["logStreamName"].startswith("nightly/default/")
    assert lines(docker_server, job, "/mine") == ["hi"]


def test_jobs_wait_for_room_with_real_containers(docker_server: Serving, image: str, engine: Any) -> None:
    batch = docker_server.ready(image, command=["sleep", "0.2"])
    jobs = [docker_server.submit(batch, f"job-{n}") for n in range(8)]
    states = [job["status"] for job in batch.describe_jobs(jobs=jobs)["jobs"]]
    assert states.count("RUNNABLE") >= 4
    for job_id in jobs:
        assert docker_server.wait(job_id) == "SUCCEEDED"


def test_under_the_manual_clock_lines_and_times_are_emulated(image: str, tmp_path: Path) -> None:
    serving = launch(tmp_path, "--clock", "manual")
    try:
        year = 365 * 86_400
        serving.control("POST", "clock", {"advanceSeconds": 40 * year})
        batch = serving.ready(image, command=["echo", "from the future"])
        job_id = serving.submit(batch)
        assert serving.wait(job_id) == "SUCCEEDED"
        job = describe(batch, job_id)
        now = serving.control("GET", "clock")["now"]
        assert job["createdAt"] == job["startedAt"] == job["stoppedAt"] == now
        assert lines(serving, job) == ["from the future"]
    finally:
        assert serving.stop() == 0
