"""Array jobs, and the dependencies that run from child to child."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import guide, issue, model, quoted
from conformance.expect import REFUSED, holds, same

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("array_jobs")
case = family.case

STATUSES = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED")


def array(lab: Lab, program: str = "succeeds", size: int = 2, **members: Any) -> str:
    return lab.submit(program, arrayProperties={"size": size}, **members)


@case("DescribeJobs", "behaviour", issue("boto/boto3#3719"))
def a_parent_counts_its_children_in_all_seven_statuses(lab: Lab) -> None:
    parent = lab.reached(array(lab), "SUCCEEDED")
    properties = parent["arrayProperties"]
    same(properties["size"], 2, "size")
    same(properties["statusSummary"], {**dict.fromkeys(STATUSES, 0), "SUCCEEDED": 2}, "statusSummary")
    same(parent["attempts"], [], "attempts of a parent")


@case("DescribeJobs", "behaviour", guide("array_jobs"))
def a_child_has_its_index(lab: Lab) -> None:
    parent = array(lab)
    child = lab.reached(f"{parent}:1", "SUCCEEDED")
    same(child["jobId"], f"{parent}:1", "jobId")
    same(child["arrayProperties"]["index"], 1, "index")
    same(child["container"]["exitCode"], 0, "exitCode")


@case("SubmitJob", "behaviour", guide("array_jobs"))
def a_parent_is_pending_while_its_children_are_not_over(lab: Lab) -> None:
    parent = array(lab, "succeeds", jobQueue=lab.shared_idle_queue)
    lab.reached(parent, "PENDING")
    lab.reached(f"{parent}:0", "RUNNABLE")
    lab.call("TerminateJob", jobId=parent, reason="over")
    lab.reached(parent, "FAILED")


@case("SubmitJob", "behaviour", quoted("Array Child Job failed"))
def a_failed_child_fails_its_parent(lab: Lab) -> None:
    parent = lab.reached(array(lab, "fails"), "FAILED")
    same(parent["statusReason"], "Array Child Job failed")


@case("ListJobs", "behaviour", model("ListJobsRequest.arrayJobId"))
def children_are_listed_by_their_parent(lab: Lab) -> None:
    parent = array(lab)
    lab.reached(parent, "SUCCEEDED")
    found = lab.call("ListJobs", arrayJobId=parent, jobStatus="SUCCEEDED")["jobSummaryList"]
    same(sorted(each["jobId"] for each in found), [f"{parent}:0", f"{parent}:1"])


@case("ListJobs", "behaviour", model("ListJobsRequest.arrayJobId"))
def a_queue_lists_parents_and_not_children(lab: Lab) -> None:
    queue = lab.idle_queue()
    parent = array(lab, jobQueue=queue)
    lab.reached(f"{parent}:0", "RUNNABLE")
    found = lab.call("ListJobs", jobQueue=queue, jobStatus="RUNNABLE")["jobSummaryList"]
    same(found, [], "RUNNABLE jobs of the queue")
    found = lab.call("ListJobs", jobQueue=queue, jobStatus="PENDING")["jobSummaryList"]
    same([each["jobId"] for each in found], [parent], "PENDING jobs of the queue")


@case("SubmitJob", "behaviour", model("ArrayJobDependency"))
def n_to_n_waits_for_the_child_of_the_same_index(lab: Lab) -> None:
    first = array(lab, jobQueue=lab.shared_idle_queue)
    second = array(lab, dependsOn=[{"jobId": first, "type": "N_TO_N"}])
    lab.reached(f"{first}:0", "RUNNABLE")
    lab.reached(f"{second}:0", "PENDING")
    lab.call("TerminateJob", jobId=f"{first}:0", reason="over")
    fallen = lab.reached(f"{second}:0", "FAILED")
    same(fallen["statusReason"], "Dependent Job failed")
    same(lab.job(f"{second}:1")["status"], "PENDING", "the other child")
    lab.call("TerminateJob", jobId=first, reason="over")
    lab.reached(second, "FAILED")


@case("SubmitJob", "behaviour", model("ArrayJobDependency"))
def sequential_children_run_one_after_the_other(lab: Lab) -> None:
    parent = array(lab, dependsOn=[{"type": "SEQUENTIAL"}])
    lab.reached(parent, "SUCCEEDED")
    first, second = lab.job(f"{parent}:0"), lab.job(f"{parent}:1")
    holds(first["stoppedAt"] <= second["startedAt"], f"the order of {first} and {second}")


@case("CancelJob", "behaviour", model("CancelJob"))
def cancelling_a_parent_cancels_its_children(lab: Lab) -> None:
    parent = array(lab, jobQueue=lab.shared_idle_queue)
    lab.reached(f"{parent}:1", "RUNNABLE")
    lab.call("CancelJob", jobId=parent, reason="not needed")
    same(lab.reached(f"{parent}:1", "FAILED")["statusReason"], "not needed")
    lab.reached(parent, "FAILED")


@case("SubmitJob", "limits", guide("service_limits"))
def an_array_has_2_to_10000_children(lab: Lab) -> None:
    for size in (1, 10_001):
        members = lab.job_members(arrayProperties={"size": size})
        lab.refused(REFUSED, "SubmitJob", **members)
