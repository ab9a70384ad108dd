"""Create-, Describe-, Update-, Delete- and ListConsumableResource(s), ListJobsByConsumableResource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import assumed, guide, model, preflight
from conformance.expect import CONFLICT, REFUSED, holds, includes, only, said, same
from conformance.refusals import Row, add_refusals

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("consumable_resources")
case = family.case


def detail(lab: Lab, name: str) -> dict[str, Any]:
    return lab.call("DescribeConsumableResource", consumableResource=name)


def quantities(lab: Lab, name: str) -> tuple[int, int, int]:
    """Total, in use, available."""
    found = detail(lab, name)
    return found["totalQuantity"], found["inUseQuantity"], found["availableQuantity"]


def needing(name: str, quantity: int = 1) -> dict[str, Any]:
    listed = [{"consumableResource": name, "quantity": quantity}]
    return {"consumableResourcePropertiesOverride": {"consumableResourceList": listed}}


def update(lab: Lab, name: str, operation: str, quantity: int, **members: Any) -> int:
    """The total afterwards."""
    request = {"consumableResource": name, "operation": operation, "quantity": quantity, **members}
    return int(lab.call("UpdateConsumableResource", **request)["totalQuantity"])


ROWS = [
    Row(
        "two-words",
        {"consumableResourceName": "two words"},
        said("ConsumableResource name should match a valid pattern."),
        preflight("cr-name"),
    ),
    Row(
        "negative-quantity",
        {"totalQuantity": -1},
        said("totalQuantity cannot be a negative number."),
        preflight("cr-*"),
    ),
    Row(
        "unknown-type",
        {"resourceType": "BOGUS"},
        REFUSED,
        model("CreateConsumableResourceRequest.resourceType"),
    ),
]
add_refusals(
    family,
    "CreateConsumableResource",
    lambda lab: {"consumableResourceName": lab.name(), "totalQuantity": 1},
    ROWS,
)


@case("CreateConsumableResource", "life cycle", model("CreateConsumableResourceResponse"))
def creating_answers_name_and_arn(lab: Lab) -> None:
    name = lab.name()
    wanted = {
        "consumableResourceName": name,
        "consumableResourceArn": lab.arn("consumable-resource", name),
    }
    same(lab.call("CreateConsumableResource", consumableResourceName=name, totalQuantity=1), wanted)


@case("CreateConsumableResource", "errors", assumed("the answer for job queues is known"))
def a_name_that_is_taken_is_a_conflict(lab: Lab) -> None:
    lab.refused(
        CONFLICT, "CreateConsumableResource", consumableResourceName=lab.consumable(), totalQuantity=1
    )


@case("DescribeConsumableResource", "defaults", model("DescribeConsumableResourceResponse"))
def a_new_one_is_all_available(lab: Lab) -> None:
    name = lab.consumable(totalQuantity=4, tags={"a": "b"})
    found = detail(lab, name)
    wanted = {
        "consumableResourceName": name,
        "consumableResourceArn": lab.arn("consumable-resource", name),
        "totalQuantity": 4,
        "inUseQuantity": 0,
        "availableQuantity": 4,
        "resourceType": "REPLENISHABLE",
        "tags": {"a": "b"},
    }
    includes(found, wanted)
    holds(found.get("createdAt"), "no createdAt")


@case(
    "DescribeConsumableResource", "behaviour", model("DescribeConsumableResourceRequest.consumableResource")
)
def it_is_found_by_arn(lab: Lab) -> None:
    name = lab.consumable()
    same(detail(lab, lab.arn("consumable-resource", name))["consumableResourceName"], name)


@case("DescribeConsumableResource", "errors", assumed("there is nothing to answer; the text is not known"))
def describing_an_unknown_one_is_refused(lab: Lab) -> None:
    lab.refused(REFUSED, "DescribeConsumableResource", consumableResource=lab.name())


@case("UpdateConsumableResource", "behaviour", model("UpdateConsumableResourceRequest.operation"))
def a_quantity_can_be_set_raised_and_lowered(lab: Lab) -> None:
    name = lab.consumable(totalQuantity=4)
    same(update(lab, name, "SET", 10), 10, "SET")
    same(update(lab, name, "ADD", 5), 15, "ADD")
    same(update(lab, name, "REMOVE", 3), 12, "REMOVE")
    same(quantities(lab, name), (12, 0, 12))


@case("UpdateConsumableResource", "behaviour", model("UpdateConsumableResourceRequest.clientToken"))
def a_repeated_token_updates_once(lab: Lab) -> None:
    name, token = lab.consumable(totalQuantity=4), lab.name()
    for _ in range(2):
        update(lab, name, "ADD", 1, clientToken=token)
    same(quantities(lab, name), (5, 0, 5))


@case("UpdateConsumableResource", "errors", model("UpdateConsumableResourceRequest.quantity"))
def a_negative_quantity_is_refused(lab: Lab) -> None:
    members = {"consumableResource": lab.consumable(), "operation": "SET", "quantity": -1}
    lab.refused(REFUSED, "UpdateConsumableResource", **members)


@case("UpdateConsumableResource", "errors", model("UpdateConsumableResourceRequest.operation"))
def an_unknown_operation_is_refused(lab: Lab) -> None:
    members = {"consumableResource": lab.consumable(), "operation": "DOUBLE", "quantity": 1}
    lab.refused(REFUSED, "UpdateConsumableResource", **members)


@case("DeleteConsumableResource", "life cycle", guide("resource-aware-scheduling"))
def it_can_be_deleted(lab: Lab) -> None:
    name = lab.consumable()
    same(lab.call("DeleteConsumableResource", consumableResource=name), {})
    lab.refused(REFUSED, "DescribeConsumableResource", consumableResource=name)


@case("ListConsumableResources", "behaviour", model("ListConsumableResourcesRequest.filters"))
def they_are_filtered_by_name(lab: Lab) -> None:
    name = lab.consumable()
    for value in (name, name.upper(), f"{name[:-1]}*"):
        listed = [{"name": "CONSUMABLE_RESOURCE_NAME", "values": [value]}]
        pages = lab.client.get_paginator("list_consumable_resources").paginate(filters=listed)
        found = [each["consumableResourceName"] for page in pages for each in page["consumableResources"]]
        holds(name in found, f"{value} does not find it")


@case("ListConsumableResources", "defaults", model("ConsumableResourceSummary"))
def a_summary_tells_its_quantities(lab: Lab) -> None:
    name = lab.consumable(totalQuantity=4)
    listed = [{"name": "CONSUMABLE_RESOURCE_NAME", "values": [name]}]
    found = only(lab.call("ListConsumableResources", filters=listed)["consumableResources"])
    wanted = {
        "consumableResourceArn": lab.arn("consumable-resource", name),
        "consumableResourceName": name,
        "totalQuantity": 4,
        "inUseQuantity": 0,
        "resourceType": "REPLENISHABLE",
    }
    same(found, wanted)


# --- jobs


@case("SubmitJob", "behaviour", guide("resource-aware-scheduling"))
def a_running_job_locks_its_quantity(lab: Lab) -> None:
    name = lab.consumable(totalQuantity=4)
    job_id = lab.submit("sleeps", **needing(name, 3))
    lab.reached(job_id, "RUNNING")
    same(quantities(lab, name), (4, 3, 1))
    lab.call("TerminateJob", jobId=job_id, reason="over")
    lab.reached(job_id, "FAILED")
    lab.until(lambda: quantities(lab, name) == (4, 0, 4), "quantity given back")


@case("SubmitJob", "behaviour", guide("resource-aware-scheduling"))
def a_job_waits_until_its_quantity_is_there(lab: Lab) -> None:
    name = lab.consumable(totalQuantity=1)
    job_id = lab.submit("succeeds", **needing(name, 2))
    lab.reached(job_id, "RUNNABLE")
    update(lab, name, "SET", 2)
    lab.reached(job_id, "SUCCEEDED")


@case("SubmitJob", "behaviour", guide("resource-aware-scheduling-how-to-create"))
def what_is_not_replenishable_is_used_up(lab: Lab) -> None:
    name = lab.consumable(totalQuantity=4, resourceType="NON_REPLENISHABLE")
    lab.reached(lab.submit("succeeds", **needing(name)), "SUCCEEDED")
    lab.until(lambda: quantities(lab, name)[2] == 3, "quantity used up")


@case("DescribeJobs", "defaults", model("JobDetail.consumableResourceProperties"))
def a_job_shows_what_it_consumes(lab: Lab) -> None:
    name = lab.consumable()
    job = lab.job(lab.submit(jobQueue=lab.shared_idle_queue, **needing(name)))
    (listed,) = job["consumableResourceProperties"]["consumableResourceList"]
    same(listed["quantity"], 1)
    same(listed["consumableResource"].rpartition("/")[2], name, "consumable resource")


@case("RegisterJobDefinition", "defaults", model("JobDefinition.consumableResourceProperties"))
def a_definition_keeps_what_it_consumes(lab: Lab) -> None:
    name = lab.consumable()
    listed = [{"consumableResource": name, "quantity": 2}]
    arn = lab.definition(consumableResourceProperties={"consumableResourceList": listed})
    found = only(lab.call("DescribeJobDefinitions", jobDefinitions=[arn])["jobDefinitions"])
    (kept,) = found["consumableResourceProperties"]["consumableResourceList"]
    same((kept["consumableResource"].rpartition("/")[2], kept["quantity"]), (name, 2))


@case("ListJobsByConsumableResource", "behaviour", model("ListJobsByConsumableResourceSummary"))
def jobs_are_listed_by_what_they_need(lab: Lab) -> None:
    name = lab.consumable()
    job_id = lab.submit(jobQueue=lab.shared_idle_queue, **needing(name))
    job = lab.reached(job_id, "RUNNABLE")
    lab.submit(jobQueue=lab.shared_idle_queue)
    wanted = {
        "jobArn": job["jobArn"],
        "jobQueueArn": job["jobQueue"],
        "jobName": job["jobName"],
        "jobDefinitionArn": job["jobDefinition"],
        "jobStatus": "RUNNABLE",
        "quantity": 1,
        "createdAt": job["createdAt"],
    }
    includes(only(lab.call("ListJobsByConsumableResource", consumableResource=name)["jobs"]), wanted)


@case("ListJobsByConsumableResource", "behaviour", model("ListJobsByConsumableResourceRequest.filters"))
def they_can_be_filtered_by_status(lab: Lab) -> None:
    name = lab.consumable()
    job_id = lab.submit(jobQueue=lab.shared_idle_queue, **needing(name))
    lab.reached(job_id, "RUNNABLE")
    for status, count in (("RUNNABLE", 1), ("SUCCEEDED", 0)):
        listed = [{"name": "JOB_STATUS", "values": [status]}]
        found = lab.call("ListJobsByConsumableResource", consumableResource=name, filters=listed)
        same(len(found["jobs"]), count, status)
