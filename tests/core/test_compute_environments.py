"""INVALID: what an environment with a fault does, and how it comes out of it."""

from __future__ import annotations

from typing import Any

import pytest

from batchemu.core import inputs as i
from batchemu.core.lifecycle import PURPOSE
from batchemu.core.world import ComputeEnvironment, Delays
from batchemu.errors import ClientException
from tests.core.lab import Lab
from tests.examples import EC2

FAULT = "CLIENT_ERROR - nothing is there"
FARGATE = {"type": "FARGATE", "maxvCpus": 4, "subnets": ["subnet-1"], "securityGroupIds": ["sg-1"]}
ON_FARGATE = {
    "platformCapabilities": ["FARGATE"],
    "containerProperties": {
        "image": "busybox",
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}],
    },
}


def create(lab: Lab, fault: str | None = None, resources: Any = None, name: str = "ce") -> ComputeEnvironment:
    params = {"computeEnvironmentName": name, "type": "MANAGED", "computeResources": resources or EC2}
    lab.take(i.CreateComputeEnvironment(at=lab.at(), params=params, uuid="u", cluster_uuid="c", fault=fault))
    return lab.world.environments[name]


def delete(lab: Lab, fault: str | None = None) -> None:
    lab.take(i.DeleteComputeEnvironment(at=lab.at(), compute_environment="ce", fault=fault))


def test_a_fault_makes_an_environment_invalid_after_the_delay() -> None:
    lab = Lab(Delays(compute_environment=1000))
    environment = create(lab, FAULT)
    assert (environment.status, environment.status_reason) == ("CREATING", None)
    lab.fire(PURPOSE)
    assert (environment.status, environment.status_reason) == ("INVALID", FAULT)


def test_an_invalid_environment_is_in_no_queue() -> None:
    lab = Lab()
    create(lab, FAULT)
    with pytest.raises(ClientException, match="must be created and valid before attaching"):
        lab.queue()


def test_an_environment_that_becomes_invalid_takes_no_jobs_until_it_is_repaired() -> None:
    lab = Lab().ready()
    lab.update_environment(fault=FAULT, computeResources={"maxvCpus": 9})
    job = lab.submit()
    assert lab.status(job) == "RUNNABLE"
    lab.update_environment(fault=FAULT, state="DISABLED")
    assert lab.world.environments["ce"].status == "INVALID"
    lab.update_environment(state="ENABLED")
    assert lab.world.environments["ce"].status_reason == "ComputeEnvironment Healthy"
    assert lab.status(job) == "STARTING"


def test_an_environment_takes_no_jobs_while_an_update_does_not_repair_it() -> None:
    lab = Lab(Delays(compute_environment=1000))
    lab.environment()
    lab.fire(PURPOSE)
    lab.queue()
    lab.definition()
    lab.update_environment(fault=FAULT)
    job = lab.submit()
    assert (lab.world.environments["ce"].status, lab.status(job)) == ("UPDATING", "RUNNABLE")
    with pytest.raises(ClientException, match="must be created and valid before attaching"):
        lab.queue("other")


def test_an_invalid_environment_is_repaired_under_best_fit_too() -> None:
    """https://docs.aws.amazon.com/batch/latest/userguide/invalid_compute_environment.html"""
    lab = Lab()
    environment = create(lab, FAULT)
    lab.update_environment(computeResources={"instanceRole": "another"})
    assert (environment.status, environment.resources["instanceRole"]) == ("VALID", "another")
    with pytest.raises(ClientException, match="BEST_FIT"):
        lab.update_environment(computeResources={"instanceRole": "a third"})


def test_jobs_on_an_environment_that_becomes_invalid_go_on() -> None:
    lab = Lab().ready()
    job = lab.submit()
    lab.update_environment(fault=FAULT)
    lab.run(job)
    assert lab.status(job) == "SUCCEEDED"
    assert lab.used() == 0


def test_an_invalid_environment_is_deleted() -> None:
    lab = Lab()
    create(lab, FAULT)
    lab.update_environment(fault=FAULT, state="DISABLED")
    delete(lab)
    assert lab.world.environments == {}


def test_a_deletion_that_fails_leaves_an_invalid_environment() -> None:
    lab = Lab()
    environment = create(lab)
    lab.update_environment(state="DISABLED")
    delete(lab, FAULT)
    assert (environment.status, environment.status_reason) == ("INVALID", FAULT)


def fargate_with_a_job() -> tuple[Lab, Any]:
    lab = Lab()
    create(lab, resources=FARGATE)
    lab.queue()
    params = {"jobDefinitionName": "definition", "type": "container", **ON_FARGATE}
    lab.take(i.RegisterJobDefinition(at=lab.at(), params=params, size_bytes=100))
    job = lab.submit()
    lab.update_environment(state="DISABLED")
    create(lab, resources=FARGATE, name="other")
    lab.update_queue(computeEnvironmentOrder=[{"order": 0, "computeEnvironment": "other"}])
    return lab, job


def test_a_fargate_environment_with_active_jobs_becomes_invalid_when_it_is_deleted() -> None:
    """botocore's model, documentation of DeleteComputeEnvironment."""
    lab, job = fargate_with_a_job()
    delete(lab)
    assert lab.world.environments["ce"].status == "INVALID"
    lab.run(job)
    delete(lab)
    assert list(lab.world.environments) == ["other"]


def test_the_end_of_the_last_job_does_not_cut_the_delay_of_a_deletion_short() -> None:
    lab = Lab(Delays(compute_environment=1000))
    for name in ("ce", "other"):
        lab.environment(name)
        lab.fire(PURPOSE)
    lab.queue()
    lab.definition()
    job = lab.submit()
    lab.update_queue(computeEnvironmentOrder=[{"order": 0, "computeEnvironment": "other"}])
    lab.update_environment(state="DISABLED")
    lab.fire(PURPOSE)
    delete(lab)
    lab.run(job)
    assert lab.world.environments["ce"].status == "DELETING"
    lab.fire(PURPOSE)
    assert list(lab.world.environments) == ["other"]
