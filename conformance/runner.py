"""Runs cases against an endpoint, one after the other, and never falls over what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.expect import NotApplicable
from conformance.lab import Lab, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.case import Case
    from conformance.endpoint import Endpoint

PASSED = "passed"
FAILED = "failed"
NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Result:
    """``detail`` says why a case did not pass."""

    case: Case
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """All results of one endpoint, and what could not be removed afterwards."""

    endpoint: str
    url: str
    is_batchemu: bool
    results: tuple[Result, ...]
    left_behind: tuple[str, ...]


def run(
    endpoint: Endpoint, cases: Iterable[Case], told: Callable[[Result], None] = lambda result: None
) -> Run:
    """``told`` hears of every result as it comes."""
    session = Session(endpoint)
    results = []
    try:
        for case in cases:
            result = run_case(session, case)
            told(result)
            results.append(result)
    finally:
        session.close()
    return Run(endpoint.name, endpoint.url, endpoint.is_batchemu, tuple(results), tuple(session.left_behind))


def run_case(session: Session, case: Case) -> Result:
    """Whatever the endpoint does - an HTML page, no answer, nonsense in JSON - is a result."""
    lab = Lab(session)
    try:
        case.check(lab)
    except NotApplicable as reason:
        return Result(case, NOT_APPLICABLE, str(reason))
    except Exception as error:  # see above; the detail keeps it
        return Result(case, FAILED, f"{type(error).__name__}: {error}"[:2000])
    finally:
        lab.clean_up()
    return Result(case, PASSED)
