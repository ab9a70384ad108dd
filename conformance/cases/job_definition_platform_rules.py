"""What RegisterJobDefinition refuses on Fargate and managed instances, of several containers and of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.cases.job_definition_rules import (
    OPERATION,
    container,
    cut,
    linux,
    live,
    needs,
    on_fargate,
)
from conformance.evidence import preflight
from conformance.expect import mentions, wrapped
from conformance.refusals import Row, add_refusals
from conformance.requests import GONE, changed, register

if TYPE_CHECKING:
    from conformance.case import Family
    from conformance.lab import Lab

PRIVILEGED = (
    "Fargate requires that the \N{LEFT SINGLE QUOTATION MARK}privileged\N{RIGHT SINGLE QUOTATION MARK} "
    "setting be \N{LEFT SINGLE QUOTATION MARK}false\N{RIGHT SINGLE QUOTATION MARK} at the container level."
)
FAMILIES = (
    "RuntimePlatform supports only one from [WINDOWS_SERVER_2019_CORE, WINDOWS_SERVER_2019_FULL, "
    "WINDOWS_SERVER_2022_CORE, WINDOWS_SERVER_2022_FULL, LINUX] operating systems, provided "
)
WINDOWS = "WINDOWS_SERVER_2022_CORE"
EFS_VOLUME = [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-12345678"}}]


def platform(**members: Any) -> dict[str, Any]:
    return container(runtimePlatform=members)


def _gpu(lab: Lab) -> dict[str, Any]:
    requirements = lab.settings.fargate_container["resourceRequirements"]
    return container(resourceRequirements=[*requirements, {"type": "GPU", "value": "1"}])


FARGATE_LACKS = {
    "devices": [{"hostPath": "/dev/null"}],
    "sharedMemorySize": 64,
    "swappiness": 60,
    "tmpfs": [{"containerPath": "/t", "size": 1}],
}
ON_FARGATE = [
    live(
        "fargate-pair",
        container(resourceRequirements=needs(VCPU="2", MEMORY="1024")),
        "Fargate resource requirements (2.00 vCPU, 1024 MiB) not valid.",
        "fargate-cpu-memory",
    ),
    live(
        "fargate-without-execution-role",
        container(executionRoleArn=GONE),
        "executionRoleArn is required for Fargate jobs.",
    ),
    live("fargate-gpu", _gpu, "GPU is not applicable for Fargate."),
    live("fargate-privileged", container(privileged=True), PRIVILEGED),
    live(
        "fargate-ulimits",
        container(ulimits=[{"name": "nofile", "softLimit": 1, "hardLimit": 1}]),
        "ulimits is not applicable for Fargate.",
    ),
    *(
        live(
            f"fargate-{member}",
            linux(**{member: value}),
            f"linuxParameter.{member} is not allowed for Fargate.",
        )
        for member, value in FARGATE_LACKS.items()
    ),
    Row(
        "fargate-maxSwap",
        linux(maxSwap=1, swappiness=60),  # which of the two AWS names first is not known
        mentions(" is not allowed for Fargate."),
        preflight("jd-fargate-max-swap"),
    ),
    live(
        "fargate-log-driver",
        container(logConfiguration={"logDriver": "syslog"}),
        "Log driver for Fargate is not valid: syslog",
    ),
    live(
        "fargate-host-volume",
        container(volumes=[{"name": "v", "host": {"sourcePath": "/data"}}]),
        "host.sourcePath should not be set for volumes in Fargate.",
    ),
    live(
        "fargate-old-efs",
        container(volumes=EFS_VOLUME, fargatePlatformConfiguration={"platformVersion": "1.3.0"}),
        "EFS is supported for Fargate platform versions 1.4.0 or later, provided 1.3.0.",
    ),
    *(
        live(
            f"fargate-storage-{size}",
            container(ephemeralStorage={"sizeInGiB": size}),
            "Ephemeral storage for Fargate tasks can be only between range 21 GiB to 200 GiB.",
        )
        for size in (20, 201)
    ),
    live("fargate-system", platform(operatingSystemFamily="BEOS"), f"{FAMILIES}BEOS"),
    live(
        "fargate-architecture",
        platform(cpuArchitecture="SPARC"),
        "cpuArchitecture for Fargate LINUX tasks can be only one from [X86_64, ARM64].",
    ),
    live(
        "fargate-windows-on-arm",
        lambda lab: _windows("1", "2048", cpuArchitecture="ARM64"),
        "Windows supported only by X86_64 cpuArchitecture",
    ),
    Row(
        "fargate-small-windows",
        lambda lab: _windows("0.5", "1024"),
        cut("vCPU must be at least 1 for Windows Job definition, got "),
        preflight(),
    ),
]


def _windows(vcpus: str, memory: str, **members: str) -> dict[str, Any]:
    return container(
        resourceRequirements=needs(VCPU=vcpus, MEMORY=memory),
        runtimePlatform={"operatingSystemFamily": WINDOWS, **members},
    )


def on_managed_instances(lab: Lab) -> dict[str, Any]:
    return {**_ecs_request(lab), "platformCapabilities": ["MANAGED_INSTANCES"]}


MANAGED_INSTANCES = [
    live(
        "container-on-managed-instances",
        lambda lab: {"ecsProperties": GONE, "containerProperties": lab.settings.container},
        "Cannot use ECS containerProperties for MANAGED_INSTANCES",
    ),
    live(
        "multinode-on-managed-instances",
        lambda lab: {"ecsProperties": GONE, "type": "multinode", "nodeProperties": nodes(lab)},
        "MANAGED_INSTANCES does not support MNP jobs",
    ),
    live(
        "windows-on-managed-instances",
        lambda lab: {
            "ecsProperties": {
                "taskProperties": [
                    {**lab.settings.task, "runtimePlatform": {"operatingSystemFamily": WINDOWS}}
                ]
            }
        },
        "runtimePlatform for MANAGED_INSTANCES only supports LINUX operating system family.",
    ),
]


# --- ecsProperties


def _ecs_request(lab: Lab) -> dict[str, Any]:
    request = changed(register(lab), {"containerProperties": GONE})
    return {**request, "ecsProperties": {"taskProperties": [lab.settings.task]}}


def task(*containers: dict[str, Any], **members: Any) -> Any:
    """The change to a task of these containers, each completed with an image and requirements."""

    def change(lab: Lab) -> dict[str, Any]:
        whole = [{**lab.settings.container, **each} for each in containers]
        return {"ecsProperties": {"taskProperties": [{"containers": whole, **members}]}}

    return change


def _after(name: str, condition: str = "START") -> dict[str, Any]:
    return {"name": "b", "dependsOn": [{"containerName": name, "condition": condition}]}


COUNT = "Number of containers must be between 1 and 10"
OF_TASKS = [
    live("no-container", task(), COUNT),
    live("eleven-containers", task(*({"name": f"c{n}"} for n in range(11))), COUNT),
    live("container-name-twice", task({"name": "a"}, {"name": "a"}), "Container names must be unique"),
    live(
        "no-essential-container",
        task({"name": "a", "essential": False}),
        "At least one container must be set as essential",
    ),
    live(
        "lone-container-that-depends",
        task({"name": "a", "dependsOn": [{"containerName": "a", "condition": "START"}]}),
        "Container dependency can not be used in a single-container job.",
    ),
    live(
        "dependency-on-nobody",
        task({"name": "a"}, _after("nobody")),
        "containerName nobody must reference a defined container.",
    ),
    live(
        "dependency-condition",
        task({"name": "a"}, _after("a", "BEGUN")),
        "TaskContainer dependency BEGUN is not valid. Valid values are: [START, COMPLETE, SUCCESS]",
    ),
    live(
        "success-of-an-essential-container",
        task({"name": "a", "essential": True}, _after("a", "SUCCESS")),
        "The container target of a dependency can not have condition SUCCESS "
        "if the target container a is essential.",
    ),
    live(
        "ipc-mode",
        task({"name": "a"}, ipcMode="bogus"),
        "ipcMode bogus is not valid. Valid values are: [host, task, none]",
    ),
    live(
        "pid-mode",
        task({"name": "a"}, pidMode="bogus"),
        "Capability bogus is not valid. Valid capabilities: [host, task]",
    ),
    Row(
        "firelens-without-driver",
        task({"name": "a"}, {"name": "b", "firelensConfiguration": {"type": "fluentbit"}}),
        wrapped(
            "When a firelensConfiguration object is specified, at least one container has to be "
            "configured with the awsfirelens log driver"
        ),
        preflight("jd-ecs-firelens-log-driver"),
    ),
]


# --- nodeProperties


def node(lab: Lab, targets: str, **members: Any) -> dict[str, Any]:
    return {"targetNodes": targets, "container": lab.settings.container, **members}


def nodes(lab: Lab) -> dict[str, Any]:
    return {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": [node(lab, "0:1")]}


def _mnp_request(lab: Lab) -> dict[str, Any]:
    request = changed(register(lab), {"containerProperties": GONE})
    return {**request, "type": "multinode", "nodeProperties": nodes(lab)}


def ranges(*targets: str, count: int = 2, **members: Any) -> Any:
    def change(lab: Lab) -> dict[str, Any]:
        listed = [node(lab, each, **members) for each in targets]
        return {"nodeProperties": {"numNodes": count, "nodeRangeProperties": listed}}

    return change


def _without_container(lab: Lab) -> dict[str, Any]:
    return {"nodeProperties": {"nodeRangeProperties": [{"targetNodes": "0:1"}]}}


def _with_both(lab: Lab) -> dict[str, Any]:
    both = node(lab, "0:1", ecsProperties={"taskProperties": [lab.settings.task]})
    return {"nodeProperties": {"nodeRangeProperties": [both]}}


NODES = "Number of nodes must be between 1 and 1000."
OF_NODES = [
    live("no-nodes", ranges("0:", count=0), NODES),
    live("1001-nodes", ranges("0:", count=1001), NODES),
    live(
        "six-node-ranges",
        ranges(*(str(n) for n in range(6)), count=6),
        "Maximum allowed size of node range properties is 5",
    ),
    live(
        "node-range-beyond",
        ranges("0:5"),
        "Node range error 0:5. Node range should be smaller than number of nodes",
        "jd-node-target-nodes-in-range",
    ),
    live(
        "nodes-without-range",
        ranges("0:0"),
        "Node Range Properties target nodes have missing ranges",
        "jd-node-target-nodes-coverage",
    ),
    live("node-range-of-letters", ranges("a:b"), "targetNodes should contain only digits."),
    live("node-range-without-container", _without_container, "Must specify container for node range 0:1."),
    live(
        "node-range-of-both",
        _with_both,
        "NodeRangeProperties can not use both ecsProperties and container fields",
    ),
    live(
        "node-range-with-instance-types",
        ranges("0:1", instanceTypes=["m5.large"]),
        "Using instanceTypes with nodeRangeProperty is only allowed for ecsProperties jobs.",
    ),
    live(
        "multinode-on-fargate",
        {"platformCapabilities": ["FARGATE"]},
        "Fargate does not support MNP jobs",
        "fargate-multinode",
    ),
]


def add_rules(family: Family) -> None:
    add_refusals(family, OPERATION, on_fargate, ON_FARGATE)
    add_refusals(family, OPERATION, on_managed_instances, MANAGED_INSTANCES)
    add_refusals(family, OPERATION, _ecs_request, OF_TASKS)
    add_refusals(family, OPERATION, _mnp_request, OF_NODES)
