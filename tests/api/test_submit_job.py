"""SubmitJob: what it finds, what it refuses, and what overrides do."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import (
    UUID4,
    body,
    client_error,
    container_properties,
    ignored,
    inner,
    job_detail,
    kind,
)
from tests.api.conftest import BATCH, FARGATE, ONE_VCPU
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

SUBMIT = "https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html"
OVERRIDES = "https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerOverrides.html"
PARAMETERS = "https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html"
LIMITS = "https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html"


def container(batch: Batch, job_id: str) -> dict[str, Any]:
    """The container of a job without what its attempt added."""
    added = ("taskArn", "logStreamName", "networkInterfaces", "exitCode", "reason")
    return {key: value for key, value in batch.job(job_id)["container"].items() if key not in added}


def call(batch: Batch, **members: Any) -> Any:
    request = {"jobName": "job", "jobQueue": "queue", "jobDefinition": "definition", **members}
    return batch.client.submit_job(**request)


def parked(batch: Batch) -> None:
    """A queue whose only environment is DISABLED: its jobs stay RUNNABLE."""
    batch.ready()
    batch.client.update_compute_environment(computeEnvironment="ce", state="DISABLED")


# --- what it answers


@aws.documented(SUBMIT)
def test_submitting_answers_arn_name_and_id(batch: Batch) -> None:
    batch.ready()
    answer = body(call(batch))
    assert re.fullmatch(UUID4, answer["jobId"])
    assert answer == {"jobArn": f"{BATCH}:job/{answer['jobId']}", "jobName": "job", "jobId": answer["jobId"]}


@aws.documented(SUBMIT)
def test_submitting_twice_makes_two_jobs(batch: Batch) -> None:
    batch.ready()
    assert batch.submit() != batch.submit()


@aws.recorded("a DescribeJobs answer of October 2025 shows the complete key set of a RUNNABLE job")
def test_a_plain_job_has_no_member_that_was_not_set(batch: Batch) -> None:
    parked(batch)
    job_id = batch.submit()
    assert batch.job(job_id) == job_detail(job_id, createdAt=batch.emulator.clock.now())


@aws.documented(SUBMIT)
def test_a_job_keeps_what_was_sent(batch: Batch) -> None:
    parked(batch)
    job_id = batch.submit(
        tags={"a": "b"},
        parameters={"p": "q"},
        timeout={"attemptDurationSeconds": 60},
        retryStrategy={"attempts": 2},
        propagateTags=True,
    )
    assert batch.job(job_id) == job_detail(
        job_id,
        createdAt=batch.emulator.clock.now(),
        tags={"a": "b"},
        parameters={"p": "q"},
        timeout={"attemptDurationSeconds": 60},
        retryStrategy={"attempts": 2, "evaluateOnExit": []},
        propagateTags=True,
    )


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDefinition.html")
def test_retry_strategy_and_timeout_of_the_definition_hold_unless_overridden(batch: Batch) -> None:
    parked(batch)
    exits = [{"onExitCode": "1", "action": "EXIT"}]
    batch.definition(
        "other",
        retryStrategy={"attempts": 5, "evaluateOnExit": exits},
        timeout={"attemptDurationSeconds": 90},
    )
    plain = batch.job(batch.submit(jobDefinition="other"))
    assert plain["retryStrategy"] == {"attempts": 5, "evaluateOnExit": exits}
    assert plain["timeout"] == {"attemptDurationSeconds": 90}
    over = batch.job(
        batch.submit(
            jobDefinition="other", retryStrategy={"attempts": 1}, timeout={"attemptDurationSeconds": 60}
        )
    )
    assert over["retryStrategy"] == {"attempts": 1, "evaluateOnExit": []}
    assert over["timeout"] == {"attemptDurationSeconds": 60}


@aws.assumed("engines send empty members for what they do not use; AWS takes them for absent")
def test_empty_members_make_a_plain_job(batch: Batch) -> None:
    parked(batch)
    job_id = batch.submit(
        arrayProperties={},
        dependsOn=[],
        parameters={},
        tags={},
        containerOverrides={},
        retryStrategy={},
        timeout={},
        nodeOverrides={},
    )
    assert batch.job(job_id) == job_detail(job_id, createdAt=batch.emulator.clock.now())


# --- queue and definition


@aws.documented(SUBMIT)
def test_a_queue_is_found_by_name_and_by_arn(batch: Batch) -> None:
    batch.ready()
    for text in ("queue", f"{BATCH}:job-queue/queue"):
        assert batch.job(batch.submit(jobQueue=text))["jobQueue"] == f"{BATCH}:job-queue/queue"


ARN = f"{BATCH}:job-definition/definition"


@pytest.mark.parametrize(
    ("text", "revision"),
    [("definition", 2), ("definition:1", 1), (ARN, 2), (f"{ARN}:1", 1), ("definition:2", 2)],
)
@aws.documented(SUBMIT)
def test_a_definition_without_a_revision_is_the_latest_active_one(
    batch: Batch, text: str, revision: int
) -> None:
    batch.ready()
    batch.definition()
    batch.definition()
    batch.client.deregister_job_definition(jobDefinition="definition:3")
    assert batch.job(batch.submit(jobDefinition=text))["jobDefinition"] == f"{ARN}:{revision}"


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_DeregisterJobDefinition.html")
def test_a_job_outlives_its_definition(batch: Batch) -> None:
    parked(batch)
    job_id = batch.submit()
    batch.client.deregister_job_definition(jobDefinition="definition:1")
    batch.plan()
    batch.client.update_compute_environment(computeEnvironment="ce", state="ENABLED")
    batch.advance(0)
    assert batch.status(job_id) == "SUCCEEDED"


ELSEWHERE = "arn:aws:batch:eu-west-1:123456789012"


@pytest.mark.parametrize("text", ["nobody", f"{BATCH}:job-queue/nobody", f"{ELSEWHERE}:job-queue/queue"])
@aws.recorded("issue base2genomics/batchit#13 (2019)")
def test_an_unknown_queue_is_refused(batch: Batch, refused: Any, text: str) -> None:
    batch.ready()
    assert refused(call, batch=batch, jobQueue=text) == client_error(f"JobQueue {text} not found.")


@pytest.mark.parametrize("text", ["nobody", "nobody:1", "definition:2"])
@aws.recorded("issue aws-samples/aws-genomics-workflows#84 (2020), AlexsLemonade/refinebio#2887 (2021)")
def test_an_unknown_definition_is_refused(batch: Batch, refused: Any, text: str) -> None:
    batch.ready()
    sentence = f"JobDefinition name {text} does not exist or is not in ACTIVE status"
    assert refused(call, batch=batch, jobDefinition=text) == client_error(sentence)


@pytest.mark.parametrize("text", ["definition", "definition:1"])
@aws.recorded("issue aws-samples/aws-genomics-workflows#84 (2020), AlexsLemonade/refinebio#2887 (2021)")
def test_an_inactive_definition_is_refused(batch: Batch, refused: Any, text: str) -> None:
    batch.ready()
    batch.client.deregister_job_definition(jobDefinition="definition:1")
    sentence = f"JobDefinition name {text} does not exist or is not in ACTIVE status"
    assert refused(call, batch=batch, jobDefinition=text) == client_error(sentence)


@pytest.mark.parametrize(
    "text",
    [
        f"{BATCH}:job-definition/nobody",
        f"{BATCH}:job-definition/nobody:1",
        f"{ELSEWHERE}:job-definition/definition:1",
    ],
)
@aws.recorded("issue azavea/raster-vision-aws#17 (2019)")
def test_an_unknown_definition_arn_is_refused(batch: Batch, refused: Any, text: str) -> None:
    batch.ready()
    assert refused(call, batch=batch, jobDefinition=text) == client_error(f"JobDefinition {text} not found.")


@pytest.mark.parametrize("suffix", ["", ":1"])
@aws.assumed("as for an unknown ARN; issue azavea/raster-vision-aws#17 does not say which of the two it was")
def test_the_arn_of_an_inactive_definition_is_refused(batch: Batch, refused: Any, suffix: str) -> None:
    batch.ready()
    batch.client.deregister_job_definition(jobDefinition="definition:1")
    text = f"{ARN}{suffix}"
    assert refused(call, batch=batch, jobDefinition=text) == client_error(f"JobDefinition {text} not found.")


@pytest.mark.parametrize("text", ["definition:latest", "two words", f"{BATCH}:job-queue/queue"])
@aws.recorded("issue aws/aws-sdk-js#4280")
def test_a_malformed_definition_is_refused(batch: Batch, refused: Any, text: str) -> None:
    batch.ready()
    sentence = f"Provided name {text} is not supported pattern[a-zA-Z_0-9-]{{1,128}}"
    assert refused(call, batch=batch, jobDefinition=text) == client_error(sentence)


@aws.assumed("the rule is documented, the sentence is not known: " + SUBMIT)
def test_a_disabled_queue_refuses_jobs(batch: Batch, refused: Any) -> None:
    batch.ready()
    batch.client.update_job_queue(jobQueue="queue", state="DISABLED")
    assert kind(refused(call, batch=batch)) == ("ClientException", 400)


@aws.recorded("real answers quoted in public code; the sentence for FARGATE by analogy with EC2")
def test_a_queue_that_cannot_run_the_job_refuses_it(batch: Batch, refused: Any) -> None:
    batch.ready()
    batch.client.create_compute_environment(
        computeEnvironmentName="fargate", type="MANAGED", computeResources=FARGATE
    )
    batch.queue("fargate", environments=("fargate",))
    batch.definition(
        "fargate",
        {
            "executionRoleArn": "r",
            "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}],
        },
        platformCapabilities=["FARGATE"],
    )
    sentence = "Job Queue is attached to Compute Environment that can not run Jobs with capability {}."
    assert refused(call, batch=batch, jobQueue="fargate") == client_error(sentence.format("EC2"))
    assert refused(call, batch=batch, jobDefinition="fargate") == client_error(sentence.format("FARGATE"))


# --- the request


@pytest.mark.parametrize("name", ["", "a.b", "-a", "_a", "two words", "x" * 129, "a/b"])
@aws.recorded("issue opensupplyhub/open-apparel-registry#2007 (2022), fluidattacks/makes#697 (2021)")
def test_a_job_name_that_cannot_be_is_refused(batch: Batch, refused: Any, name: str) -> None:
    batch.ready()
    answer = refused(call, batch=batch, jobName=name)
    assert inner(answer) == client_error("Job name should match valid pattern")


@pytest.mark.parametrize("name", ["a", "1", "A-b_c", "x" * 128])
@aws.documented(SUBMIT)
def test_job_names_of_every_allowed_kind_are_taken(batch: Batch, name: str) -> None:
    batch.ready()
    assert call(batch, jobName=name)["jobName"] == name


def sized(batch: Batch, size: int) -> dict[str, Any]:
    """Members of a request whose JSON has ``size`` bytes."""
    members = {"jobName": "job", "jobQueue": "queue", "jobDefinition": "definition", "parameters": {"p": ""}}
    padding = size - len(json.dumps(members))
    return {**members, "parameters": {"p": "x" * padding}}


@aws.recorded("issue ASFHyP3/hyp3#3041 (2026)")
def test_a_job_of_30_kib_is_refused(batch: Batch, refused: Any) -> None:
    batch.ready()
    answer = refused(batch.client.submit_job, **sized(batch, 47 * 1024))
    assert inner(answer) == client_error("Job size must be less than 30 KiB, got 47 KiB")
    answer = refused(batch.client.submit_job, **sized(batch, 30 * 1024))
    assert inner(answer) == client_error("Job size must be less than 30 KiB, got 30 KiB")
    batch.client.submit_job(**sized(batch, 30 * 1024 - 1))


@aws.recorded("issue OpenNeuroOrg/openneuro#100 (2017)")
def test_more_than_20_dependencies_are_refused(batch: Batch, refused: Any) -> None:
    parked(batch)
    ids = [{"jobId": batch.submit()} for _ in range(21)]
    answer = refused(call, batch=batch, dependsOn=ids)
    assert inner(answer) == client_error("Job cannot have more than 20 dependencies")
    assert batch.job(batch.submit(dependsOn=ids[:20]))["dependsOn"] == ids[:20]


@aws.assumed("the sentence is not known")
def test_an_unknown_dependency_is_refused(batch: Batch, refused: Any) -> None:
    batch.ready()
    answer = refused(call, batch=batch, dependsOn=[{"jobId": "00000000-0000-4000-8000-000000000000"}])
    assert kind(answer) == ("ClientException", 400)


@pytest.mark.parametrize("members", [{"shareIdentifier": "s"}, {"schedulingPriorityOverride": 1}])
@aws.recorded("a real answer quoted in public code; the missing space is AWS's")
def test_shares_need_a_fair_share_queue(batch: Batch, refused: Any, members: dict[str, Any]) -> None:
    batch.ready()
    assert refused(call, batch=batch, **members) == client_error(
        "Job with shareIdentifier or schedulingPriority can onlybe submitted to job queue "
        "with fair share scheduling policy."
    )


def fair(batch: Batch, **definition: Any) -> None:
    """A queue with a fair-share policy."""
    batch.environment()
    batch.queue(schedulingPolicyArn=batch.policy())
    batch.definition(**definition)


@aws.recorded("issue boto/boto3#3158 (2022)")
def test_a_fair_share_queue_needs_a_share_identifier(batch: Batch, refused: Any) -> None:
    fair(batch, schedulingPriority=1)
    assert refused(batch.submit) == client_error("shareIdentifier must be specified.")


@aws.recorded("issue nextflow-io/nextflow#3505 (2022)")
def test_a_fair_share_queue_needs_a_scheduling_priority(batch: Batch, refused: Any) -> None:
    fair(batch)
    assert refused(batch.submit, shareIdentifier="a") == client_error(
        "Either schedulingPriority in job definition or schedulingPriorityOverride should be specified."
    )


@pytest.mark.parametrize(
    ("definition", "members", "priority"),
    [
        ({"schedulingPriority": 1}, {}, 1),
        ({"schedulingPriority": 1}, {"schedulingPriorityOverride": 9999}, 9999),
        ({"schedulingPriority": 1}, {"schedulingPriorityOverride": 0}, 0),
        ({}, {"schedulingPriorityOverride": 5}, 5),
    ],
)
@aws.documented(SUBMIT)
def test_a_job_has_its_share_and_its_priority(
    batch: Batch, definition: dict[str, int], members: dict[str, int], priority: int
) -> None:
    fair(batch, **definition)
    job = batch.job(batch.submit(shareIdentifier="a_-1", **members))
    assert (job["shareIdentifier"], job["schedulingPriority"]) == ("a_-1", priority)


@pytest.mark.parametrize("identifier", ["a*", "a" * 255 + "*"])
@aws.documented("model: SubmitJobRequest.shareIdentifier")
def test_a_share_identifier_may_end_in_an_asterisk(batch: Batch, identifier: str) -> None:
    fair(batch, schedulingPriority=1)
    assert batch.job(batch.submit(shareIdentifier=identifier))["shareIdentifier"] == identifier


@pytest.mark.parametrize("identifier", ["", "a b", "*", "a*b", "a" * 256])
@aws.assumed("which identifiers can be is documented, the sentence is that of scheduling policies: " + SUBMIT)
def test_a_share_identifier_that_cannot_be_is_refused(batch: Batch, refused: Any, identifier: str) -> None:
    fair(batch, schedulingPriority=1)
    answer = inner(refused(batch.submit, shareIdentifier=identifier))
    assert answer == client_error("ShareIdentifier name should match a valid pattern.")


@pytest.mark.parametrize("priority", [-1, 10_000])
@aws.assumed("the sentence is that of job definitions, the range: " + SUBMIT)
def test_a_priority_out_of_range_is_refused(batch: Batch, refused: Any, priority: int) -> None:
    fair(batch)
    answer = refused(batch.submit, shareIdentifier="a", schedulingPriorityOverride=priority)
    assert inner(answer) == client_error("Scheduling priority must be between 0 and 9999.")


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html")
def test_a_definition_with_a_priority_runs_on_a_queue_without_a_policy(batch: Batch) -> None:
    batch.ready()
    batch.definition("d", schedulingPriority=7)
    assert batch.job(batch.submit(jobDefinition="d"))["schedulingPriority"] == 7


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"retryStrategy": {"attempts": 11}}, "RetryAttempts must be between 1 and 10."),
        (
            {"timeout": {"attemptDurationSeconds": 59}},
            "AttemptDurationSeconds in Timeout must be at least 60 seconds.",
        ),
    ],
)
@aws.assumed("the sentences were measured on RegisterJobDefinition")
def test_strategies_and_timeouts_that_cannot_be_are_refused(
    batch: Batch, refused: Any, members: dict[str, Any], text: str
) -> None:
    batch.ready()
    assert inner(refused(call, batch=batch, **members)) == client_error(text)


@aws.assumed("a refused request leaves nothing behind")
def test_a_refused_job_is_not_listed(batch: Batch, refused: Any) -> None:
    parked(batch)
    refused(call, batch=batch, tags={"a": "ä;"})
    refused(call, batch=batch, dependsOn=[{"jobId": "nobody"}])
    assert batch.client.list_jobs(jobQueue="queue", jobStatus="RUNNABLE")["jobSummaryList"] == []


# --- overrides


@aws.documented(OVERRIDES)
def test_an_overriding_command_replaces_the_whole_command(batch: Batch) -> None:
    parked(batch)
    batch.definition("other", {"command": ["a", "b"]})
    job_id = batch.submit(jobDefinition="other", containerOverrides={"command": ["c"]})
    assert container(batch, job_id) == container_properties(command=["c"])


@aws.recorded("issue boto/boto3#3612 (2023)")
def test_a_command_with_an_empty_word_is_refused(batch: Batch, refused: Any) -> None:
    batch.ready()
    answer = refused(call, batch=batch, containerOverrides={"command": ["echo", ""]})
    assert answer == client_error("Command cannot be empty")


@aws.documented(OVERRIDES)
def test_the_environment_is_merged_by_name(batch: Batch) -> None:
    parked(batch)
    own = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    batch.definition("other", {"environment": own})
    over = [{"name": "B", "value": "3"}, {"name": "C", "value": "4"}]
    job_id = batch.submit(jobDefinition="other", containerOverrides={"environment": over})
    assert container(batch, job_id) == container_properties(environment=[own[0], *over])


@aws.documented(OVERRIDES)
def test_requirements_are_replaced_by_type(batch: Batch) -> None:
    parked(batch)
    more = [{"type": "MEMORY", "value": "256"}, {"type": "GPU", "value": "1"}]
    job_id = batch.submit(containerOverrides={"resourceRequirements": more})
    assert container(batch, job_id) == container_properties(resourceRequirements=[ONE_VCPU[0], *more])


@aws.documented(OVERRIDES)
def test_deprecated_amounts_override_a_deprecated_definition(batch: Batch) -> None:
    parked(batch)
    batch.definition("old", {"vcpus": 1, "memory": 128, "resourceRequirements": []})
    job_id = batch.submit(jobDefinition="old", containerOverrides={"vcpus": 2, "memory": 256})
    assert container(batch, job_id) == container_properties(vcpus=2, memory=256, resourceRequirements=[])


@aws.documented(OVERRIDES)
def test_deprecated_amounts_do_not_override_requirements(batch: Batch) -> None:
    parked(batch)
    job_id = batch.submit(containerOverrides={"vcpus": 2, "memory": 256})
    assert container(batch, job_id) == container_properties()


@aws.documented(OVERRIDES)
def test_an_overriding_requirement_counts_against_capacity(batch: Batch) -> None:
    batch.ready()
    batch.plan(durationSeconds=60)
    three = {"resourceRequirements": [{"type": "VCPU", "value": "3"}]}
    first, second = (batch.submit(containerOverrides=three) for _ in range(2))
    assert (batch.status(first), batch.status(second)) == ("RUNNING", "RUNNABLE")


@pytest.mark.parametrize(
    ("platform", "gpus", "text"),
    [
        ("FARGATE", "1", "GPU is not applicable for Fargate."),
        (
            "EC2",
            "z",
            "Value z for type GPU in resourceRequirement is not valid. Please provide a numeric value.",
        ),
    ],
)
@aws.assumed("what RegisterJobDefinition refuses is refused here in the same words")
def test_an_overriding_gpu_is_judged_as_one_of_a_definition(
    batch: Batch, refused: Any, platform: str, gpus: str, text: str
) -> None:
    parked(batch)
    amounts = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
    properties = {"resourceRequirements": amounts, "executionRoleArn": "r"}
    batch.definition("other", properties, platformCapabilities=[platform])
    overrides = {"resourceRequirements": [{"type": "GPU", "value": gpus}]}
    answer = refused(batch.submit, jobDefinition="other", containerOverrides=overrides)
    assert inner(answer) == client_error(text)


@aws.documented("model: ResourceRequirement.value")
def test_a_fargate_memory_that_registers_can_be_submitted(batch: Batch, refused: Any) -> None:
    """A value that is no whole number is refused at one of the two doors, and by no means a fault of ours."""
    parked(batch)
    requirements = [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512.0"}]

    def both() -> None:
        batch.definition(
            "fargate",
            {"executionRoleArn": "r", "resourceRequirements": requirements},
            platformCapabilities=["FARGATE"],
        )
        call(batch, jobDefinition="fargate")

    assert kind(refused(both)) == ("ClientException", 400)


# --- parameters


@aws.documented(PARAMETERS)
def test_parameters_replace_references_in_the_command(batch: Batch) -> None:
    parked(batch)
    batch.definition(
        "other", {"command": ["cp", "Ref::from", "Ref::to"]}, parameters={"from": "a", "to": "b"}
    )
    job_id = batch.submit(jobDefinition="other", parameters={"to": "c", "more": "d"})
    job = batch.job(job_id)
    assert container(batch, job_id) == container_properties(command=["cp", "a", "c"])
    assert job["parameters"] == {"from": "a", "to": "c", "more": "d"}


@aws.assumed("references inside a larger word are common in public definitions; no page defines them")
def test_a_word_may_hold_several_references(batch: Batch) -> None:
    parked(batch)
    batch.definition("other", {"command": ["--x=Ref::a,Ref::b/Ref::a"]})
    job_id = batch.submit(jobDefinition="other", parameters={"a": "1", "b": "Ref::a"})
    assert container(batch, job_id) == container_properties(command=["--x=1,Ref::a/1"])


@aws.assumed("the token's end is not documented: the longest name that is known wins")
def test_the_longest_known_name_wins(batch: Batch) -> None:
    parked(batch)
    batch.definition("other", {"command": ["Ref::in", "Ref::input", "Ref::inputs"]})
    job_id = batch.submit(jobDefinition="other", parameters={"in": "1", "input": "2"})
    assert container(batch, job_id) == container_properties(command=["1", "2", "2s"])


@aws.documented(PARAMETERS)
def test_references_in_an_overriding_command_are_replaced_too(batch: Batch) -> None:
    parked(batch)
    batch.definition("other", parameters={"a": "1"})
    job_id = batch.submit(jobDefinition="other", containerOverrides={"command": ["Ref::a"]})
    assert container(batch, job_id) == container_properties(command=["1"])


@aws.recorded("a real answer quoted in public code")
def test_a_reference_without_a_parameter_is_refused(batch: Batch, refused: Any) -> None:
    batch.ready()
    batch.definition("other", {"command": ["echo", "Ref::missing"]})
    assert refused(call, batch=batch, jobDefinition="other") == client_error(
        "Unable to substitute value. No parameter found for reference missing"
    )


# --- not there yet, or without effect


@pytest.mark.parametrize(
    ("members", "names"),
    [
        ({}, []),
        ({"propagateTags": True}, ["propagateTags"]),
        ({"containerOverrides": {"instanceType": "m5.large"}}, ["containerOverrides.instanceType"]),
        (
            {"containerOverrides": {"resourceRequirements": [{"type": "GPU", "value": "1"}]}},
            ["containerOverrides.resourceRequirements[GPU]"],
        ),
        ({"containerOverrides": {"vcpus": 2}}, ["containerOverrides.vcpus"]),
    ],
)
@aws.emulator_only
def test_members_without_effect_are_named(batch: Batch, members: dict[str, Any], names: list[str]) -> None:
    batch.ready()
    assert ignored(call(batch, **members)) == names


@pytest.mark.parametrize(
    "members",
    [
        {"nodeOverrides": {"numNodes": 2}},
        {"ecsPropertiesOverride": {"taskProperties": []}},
        {"eksPropertiesOverride": {"podProperties": {}}},
    ],
)
@aws.assumed("overrides go with the kind of definition that they are named for; the wording is not known")
def test_overrides_for_another_kind_of_definition_are_refused(
    batch: Batch, refused: Any, members: dict[str, Any]
) -> None:
    batch.ready()
    assert kind(refused(call, batch=batch, **members)) == ("ClientException", 400)
    assert batch.client.list_jobs(jobQueue="queue")["jobSummaryList"] == []
