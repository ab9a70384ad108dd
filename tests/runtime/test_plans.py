"""Plans: which one applies, and what their JSON form takes."""

from __future__ import annotations

from typing import Any

import pytest

from batchemu.core.holds import Hold
from batchemu.core.scheduling.blocked import REASONS
from batchemu.core.world import JobStatus
from batchemu.runtime.plans import Plan, Plans
from tests.runtime.support import make_container

EVERYTHING = {
    "jobName": "nightly-*",
    "jobDefinition": "train:3",
    "jobQueue": "high",
    "arrayIndex": 0,
    "attempt": 2,
    "realAfter": 3,
    "exitCode": 137,
    "durationSeconds": 1.5,
    "reason": "OutOfMemoryError: Container killed due to memory usage",
    "statusReason": "Host EC2 (instance i-1) terminated.",
    "logs": ["one", "two"],
    "startError": "CannotPullContainerError: no",
    "onStop": 0,
}


@pytest.mark.parametrize(
    ("plan", "matches"),
    [
        (Plan(), True),
        (Plan(job_name="nightly-1"), True),
        (Plan(job_name="nightly-?"), True),
        (Plan(job_name="Nightly-*"), False),
        (Plan(job_name="nightly"), False),
        (Plan(job_definition="train"), True),
        (Plan(job_definition="train:3"), True),
        (Plan(job_definition="tr*:3"), True),
        (Plan(job_definition="train:4"), False),
        (Plan(job_queue="high"), True),
        (Plan(job_queue="low"), False),
        (Plan(attempt=2), True),
        (Plan(attempt=1), False),
        (Plan(job_name="nightly-1", job_queue="low"), False),
        (Plan(array_index=7), True),
        (Plan(array_index=0), False),
        (Plan(fault="hang"), True),
        (Plan(fault="stuck-runnable"), False),
    ],
)
def test_a_plan_matches_when_all_its_patterns_do(plan: Plan, matches: bool) -> None:
    container = make_container(
        job_name="nightly-1", job_definition="train:3", job_queue="high", attempt=2, array_index=7
    )
    assert plan.matches(container) is matches


def test_the_plan_added_last_wins() -> None:
    plans = Plans()
    general, special, other = Plan(exit_code=0), Plan(exit_code=1), Plan(job_name="other")
    for plan in (general, special, other):
        plans.add(plan)
    assert plans.match(make_container()) is special
    assert plans.all() == [general, special, other]


def test_no_plan_matches_once_they_are_cleared() -> None:
    plans = Plans()
    plans.add(Plan())
    assert plans.clear() == 1
    assert plans.match(make_container()) is None


def test_attempts_that_a_plan_leaves_run_for_real_whatever_older_plans_say() -> None:
    plans = Plans()
    plans.add(Plan())
    plans.add(plan := Plan(exit_code=1, real_after=2))
    assert [plans.match(make_container(attempt=number)) for number in (1, 2, 3)] == [plan, plan, None]


def test_a_plan_can_be_removed_by_its_equal() -> None:
    plans, changes = Plans(), []
    plans.listen(lambda: changes.append(plans.all()))
    plans.add(Plan(exit_code=1))
    plans.add(Plan(exit_code=2))
    assert plans.remove(Plan(exit_code=1)) == 1
    assert plans.remove(Plan(exit_code=1)) == 0
    assert plans.all() == [Plan(exit_code=2)]
    assert len(changes) == 4


def test_a_stuck_plan_holds_jobs_in_runnable() -> None:
    plan = Plan(
        job_name="n*", job_definition="d", job_queue="q", array_index=1, attempt=2, fault="stuck-runnable"
    )
    assert plan.hold() == Hold(
        state=JobStatus.RUNNABLE,
        job_name="n*",
        job_definition="d",
        job_queue="q",
        array_index=1,
        attempt=2,
        blocks="UNDETERMINED - Batch job is blocked, root cause is undetermined.",
    )
    assert Plan(fault="hang").hold() is None


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("ACTION_REQUIRED", "ACTION_REQUIRED - CE(s) associated with the job queue are invalid."),
        ("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - mine", "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - mine"),
    ],
)
def test_the_reason_of_a_stuck_job_is_aws_s_or_begins_like_it(asked: str, told: str) -> None:
    hold = Plan(fault="stuck-runnable", status_reason=asked).hold()
    assert hold is not None
    assert hold.blocks == told


def test_the_json_form_is_read_and_written_back() -> None:
    plan = Plan.from_json(EVERYTHING)
    assert plan == Plan(
        job_name="nightly-*",
        job_definition="train:3",
        job_queue="high",
        array_index=0,
        attempt=2,
        real_after=3,
        exit_code=137,
        duration_s=1.5,
        reason="OutOfMemoryError: Container killed due to memory usage",
        status_reason="Host EC2 (instance i-1) terminated.",
        logs=("one", "two"),
        start_error="CannotPullContainerError: no",
        on_stop=0,
    )
    assert plan.to_json() == EVERYTHING


def test_the_json_form_leaves_defaults_out() -> None:
    assert Plan.from_json({}) == Plan()
    assert Plan().to_json() == {}


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        (
            {"name": "x"},
            'A plan has no member "name"; it has: serviceJob, jobName, jobDefinition, jobQueue, arrayIndex, '
            "attempt, realAfter, exitCode, durationSeconds, reason, statusReason, logs, startError, onStop, "
            "stopSeconds, fault.",
        ),
        ({"exitCode": "1"}, "\"exitCode\" of a plan is an integer from 0 to 255, not '1'."),
        ({"exitCode": True}, '"exitCode" of a plan is an integer from 0 to 255, not True.'),
        ({"exitCode": 256}, '"exitCode" of a plan is an integer from 0 to 255, not 256.'),
        ({"attempt": 0}, '"attempt" of a plan is an integer from 1 on, not 0.'),
        ({"durationSeconds": -1}, '"durationSeconds" of a plan is a number from 0 on, not -1.'),
        ({"durationSeconds": float("nan")}, '"durationSeconds" of a plan is a number from 0 on, not nan.'),
        ({"arrayIndex": -1}, '"arrayIndex" of a plan is an integer from 0 on, not -1.'),
        ({"realAfter": 0}, '"realAfter" of a plan is an integer from 1 on, not 0.'),
        ({"fault": 1}, '"fault" of a plan is a string, not 1.'),
        (
            {"fault": "flood"},
            '"fault" of a plan is one of spot-interruption, out-of-memory, cannot-pull-image, '
            "task-failed-to-start, hang, stuck-runnable, not 'flood'.",
        ),
        ({"fault": "hang", "exitCode": 1}, '"exitCode" has no meaning in a plan with "fault".'),
        ({"fault": "hang", "startError": "x"}, '"startError" has no meaning in a plan with "fault".'),
        ({"stopSeconds": 1}, '"stopSeconds" has no meaning in a plan without "serviceJob".'),
        ({"serviceJob": True, "fault": "hang"}, '"fault" has no meaning in a plan with "serviceJob".'),
        (
            {"fault": "stuck-runnable", "realAfter": 1},
            '"realAfter" has no meaning in a plan with the fault "stuck-runnable".',
        ),
        (
            {"fault": "stuck-runnable", "statusReason": "because"},
            '"statusReason" of a plan with the fault "stuck-runnable" begins with one of '
            f"{', '.join(REASONS)}; 'because' does not.",
        ),
        ({"logs": "one"}, "\"logs\" of a plan is a list of strings, not 'one'."),
        ({"logs": [1]}, '"logs" of a plan is a list of strings, not [1].'),
        ({"jobName": None}, '"jobName" of a plan is a string, not None.'),
        ([], "A plan is a JSON object, not []."),
    ],
)
def test_what_a_plan_does_not_take_is_refused_in_one_sentence(members: Any, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared below
        Plan.from_json(members)
    assert str(caught.value) == sentence
