"""The order in which a queue with a fair-share policy is served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.case import Family
from conformance.evidence import assumed, guide, model
from conformance.expect import holds, same

if TYPE_CHECKING:
    from conformance.lab import Lab

family = Family("fair_share")
case = family.case


def submit(lab: Lab, queue: str, share: str, priority: int = 1, program: str = "sleeps") -> str:
    return lab.submit(program, jobQueue=queue, shareIdentifier=share, schedulingPriorityOverride=priority)


def waiting(lab: Lab, queue: str, *shares: str, priority: int = 1) -> list[str]:
    """Jobs that are RUNNABLE, the first submitted first."""
    jobs = []
    for share in shares:
        jobs.append(submit(lab, queue, share, priority))
        lab.reached(jobs[-1], "RUNNABLE")
    return jobs


def front(lab: Lab, queue: str) -> list[str]:
    jobs = lab.call("GetJobQueueSnapshot", jobQueue=queue)["frontOfQueue"]["jobs"]
    return [str(each["jobArn"]).rpartition("/")[2] for each in jobs]


def fair(lab: Lab, *weights: tuple[str, float], **members: Any) -> str:
    """The ARN of a policy with these weights."""
    shares = [{"shareIdentifier": share, "weightFactor": weight} for share, weight in weights]
    return lab.policy(fairsharePolicy={"shareDistribution": shares, **members})


@case("SubmitJob", "behaviour", model("SubmitJobRequest.schedulingPriorityOverride"))
def a_higher_priority_goes_first_within_its_share(lab: Lab) -> None:
    queue = lab.idle_queue(schedulingPolicyArn=fair(lab))
    (low,) = waiting(lab, queue, "a", priority=1)
    (high,) = waiting(lab, queue, "a", priority=9)
    lab.until(lambda: len(front(lab, queue)) == 2, "front of both jobs")
    same(front(lab, queue), [high, low])


@case("GetJobQueueSnapshot", "behaviour", assumed("positions are as if those before had been placed"))
def shares_that_use_nothing_take_turns(lab: Lab) -> None:
    queue = lab.idle_queue(schedulingPolicyArn=fair(lab))
    first, second, third, fourth = waiting(lab, queue, "a", "a", "b", "b")
    lab.until(lambda: len(front(lab, queue)) == 4, "front of all jobs")
    same(front(lab, queue), [first, third, second, fourth])


@case("CreateSchedulingPolicy", "behaviour", guide("share-identifiers"))
def the_share_with_the_lowest_usage_goes_next(lab: Lab) -> None:
    queue = lab.queue(lab.environment({"maxvCpus": 2}), schedulingPolicyArn=fair(lab))
    running = [submit(lab, queue, "a") for _ in range(2)]
    for job_id in running:
        lab.reached(job_id, "RUNNING")
    late, first = waiting(lab, queue, "a", "b")
    lab.until(lambda: len(front(lab, queue)) == 2, "front of both jobs")
    same(front(lab, queue), [first, late])


@case("UpdateSchedulingPolicy", "behaviour", assumed("a changed weight holds for jobs that wait"))
def a_changed_weight_turns_the_order(lab: Lab) -> None:
    policy = fair(lab, ("a", 0.1))
    queue = lab.queue(lab.environment({"maxvCpus": 2}), schedulingPolicyArn=policy)
    for share in ("a", "b"):
        lab.reached(submit(lab, queue, share), "RUNNING")
    of_a, of_b = waiting(lab, queue, "a", "b")
    lab.until(lambda: front(lab, queue) == [of_a, of_b], "front with the lighter share first")
    heavy = {"shareDistribution": [{"shareIdentifier": "a", "weightFactor": 10.0}]}
    lab.call("UpdateSchedulingPolicy", arn=policy, fairsharePolicy=heavy)
    lab.until(lambda: front(lab, queue) == [of_b, of_a], "front with the heavier share last")


@case("CreateSchedulingPolicy", "behaviour", model("FairsharePolicy.computeReservation"))
def a_reservation_is_kept_for_shares_that_are_not_active(lab: Lab) -> None:
    policy = fair(lab, computeReservation=50)
    queue = lab.queue(lab.environment({"maxvCpus": 4}), schedulingPolicyArn=policy)
    jobs = [submit(lab, queue, "a") for _ in range(4)]
    for job_id in jobs[:2]:
        lab.reached(job_id, "RUNNING")
    lab.reached(jobs[3], "RUNNABLE")
    lab.until(lambda: len(front(lab, queue)) == 2, "front of the jobs that are left")
    statuses = [lab.job(job_id)["status"] for job_id in jobs]
    holds(statuses.count("RUNNING") == 2, f"2 of 4 vCPUs are kept free: {statuses}")
