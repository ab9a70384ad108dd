"""A tour of AWS Batch as data, for clients in any language: each family of operations, in a good order.

A step is a JSON object:

- ``{"call": operation, "with": members}``; ``"as": name`` keeps the answer; ``"fails": [code, status]``
  expects an error; ``"unknown": members`` are put into the body although the client's model lacks them.
- ``{"pages": operation, "key": member, "with": members}``: all pages, one item each.
- ``{"control": [method, path, body]}``: a word with batchemu itself.

``${name.member}`` in a string stands for a member of an answer that was kept.
"""

from __future__ import annotations

from typing import Any

from tests.examples import EC2

Step = dict[str, Any]


def call(operation: str, keep: str | None = None, /, **members: Any) -> Step:
    return {"call": operation, "with": members, **({"as": keep} if keep else {})}


def fails(code: str, status: int, operation: str, /, **members: Any) -> Step:
    return {**call(operation, **members), "fails": [code, status]}


def pages(operation: str, key: str, **members: Any) -> Step:
    return {"pages": operation, "key": key, "with": members}


def advance(seconds: int) -> Step:
    return {"control": ["POST", "clock", {"advanceSeconds": seconds}]}


def plan(**members: Any) -> Step:
    return {"control": ["POST", "plans", members]}


ONE_VCPU = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "128"}]
CONTAINER = {"image": "busybox", "command": ["sleep", "60"], "resourceRequirements": ONE_VCPU}
TAGS = {"team": "a b", "cost+centre": "x=1"}
ARN = "arn:aws:batch:us-east-1:123456789012"


def environment(name: str = "ce") -> Step:
    return call(
        "CreateComputeEnvironment",
        computeEnvironmentName=name,
        type="MANAGED",
        computeResources=EC2,
    )


def queue(name: str = "queue", **members: Any) -> Step:
    order = [{"order": 1, "computeEnvironment": "ce"}]
    return call(
        "CreateJobQueue", name, jobQueueName=name, priority=1, computeEnvironmentOrder=order, **members
    )


def definition(name: str = "definition", keep: str | None = None, **members: Any) -> Step:
    return call(
        "RegisterJobDefinition",
        keep,
        jobDefinitionName=name,
        type="container",
        containerProperties=CONTAINER,
        **members,
    )


def submit(name: str, job_queue: str = "queue", job_definition: str = "definition", **members: Any) -> Step:
    return call("SubmitJob", name, jobName=name, jobQueue=job_queue, jobDefinition=job_definition, **members)


def refused_submit(name: str, job_queue: str, job_definition: str) -> Step:
    return {**submit(name, job_queue, job_definition), "fails": ["ClientException", 400]}


RUNS = plan(durationSeconds=60)
READY = [RUNS, environment(), queue(), definition()]

ENVIRONMENTS_AND_QUEUES = [
    environment("ce"),
    call(
        "CreateComputeEnvironment",
        computeEnvironmentName="spare",
        type="MANAGED",
        computeResources={
            "type": "FARGATE",
            "maxvCpus": 8,
            "subnets": ["subnet-1"],
            "securityGroupIds": ["sg-1"],
        },
        tags=TAGS,
    ),
    call("DescribeComputeEnvironments", computeEnvironments=["ce", "nobody"]),
    pages("DescribeComputeEnvironments", "computeEnvironments"),
    call("UpdateComputeEnvironment", computeEnvironment="ce", computeResources={"maxvCpus": 2}),
    fails("ClientException", 409, "CreateComputeEnvironment", **environment("ce")["with"]),
    queue("queue"),
    queue("urgent", tags=TAGS),
    call("DescribeJobQueues", jobQueues=["urgent"]),
    pages("DescribeJobQueues", "jobQueues"),
    call("UpdateJobQueue", jobQueue="${queue.jobQueueArn}", priority=7),
    fails("ClientException", 400, "UpdateJobQueue", jobQueue="nobody", priority=7),
    fails("ClientException", 400, "DeleteJobQueue", jobQueue="queue"),
    call("UpdateJobQueue", jobQueue="queue", state="DISABLED"),
    call("UpdateJobQueue", jobQueue="urgent", state="DISABLED"),
    call("DeleteJobQueue", jobQueue="queue"),
    call("DeleteJobQueue", jobQueue="${urgent.jobQueueArn}"),
    call("UpdateComputeEnvironment", computeEnvironment="ce", state="DISABLED"),
    call("DeleteComputeEnvironment", computeEnvironment="ce"),
    call("DescribeComputeEnvironments"),
    call("DescribeJobQueues"),
]

JOBS = [
    *READY,
    definition(keep="second", retryStrategy={"attempts": 2}, timeout={"attemptDurationSeconds": 600}),
    call("DescribeJobDefinitions", jobDefinitionName="definition", status="ACTIVE"),
    pages("DescribeJobDefinitions", "jobDefinitions"),
    submit("first"),
    submit("child", dependsOn=[{"jobId": "${first.jobId}"}], tags=TAGS),
    submit("third"),
    call("DescribeJobs", jobs=["${first.jobId}", "${child.jobId}"]),
    pages("ListJobs", "jobSummaryList", jobQueue="queue", jobStatus="RUNNING"),
    call("ListJobs", jobQueue="queue", filters=[{"name": "JOB_NAME", "values": ["f*"]}]),
    call("CancelJob", jobId="${child.jobId}", reason="not needed"),
    call("TerminateJob", jobId="${third.jobId}", reason="too slow"),
    advance(60),
    call("DescribeJobs", jobs=["${first.jobId}", "${child.jobId}", "${third.jobId}"]),
    pages("ListJobs", "jobSummaryList", jobQueue="queue", jobStatus="FAILED"),
    call("DeregisterJobDefinition", jobDefinition="${second.jobDefinitionArn}"),
    refused_submit("a bad name", "queue", "definition"),
    refused_submit("job", "nobody", "definition"),
    refused_submit("job", "queue", "nobody"),
    fails("ClientException", 400, "ListJobs", jobQueue="queue", jobStatus="BOGUS"),
    {**submit("new"), "unknown": {"memberOfTheFuture": {"a": [1]}, "another": None}},
]

BULK = [
    *READY,
    submit("first"),
    submit("child", dependsOn=[{"jobId": "${first.jobId}"}]),
    call("CancelJobs", jobs=["${child.jobId}", "00000000-0000-4000-8000-000000000000"], reason="not needed"),
    call("TerminateJobs", jobs=["${first.jobId}"], reason="too slow"),
    call("DescribeJobs", jobs=["${first.jobId}", "${child.jobId}"]),
]

TAGGING = [
    *READY,
    submit("job"),
    call("TagResource", resourceArn="${queue.jobQueueArn}", tags=TAGS),
    call("TagResource", resourceArn=f"{ARN}:job-definition/definition:1", tags=TAGS),
    call("TagResource", resourceArn="${job.jobArn}", tags={"k": ""}),
    call("ListTagsForResource", resourceArn="${queue.jobQueueArn}"),
    call("UntagResource", resourceArn="${queue.jobQueueArn}", tagKeys=["cost+centre", "nobody"]),
    call("ListTagsForResource", resourceArn="${queue.jobQueueArn}"),
    call("ListTagsForResource", resourceArn=f"{ARN}:job-definition/definition:1"),
    call("ListTagsForResource", resourceArn="${job.jobArn}"),
    fails("ClientException", 400, "ListTagsForResource", resourceArn=f"{ARN}:job-queue/nobody"),
]

SCHEDULING_POLICIES = [
    RUNS,
    environment(),
    call(
        "CreateSchedulingPolicy",
        "policy",
        name="policy",
        fairsharePolicy={
            "shareDecaySeconds": 3600,
            "computeReservation": 10,
            "shareDistribution": [{"shareIdentifier": "a", "weightFactor": 0.5}, {"shareIdentifier": "b*"}],
        },
        tags=TAGS,
    ),
    call("CreateSchedulingPolicy", "spare", name="spare", fairsharePolicy={}),
    fails("ClientException", 400, "CreateSchedulingPolicy", name="bad name", fairsharePolicy={}),
    call("DescribeSchedulingPolicies", arns=["${policy.arn}", "${spare.arn}"]),
    pages("ListSchedulingPolicies", "schedulingPolicies"),
    call("UpdateSchedulingPolicy", arn="${policy.arn}", fairsharePolicy={"shareDecaySeconds": 60}),
    call("DescribeSchedulingPolicies", arns=["${policy.arn}"]),
    queue("fair", schedulingPolicyArn="${policy.arn}"),
    definition("preferred", schedulingPriority=5),
    *[
        submit(f"fair-{n}", "fair", "preferred", shareIdentifier="a", schedulingPriorityOverride=n)
        for n in range(6)
    ],
    call("GetJobQueueSnapshot", jobQueue="fair"),
    call("DescribeJobs", jobs=["${fair-5.jobId}"]),
    fails("ClientException", 400, "DeleteSchedulingPolicy", arn="${policy.arn}"),
    call("DeleteSchedulingPolicy", arn="${spare.arn}"),
    pages("ListSchedulingPolicies", "schedulingPolicies"),
]

LICENCES = {"consumableResourceList": [{"consumableResource": "licences", "quantity": 1}]}
CONSUMABLE_RESOURCES = [
    RUNS,
    environment(),
    queue(),
    call(
        "CreateConsumableResource",
        "licences",
        consumableResourceName="licences",
        totalQuantity=1,
        resourceType="REPLENISHABLE",
        tags=TAGS,
    ),
    call("CreateConsumableResource", consumableResourceName="fuel", totalQuantity=2**40),
    fails("ClientException", 400, "CreateConsumableResource", consumableResourceName="x", totalQuantity=-1),
    call("DescribeConsumableResource", consumableResource="${licences.consumableResourceArn}"),
    pages("ListConsumableResources", "consumableResources"),
    definition("licensed", consumableResourceProperties=LICENCES),
    submit("holder", job_definition="licensed"),
    submit("waiter", job_definition="licensed"),
    call("DescribeConsumableResource", consumableResource="licences"),
    pages("ListJobsByConsumableResource", "jobs", consumableResource="licences"),
    call("UpdateConsumableResource", consumableResource="licences", operation="ADD", quantity=1),
    call("DescribeJobs", jobs=["${waiter.jobId}"]),
    call("DeleteConsumableResource", consumableResource="fuel"),
    call("ListConsumableResources"),
]

PAYLOAD = (
    '{"TrainingJobName":"training","ResourceConfig":'
    '{"InstanceType":"ml.g5.xlarge","InstanceCount":1,"VolumeSizeInGB":1}}'
)
ONE_INSTANCE = [{"maxCapacity": 4, "capacityUnit": "ml.g5.xlarge"}]
SHARING = {
    "resourceSharingConfiguration": {"strategy": "LEND_AND_BORROW", "borrowLimit": 50},
    "preemptionConfiguration": {"inSharePreemption": "ENABLED"},
}


def service_environment(name: str) -> Step:
    return call(
        "CreateServiceEnvironment",
        name,
        serviceEnvironmentName=name,
        serviceEnvironmentType="SAGEMAKER_TRAINING",
        capacityLimits=ONE_INSTANCE,
    )


def quota_share(name: str) -> Step:
    return call(
        "CreateQuotaShare",
        name,
        quotaShareName=name,
        jobQueue="training",
        capacityLimits=[{"maxCapacity": 1, "capacityUnit": "ml.g5.xlarge"}],
        **SHARING,
    )


def service_job(name: str) -> Step:
    return call(
        "SubmitServiceJob",
        name,
        jobName=name,
        jobQueue="training",
        serviceJobType="SAGEMAKER_TRAINING",
        serviceRequestPayload=PAYLOAD,
        quotaShareName="red",
        retryStrategy={"attempts": 2},
        timeoutConfig={"attemptDurationSeconds": 600},
        tags=TAGS,
    )


TRAINS = plan(serviceJob=True, durationSeconds=60)
SERVICE_JOBS = [
    TRAINS,
    service_environment("se"),
    service_environment("unused"),
    call("DescribeServiceEnvironments", serviceEnvironments=["se"]),
    pages("DescribeServiceEnvironments", "serviceEnvironments"),
    call(
        "UpdateServiceEnvironment",
        serviceEnvironment="${se.serviceEnvironmentArn}",
        capacityLimits=[{"maxCapacity": 2, "capacityUnit": "ml.g5.xlarge"}],
    ),
    call(
        "CreateSchedulingPolicy",
        "quota",
        name="quota",
        quotaSharePolicy={"idleResourceAssignmentStrategy": "FIFO"},
    ),
    call(
        "CreateJobQueue",
        jobQueueName="training",
        priority=1,
        jobQueueType="SAGEMAKER_TRAINING",
        serviceEnvironmentOrder=[{"order": 1, "serviceEnvironment": "se"}],
        schedulingPolicyArn="${quota.arn}",
    ),
    quota_share("red"),
    quota_share("blue"),
    call("DescribeQuotaShare", quotaShareArn="${red.quotaShareArn}"),
    pages("ListQuotaShares", "quotaShares", jobQueue="training"),
    call("UpdateQuotaShare", quotaShareArn="${red.quotaShareArn}", **SHARING),
    *[service_job(f"training-{n}") for n in range(4)],
    call("DescribeServiceJob", jobId="${training-0.jobId}"),
    call("UpdateServiceJob", jobId="${training-3.jobId}", schedulingPriority=9),
    pages("ListServiceJobs", "jobSummaryList", jobQueue="training", jobStatus="RUNNABLE"),
    call("GetJobQueueSnapshot", jobQueue="training"),
    call("TagResource", resourceArn="${red.quotaShareArn}", tags=TAGS),
    call("ListTagsForResource", resourceArn="${red.quotaShareArn}"),
    call("TerminateServiceJob", jobId="${training-0.jobId}", reason="too slow"),
    call("TerminateServiceJobs", jobs=[f"${{training-{n}.jobId}}" for n in (1, 2, 3)], reason="not needed"),
    call("DescribeServiceJob", jobId="${training-3.jobId}"),
    call("UpdateQuotaShare", quotaShareArn="${blue.quotaShareArn}", state="DISABLED"),
    call("DeleteQuotaShare", quotaShareArn="${blue.quotaShareArn}"),
    call("UpdateServiceEnvironment", serviceEnvironment="unused", state="DISABLED"),
    call("DeleteServiceEnvironment", serviceEnvironment="unused"),
    call("DescribeServiceEnvironments"),
]

TOURS: dict[str, list[Step]] = {
    "environments and queues": ENVIRONMENTS_AND_QUEUES,
    "jobs": JOBS,
    "bulk": BULK,
    "tags": TAGGING,
    "scheduling policies": SCHEDULING_POLICIES,
    "consumable resources": CONSUMABLE_RESOURCES,
    "service jobs": SERVICE_JOBS,
}
