"""What a case works with: a client, unique names, things to use, waits with an end, and a clean exit."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import ClientError

from conformance.endpoint import PROGRAMS
from conformance.expect import Mismatch, Refusal, only
from conformance.undo import UNDO

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.endpoint import Endpoint, RawAnswer
    from conformance.expect import Error
    from conformance.settings import Settings

MOVING = frozenset({"CREATING", "UPDATING", "DELETING"})
OVER = frozenset({"SUCCEEDED", "FAILED"})


class Session:
    """A run against an endpoint: what its cases share is made once and removed at the end."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.id = uuid.uuid4().hex[:8]
        self.left_behind: list[str] = []
        self.names = 0
        self.shared: dict[str, str] = {}
        self.lab = Lab(self)

    def close(self) -> None:
        self.lab.clean_up()


class Lab:
    """One case's. Everything that it makes is removed afterwards, the last thing first."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.endpoint = session.endpoint
        self.client = session.endpoint.client
        self._made: list[tuple[str, dict[str, Any]]] = []

    @property
    def settings(self) -> Settings:
        return self.endpoint.settings

    # --- requests

    def call(self, operation: str, /, **members: Any) -> dict[str, Any]:
        """The answer; a failure is boto3's ClientError. What it makes is removed when the case is over."""
        answer: dict[str, Any] = getattr(self.client, xform_name(operation))(**members)
        if operation in UNDO:
            self._made.append((operation, answer))
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def refusal(self, operation: str, /, **members: Any) -> Refusal:
        """The error that the request is answered with."""
        try:
            answer = self.call(operation, **members)
        except ClientError as error:
            found = error.response
            status = found["ResponseMetadata"]["HTTPStatusCode"]
            return Refusal(found["Error"]["Code"], status, found["Error"].get("Message", ""))
        raise Mismatch(f"{operation} should be refused; it answered {answer!r}")

    def refused(self, wanted: Error, operation: str, /, **members: Any) -> None:
        wanted.check(self.refusal(operation, **members))

    def raw(self, path: str, data: bytes, method: str = "POST") -> RawAnswer:
        return self.endpoint.raw(path, data, method)

    # --- names

    def name(self) -> str:
        """Nobody else's, and easy to find if it is left behind."""
        self._session.names += 1
        return f"conformance-{self._session.id}-{self._session.names}"

    def once(self, what: str, make: Callable[[Lab], str]) -> str:
        """What the cases of a run share; none may change it."""
        shared = self._session.shared
        if what not in shared:
            shared[what] = make(self._session.lab)
        return shared[what]

    @property
    def prefix(self) -> str:
        """``arn:aws:batch:<region>:<account>``, as the endpoint itself writes it."""
        return self.once("definition arn", lambda lab: lab.definition()).rpartition(":job-definition/")[0]

    def arn(self, kind: str, name: str) -> str:
        return f"{self.prefix}:{kind}/{name}"

    # --- things to use; each returns a name, or the ARN where its operations want that

    def environment(self, resources: dict[str, Any] | None = None, /, **members: Any) -> str:
        """A VALID compute environment, MANAGED on EC2 unless told otherwise."""
        request = {
            **self.settings.managed,
            "computeResources": {**self.settings.ec2, **(resources or {})},
        }
        name = self.name()
        self.call("CreateComputeEnvironment", computeEnvironmentName=name, **{**request, **members})
        self.until_settled(lambda: self.status("ComputeEnvironment", name))
        return name

    def fargate_environment(self) -> str:
        return self.environment(computeResources=self.settings.fargate)

    def queue(self, *environments: str, **members: Any) -> str:
        """A VALID job queue, on the shared environment unless told otherwise."""
        order = _order("computeEnvironment", environments or (self.shared_environment,))
        return self._queue({"computeEnvironmentOrder": order, **members})

    def training_queue(self, **members: Any) -> str:
        """A VALID job queue for service jobs, on the shared service environment."""
        order = _order("serviceEnvironment", (self.shared_service_environment,))
        request = {"jobQueueType": "SAGEMAKER_TRAINING", "serviceEnvironmentOrder": order}
        return self._queue({**request, **members})

    def quota_queue(self) -> str:
        """A VALID job queue for quota shares."""
        unit = self.settings.training_instance_type
        environment = self.service_environment(capacityLimits=[{"maxCapacity": 4, "capacityUnit": unit}])
        return self.training_queue(
            schedulingPolicyArn=self.shared_quota_policy,
            serviceEnvironmentOrder=_order("serviceEnvironment", (environment,)),
        )

    def _queue(self, members: dict[str, Any]) -> str:
        name = self.name()
        request = {"jobQueueName": name, "priority": 1, **self.settings.enabled}
        self.call("CreateJobQueue", **{**request, **members})
        self.until_settled(lambda: self.status("JobQueue", name))
        return name

    def definition(self, container: dict[str, Any] | None = None, /, **members: Any) -> str:
        """The ARN of a container job definition."""
        properties = {**self.settings.container, **(container or {})}
        request = {"jobDefinitionName": self.name(), "type": "container", "containerProperties": properties}
        return str(self.call("RegisterJobDefinition", **{**request, **members})["jobDefinitionArn"])

    def policy(self, **members: Any) -> str:
        """The ARN of a scheduling policy."""
        request = {"name": self.name(), "fairsharePolicy": {}}
        return str(self.call("CreateSchedulingPolicy", **{**request, **members})["arn"])

    def consumable(self, **members: Any) -> str:
        name = self.name()
        self.call(
            "CreateConsumableResource", **{"consumableResourceName": name, "totalQuantity": 4, **members}
        )
        return name

    def service_environment(self, **members: Any) -> str:
        name = self.name()
        request = {
            "serviceEnvironmentName": name,
            "serviceEnvironmentType": "SAGEMAKER_TRAINING",
            "capacityLimits": [{"maxCapacity": 4, "capacityUnit": "NUM_INSTANCES"}],
        }
        self.call("CreateServiceEnvironment", **{**request, **members})
        self.until_settled(lambda: self.status("ServiceEnvironment", name))
        return name

    def quota_share(self, queue: str, **members: Any) -> str:
        """The ARN of a VALID quota share."""
        request = {**self.share_members(queue), **members}
        arn = str(self.call("CreateQuotaShare", **request)["quotaShareArn"])
        self.until_settled(lambda: self.status("QuotaShare", arn))
        return arn

    def share_members(self, queue: str) -> dict[str, Any]:
        """What CreateQuotaShare requires."""
        unit = self.settings.training_instance_type
        return {
            "quotaShareName": self.name(),
            "jobQueue": queue,
            "capacityLimits": [{"maxCapacity": 2, "capacityUnit": unit}],
            "resourceSharingConfiguration": {"strategy": "RESERVE"},
            "preemptionConfiguration": {"inSharePreemption": "DISABLED"},
        }

    @property
    def shared_environment(self) -> str:
        return self.once("environment", lambda lab: lab.environment())

    @property
    def shared_fargate_environment(self) -> str:
        return self.once("fargate environment", lambda lab: lab.fargate_environment())

    @property
    def shared_queue(self) -> str:
        return self.once("queue", lambda lab: lab.queue())

    @property
    def shared_idle_queue(self) -> str:
        """Its environment is DISABLED, so its jobs stay RUNNABLE."""
        return self.once("idle queue", lambda lab: lab.idle_queue())

    def idle_queue(self, **members: Any) -> str:
        return self.queue(self.disabled_environment(), **members)

    def disabled_environment(self) -> str:
        """AWS makes none that is DISABLED from the start."""
        name = self.environment()
        self.update("ComputeEnvironment", name, state="DISABLED")
        return name

    def update(self, kind: str, name: str, **members: Any) -> None:
        """Update a ComputeEnvironment, JobQueue or ServiceEnvironment, and wait until that is done."""
        self.call(f"Update{kind}", **{f"{kind[0].lower()}{kind[1:]}": name, **members})
        self.until_settled(lambda: self.status(kind, name))

    @property
    def shared_definition(self) -> str:
        return self.once("definition", lambda lab: lab.definition())

    @property
    def shared_fair_policy(self) -> str:
        return self.once("fair-share policy", lambda lab: lab.policy())

    @property
    def shared_quota_policy(self) -> str:
        policy = {"idleResourceAssignmentStrategy": "FIFO"}

        def make(lab: Lab) -> str:
            made = lab.call("CreateSchedulingPolicy", name=lab.name(), quotaSharePolicy=policy)
            return str(made["arn"])

        return self.once("quota-share policy", make)

    @property
    def shared_service_environment(self) -> str:
        return self.once("service environment", lambda lab: lab.service_environment())

    @property
    def shared_training_queue(self) -> str:
        return self.once("training queue", lambda lab: lab.training_queue())

    @property
    def shared_idle_training_queue(self) -> str:
        """Its jobs stay RUNNABLE: the service environment is DISABLED."""

        def make(lab: Lab) -> str:
            environment = lab.service_environment()
            order = [{"order": 1, "serviceEnvironment": environment}]
            queue = lab.training_queue(serviceEnvironmentOrder=order)
            lab.update("ServiceEnvironment", environment, state="DISABLED")
            return queue

        return self.once("idle training queue", make)

    @property
    def shared_quota_queue(self) -> str:
        return self.once("quota queue", lambda lab: lab.quota_queue())

    # --- jobs

    def job_members(self, program: str = "succeeds", /, **members: Any) -> dict[str, Any]:
        """A SubmitJob request for a program of PROGRAMS."""
        command = ["sh", "-c", PROGRAMS[program][0]]
        return {
            "jobName": f"{program}-{self.name()}",
            "jobQueue": self.shared_queue,
            "jobDefinition": self.shared_definition,
            "containerOverrides": {"command": command},
            **members,
        }

    def submit(self, program: str = "succeeds", /, **members: Any) -> str:
        """The id of a new job."""
        return str(self.call("SubmitJob", **self.job_members(program, **members))["jobId"])

    def service_job_members(self, **members: Any) -> dict[str, Any]:
        return {
            "jobName": self.name(),
            "jobQueue": self.shared_training_queue,
            "serviceJobType": "SAGEMAKER_TRAINING",
            "serviceRequestPayload": "{}",
            **members,
        }

    def job(self, job_id: str) -> dict[str, Any]:
        return only(self.call("DescribeJobs", jobs=[job_id])["jobs"])

    def reached(self, job_id: str, *statuses: str) -> dict[str, Any]:
        """The job once it shows one of these; Mismatch when it ends otherwise, or takes too long."""

        def look() -> dict[str, Any] | None:
            job = self.job(job_id)
            if job["status"] in OVER.difference(statuses):
                raise Mismatch(f"the job is {job['status']} ({job.get('statusReason')}), not {statuses}")
            return job if job["status"] in statuses else None

        return dict(self.until(look, f"job in {' or '.join(statuses)}"))

    def pass_time(self, seconds: float) -> None:
        """Let time go by: batchemu's clock is moved, everybody else's is waited for."""
        if self.endpoint.is_batchemu:
            self.endpoint.control("clock", {"advanceSeconds": seconds})
        else:
            time.sleep(seconds)

    # --- waits

    def until(self, look: Callable[[], Any], what: str) -> Any:
        """The first answer of ``look`` that is true."""
        deadline = time.monotonic() + self.settings.patience_s
        pause_s = 0.01
        while not (found := look()):
            if time.monotonic() > deadline:
                raise Mismatch(f"no {what} within {self.settings.patience_s:g} s")
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, self.settings.poll_s)
        return found

    def until_settled(self, status: Callable[[], str | None]) -> None:
        self.until(lambda: status() not in MOVING, "settled status")

    def until_gone(self, status: Callable[[], str | None]) -> None:
        """Not described any more, or as DELETED, which AWS does for a while."""
        self.until(lambda: status() in {None, "DELETED"}, "end of the deletion")

    def status(self, kind: str, identifier: str) -> str | None:
        """Of a ComputeEnvironment, JobQueue, ServiceEnvironment or QuotaShare; None: there is none."""
        if kind == "QuotaShare":
            try:
                return str(self.call("DescribeQuotaShare", quotaShareArn=identifier)["status"])
            except ClientError:
                return None
        found = self.describe(kind, identifier)
        return str(found[0]["status"]) if found else None

    def describe(self, kind: str, *names: str) -> list[dict[str, Any]]:
        """ComputeEnvironments, JobQueues or ServiceEnvironments."""
        member = f"{kind[0].lower()}{kind[1:]}s"
        return list(self.call(f"Describe{kind}s", **{member: list(names)})[member])

    def detail(self, kind: str, name: str) -> dict[str, Any]:
        return only(self.describe(kind, name))

    # --- the end

    def clean_up(self) -> None:
        """Remove everything, however much of it resists; what stays is told in the report."""
        while self._made:
            operation, answer = self._made.pop()
            try:
                UNDO[operation](self, answer)
            except Exception as error:  # the next thing must still be removed
                self._session.left_behind.append(f"{_called(answer)}: {error}")


def _called(answer: dict[str, Any]) -> str:
    arns = [str(value) for name, value in answer.items() if name.lower().endswith("arn")]
    return arns[0] if arns else repr(answer)


def _order(kind: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"order": number, kind: name} for number, name in enumerate(names, 1)]
