"""Every member of every answer is there when it should be, or a sentence says why it never is.

What the tour below is answered is compared with the model, less ``NEVER_GIVEN``: both ways.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from batchemu.api.never_given import NEVER_GIVEN
from batchemu.coverage import coverage, given_members
from batchemu.wire import dispatch
from batchemu.wire.model import operation_model, operation_names
from tests.api.test_compute_environments_of_every_kind import EC2_FULL, INSTANCES_FULL, ON_EKS, SPOT_FULL
from tests.api.test_compute_environments_of_every_kind import EKS as ON_EKS_EC2
from tests.api.test_job_definitions_every_member import (
    COMMON,
    CONTAINER_ON_EC2,
    CONTAINER_ON_FARGATE,
    REQUESTS,
)
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.conftest import Batch

Seen = dict[str, set[str]]
TAGS = {"team": "a"}
TYPE = "ml.m5.large"
PAYLOAD = json.dumps({"TrainingJobName": "t", "ResourceConfig": {"InstanceType": TYPE, "InstanceCount": 1}})
EKS = {
    **ON_EKS_EC2,
    "instanceTypes": ["m5"],
    "ec2Configuration": [{"imageType": "EKS_AL2023", "imageKubernetesVersion": "1.31"}],
    "launchTemplate": {
        "launchTemplateName": "lt",
        "userdataType": "EKS_NODEADM",
        "overrides": [
            {"launchTemplateId": "lt-2", "targetInstanceTypes": ["m5.large"], "userdataType": "EKS_NODEADM"}
        ],
    },
}
SHARE = {
    "capacityLimits": [{"maxCapacity": 1, "capacityUnit": TYPE}],
    "resourceSharingConfiguration": {"strategy": "LEND_AND_BORROW", "borrowLimit": 50},
    "preemptionConfiguration": {"inSharePreemption": "ENABLED"},
}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """The members, as ``Structure.member``, that each operation was seen to answer."""
    found: Seen = {name: set() for name in operation_names()}
    serialise = dispatch.serialise

    def watch(operation: str, result: Any) -> dict[str, Any]:
        written = serialise(operation, result)
        found[operation].update(_members(operation_model(operation).output_shape, written))
        return written

    monkeypatch.setattr(dispatch, "serialise", watch)
    return found


def _members(shape: Any, value: Any) -> Iterator[str]:
    if shape is not None and shape.type_name == "structure":
        for name, item in value.items():
            yield f"{shape.name}.{name}"
            yield from _members(shape.members[name], item)
    elif shape is not None and shape.type_name in ("list", "map"):
        for item in value if shape.type_name == "list" else value.values():
            yield from _members(shape.member if shape.type_name == "list" else shape.value, item)


@aws.emulator_only
def test_every_member_of_every_answer_is_given_or_said_never_to_be(batch: Batch, seen: Seen) -> None:
    environments(batch)
    queues(batch)
    definitions(batch)
    jobs(batch)
    service_jobs(batch)
    expected = {name: set(given_members(name)) for name in operation_names()}
    missing = {name: sorted(expected[name] - seen[name]) for name in expected if expected[name] - seen[name]}
    assert missing == {}, "these are never given, and no line of never_given.py says so"
    unexpected = {name: sorted(seen[name] - expected[name]) for name in seen if seen[name] - expected[name]}
    assert unexpected == {}, "these are given, although never_given.py says that they never are"


@aws.emulator_only
def test_what_is_never_given_is_in_the_model_and_has_its_reason() -> None:
    said = {why for each in coverage() for why in each.never_given.values()}
    assert all(len(why) > 10 for why in NEVER_GIVEN.values())
    assert said == set(NEVER_GIVEN.values()), "a line that no answer can reach is in vain"


def every_page(batch: Batch, operation: str, **members: Any) -> None:
    """A page with a next one, so that nextToken is there."""
    answer = getattr(batch.client, operation)(maxResults=1, **members)
    assert "nextToken" in answer


def environments(batch: Batch) -> None:
    client = batch.client
    for name, resources, more in (
        ("ec2", EC2_FULL, {"context": "c", "ecsSettings": {"containerInsights": "ENABLED"}, "tags": TAGS}),
        ("spot", SPOT_FULL, {}),
        ("instances", INSTANCES_FULL, {}),
        ("eks", EKS, {"eksConfiguration": {**ON_EKS, "accessEntry": {"desiredState": "ENABLED"}}}),
    ):
        client.create_compute_environment(
            computeEnvironmentName=name, type="MANAGED", computeResources=resources, **more
        )
    client.create_compute_environment(
        computeEnvironmentName="own", type="UNMANAGED", unmanagedvCpus=4, serviceRole="arn:aws:iam::1:role/r"
    )
    client.update_compute_environment(
        computeEnvironment="ec2",
        updatePolicy={"terminateJobsOnUpdate": True, "jobExecutionTimeoutMinutes": 5},
    )
    client.describe_compute_environments()
    every_page(batch, "describe_compute_environments")


def queues(batch: Batch) -> None:
    client = batch.client
    batch.environment("ce", maxvCpus=2, instanceTypes=["g4dn.xlarge"])  # one definition asks for a GPU
    batch.queue("queue")
    shares = [{"shareIdentifier": "a*", "weightFactor": 0.5}]
    fair = client.create_scheduling_policy(
        name="fair",
        fairsharePolicy={"shareDecaySeconds": 1, "computeReservation": 1, "shareDistribution": shares},
        tags=TAGS,
    )["arn"]
    quota = client.create_scheduling_policy(
        name="quota", quotaSharePolicy={"idleResourceAssignmentStrategy": "FIFO"}
    )["arn"]
    client.describe_scheduling_policies(arns=[fair, quota])
    every_page(batch, "list_scheduling_policies")
    for name in ("services", "more"):
        client.create_service_environment(
            serviceEnvironmentName=name,
            serviceEnvironmentType="SAGEMAKER_TRAINING",
            capacityLimits=[{"maxCapacity": 1, "capacityUnit": TYPE}],
            tags=TAGS,
        )
    client.update_service_environment(serviceEnvironment="more", state="DISABLED")
    every_page(batch, "describe_service_environments")
    client.create_job_queue(
        jobQueueName="fair",
        priority=1,
        schedulingPolicyArn=fair,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "ce"}],
        tags=TAGS,
    )
    client.create_job_queue(
        jobQueueName="training",
        priority=1,
        jobQueueType="SAGEMAKER_TRAINING",
        schedulingPolicyArn=quota,
        serviceEnvironmentOrder=[{"order": 1, "serviceEnvironment": "services"}],
        jobStateTimeLimitActions=[
            {
                "reason": "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
                "state": "RUNNABLE",
                "maxTimeSeconds": 600,
                "action": "TERMINATE",
            }
        ],
    )
    client.describe_job_queues()
    every_page(batch, "describe_job_queues")
    client.update_job_queue(jobQueue="queue", priority=2)
    for name in ("first", "second"):
        arn = client.create_quota_share(quotaShareName=name, jobQueue="training", tags=TAGS, **SHARE)[
            "quotaShareArn"
        ]
        client.update_quota_share(quotaShareArn=arn, state="ENABLED")
        client.describe_quota_share(quotaShareArn=arn)
    every_page(batch, "list_quota_shares", jobQueue="training")


def definitions(batch: Batch) -> None:
    for request in REQUESTS.values():
        batch.client.register_job_definition(**request)
    batch.client.describe_job_definitions()
    every_page(batch, "describe_job_definitions")
    for name in ("license", "token"):
        batch.client.create_consumable_resource(consumableResourceName=name, totalQuantity=9, tags=TAGS)
    batch.client.update_consumable_resource(consumableResource="license", operation="ADD", quantity=1)
    batch.client.describe_consumable_resource(consumableResource="license")
    every_page(batch, "list_consumable_resources")


def jobs(batch: Batch) -> None:
    client = batch.client
    batch.plan(durationSeconds=60, exitCode=1, reason="why")
    batch.definition()
    client.register_job_definition(
        **COMMON, type="container", containerProperties=CONTAINER_ON_EC2, platformCapabilities=["EC2"]
    )
    first = batch.submit(jobQueue="fair", shareIdentifier="a1", jobDefinition="full", propagateTags=True)
    after = batch.submit(dependsOn=[{"jobId": first}])
    fargate(batch)
    big = batch.submit(jobQueue="queue")
    waiting = batch.submit(jobQueue="fair", shareIdentifier="a1", jobDefinition="full")
    array = batch.submit(arrayProperties={"size": 2}, dependsOn=[{"type": "SEQUENTIAL"}])
    client.describe_jobs(jobs=[array, f"{array}:0"])
    client.list_jobs(jobQueue="queue", jobStatus="PENDING")
    client.list_jobs(arrayJobId=array, jobStatus="PENDING")
    client.get_job_queue_snapshot(jobQueue="fair")
    client.list_jobs(jobQueue="fair")
    client.list_jobs_by_consumable_resource(consumableResource="license")
    every_page(batch, "list_jobs_by_consumable_resource", consumableResource="license")
    client.cancel_jobs(jobs=[waiting, "not!"], reason="r")
    client.terminate_jobs(jobs=[first, "not!"], reason="r")
    batch.advance(200)
    client.describe_jobs(jobs=[first, after, big, waiting])
    for queue in ("fair", "queue"):
        client.list_jobs(jobQueue=queue, jobStatus="FAILED")
    every_page(batch, "list_jobs", jobQueue="fair", jobStatus="FAILED")
    client.list_jobs_by_consumable_resource(consumableResource="license")
    client.list_tags_for_resource(resourceArn=client.describe_jobs(jobs=[first])["jobs"][0]["jobArn"])


def fargate(batch: Batch) -> None:
    batch.client.create_compute_environment(
        computeEnvironmentName="fargate",
        type="MANAGED",
        computeResources={"type": "FARGATE", "maxvCpus": 1, "subnets": ["s"], "securityGroupIds": ["g"]},
    )
    batch.queue("fargate", ("fargate",))
    batch.client.register_job_definition(
        jobDefinitionName="fargate",
        type="container",
        containerProperties=CONTAINER_ON_FARGATE,
        platformCapabilities=["FARGATE"],
        parameters={"word": "x"},
    )
    job_id = batch.submit(jobQueue="fargate", jobDefinition="fargate")
    batch.client.describe_jobs(jobs=[job_id])


def service_jobs(batch: Batch) -> None:
    client = batch.client
    batch.plan(serviceJob=True, durationSeconds=60, exitCode=1)
    request = {
        "jobName": "t",
        "jobQueue": "training",
        "quotaShareName": "first",
        "serviceJobType": "SAGEMAKER_TRAINING",
        "serviceRequestPayload": PAYLOAD,
        "retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "EXIT", "onStatusReason": "x*"}]},
        "timeoutConfig": {"attemptDurationSeconds": 60},
        "preemptionConfiguration": {"preemptionRetriesBeforeTermination": 1},
        "tags": TAGS,
    }
    first, second, third, fourth = (client.submit_service_job(**request)["jobId"] for _ in range(4))
    client.get_job_queue_snapshot(jobQueue="training")
    client.update_service_job(jobId=second, schedulingPriority=1)
    batch.advance(200)
    client.describe_service_job(jobId=first)
    client.terminate_service_jobs(jobs=[second, third, fourth, "not!"], reason="r")
    client.describe_service_job(jobId=fourth)
    client.list_service_jobs(jobQueue="training", jobStatus="FAILED")
    every_page(batch, "list_service_jobs", jobQueue="training", jobStatus="FAILED")
    fair_service_jobs(batch, request)


def fair_service_jobs(batch: Batch, request: dict[str, Any]) -> None:
    client = batch.client
    client.update_service_environment(serviceEnvironment="more", state="ENABLED")
    client.create_job_queue(
        jobQueueName="fair-training",
        priority=1,
        schedulingPolicyArn=client.list_scheduling_policies()["schedulingPolicies"][0]["arn"],
        serviceEnvironmentOrder=[{"order": 1, "serviceEnvironment": "more"}],
    )
    fair = {**request, "jobQueue": "fair-training", "shareIdentifier": "a1"}
    del fair["quotaShareName"]
    job_id = client.submit_service_job(**fair)["jobId"]
    client.describe_service_job(jobId=job_id)
    client.list_service_jobs(jobQueue="fair-training")
