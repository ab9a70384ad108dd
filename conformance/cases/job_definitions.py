"""RegisterJobDefinition, DescribeJobDefinitions, DeregisterJobDefinition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.cases import job_definition_platform_rules, job_definition_pod_rules, job_definition_rules
from conformance.evidence import assumed, documented, issue, model, recorded
from conformance.expect import REFUSED, includes, lacks, only, same, wrapped
from conformance.requests import register

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("job_definitions")
case = family.case
job_definition_rules.add_rules(family)
job_definition_platform_rules.add_rules(family)
job_definition_pod_rules.add_rules(family)

ANSWER = recorded("a DescribeJobDefinitions answer of October 2025 in a public repository")
TERRAFORM = "https://github.com/hashicorp/terraform-provider-aws internal/service/batch/"
EMPTY_LISTS = ("command", "volumes", "environment", "mountPoints", "ulimits", "secrets")


def described(lab: Lab, **members: Any) -> list[dict[str, Any]]:
    return list(lab.call("DescribeJobDefinitions", **members)["jobDefinitions"])


def detail(lab: Lab, arn: str) -> dict[str, Any]:
    return only(described(lab, jobDefinitions=[arn]))


def name_of(arn: str) -> str:
    return arn.rpartition("/")[2].partition(":")[0]


def container(lab: Lab, **members: Any) -> dict[str, Any]:
    """containerProperties of a new definition, as they are answered."""
    return dict(detail(lab, lab.definition(members))["containerProperties"])


# --- revisions


@case("RegisterJobDefinition", "life cycle", model("RegisterJobDefinitionResponse"))
def revisions_count_from_1(lab: Lab) -> None:
    request = register(lab)
    name = request["jobDefinitionName"]
    for revision in (1, 2):
        wanted = {
            "jobDefinitionName": name,
            "jobDefinitionArn": lab.arn("job-definition", f"{name}:{revision}"),
            "revision": revision,
        }
        same(lab.call("RegisterJobDefinition", **request), wanted)


@case("RegisterJobDefinition", "life cycle", assumed("general knowledge; no page says it"))
def a_revision_is_never_reused(lab: Lab) -> None:
    request = register(lab)
    arn = lab.call("RegisterJobDefinition", **request)["jobDefinitionArn"]
    lab.call("DeregisterJobDefinition", jobDefinition=arn)
    same(lab.call("RegisterJobDefinition", **request)["revision"], 2)


@case("DeregisterJobDefinition", "life cycle", model("DeregisterJobDefinition"))
def a_deregistered_one_is_inactive(lab: Lab) -> None:
    arn = lab.definition()
    same(lab.call("DeregisterJobDefinition", jobDefinition=arn), {})
    includes(detail(lab, arn), {"status": "INACTIVE"})


@case("DeregisterJobDefinition", "behaviour", model("DeregisterJobDefinitionRequest.jobDefinition"))
def name_and_revision_are_enough_to_deregister(lab: Lab) -> None:
    arn = lab.definition()
    lab.call("DeregisterJobDefinition", jobDefinition=f"{name_of(arn)}:1")
    includes(detail(lab, arn), {"status": "INACTIVE"})


@case("DeregisterJobDefinition", "errors", issue("pulumi/pulumi-aws#3887"))
def deregistering_nothing_is_refused(lab: Lab) -> None:
    wanted = wrapped("Job definition name is required.")
    lab.refused(wanted, "DeregisterJobDefinition", jobDefinition="")


# --- finding them


@case("DescribeJobDefinitions", "behaviour", issue("boto/boto3#2908"))
def a_bare_name_finds_nothing_among_definitions(lab: Lab) -> None:
    name = name_of(lab.definition())
    same(described(lab, jobDefinitions=[name]), [])
    same(len(described(lab, jobDefinitionName=name)), 1, "found by jobDefinitionName")


@case("DescribeJobDefinitions", "behaviour", model("DescribeJobDefinitionsRequest.jobDefinitions"))
def they_are_found_by_revision_and_by_arn(lab: Lab) -> None:
    arn = lab.definition()
    for asked in (arn, f"{name_of(arn)}:1"):
        same(detail(lab, asked)["jobDefinitionArn"], arn)


@case("DescribeJobDefinitions", "behaviour", assumed("moto and general knowledge"))
def unknown_ones_are_left_out(lab: Lab) -> None:
    same(described(lab, jobDefinitionName=lab.name()), [])


@case("DescribeJobDefinitions", "behaviour", model("DescribeJobDefinitionsRequest.status"))
def they_are_filtered_by_status(lab: Lab) -> None:
    request = register(lab)
    name = request["jobDefinitionName"]
    first = lab.call("RegisterJobDefinition", **request)["jobDefinitionArn"]
    lab.call("RegisterJobDefinition", **request)
    lab.call("DeregisterJobDefinition", jobDefinition=first)
    for status, revision in (("ACTIVE", 2), ("INACTIVE", 1)):
        found = described(lab, jobDefinitionName=name, status=status)
        same([each["revision"] for each in found], [revision], status)


@case("DescribeJobDefinitions", "behaviour", ANSWER)
def the_newest_revision_comes_first(lab: Lab) -> None:
    request = register(lab)
    for _ in range(3):
        lab.call("RegisterJobDefinition", **request)
    found = described(lab, jobDefinitionName=request["jobDefinitionName"])
    same([each["revision"] for each in found], [3, 2, 1])


@case("DescribeJobDefinitions", "limits", model("DescribeJobDefinitionsRequest.jobDefinitions"))
def at_most_100_are_described_at_once(lab: Lab) -> None:
    names = [f"conformance-{n}:1" for n in range(101)]
    lab.refused(REFUSED, "DescribeJobDefinitions", jobDefinitions=names)


@case("DescribeJobDefinitions", "limits", model("DescribeJobDefinitionsRequest.jobDefinitions"))
def job_definitions_go_with_no_token(lab: Lab) -> None:
    asked = {"jobDefinitions": [lab.shared_definition], "nextToken": "conformance"}
    lab.refused(REFUSED, "DescribeJobDefinitions", **asked)


# --- what is answered


@case("DescribeJobDefinitions", "defaults", ANSWER)
def a_definition_has_exactly_these_members(lab: Lab) -> None:
    arn = lab.definition()
    wanted = {
        "jobDefinitionName": name_of(arn),
        "jobDefinitionArn": arn,
        "revision": 1,
        "status": "ACTIVE",
        "type": "container",
        "parameters": {},
        "containerProperties": {**lab.settings.container, **{name: [] for name in EMPTY_LISTS}},
        "tags": {},
        "containerOrchestrationType": "ECS",
    }
    same(detail(lab, arn), wanted)


@case("DescribeJobDefinitions", "defaults", ANSWER)
def deprecated_vcpus_and_memory_stay(lab: Lab) -> None:
    properties = {"image": lab.settings.image, "vcpus": 1, "memory": 128}
    arn = lab.definition(containerProperties=properties)
    found = detail(lab, arn)["containerProperties"]
    includes(found, {"vcpus": 1, "memory": 128, "resourceRequirements": []})


@case("DescribeJobDefinitions", "defaults", ANSWER)
def a_retry_strategy_gains_an_empty_list(lab: Lab) -> None:
    arn = lab.definition(retryStrategy={"attempts": 3})
    same(detail(lab, arn)["retryStrategy"], {"attempts": 3, "evaluateOnExit": []})


@case("DescribeJobDefinitions", "defaults", ANSWER)
def what_was_not_given_is_not_invented(lab: Lab) -> None:
    absent = ("retryStrategy", "timeout", "propagateTags", "schedulingPriority", "platformCapabilities")
    lacks(detail(lab, lab.shared_definition), *absent)


@case("DescribeJobDefinitions", "defaults", model("JobDefinition"))
def what_was_given_is_kept(lab: Lab) -> None:
    given = {
        "parameters": {"a": "b"},
        "timeout": {"attemptDurationSeconds": 60},
        "propagateTags": True,
        "schedulingPriority": 7,
        "platformCapabilities": ["EC2"],
        "tags": {"team": "x"},
    }
    includes(detail(lab, lab.definition(**given)), given)


@case("DescribeJobDefinitions", "defaults", documented(f"{TERRAFORM}container_properties.go"))
def a_log_configuration_gains_its_defaults(lab: Lab) -> None:
    found = container(lab, logConfiguration={"logDriver": "awslogs"})
    wanted = {"logDriver": "awslogs", "options": {}, "secretOptions": []}
    same(found["logConfiguration"], wanted)


@case("DescribeJobDefinitions", "defaults", documented(f"{TERRAFORM}container_properties.go"))
def linux_parameters_gain_their_defaults(lab: Lab) -> None:
    found = container(lab, linuxParameters={"initProcessEnabled": True})
    same(found["linuxParameters"], {"initProcessEnabled": True, "devices": [], "tmpfs": []})


@case("DescribeJobDefinitions", "defaults", documented(f"{TERRAFORM}container_properties.go"))
def devices_and_tmpfs_gain_their_defaults(lab: Lab) -> None:
    given = {"devices": [{"hostPath": "/dev/x"}], "tmpfs": [{"containerPath": "/t", "size": 1}]}
    found = container(lab, linuxParameters=given)["linuxParameters"]
    includes(found["devices"][0], {"hostPath": "/dev/x", "permissions": []})
    includes(found["tmpfs"][0], {"containerPath": "/t", "size": 1, "mountOptions": []})


@case("DescribeJobDefinitions", "defaults", documented(f"{TERRAFORM}container_properties.go"))
def fargate_gets_the_latest_platform(lab: Lab) -> None:
    arn = lab.definition(platformCapabilities=["FARGATE"], containerProperties=lab.settings.fargate_container)
    found = detail(lab, arn)
    same(found["containerProperties"]["fargatePlatformConfiguration"], {"platformVersion": "LATEST"})
    same(found["platformCapabilities"], ["FARGATE"])


@case("DescribeJobDefinitions", "defaults", documented(f"{TERRAFORM}container_properties.go"))
def empty_environment_values_are_dropped(lab: Lab) -> None:
    given = [{"name": "A", "value": "1"}, {"name": "B", "value": ""}]
    same(container(lab, environment=given)["environment"], [{"name": "A", "value": "1"}])


@case("DescribeJobDefinitions", "defaults", documented(f"{TERRAFORM}ecs_properties.go"))
def the_containers_of_a_task_gain_their_defaults(lab: Lab) -> None:
    request = {**register(lab), "ecsProperties": {"taskProperties": [lab.settings.task]}}
    del request["containerProperties"]
    arn = lab.call("RegisterJobDefinition", **request)["jobDefinitionArn"]
    (task,) = detail(lab, arn)["ecsProperties"]["taskProperties"]
    found = only(task["containers"])
    wanted = {"name": "main", "essential": True, **{name: [] for name in EMPTY_LISTS if name != "volumes"}}
    includes(found, wanted)


@case("DescribeJobDefinitions", "defaults", model("JobDefinition.containerOrchestrationType"))
def a_definition_for_eks_says_so(lab: Lab) -> None:
    request = {**register(lab), "eksProperties": {"podProperties": lab.settings.pod}}
    del request["containerProperties"]
    arn = lab.call("RegisterJobDefinition", **request)["jobDefinitionArn"]
    found = detail(lab, arn)
    same(found["containerOrchestrationType"], "EKS")
    lacks(found["eksProperties"]["podProperties"], "dnsPolicy")


@case("DescribeJobDefinitions", "defaults", model("JobDefinition.nodeProperties"))
def a_definition_for_several_nodes_keeps_them(lab: Lab) -> None:
    request = {**register(lab), "type": "multinode"}
    ranges = [{"targetNodes": "0:1", "container": request.pop("containerProperties")}]
    nodes = {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": ranges}
    arn = lab.call("RegisterJobDefinition", **request, nodeProperties=nodes)["jobDefinitionArn"]
    found = detail(lab, arn)
    same(found["type"], "multinode")
    includes(found["nodeProperties"], {"numNodes": 2, "mainNode": 0})
    same(found["nodeProperties"]["nodeRangeProperties"][0]["targetNodes"], "0:1")


# --- Fargate's sizes

SIZES = {
    "0.25": range(512, 2049, 512),
    "0.5": range(1024, 4097, 1024),
    "1": range(2048, 8193, 1024),
    "2": range(4096, 16385, 1024),
    "4": range(8192, 30721, 1024),
    "8": range(16384, 61441, 4096),
    "16": range(32768, 122881, 8192),
}


def _add_sizes(vcpus: str, memory: int) -> None:
    def check(lab: Lab) -> None:
        requirements = [{"type": "VCPU", "value": vcpus}, {"type": "MEMORY", "value": str(memory)}]
        properties = {**lab.settings.fargate_container, "resourceRequirements": requirements}
        lab.definition(platformCapabilities=["FARGATE"], containerProperties=properties)

    name = f"fargate-runs-{vcpus}-vcpu-with-{memory}-mib"
    family.add(name, "RegisterJobDefinition", "limits", model("ResourceRequirement.value"), check)


for _vcpus, _memory in SIZES.items():
    _add_sizes(_vcpus, _memory[0])
    _add_sizes(_vcpus, _memory[-1])
