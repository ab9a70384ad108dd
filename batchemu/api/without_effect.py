"""Members of requests that are stored and answered but change nothing yet, and why.

Whoever uses one is told so in the answer's ``x-batchemu-ignored`` header and in the log; all of them are
listed by ``batchemu coverage``. Who gives a member its effect takes its line away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class NoEffect:
    path: str
    """From the request down, through lists as if they were not there."""
    why: str
    when: Callable[[Any], bool] | None = bool
    """Which values of the member have no effect: all but empty ones. None: not named in answers, because
    AWS wants the member in every request, or because the request is answered with an error anyway."""
    part: str = ""
    """What of the member has no effect, where it is not the whole."""

    @property
    def label(self) -> str:
        return f"{self.path}[{self.part}]" if self.part else self.path


_NO_INSTANCES = "there are no instances yet: an environment holds as many vCPUs as its maxvCpus"
_NO_CONTAINER = "the container is started without it"
_NO_TASK = "there is no ECS task to carry the tags; a job with more than 50 of them FAILS, as on AWS"
_NOT_ANSWERED = "jobs of this kind are answered with 501"
_NO_FAIR_SHARE = "service jobs are placed by priority and submission, whatever their share"


def _each(prefix: str, members: tuple[str, ...], why: str, when: Any = bool) -> tuple[NoEffect, ...]:
    return tuple(NoEffect(f"{prefix}{member}", why, when) for member in members)


def _is_not(*values: str) -> Callable[[Any], bool]:
    return lambda value: value not in values


def _asks_for_gpu(requirements: list[dict[str, str]]) -> bool:
    return any(each["type"] == "GPU" for each in requirements)


CONTAINER_PROPERTIES: Final = (
    "volumes",
    "mountPoints",
    "readonlyRootFilesystem",
    "ulimits",
    "instanceType",
    "linuxParameters",
    "secrets",
    "networkConfiguration",
    "fargatePlatformConfiguration",
    "enableExecuteCommand",
    "ephemeralStorage",
    "runtimePlatform",
    "repositoryCredentials",
    "jobRoleArn",
    "executionRoleArn",
)
"""Members of containerProperties."""
_LOG_OPTIONS: Final = (
    "awslogs-region",
    "awslogs-datetime-format",
    "awslogs-multiline-pattern",
    "mode",
    "max-buffer-size",
)
_COMPUTE_ENVIRONMENT: Final = (
    *_each(
        "computeResources.",
        (
            "allocationStrategy",
            "imageId",
            "ec2KeyPair",
            "placementGroup",
            "bidPercentage",
            "launchTemplate",
            "ec2Configuration",
            "scalingPolicy",
            "tags",
            "managedInstancesProvider",
            "capacityTags",
        ),
        _NO_INSTANCES,
    ),
    *_each(
        "computeResources.",
        ("minvCpus", "desiredvCpus", "instanceRole", "subnets", "securityGroupIds"),
        f"{_NO_INSTANCES} (it is checked, though)",
        None,
    ),
    NoEffect(
        "serviceRole", "nobody assumes a role (that it exists is checked with --strict-references)", None
    ),
    NoEffect("unmanagedvCpus", "an UNMANAGED environment has no instances yet whose vCPUs could be shared"),
    NoEffect("context", "reserved by AWS"),
    NoEffect("ecsSettings", "there are no metrics"),
    NoEffect("eksConfiguration", "there are no pods"),
)
_QUEUE: Final = (
    NoEffect(
        "jobStateTimeLimitActions",
        "no service job is ever found to block its queue",
        lambda given: any(each["action"] == "TERMINATE" for each in given),
    ),
    NoEffect(
        "schedulingPolicyArn", f"of a fair-share policy, for a queue of service jobs: {_NO_FAIR_SHARE}", None
    ),
)

WITHOUT_EFFECT: Final[Mapping[str, tuple[NoEffect, ...]]] = {
    "CreateComputeEnvironment": (
        *_COMPUTE_ENVIRONMENT,
        NoEffect("computeResources.spotIamFleetRole", _NO_INSTANCES),
    ),
    "UpdateComputeEnvironment": (
        *_COMPUTE_ENVIRONMENT,
        NoEffect("computeResources.updateToLatestImageVersion", _NO_INSTANCES),
        NoEffect("updatePolicy", "running jobs outlive every update"),
    ),
    "CreateJobQueue": _QUEUE,
    "UpdateJobQueue": _QUEUE,
    "RegisterJobDefinition": (
        *_each("containerProperties.", CONTAINER_PROPERTIES, _NO_CONTAINER),
        NoEffect("containerProperties.resourceRequirements", _NO_CONTAINER, _asks_for_gpu, "GPU"),
        NoEffect("containerProperties.logConfiguration.logDriver", _NO_CONTAINER, _is_not("awslogs")),
        NoEffect("containerProperties.logConfiguration.secretOptions", _NO_CONTAINER),
        *_each("containerProperties.logConfiguration.options.", _LOG_OPTIONS, _NO_CONTAINER),
        *_each("", ("ecsProperties", "eksProperties", "nodeProperties"), _NOT_ANSWERED),
        NoEffect("propagateTags", _NO_TASK),
    ),
    "SubmitJob": (
        NoEffect("propagateTags", _NO_TASK),
        NoEffect("containerOverrides.instanceType", _NO_INSTANCES),
        NoEffect("containerOverrides.resourceRequirements", _NO_CONTAINER, _asks_for_gpu, "GPU"),
        *_each(
            "",
            ("nodeOverrides", "ecsPropertiesOverride", "eksPropertiesOverride"),
            _NOT_ANSWERED,
            None,
        ),
    ),
    "SubmitServiceJob": (
        NoEffect("shareIdentifier", _NO_FAIR_SHARE),
        NoEffect("serviceRequestPayload", "nothing is trained: plans say how a service job ends", None),
    ),
}
"""By operation."""


def _by_first_member(entries: Iterable[NoEffect]) -> Mapping[str, list[NoEffect]]:
    found: dict[str, list[NoEffect]] = {}
    for each in entries:
        if each.when is not None:
            found.setdefault(each.path.partition(".")[0], []).append(each)
    return found


_NAMED: Final = {operation: _by_first_member(entries) for operation, entries in WITHOUT_EFFECT.items()}
"""Those that answers name, by operation and by the member of the request in which they stand."""


def without_effect(operation: str, params: Mapping[str, Any]) -> Iterator[str]:
    """The labels of those members that a request uses and that change nothing."""
    named = _NAMED.get(operation)
    if not named:
        return
    for member in [each for each in params if each in named]:
        for each in named[member]:
            values = _values(params[member], each.path.partition(".")[2])
            if each.when is not None and any(each.when(value) for value in values):
                yield each.label


def _values(value: Any, path: str) -> Iterator[Any]:
    """Whatever stands at ``path`` below ``value``."""
    if not path:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _values(item, path)
    elif isinstance(value, dict):
        first, _, rest = path.partition(".")
        if first in value:
            yield from _values(value[first], rest)
