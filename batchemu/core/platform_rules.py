"""What EC2, Fargate and ECS Managed Instances take of a job definition, and how much of it.

A *task* is what holds the members of a whole job: an element of ``ecsProperties.taskProperties``, or
containerProperties, which is a task and its only container in one. The sentences are AWS's own, measured
by https://github.com/badmintoncryer/cdk-preflight (rules/batch, ``jd-*``, September 2026), unless marked
as assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core.numbers import decimal, whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LEGACY: Final[Mapping[str, str]] = {"VCPU": "vcpus", "MEMORY": "memory"}
_WITHOUT_SYSLOG = ("awslogs", "splunk", "awsfirelens")
_OLD_FARGATE = ("1.0.0", "1.1.0", "1.2.0", "1.3.0")
"""https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-linux-fargate.html"""
_SYSTEMS = (
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2022_FULL",
    "LINUX",
)
_ARCHITECTURES = ("X86_64", "ARM64")
_NOT_ON_WINDOWS = ("linuxParameters", "privileged", "user", "ulimits", "readonlyRootFilesystem")
"""botocore's model, documentation of RuntimePlatform.operatingSystemFamily."""


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


def check(platform: str, task: Mapping[str, Any], containers: Sequence[Mapping[str, Any]]) -> None:
    """Raise what the platform does not take of a task and of its containers."""
    _CHECKS[platform](task, containers)


def platform_version(task: Mapping[str, Any]) -> str:
    """The Fargate platform version, which containerProperties keep one level deeper."""
    configuration = task.get("fargatePlatformConfiguration", task)
    return str(configuration.get("platformVersion", "LATEST"))


# --- amounts


def requirements(container: Mapping[str, Any]) -> dict[str, str]:
    """``resourceRequirements`` by type; doubles are refused."""
    given: dict[str, str] = {}
    for entry in container.get("resourceRequirements", ()):
        if entry["type"] in given:
            raise messages.invalid("Cannot provide duplicates in resourceRequirements.")
        given[entry["type"]] = entry["value"]
    return given


def _not_numeric(kind: str, text: str) -> Exception:
    """ISSUE kestra-io/plugin-aws#504 (2024)."""
    return messages.invalid(
        f"Value {text} for type {kind} in resourceRequirement is not valid. Please provide a numeric value."
    )


def check_amounts(container: Mapping[str, Any], given: Mapping[str, str]) -> None:
    """vCPUs and memory of a container on EC2 are there and enough; whatever is given is a whole number."""
    for kind, text in given.items():
        if whole(text) is None:
            raise _not_numeric(kind, text)
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


def check_fargate_amounts(all_given: Sequence[Mapping[str, str]]) -> None:
    """The containers of a task have no GPU, and together a vCPU and a memory that go together on Fargate.

    That several containers are added up is assumed: it is what makes the size of an ECS task.
    """
    if any("GPU" in given for given in all_given):
        raise messages.invalid("GPU is not applicable for Fargate.")
    total_vcpus, total_memory = 0.0, 0
    for given in all_given:
        if "VCPU" not in given:
            raise messages.invalid("vCPU is required.")
        if "MEMORY" not in given:
            raise messages.invalid("Memory is required.")  # assumed wording
        vcpus, memory = decimal(given["VCPU"]), whole(given["MEMORY"])
        if vcpus is None:
            raise _not_numeric("VCPU", given["VCPU"])
        if memory is None:
            raise _not_numeric("MEMORY", given["MEMORY"])
        if vcpus == 0 or memory == 0:
            raise _bad_pair(vcpus, memory)
        total_vcpus, total_memory = total_vcpus + vcpus, total_memory + memory
    if total_memory not in FARGATE_MEMORY.get(total_vcpus, ()):
        raise _bad_pair(total_vcpus, total_memory)


def _bad_pair(vcpus: float, memory: int) -> Exception:
    return messages.invalid(f"Fargate resource requirements ({vcpus:.2f} vCPU, {memory} MiB) not valid.")


# --- EC2


def _check_ec2(task: Mapping[str, Any], containers: Sequence[Mapping[str, Any]]) -> None:
    for member in ("networkConfiguration", "fargatePlatformConfiguration"):
        if task.get(member):
            raise messages.invalid(f"{member} not applicable for EC2.")
    if task.get("runtimePlatform"):
        raise messages.invalid("runtimePlatform is not applicable for EC2.")
    _check_network_mode("EC2", task)
    for container in containers:
        given = requirements(container)
        for kind, legacy in _LEGACY.items():
            if kind in given and legacy in container:
                raise messages.invalid(
                    f"Cannot use both ECS containerProperties {legacy} and resourceRequirement {kind}."
                )
        check_amounts(container, given)


def _check_network_mode(platform: str, task: Mapping[str, Any]) -> None:
    """networkMode is for Managed Instances: botocore's model, EcsTaskProperties.networkMode."""
    if "networkMode" in task:
        raise messages.invalid(f"networkMode is not applicable for {platform}.")  # assumed wording


# --- Fargate


def _check_fargate(task: Mapping[str, Any], containers: Sequence[Mapping[str, Any]]) -> None:
    check_fargate_amounts([requirements(container) for container in containers])
    if not task.get("executionRoleArn"):
        raise messages.invalid("executionRoleArn is required for Fargate jobs.")
    for container in containers:
        _check_fargate_container(container)
    _check_fargate_volumes(task)
    storage = task.get("ephemeralStorage")
    if storage is not None and not 21 <= storage["sizeInGiB"] <= 200:
        raise messages.invalid(
            "Ephemeral storage for Fargate tasks can be only between range 21 GiB to 200 GiB."
        )
    _check_runtime_platform(task, containers)
    _check_network_mode("Fargate", task)
    if "ipcMode" in task:
        # the rule: botocore's model, documentation of EcsTaskProperties.ipcMode
        raise messages.invalid("ipcMode is not applicable for Fargate.")  # assumed wording


def _check_fargate_container(container: Mapping[str, Any]) -> None:
    if container.get("privileged"):
        raise messages.invalid(
            "Fargate requires that the \u2018privileged\u2019 setting be \u2018false\u2019 "
            "at the container level."
        )
    if container.get("ulimits"):
        raise messages.invalid("ulimits is not applicable for Fargate.")
    for member in ("devices", "maxSwap", "sharedMemorySize", "swappiness", "tmpfs"):
        if container.get("linuxParameters", {}).get(member) not in (None, []):
            raise messages.invalid(f"linuxParameter.{member} is not allowed for Fargate.")
    driver = container.get("logConfiguration", {}).get("logDriver", "awslogs")
    if driver not in _WITHOUT_SYSLOG:
        raise messages.invalid(f"Log driver for Fargate is not valid: {driver}")
    for member in ("startTimeout", "stopTimeout"):
        if container.get(member, 0) > 120:
            # the rule: botocore's model, documentation of TaskContainerProperties
            raise messages.invalid(f"{member} must be at most 120 seconds for Fargate.")  # assumed wording


def _check_fargate_volumes(task: Mapping[str, Any]) -> None:
    version = platform_version(task)
    for volume in task.get("volumes", ()):
        if volume.get("host", {}).get("sourcePath"):
            raise messages.invalid("host.sourcePath should not be set for volumes in Fargate.")
        if "efsVolumeConfiguration" in volume and version in _OLD_FARGATE:
            raise messages.invalid(
                f"EFS is supported for Fargate platform versions 1.4.0 or later, provided {version}."
            )


def _check_runtime_platform(task: Mapping[str, Any], containers: Sequence[Mapping[str, Any]]) -> None:
    runtime = task.get("runtimePlatform", {})
    system, cpu = runtime.get("operatingSystemFamily", "LINUX"), runtime.get("cpuArchitecture", "X86_64")
    if system not in _SYSTEMS:
        raise messages.invalid(
            f"RuntimePlatform supports only one from [{', '.join(_SYSTEMS)}] operating systems, "
            f"provided {system}"
        )
    if system == "LINUX":
        if cpu not in _ARCHITECTURES:
            raise messages.invalid(
                f"cpuArchitecture for Fargate LINUX tasks can be only one from [{', '.join(_ARCHITECTURES)}]."
            )
        return
    if cpu != "X86_64":
        raise messages.invalid("Windows supported only by X86_64 cpuArchitecture")
    for container in containers:
        vcpus = requirements(container)["VCPU"]
        if float(vcpus) < 1:
            raise messages.invalid(f"vCPU must be at least 1 for Windows Job definition, got {vcpus}.")
        for member in _NOT_ON_WINDOWS:
            if container.get(member):
                raise messages.invalid(f"{member} is not applicable for Windows.")  # assumed wording
    if any("efsVolumeConfiguration" in volume for volume in task.get("volumes", ())):
        raise messages.invalid("efsVolumeConfiguration is not applicable for Windows.")  # assumed wording


# --- ECS Managed Instances


def _check_managed_instances(task: Mapping[str, Any], containers: Sequence[Mapping[str, Any]]) -> None:
    """https://docs.aws.amazon.com/batch/latest/userguide/ecs-managed-instances-job-definitions.html"""
    runtime = task.get("runtimePlatform", {})
    if runtime.get("operatingSystemFamily", "LINUX") != "LINUX":
        raise messages.invalid(
            "runtimePlatform for MANAGED_INSTANCES only supports LINUX operating system family."
        )
    cpu = runtime.get("cpuArchitecture", "X86_64")
    if cpu not in _ARCHITECTURES:
        # the rule: botocore's model, documentation of RuntimePlatform.cpuArchitecture
        raise messages.invalid(f"cpuArchitecture {cpu} is not valid.")  # assumed wording
    if task.get("networkConfiguration"):
        # the rule: botocore's model, documentation of EcsTaskProperties.networkConfiguration
        raise messages.invalid(
            "networkConfiguration not applicable for MANAGED_INSTANCES."
        )  # assumed wording
    if task.get("networkMode", "host") != "host":
        raise messages.invalid(f"networkMode {task['networkMode']} is not valid.")  # assumed wording
    for container in containers:
        check_amounts(container, requirements(container))
        driver = container.get("logConfiguration", {}).get("logDriver", "awslogs")
        if driver not in _WITHOUT_SYSLOG:
            # assumed wording
            raise messages.invalid(f"Log driver for MANAGED_INSTANCES is not valid: {driver}")


_CHECKS = {"EC2": _check_ec2, "FARGATE": _check_fargate, "MANAGED_INSTANCES": _check_managed_instances}
