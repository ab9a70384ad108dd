"""The environment variables of a container, all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchemu.core import inputs as i
from batchemu.core.world import Delays
from tests.core.lab import Lab

if TYPE_CHECKING:
    from batchemu.core.ids import JobId

AMOUNTS = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]


def batchs(job_id: JobId, attempt: int = 1) -> dict[str, str]:
    return {
        "AWS_BATCH_JOB_ID": job_id,
        "AWS_BATCH_JOB_ATTEMPT": str(attempt),
        "AWS_BATCH_JQ_NAME": "queue",
        "AWS_BATCH_CE_NAME": "ce",
    }


def test_on_ec2_a_container_sees_batchs_variables_and_one_of_ecs(lab: Lab) -> None:
    job_id = lab.submit()
    (started,) = lab.started()
    assert started.environment == {**batchs(job_id), "AWS_EXECUTION_ENV": "AWS_ECS_EC2"}


def test_on_fargate_it_sees_the_region_too() -> None:
    lab = Lab()
    resources = {"type": "FARGATE", "maxvCpus": 4, "subnets": ["s"], "securityGroupIds": ["g"]}
    params = {"computeEnvironmentName": "ce", "type": "MANAGED", "computeResources": resources}
    lab.take(i.CreateComputeEnvironment(at=lab.at(), params=params, uuid="u", cluster_uuid="c"))
    lab.queue()
    container = {"image": "busybox", "executionRoleArn": "r", "resourceRequirements": AMOUNTS}
    definition = {
        "jobDefinitionName": "definition",
        "type": "container",
        "platformCapabilities": ["FARGATE"],
        "containerProperties": container,
    }
    lab.take(i.RegisterJobDefinition(at=lab.at(), params=definition, size_bytes=100))
    job_id = lab.submit()
    (started,) = lab.started()
    ecs = {"AWS_EXECUTION_ENV": "AWS_ECS_FARGATE"}
    region = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    assert started.environment == {**batchs(job_id), **ecs, **region}


def test_each_attempt_has_its_number(lab: Lab) -> None:
    job_id = lab.submit(retryStrategy={"attempts": 3})
    lab.run(job_id, 1)
    lab.run(job_id, 1)
    seen = [each.environment["AWS_BATCH_JOB_ATTEMPT"] for each in lab.started()]
    assert seen == ["1", "2", "3"]


def test_the_environment_is_the_one_that_the_attempt_runs_on() -> None:
    lab = Lab(Delays(starting=10)).ready()
    lab.environment("second")
    lab.queue("both", ("ce", "second"))
    lab.definition("big", vcpus=4)
    for _ in range(2):
        lab.submit(queue="both", jobDefinition="big")
        lab.fire("starting")
    assert [each.environment["AWS_BATCH_CE_NAME"] for each in lab.started()] == ["ce", "second"]


def test_a_users_variable_wins_over_one_of_ecs(lab: Lab) -> None:
    own = [{"name": "A", "value": "1"}, {"name": "AWS_EXECUTION_ENV", "value": "mine"}, {"name": "EMPTY"}]
    job_id = lab.submit(containerOverrides={"environment": own})
    (started,) = lab.started()
    mine = {"A": "1", "AWS_EXECUTION_ENV": "mine", "EMPTY": ""}
    assert started.environment == {**batchs(job_id), **mine}
