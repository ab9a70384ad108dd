"""ListJobs: statuses and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import assumed, issue, model, recorded
from conformance.expect import REFUSED, holds, lacks, only, same
from conformance.refusals import Row, add_refusals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.lab import Lab

family = Family("job_lists")
case = family.case


def listed(lab: Lab, **members: Any) -> list[dict[str, Any]]:
    """All pages of ListJobs."""
    pages = lab.client.get_paginator("list_jobs").paginate(**members)
    return [each for page in pages for each in page["jobSummaryList"]]


def ids(jobs: Iterable[dict[str, Any]]) -> list[str]:
    return [str(each["jobId"]) for each in jobs]


def by(name: str, *values: str) -> dict[str, Any]:
    return {"filters": [{"name": name, "values": list(values)}]}


def _in_idle_queue(lab: Lab, **members: Any) -> tuple[str, str]:
    """A queue of its own, and a RUNNABLE job in it."""
    queue = lab.idle_queue()
    return queue, lab.submit(jobQueue=queue, **members)


@case("ListJobs", "defaults", model("ListJobsRequest.jobStatus"))
def without_a_status_running_jobs_are_listed(lab: Lab) -> None:
    queue = lab.queue(lab.environment())
    job_id = lab.submit("sleeps", jobQueue=queue)
    lab.reached(job_id, "RUNNING")
    done = lab.submit("succeeds", jobQueue=queue)
    lab.reached(done, "SUCCEEDED")
    same(ids(listed(lab, jobQueue=queue)), [job_id])


@case("ListJobs", "behaviour", model("ListJobsRequest.jobStatus"))
def jobs_are_listed_by_status(lab: Lab) -> None:
    queue, job_id = _in_idle_queue(lab)
    same(ids(listed(lab, jobQueue=queue, jobStatus="RUNNABLE")), [job_id])
    same(ids(listed(lab, jobQueue=queue, jobStatus="SUCCEEDED")), [])


@case("ListJobs", "defaults", issue("aws/aws-sdk-js#4193"))
def a_summary_has_these_members(lab: Lab) -> None:
    queue, job_id = _in_idle_queue(lab)
    found = only(listed(lab, jobQueue=queue, jobStatus="RUNNABLE"))
    job = lab.job(job_id)
    for name in ("jobArn", "jobId", "jobName", "createdAt", "status"):
        same(found.get(name), job[name], name)
    lacks(found, "isCancelled", "isTerminated", "stoppedAt")


@case("ListJobs", "defaults", recorded("a ListJobs answer with a failed job, quoted in public code"))
def the_summary_of_a_failed_job_tells_its_exit_code(lab: Lab) -> None:
    job_id = lab.submit("fails")
    job = lab.reached(job_id, "FAILED")
    found = only(listed(lab, jobQueue=lab.shared_queue, **by("JOB_NAME", job["jobName"])))
    same(found["stoppedAt"], job["stoppedAt"], "stoppedAt")
    same(found["container"]["exitCode"], 3)


@case("ListJobs", "defaults", model("JobSummary.isTerminated"))
def the_summary_of_a_terminated_job_says_so(lab: Lab) -> None:
    queue, job_id = _in_idle_queue(lab)
    lab.call("TerminateJob", jobId=job_id, reason="over")
    lab.reached(job_id, "FAILED")
    same(only(listed(lab, jobQueue=queue, jobStatus="FAILED"))["isTerminated"], True)


@case("ListJobs", "behaviour", model("ListJobsRequest.filters"))
def names_are_filtered_whatever_their_case(lab: Lab) -> None:
    queue, job_id = _in_idle_queue(lab, jobName="Alpha-one")
    lab.submit(jobQueue=queue, jobName="beta")
    for value in ("alpha-ONE", "ALPHA*", "Alpha-one"):
        same(ids(listed(lab, jobQueue=queue, **by("JOB_NAME", value))), [job_id], value)
    same(listed(lab, jobQueue=queue, **by("JOB_NAME", "alpha")), [], "alpha")


@case("ListJobs", "behaviour", model("ListJobsRequest.filters"))
def definitions_are_filtered_by_name_and_arn(lab: Lab) -> None:
    definition = lab.definition()
    queue, job_id = _in_idle_queue(lab, jobDefinition=definition)
    lab.submit(jobQueue=queue)
    name = definition.rpartition("/")[2].partition(":")[0]
    for value in (name, f"{name[:-1]}*", definition):
        found = ids(listed(lab, jobQueue=queue, **by("JOB_DEFINITION", value)))
        holds(job_id in found, f"{value} does not find the job")
    same(ids(listed(lab, jobQueue=queue, **by("JOB_DEFINITION", name.upper()))), [], "another case")


@case("ListJobs", "behaviour", model("ListJobsRequest.filters"))
def jobs_are_filtered_by_creation(lab: Lab) -> None:
    queue, job_id = _in_idle_queue(lab)
    at = lab.job(job_id)["createdAt"]
    for name, value, wanted in (
        ("AFTER_CREATED_AT", at - 1000, [job_id]),
        ("AFTER_CREATED_AT", at + 1000, []),
        ("BEFORE_CREATED_AT", at + 1000, [job_id]),
        ("BEFORE_CREATED_AT", at - 1000, []),
    ):
        same(ids(listed(lab, jobQueue=queue, **by(name, str(value)))), wanted, f"{name} {value - at}")


@case("ListJobs", "behaviour", model("ListJobsRequest.filters"))
def a_filter_overrules_the_status(lab: Lab) -> None:
    queue, job_id = _in_idle_queue(lab)
    name = lab.job(job_id)["jobName"]
    same(ids(listed(lab, jobQueue=queue, jobStatus="SUCCEEDED", **by("JOB_NAME", name))), [job_id])


@case("ListJobs", "behaviour", model("ListJobsRequest.filters"))
def the_newest_comes_first_with_a_filter(lab: Lab) -> None:
    queue, first = _in_idle_queue(lab)
    lab.pass_time(1)
    second = lab.submit(jobQueue=queue)
    found = ids(listed(lab, jobQueue=queue, **by("AFTER_CREATED_AT", "0")))
    same(found, [second, first])


@case("ListJobs", "behaviour", model("ListJobsRequest.filters"))
def a_share_filter_goes_with_a_status(lab: Lab) -> None:
    queue = lab.idle_queue(schedulingPolicyArn=lab.shared_fair_policy)
    members = {"jobQueue": queue, "schedulingPriorityOverride": 1}
    job_id = lab.submit(**members, shareIdentifier="a")
    lab.submit(**members, shareIdentifier="b")
    share = by("SHARE_IDENTIFIER", "a")
    same(ids(listed(lab, jobQueue=queue, jobStatus="RUNNABLE", **share)), [job_id])
    same(ids(listed(lab, jobQueue=queue, jobStatus="SUCCEEDED", **share)), [])


def _queue(lab: Lab) -> dict[str, Any]:
    return {"jobQueue": lab.shared_queue}


ROWS = [
    Row(
        "two-parents",
        {"arrayJobId": "00000000-0000-4000-8000-000000000000"},
        REFUSED,
        model("ListJobsRequest"),
    ),
    Row("unknown-queue", {"jobQueue": "conformance-nobody"}, REFUSED, assumed("no answer is known")),
    Row(
        "unknown-filter",
        by("COLOUR", "red"),
        REFUSED,
        assumed("the model lists the filters; no answer is known"),
    ),
]
add_refusals(family, "ListJobs", _queue, ROWS)


@case("ListJobs", "errors", model("ListJobsRequest"))
def one_parent_must_be_named(lab: Lab) -> None:
    lab.refused(REFUSED, "ListJobs")
