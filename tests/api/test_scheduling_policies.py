"""Create-, Describe-, List-, Update- and DeleteSchedulingPolic(y, ies)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import body, client_error, inner, kind
from tests.api.conftest import BATCH
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

API = "https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateSchedulingPolicy.html"
UPDATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateSchedulingPolicy.html"
DELETE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_DeleteSchedulingPolicy.html"
PREFLIGHT = "https://github.com/badmintoncryer/cdk-preflight rules/batch/sp-*"
ARN = f"{BATCH}:scheduling-policy/policy"
FAIR = {
    "shareDecaySeconds": 3600,
    "computeReservation": 25,
    "shareDistribution": [
        {"shareIdentifier": "UserA*", "weightFactor": 0.125},
        {"shareIdentifier": "UserB"},
    ],
}
QUOTA = {"idleResourceAssignmentStrategy": "FIFO"}


def described(batch: Batch, *arns: str) -> list[dict[str, Any]]:
    return list(batch.client.describe_scheduling_policies(arns=arns)["schedulingPolicies"])


def shares(*identifiers: str) -> dict[str, Any]:
    return {"shareDistribution": [{"shareIdentifier": each} for each in identifiers]}


@aws.documented(API)
def test_creating_answers_name_and_arn(batch: Batch) -> None:
    made = batch.client.create_scheduling_policy(name="policy", fairsharePolicy=FAIR)
    assert body(made) == {"name": "policy", "arn": ARN}


@pytest.mark.parametrize("policy", [{"fairsharePolicy": FAIR}, {"quotaSharePolicy": QUOTA}])
@aws.documented(API)
def test_a_policy_keeps_what_was_sent(batch: Batch, policy: dict[str, Any]) -> None:
    batch.policy(**policy, tags={"team": "x"})
    assert described(batch, ARN) == [{"name": "policy", "arn": ARN, **policy, "tags": {"team": "x"}}]


@aws.assumed("no default of a fair-share policy is filled in; without a policy it is a fair-share one")
def test_a_policy_that_says_nothing_is_a_fair_share_policy(batch: Batch) -> None:
    batch.policy()
    assert described(batch, ARN) == [{"name": "policy", "arn": ARN, "fairsharePolicy": {}, "tags": {}}]


@aws.assumed("as every other Describe operation; the limit of 100: " + API)
def test_unknown_arns_are_left_out_and_101_are_refused(batch: Batch, refused: Any) -> None:
    arn = batch.policy()
    batch.policy("other")
    unknown = [f"{BATCH}:scheduling-policy/nobody", "nonsense"]
    assert [each["name"] for each in described(batch, *unknown, f"{BATCH}:scheduling-policy/other", arn)] == [
        "other",
        "policy",
    ]
    answer = refused(batch.client.describe_scheduling_policies, arns=[arn] * 101)
    assert kind(answer) == ("ClientException", 400)


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_ListSchedulingPolicies.html")
def test_a_list_answers_arns_alone(batch: Batch) -> None:
    arns = [batch.policy(name) for name in ("a", "b")]
    answer = batch.client.list_scheduling_policies()
    assert body(answer) == {"schedulingPolicies": [{"arn": arn} for arn in arns]}


@aws.recorded("issue aws-cloudformation/cloudformation-coverage-roadmap#2463 (for job queues)")
def test_a_name_that_is_taken_is_a_conflict(batch: Batch, refused: Any) -> None:
    batch.policy()
    answer = refused(batch.client.create_scheduling_policy, name="policy", quotaSharePolicy=QUOTA)
    assert answer == ("ClientException", 409, "Object already exists")
    assert described(batch, ARN)[0]["fairsharePolicy"] == {}


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"name": "two words"}, "Scheduling policy name should match a valid pattern."),
        (
            {"fairsharePolicy": FAIR, "quotaSharePolicy": QUOTA},
            "A scheduling policy can have either fairsharePolicy or quotaSharePolicy, but not both.",
        ),
        (
            {"fairsharePolicy": shares(*(f"s{number}" for number in range(501)))},
            "ShareDistribution size cannot be greater than 500.",
        ),
        ({"fairsharePolicy": shares("a b")}, "ShareIdentifier name should match a valid pattern."),
        ({"fairsharePolicy": shares("*")}, "ShareIdentifier name should match a valid pattern."),
        ({"fairsharePolicy": shares("a*b")}, "ShareIdentifier name should match a valid pattern."),
        ({"fairsharePolicy": shares("a" * 256)}, "ShareIdentifier name should match a valid pattern."),
        ({"fairsharePolicy": shares("a", "b", "a")}, "Cannot have two or more identical shareIdentifiers."),
        (
            {"fairsharePolicy": {"shareDistribution": [{"shareIdentifier": "a", "weightFactor": 0.00009}]}},
            "Weight factor should be between 0.0001 and 999.9999.",
        ),
        (
            {"fairsharePolicy": {"shareDistribution": [{"shareIdentifier": "a", "weightFactor": 1000.0}]}},
            "Weight factor should be between 0.0001 and 999.9999.",
        ),
    ],
)
@aws.recorded(PREFLIGHT)
def test_a_policy_that_cannot_be_is_refused(
    batch: Batch, refused: Any, members: dict[str, Any], text: str
) -> None:
    answer = refused(batch.client.create_scheduling_policy, **{"name": "policy", **members})
    assert inner(answer) == client_error(text)
    assert batch.client.list_scheduling_policies()["schedulingPolicies"] == []


@pytest.mark.parametrize(
    ("identifiers", "text"),
    [
        (("UserA*", "UserA1"), "Share identifier UserA1 matches another share identifier UserA*."),
        (("UserA1", "UserA*"), "Share identifier UserA1 matches another share identifier UserA*."),
        (("a*", "ab*"), "Share identifier ab* matches another share identifier a*."),
    ],
)
@aws.recorded(PREFLIGHT)
def test_share_identifiers_that_overlap_are_refused(
    batch: Batch, refused: Any, identifiers: tuple[str, ...], text: str
) -> None:
    answer = inner(
        refused(batch.client.create_scheduling_policy, name="policy", fairsharePolicy=shares(*identifiers))
    )
    assert answer == client_error(text)


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_ShareAttributes.html")
def test_the_limits_of_shares_are_taken(batch: Batch) -> None:
    policy = {
        "shareDecaySeconds": 604_800,
        "computeReservation": 99,
        "shareDistribution": [
            {"shareIdentifier": "a" * 255 + "*", "weightFactor": 0.0001},
            {"shareIdentifier": "b_-1", "weightFactor": 999.9999},
            *({"shareIdentifier": f"s{number}"} for number in range(498)),
        ],
    }
    batch.policy(fairsharePolicy=policy)
    assert described(batch, ARN)[0]["fairsharePolicy"] == policy


@pytest.mark.parametrize(
    "policy",
    [
        {"shareDecaySeconds": -1},
        {"shareDecaySeconds": 604_801},
        {"computeReservation": -1},
        {"computeReservation": 100},
    ],
)
@aws.assumed("the ranges are documented, the sentences are not known: " + API)
def test_numbers_out_of_range_are_refused(batch: Batch, refused: Any, policy: dict[str, Any]) -> None:
    answer = refused(batch.client.create_scheduling_policy, name="policy", fairsharePolicy=policy)
    assert kind(answer) == ("ClientException", 400)


# --- update


@aws.documented(UPDATE)
def test_an_update_replaces_the_policy_whole(batch: Batch) -> None:
    arn = batch.policy(fairsharePolicy=FAIR)
    new = {"computeReservation": 1}
    assert body(batch.client.update_scheduling_policy(arn=arn, fairsharePolicy=new)) == {}
    assert described(batch, arn) == [{"name": "policy", "arn": arn, "fairsharePolicy": new, "tags": {}}]


@aws.assumed("a request that names no policy changes nothing")
def test_an_update_that_says_nothing_changes_nothing(batch: Batch) -> None:
    arn = batch.policy(fairsharePolicy=FAIR)
    batch.client.update_scheduling_policy(arn=arn)
    assert described(batch, arn)[0]["fairsharePolicy"] == FAIR


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"fairsharePolicy": FAIR}, {"quotaSharePolicy": QUOTA}),
        ({"quotaSharePolicy": QUOTA}, {"fairsharePolicy": FAIR}),
        ({"fairsharePolicy": FAIR}, {"fairsharePolicy": FAIR, "quotaSharePolicy": QUOTA}),
        ({"fairsharePolicy": FAIR}, {"fairsharePolicy": {"computeReservation": 100}}),
    ],
)
@aws.assumed("the rule is documented, the sentence is not known: " + UPDATE)
def test_an_update_that_cannot_be_changes_nothing(
    batch: Batch, refused: Any, old: dict[str, Any], new: dict[str, Any]
) -> None:
    arn = batch.policy(**old)
    assert kind(refused(batch.client.update_scheduling_policy, arn=arn, **new)) == ("ClientException", 400)
    assert described(batch, arn) == [{"name": "policy", "arn": arn, **old, "tags": {}}]


@aws.assumed("as for job queues")
def test_an_unknown_policy_cannot_be_updated(batch: Batch, refused: Any) -> None:
    answer = refused(batch.client.update_scheduling_policy, arn=ARN, fairsharePolicy=FAIR)
    assert answer == client_error(f"{ARN} does not exist")


# --- delete


@aws.documented(DELETE)
def test_a_policy_is_deleted_and_its_name_is_free(batch: Batch) -> None:
    arn = batch.policy(tags={"a": "b"})
    assert body(batch.client.delete_scheduling_policy(arn=arn)) == {}
    assert described(batch, arn) == []
    batch.quota_policy("policy")
    assert described(batch, arn)[0] == {"name": "policy", "arn": arn, "quotaSharePolicy": QUOTA, "tags": {}}


@aws.assumed("the rule is documented, the sentence is not known: " + DELETE)
def test_a_policy_in_use_is_not_deleted(batch: Batch, refused: Any) -> None:
    batch.environment()
    arn = batch.policy()
    batch.queue(schedulingPolicyArn=arn)
    assert kind(refused(batch.client.delete_scheduling_policy, arn=arn)) == ("ClientException", 400)
    batch.client.update_job_queue(jobQueue="queue", schedulingPolicyArn=batch.policy("other"))
    batch.client.delete_scheduling_policy(arn=arn)
    assert described(batch, arn) == []


@aws.recorded("issue aws/aws-cli#2551 (2017): other delete operations answer the same")
def test_deleting_what_does_not_exist_succeeds(batch: Batch) -> None:
    assert body(batch.client.delete_scheduling_policy(arn=ARN)) == {}
