"""The conformance kit itself: its comparisons, its report, and endpoints that answer nonsense."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from conformance import baseline, cli, report
from conformance.case import Case, unique
from conformance.cases import all_cases
from conformance.endpoint import Endpoint
from conformance.evidence import Evidence, assumed, documented
from conformance.expect import Mismatch, Refusal, bare, mentions, said, wrapped
from conformance.requests import GONE, VALID, changed
from conformance.runner import FAILED, NOT_APPLICABLE, PASSED, Result, Run, run
from conformance.settings import Settings, SettingsError
from conformance.shapes import put, service_model, without
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.lab import Lab

pytestmark = aws.emulator_only
CASES = all_cases()
WRAPPED = "Error executing request, Exception : No., RequestId: 509000be-2b64-4a29-9f04-1a8b2b1c6b0d"


def describe(lab: Lab) -> None:
    lab.call("DescribeJobQueues")


def case(name: str, evidence: Evidence | None = None) -> Case:
    return Case(name, "DescribeJobQueues", "errors", evidence or documented("a page"), describe)


def result(name: str, outcome: str = PASSED, evidence: Evidence | None = None) -> Result:
    return Result(case(name, evidence), outcome, "" if outcome == PASSED else "it did not")


def ran(*results: Result, is_batchemu: bool = True) -> Run:
    return Run("batchemu", "http://127.0.0.1", is_batchemu, results, ())


# --- the cases as a whole


def test_every_operation_of_the_model_has_cases_and_a_valid_request() -> None:
    operations = set(service_model().operation_names)
    assert {each.operation for each in CASES if not each.is_probe} == operations
    assert set(VALID) == operations


def test_every_case_says_how_it_is_known() -> None:
    assert [each.id for each in CASES if not each.evidence.source] == [
        each.id for each in CASES if each.evidence.kind == "emulator_only"
    ]


def test_two_cases_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two cases are called a"):
        unique([case("a"), case("a")])


# --- comparisons


@pytest.mark.parametrize(
    "wanted", [wrapped("No."), said("No."), said("N", cut=True), mentions("o")], ids=range(4)
)
def test_a_wrapped_refusal_is_recognised(wanted: Any) -> None:
    wanted.check(Refusal("ClientException", 400, WRAPPED))


@pytest.mark.parametrize(
    "found",
    [
        Refusal("ClientException", 400, WRAPPED),
        Refusal("ClientException", 500, "No."),
        Refusal("ServerException", 400, "No."),
        Refusal("ClientException", 400, "Yes."),
    ],
    ids=["wrapped", "status", "code", "text"],
)
def test_another_refusal_is_a_mismatch(found: Refusal) -> None:
    with pytest.raises(Mismatch):
        bare("No.").check(found)


def test_a_request_is_changed_member_by_member() -> None:
    request = {"a": {"b": 1, "c": 2}, "d": 3}
    assert changed(request, {"a": {"b": GONE}, "d": 4}) == {"a": {"c": 2}, "d": 4}
    assert request == {"a": {"b": 1, "c": 2}, "d": 3}


def test_a_value_is_put_where_nothing_is_yet() -> None:
    steps = ("containerOverrides", "resourceRequirements", 0, "type")
    made = put("SubmitJob", {"jobName": "j"}, steps, "BOGUS")
    requirement = {"value": "probe", "type": "BOGUS"}
    assert made == {"jobName": "j", "containerOverrides": {"resourceRequirements": [requirement]}}
    assert without(made, steps)["containerOverrides"] == {"resourceRequirements": [{"value": "probe"}]}


# --- endpoints that answer nonsense


@contextmanager
def answering(body: bytes | None, status: int = 200) -> Iterator[str]:
    """A server that answers everything alike; None: it never answers."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if body is None:
                over.wait(10)
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *parts: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            over.set()
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"<html>500</html>", 500), (b"<html>ok</html>", 200), (b"[1]", 200), (None, 0)],
    ids=["an HTML error", "an HTML page", "a list", "silence"],
)
def test_nonsense_is_a_failure_and_ends_nothing(body: bytes | None, status: int) -> None:
    with answering(body, status) as url:
        endpoint = Endpoint("odd", url, Settings(timeout_s=1))
        found = run(endpoint, [case("a"), case("b")])
        endpoint.close()
    assert not found.is_batchemu
    assert [each.outcome for each in found.results] == [FAILED, FAILED]


# --- settings, baseline, report


def test_settings_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"subnets": ["a", "b"], "patience_s": 900}')
    assert Settings.load(str(path)) == Settings(subnets=("a", "b"), patience_s=900)


@pytest.mark.parametrize("text", ["{", "[]", '{"colour": "red"}'])
def test_bad_settings_are_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    with pytest.raises(SettingsError):
        Settings.load(str(path))


def test_the_example_for_aws_can_be_read() -> None:
    path = baseline.FILE.with_name("aws.example.json")
    assert Settings.load(str(path)).attempts > 1


def test_the_baseline_only_rises(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    assert baseline.raise_to(ran(result("a"), result("b", FAILED)), path) == 1
    assert baseline.raise_to(ran(result("a", FAILED), result("c")), path) == 1
    assert baseline.load(path) == {"a", "c"}
    assert baseline.fallen(ran(result("a", FAILED), result("c")), baseline.load(path)) == ["a"]


def test_the_baseline_holds_cases_that_exist() -> None:
    assert baseline.load() <= {each.id for each in CASES}


def test_100_percent_means_all() -> None:
    almost = [result(str(n)) for n in range(999)] + [result("x", FAILED)]
    assert str(report.score(almost)) == "999/1000 (99 %)"
    assert str(report.score([result("a"), result("b", NOT_APPLICABLE)])) == "1/1 (100 %)"
    assert str(report.score([])) == "-"


def test_the_report_has_a_column_for_each_endpoint(tmp_path: Path) -> None:
    ours = ran(result("a"), result("b", FAILED, assumed("because")))
    theirs = Run("moto", "http://127.0.0.1:1", False, (result("a", FAILED), result("b", FAILED)), ())
    report.write([ours, theirs], tmp_path, note="A note.")
    text = (tmp_path / "REPORT.md").read_text()
    assert "| evidence | batchemu | moto |" in text
    assert "| DescribeJobQueues | 1/2 (50 %) | - | 0/2 (0 %) | - |" in text
    assert "- `b` (assumed): it did not" in text
    assert "- `b`: because" in text
    assert "A note." in text
    first = json.loads((tmp_path / "report.json").read_text())["cases"][0]
    assert first["outcomes"]["moto"] == {"outcome": FAILED, "detail": "it did not"}


@pytest.mark.parametrize(
    ("failed", "code"),
    [
        (result("a", FAILED), 1),
        (result("a", FAILED, assumed("because")), 0),
        (result("a", NOT_APPLICABLE), 0),
        (result("a"), 0),
    ],
)
def test_the_exit_code_is_1_when_something_that_binds_failed(failed: Result, code: int) -> None:
    assert cli.verdict(ran(failed, is_batchemu=False)) == code


def test_the_command_lists_the_cases(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--list", "--only", "snapshot.*"]) == 0
    told = capsys.readouterr().out
    assert "snapshot.an_empty_queue_has_no_front" in told
    assert told.endswith(" cases\n")


def test_the_command_wants_an_endpoint(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "--endpoint" in capsys.readouterr().err
