"""Job queues: create, update, delete.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_queues.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu import messages
from batchemu.core import jobs, lifecycle, names, policies, queue_rules, quotas, service_jobs, tags
from batchemu.core.scheduling.fair_share import FairShares
from batchemu.core.world import JobQueue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.effects import Effect
    from batchemu.core.inputs import CreateJobQueue, DeleteJobQueue, UpdateJobQueue
    from batchemu.core.queue_rules import Environments
    from batchemu.core.world import World


def create(world: World, command: CreateJobQueue, effects: list[Effect]) -> dict[str, str]:
    """CREATING, and VALID after the delay."""
    params = command.params
    name = params["jobQueueName"]
    if not names.is_resource_name(name):
        raise messages.invalid("Job Queue name should match a valid pattern.")
    environments = queue_rules.environments(world, params, params.get("jobQueueType"))
    service = environments.service is not None
    queue_rules.check_policy(world, params.get("schedulingPolicyArn"), service=service)
    queue_rules.check_limits(params, service=service)
    own_tags = tags.checked(params.get("tags"))
    if name in world.queues:
        raise messages.already_exists()
    quotas.check(world.queues, world.quotas.job_queues, "job queues")
    queue = JobQueue(
        arn=world.arn("job-queue", name),
        name=name,
        state=params.get("state", "ENABLED"),
        status="CREATING",
        status_reason=None,
        priority=params["priority"],
        environments=[],
        order=[],
        settings={"jobStateTimeLimitActions": params.get("jobStateTimeLimitActions", [])},
        policy_arn=params.get("schedulingPolicyArn") or None,
        tags=own_tags,
    )
    if "jobQueueType" in params or service:
        queue.settings["jobQueueType"] = params.get("jobQueueType", queue_rules.SERVICE_QUEUE)
    if not service and policies.has_fair_shares(world, queue):
        queue.fair = FairShares(rules=policies.rules(world, queue))
    _attach(world, queue, environments)
    world.queues[name] = queue
    lifecycle.announce_created(queue, effects, at=command.at)
    lifecycle.begin(world, queue, "CREATING", effects, at=command.at)
    return {"jobQueueName": name, "jobQueueArn": queue.arn}


def _attach(world: World, queue: JobQueue, environments: Environments) -> None:
    """AWS always answers ARNs, also where a name was given."""
    lifecycle.detach(world, queue)
    if environments.service is not None:
        order, service = environments.service
        queue.service_environment = service.name
        queue.settings["serviceEnvironmentOrder"] = [{"order": order, "serviceEnvironment": service.arn}]
    else:
        queue.environments = [each.name for _, each in environments.compute]
        queue.order = [{"order": n, "computeEnvironment": each.arn} for n, each in environments.compute]
    for environment in lifecycle.environments_of(world, queue):
        environment.queues.add(queue.name)


def update(world: World, command: UpdateJobQueue, effects: list[Effect]) -> dict[str, str]:
    """UPDATING, and VALID after the delay; members that are absent keep their value."""
    params = command.params
    queue = found(world, params["jobQueue"])
    lifecycle.check_settled(queue, "update")
    environments = _new_environments(world, queue, params)
    queue_rules.check_new_policy(world, queue, params.get("schedulingPolicyArn"))
    queue_rules.check_limits(params, service=queue.service_environment is not None)
    if environments is not None:
        _attach(world, queue, environments)
    queue.state = params.get("state", queue.state)
    queue.priority = params.get("priority", queue.priority)
    policy = params.get("schedulingPolicyArn") or queue.policy_arn
    if policy != queue.policy_arn:
        queue.policy_arn = policy
        policies.obey(world, queue, at=command.at)
    if "jobStateTimeLimitActions" in params:
        queue.settings["jobStateTimeLimitActions"] = params["jobStateTimeLimitActions"]
    lifecycle.begin(world, queue, "UPDATING", effects, at=command.at)
    return {"jobQueueName": queue.name, "jobQueueArn": queue.arn}


def _new_environments(world: World, queue: JobQueue, params: Mapping[str, Any]) -> Environments | None:
    """A queue of compute environments stays one, and so does a queue of a service environment (assumed)."""
    service = queue.service_environment is not None
    member, other = "serviceEnvironmentOrder", "computeEnvironmentOrder"
    if not service:
        member, other = other, member
    if params.get(other):
        raise messages.invalid(f"{other} is not applicable for this job queue.")  # assumed wording
    if member not in params:
        return None
    return queue_rules.environments(world, params, queue.settings.get("jobQueueType"))


def found(world: World, text: str) -> JobQueue:
    """The queue that a name or an ARN means, or the error of operations on queues."""
    queue = names.find_queue(world, text)
    if queue is None:
        raise messages.resource_does_not_exist(names.full_arn(world, "job-queue", text))
    return queue


def delete(world: World, command: DeleteJobQueue, effects: list[Effect]) -> None:
    """DISABLED, or refused; its jobs end FAILED ``JobQueue deleted``. An unknown queue is no error.

    The latter: https://github.com/aws/aws-cli/issues/2551 ("other delete operations", 2017).
    """
    queue = names.find_queue(world, command.job_queue)
    if queue is None:
        return
    lifecycle.check_settled(queue, "delete")
    if queue.state != "DISABLED":
        raise messages.still_enabled("job queue")
    jobs.end_all(world, queue, "JobQueue deleted", effects, at=command.at)
    service_jobs.end_all(world, queue.trainings.values(), "JobQueue deleted", effects, at=command.at)
    lifecycle.begin(world, queue, "DELETING", effects, at=command.at)
