"""Create-, Describe-, List-, Update- and DeleteQuotaShare(s)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from batchemu.core.training_instances import KNOWN
from tests.api.answers import body, client_error, inner, kind
from tests.api.conftest import BATCH, INSTANCE, quota_share
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

CREATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateQuotaShare.html"
UPDATE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateQuotaShare.html"
DELETE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_DeleteQuotaShare.html"
LIST = "https://docs.aws.amazon.com/batch/latest/APIReference/API_ListQuotaShares.html"
SHARING = (
    "https://docs.aws.amazon.com/batch/latest/APIReference/API_QuotaShareResourceSharingConfiguration.html"
)
GUIDE = "https://docs.aws.amazon.com/batch/latest/userguide/quota-shares.html"
ARN = f"{BATCH}:job-queue/training/quota-share/share"
ONE = [{"maxCapacity": 1, "capacityUnit": INSTANCE}]


@pytest.fixture(autouse=True)
def queue(batch: Batch) -> None:
    """A job queue ``training`` with a quota share policy, 4 instances behind it."""
    batch.service_environment(unit=INSTANCE, most=4)
    batch.service_queue(schedulingPolicyArn=batch.quota_policy())


def detail(**members: Any) -> dict[str, Any]:
    return {
        "quotaShareName": "share",
        "quotaShareArn": ARN,
        "jobQueueArn": f"{BATCH}:job-queue/training",
        "capacityLimits": ONE,
        "resourceSharingConfiguration": {"strategy": "RESERVE"},
        "preemptionConfiguration": {"inSharePreemption": "DISABLED"},
        "state": "ENABLED",
        "status": "VALID",
        **members,
    }


def described(batch: Batch, arn: str = ARN) -> dict[str, Any]:
    return body(batch.client.describe_quota_share(quotaShareArn=arn))


def listed(batch: Batch, queue: str = "training") -> list[dict[str, Any]]:
    return list(batch.client.list_quota_shares(jobQueue=queue)["quotaShares"])


@aws.assumed("the form of the ARN is not documented")
def test_creating_answers_name_and_arn(batch: Batch) -> None:
    made = batch.client.create_quota_share(**quota_share())
    assert body(made) == {"quotaShareName": "share", "quotaShareArn": ARN}


@aws.documented(CREATE)
def test_a_share_keeps_what_was_sent(batch: Batch) -> None:
    members = {
        "state": "DISABLED",
        "capacityLimits": [*ONE, {"maxCapacity": 3, "capacityUnit": "ml.p4d.24xlarge"}],
        "resourceSharingConfiguration": {"strategy": "LEND_AND_BORROW", "borrowLimit": 200},
        "preemptionConfiguration": {"inSharePreemption": "ENABLED"},
    }
    batch.share(jobQueue=f"{BATCH}:job-queue/training", tags={"team": "x"}, **members)
    assert described(batch) == detail(tags={"team": "x"}, **members)
    assert listed(batch) == [detail(**members)]


@aws.documented(SHARING + ": the default of borrowLimit is -1")
def test_borrowing_is_unlimited_by_default(batch: Batch) -> None:
    batch.share(resourceSharingConfiguration={"strategy": "LEND_AND_BORROW"})
    sharing = described(batch)["resourceSharingConfiguration"]
    assert sharing == {"strategy": "LEND_AND_BORROW", "borrowLimit": -1}


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"quotaShareName": "two words"}, "Quota share name should match a valid pattern."),
        ({"capacityLimits": []}, "Capacitylimits are required."),
        (
            {"capacityLimits": [{"maxCapacity": 0, "capacityUnit": INSTANCE}]},
            "Max capacity must be more than 0.",
        ),
        (
            {"capacityLimits": [{"maxCapacity": 1, "capacityUnit": "NUM_INSTANCES"}]},
            f"NUM_INSTANCES is unknown capacity unit in [{', '.join(sorted(KNOWN))}]",
        ),
        (
            {"capacityLimits": [{"maxCapacity": 1, "capacityUnit": f"ml.m{n}.large"} for n in range(6)]},
            "Number of capacity limits exceeds 5.",
        ),
    ],
)
@aws.assumed("as service environments, whose sentences are known: cdk-preflight rules/batch/se-*")
def test_a_share_that_cannot_be_is_refused(
    batch: Batch, refused: Any, members: dict[str, Any], text: str
) -> None:
    answer = refused(batch.client.create_quota_share, **quota_share(**members))
    assert inner(answer) == client_error(text)
    assert listed(batch) == []


@pytest.mark.parametrize(
    "members",
    [
        {"resourceSharingConfiguration": {"strategy": "RESERVE", "borrowLimit": 10}},
        {"resourceSharingConfiguration": {"strategy": "LEND_AND_BORROW", "borrowLimit": -2}},
        {"resourceSharingConfiguration": {"strategy": "BOGUS"}},
        {"jobQueue": "nobody"},
        {"jobQueue": "fifo"},
        {"jobQueue": "fair"},
    ],
)
@aws.assumed(f"the rules are documented, the sentences are not known: {CREATE} {SHARING}")
def test_a_share_that_cannot_be_is_refused_in_our_words(
    batch: Batch, refused: Any, members: dict[str, Any]
) -> None:
    batch.service_queue("fifo")
    batch.service_queue("fair", schedulingPolicyArn=batch.policy())
    answer = refused(batch.client.create_quota_share, **quota_share(**members))
    assert kind(answer) == ("ClientException", 400)
    assert listed(batch) == []


@aws.assumed("a name is unique in its queue; the sentence is that of job queues")
def test_a_name_that_is_taken_in_its_queue_is_a_conflict(batch: Batch, refused: Any) -> None:
    batch.share()
    answer = refused(batch.client.create_quota_share, **quota_share(state="DISABLED"))
    assert answer == ("ClientException", 409, "Object already exists")
    assert described(batch) == detail(tags={})
    batch.service_queue("other", schedulingPolicyArn=f"{BATCH}:scheduling-policy/quotas")
    batch.share(jobQueue="other")
    assert [each["jobQueueArn"] for each in listed(batch, "other")] == [f"{BATCH}:job-queue/other"]


@aws.assumed("the limit is documented, the sentence is not known: service_limits.html")
def test_a_queue_has_at_most_20_shares(batch: Batch, refused: Any) -> None:
    for number in range(20):
        batch.share(f"s{number}")
    answer = refused(batch.client.create_quota_share, **quota_share())
    assert kind(answer) == ("ClientException", 400)
    assert len(listed(batch)) == 20


@pytest.mark.parametrize("arn", ["nonsense", f"{BATCH}:job-queue/training", ARN])
@aws.assumed("as for job queues")
def test_an_unknown_share_is_neither_described_nor_updated(batch: Batch, refused: Any, arn: str) -> None:
    client = batch.client
    for call in (client.describe_quota_share, client.update_quota_share):
        assert refused(call, quotaShareArn=arn) == client_error(f"{arn} does not exist")


@aws.assumed("as for job queues")
def test_the_shares_of_an_unknown_queue_are_not_listed(batch: Batch, refused: Any) -> None:
    answer = refused(batch.client.list_quota_shares, jobQueue="nobody")
    assert answer == client_error(f"{BATCH}:job-queue/nobody does not exist")


# --- update


@aws.documented(UPDATE)
def test_an_update_changes_what_it_names_and_nothing_else(batch: Batch) -> None:
    batch.share()
    answer = batch.client.update_quota_share(quotaShareArn=ARN, state="DISABLED")
    assert body(answer) == {"quotaShareName": "share", "quotaShareArn": ARN}
    assert described(batch) == detail(state="DISABLED", tags={})
    members = {
        "capacityLimits": [{"maxCapacity": 9, "capacityUnit": INSTANCE}],
        "resourceSharingConfiguration": {"strategy": "LEND"},
        "preemptionConfiguration": {"inSharePreemption": "ENABLED"},
        "state": "ENABLED",
    }
    batch.client.update_quota_share(quotaShareArn=ARN, **members)
    assert described(batch) == detail(tags={}, **members)


@aws.assumed("as on creation")
def test_an_update_that_cannot_be_changes_nothing(batch: Batch, refused: Any) -> None:
    batch.share()
    answer = refused(
        batch.client.update_quota_share,
        quotaShareArn=ARN,
        state="DISABLED",
        capacityLimits=[{"maxCapacity": 9, "capacityUnit": INSTANCE}],
        resourceSharingConfiguration={"strategy": "LEND", "borrowLimit": 1},
    )
    assert kind(answer) == ("ClientException", 400)
    assert described(batch) == detail(tags={})


# --- jobs


def train(batch: Batch, share: str = "share", **members: Any) -> str:
    return batch.train(quotaShareName=share, **members)


def statuses(batch: Batch, *job_ids: str) -> list[str]:
    return [batch.training_status(each) for each in job_ids]


@aws.documented(GUIDE)
def test_a_share_holds_its_jobs_to_its_own_limits(batch: Batch) -> None:
    batch.share()
    batch.share("other")
    batch.plan(serviceJob=True, durationSeconds=60)
    jobs = train(batch), train(batch), train(batch, "other")
    assert statuses(batch, *jobs) == ["RUNNING", "RUNNABLE", "RUNNING"]
    batch.advance(60)
    assert statuses(batch, *jobs) == ["SUCCEEDED", "RUNNING", "SUCCEEDED"]


@aws.documented("https://docs.aws.amazon.com/batch/latest/APIReference/API_CapacityLimit.html")
def test_the_environment_limits_all_shares_together(batch: Batch) -> None:
    batch.client.update_service_environment(serviceEnvironment="se", capacityLimits=ONE)
    batch.share()
    batch.share("other")
    batch.plan(serviceJob=True, durationSeconds=60)
    jobs = train(batch), train(batch, "other")
    assert statuses(batch, *jobs) == ["RUNNING", "RUNNABLE"]


@aws.documented(UPDATE)
def test_a_disabled_share_takes_no_jobs_and_finishes_those_it_has(batch: Batch, refused: Any) -> None:
    batch.share()
    batch.plan(serviceJob=True, durationSeconds=60)
    jobs = train(batch), train(batch)
    batch.client.update_quota_share(quotaShareArn=ARN, state="DISABLED")
    assert kind(refused(train, batch=batch)) == ("ClientException", 400)
    batch.advance(120)
    assert statuses(batch, *jobs) == ["SUCCEEDED", "SUCCEEDED"]


@pytest.mark.parametrize("members", [{}, {"quotaShareName": "nobody"}, {"shareIdentifier": "share"}])
@aws.assumed("the rule is documented, the sentences are not known: API_SubmitServiceJob.html")
def test_a_job_of_the_queue_needs_a_share(batch: Batch, refused: Any, members: dict[str, str]) -> None:
    batch.share()
    assert kind(refused(batch.train, **members)) == ("ClientException", 400)


# --- delete


@aws.documented(DELETE)
def test_a_disabled_share_is_deleted_and_its_name_is_free(batch: Batch) -> None:
    batch.share(tags={"a": "b"}, state="DISABLED")
    assert body(batch.client.delete_quota_share(quotaShareArn=ARN)) == {}
    assert listed(batch) == []
    batch.share()
    assert described(batch) == detail(tags={})


@aws.assumed("the rule is documented, the sentence is not known: " + DELETE)
def test_an_enabled_share_is_not_deleted(batch: Batch, refused: Any) -> None:
    batch.share()
    assert kind(refused(batch.client.delete_quota_share, quotaShareArn=ARN)) == ("ClientException", 400)
    assert described(batch) == detail(tags={})


@aws.documented(DELETE)
def test_deleting_a_share_terminates_its_jobs_and_no_others(batch: Batch) -> None:
    batch.share()
    batch.share("other")
    batch.plan(serviceJob=True, durationSeconds=60)
    running, waiting, foreign = train(batch), train(batch), train(batch, "other")
    batch.client.update_quota_share(quotaShareArn=ARN, state="DISABLED")
    batch.client.delete_quota_share(quotaShareArn=ARN)
    batch.advance(0)
    assert statuses(batch, running, waiting, foreign) == ["FAILED", "FAILED", "RUNNING"]
    assert batch.training(running)["quotaShareName"] == "share"


@aws.recorded("issue aws/aws-cli#2551 (2017): other delete operations answer the same")
def test_deleting_what_does_not_exist_succeeds(batch: Batch) -> None:
    assert body(batch.client.delete_quota_share(quotaShareArn=ARN)) == {}


@aws.assumed("the shares of a queue go with it")
def test_the_shares_of_a_deleted_queue_are_gone(batch: Batch, refused: Any) -> None:
    batch.share()
    batch.client.update_job_queue(jobQueue="training", state="DISABLED")
    batch.client.delete_job_queue(jobQueue="training")
    answer = refused(batch.client.describe_quota_share, quotaShareArn=ARN)
    assert answer == client_error(f"{ARN} does not exist")
    batch.service_queue(schedulingPolicyArn=f"{BATCH}:scheduling-policy/quotas")
    assert listed(batch) == []
