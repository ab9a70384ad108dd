"""Create-, Describe-, Update- and DeleteServiceEnvironment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import assumed, guide, model, preflight
from conformance.expect import CONFLICT, REFUSED, includes, mentions, said, same
from conformance.refusals import Row, add_refusals
from conformance.requests import create_service_environment

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("service_environments")
case = family.case
KIND = "ServiceEnvironment"


def limits(*pairs: tuple[int, str]) -> dict[str, Any]:
    return {"capacityLimits": [{"maxCapacity": most, "capacityUnit": unit} for most, unit in pairs]}


ROWS = [
    Row(
        "two-words",
        {"serviceEnvironmentName": "two words"},
        said("Service environment name should match a valid pattern."),
        preflight("se-name"),
    ),
    Row("no-limits", {"capacityLimits": []}, said("Capacitylimits are required."), preflight("se-*")),
    Row(
        "six-limits",
        limits(
            *((1, f"ml.m5.{size}") for size in ("large", "xlarge", "2xlarge", "4xlarge", "12xlarge")),
            (1, "ml.c5.large"),
        ),
        said("Number of capacity limits exceeds 5."),
        preflight("se-*"),
    ),
    Row(
        "capacity-0",
        limits((0, "NUM_INSTANCES")),
        said("Max capacity must be more than 0."),
        preflight("se-*"),
    ),
    Row(
        "instances-and-types",
        limits((1, "NUM_INSTANCES"), (1, "ml.m5.large")),
        said("Capacity units must specify either number of instances OR instance type, but not both"),
        preflight("se-capacity-unit-mix"),
    ),
    Row(
        "unknown-unit",
        limits((1, "VCPU")),
        mentions("VCPU is unknown capacity unit in ["),
        preflight("se-capacity-unit-value"),
    ),
]
add_refusals(family, "CreateServiceEnvironment", create_service_environment, ROWS)


@case("CreateServiceEnvironment", "life cycle", model("CreateServiceEnvironmentResponse"))
def creating_answers_name_and_arn(lab: Lab) -> None:
    request = create_service_environment(lab)
    name = request["serviceEnvironmentName"]
    wanted = {
        "serviceEnvironmentName": name,
        "serviceEnvironmentArn": lab.arn("service-environment", name),
    }
    same(lab.call("CreateServiceEnvironment", **request), wanted)


@case("CreateServiceEnvironment", "errors", assumed("the answer for job queues is known"))
def a_name_that_is_taken_is_a_conflict(lab: Lab) -> None:
    request = {**create_service_environment(lab), "serviceEnvironmentName": lab.shared_service_environment}
    lab.refused(CONFLICT, "CreateServiceEnvironment", **request)


@case("DescribeServiceEnvironments", "defaults", guide("create-sagemaker-job-queue"))
def it_becomes_valid_and_is_answered_as_sent(lab: Lab) -> None:
    name = lab.service_environment(tags={"a": "b"})
    wanted = {
        "serviceEnvironmentName": name,
        "serviceEnvironmentArn": lab.arn("service-environment", name),
        "serviceEnvironmentType": "SAGEMAKER_TRAINING",
        "state": "ENABLED",
        "status": "VALID",
        "capacityLimits": [{"maxCapacity": 4, "capacityUnit": "NUM_INSTANCES"}],
        "tags": {"a": "b"},
    }
    same(lab.detail(KIND, name), wanted)


@case(
    "DescribeServiceEnvironments",
    "behaviour",
    model("DescribeServiceEnvironmentsRequest.serviceEnvironments"),
)
def they_are_found_by_name_and_by_arn(lab: Lab) -> None:
    name = lab.shared_service_environment
    for asked in (name, lab.arn("service-environment", name)):
        same([each["serviceEnvironmentName"] for each in lab.describe(KIND, asked)], [name])


@case("DescribeServiceEnvironments", "behaviour", assumed("as for queues and compute environments"))
def unknown_ones_are_left_out(lab: Lab) -> None:
    same(lab.describe(KIND, lab.name()), [])


@case("UpdateServiceEnvironment", "life cycle", model("UpdateServiceEnvironment"))
def it_can_be_disabled_and_enabled(lab: Lab) -> None:
    name = lab.service_environment()
    for state in ("DISABLED", "ENABLED"):
        lab.update(KIND, name, state=state)
        includes(lab.detail(KIND, name), {"state": state, "status": "VALID"})


@case("UpdateServiceEnvironment", "behaviour", model("UpdateServiceEnvironmentRequest.capacityLimits"))
def its_limits_can_be_changed(lab: Lab) -> None:
    name = lab.service_environment()
    change = limits((9, "NUM_INSTANCES"))
    lab.update(KIND, name, **change)
    includes(lab.detail(KIND, name), change)


@case("DeleteServiceEnvironment", "life cycle", model("DeleteServiceEnvironment"))
def a_disabled_one_can_be_deleted(lab: Lab) -> None:
    name = lab.service_environment(state="DISABLED")
    same(lab.call("DeleteServiceEnvironment", serviceEnvironment=name), {})
    lab.until_gone(lambda: lab.status(KIND, name))


@case("DeleteServiceEnvironment", "errors", model("DeleteServiceEnvironment"))
def an_enabled_one_cannot_be_deleted(lab: Lab) -> None:
    lab.refused(REFUSED, "DeleteServiceEnvironment", serviceEnvironment=lab.service_environment())


@case("DeleteServiceEnvironment", "errors", model("DeleteServiceEnvironment"))
def one_that_a_queue_uses_cannot_be_deleted(lab: Lab) -> None:
    name = lab.service_environment()
    lab.training_queue(serviceEnvironmentOrder=[{"order": 1, "serviceEnvironment": name}])
    lab.update(KIND, name, state="DISABLED")
    lab.refused(REFUSED, "DeleteServiceEnvironment", serviceEnvironment=name)
