"""CreateQuotaShare, DescribeQuotaShare, ListQuotaShares, UpdateQuotaShare, DeleteQuotaShare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import assumed, model
from conformance.expect import REFUSED, holds, includes, same
from conformance.refusals import Row, add_refusals

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("quota_shares")
case = family.case


def detail(lab: Lab, arn: str) -> dict[str, Any]:
    return lab.call("DescribeQuotaShare", quotaShareArn=arn)


def limits(*units: str, most: int = 1) -> dict[str, Any]:
    return {"capacityLimits": [{"maxCapacity": most, "capacityUnit": unit} for unit in units]}


ROWS = [
    Row(
        "two-words", {"quotaShareName": "two words"}, REFUSED, model("CreateQuotaShareRequest.quotaShareName")
    ),
    Row(
        "name-of-129", {"quotaShareName": "x" * 129}, REFUSED, model("CreateQuotaShareRequest.quotaShareName")
    ),
    Row(
        "unknown-queue",
        {"jobQueue": "conformance-nobody"},
        REFUSED,
        model("CreateQuotaShareRequest.jobQueue"),
    ),
    Row(
        "queue-without-quotas",
        lambda lab: {"jobQueue": lab.shared_training_queue},
        REFUSED,
        assumed("a quota share needs a queue with a quota-share policy; no answer is known"),
    ),
    Row("no-limits", limits(), REFUSED, assumed("1 to 5 limits; no answer is known")),
    Row(
        "borrow-limit-of-a-reserve",
        {"resourceSharingConfiguration": {"strategy": "RESERVE", "borrowLimit": 50}},
        REFUSED,
        model("QuotaShareResourceSharingConfiguration.borrowLimit"),
    ),
]
add_refusals(family, "CreateQuotaShare", lambda lab: lab.share_members(lab.shared_quota_queue), ROWS)


@case("CreateQuotaShare", "life cycle", model("CreateQuotaShareResponse"))
def creating_answers_name_and_arn(lab: Lab) -> None:
    request = lab.share_members(lab.shared_quota_queue)
    answer = lab.call("CreateQuotaShare", **request)
    same(answer["quotaShareName"], request["quotaShareName"])
    holds(answer["quotaShareArn"].startswith("arn:"), f"its arn is {answer['quotaShareArn']}")


@case("CreateQuotaShare", "errors", assumed("the answer for job queues is known"))
def a_name_that_is_taken_is_refused(lab: Lab) -> None:
    request = lab.share_members(lab.shared_quota_queue)
    lab.call("CreateQuotaShare", **request)
    status = lab.refusal("CreateQuotaShare", **request).status
    holds(status in {400, 409}, f"HTTP status {status}")


@case("DescribeQuotaShare", "defaults", model("DescribeQuotaShareResponse"))
def it_becomes_valid_and_is_answered_as_sent(lab: Lab) -> None:
    queue = lab.shared_quota_queue
    request = lab.share_members(queue)
    arn = lab.quota_share(queue, **request)
    wanted = {name: value for name, value in request.items() if name != "jobQueue"}
    includes(
        detail(lab, arn),
        {
            **wanted,
            "quotaShareArn": arn,
            "jobQueueArn": lab.arn("job-queue", queue),
            "state": "ENABLED",
            "status": "VALID",
        },
    )


@case("CreateQuotaShare", "behaviour", model("QuotaShareResourceSharingConfiguration.borrowLimit"))
def a_borrowing_share_keeps_its_limit(lab: Lab) -> None:
    sharing = {"strategy": "LEND_AND_BORROW", "borrowLimit": 200}
    arn = lab.quota_share(lab.shared_quota_queue, resourceSharingConfiguration=sharing)
    same(detail(lab, arn)["resourceSharingConfiguration"], sharing)


@case("DescribeQuotaShare", "errors", assumed("there is nothing to answer; the text is not known"))
def describing_an_unknown_one_is_refused(lab: Lab) -> None:
    arn = lab.quota_share(lab.shared_quota_queue, state="DISABLED")
    lab.call("DeleteQuotaShare", quotaShareArn=arn)
    lab.until_gone(lambda: lab.status("QuotaShare", arn))
    lab.refused(REFUSED, "DescribeQuotaShare", quotaShareArn=arn)


@case("ListQuotaShares", "behaviour", model("ListQuotaSharesResponse.quotaShares"))
def they_are_listed_by_queue(lab: Lab) -> None:
    queue = lab.quota_queue()
    arns = sorted(lab.quota_share(queue) for _ in range(2))
    found = lab.call("ListQuotaShares", jobQueue=queue)["quotaShares"]
    same(sorted(each["quotaShareArn"] for each in found), arns)


@case("UpdateQuotaShare", "behaviour", model("UpdateQuotaShareRequest"))
def it_can_be_changed(lab: Lab) -> None:
    arn = lab.quota_share(lab.shared_quota_queue)
    change = {
        **limits(lab.settings.training_instance_type, most=1),
        "resourceSharingConfiguration": {"strategy": "LEND"},
        "preemptionConfiguration": {"inSharePreemption": "ENABLED"},
    }
    lab.call("UpdateQuotaShare", quotaShareArn=arn, **change)
    lab.until_settled(lambda: lab.status("QuotaShare", arn))
    includes(detail(lab, arn), change)


@case("UpdateQuotaShare", "life cycle", model("UpdateQuotaShareRequest.state"))
def it_can_be_disabled(lab: Lab) -> None:
    arn = lab.quota_share(lab.shared_quota_queue)
    lab.call("UpdateQuotaShare", quotaShareArn=arn, state="DISABLED")
    lab.until_settled(lambda: lab.status("QuotaShare", arn))
    includes(detail(lab, arn), {"state": "DISABLED", "status": "VALID"})


@case("DeleteQuotaShare", "life cycle", model("DeleteQuotaShare"))
def a_disabled_one_can_be_deleted(lab: Lab) -> None:
    arn = lab.quota_share(lab.shared_quota_queue, state="DISABLED")
    same(lab.call("DeleteQuotaShare", quotaShareArn=arn), {})
    lab.until_gone(lambda: lab.status("QuotaShare", arn))


@case("DeleteQuotaShare", "errors", model("DeleteQuotaShare"))
def an_enabled_one_cannot_be_deleted(lab: Lab) -> None:
    lab.refused(REFUSED, "DeleteQuotaShare", quotaShareArn=lab.quota_share(lab.shared_quota_queue))


@case("CreateQuotaShare", "limits", model("CreateQuotaShareRequest.state"))
def a_disabled_share_accepts_no_jobs(lab: Lab) -> None:
    queue = lab.shared_quota_queue
    request = lab.share_members(queue)
    lab.quota_share(queue, **request, state="DISABLED")
    job = lab.service_job_members(jobQueue=queue, quotaShareName=request["quotaShareName"])
    lab.refused(REFUSED, "SubmitServiceJob", **job)
