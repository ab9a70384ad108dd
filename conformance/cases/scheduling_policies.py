"""Create-, Describe-, List-, Update- and DeleteSchedulingPolicy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import assumed, model, preflight
from conformance.expect import CONFLICT, REFUSED, holds, includes, only, said, same
from conformance.refusals import Row, add_refusals

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("scheduling_policies")
case = family.case

POLICY = {
    "shareDecaySeconds": 3600,
    "computeReservation": 50,
    "shareDistribution": [{"shareIdentifier": "a", "weightFactor": 0.5}, {"shareIdentifier": "b*"}],
}
PATTERN = said("ShareIdentifier name should match a valid pattern.")
WEIGHT = said("Weight factor should be between 0.0001 and 999.9999.")


def detail(lab: Lab, arn: str) -> dict[str, Any]:
    return only(lab.call("DescribeSchedulingPolicies", arns=[arn])["schedulingPolicies"])


def fair(**members: Any) -> dict[str, Any]:
    return {"fairsharePolicy": members}


def shares(*identifiers: str, **members: Any) -> dict[str, Any]:
    return fair(shareDistribution=[{"shareIdentifier": each, **members} for each in identifiers])


ROWS = [
    Row(
        "two-words",
        {"name": "two words"},
        said("Scheduling policy name should match a valid pattern."),
        preflight("sp-name"),
    ),
    Row(
        "both-policies",
        {"fairsharePolicy": {}, "quotaSharePolicy": {"idleResourceAssignmentStrategy": "FIFO"}},
        said("A scheduling policy can have either fairsharePolicy or quotaSharePolicy, but not both."),
        preflight("sp-fairshare-quotashare-exclusive"),
    ),
    Row(
        "501-shares",
        shares(*(f"s{n}" for n in range(501))),
        said("ShareDistribution size cannot be greater than 500."),
        preflight("sp-*"),
    ),
    Row("share-two-words", shares("two words"), PATTERN, preflight("sp-*")),
    Row("share-inner-star", shares("a*b"), PATTERN, preflight("sp-*")),
    Row("share-256-characters", shares("x" * 256), PATTERN, preflight("sp-*")),
    Row(
        "share-twice",
        shares("a", "a"),
        said("Cannot have two or more identical shareIdentifiers."),
        preflight("sp-*"),
    ),
    Row(
        "overlapping-shares",
        shares("a*", "a1"),
        said("Share identifier a1 matches another share identifier a*."),
        preflight("sp-share-identifier-overlap"),
    ),
    Row("weight-0", shares("a", weightFactor=0.0), WEIGHT, preflight("sp-*")),
    Row("weight-1000", shares("a", weightFactor=1000.0), WEIGHT, preflight("sp-*")),
    Row(
        "idle-strategy",
        {"quotaSharePolicy": {"idleResourceAssignmentStrategy": "LIFO"}},
        said("Idle resource assignment strategy must be one of [FIFO]."),
        preflight("sp-quota-share-idle-strategy-value"),
    ),
    Row(
        "negative-decay",
        fair(shareDecaySeconds=-1),
        REFUSED,
        assumed("the model gives 0 to 604800, no answer"),
    ),
    Row(
        "decay-above-a-week",
        fair(shareDecaySeconds=604_801),
        REFUSED,
        model("FairsharePolicy.shareDecaySeconds"),
    ),
    Row(
        "reservation-100",
        fair(computeReservation=100),
        REFUSED,
        model("FairsharePolicy.computeReservation"),
    ),
    Row(
        "negative-reservation",
        fair(computeReservation=-1),
        REFUSED,
        model("FairsharePolicy.computeReservation"),
    ),
]
add_refusals(family, "CreateSchedulingPolicy", lambda lab: {"name": lab.name()}, ROWS)


@case("CreateSchedulingPolicy", "life cycle", model("CreateSchedulingPolicyResponse"))
def creating_answers_name_and_arn(lab: Lab) -> None:
    name = lab.name()
    answer = lab.call("CreateSchedulingPolicy", name=name, fairsharePolicy=POLICY)
    same(answer, {"name": name, "arn": lab.arn("scheduling-policy", name)})


@case("CreateSchedulingPolicy", "life cycle", assumed("general knowledge: all members are optional"))
def a_policy_may_be_empty(lab: Lab) -> None:
    name = lab.name()
    arn = lab.call("CreateSchedulingPolicy", name=name)["arn"]
    includes(detail(lab, arn), {"name": name, "arn": arn})


@case("CreateSchedulingPolicy", "errors", assumed("the answer for job queues is known"))
def a_name_that_is_taken_is_a_conflict(lab: Lab) -> None:
    name = detail(lab, lab.policy())["name"]
    lab.refused(CONFLICT, "CreateSchedulingPolicy", name=name, fairsharePolicy={})


@case("DescribeSchedulingPolicies", "defaults", model("SchedulingPolicyDetail.fairsharePolicy"))
def a_policy_keeps_what_was_sent(lab: Lab) -> None:
    found = detail(lab, lab.policy(fairsharePolicy=POLICY, tags={"a": "b"}))
    same(found["tags"], {"a": "b"})
    includes(found["fairsharePolicy"], {"shareDecaySeconds": 3600, "computeReservation": 50})
    same([each["shareIdentifier"] for each in found["fairsharePolicy"]["shareDistribution"]], ["a", "b*"])


@case("DescribeSchedulingPolicies", "defaults", model("SchedulingPolicyDetail.quotaSharePolicy"))
def a_quota_policy_keeps_what_was_sent(lab: Lab) -> None:
    found = detail(lab, lab.shared_quota_policy)
    same(found["quotaSharePolicy"], {"idleResourceAssignmentStrategy": "FIFO"})
    holds("fairsharePolicy" not in found, "a quota policy has no fairsharePolicy")


@case("DescribeSchedulingPolicies", "behaviour", assumed("as for queues and environments"))
def unknown_ones_are_left_out(lab: Lab) -> None:
    arn = lab.arn("scheduling-policy", lab.name())
    same(lab.call("DescribeSchedulingPolicies", arns=[arn])["schedulingPolicies"], [])


@case("DescribeSchedulingPolicies", "limits", model("DescribeSchedulingPoliciesRequest.arns"))
def at_most_100_are_described_at_once(lab: Lab) -> None:
    arns = [lab.arn("scheduling-policy", f"conformance-{n}") for n in range(101)]
    lab.refused(REFUSED, "DescribeSchedulingPolicies", arns=arns)


@case("ListSchedulingPolicies", "behaviour", model("SchedulingPolicyListingDetail"))
def a_list_holds_arns_only(lab: Lab) -> None:
    arn = lab.policy()
    found = [
        each
        for page in lab.client.get_paginator("list_scheduling_policies").paginate()
        for each in page["schedulingPolicies"]
    ]
    holds({"arn": arn} in found, f"{arn} is not listed as its arn alone")


@case("UpdateSchedulingPolicy", "behaviour", model("UpdateSchedulingPolicyRequest.fairsharePolicy"))
def a_policy_can_be_changed(lab: Lab) -> None:
    arn = lab.policy(fairsharePolicy=POLICY)
    change = {"shareDecaySeconds": 60, "shareDistribution": [{"shareIdentifier": "c", "weightFactor": 2.0}]}
    same(lab.call("UpdateSchedulingPolicy", arn=arn, fairsharePolicy=change), {})
    includes(detail(lab, arn)["fairsharePolicy"], change)


@case("UpdateSchedulingPolicy", "errors", model("UpdateSchedulingPolicyRequest.quotaSharePolicy"))
def its_kind_is_for_life(lab: Lab) -> None:
    policy = {"idleResourceAssignmentStrategy": "FIFO"}
    lab.refused(REFUSED, "UpdateSchedulingPolicy", arn=lab.policy(), quotaSharePolicy=policy)


@case("UpdateSchedulingPolicy", "errors", assumed("what is unknown cannot be updated; no answer is known"))
def updating_an_unknown_one_is_refused(lab: Lab) -> None:
    arn = lab.arn("scheduling-policy", lab.name())
    lab.refused(REFUSED, "UpdateSchedulingPolicy", arn=arn, fairsharePolicy={})


@case("DeleteSchedulingPolicy", "life cycle", model("DeleteSchedulingPolicy"))
def one_that_is_not_used_can_be_deleted(lab: Lab) -> None:
    arn = lab.policy()
    same(lab.call("DeleteSchedulingPolicy", arn=arn), {})
    same(lab.call("DescribeSchedulingPolicies", arns=[arn])["schedulingPolicies"], [])


@case("DeleteSchedulingPolicy", "errors", model("DeleteSchedulingPolicy"))
def one_that_a_queue_uses_cannot_be_deleted(lab: Lab) -> None:
    arn = lab.policy()
    lab.queue(schedulingPolicyArn=arn)
    lab.refused(REFUSED, "DeleteSchedulingPolicy", arn=arn)
    includes(detail(lab, arn), {"arn": arn})
