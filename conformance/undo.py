"""How what an operation made is removed again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.lab import Lab

    Undo = Callable[[Lab, dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class _Disable:
    """Disable, wait, delete, wait: the life of what has a state."""

    answered: str
    """The member of the answer that identifies it."""
    asked: str
    """The member of the requests that does."""
    kind: str
    """``UpdateX`` and ``DeleteX``."""

    def __call__(self, lab: Lab, made: dict[str, Any]) -> None:
        identifier = made[self.answered]

        def status() -> str | None:
            return lab.status(self.kind, identifier)

        if status() is None:
            return
        lab.until_settled(status)
        lab.call(f"Update{self.kind}", **{self.asked: identifier, "state": "DISABLED"})
        lab.until_settled(status)
        lab.call(f"Delete{self.kind}", **{self.asked: identifier})
        lab.until_gone(status)


def _definition(lab: Lab, made: dict[str, Any]) -> None:
    arn = made["jobDefinitionArn"]
    if lab.call("DescribeJobDefinitions", jobDefinitions=[arn])["jobDefinitions"]:
        lab.call("DeregisterJobDefinition", jobDefinition=arn)


def _policy(lab: Lab, made: dict[str, Any]) -> None:
    if lab.call("DescribeSchedulingPolicies", arns=[made["arn"]])["schedulingPolicies"]:
        lab.call("DeleteSchedulingPolicy", arn=made["arn"])


def _consumable(lab: Lab, made: dict[str, Any]) -> None:
    name = made["consumableResourceName"]
    try:
        lab.call("DescribeConsumableResource", consumableResource=name)
    except ClientError:
        return
    lab.call("DeleteConsumableResource", consumableResource=name)


def _job(lab: Lab, made: dict[str, Any]) -> None:
    lab.call("TerminateJob", jobId=made["jobId"], reason="the conformance case is over")


def _service_job(lab: Lab, made: dict[str, Any]) -> None:
    lab.call("TerminateServiceJob", jobId=made["jobId"], reason="the conformance case is over")


UNDO: Mapping[str, Undo] = {
    "CreateComputeEnvironment": _Disable(
        "computeEnvironmentName", "computeEnvironment", "ComputeEnvironment"
    ),
    "CreateConsumableResource": _consumable,
    "CreateJobQueue": _Disable("jobQueueName", "jobQueue", "JobQueue"),
    "CreateQuotaShare": _Disable("quotaShareArn", "quotaShareArn", "QuotaShare"),
    "CreateSchedulingPolicy": _policy,
    "CreateServiceEnvironment": _Disable(
        "serviceEnvironmentName", "serviceEnvironment", "ServiceEnvironment"
    ),
    "RegisterJobDefinition": _definition,
    "SubmitJob": _job,
    "SubmitServiceJob": _service_job,
}
