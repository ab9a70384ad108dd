"""What SubmitJob's overrides, parameters and tags make of a job, and what its container is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import assumed, emulator_only, guide, issue, model
from conformance.expect import REFUSED, holds, includes, lacks, same
from conformance.refusals import Row, add_refusals
from conformance.requests import GONE

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("job-overrides")
case = family.case
TOO_LONG = "Container Overrides length must be at most 8192"
PARAMETERS = guide("job_definition_parameters")


def idle(lab: Lab, **members: Any) -> dict[str, Any]:
    """A job that stays RUNNABLE, as DescribeJobs shows it; it has no overrides but those given."""
    request = {**lab.job_members(), "jobQueue": lab.shared_idle_queue, **members}
    if "containerOverrides" not in members:
        del request["containerOverrides"]
    return lab.job(str(lab.call("SubmitJob", **request)["jobId"]))


def command_of(lab: Lab, command: list[str], defaults: dict[str, str], **members: Any) -> list[str]:
    """What the command of a definition becomes."""
    definition = lab.definition({"command": command}, parameters=defaults)
    return list(idle(lab, jobDefinition=definition, **members)["container"]["command"])


# --- overrides


@case("SubmitJob", "behaviour", model("ContainerOverrides.vcpus"))
def deprecated_amounts_do_not_override_requirements(lab: Lab) -> None:
    job = idle(lab, containerOverrides={"vcpus": 2, "memory": 256})
    found = {each["type"]: each["value"] for each in job["container"]["resourceRequirements"]}
    same(found, {"VCPU": "1", "MEMORY": "128"})


@case("SubmitJob", "behaviour", model("ContainerOverrides.memory"))
def deprecated_amounts_override_deprecated_ones(lab: Lab) -> None:
    definition = lab.definition({"resourceRequirements": [], "vcpus": 1, "memory": 128})
    job = idle(lab, jobDefinition=definition, containerOverrides={"vcpus": 2, "memory": 256})
    includes(job["container"], {"vcpus": 2, "memory": 256})


@case("SubmitJob", "behaviour", model("ContainerOverrides.resourceRequirements"))
def a_requirement_takes_the_place_of_a_deprecated_amount(lab: Lab) -> None:
    definition = lab.definition({"resourceRequirements": [], "vcpus": 1, "memory": 128})
    more = {"resourceRequirements": [{"type": "VCPU", "value": "2"}]}
    job = idle(lab, jobDefinition=definition, containerOverrides=more)
    same(job["container"]["resourceRequirements"], [{"type": "VCPU", "value": "2"}])


@case("SubmitJob", "behaviour", model("SubmitJobRequest.retryStrategy"))
def a_retry_strategy_is_replaced_as_a_whole(lab: Lab) -> None:
    rules = [{"onExitCode": "1", "action": "EXIT"}]
    definition = lab.definition(retryStrategy={"attempts": 2, "evaluateOnExit": rules})
    job = idle(lab, jobDefinition=definition, retryStrategy={"attempts": 3})
    same(job["retryStrategy"], {"attempts": 3, "evaluateOnExit": []})


@case("SubmitJob", "behaviour", model("SubmitJobRequest.timeout"))
def without_a_word_the_definitions_strategies_hold(lab: Lab) -> None:
    rules = [{"onExitCode": "1", "action": "EXIT"}]
    strategy = {"attempts": 2, "evaluateOnExit": rules}
    definition = lab.definition(retryStrategy=strategy, timeout={"attemptDurationSeconds": 90})
    job = idle(lab, jobDefinition=definition)
    same((job["retryStrategy"], job["timeout"]), (strategy, {"attemptDurationSeconds": 90}))


@case("SubmitJob", "behaviour", model("SubmitJobRequest.schedulingPriorityOverride"))
def an_overriding_priority_is_given_back(lab: Lab) -> None:
    queue = lab.queue(lab.disabled_environment(), schedulingPolicyArn=lab.shared_fair_policy)
    definition = lab.definition(schedulingPriority=1)
    members = {"jobQueue": queue, "jobDefinition": definition, "shareIdentifier": "a"}
    same(idle(lab, **members)["schedulingPriority"], 1)
    same(idle(lab, **members, schedulingPriorityOverride=7)["schedulingPriority"], 7)


@case("SubmitJob", "behaviour", issue("ASFHyP3/hyp3#3041"))
def overrides_that_are_too_long_fail_the_job_after_its_submission(lab: Lab) -> None:
    overrides = {"environment": [{"name": "LONG", "value": "x" * 8192}]}
    job = lab.reached(lab.submit(containerOverrides=overrides), "FAILED")
    same(job["statusReason"], TOO_LONG)
    lacks(job, "startedAt")


@case("SubmitJob", "behaviour", issue("Netflix/metaflow#1482"))
def a_command_that_is_too_long_fails_the_job_after_its_submission(lab: Lab) -> None:
    overrides = {"command": ["sh", "-c", f": {'x' * 8192}"]}
    same(lab.reached(lab.submit(containerOverrides=overrides), "FAILED")["statusReason"], TOO_LONG)


@case("SubmitJob", "behaviour", assumed("Amazon ECS is not asked before the job is placed"))
def overrides_that_are_too_long_wait_like_others(lab: Lab) -> None:
    overrides = {"environment": [{"name": "LONG", "value": "x" * 8192}]}
    same(idle(lab, containerOverrides=overrides)["status"], "RUNNABLE")


# --- tags


@case("SubmitJob", "behaviour", model("SubmitJobRequest.propagateTags"))
def the_requests_word_on_propagation_wins(lab: Lab) -> None:
    definition = lab.definition(propagateTags=True)
    same(idle(lab, jobDefinition=definition)["propagateTags"], True)
    same(idle(lab, jobDefinition=definition, propagateTags=False)["propagateTags"], False)


@case("SubmitJob", "behaviour", model("SubmitJobRequest.propagateTags"))
def more_than_50_tags_to_propagate_fail_the_job(lab: Lab) -> None:
    definition = lab.definition(tags={f"definition-{n}": "x" for n in range(26)})
    members: dict[str, Any] = {
        "jobDefinition": definition,
        "tags": {f"job-{n}": "x" for n in range(25)},
    }
    lab.reached(lab.submit(propagateTags=True, **members), "FAILED")
    lab.reached(lab.submit(propagateTags=False, **members), "SUCCEEDED")


# --- parameters


@case("SubmitJob", "behaviour", PARAMETERS)
def the_definitions_parameters_are_defaults(lab: Lab) -> None:
    command = ["cp", "Ref::from", "Ref::to"]
    found = command_of(lab, command, {"from": "a", "to": "b"}, parameters={"to": "c"})
    same(found, ["cp", "a", "c"])


@case("SubmitJob", "behaviour", PARAMETERS)
def references_in_an_overriding_command_are_replaced(lab: Lab) -> None:
    found = command_of(lab, ["a"], {"word": "b"}, containerOverrides={"command": ["echo", "Ref::word"]})
    same(found, ["echo", "b"])


@case("SubmitJob", "behaviour", assumed("public definitions have references inside larger words"))
def a_word_may_hold_several_references(lab: Lab) -> None:
    same(command_of(lab, ["--x=Ref::a,Ref::b"], {"a": "1", "b": "2"}), ["--x=1,2"])


@case("SubmitJob", "behaviour", assumed("where a name ends is not documented: the longest known one wins"))
def the_longest_known_name_wins(lab: Lab) -> None:
    same(command_of(lab, ["Ref::in", "Ref::input"], {"in": "1", "input": "2"}), ["1", "2"])


@case("SubmitJob", "behaviour", assumed("no page says that values are looked at again"))
def what_a_value_holds_is_not_replaced(lab: Lab) -> None:
    same(command_of(lab, ["Ref::a"], {"a": "Ref::b", "b": "c"}), ["Ref::b"])


@case("SubmitJob", "behaviour", assumed("nothing says that each parameter must be used"))
def parameters_that_nothing_refers_to_are_kept(lab: Lab) -> None:
    same(idle(lab, parameters={"unused": "x"})["parameters"], {"unused": "x"})


add_refusals(
    family,
    "SubmitJob",
    lambda lab: lab.job_members(),
    [
        Row(
            "variable-of-batch",
            {"containerOverrides": {"environment": [{"name": "AWS_BATCH_MINE", "value": "x"}]}},
            REFUSED,
            model("ContainerOverrides.environment"),
        ),
        Row(
            "reference-in-overriding-command",
            {"containerOverrides": {"command": ["Ref::nobody"]}},
            REFUSED,
            PARAMETERS,
        ),
        Row(
            "reference-that-only-another-definition-knows",
            lambda lab: {
                "jobDefinition": lab.definition({"command": ["Ref::b"]}, parameters={"a": "x"}),
                "containerOverrides": GONE,
            },
            REFUSED,
            PARAMETERS,
        ),
    ],
)


# --- what the container sees


@case("SubmitJob", "life cycle", guide("job_env_vars"))
def a_container_is_told_its_queue_environment_and_attempt(lab: Lab) -> None:
    """The job itself looks; with planned outcomes nobody does."""
    told = {"QUEUE": lab.shared_queue, "ENVIRONMENT": lab.shared_environment}
    environment = [{"name": name, "value": value} for name, value in told.items()]
    overrides = {**lab.job_members("is-told")["containerOverrides"], "environment": environment}
    lab.reached(lab.submit("is-told", containerOverrides=overrides), "SUCCEEDED")


@case("SubmitJob", "life cycle", guide("job_env_vars"))
def the_attempts_are_numbered_from_1(lab: Lab) -> None:
    job = lab.reached(lab.submit("tries-twice", retryStrategy={"attempts": 3}), "SUCCEEDED")
    same([each["container"]["exitCode"] for each in job["attempts"]], [3, 0])


@case("DescribeJobs", "behaviour", model("ContainerDetail.environment"))
def what_batch_adds_to_the_environment_is_not_described(lab: Lab) -> None:
    job = lab.reached(lab.submit("succeeds"), "SUCCEEDED")
    same(job["container"]["environment"], [])


# --- how long it can be looked at

DAY_S = 86_400


@case("DescribeJobs", "behaviour", emulator_only())
def a_finished_job_is_described_for_seven_days(lab: Lab) -> None:
    lab.endpoint.control("clock")
    job_id = lab.submit("fails")
    lab.reached(job_id, "FAILED")
    lab.pass_time(7 * DAY_S - 60)
    same(lab.job(job_id)["status"], "FAILED")
    lab.pass_time(120)
    same(lab.call("DescribeJobs", jobs=[job_id])["jobs"], [])
    everything = [{"name": "JOB_NAME", "values": ["fails-*"]}]
    listed = lab.call("ListJobs", jobQueue=lab.shared_queue, filters=everything)["jobSummaryList"]
    holds(job_id not in {each["jobId"] for each in listed}, "it is still listed")


@case("DescribeJobDefinitions", "behaviour", emulator_only())
def an_inactive_definition_is_described_for_180_days(lab: Lab) -> None:
    lab.endpoint.control("clock")
    arn = lab.definition()
    lab.call("DeregisterJobDefinition", jobDefinition=arn)
    lab.pass_time(180 * DAY_S - 60)
    found = lab.call("DescribeJobDefinitions", jobDefinitions=[arn])["jobDefinitions"]
    same([each["status"] for each in found], ["INACTIVE"])
    lab.pass_time(120)
    same(lab.call("DescribeJobDefinitions", jobDefinitions=[arn])["jobDefinitions"], [])
