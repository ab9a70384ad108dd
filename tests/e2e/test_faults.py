"""Faults and holds on real containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.e2e.conftest import Serving

FOR_EVER = ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"]


def describe(batch: Any, job_id: str) -> dict[str, Any]:
    (found,) = batch.describe_jobs(jobs=[job_id])["jobs"]
    return dict(found)


def test_a_spot_interruption_kills_the_container_and_the_next_attempt_is_real(
    docker_server: Serving, image: str
) -> None:
    batch = docker_server.ready(image, command=["sh", "-c", 'exit "$AWS_BATCH_JOB_ATTEMPT"'])
    docker_server.control("POST", "plans", {"fault": "spot-interruption", "realAfter": 1})
    job_id = docker_server.submit(batch, retryStrategy={"attempts": 2})
    assert docker_server.wait(job_id) == "FAILED"
    first, second = describe(batch, job_id)["attempts"]
    assert first["statusReason"].startswith("Host EC2 (instance i-")
    assert "exitCode" not in first["container"]
    assert second["container"]["exitCode"] == 2
    explained = docker_server.control("GET", f"jobs/{job_id}/explain")
    assert [attempt["retried"] for attempt in explained["attempts"]] == [True, False]


def test_a_container_is_killed_for_want_of_memory_when_it_is_time(docker_server: Serving, image: str) -> None:
    batch = docker_server.ready(image, command=FOR_EVER)
    docker_server.control("POST", "plans", {"fault": "out-of-memory", "durationSeconds": 0.5})
    job_id = docker_server.submit(batch)
    assert docker_server.wait(job_id) == "FAILED"
    container = describe(batch, job_id)["container"]
    assert (container["exitCode"], container["reason"]) == (
        137,
        "OutOfMemoryError: Container killed due to memory usage",
    )


def test_a_plan_takes_the_place_of_a_container(docker_server: Serving) -> None:
    batch = docker_server.ready("registry.invalid/none:1")
    docker_server.control("POST", "plans", {"exitCode": 7, "logs": ["planned"]})
    job_id = docker_server.submit(batch)
    assert docker_server.wait(job_id) == "FAILED"
    assert describe(batch, job_id)["container"]["exitCode"] == 7
    assert "a plan takes the place of the container" in docker_server.log()


def test_a_real_container_can_be_held(docker_server: Serving, image: str) -> None:
    batch = docker_server.ready(image)
    docker_server.control("POST", "holds", {"state": "RUNNING"})
    job_id = docker_server.submit(batch)
    assert docker_server.wait(job_id, "RUNNING") == "RUNNING"
    assert docker_server.wait(job_id, timeout=1) == "RUNNING"
    docker_server.control("DELETE", "holds")
    assert docker_server.wait(job_id) == "SUCCEEDED"
