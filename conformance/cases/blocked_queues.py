"""Job queues that are blocked by the job at their head: its statusReason, and jobStateTimeLimitActions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import guide, model, quoted
from conformance.expect import same

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("blocked-queues")
case = family.case

CPUS = "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"
REQUIREMENT = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
CPUS_SAID = f"{CPUS} - CE(s) associated with the job queue cannot meet the CPU requirement of the job."
REQUIREMENT_SAID = (
    f"{REQUIREMENT} - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the "
    "CE(s) attached to the job queue."
)
_MISCONFIGURATION = guide("job_stuck_in_runnable_misconfiguration")


def asking(**amounts: str) -> dict[str, Any]:
    wanted = [{"type": kind, "value": value} for kind, value in amounts.items()]
    return {"containerOverrides": {"resourceRequirements": wanted}}


def _reason(lab: Lab, job_id: str) -> str:
    return str(lab.until(lambda: lab.job(job_id).get("statusReason"), "statusReason"))


@case("SubmitJob", "behaviour", _MISCONFIGURATION)
def more_vcpus_than_maxvcpus(lab: Lab) -> None:
    job_id = lab.submit(jobQueue=lab.queue(lab.environment()), **asking(VCPU="5"))
    same(_reason(lab, job_id), CPUS_SAID)
    same(lab.job(job_id)["status"], "RUNNABLE")


@case("SubmitJob", "behaviour", _MISCONFIGURATION)
def more_gpus_than_any_instance_type_has(lab: Lab) -> None:
    environment = lab.environment({"instanceTypes": ["m5.large"]})
    job_id = lab.submit(jobQueue=lab.queue(environment), **asking(GPU="1"))
    same(_reason(lab, job_id), REQUIREMENT_SAID)


@case("ListJobs", "behaviour", quoted("a list-jobs answer with this statusReason of a RUNNABLE job"))
def more_memory_than_any_instance_type_has(lab: Lab) -> None:
    queue = lab.queue(lab.environment({"instanceTypes": ["m5.large"]}))
    job_id = lab.submit(jobQueue=queue, **asking(MEMORY="9000"))
    _reason(lab, job_id)
    (listed,) = lab.call("ListJobs", jobQueue=queue, jobStatus="RUNNABLE")["jobSummaryList"]
    same(listed["statusReason"], REQUIREMENT_SAID)


@case("SubmitJob", "behaviour", guide("memory-management"))
def all_of_the_memory_of_an_instance(lab: Lab) -> None:
    """Part of it is not for jobs."""
    environment = lab.environment({"instanceTypes": ["g4dn.xlarge"]})
    job_id = lab.submit(jobQueue=lab.queue(environment), **asking(MEMORY="16384"))
    same(_reason(lab, job_id), REQUIREMENT_SAID)


@case("SubmitJob", "life cycle", model("JobStateTimeLimitAction"))
def a_queue_cancels_what_blocks_it(lab: Lab) -> None:
    limit = {"reason": CPUS, "state": "RUNNABLE", "maxTimeSeconds": 600, "action": "CANCEL"}
    queue = lab.queue(lab.environment(), jobStateTimeLimitActions=[limit])
    job_id, behind = lab.submit(jobQueue=queue, **asking(VCPU="5")), lab.submit(jobQueue=queue)
    _reason(lab, job_id)
    lab.pass_time(600)
    job = lab.reached(job_id, "FAILED")
    same(job["statusReason"], f"Canceled by JobStateTimeLimit action due to reason: {CPUS}")
    lab.reached(behind, "SUCCEEDED")
