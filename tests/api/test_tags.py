"""TagResource, UntagResource, ListTagsForResource, and tags on creation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import body, kind
from tests.api.conftest import BATCH, EC2
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import Batch

TAGS = "https://docs.aws.amazon.com/batch/latest/userguide/using-tags.html"


def environment(batch: Batch, tags: dict[str, str]) -> str:
    made = batch.client.create_compute_environment(
        computeEnvironmentName="t", type="MANAGED", computeResources=EC2, tags=tags
    )
    return str(made["computeEnvironmentArn"])


def job(batch: Batch, tags: dict[str, str]) -> str:
    batch.ready()
    return f"{BATCH}:job/{batch.submit(tags=tags)}"


def queue(batch: Batch, tags: dict[str, str]) -> str:
    batch.environment()
    return batch.queue("t", tags=tags)


def service_job(batch: Batch, tags: dict[str, str]) -> str:
    batch.service_ready()
    return f"{BATCH}:service-job/{batch.train(tags=tags)}"


def quota_share(batch: Batch, tags: dict[str, str]) -> str:
    batch.quota_ready()
    return batch.share("t", tags=tags)


MAKE: dict[str, Callable[[Batch, dict[str, str]], str]] = {
    "compute-environment": environment,
    "job-queue": queue,
    "job-definition": lambda batch, tags: batch.definition("t", tags=tags),
    "job": job,
    "scheduling-policy": lambda batch, tags: batch.policy("t", tags=tags),
    "consumable-resource": lambda batch, tags: batch.consumable("t", tags=tags),
    "service-environment": lambda batch, tags: batch.service_environment("t", tags=tags),
    "service-job": service_job,
    "quota-share": quota_share,
}
"""Everything that can be tagged: how one is made."""
DESCRIBE: dict[str, Callable[[Any, str], Any]] = {
    "compute-environment": lambda client, arn: client.describe_compute_environments(
        computeEnvironments=[arn]
    ),
    "job-queue": lambda client, arn: client.describe_job_queues(jobQueues=[arn]),
    "job-definition": lambda client, arn: client.describe_job_definitions(jobDefinitions=[arn]),
    "job": lambda client, arn: client.describe_jobs(jobs=[arn.rpartition("/")[2]]),
    "scheduling-policy": lambda client, arn: client.describe_scheduling_policies(arns=[arn]),
    "consumable-resource": lambda client, arn: client.describe_consumable_resource(consumableResource=arn),
    "service-environment": lambda client, arn: client.describe_service_environments(
        serviceEnvironments=[arn]
    ),
    "service-job": lambda client, arn: client.describe_service_job(jobId=arn.rpartition("/")[2]),
    "quota-share": lambda client, arn: client.describe_quota_share(quotaShareArn=arn),
}
"""How each of them is described."""
KINDS = tuple(MAKE)
every_kind = pytest.mark.parametrize("kind_", KINDS)
ILLEGAL = (
    "BadRequestException",
    400,
    "Tags can only contain letters, numbers, spaces, and the following special characters: _ . : / = + - @",
)


def tagged(batch: Batch, kind_: str, tags: dict[str, str]) -> str:
    """Make a resource of a kind, with tags; its ARN."""
    return MAKE[kind_](batch, tags)


def described(batch: Batch, arn: str) -> dict[str, str]:
    """The tags as the Describe operation of the resource's kind answers them."""
    kind_ = "quota-share" if "/quota-share/" in arn else arn.split(":")[5].partition("/")[0]
    answer = body(DESCRIBE[kind_](batch.client, arn))
    (found,) = [answer] if "tags" in answer else next(iter(answer.values()))
    return dict(found["tags"])


@every_kind
@aws.documented(TAGS)
def test_tags_are_merged_taken_away_and_seen_everywhere(batch: Batch, kind_: str) -> None:
    arn = tagged(batch, kind_, {"a": "1", "b": "2"})
    client = batch.client
    assert body(client.list_tags_for_resource(resourceArn=arn)) == {"tags": {"a": "1", "b": "2"}}
    assert body(client.tag_resource(resourceArn=arn, tags={"b": "3", "c d": ""})) == {}
    assert described(batch, arn) == {"a": "1", "b": "3", "c d": ""}
    assert body(client.untag_resource(resourceArn=arn, tagKeys=["a", "c d", "unknown"])) == {}
    assert described(batch, arn) == {"b": "3"}
    assert body(client.list_tags_for_resource(resourceArn=arn)) == {"tags": {"b": "3"}}


@every_kind
@aws.recorded("issue Netflix/metaflow#1345 (2023); the sentence: a report of 2026 in public code")
def test_illegal_characters_are_refused(batch: Batch, refused: Any, kind_: str) -> None:
    for tags in ({"a": "x;y"}, {"a(b": "x"}, {"a": "tab\there"}):
        assert refused(tagged, batch=_fresh(batch), kind_=kind_, tags=tags) == ILLEGAL
    arn = tagged(_fresh(batch), kind_, {})
    assert refused(batch.client.tag_resource, resourceArn=arn, tags={"a": "x;y"}) == ILLEGAL
    assert described(batch, arn) == {}


def _fresh(batch: Batch) -> Batch:
    batch.emulator.reset()
    return batch


@every_kind
@aws.documented(TAGS)
def test_letters_of_any_script_and_the_allowed_signs_are_taken(batch: Batch, kind_: str) -> None:
    tags = {"Größe 1": "日本 _.:/=+-@", "k" * 128: "v" * 256}
    assert described(batch, tagged(batch, kind_, tags)) == tags


@pytest.mark.parametrize(
    "tags",
    [
        {"aws:mine": "x"},
        {"k" * 129: "x"},
        {"k": "v" * 257},
        {f"k{number}": "v" for number in range(51)},
    ],
)
@every_kind
@aws.assumed("the limits are documented, the sentences are not known: " + TAGS)
def test_limits_hold_on_creation_and_later(
    batch: Batch, refused: Any, kind_: str, tags: dict[str, str]
) -> None:
    assert kind(refused(tagged, batch=batch, kind_=kind_, tags=tags)) == ("ClientException", 400)
    arn = tagged(_fresh(batch), kind_, {"a": "b"})
    assert kind(refused(batch.client.tag_resource, resourceArn=arn, tags=tags)) == ("ClientException", 400)
    assert described(batch, arn) == {"a": "b"}


@aws.documented(TAGS)
def test_a_51st_tag_is_refused(batch: Batch, refused: Any) -> None:
    arn = tagged(batch, "job-queue", {f"k{number}": "v" for number in range(50)})
    batch.client.tag_resource(resourceArn=arn, tags={"k0": "new"})
    answer = refused(batch.client.tag_resource, resourceArn=arn, tags={"more": "v"})
    assert kind(answer) == ("ClientException", 400)
    assert len(described(batch, arn)) == 50


@pytest.mark.parametrize("kind_", [*KINDS, "nonsense"])
@aws.assumed("the sentence is not known")
def test_an_unknown_arn_is_refused(batch: Batch, refused: Any, kind_: str) -> None:
    client, arn = batch.client, f"{BATCH}:{kind_}/nobody"
    for call, members in (
        (client.list_tags_for_resource, {}),
        (client.tag_resource, {"tags": {"a": "b"}}),
        (client.untag_resource, {"tagKeys": ["a"]}),
    ):
        assert kind(refused(call, resourceArn=arn, **members)) == ("ClientException", 400)


@aws.assumed("tags vanish with their resource")
def test_a_new_resource_of_an_old_name_has_no_tags(batch: Batch) -> None:
    arn = tagged(batch, "job-queue", {"a": "b"})
    batch.client.update_job_queue(jobQueue="t", state="DISABLED")
    batch.client.delete_job_queue(jobQueue="t")
    batch.queue("t")
    assert described(batch, arn) == {}
