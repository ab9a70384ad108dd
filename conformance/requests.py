"""A request of each operation that AWS accepts: what probes and refusals are made from by a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.lab import Lab

    Request = Callable[[Lab], dict[str, Any]]

GONE = object()
"""In a change: the member is left out."""


def changed(request: dict[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The request with other members; structures are changed member by member."""
    result = dict(request)
    for name, value in change.items():
        if value is GONE:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = changed(result[name], value)
        else:
            result[name] = value
    return result


def create_environment(lab: Lab) -> dict[str, Any]:
    return {
        "computeEnvironmentName": lab.name(),
        **lab.settings.managed,
        "computeResources": lab.settings.ec2,
    }


def create_queue(lab: Lab) -> dict[str, Any]:
    order = [{"order": 1, "computeEnvironment": lab.shared_environment}]
    return {
        "jobQueueName": lab.name(),
        "priority": 1,
        **lab.settings.enabled,
        "computeEnvironmentOrder": order,
    }


def create_training_queue(lab: Lab) -> dict[str, Any]:
    order = [{"order": 1, "serviceEnvironment": lab.shared_service_environment}]
    return {
        "jobQueueName": lab.name(),
        "priority": 1,
        "jobQueueType": "SAGEMAKER_TRAINING",
        "serviceEnvironmentOrder": order,
    }


def create_service_environment(lab: Lab) -> dict[str, Any]:
    return {
        "serviceEnvironmentName": lab.name(),
        "serviceEnvironmentType": "SAGEMAKER_TRAINING",
        "capacityLimits": [{"maxCapacity": 1, "capacityUnit": "NUM_INSTANCES"}],
    }


def register(lab: Lab) -> dict[str, Any]:
    return {
        "jobDefinitionName": lab.name(),
        "type": "container",
        "containerProperties": lab.settings.container,
    }


def _shared_share(lab: Lab) -> str:
    return lab.once("quota share", lambda shared: shared.quota_share(shared.shared_quota_queue))


def _shared_consumable(lab: Lab) -> str:
    return lab.once("consumable resource", lambda shared: shared.consumable())


def _service_job(lab: Lab) -> str:
    request = lab.service_job_members(jobQueue=lab.shared_idle_training_queue)
    return str(lab.call("SubmitServiceJob", **request)["jobId"])


VALID: Mapping[str, Request] = {
    "CancelJob": lambda lab: {"jobId": lab.submit(jobQueue=lab.shared_idle_queue), "reason": "over"},
    "CancelJobs": lambda lab: {"jobs": [lab.submit(jobQueue=lab.shared_idle_queue)], "reason": "over"},
    "CreateComputeEnvironment": create_environment,
    "CreateConsumableResource": lambda lab: {"consumableResourceName": lab.name()},
    "CreateJobQueue": create_queue,
    "CreateQuotaShare": lambda lab: lab.share_members(lab.shared_quota_queue),
    "CreateSchedulingPolicy": lambda lab: {"name": lab.name()},
    "CreateServiceEnvironment": create_service_environment,
    "DeleteComputeEnvironment": lambda lab: {"computeEnvironment": lab.disabled_environment()},
    "DeleteConsumableResource": lambda lab: {"consumableResource": lab.consumable()},
    "DeleteJobQueue": lambda lab: {"jobQueue": lab.queue(state="DISABLED")},
    "DeleteQuotaShare": lambda lab: {
        "quotaShareArn": lab.quota_share(lab.shared_quota_queue, state="DISABLED")
    },
    "DeleteSchedulingPolicy": lambda lab: {"arn": lab.policy()},
    "DeleteServiceEnvironment": lambda lab: {"serviceEnvironment": lab.service_environment(state="DISABLED")},
    "DeregisterJobDefinition": lambda lab: {"jobDefinition": lab.definition()},
    "DescribeComputeEnvironments": lambda lab: {},
    "DescribeConsumableResource": lambda lab: {"consumableResource": _shared_consumable(lab)},
    "DescribeJobDefinitions": lambda lab: {},
    "DescribeJobQueues": lambda lab: {},
    "DescribeJobs": lambda lab: {"jobs": [lab.submit()]},
    "DescribeQuotaShare": lambda lab: {"quotaShareArn": _shared_share(lab)},
    "DescribeSchedulingPolicies": lambda lab: {"arns": [lab.shared_fair_policy]},
    "DescribeServiceEnvironments": lambda lab: {},
    "DescribeServiceJob": lambda lab: {"jobId": _service_job(lab)},
    "GetJobQueueSnapshot": lambda lab: {"jobQueue": lab.shared_queue},
    "ListConsumableResources": lambda lab: {},
    "ListJobs": lambda lab: {"jobQueue": lab.shared_queue},
    "ListJobsByConsumableResource": lambda lab: {"consumableResource": _shared_consumable(lab)},
    "ListQuotaShares": lambda lab: {"jobQueue": lab.shared_quota_queue},
    "ListSchedulingPolicies": lambda lab: {},
    "ListServiceJobs": lambda lab: {"jobQueue": lab.shared_training_queue},
    "ListTagsForResource": lambda lab: {"resourceArn": lab.shared_definition},
    "RegisterJobDefinition": register,
    "SubmitJob": lambda lab: {
        "jobName": f"succeeds-{lab.name()}",
        "jobQueue": lab.shared_queue,
        "jobDefinition": lab.shared_definition,
    },
    "SubmitServiceJob": lambda lab: lab.service_job_members(),
    "TagResource": lambda lab: {"resourceArn": lab.definition(), "tags": {"probe": "yes"}},
    "TerminateJob": lambda lab: {"jobId": lab.submit("sleeps"), "reason": "over"},
    "TerminateJobs": lambda lab: {"jobs": [lab.submit("sleeps")], "reason": "over"},
    "TerminateServiceJob": lambda lab: {"jobId": _service_job(lab), "reason": "over"},
    "TerminateServiceJobs": lambda lab: {"jobs": [_service_job(lab)], "reason": "over"},
    "UntagResource": lambda lab: {"resourceArn": lab.shared_definition, "tagKeys": ["probe"]},
    "UpdateComputeEnvironment": lambda lab: {
        "computeEnvironment": lab.once("environment to update", lambda shared: shared.environment())
    },
    "UpdateConsumableResource": lambda lab: {
        "consumableResource": _shared_consumable(lab),
        "operation": "SET",
        "quantity": 4,
    },
    "UpdateJobQueue": lambda lab: {"jobQueue": lab.once("queue to update", lambda shared: shared.queue())},
    "UpdateQuotaShare": lambda lab: {"quotaShareArn": _shared_share(lab)},
    "UpdateSchedulingPolicy": lambda lab: {"arn": lab.policy()},
    "UpdateServiceEnvironment": lambda lab: {
        "serviceEnvironment": lab.once(
            "service environment to update", lambda shared: shared.service_environment()
        )
    },
    "UpdateServiceJob": lambda lab: {"jobId": _service_job(lab), "schedulingPriority": 1},
}
