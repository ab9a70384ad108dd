"""What SubmitJob refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.evidence import assumed, guide, issue, model, quoted
from conformance.expect import REFUSED, bare, said, wrapped
from conformance.refusals import Row, add_refusals
from conformance.requests import GONE

if TYPE_CHECKING:
    from conformance.case import Family
    from conformance.lab import Lab

NOBODY = "00000000-0000-4000-8000-000000000000"
NAME = wrapped("Job name should match valid pattern")
NAMES = issue("opensupplyhub/open-apparel-registry#2007")


def _fargate_definition(lab: Lab) -> str:
    return lab.once(
        "fargate definition",
        lambda shared: shared.definition(
            platformCapabilities=["FARGATE"], containerProperties=shared.settings.fargate_container
        ),
    )


def _fair_queue(lab: Lab) -> str:
    return lab.once("fair queue", lambda shared: shared.queue(schedulingPolicyArn=shared.shared_fair_policy))


def _capability(name: str) -> Any:
    return bare(f"Job Queue is attached to Compute Environment that can not run Jobs with capability {name}.")


def _with_reference(lab: Lab) -> dict[str, Any]:
    return {"jobDefinition": lab.definition({"command": ["echo", "Ref::word"]}), "containerOverrides": GONE}


def _unknown_arn(lab: Lab) -> str:
    return lab.arn("job-definition", "conformance-nobody:1")


def _inactive(lab: Lab) -> dict[str, Any]:
    arn = lab.definition()
    lab.call("DeregisterJobDefinition", jobDefinition=arn)
    return {"jobDefinition": arn.rpartition("/")[2].partition(":")[0]}


ROWS = [
    Row("name-with-dot", {"jobName": "a.b"}, NAME, issue("fluidattacks/makes#697")),
    Row("name-with-space", {"jobName": "a b"}, NAME, NAMES),
    Row("name-of-129", {"jobName": "x" * 129}, NAME, NAMES),
    Row(
        "name-with-leading-dash",
        {"jobName": "-a"},
        NAME,
        quoted("a job name must begin with a letter or digit"),
    ),
    Row(
        "unknown-queue",
        {"jobQueue": "conformance-nobody"},
        bare("JobQueue conformance-nobody not found."),
        issue("base2genomics/batchit#13"),
    ),
    Row(
        "unknown-definition",
        {"jobDefinition": "conformance-nobody"},
        bare("JobDefinition name conformance-nobody does not exist or is not in ACTIVE status"),
        issue("aws-samples/aws-genomics-workflows#84"),
    ),
    Row(
        "inactive-definition",
        _inactive,
        said("JobDefinition name ", cut=True),
        issue("AlexsLemonade/refinebio#2887"),
    ),
    Row(
        "unknown-definition-arn",
        lambda lab: {"jobDefinition": _unknown_arn(lab)},
        lambda lab: bare(f"JobDefinition {_unknown_arn(lab)} not found."),
        issue("azavea/raster-vision-aws#17"),
    ),
    Row(
        "revision-that-is-no-number",
        {"jobDefinition": "name:latest"},
        bare("Provided name name:latest is not supported pattern[a-zA-Z_0-9-]{1,128}"),
        issue("aws/aws-sdk-js#4280"),
    ),
    Row(
        "ec2-definition-on-fargate",
        lambda lab: {
            "jobQueue": lab.once("fargate queue", lambda s: s.queue(s.shared_fargate_environment)),
        },
        _capability("EC2"),
        quoted("can not run Jobs with capability EC2"),
    ),
    Row(
        "fargate-definition-on-ec2",
        lambda lab: {"jobDefinition": _fargate_definition(lab)},
        _capability("FARGATE"),
        assumed("by analogy with the answer for EC2"),
    ),
    Row(
        "empty-command",
        {"containerOverrides": {"command": [""]}},
        bare("Command cannot be empty"),
        issue("boto/boto3#3612"),
    ),
    Row(
        "21-dependencies",
        {"dependsOn": [{"jobId": NOBODY}] * 21},
        wrapped("Job cannot have more than 20 dependencies"),
        issue("OpenNeuroOrg/openneuro#100"),
    ),
    Row(
        "unknown-dependency",
        {"dependsOn": [{"jobId": NOBODY}]},
        REFUSED,
        assumed("no answer is known"),
    ),
    Row(
        "request-of-31-kib",
        {"parameters": {"x": "y" * 31 * 1024}},
        said("Job size must be less than 30 KiB, got ", cut=True),
        issue("ASFHyP3/hyp3#3041"),
    ),
    Row(
        "parameter-without-value",
        _with_reference,
        bare("Unable to substitute value. No parameter found for reference word"),
        quoted("No parameter found for reference"),
    ),
    Row(
        "share-on-fifo-queue",
        {"shareIdentifier": "a"},
        bare(
            "Job with shareIdentifier or schedulingPriority can onlybe submitted to job queue "
            "with fair share scheduling policy."
        ),
        quoted("can onlybe submitted to job queue"),
    ),
    Row(
        "no-share-on-fair-queue",
        lambda lab: {"jobQueue": _fair_queue(lab)},
        bare("shareIdentifier must be specified."),
        issue("boto/boto3#3158"),
    ),
    Row(
        "no-priority-on-fair-queue",
        lambda lab: {"jobQueue": _fair_queue(lab), "shareIdentifier": "a"},
        bare(
            "Either schedulingPriority in job definition or schedulingPriorityOverride should be specified."
        ),
        issue("nextflow-io/nextflow#3505"),
    ),
    Row("timeout-59", {"timeout": {"attemptDurationSeconds": 59}}, REFUSED, model("JobTimeout")),
    Row("attempts-11", {"retryStrategy": {"attempts": 11}}, REFUSED, model("RetryStrategy.attempts")),
    Row("attempts-0", {"retryStrategy": {"attempts": 0}}, REFUSED, model("RetryStrategy.attempts")),
    Row(
        "priority-10000",
        lambda lab: {
            "jobQueue": _fair_queue(lab),
            "shareIdentifier": "a",
            "schedulingPriorityOverride": 10_000,
        },
        REFUSED,
        model("SubmitJobRequest.schedulingPriorityOverride"),
    ),
    Row(
        "six-consumables",
        {
            "consumableResourcePropertiesOverride": {
                "consumableResourceList": [
                    {"consumableResource": f"conformance-{n}", "quantity": 1} for n in range(6)
                ]
            }
        },
        REFUSED,
        guide("service_limits"),
    ),
]


def add_rules(family: Family) -> None:
    add_refusals(family, "SubmitJob", lambda lab: lab.job_members(), ROWS)
