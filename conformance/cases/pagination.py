"""Pages: of every operation that botocore has a paginator for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore import xform_name

from conformance.case import Family
from conformance.evidence import assumed, model
from conformance.expect import REFUSED, holds, lacks, same

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.lab import Lab

    Things = tuple[dict[str, Any], list[str]]
    """The request that lists them, and what identifies each."""

family = Family("pagination")

COUNT = 3


def _environments(lab: Lab) -> Things:
    return {}, [lab.arn("compute-environment", lab.environment()) for _ in range(COUNT)]


def _definitions(lab: Lab) -> Things:
    name = lab.name()
    return {"jobDefinitionName": name}, [lab.definition(jobDefinitionName=name) for _ in range(COUNT)]


def _queues(lab: Lab) -> Things:
    return {}, [lab.arn("job-queue", lab.queue()) for _ in range(COUNT)]


def _jobs(lab: Lab) -> Things:
    queue = lab.idle_queue()
    jobs = [lab.submit(jobQueue=queue) for _ in range(COUNT)]
    for job_id in jobs:
        lab.reached(job_id, "RUNNABLE")
    return {"jobQueue": queue, "jobStatus": "RUNNABLE"}, [lab.arn("job", job_id) for job_id in jobs]


def _policies(lab: Lab) -> Things:
    return {}, [lab.policy() for _ in range(COUNT)]


def _consumables(lab: Lab) -> Things:
    return {}, [lab.arn("consumable-resource", lab.consumable()) for _ in range(COUNT)]


def _consuming_jobs(lab: Lab) -> Things:
    name = lab.consumable()
    needs = {"consumableResourceList": [{"consumableResource": name, "quantity": 1}]}
    members = {"jobQueue": lab.shared_idle_queue, "consumableResourcePropertiesOverride": needs}
    jobs = [lab.submit(**members) for _ in range(COUNT)]
    return {"consumableResource": name}, [lab.arn("job", job_id) for job_id in jobs]


def _service_environments(lab: Lab) -> Things:
    return {}, [lab.arn("service-environment", lab.service_environment()) for _ in range(COUNT)]


def _service_jobs(lab: Lab) -> Things:
    environment = lab.service_environment()
    order = [{"order": 1, "serviceEnvironment": environment}]
    queue = lab.training_queue(serviceEnvironmentOrder=order)
    lab.update("ServiceEnvironment", environment, state="DISABLED")
    request = {"jobQueue": queue}
    arns = [
        str(lab.call("SubmitServiceJob", **lab.service_job_members(**request))["jobArn"])
        for _ in range(COUNT)
    ]
    return {**request, "jobStatus": "RUNNABLE"}, arns


def _quota_shares(lab: Lab) -> Things:
    queue = lab.quota_queue()
    return {"jobQueue": queue}, [lab.quota_share(queue) for _ in range(COUNT)]


PAGED: Mapping[str, tuple[str, str, Callable[[Lab], Things]]] = {
    "DescribeComputeEnvironments": ("computeEnvironments", "computeEnvironmentArn", _environments),
    "DescribeJobDefinitions": ("jobDefinitions", "jobDefinitionArn", _definitions),
    "DescribeJobQueues": ("jobQueues", "jobQueueArn", _queues),
    "DescribeServiceEnvironments": ("serviceEnvironments", "serviceEnvironmentArn", _service_environments),
    "ListConsumableResources": ("consumableResources", "consumableResourceArn", _consumables),
    "ListJobs": ("jobSummaryList", "jobArn", _jobs),
    "ListJobsByConsumableResource": ("jobs", "jobArn", _consuming_jobs),
    "ListQuotaShares": ("quotaShares", "quotaShareArn", _quota_shares),
    "ListSchedulingPolicies": ("schedulingPolicies", "arn", _policies),
    "ListServiceJobs": ("jobSummaryList", "jobArn", _service_jobs),
}
"""By operation: the list in the answer, what identifies an item, and how three of them are made."""


def _walk(operation: str) -> Callable[[Lab], None]:
    """Pages of one: each thing once, and an end."""
    key, identifier, make = PAGED[operation]

    def check(lab: Lab) -> None:
        request, wanted = make(lab)
        paginator = lab.client.get_paginator(xform_name(operation))
        pages = list(paginator.paginate(**request, PaginationConfig={"PageSize": 1, "MaxItems": 5000}))
        holds(all(len(page[key]) <= 1 for page in pages), "a page of more than maxResults")
        found = [each[identifier] for page in pages for each in page[key]]
        same(sorted(set(wanted).intersection(found)), sorted(wanted), "what the pages hold")
        same(len(found), len(set(found)), "what comes twice")

    return check


def _whole(operation: str) -> Callable[[Lab], None]:
    """What fits on a page comes without a token."""
    key, identifier, make = PAGED[operation]

    def check(lab: Lab) -> None:
        request, wanted = make(lab)
        answer = lab.call(operation, **request, maxResults=100)
        lacks(answer, "nextToken")
        found = [each[identifier] for each in answer[key]]
        same(sorted(set(wanted).intersection(found)), sorted(wanted), "what the page holds")

    return check


def _refuses(operation: str, **members: Any) -> Callable[[Lab], None]:
    def check(lab: Lab) -> None:
        request = PAGED[operation][2](lab)[0] if operation.startswith("List") else {}
        lab.refused(REFUSED, operation, **{**request, **members})

    return check


for _operation in PAGED:
    _source = model(f"{_operation}Request.maxResults")
    family.add(f"{_operation}-goes-through-all-pages", _operation, "pagination", _source, _walk(_operation))
    family.add(f"{_operation}-ends-without-a-token", _operation, "pagination", _source, _whole(_operation))
    _token = assumed("tokens are opaque; the answer to one that was never given is not known")
    family.add(
        f"{_operation}-refuses-a-token-of-nobody",
        _operation,
        "pagination",
        _token,
        _refuses(_operation, nextToken="nobody"),
    )
    _most = 1001 if _operation == "ListJobs" else 101
    for _asked in (0, _most):
        family.add(
            f"{_operation}-refuses-max-results-{_asked}",
            _operation,
            "pagination",
            _source,
            _refuses(_operation, maxResults=_asked),
        )
