"""Plans: which one applies, and what their JSON form takes."""

from __future__ import annotations

from typing import Any

import pytest

from batchemu.runtime.plans import Plan, Plans
from tests.runtime.support import make_container

EVERYTHING = {
    "jobName": "nightly-*",
    "jobDefinition": "train:3",
    "jobQueue": "high",
    "attempt": 2,
    "exitCode": 137,
    "durationSeconds": 1.5,
    "reason": "OutOfMemoryError: Container killed due to memory usage",
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
    ],
)
def test_a_plan_matches_when_all_its_patterns_do(plan: Plan, matches: bool) -> None:
    container = make_container(job_name="nightly-1", job_definition="train:3", job_queue="high", attempt=2)
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


def test_the_json_form_is_read_and_written_back() -> None:
    plan = Plan.from_json(EVERYTHING)
    assert plan == Plan(
        job_name="nightly-*",
        job_definition="train:3",
        job_queue="high",
        attempt=2,
        exit_code=137,
        duration_s=1.5,
        reason="OutOfMemoryError: Container killed due to memory usage",
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
            'A plan has no member "name"; it has: serviceJob, jobName, jobDefinition, jobQueue, attempt, '
            "exitCode, durationSeconds, reason, logs, startError, onStop.",
        ),
        ({"exitCode": "1"}, "\"exitCode\" of a plan is an integer from 0 to 255, not '1'."),
        ({"exitCode": True}, '"exitCode" of a plan is an integer from 0 to 255, not True.'),
        ({"exitCode": 256}, '"exitCode" of a plan is an integer from 0 to 255, not 256.'),
        ({"attempt": 0}, '"attempt" of a plan is an integer from 1 on, not 0.'),
        ({"durationSeconds": -1}, '"durationSeconds" of a plan is a number from 0 on, not -1.'),
        ({"durationSeconds": float("nan")}, '"durationSeconds" of a plan is a number from 0 on, not nan.'),
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
