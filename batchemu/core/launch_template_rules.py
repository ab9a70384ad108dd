"""What a launch template of a compute environment must look like, as far as Amazon EC2 need not be asked.

The sentences are AWS's own, measured by https://github.com/badmintoncryer/cdk-preflight (rules/batch,
``ce-launch-template-*``, September 2026), unless marked as assumed.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

from batchemu import messages
from batchemu.core import instance_types

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_OVERRIDES = 10
_VERSION = re.compile(r"\d*|\$Default|\$Latest")


def check(template: Mapping[str, Any], offered: Sequence[str]) -> None:
    """Raise the first rule that ``launchTemplate`` breaks; ``offered``: the environment's instanceTypes.

    Not here: a userdataType needs a template with an imageId (``ce-launch-template-userdata-type``), which
    only Amazon EC2 knows.
    """
    overrides = template.get("overrides", ())
    if _names(template) > 1 or not (_names(template) or overrides):
        raise messages.invalid(
            "One of LaunchTemplateId and LaunchTemplateName or LaunchTemplate.Overrides is required."
        )
    for each in (template, *overrides):
        if _VERSION.fullmatch(each.get("version", "")) is None:
            raise messages.invalid(
                "LaunchTemplateVersion must be either empty or a number or $Default or $Latest."
            )
    if len(overrides) > MAX_OVERRIDES:
        raise messages.invalid("LaunchTemplate.overrides size cannot be greater than 10")
    for override in overrides:
        _check_override(override, offered)
    _check_overlap([target for each in overrides for target in each["targetInstanceTypes"]])


def _names(template: Mapping[str, Any]) -> int:
    return sum(bool(template.get(member)) for member in ("launchTemplateId", "launchTemplateName"))


def _check_override(override: Mapping[str, Any], offered: Sequence[str]) -> None:
    if _names(override) > 1:
        raise messages.invalid(
            "LaunchTemplate.overrides should have either LaunchTemplateId or LaunchTemplateName but not both."
        )
    if not _names(override):
        # assumed wording; botocore's model: one of the two must be there
        raise messages.invalid("LaunchTemplate.overrides should have LaunchTemplateId or LaunchTemplateName.")
    targets = override.get("targetInstanceTypes")
    if not targets:
        raise messages.invalid(
            "LaunchTemplate.overrides.targetInstanceTypes[] is required for every override "
            "and cannot be empty."
        )
    strangers = [each for each in targets if not _is_target(each, offered)]
    if strangers:
        raise messages.invalid(
            f"LaunchTemplate.overrides:[{', '.join(strangers)}] have targetInstanceTypes that do not exist "
            "in computeResource.InstanceTypes."
        )


def _is_target(target: str, offered: Sequence[str]) -> bool:
    """A bundle cannot be targeted (botocore's model, LaunchTemplateSpecificationOverride)."""
    return target not in instance_types.BUNDLES and instance_types.within(target, offered)


def _check_overlap(targets: Sequence[str]) -> None:
    """A type belongs to one override, and so does a family with all of its types."""
    family = instance_types.family
    twice = {b for a, b in combinations(targets, 2) if a == b or a == family(b) or b == family(a)}
    if twice:
        raise messages.invalid(
            f"LaunchTemplate.overrides have duplicate targetInstanceTypes: [{', '.join(sorted(twice))}]"
        )
