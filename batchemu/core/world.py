"""The state of AWS Batch in one account and region: plain mutable data.

Only the modules of the core change it, and only during a step. Rules live in the files that bear
their names; here is what they talk about.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from batchemu.arn import Arn
from batchemu.core import instance_sizes
from batchemu.core.quotas import Quotas
from batchemu.core.scheduling.line import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchemu.core.effects import ContainerSpec, TimerKey
    from batchemu.core.holds import Hold
    from batchemu.core.ids import AttemptNo, JobId, Millis
    from batchemu.core.inputs import ContainerExited, ContainerStarted
    from batchemu.core.instance_sizes import Size
    from batchemu.core.retries import Decision
    from batchemu.core.scheduling.fair_share import FairShares


class JobStatus(StrEnum):
    """https://docs.aws.amazon.com/batch/latest/userguide/job_states.html"""

    __hash__ = str.__hash__  # an Enum's own is a Python call, and statuses are keys everywhere

    SUBMITTED = "SUBMITTED"
    PENDING = "PENDING"
    RUNNABLE = "RUNNABLE"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, SUCCEEDED, FAILED = JobStatus
"""For where it is hot: Python 3.11 takes five times as long for an attribute of an Enum as for a global."""


class ServiceJobStatus(StrEnum):
    """https://docs.aws.amazon.com/batch/latest/userguide/service-job-status.html; service jobs have no
    dependencies, so none is ever PENDING."""

    SUBMITTED = "SUBMITTED"
    PENDING = "PENDING"
    RUNNABLE = "RUNNABLE"
    SCHEDULED = "SCHEDULED"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class Preemption(StrEnum):
    """For whom a service job is preempted; the value is the statusReason of the preempted attempt."""

    CROSS_SHARE = "Cross-share preemption triggered to reclaim borrowed capacity"
    """https://docs.aws.amazon.com/batch/latest/userguide/batch-service-job-preemption-events.html"""
    IN_SHARE = "In-share preemption triggered to run a higher priority job"  # assumed wording


TERMINAL = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED})
ON_AN_ENVIRONMENT = frozenset({JobStatus.STARTING, JobStatus.RUNNING})
TRAINING_OVER = frozenset({ServiceJobStatus.SUCCEEDED, ServiceJobStatus.FAILED})
TRAINING_UNDER_WAY = frozenset(
    {ServiceJobStatus.SCHEDULED, ServiceJobStatus.STARTING, ServiceJobStatus.RUNNING}
)


Place = tuple[int, int]
"""Where a service job waits: (-scheduling priority where that counts, sequence number)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long AWS takes for what is instant here by default: milliseconds of emulated time."""

    compute_environment: int = 0
    """From CREATING, UPDATING or DELETING to the end of it."""
    job_queue: int = 0
    submitted: int = 0
    """A job's stay in SUBMITTED."""
    starting: int = 0
    """From STARTING until the container is asked for; a pull of the image comes on top."""


AWS_LIKE = Delays(compute_environment=10_000, job_queue=5_000, submitted=1_000, starting=10_000)
"""``--delays aws``: orders of magnitude as users report them, not measurements.

Disabling and deleting a queue takes about a minute in all
(https://github.com/hashicorp/terraform-provider-aws/issues/2044).
"""


RETENTION_MS = 7 * 86_400_000
"""https://docs.aws.amazon.com/batch/latest/userguide/job_states.html: at least 7 days."""


class PlatformCapability(StrEnum):
    EC2 = "EC2"
    FARGATE = "FARGATE"
    MANAGED_INSTANCES = "MANAGED_INSTANCES"
    EKS = "EKS"
    """Ours: what runs on Amazon EKS runs nowhere else."""


@dataclass(slots=True, kw_only=True)
class ComputeEnvironment:
    """``settings`` holds the members of ComputeEnvironmentDetail that nothing is decided on."""

    arn: str
    name: str
    type: str
    state: str
    status: str
    status_reason: str | None
    resources: dict[str, Any]
    """``computeResources`` with AWS's defaults filled in; empty for UNMANAGED."""
    settings: dict[str, Any]
    tags: dict[str, str]
    capability: PlatformCapability
    """For life."""
    cluster_name: str | None
    """Name of the ECS cluster; None: an environment on Amazon EKS."""
    fault: str | None = None
    """What makes it INVALID once it is no longer being changed: the statusReason to be."""
    default_images: bool = False
    """Whether ``ec2Configuration`` was filled in by AWS Batch, and follows ``instanceTypes``."""
    used_vcpus: float = 0.0
    jobs: dict[JobId, float] = field(default_factory=dict)
    """The jobs that run here and the vCPUs that each of them holds."""
    queues: set[str] = field(default_factory=set)
    """Names of the queues that have it in their order."""

    @property
    def is_eks(self) -> bool:
        return self.capability is PlatformCapability.EKS

    @property
    def sizes(self) -> tuple[Size, ...] | None:
        """What the largest instances hold that it can launch; None: whatever is asked for."""
        types = self.resources.get("instanceTypes")
        return instance_sizes.largest(tuple(types)) if types else None

    @property
    def max_vcpus(self) -> float:
        """An UNMANAGED environment has what its registered instances have: none are known yet."""
        return float(self.resources.get("maxvCpus", 0))


@dataclass(frozen=True, slots=True)
class Blocked:
    """A job queue is blocked by the job at its head."""

    job_id: JobId
    reason: str
    """Its statusReason."""
    since: Millis


@dataclass(slots=True, kw_only=True)
class JobQueue:
    arn: str
    name: str
    state: str
    status: str
    status_reason: str | None
    priority: int
    environments: list[str]
    """Names of the compute environments, in the order in which they are tried."""
    order: list[dict[str, Any]]
    """``computeEnvironmentOrder`` as AWS answers it."""
    settings: dict[str, Any]
    tags: dict[str, str]
    policy_arn: str | None = None
    """The scheduling policy; None: first in, first out."""
    service_environment: str | None = None
    """Name of the service environment; None: a queue of compute environments."""
    fair: FairShares | None = None
    """Of a queue with a fair-share policy; its RUNNABLE jobs stand in the lines of their shares."""
    line: Line[int] = field(default_factory=Line)
    """The sequence numbers of the RUNNABLE jobs of any other queue, oldest first."""
    runnable: dict[int, Job] = field(default_factory=dict)
    """The RUNNABLE jobs by their sequence numbers."""
    training_line: Line[Place] = field(default_factory=Line)
    """The places of the RUNNABLE service jobs."""
    trainings: dict[int, JobId] = field(default_factory=dict)
    """Every service job of the queue by its sequence number."""
    shares: Counter[str] = field(default_factory=Counter)
    """Share identifiers of jobs that are not over; a parent counts once for all of its children."""
    blocked: Blocked | None = None
    """Its head, where that waits for something that nothing here will give it."""
    by_status: dict[JobStatus, dict[int, JobId]] = field(
        default_factory=lambda: {status: {} for status in JobStatus}
    )
    """Every job of the queue by its sequence number, but for the children of array jobs."""


@dataclass(slots=True, kw_only=True)
class SchedulingPolicy:
    """``policy`` is ``{"fairsharePolicy": ...}`` or ``{"quotaSharePolicy": ...}``; its kind is for life."""

    arn: str
    name: str
    policy: dict[str, Any]
    tags: dict[str, str]


@dataclass(slots=True, kw_only=True)
class ConsumableResource:
    serial: int
    """Unique in the world: a name may be deleted and made again."""
    arn: str
    name: str
    resource_type: str
    """REPLENISHABLE or NON_REPLENISHABLE."""
    total_quantity: int
    created_at: Millis
    tags: dict[str, str]
    in_use_quantity: int = 0
    requests: dict[tuple[str | int | None, ...], Millis] = field(default_factory=dict)
    """Updates with a client token that were carried out: token, operation, quantity; and when."""


@dataclass(slots=True, kw_only=True)
class ServiceEnvironment:
    arn: str
    name: str
    type: str
    state: str
    status: str
    capacity_limits: list[dict[str, Any]]
    tags: dict[str, str]
    status_reason: str | None = None
    """Kept for the facts; ServiceEnvironmentDetail has no such member."""
    jobs: dict[JobId, dict[str, int]] = field(default_factory=dict)
    """The service jobs that run here and what each of them holds, by instance type."""
    used: Counter[str] = field(default_factory=Counter)
    """What they hold together."""
    queues: set[str] = field(default_factory=set)
    """Names of the queues that take their jobs here."""


@dataclass(slots=True, kw_only=True)
class QuotaShare:
    arn: str
    name: str
    queue: str
    """Name of the job queue."""
    state: str
    status: str
    capacity_limits: list[dict[str, Any]]
    sharing: dict[str, Any]
    """``resourceSharingConfiguration``."""
    preemption: dict[str, Any]
    """``preemptionConfiguration``."""
    tags: dict[str, str]
    line: Line[Place] = field(default_factory=Line)
    """The places of its RUNNABLE service jobs."""
    jobs: dict[JobId, dict[str, int]] = field(default_factory=dict)
    """Its service jobs under way and what each of them holds, by instance type."""
    used: Counter[str] = field(default_factory=Counter)
    """What they hold together."""
    makes_room: bool = False
    """Jobs of its own are being preempted for its head, or were just now: nobody borrows what that needs."""
    status_reason: str | None = None
    """Kept for the facts; QuotaShareDetail has no such member."""


Resource = ComputeEnvironment | JobQueue | ServiceEnvironment | QuotaShare
"""What has a life of its own: CREATING, VALID, UPDATING, DELETING."""


@dataclass(slots=True, kw_only=True)
class JobDefinition:
    """``detail`` is the definition as DescribeJobDefinitions answers it, but for status and tags."""

    arn: str
    name: str
    revision: int
    active: bool
    detail: dict[str, Any]
    tags: dict[str, str]
    resolved: ResolvedJob | None = field(default=None, compare=False)
    """What runs without overrides, kept; None: nobody has asked yet."""


@dataclass(slots=True)
class Attempt:
    number: AttemptNo
    environment: str
    """Name of the compute environment."""
    cluster: str
    """Name of the ECS cluster."""
    task: str
    """Id of the ECS task."""
    asked_for: bool = False
    """Whether a runtime was asked for its container."""
    kept: tuple[ContainerStarted | ContainerExited, ...] = ()
    """What its runtime has reported while the job was held."""
    started_at: Millis | None = None
    stopped_at: Millis | None = None
    exit_code: int | None = None
    reason: str | None = None
    status_reason: str | None = None
    decision: Decision | None = None
    """Whether it was tried again; None: that was no question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedJob:
    """A job definition with one SubmitJob's overrides applied: what runs and what is decided on."""

    definition_arn: str
    definition_name: str
    revision: int
    capability: PlatformCapability
    platform_capabilities: tuple[str, ...]
    container: Mapping[str, Any]
    """The members of ContainerDetail that are known at submission."""
    variables: Mapping[str, str]
    """Its environment, by name."""
    spec: ContainerSpec
    """What a runtime is told of it."""
    parameters: Mapping[str, str]
    is_overridden: bool
    """Whether the request has a say in the command or the environment."""
    vcpus: float
    memory_mib: int
    gpus: int
    attempts: int
    evaluate_on_exit: tuple[Mapping[str, str], ...]
    retry_strategy: Mapping[str, Any] | None
    timeout_s: int | None
    propagate_tags: bool | None
    scheduling_priority: int | None
    consumables: tuple[tuple[str, int], ...]
    """Names of consumable resources, and how much of each."""
    consumable_properties: Mapping[str, Any] | None
    """``consumableResourceProperties`` as it was given."""
    log_stream_prefix: str | None
    """None: the log driver is not awslogs."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why batchemu stops a container itself; the job FAILS with this reason and is not retried."""

    reason: str


@dataclass(slots=True, kw_only=True)
class Array:
    """What the parent of an array job knows of its children, whose ids are ``<parent>:<index>``."""

    size: int
    is_sequential: bool
    """Child i waits for child i - 1 (SEQUENTIAL)."""
    updated_at: Millis
    """When a child last changed its status."""
    counts: dict[JobStatus, int] = field(default_factory=lambda: dict.fromkeys(JobStatus, 0))
    is_open: bool = False
    """The jobs that the whole array waits for have SUCCEEDED."""
    children: list[Job] = field(default_factory=list, repr=False, compare=False)
    """In the order of their indexes; none before they come into being."""
    followers: list[JobId] = field(default_factory=list)
    """Parents of the arrays whose child i waits for our child i (N_TO_N)."""


@dataclass(slots=True)
class Job:
    seq: int
    """Position in the order of submission, unique in the world."""
    job_id: JobId
    name: str
    queue: JobQueue = field(repr=False, compare=False)
    """Its own: one may have been deleted and made again under its name."""
    resolved: ResolvedJob
    depends_on: list[dict[str, str]]
    tags: dict[str, str]
    created_at: Millis
    status: JobStatus = JobStatus.SUBMITTED
    share_identifier: str | None = None
    parent: Job | None = field(default=None, repr=False, compare=False)
    """Of a child of an array job."""
    index: int | None = None
    """Of a child: AWS_BATCH_JOB_ARRAY_INDEX."""
    status_reason: str | None = None
    started_at: Millis | None = None
    stopped_at: Millis | None = None
    waiting: int = 0
    """How many of the jobs that it depends on are not over."""
    falls: bool = False
    """One of those has FAILED, which may be forgotten by now."""
    array: Array | None = None
    """Of the parent of an array job."""
    scheduled_at: Millis | None = None
    """When its last attempt was placed."""
    locked: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Consumable resources in use: name, and how much of which (by its serial)."""
    attempt: Attempt | None = None
    """The attempt under way, or the last one."""
    attempts: list[Attempt] = field(default_factory=list)
    """The attempts that are over, oldest first."""
    ending: Ending | None = None
    is_cancelled: bool = False
    is_terminated: bool = False

    @property
    def family(self) -> Array:
        """``array``, of a job that is known to be the parent of one."""
        assert self.array is not None
        return self.array


@dataclass(slots=True, kw_only=True)
class TrainingAttempt:
    """One Amazon SageMaker training job that an attempt of a service job became."""

    number: AttemptNo
    service_environment: str
    """Its name."""
    training_job_arn: str
    started_at: Millis | None = None
    stopped_at: Millis | None = None
    status_reason: str | None = None
    lacked_capacity: bool = False
    """Amazon SageMaker had no capacity for it: it is not counted."""


@dataclass(slots=True, kw_only=True)
class ServiceJob:
    seq: int
    job_id: JobId
    name: str
    queue: str
    """Name of the job queue."""
    queue_arn: str
    settings: dict[str, Any]
    """The members of DescribeServiceJob that are answered as they were given."""
    request_name: str
    """TrainingJobName of its request; the job's name where that has none."""
    instances: dict[str, int]
    """How many instances of which type it takes; a type that the request does not name is ""."""
    priority: int
    attempts_allowed: int
    evaluate_on_exit: tuple[Mapping[str, str], ...]
    timeout_s: int | None
    quota_share: str | None
    """ARN of the quota share."""
    tags: dict[str, str]
    created_at: Millis
    place: Place = (0, 0)
    status: ServiceJobStatus = ServiceJobStatus.SUBMITTED
    status_reason: str | None = None
    scheduled_at: Millis | None = None
    started_at: Millis | None = None
    stopped_at: Millis | None = None
    attempt: TrainingAttempt | None = None
    """The attempt under way, or the last one."""
    attempts: list[TrainingAttempt] = field(default_factory=list)
    """The attempts that are over, oldest first; of those that lacked capacity the last alone."""
    requeued: int = 0
    """How many attempts lacked capacity."""
    not_before: Millis | None = None
    """When SageMaker is asked again after it had no capacity."""
    ending: Ending | None = None
    preemption: Preemption | None = None
    """Why the attempt under way is being preempted; None: it is not."""
    preemptions: int = 0
    """How many attempts were preempted."""
    preempted: list[TrainingAttempt] = field(default_factory=list)
    """The last of those, oldest first."""
    is_terminated: bool = False


@dataclass(slots=True, kw_only=True)
class World:
    account: str
    region: str
    delays: Delays = field(default_factory=Delays)
    quotas: Quotas = field(default_factory=Quotas)
    environments: dict[str, ComputeEnvironment] = field(default_factory=dict)
    queues: dict[str, JobQueue] = field(default_factory=dict)
    policies: dict[str, SchedulingPolicy] = field(default_factory=dict)
    consumables: dict[str, ConsumableResource] = field(default_factory=dict)
    service_environments: dict[str, ServiceEnvironment] = field(default_factory=dict)
    quota_shares: dict[str, QuotaShare] = field(default_factory=dict)
    """By ARN: a name is unique in its queue only."""
    definitions: dict[str, dict[int, JobDefinition]] = field(default_factory=dict)
    """The revisions of a name that are not forgotten, in ascending order."""
    last_revisions: dict[str, int] = field(default_factory=dict)
    """By name; revisions are never reused."""
    jobs: dict[JobId, Job] = field(default_factory=dict)
    service_jobs: dict[JobId, ServiceJob] = field(default_factory=dict)
    service_tokens: dict[tuple[str, str], Millis] = field(default_factory=dict)
    """Client tokens of SubmitServiceJob with a digest of the request, and when they came."""
    dependents: dict[JobId, list[JobId]] = field(default_factory=dict)
    """Who waits for a job that is not over, but for children that wait for children."""
    retention_ms: int = RETENTION_MS
    """How long what is over stays describable."""
    leaving: dict[str, deque[tuple[Millis, str]]] = field(default_factory=lambda: defaultdict(deque))
    """By kind: what is over, and until when it stays, the first to go first."""
    timers: dict[TimerKey, Millis] = field(default_factory=dict)
    dirty: set[str] = field(default_factory=set)
    """Names of the queues that the scheduler must look at before the step ends."""
    sequence: int = 0
    holds: tuple[Hold, ...] = ()
    """Which jobs stay where they are."""
    steps: int | None = None
    """How many jobs a paused scheduler may still place; None: it is not paused."""

    def arn(self, kind: str, resource: str, *, service: str = "batch") -> str:
        return str(Arn(service, self.region, self.account, kind, resource))
