"""GetJobQueueSnapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import assumed, guide, model
from conformance.expect import REFUSED, holds, same

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("snapshot")
case = family.case


def snapshot(lab: Lab, queue: str) -> dict[str, Any]:
    return lab.call("GetJobQueueSnapshot", jobQueue=queue)


def front(lab: Lab, queue: str) -> list[str]:
    return [str(each["jobArn"]) for each in snapshot(lab, queue)["frontOfQueue"]["jobs"]]


def submit(lab: Lab, queue: str, count: int) -> list[str]:
    """ARNs, the first submitted first."""
    jobs = []
    for _ in range(count):
        jobs.append(lab.submit(jobQueue=queue))
        lab.reached(jobs[-1], "RUNNABLE")
    return [lab.arn("job", job_id) for job_id in jobs]


@case("GetJobQueueSnapshot", "behaviour", guide("job_queue_viewing_status"))
def the_front_of_a_fifo_queue_is_in_order(lab: Lab) -> None:
    queue = lab.idle_queue()
    jobs = submit(lab, queue, 3)
    same(front(lab, queue), jobs)


@case("GetJobQueueSnapshot", "behaviour", model("FrontOfQueueDetail"))
def an_empty_queue_has_no_front(lab: Lab) -> None:
    same(front(lab, lab.idle_queue()), [])


@case("GetJobQueueSnapshot", "behaviour", model("GetJobQueueSnapshotRequest.jobQueue"))
def the_queue_may_be_an_arn(lab: Lab) -> None:
    queue = lab.idle_queue()
    jobs = submit(lab, queue, 1)
    same(front(lab, lab.arn("job-queue", queue)), jobs)


@case("GetJobQueueSnapshot", "defaults", model("FrontOfQueueJobSummary.earliestTimeAtPosition"))
def each_job_tells_since_when_it_is_there(lab: Lab) -> None:
    queue = lab.idle_queue()
    (arn,) = submit(lab, queue, 1)
    found = snapshot(lab, queue)["frontOfQueue"]
    created = lab.job(arn.rpartition("/")[2])["createdAt"]
    since = found["jobs"][0]["earliestTimeAtPosition"]
    holds(created <= since <= found["lastUpdatedAt"], f"created {created}, in {found}")


@case("GetJobQueueSnapshot", "behaviour", model("FrontOfQueueDetail.jobs"))
def running_jobs_are_not_at_the_front(lab: Lab) -> None:
    queue = lab.queue(lab.environment())
    lab.reached(lab.submit("sleeps", jobQueue=queue), "RUNNING")
    same(front(lab, queue), [])


@case("GetJobQueueSnapshot", "limits", model("FrontOfQueueDetail.jobs"))
def at_most_100_jobs_are_at_the_front(lab: Lab) -> None:
    queue = lab.idle_queue()
    for _ in range(101):
        last = lab.submit(jobQueue=queue)
    lab.reached(last, "RUNNABLE")
    same(len(front(lab, queue)), 100)


@case("GetJobQueueSnapshot", "behaviour", model("QueueSnapshotUtilizationDetail.totalCapacityUsage"))
def what_runs_counts_as_used(lab: Lab) -> None:
    queue = lab.queue(lab.environment())
    lab.reached(lab.submit("sleeps", jobQueue=queue), "RUNNING")

    def used() -> bool:
        usage = snapshot(lab, queue).get("queueUtilization", {}).get("totalCapacityUsage", [])
        return {"capacityUnit": "VCPU", "quantity": 1.0} in usage

    lab.until(used, "usage of one VCPU")


@case("GetJobQueueSnapshot", "behaviour", model("FairshareUtilizationDetail"))
def shares_tell_what_they_use(lab: Lab) -> None:
    queue = lab.queue(lab.environment(), schedulingPolicyArn=lab.policy())
    members = {"jobQueue": queue, "schedulingPriorityOverride": 1}
    lab.reached(lab.submit("sleeps", shareIdentifier="a", **members), "RUNNING")

    def used() -> bool:
        found = snapshot(lab, queue).get("queueUtilization", {}).get("fairshareUtilization", {})
        shares = {each["shareIdentifier"]: each for each in found.get("topCapacityUtilization", [])}
        return found.get("activeShareCount") == 1 and "a" in shares

    lab.until(used, "usage of the share")


@case("GetJobQueueSnapshot", "errors", assumed("no answer is known"))
def an_unknown_queue_is_refused(lab: Lab) -> None:
    lab.refused(REFUSED, "GetJobQueueSnapshot", jobQueue=lab.name())
