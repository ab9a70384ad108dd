"""Every case and probe of the conformance kit, against an emulator in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import batchemu
from conformance import baseline
from conformance.cases import all_cases
from conformance.endpoint import Endpoint
from conformance.evidence import EMULATOR_ONLY
from conformance.lab import Session
from conformance.runner import FAILED, PASSED, run_case
from conformance.settings import Settings
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.case import Case

KNOWN = baseline.load()


def evidence(case: Case) -> pytest.MarkDecorator:
    mark: pytest.MarkDecorator = getattr(aws, case.evidence.kind)
    return mark if case.evidence.kind == EMULATOR_ONLY else mark(case.evidence.source)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with batchemu.start(runtime="scripted", clock="manual", aws="none") as running:
        endpoint = Endpoint("batchemu", running.url, Settings())
        session = Session(endpoint)
        yield session
        session.close()
        assert session.left_behind == []
        endpoint.close()


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.id, marks=evidence(case)) for case in all_cases()]
)
def test_batchemu_does_as_aws_does(session: Session, case: Case) -> None:
    """A case that the baseline lacks may fail: what it is about is not built yet."""
    result = run_case(session, case)
    if result.outcome == FAILED and case.id not in KNOWN:
        pytest.xfail(result.detail)
    assert result.outcome == PASSED, result.detail
