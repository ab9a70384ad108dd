"""TagResource, UntagResource, ListTagsForResource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.case import Family
from conformance.evidence import assumed, guide, issue, model
from conformance.expect import REFUSED, Error, same

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.lab import Lab

family = Family("tags")
case = family.case

TAGGABLE: Mapping[str, Callable[[Lab], str]] = {
    "a-compute-environment": lambda lab: lab.arn("compute-environment", lab.environment()),
    "a-job-queue": lambda lab: lab.arn("job-queue", lab.queue()),
    "a-job-definition": lambda lab: lab.definition(),
    "a-job": lambda lab: lab.arn("job", lab.submit(jobQueue=lab.shared_idle_queue)),
    "a-scheduling-policy": lambda lab: lab.policy(),
    "a-consumable-resource": lambda lab: lab.arn("consumable-resource", lab.consumable()),
    "a-service-environment": lambda lab: lab.arn("service-environment", lab.service_environment()),
    "a-service-job": lambda lab: str(lab.call("SubmitServiceJob", **lab.service_job_members())["jobArn"]),
    "a-quota-share": lambda lab: lab.quota_share(lab.shared_quota_queue),
}


def tags(lab: Lab, arn: str) -> dict[str, str]:
    return dict(lab.call("ListTagsForResource", resourceArn=arn)["tags"])


def tag(lab: Lab, arn: str, **members: str) -> None:
    same(lab.call("TagResource", resourceArn=arn, tags=members), {})


def _add(kind: str, make: Callable[[Lab], str]) -> None:
    def check(lab: Lab) -> None:
        arn = make(lab)
        tag(lab, arn, a="1", b="2")
        same(tags(lab, arn), {"a": "1", "b": "2"})
        same(lab.call("UntagResource", resourceArn=arn, tagKeys=["a"]), {})
        same(tags(lab, arn), {"b": "2"})

    family.add(f"{kind}-can-be-tagged", "TagResource", "tags", guide("using-tags"), check)


for _kind, _make in TAGGABLE.items():
    _add(_kind, _make)


@case("ListTagsForResource", "tags", model("ListTagsForResourceResponse.tags"))
def what_has_no_tags_has_an_empty_map(lab: Lab) -> None:
    same(tags(lab, lab.definition()), {})


@case("TagResource", "tags", model("TagResource"))
def tags_that_are_not_named_stay(lab: Lab) -> None:
    arn = lab.definition(tags={"a": "1", "b": "2"})
    tag(lab, arn, b="3", c="4")
    same(tags(lab, arn), {"a": "1", "b": "3", "c": "4"})


@case("UntagResource", "tags", assumed("general knowledge"))
def unknown_keys_are_ignored(lab: Lab) -> None:
    arn = lab.definition(tags={"a": "1"})
    same(lab.call("UntagResource", resourceArn=arn, tagKeys=["nobody"]), {})
    same(tags(lab, arn), {"a": "1"})


@case("UntagResource", "tags", model("UntagResourceRequest.tagKeys"))
def several_keys_go_at_once(lab: Lab) -> None:
    arn = lab.definition(tags={"a b": "1", "c": "2", "d": "3"})
    lab.call("UntagResource", resourceArn=arn, tagKeys=["a b", "d"])
    same(tags(lab, arn), {"c": "2"})


@case("DescribeJobDefinitions", "tags", guide("using-tags"))
def describe_shows_the_same_tags(lab: Lab) -> None:
    arn = lab.definition()
    tag(lab, arn, a="1")
    (found,) = lab.call("DescribeJobDefinitions", jobDefinitions=[arn])["jobDefinitions"]
    same(found["tags"], {"a": "1"})


@case("SubmitJob", "tags", model("SubmitJobRequest.tags"))
def a_jobs_tags_are_its_own(lab: Lab) -> None:
    definition = lab.definition(tags={"a": "1"})
    members = {"jobQueue": lab.shared_idle_queue, "jobDefinition": definition, "tags": {"b": "2"}}
    same(lab.job(lab.submit(**members))["tags"], {"b": "2"})


@case("TagResource", "errors", issue("Netflix/metaflow#1345"))
def forbidden_characters_are_refused(lab: Lab) -> None:
    wanted = Error(status=400, code="BadRequestException")
    lab.refused(wanted, "TagResource", resourceArn=lab.definition(), tags={"a": "what?!"})


@case("TagResource", "behaviour", issue("Netflix/metaflow#1345"))
def allowed_characters_are_kept(lab: Lab) -> None:
    arn = lab.definition()
    tag(lab, arn, a="x Y 9 _ . : / = + - @")
    same(tags(lab, arn), {"a": "x Y 9 _ . : / = + - @"})


@case("TagResource", "limits", guide("using-tags"))
def a_resource_has_at_most_50_tags(lab: Lab) -> None:
    arn = lab.definition(tags={f"key-{n}": "x" for n in range(50)})
    lab.refused(REFUSED, "TagResource", resourceArn=arn, tags={"one-more": "x"})


@case("TagResource", "limits", guide("using-tags"))
def the_prefix_aws_is_reserved(lab: Lab) -> None:
    status = lab.refusal("TagResource", resourceArn=lab.definition(), tags={"aws:a": "x"}).status
    same(status, 400, "HTTP status")


@case("TagResource", "errors", assumed("there is nothing to tag; the text is not known"))
def an_unknown_resource_cannot_be_tagged(lab: Lab) -> None:
    arn = lab.arn("job-queue", lab.name())
    lab.refused(REFUSED, "TagResource", resourceArn=arn, tags={"a": "1"})


@case("ListTagsForResource", "errors", assumed("there is nothing to list; the text is not known"))
def an_unknown_resource_has_no_tags_to_list(lab: Lab) -> None:
    lab.refused(REFUSED, "ListTagsForResource", resourceArn=lab.arn("job-queue", lab.name()))
