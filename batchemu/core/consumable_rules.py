"""What ``consumableResourceProperties`` of a job definition, a node range or a job may hold.

The sentences are AWS's own, measured by https://github.com/badmintoncryer/cdk-preflight (rules/batch,
``jd-consumable-*``, September 2026), unless marked as assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu import messages

if TYPE_CHECKING:
    from collections.abc import Mapping


def check(properties: Mapping[str, Any] | None) -> None:
    """At most five resources, each named once, each with how much of it is needed."""
    wanted = (properties or {}).get("consumableResourceList", ())
    if len(wanted) > 5:
        raise messages.invalid("Each ConsumableResourceProperty can have at most 5 consumableResources")
    for each in wanted:
        if not each.get("consumableResource"):
            raise messages.invalid("consumableResource is required.")  # assumed wording
        if each.get("quantity", 0) < 1:
            raise messages.invalid("quantity of a consumableResource must be at least 1.")  # assumed wording
    names = [each["consumableResource"].rpartition("/")[2] for each in wanted]  # an ARN ends in its name
    if len(set(names)) < len(names):
        raise messages.invalid("Cannot have duplicate consumableResource in consumableResourceProperties")
