"""What ECS refuses to run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from batchemu.core import inputs as i
from batchemu.core.task_limits import OVERRIDES_TOO_LONG, TOO_MANY_TAGS

if TYPE_CHECKING:
    from batchemu.core.ids import JobId
    from tests.core.lab import Lab

BATCHS = ("AWS_BATCH_JOB_ID", "AWS_BATCH_JOB_ATTEMPT", "AWS_BATCH_JQ_NAME", "AWS_BATCH_CE_NAME")


def length(*values: str) -> int:
    """Of the overrides of a job whose command is ``echo`` and whose variable A is empty."""
    environment = [{"name": "A", "value": ""}]
    environment += [{"name": name, "value": value} for name, value in zip(BATCHS, values, strict=True)]
    override = {"name": "default", "command": ["echo"], "environment": environment}
    return len(json.dumps({"containerOverrides": [override]}, separators=(",", ":")))


def submit(lab: Lab, spare: int) -> JobId:
    """A job whose overrides have ``spare`` characters left."""
    value = "x" * (8192 - length("job-1", "1", "queue", "ce") - spare)
    overrides = {"command": ["echo"], "environment": [{"name": "A", "value": value}]}
    return lab.submit(containerOverrides=overrides, retryStrategy={"attempts": 3})


def test_overrides_of_8192_characters_run(lab: Lab) -> None:
    assert lab.status(submit(lab, 0)) == "STARTING"


def test_a_character_more_and_the_job_fails_when_it_is_placed(lab: Lab) -> None:
    job_id = submit(lab, -1)
    job = lab.job(job_id)
    assert (job.status, job.status_reason, job.attempts) == ("FAILED", OVERRIDES_TOO_LONG, [])
    assert lab.path(job_id) == ["SUBMITTED", "RUNNABLE", "FAILED"]
    assert (lab.started(), lab.used()) == ([], 0)


def test_until_it_is_placed_it_waits(lab: Lab) -> None:
    lab.update_environment(state="DISABLED")
    job_id = submit(lab, -1)
    assert lab.status(job_id) == "RUNNABLE"
    lab.update_environment(state="ENABLED")
    assert lab.status(job_id) == "FAILED"


def test_it_takes_its_dependents_with_it_and_lets_the_next_one_go(lab: Lab) -> None:
    lab.update_environment(state="DISABLED")
    job_id = submit(lab, -1)
    after = lab.submit(job_id)
    behind = lab.submit(containerOverrides={"resourceRequirements": [{"type": "VCPU", "value": "4"}]})
    lab.update_environment(state="ENABLED")
    assert lab.status(job_id, after, behind) == ["FAILED", "FAILED", "STARTING"]


def test_it_takes_no_consumable_resource(lab: Lab) -> None:
    made = {"consumableResourceName": "licence", "totalQuantity": 1}
    lab.take(i.CreateConsumableResource(at=lab.at(), params=made))
    needs = {"consumableResourceList": [{"consumableResource": "licence", "quantity": 1}]}
    job_id = lab.submit(
        containerOverrides={"command": ["x" * 9000]}, consumableResourcePropertiesOverride=needs
    )
    assert lab.status(job_id) == "FAILED"
    assert lab.world.consumables["licence"].in_use_quantity == 0


def test_a_definition_that_is_run_as_it_is_has_no_overrides(lab: Lab) -> None:
    lab.definition("long", container={"command": ["x" * 9000]})
    assert lab.status(lab.submit(jobDefinition="long")) == "STARTING"


def test_a_substituted_command_counts(lab: Lab) -> None:
    lab.definition("long", container={"command": ["Ref::word"]})
    job_id = lab.submit(jobDefinition="long", parameters={"word": "x" * 9000})
    assert lab.job(job_id).status_reason == OVERRIDES_TOO_LONG


@pytest.mark.parametrize(
    ("own", "shared", "propagates", "status"),
    [
        (30, 0, True, "STARTING"),
        (31, 0, True, "FAILED"),
        (31, 1, True, "STARTING"),
        (31, 0, False, "STARTING"),
        (31, 0, None, "STARTING"),
    ],
)
def test_more_than_50_tags_are_not_propagated(
    lab: Lab, own: int, shared: int, propagates: bool | None, status: str
) -> None:
    """The definition has 20; a tag that both have counts once."""
    lab.definition("tagged", tags={f"definition-{n}": "" for n in range(20)})
    tags = {f"definition-{n}" if n < shared else f"job-{n}": "" for n in range(own)}
    members = {} if propagates is None else {"propagateTags": propagates}
    job_id = lab.submit(jobDefinition="tagged", tags=tags, **members)
    assert lab.status(job_id) == status
    assert lab.job(job_id).status_reason == (TOO_MANY_TAGS if status == "FAILED" else None)


def test_the_requests_word_on_propagation_wins(lab: Lab) -> None:
    lab.definition("tagged", propagateTags=True, tags={f"definition-{n}": "" for n in range(20)})
    tags = {f"job-{n}": "" for n in range(31)}
    assert lab.status(lab.submit(jobDefinition="tagged", tags=tags)) == "FAILED"
    assert lab.status(lab.submit(jobDefinition="tagged", tags=tags, propagateTags=False)) == "STARTING"
