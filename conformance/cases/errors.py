"""The protocol itself: bodies, headers and envelopes, over raw HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import documented, issue, model
from conformance.expect import holds, same

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("errors")
case = family.case

JULIA = issue("JuliaCloud/AWS.jl#313")
RESTJSON = documented("https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html")
NOT_PARSED = {"message": "An error occurred during JSON parsing", "__type": "ClientException"}
MALFORMED = {
    "a-brace": b"{",
    "a-list": b"[]",
    "a-string-for-a-list": b'{"jobs": "x"}',
    "a-number-for-a-string": b'{"jobs": [1]}',
}


def _add(name: str, data: bytes) -> None:
    def check(lab: Lab) -> None:
        answer = lab.raw("/v1/describejobs", data)
        same(answer.status, 400, "HTTP status")
        same(answer.json(), NOT_PARSED)

    family.add(f"{name}-is-not-parsed", "DescribeJobs", "errors", JULIA, check)


for _name, _data in MALFORMED.items():
    _add(_name, _data)


def _post(lab: Lab, operation: str, body: Any) -> Any:
    return lab.raw(f"/v1/{operation.lower()}", json.dumps(body).encode())


@case("SubmitJob", "errors", JULIA)
def an_error_is_told_in_body_and_header(lab: Lab) -> None:
    answer = _post(lab, "SubmitJob", {"jobName": "j", "jobQueue": "conformance-nobody", "jobDefinition": "d"})
    same(answer.status, 400, "HTTP status")
    same(sorted(answer.json()), ["__type", "message"], "members of the body")
    same(answer.json()["__type"], "ClientException")
    same(answer.headers.get("x-amzn-errortype", "").partition(":")[0], "ClientException", "header")
    same(answer.headers.get("Content-Type"), "application/json", "Content-Type")


@case("DescribeJobs", "errors", JULIA)
def an_answer_carries_its_request_id(lab: Lab) -> None:
    answer = _post(lab, "DescribeJobs", {"jobs": []})
    holds(answer.headers.get("x-amzn-RequestId"), "no x-amzn-RequestId")


@case("DescribeJobQueues", "behaviour", RESTJSON)
def unknown_members_are_ignored(lab: Lab) -> None:
    same(_post(lab, "DescribeJobQueues", {"colour": "red"}).status, 200, "HTTP status")


@case("DescribeJobQueues", "behaviour", RESTJSON)
def null_members_count_as_absent(lab: Lab) -> None:
    same(_post(lab, "DescribeJobQueues", {"jobQueues": None}).status, 200, "HTTP status")


@case("DeregisterJobDefinition", "behaviour", model("DeregisterJobDefinitionResponse"))
def an_answer_without_members_is_an_empty_object(lab: Lab) -> None:
    answer = _post(lab, "DeregisterJobDefinition", {"jobDefinition": lab.definition()})
    same((answer.status, answer.json()), (200, {}))


@case("DescribeJobs", "behaviour", model("JobDetail.createdAt"))
def times_are_whole_milliseconds(lab: Lab) -> None:
    answer = _post(lab, "DescribeJobs", {"jobs": [lab.submit()]})
    created = answer.json()["jobs"][0]["createdAt"]
    holds(isinstance(created, int) and created > 1_600_000_000_000, f"createdAt is {created!r}")


@case("SubmitJob", "errors", issue("pegasus-isi/pegasus#2086"))
def a_wrapped_error_names_the_request(lab: Lab) -> None:
    refusal = lab.refusal("DescribeJobs", jobs=["00000000-0000-4000-8000-000000000000"] * 101)
    holds(refusal.is_wrapped, f"not wrapped: {refusal.message}")
