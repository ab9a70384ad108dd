"""Why a job is where it is: for each attempt what became of it and why, and what a waiting job waits for.

Ours: AWS has no such view. Nothing is decided here; it reads what was decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchemu.core import arrays, retries
from batchemu.core.attempts import TIMED_OUT
from batchemu.core.consumables import stock
from batchemu.core.dependencies import status_of, waited_for
from batchemu.core.endings import is_held_back
from batchemu.core.holds import hold_of
from batchemu.core.ids import Millis
from batchemu.core.scheduling import fair_share
from batchemu.core.scheduling.run import rooms
from batchemu.core.scheduling.turns import head
from batchemu.core.views import present
from batchemu.core.world import ON_AN_ENVIRONMENT, TERMINAL, JobStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchemu.core.scheduling.fit import Room
    from batchemu.core.world import Attempt, Job, JobQueue, World


def explain(world: World, job: Job) -> dict[str, Any]:
    """One job's story: ``attempts``, oldest first, and ``waits`` unless it is over.

    An array job has ``children`` in their place: how many there are in each status.
    """
    attempts = [_ended(job, attempt) for attempt in job.attempts]
    if job.attempt is not None and job.status in ON_AN_ENVIRONMENT:
        attempts.append({**_facts(job.attempt), "status": job.status})
    return present(
        {
            "jobId": job.job_id,
            "jobName": job.name,
            "jobQueue": job.queue.name,
            "status": job.status,
            "statusReason": job.status_reason,
            "attemptsAllowed": job.resolved.attempts,
            "attempts": attempts,
            "children": _children(job),
            "waits": None if job.status in TERMINAL else _waits(world, job),
        }
    )


def _children(job: Job) -> dict[str, int] | None:
    return None if job.array is None else {status: n for status, n in job.array.counts.items() if n}


# --- attempts


def _facts(attempt: Attempt) -> dict[str, Any]:
    return present(
        {
            "attempt": attempt.number,
            "computeEnvironment": attempt.environment,
            "startedAt": attempt.started_at,
            "stoppedAt": attempt.stopped_at,
            "exitCode": attempt.exit_code,
            "reason": attempt.reason,
            "statusReason": attempt.status_reason,
        }
    )


def _ended(job: Job, attempt: Attempt) -> dict[str, Any]:
    succeeded = job.status is JobStatus.SUCCEEDED and attempt is job.attempts[-1]
    retried = attempt.decision is not None and attempt.decision.action == "RETRY"
    return present(
        {
            **_facts(attempt),
            "status": JobStatus.SUCCEEDED if succeeded else JobStatus.FAILED,
            "retried": retried,
            "why": _why_it_ended(job, attempt) if attempt.decision is None else _why_decided(job, attempt),
            "rule": _rule(job, attempt),
        }
    )


def _why_it_ended(job: Job, attempt: Attempt) -> str:
    if job.ending is None:
        return "It succeeded."
    if job.is_terminated:
        return "Not retried: the job was terminated."
    if job.ending.reason == TIMED_OUT:
        return "Not retried: it timed out."
    return f"Not retried: {job.ending.reason}."


def _why_decided(job: Job, attempt: Attempt) -> str:
    decision, allowed = attempt.decision, job.resolved.attempts
    assert decision is not None
    if decision.rule is not None:
        said = "Retried" if decision.action == "RETRY" else "Not retried"
        return f"{said}: evaluateOnExit[{decision.rule}] matched and says {decision.action}."
    if decision.action == "EXIT":
        return f"Not retried: attempt {attempt.number} of {allowed} was the last."
    why = "no evaluateOnExit entry matched" if job.resolved.evaluate_on_exit else "there are no rules"
    return f"Retried: {why}, and attempts are left ({attempt.number} of {allowed} used)."


def _rule(job: Job, attempt: Attempt) -> dict[str, Any] | None:
    """The evaluateOnExit entry that decided, with what it found."""
    decision = attempt.decision
    if decision is None or decision.rule is None:
        return None
    matched = retries.conditions(job.resolved.evaluate_on_exit[decision.rule], attempt)
    return {
        "index": decision.rule,
        "action": decision.action,
        "matched": [
            {"member": member, "pattern": pattern, "value": value} for member, pattern, value in matched
        ],
    }


# --- waiting


def _waits(world: World, job: Job) -> dict[str, Any]:
    """``why`` in a sentence, and what there is to know beside it."""
    found = _WAITS[job.status](world, job)
    hold = hold_of(world, job)
    if hold is not None and hold.blocks is not None:
        found["why"] = f"It is planned to be stuck in RUNNABLE: {hold.blocks}"
    elif hold is not None:
        exited = " Its container has reported meanwhile." if job.attempt and job.attempt.kept else ""
        found["why"] = f"It is held in {hold.state}.{exited}"
    return {"held": hold is not None, **found}


def _in_submitted(_world: World, _job: Job) -> dict[str, Any]:
    return {"why": "It stays in SUBMITTED for a while, as on AWS."}


def _in_pending(world: World, job: Job) -> dict[str, Any]:
    if job.array is not None and job.array.is_open:
        left = arrays.unfinished(job.array)
        return {"why": f"{left} of its children are not over."}
    known = {each: status_of(world, each) for each in waited_for(job)}
    left = sum(status not in TERMINAL for status in known.values())
    why = f"{left} of the jobs that it depends on are not over."
    if not left and is_held_back(job):
        why = "Its array waits for other jobs."
    return {
        "why": f"{why} Its end was asked for: it FAILS then." if job.ending else why,
        "dependencies": [{"jobId": job_id, "status": status} for job_id, status in known.items()],
    }


def _in_runnable(world: World, job: Job) -> dict[str, Any]:
    queue, needs = job.queue, job.resolved
    found = rooms(world, queue, _looked_at(queue))
    return {
        "why": _why_not_placed(world, queue, job, found),
        "queue": {"state": queue.state, "status": queue.status},
        "schedulerPaused": world.steps is not None,
        "needs": {"platform": needs.capability, "vcpus": needs.vcpus},
        "computeEnvironments": [
            {
                "name": room.name,
                "platform": room.capability,
                "state": world.environments[room.name].state,
                "status": world.environments[room.name].status,
                "freeVcpus": room.free_vcpus,
            }
            for room in found
        ],
        "consumableResources": [
            {"name": name, "needs": quantity, "free": max(0, stock(world, name))}
            for name, quantity in needs.consumables
        ],
        **_fair_share(queue, job),
    }


def _looked_at(queue: JobQueue) -> Millis:
    """When it was last decided whose turn it is, where that depends on the time."""
    return Millis(0) if queue.fair is None else queue.fair.looked_at or Millis(0)


def _fair_share(queue: JobQueue, job: Job) -> dict[str, Any]:
    """What decides whether it is the turn of a job's share; usage is in vCPUs."""
    fair, identifier = queue.fair, job.share_identifier
    if fair is None or identifier is None:
        return {}
    at, share = _looked_at(queue), fair.shares[identifier]
    used = fair_share.usage(fair, share, at)
    factor = fair_share.weight(fair, identifier, share, fair_share.group_sizes(fair, at))
    return {
        "fairShare": {
            "shareIdentifier": identifier,
            "schedulingPriority": job.resolved.scheduling_priority,
            "usage": used,
            "weightFactor": factor,
            "weightedUsage": used * factor,
            "activeShares": len(fair.shares) - len(fair_share.inactive(fair, at)),
        }
    }


def _why_not_placed(world: World, queue: JobQueue, job: Job, found: list[Room]) -> str:
    """What stands in the way first, in the order in which the scheduler looks."""
    needs = job.resolved
    if world.steps is not None:
        return "The scheduler is paused."
    if queue.status == "CREATING":
        return "Its job queue is still being created."
    ahead = _ahead_of(world, queue, job)
    if ahead is not None:
        return _why_ahead(queue, ahead, job)
    if queue.blocked is not None and queue.blocked.job_id == job.job_id:
        return f"It blocks its queue: {queue.blocked.reason}"
    suited = [room for room in found if room.capability == needs.capability]
    if not any(room.is_open for room in suited):
        return f"No compute environment for {needs.capability} jobs of its queue is ENABLED and VALID."
    if not any(room.is_open and room.free_vcpus >= needs.vcpus for room in suited):
        beside = _beside_what_is_kept(queue)
        return f"It needs {needs.vcpus:g} vCPUs, and no compute environment has so many free{beside}."
    short = [name for name, quantity in needs.consumables if stock(world, name) < quantity]
    return f"There is not enough of: {', '.join(short)}." if short else "The scheduler has yet to place it."


def _ahead_of(world: World, queue: JobQueue, job: Job) -> Job | None:
    """Who blocks it: the first in line, unless that is held or is the job itself."""
    first = head(world, queue)
    return None if first is job else first


def _why_ahead(queue: JobQueue, ahead: Job, job: Job) -> str:
    first, own = _fair_share(queue, ahead), _fair_share(queue, job)
    if not first or ahead.share_identifier == job.share_identifier:
        return f"Job {ahead.job_id} is before it in {'its share' if first else 'the queue'}."
    other, used = first["fairShare"], own["fairShare"]
    return (
        f"Job {ahead.job_id} goes first: the weighted usage of its share {other['shareIdentifier']} is "
        f"{other['weightedUsage']:.4g}, that of {used['shareIdentifier']} is {used['weightedUsage']:.4g}."
    )


def _beside_what_is_kept(queue: JobQueue) -> str:
    keeps = queue.fair is not None and queue.fair.rules.reservation
    return " beside what is kept for shares that are not active yet" if keeps else ""


def _in_starting(_world: World, job: Job) -> dict[str, Any]:
    if job.attempt is not None and job.attempt.asked_for:
        return {"why": "Its container is being started."}
    return {"why": "It stays in STARTING for a while before its container is started, as on AWS."}


def _in_running(_world: World, job: Job) -> dict[str, Any]:
    return {"why": "Its container is being stopped." if job.ending else "Its container runs."}


_WAITS: Final[Mapping[JobStatus, Callable[[World, Job], dict[str, Any]]]] = {
    JobStatus.SUBMITTED: _in_submitted,
    JobStatus.PENDING: _in_pending,
    JobStatus.RUNNABLE: _in_runnable,
    JobStatus.STARTING: _in_starting,
    JobStatus.RUNNING: _in_running,
}
