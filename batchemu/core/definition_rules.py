"""What a container job definition must look like: the rules of RegisterJobDefinition.

The sentences are AWS's own, measured by https://github.com/badmintoncryer/cdk-preflight (rules/batch,
``jd-*`` and ``fargate-*``, September 2026), unless marked as assumed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import consumable_rules, container_rules, names, policies
from batchemu.core.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CAPABILITIES = ("FARGATE", "EC2", "MANAGED_INSTANCES")
_STATUS_GLOB = re.compile(r"[^*]*\*?")
_EXIT_GLOB = re.compile(r"[0-9]*\*?")
_LEGACY: Final[Mapping[str, str]] = {"VCPU": "vcpus", "MEMORY": "memory"}


def _steps(first: int, last: int, step: int) -> frozenset[int]:
    return frozenset(range(first, last + 1, step))


FARGATE_MEMORY: Final[Mapping[float, frozenset[int]]] = {
    0.25: frozenset({512, 1024, 2048}),
    0.5: _steps(1024, 4096, 1024),
    1: _steps(2048, 8192, 1024),
    2: _steps(4096, 16384, 1024),
    4: _steps(8192, 30720, 1024),
    8: _steps(16384, 61440, 4096),
    16: _steps(32768, 122880, 8192),
    32: frozenset({61440, 122880, 249856}),
}
"""Which memory (MiB) goes with which vCPU: botocore's model, documentation of ResourceRequirement."""


def check(params: Mapping[str, Any]) -> None:
    """Raise the first rule that RegisterJobDefinition's request breaks."""
    if not params["jobDefinitionName"]:
        raise messages.invalid("Job definition name is required.")
    if not names.is_resource_name(params["jobDefinitionName"]):
        raise messages.invalid("Job definition name should match a valid pattern.")
    _check_kind(params)
    platform = capability(params)
    check_retry_strategy(params.get("retryStrategy"))
    check_timeout(params.get("timeout"))
    policies.check_priority(params.get("schedulingPriority"))
    consumable_rules.check(params.get("consumableResourceProperties"))
    container = params["containerProperties"]
    if not container.get("image"):
        raise messages.invalid("ECS Container Image must be provided.")
    check_environment(container.get("environment", ()))
    container_rules.check(container)
    if platform == "FARGATE":
        _check_fargate(container)
    else:
        _check_ec2(container)
    if (container.get("secrets") or _secret_options(container)) and not container.get("executionRoleArn"):
        raise messages.invalid("executionRoleArn cannot be empty when using secrets or secretOptions")


def _secret_options(container: Mapping[str, Any]) -> Sequence[Any]:
    options: Sequence[Any] = container.get("logConfiguration", {}).get("secretOptions", ())
    return options


def _check_kind(params: Mapping[str, Any]) -> None:
    kinds = [key for key in ("containerProperties", "ecsProperties", "eksProperties") if key in params]
    if params["type"] == "multinode":
        if "nodeProperties" not in params:
            raise messages.invalid("Node properties of multinode job is required.")
        raise messages.not_implemented("multi-node parallel jobs")
    if len(kinds) > 1:
        first = "ECS containerProperties" if kinds[0] == "containerProperties" else kinds[0]
        raise messages.invalid(f"Cannot use both {first} and {kinds[1]}")
    if kinds and kinds[0] != "containerProperties":
        raise messages.not_implemented(f"job definitions with {kinds[0]}")
    if not kinds:
        if "nodeProperties" in params:
            raise messages.invalid(
                "ECS ContainerProperties, ecsProperties, or eksProperties is required "
                "when using type container."
            )
        raise messages.invalid("ECS Container Image must be provided.")
    if "nodeProperties" in params:
        # assumed wording
        raise messages.invalid("nodeProperties is not applicable for type container.")


def capability(params: Mapping[str, Any]) -> str:
    """The platform that a definition is for: EC2 unless it says otherwise."""
    capabilities = params.get("platformCapabilities")
    if not capabilities:
        return "EC2"
    if len(capabilities) != 1:
        raise messages.invalid("Exactly 1 capability must be provided.")
    asked = str(capabilities[0])
    if asked not in _CAPABILITIES:
        raise messages.invalid(
            f"Capability {asked} is not valid. Valid capabilities: [{', '.join(_CAPABILITIES)}]"
        )
    if asked == "MANAGED_INSTANCES":
        raise messages.invalid("Cannot use ECS containerProperties for MANAGED_INSTANCES")
    return asked


def check_retry_strategy(strategy: Mapping[str, Any] | None) -> None:
    if strategy is None:
        return
    if "attempts" not in strategy:
        raise messages.invalid("RetryAttempts must be provided with retry strategy.")
    if not 1 <= strategy["attempts"] <= 10:
        raise messages.invalid("RetryAttempts must be between 1 and 10.")
    entries = strategy.get("evaluateOnExit", ())
    if len(entries) > 5:
        raise messages.invalid("EvaluateOnExit can have at most 5 entries.")  # assumed wording
    for entry in entries:
        conditions = {key: value for key, value in entry.items() if key != "action"}
        if not conditions:
            raise messages.invalid(
                "EvaluateOnExit should contain at least one of onExitCode, onReason or onStatusReason"
            )
        for key, value in conditions.items():
            if len(value) > 512:
                raise messages.invalid("Evaluate on exit condition cannot exceed 512 characters.")
            allowed = _EXIT_GLOB if key == "onExitCode" else _STATUS_GLOB
            if allowed.fullmatch(value) is None:
                raise messages.invalid("Evaluate on exit condition contains restricted characters.")


def check_timeout(timeout: Mapping[str, Any] | None) -> None:
    if timeout is not None and timeout.get("attemptDurationSeconds", 0) < 60:
        raise messages.invalid("AttemptDurationSeconds in Timeout must be at least 60 seconds.")


def check_environment(environment: Sequence[Mapping[str, str]]) -> None:
    for entry in environment:
        if not entry.get("name"):
            raise messages.invalid("Environment variable name is required.")
        if entry["name"].startswith("AWS_BATCH"):
            # the rule: https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html; assumed wording
            raise messages.invalid("Environment variable names cannot start with AWS_BATCH.")


def requirements(container: Mapping[str, Any]) -> dict[str, str]:
    """``resourceRequirements`` by type; doubles are refused."""
    given: dict[str, str] = {}
    for entry in container.get("resourceRequirements", ()):
        if entry["type"] in given:
            raise messages.invalid("Cannot provide duplicates in resourceRequirements.")
        given[entry["type"]] = entry["value"]
    return given


def _number(kind: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise not_numeric(kind, text) from None


def not_numeric(kind: str, text: str) -> Exception:
    """ISSUE kestra-io/plugin-aws#504 (2024)."""
    return messages.invalid(
        f"Value {text} for type {kind} in resourceRequirement is not valid. Please provide a numeric value."
    )


def _check_ec2(container: Mapping[str, Any]) -> None:
    for member in ("networkConfiguration", "fargatePlatformConfiguration"):
        if container.get(member):
            raise messages.invalid(f"{member} not applicable for EC2.")
    if container.get("runtimePlatform"):
        raise messages.invalid("runtimePlatform is not applicable for EC2.")
    given = requirements(container)
    for kind, legacy in _LEGACY.items():
        if kind in given and legacy in container:
            raise messages.invalid(
                f"Cannot use both ECS containerProperties <{legacy}> and resourceRequirement <{kind}>."
            )
    check_amounts(container, given)


def check_amounts(container: Mapping[str, Any], given: Mapping[str, str]) -> None:
    """vCPUs and memory of a job on EC2: both there, whole numbers, and enough."""
    for kind in _LEGACY:
        if kind in given and whole(given[kind]) is None:
            raise not_numeric(kind, given[kind])
    vcpus = given.get("VCPU", container.get("vcpus"))
    if vcpus is None:
        raise messages.invalid("vCPU is required.")
    if int(vcpus) < 1:
        raise messages.invalid(f"vCPU must be at least 1, got {vcpus}.")
    memory = given.get("MEMORY", container.get("memory"))
    if memory is None:
        raise messages.invalid("Memory is required.")  # assumed wording
    if int(memory) < 4:
        raise messages.invalid(f"Memory must be at least 4 Mib, got {memory} Mib.")


def _check_fargate(container: Mapping[str, Any]) -> None:
    given = requirements(container)
    if "GPU" in given:
        raise messages.invalid("GPU is not applicable for Fargate.")
    if "VCPU" not in given:
        raise messages.invalid("vCPU is required.")
    if "MEMORY" not in given:
        raise messages.invalid("Memory is required.")  # assumed wording
    check_fargate_pair(given)
    if not container.get("executionRoleArn"):
        raise messages.invalid("executionRoleArn is required for Fargate jobs.")
    _check_fargate_members(container)


def _check_fargate_members(container: Mapping[str, Any]) -> None:
    if container.get("privileged"):
        raise messages.invalid(
            "Fargate requires that the \u2018privileged\u2019 setting be \u2018false\u2019 "
            "at the container level."
        )
    if container.get("ulimits"):
        raise messages.invalid("ulimits is not applicable for Fargate.")
    for member in ("devices", "maxSwap", "sharedMemorySize", "swappiness", "tmpfs"):
        if container.get("linuxParameters", {}).get(member):
            raise messages.invalid(f"linuxParameter.{member} is not allowed for Fargate.")
    driver = container.get("logConfiguration", {}).get("logDriver", "awslogs")
    if driver not in ("awslogs", "splunk", "awsfirelens"):
        raise messages.invalid(f"Log driver for Fargate is not valid: {driver}")
    for volume in container.get("volumes", ()):
        if volume.get("host", {}).get("sourcePath"):
            raise messages.invalid("host.sourcePath should not be set for volumes in Fargate.")
    storage = container.get("ephemeralStorage")
    if storage is not None and not 21 <= storage["sizeInGiB"] <= 200:
        raise messages.invalid(
            "Ephemeral storage for Fargate tasks can be only between range 21 GiB to 200 GiB"
        )
    platform = container.get("runtimePlatform", {})
    windows = platform.get("operatingSystemFamily", "LINUX").startswith("WINDOWS")
    if windows and platform.get("cpuArchitecture", "X86_64") != "X86_64":
        raise messages.invalid("Windows supported only by X86_64 cpuArchitecture")


def check_fargate_pair(given: Mapping[str, str]) -> None:
    vcpus, memory = _number("VCPU", given["VCPU"]), whole(given["MEMORY"])
    if memory is None:
        raise not_numeric("MEMORY", given["MEMORY"])
    if memory not in FARGATE_MEMORY.get(vcpus, ()):
        raise messages.invalid(f"Fargate resource requirements ({vcpus:.2f} vCPU, {memory} MiB) not valid.")
