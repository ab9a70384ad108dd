"""What service jobs take and what is left for them: instances, counted together or by type.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_CapacityLimit.html and
https://docs.aws.amazon.com/batch/latest/userguide/quota-shares.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from batchemu import messages
from batchemu.core import training_instances

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchemu.core.world import QuotaShare, ServiceEnvironment, ServiceJob

    Holder: TypeAlias = ServiceEnvironment | QuotaShare

ALL_INSTANCES: Final = "NUM_INSTANCES"
MAX_LIMITS = 5
MAX_INSTANCES = 2**31 - 1
"""The most that a maxCapacity can be."""


def check_limits(limits: Sequence[Mapping[str, Any]], *, by_type_only: bool = False) -> None:
    """capacityLimits of a service environment or a quota share (``by_type_only``).

    The sentences are AWS's own, measured for service environments by
    https://github.com/badmintoncryer/cdk-preflight (rules/batch, ``se-*``); for quota shares by analogy.
    """
    if not limits:
        raise messages.invalid("Capacitylimits are required.")
    if len(limits) > MAX_LIMITS:
        raise messages.invalid("Number of capacity limits exceeds 5.")
    for limit in limits:
        unit = limit.get("capacityUnit", "")
        if unit not in training_instances.KNOWN and (by_type_only or unit != ALL_INSTANCES):
            known = ", ".join(sorted(training_instances.KNOWN))
            raise messages.invalid(f"{unit} is unknown capacity unit in [{known}]")
        if limit.get("maxCapacity", 0) <= 0:
            raise messages.invalid("Max capacity must be more than 0.")
    units = [limit["capacityUnit"] for limit in limits]
    if ALL_INSTANCES in units and len(units) > 1:
        raise messages.invalid(
            "Capacity units must specify either number of instances OR instance type, but not both"
        )
    if len(set(units)) < len(units):
        raise messages.invalid("Duplicate capacity units.")  # assumed wording


def requested(request: Mapping[str, Any]) -> dict[str, int]:
    """How many instances of which type a CreateTrainingJob request asks for: its ResourceConfig.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html; a request
    that says nothing counts as one instance (assumed).
    """
    config = request.get("ResourceConfig")
    groups = config.get("InstanceGroups") if isinstance(config, dict) else None
    entries = groups if isinstance(groups, list) and groups else [config]
    found: dict[str, int] = {}
    for entry in entries:
        if isinstance(entry, dict):
            count, kind = entry.get("InstanceCount", 1), entry.get("InstanceType", "")
            known = kind if isinstance(kind, str) else ""
            found[known] = found.get(known, 0) + _count(count)
    return found or {"": 1}


def _count(given: object) -> int:
    """InstanceCount as far as a number of instances goes: SageMaker, not Batch, would refuse the rest."""
    return min(given, MAX_INSTANCES) if type(given) is int and given > 0 else 1


def fits(holder: Holder, job: ServiceJob) -> bool:
    """Whether there is room for a job, in the units in which the limits count now."""
    return not short_of(limits_of(holder), holder.used, job.instances)


def limits_of(holder: Holder) -> dict[str, int]:
    """maxCapacity by capacityUnit."""
    return {limit["capacityUnit"]: int(limit["maxCapacity"]) for limit in holder.capacity_limits}


def short_of(limits: Mapping[str, int], used: Mapping[str, int], needed: Mapping[str, int]) -> set[str]:
    """The units of which there is not enough for a job that needs so many instances; none: it fits.

    A type that has no limit is not there at all: such a job waits until it has one (same page).
    """
    wanted, taken = _counted(needed, limits), _counted(used, limits)
    return {unit for unit, n in wanted.items() if n > limits.get(unit, 0) - taken.get(unit, 0)}


def _counted(instances: Mapping[str, int], limits: Mapping[str, int]) -> Mapping[str, int]:
    return {ALL_INSTANCES: sum(instances.values())} if ALL_INSTANCES in limits else instances


def hold(holder: Holder, job: ServiceJob) -> None:
    """Give a job its instances."""
    holder.jobs[job.job_id] = job.instances
    holder.used.update(job.instances)


def give_back(holder: Holder, job: ServiceJob) -> None:
    """Take them back; a quota share made anew under an old name has given none to the old one's jobs."""
    holder.used.subtract(holder.jobs.pop(job.job_id, {}))
    holder.used = +holder.used
