"""Create-, Describe-, Update- and DeleteComputeEnvironment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.cases.compute_environment_rules import add_rules
from conformance.evidence import documented, guide, issue, model, quoted, recorded
from conformance.expect import CONFLICT, REFUSED, bare, holds, includes, lacks, said, same, wrapped
from conformance.requests import create_environment

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("compute_environments")
case = family.case
add_rules(family)

ANSWER = recorded("a DescribeComputeEnvironments answer of October 2025 in a public repository")
UUID3 = r"[0-9a-f]{8}-[0-9a-f]{4}-3[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
KIND = "ComputeEnvironment"


def detail(lab: Lab, name: str) -> dict[str, Any]:
    return lab.detail(KIND, name)


def resources(lab: Lab, name: str) -> dict[str, Any]:
    return dict(detail(lab, name)["computeResources"])


# --- life cycle


@case("CreateComputeEnvironment", "life cycle", model("CreateComputeEnvironmentResponse"))
def creating_answers_name_and_arn(lab: Lab) -> None:
    request = create_environment(lab)
    name = request["computeEnvironmentName"]
    wanted = {
        "computeEnvironmentName": name,
        "computeEnvironmentArn": lab.arn("compute-environment", name),
    }
    same(lab.call("CreateComputeEnvironment", **request), wanted)


@case("CreateComputeEnvironment", "life cycle", ANSWER)
def it_becomes_valid_and_healthy(lab: Lab) -> None:
    wanted = {"status": "VALID", "state": "ENABLED", "statusReason": "ComputeEnvironment Healthy"}
    includes(detail(lab, lab.environment()), wanted)


@case("CreateComputeEnvironment", "life cycle", guide("fargate"))
def a_fargate_environment_can_be_made(lab: Lab) -> None:
    includes(detail(lab, lab.fargate_environment()), {"status": "VALID", "type": "MANAGED"})


@case("CreateComputeEnvironment", "life cycle", model("CreateComputeEnvironmentRequest.type"))
def an_unmanaged_environment_can_be_made(lab: Lab) -> None:
    name = lab.name()
    request = {"type": "UNMANAGED", "serviceRole": lab.settings.service_role, "unmanagedvCpus": 8}
    lab.call("CreateComputeEnvironment", computeEnvironmentName=name, **request)
    includes(detail(lab, name), {"type": "UNMANAGED", "unmanagedvCpus": 8})
    lacks(detail(lab, name), "computeResources")


@case("UpdateComputeEnvironment", "life cycle", model("UpdateComputeEnvironmentRequest.state"))
def it_can_be_disabled_and_enabled(lab: Lab) -> None:
    name = lab.environment()
    for state in ("DISABLED", "ENABLED"):
        lab.update(KIND, name, state=state)
        includes(detail(lab, name), {"state": state, "status": "VALID"})


@case("UpdateComputeEnvironment", "life cycle", model("UpdateComputeEnvironmentResponse"))
def updating_answers_name_and_arn(lab: Lab) -> None:
    name = lab.environment()
    arn = lab.arn("compute-environment", name)
    answer = lab.call("UpdateComputeEnvironment", computeEnvironment=arn, state="ENABLED")
    same(answer, {"computeEnvironmentName": name, "computeEnvironmentArn": arn})


@case("DeleteComputeEnvironment", "life cycle", model("DeleteComputeEnvironment"))
def a_disabled_one_can_be_deleted(lab: Lab) -> None:
    name = lab.disabled_environment()
    same(lab.call("DeleteComputeEnvironment", computeEnvironment=name), {})
    lab.until_gone(lambda: lab.status(KIND, name))


@case("DeleteComputeEnvironment", "life cycle", model("DeleteComputeEnvironment"))
def an_enabled_one_cannot_be_deleted(lab: Lab) -> None:
    name = lab.environment()
    lab.refused(REFUSED, "DeleteComputeEnvironment", computeEnvironment=name)
    includes(detail(lab, name), {"status": "VALID", "state": "ENABLED"})


@case("DeleteComputeEnvironment", "errors", issue("hashicorp/terraform-provider-aws#46925"))
def one_that_a_queue_uses_cannot_be_deleted(lab: Lab) -> None:
    name = lab.environment()
    lab.queue(name)
    lab.update(KIND, name, state="DISABLED")
    wanted = bare("Cannot delete, found existing JobQueue relationship.")
    lab.refused(wanted, "DeleteComputeEnvironment", computeEnvironment=name)


@case("DeleteComputeEnvironment", "errors", issue("aws/aws-cli#2551"))
def deleting_an_unknown_one_is_no_error(lab: Lab) -> None:
    same(lab.call("DeleteComputeEnvironment", computeEnvironment=lab.name()), {})


@case("UpdateComputeEnvironment", "errors", quoted("<arn> does not exist, for a plain name"))
def updating_an_unknown_one_is_refused(lab: Lab) -> None:
    name = lab.name()
    wanted = bare(f"{lab.arn('compute-environment', name)} does not exist")
    lab.refused(wanted, "UpdateComputeEnvironment", computeEnvironment=name, state="DISABLED")


@case(
    "CreateComputeEnvironment",
    "errors",
    quoted("terraform's sweepers match `already exists`; the answer for queues is known"),
)
def a_name_that_is_taken_is_a_conflict(lab: Lab) -> None:
    request = create_environment(lab)
    lab.call("CreateComputeEnvironment", **request)
    lab.until_settled(lambda: lab.status(KIND, request["computeEnvironmentName"]))
    lab.refused(CONFLICT, "CreateComputeEnvironment", **request)


# --- what is answered


@case("DescribeComputeEnvironments", "defaults", ANSWER)
def an_ec2_environment_has_awss_defaults(lab: Lab) -> None:
    wanted = {**lab.settings.ec2, "desiredvCpus": 0, "tags": {}}
    found = resources(lab, lab.environment())
    includes(found, wanted)
    same(sorted(found), sorted([*wanted, "ec2Configuration"]), "members of computeResources")


@case("DescribeComputeEnvironments", "defaults", ANSWER)
def it_has_exactly_these_members(lab: Lab) -> None:
    wanted = {
        "computeEnvironmentName",
        "computeEnvironmentArn",
        "ecsClusterArn",
        "tags",
        "type",
        "state",
        "status",
        "statusReason",
        "computeResources",
        "serviceRole",
        "containerOrchestrationType",
        "uuid",
    }
    same(sorted(detail(lab, lab.environment())), sorted(wanted), "members")


@case("DescribeComputeEnvironments", "defaults", ANSWER)
def the_service_linked_role_is_used(lab: Lab) -> None:
    role = "role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
    found = detail(lab, lab.environment())["serviceRole"]
    holds(found.endswith(role), f"serviceRole is {found}")


@case("DescribeComputeEnvironments", "defaults", ANSWER)
def the_cluster_is_named_after_it(lab: Lab) -> None:
    name = lab.environment()
    found = detail(lab, name)
    holds(re.fullmatch(UUID3, found["uuid"]), f"uuid is {found['uuid']}")
    cluster = found["ecsClusterArn"].rpartition("/")[2]
    holds(re.fullmatch(f"AWSBatch-{name}-{UUID3}", cluster), f"the cluster is {cluster}")
    holds(not cluster.endswith(found["uuid"]), "the cluster has the environment's own uuid")


@case("DescribeComputeEnvironments", "defaults", ANSWER)
def with_a_service_role_the_cluster_has_another_name(lab: Lab) -> None:
    name = lab.environment(serviceRole=lab.settings.service_role)
    cluster = detail(lab, name)["ecsClusterArn"].rpartition("/")[2]
    holds(re.fullmatch(f"{name}_Batch_{UUID3}", cluster), f"the cluster is {cluster}")


@case("DescribeComputeEnvironments", "defaults", model("ComputeResource.allocationStrategy"))
def an_allocation_strategy_is_kept(lab: Lab) -> None:
    name = lab.environment({"allocationStrategy": "BEST_FIT_PROGRESSIVE"})
    same(resources(lab, name)["allocationStrategy"], "BEST_FIT_PROGRESSIVE")


@case("DescribeComputeEnvironments", "defaults", model("Ec2Configuration.imageType"))
def gpu_instances_get_an_image_for_gpus(lab: Lab) -> None:
    name = lab.environment({"instanceTypes": ["g4dn.xlarge"]})
    same(resources(lab, name)["ec2Configuration"], [{"imageType": "ECS_AL2023_NVIDIA"}])


@case("DescribeComputeEnvironments", "defaults", model("Ec2Configuration.imageType"))
def other_instances_get_the_default_image(lab: Lab) -> None:
    same(resources(lab, lab.environment())["ec2Configuration"], [{"imageType": "ECS_AL2023"}])


@case("DescribeComputeEnvironments", "defaults", guide("cloudwatch-container-insights-default-behavior"))
def ecs_settings_appear_once_they_are_set(lab: Lab) -> None:
    name = lab.environment(ecsSettings={"containerInsights": "ENABLED"})
    same(detail(lab, name)["ecsSettings"], {"containerInsights": "ENABLED"})


@case("DescribeComputeEnvironments", "defaults", model("ComputeEnvironmentDetail.containerOrchestrationType"))
def an_environment_on_eks_says_so(lab: Lab) -> None:
    cluster = {"eksClusterArn": lab.settings.eks_cluster, "kubernetesNamespace": "batch"}
    name = lab.environment({"allocationStrategy": "BEST_FIT_PROGRESSIVE"}, eksConfiguration=cluster)
    found = detail(lab, name)
    same(found["containerOrchestrationType"], "EKS")
    includes(found["eksConfiguration"], cluster)


@case("DescribeComputeEnvironments", "defaults", guide("fargate"))
def a_fargate_environment_gains_nothing(lab: Lab) -> None:
    same(resources(lab, lab.shared_fargate_environment), lab.settings.fargate)


@case("DescribeComputeEnvironments", "behaviour", model("DescribeComputeEnvironmentsRequest"))
def they_are_found_by_name_and_by_arn(lab: Lab) -> None:
    name = lab.shared_environment
    for asked in (name, lab.arn("compute-environment", name)):
        found = lab.describe(KIND, asked)
        same([each["computeEnvironmentName"] for each in found], [name])


@case(
    "DescribeComputeEnvironments",
    "behaviour",
    documented("https://github.com/hashicorp/terraform-provider-aws: an empty answer means not found"),
)
def unknown_ones_are_left_out(lab: Lab) -> None:
    same(lab.describe(KIND, lab.name()), [])


@case("DescribeComputeEnvironments", "errors", issue("k1LoW/awspec#563"))
def names_and_max_results_exclude_each_other(lab: Lab) -> None:
    wanted = wrapped("ComputeEnvironments and MaxResults cannot both be set")
    names = [lab.shared_environment]
    lab.refused(wanted, "DescribeComputeEnvironments", computeEnvironments=names, maxResults=5)


# --- updates


@case("UpdateComputeEnvironment", "behaviour", guide("updating-compute-environments"))
def max_vcpus_can_be_changed(lab: Lab) -> None:
    name = lab.environment()
    lab.update(KIND, name, computeResources={"maxvCpus": 8})
    same(resources(lab, name)["maxvCpus"], 8)
    same(resources(lab, name)["instanceTypes"], lab.settings.ec2["instanceTypes"], "what was not sent")


@case("UpdateComputeEnvironment", "behaviour", guide("updating-compute-environments"))
def fargate_max_vcpus_can_be_changed(lab: Lab) -> None:
    name = lab.fargate_environment()
    lab.update(KIND, name, computeResources={"maxvCpus": 8})
    same(resources(lab, name), {**lab.settings.fargate, "maxvCpus": 8})


@case("UpdateComputeEnvironment", "behaviour", guide("infrastructure-updates"))
def an_update_policy_is_kept(lab: Lab) -> None:
    name = lab.environment({"allocationStrategy": "BEST_FIT_PROGRESSIVE"})
    policy = {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 60}
    lab.update(KIND, name, updatePolicy=policy)
    same(detail(lab, name)["updatePolicy"], policy)


@case("UpdateComputeEnvironment", "behaviour", guide("infrastructure-updates"))
def instance_types_can_be_changed(lab: Lab) -> None:
    name = lab.environment({"allocationStrategy": "BEST_FIT_PROGRESSIVE"})
    lab.update(KIND, name, computeResources={"instanceTypes": ["c5.large"]})
    same(resources(lab, name)["instanceTypes"], ["c5.large"])


@case("UpdateComputeEnvironment", "errors", guide("infrastructure-updates"))
def best_fit_allows_no_infrastructure_update(lab: Lab) -> None:
    name = lab.environment({"allocationStrategy": "BEST_FIT"})
    change = {"instanceTypes": ["c5.large"]}
    lab.refused(REFUSED, "UpdateComputeEnvironment", computeEnvironment=name, computeResources=change)


@case("UpdateComputeEnvironment", "errors", guide("error-desired-vcpus-update"))
def desired_vcpus_cannot_be_lowered_by_hand(lab: Lab) -> None:
    name = lab.environment({"desiredvCpus": 2})
    text = (
        "Manually scaling down compute environment is not supported. Disconnecting job queues from "
        "compute environment will cause it to scale-down to minvCpus"
    )
    change = {"desiredvCpus": 1}
    lab.refused(said(text), "UpdateComputeEnvironment", computeEnvironment=name, computeResources=change)
