"""Every sentence that AWS Batch refuses a request with, named, with the public source of its wording.

A function returns the error, its caller raises it. "Assumed" marks a sentence of our own, where the
real wording is not known: clients can rely on its status and code only. Wrapped errors are printed by
AWS as ``Error executing request, Exception : <text>, RequestId: <id>``, bare ones as they are.

Abbreviations: PREFLIGHT is https://github.com/badmintoncryer/cdk-preflight (each rule was deployed
against AWS in September 2026), ISSUE a GitHub thread that quotes the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchemu.errors import BadRequestException, ClientException, ConflictException, NotImplementedByBatchemu

if TYPE_CHECKING:
    from collections.abc import Iterable


def invalid(text: str) -> ClientException:
    """A request that breaks a validation rule: AWS wraps these."""
    return ClientException(text, wrapped=True)


def not_implemented(what: str) -> NotImplementedByBatchemu:
    """Ours: what AWS does and batchemu does not."""
    return NotImplementedByBatchemu(f"batchemu does not implement {what} yet")


# --- names and look-up


def unsupported_name(value: str) -> ClientException:
    """ISSUE aws/aws-sdk-js#4280 (2022), boto/boto3#1922 (2019)."""
    return ClientException(f"Provided name {value} is not supported pattern[a-zA-Z_0-9-]{{1,128}}")


def job_queue_not_found(name: str) -> ClientException:
    """SubmitJob. ISSUE base2genomics/batchit#13 (2019)."""
    return ClientException(f"JobQueue {name} not found.")


def resource_does_not_exist(arn: str) -> ClientException:
    """Update of an unknown queue or environment: the full ARN, also when a name was sent.

    terraform-provider-aws matches ``does not exist``. For tags and DeregisterJobDefinition: assumed.
    """
    return ClientException(f"{arn} does not exist")


def job_definition_inactive(name: str) -> ClientException:
    """ISSUE aws-samples/aws-genomics-workflows#84 (2020), AlexsLemonade/refinebio#2887 (2021)."""
    return ClientException(f"JobDefinition name {name} does not exist or is not in ACTIVE status")


def job_definition_arn_not_found(arn: str) -> ClientException:
    """ISSUE azavea/raster-vision-aws#17 (2019)."""
    return ClientException(f"JobDefinition {arn} not found.")


def already_exists() -> ConflictException:
    """409. ISSUE aws-cloudformation/cloudformation-coverage-roadmap#2463 (2026)."""
    return ConflictException("Object already exists")


def quota_reached(what: str, limit: int) -> ClientException:
    """Assumed wording; https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html"""
    return ClientException(f"There can be at most {limit} {what}.")


# --- paging


def exclusive_with_max_results(member: str) -> ClientException:
    """ISSUE k1LoW/awspec#563 (for ComputeEnvironments; the others by analogy)."""
    return invalid(f"{member} and MaxResults cannot both be set")


def invalid_next_token() -> ClientException:
    """Assumed."""
    return invalid("nextToken is not valid.")


def max_results_out_of_range(least: int, most: int) -> ClientException:
    """Assumed; the range is the model's documentation of maxResults."""
    return invalid(f"maxResults must be between {least} and {most}.")


# --- life of queues and environments


def being_modified(verb: str) -> ClientException:
    """ISSUE astronomer/astronomer-providers#413 (2022) for ``delete``; ``update`` by analogy."""
    return ClientException(f"Cannot {verb}, resource is being modified")


def still_enabled(kind: str) -> ClientException:
    """Assumed. AWS refuses to delete what is ENABLED (DeleteJobQueue, DeleteComputeEnvironment)."""
    return ClientException(f"Cannot delete, {kind} must be DISABLED first.")


def environment_in_use() -> ClientException:
    """ISSUE hashicorp/terraform-provider-aws#46925, #2044."""
    return ClientException("Cannot delete, found existing JobQueue relationship.")


def environment_not_attachable() -> ClientException:
    """PREFLIGHT jq-ce-arn-region."""
    return invalid("Compute Environments must be created and valid before attaching them to a job queue")


def manual_scale_down() -> ClientException:
    """https://docs.aws.amazon.com/batch/latest/userguide/error-desired-vcpus-update.html"""
    return ClientException(
        "Manually scaling down compute environment is not supported. Disconnecting job queues from "
        "compute environment will cause it to scale-down to minvCpus"
    )


def policy_in_use() -> ClientException:
    """Assumed. The rule: https://docs.aws.amazon.com/batch/latest/APIReference/API_DeleteSchedulingPolicy.html"""
    return ClientException("Cannot delete, found existing JobQueue relationship.")


# --- SubmitJob


def queue_disabled(name: str) -> ClientException:
    """Assumed. The rule: https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html"""
    return ClientException(f"JobQueue {name} is not ENABLED and accepts no jobs.")


def queue_not_valid(name: str) -> ClientException:
    """Assumed."""
    return ClientException(f"JobQueue {name} is not in VALID status.")


def queue_lacks_capability(capability: str) -> ClientException:
    """Real answers quoted in public code; the sentence for FARGATE by analogy with EC2."""
    return ClientException(
        f"Job Queue is attached to Compute Environment that can not run Jobs with capability {capability}."
    )


def share_on_fifo_queue() -> ClientException:
    """The missing space in ``onlybe`` is AWS's."""
    return ClientException(
        "Job with shareIdentifier or schedulingPriority can onlybe submitted to job queue "
        "with fair share scheduling policy."
    )


def share_missing() -> ClientException:
    """ISSUE boto/boto3#3158 (2022)."""
    return ClientException("shareIdentifier must be specified.")


def priority_missing() -> ClientException:
    """ISSUE nextflow-io/nextflow#3505 (2022)."""
    return ClientException(
        "Either schedulingPriority in job definition or schedulingPriorityOverride should be specified."
    )


def job_name_pattern() -> ClientException:
    """ISSUE opensupplyhub/open-apparel-registry#2007 (2022), fluidattacks/makes#697 (2021)."""
    return invalid("Job name should match valid pattern")


def too_many_dependencies() -> ClientException:
    """ISSUE OpenNeuroOrg/openneuro#100 (2017)."""
    return invalid("Job cannot have more than 20 dependencies")


def _kib(size_bytes: int) -> int:
    """Rounded up: what is refused is never said to be within the limit."""
    return -(-size_bytes // 1024)


def job_too_large(size_bytes: int) -> ClientException:
    """ISSUE ASFHyP3/hyp3#3041 (2026)."""
    return invalid(f"Job size must be less than 30 KiB, got {_kib(size_bytes)} KiB")


def definition_too_large(size_bytes: int) -> ClientException:
    """Assumed wording, by analogy with the job's. The limit of 24 KiB:
    https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html"""
    return invalid(f"Job definition size must be less than 24 KiB, got {_kib(size_bytes)} KiB")


def array_size(least: int, most: int) -> ClientException:
    """Assumed wording; the limits: https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html"""
    return invalid(f"Array size must be between {least} and {most}.")


def dependency_needs_array(kind: str) -> ClientException:
    """Assumed. The rule: botocore's model, ArrayJobDependency."""
    return invalid(f"Dependencies of type {kind} are for array jobs.")


def n_to_n_sizes(job_id: str) -> ClientException:
    """Assumed, rule and wording: child i waits for child i, so both have one."""
    return invalid(
        f"Job {job_id} is not an array job of the same size, as a dependency of type N_TO_N must be."
    )


def unknown_dependency(job_id: str) -> ClientException:
    """Assumed."""
    return ClientException(f"Dependency job {job_id} does not exist.")


def queue_of_other_jobs(name: str) -> ClientException:
    """Assumed. The rule: botocore's model, SubmitServiceJobRequest.jobQueue."""
    return ClientException(f"JobQueue {name} does not run jobs of this kind.")


def payload_too_large() -> ClientException:
    """Assumed wording; https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html"""
    return invalid("serviceRequestPayload must be at most 10 KiB.")


def quota_share_missing() -> ClientException:
    """Assumed, by analogy with shareIdentifier's. The rule: botocore's model, SubmitServiceJobRequest."""
    return ClientException("quotaShareName must be specified.")


def quota_share_without_policy(queue: str) -> ClientException:
    """Assumed. The rule: botocore's model, SubmitServiceJobRequest.quotaShareName."""
    return ClientException(f"JobQueue {queue} has no quota share scheduling policy.")


def quota_share_closed(name: str) -> ClientException:
    """Assumed. The rule: botocore's model, CreateQuotaShareRequest.state."""
    return ClientException(f"QuotaShare {name} does not exist or accepts no jobs.")


def client_token_used(token: str) -> ClientException:
    """Assumed. The rule: botocore's model, SubmitServiceJobRequest.clientToken."""
    return ClientException(f"A service job was already submitted with the clientToken {token}.")


def service_job_not_found(job_id: str) -> ClientException:
    """Assumed, by analogy with ``JobQueue ... not found.``"""
    return ClientException(f"ServiceJob {job_id} not found.")


def service_job_over(job_id: str) -> ClientException:
    """Assumed, the rule too: what is over has no place in a line."""
    return ClientException(f"ServiceJob {job_id} is over and cannot be updated.")


def too_many_ids(most: int) -> ClientException:
    """Assumed, by analogy with DescribeJobs. The limit: botocore's model, CancelJobsRequest.jobs."""
    return invalid(f"Maximum number of jobs supported is  {most} .")


def empty_command() -> ClientException:
    """ISSUE boto/boto3#3612 (2023)."""
    return ClientException("Command cannot be empty")


def missing_parameter(name: str) -> ClientException:
    """A real answer quoted in public code."""
    return ClientException(f"Unable to substitute value. No parameter found for reference {name}")


def overrides_on_eks() -> ClientException:
    """ISSUE nextflow-io/nextflow#5817 (2025)."""
    return ClientException("Container overrides or node overrides should not be set for Batch on EKS jobs.")


def overrides_of_another_kind(member: str, kind: str) -> ClientException:
    """Assumed wording. The rule: botocore's model, documentation of SubmitJobRequest."""
    return ClientException(f"{member} should not be set for a job definition with {kind}.")


def node_targets_mismatch(targets: Iterable[str]) -> ClientException:
    """ISSUE aws/aws-parallelcluster#964 (2019); that several are joined by commas is assumed."""
    return ClientException(
        f"NodeOverride targets should match job definition. Non matching targets - {', '.join(targets)}"
    )


# --- jobs


def too_many_jobs() -> ClientException:
    """The spacing is AWS's. ISSUE pegasus-isi/pegasus#2086."""
    return invalid("Maximum number of jobs supported is  100 .")


def empty_member(member: str) -> ClientException:
    """ISSUE getmoto/moto#5394: AWS refuses the empty string; the wording is moto's, not verified."""
    return ClientException(f"'{member}' is a required field (cannot be an empty string)")


def reason_too_long() -> ClientException:
    """Assumed wording; the limit: https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html"""
    return invalid("Reason must be at most 1024 characters.")


def list_jobs_needs_one_parent() -> ClientException:
    """Assumed wording; the rule: https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html"""
    return invalid("Exactly one of jobQueue, arrayJobId and multiNodeJobId must be provided.")


def list_service_jobs_needs_queue() -> ClientException:
    """Assumed wording, as the former."""
    return invalid("jobQueue must be provided.")


def unknown_filter(name: str) -> ClientException:
    """Assumed."""
    return invalid(f"Filter {name} is not valid.")


# --- tags


def invalid_tag_characters() -> BadRequestException:
    """A 2026 report of AWS's answer; the code as in ISSUE Netflix/metaflow#1345 (2023)."""
    return BadRequestException(
        "Tags can only contain letters, numbers, spaces, and the following special characters: "
        "_ . : / = + - @"
    )


def reserved_tag_prefix() -> ClientException:
    """Assumed wording; https://docs.aws.amazon.com/batch/latest/userguide/using-tags.html"""
    return ClientException("Tag keys starting with aws: are reserved.")


def too_many_tags() -> ClientException:
    """Assumed wording; https://docs.aws.amazon.com/batch/latest/userguide/using-tags.html"""
    return ClientException("A resource can have at most 50 tags.")
