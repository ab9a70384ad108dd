"""The command line: ``python -m conformance --endpoint URL``."""

from __future__ import annotations

import argparse
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from conformance import baseline, report
from conformance.cases import all_cases
from conformance.endpoint import Endpoint
from conformance.evidence import BINDING
from conformance.runner import FAILED, Result, Run, run
from conformance.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.case import Case

_ABOUT = """Run the cases against an endpoint that speaks AWS Batch: an emulator, or AWS itself
(https://batch.us-east-1.amazonaws.com, with your credentials and --settings; see
conformance/aws.example.json). Exit code 1: the first endpoint fails a case that is documented or recorded, or
one of the baseline (which is batchemu's)."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m conformance", description=_ABOUT)
    add = parser.add_argument
    add("--endpoint", action="append", default=[], metavar="[NAME=]URL", help="repeat it to compare")
    add("--settings", action="append", default=[], metavar="[NAME=]FILE", help="of an account, as JSON")
    add("--report", type=Path, metavar="DIR", help="write report.json and REPORT.md")
    add("--note", default="", metavar="TEXT", help="a paragraph for REPORT.md: how the endpoints were set up")
    add("--only", default="*", metavar="PATTERN", help="glob of case ids: 'job_queues.*'")
    add("--list", action="store_true", help="list the cases with their sources, and end")
    add("--update-baseline", action="store_true", help="add what batchemu passes now")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    cases = [case for case in all_cases() if fnmatchcase(case.id, asked.only)]
    if asked.list:
        _list(cases)
        return 0
    if not asked.endpoint or not cases:
        print("Nothing to do: give an --endpoint, and an --only that matches a case.", file=sys.stderr)
        return 2
    try:
        endpoints = _endpoints(asked.endpoint, asked.settings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    runs = []
    for endpoint in endpoints:
        runs.append(_run(endpoint, cases))
        endpoint.close()
    return _conclude(runs, asked)


def _endpoints(named: Sequence[str], files: Sequence[str]) -> list[Endpoint]:
    settings = {name: Settings.load(path) for name, path in map(_split, files)}
    return [
        Endpoint(name or url, url, settings.get(name) or settings.get("") or Settings())
        for name, url in map(_split, named)
    ]


def _split(text: str) -> tuple[str, str]:
    """``NAME=VALUE``, or a value without a name."""
    name, equals, value = text.partition("=")
    return (name, value) if equals and "/" not in name else ("", text)


def _list(cases: Sequence[Case]) -> None:
    for case in cases:
        print(f"{case.id}\n    {case.operation}, {case.topic}; {case.evidence.kind} {case.evidence.source}")
    print(f"{len(cases)} cases")


def _run(endpoint: Endpoint, cases: Sequence[Case]) -> Run:
    print(f"{endpoint.name}: {len(cases)} cases against {endpoint.url} ...", flush=True)

    def told(result: Result) -> None:
        if result.outcome == FAILED and endpoint.is_batchemu:
            print(f"  FAILED {result.case.id} ({result.case.evidence.kind}): {result.detail}", flush=True)

    return run(endpoint, cases, told)


def _conclude(runs: Sequence[Run], asked: argparse.Namespace) -> int:
    for _, rows in report.tables(runs):
        print(f"\n{report.text(rows)}")
    for each in runs:
        if each.left_behind:
            print(f"\n{each.endpoint}: {len(each.left_behind)} things could not be removed, the first:")
            print("\n".join(f"  {line[:300]}" for line in each.left_behind[:5]))
    if asked.report is not None:
        report.write(runs, asked.report, note=asked.note)
        print(f"\nWritten: {asked.report / 'REPORT.md'}, {asked.report / 'report.json'}")
    judged = runs[0]
    if asked.update_baseline and judged.is_batchemu:
        print(f"\n{baseline.raise_to(judged)} cases are new in {baseline.FILE.name}.")
    return verdict(judged)


def verdict(judged: Run) -> int:
    """0 when nothing that binds failed, with a closing line. A probe binds once the baseline holds it."""
    failed = [each.case for each in report.failures(judged) if not each.case.is_probe]
    binding = [case for case in failed if case.evidence.kind in BINDING]
    fallen = baseline.fallen(judged, baseline.load()) if judged.is_batchemu else []
    print(f"\n{judged.endpoint}: {len(binding)} documented or recorded cases failed.")
    if fallen:
        print(f"{len(fallen)} of the baseline failed: {', '.join(fallen[:10])}")
    return 1 if binding or fallen else 0
