"""The log sinks, and what is made of requests that read logs."""

from __future__ import annotations

import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from batchemu.aws.embedded import EmbeddedAws
from batchemu.aws.logs import (
    MAX_EVENT_BYTES,
    EmbeddedLogs,
    MemoryLogs,
    as_moto_reads,
    log_request_target,
    reads_logs,
)
from batchemu.engine.ports import LogLine, LogStream, Scope

if TYPE_CHECKING:
    from tests.aws.conftest import Served

SCOPE = Scope("123456789012", "us-east-1")
GROUP = "/aws/batch/job"
STREAM = LogStream(SCOPE, GROUP, "job/default/1")


def ms(year: int) -> int:
    return int(datetime(year, 6, 1, tzinfo=UTC).timestamp() * 1000)


def line(text: str, wall_ms: int = 0) -> LogLine:
    return LogLine(wall_ms=wall_ms, text=text)


def sink(served: Served, year: int = 2026) -> EmbeddedLogs:
    """Wall time 0 is the first of June of ``year``."""
    return EmbeddedLogs(served.aws, lambda wall_ms: ms(year) + wall_ms % 1_000_000)


def messages(logs: Any, stream: LogStream = STREAM) -> list[str]:
    """All of a stream, page by page, as boto3 users read it."""
    found: list[str] = []
    request = {"logGroupName": stream.group, "logStreamName": stream.name, "startFromHead": True}
    while True:
        page = logs.get_log_events(**request)
        found += [event["message"] for event in page["events"]]
        if page["nextForwardToken"] == request.get("nextToken") or not page["events"]:
            return found
        request["nextToken"] = page["nextForwardToken"]


@pytest.mark.parametrize("year", [1999, 2026, 2040])
def test_lines_of_any_year_are_read_back_with_emulated_times(served: Served, year: int) -> None:
    logs, put = served.client("logs"), sink(served, year)
    put.open(STREAM, create_group=True)
    put.put(STREAM, [line("one", 1), line("two", 2)])
    events = logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM.name)["events"]
    assert [(e["message"], e["timestamp"]) for e in events] == [("one", ms(year) + 1), ("two", ms(year) + 2)]
    assert all(abs(e["ingestionTime"] - ms(year)) < 1_000_000 for e in events)
    found = logs.filter_log_events(logGroupName=GROUP, startTime=ms(year) + 2, endTime=ms(year) + 9)
    assert [e["message"] for e in found["events"]] == ["two"]
    described = logs.describe_log_streams(logGroupName=GROUP, orderBy="LastEventTime")["logStreams"][0]
    assert described["lastEventTimestamp"] == ms(year) + 2
    assert abs(described["creationTime"] - ms(year)) < 1_000_000


@pytest.mark.parametrize("year", [1999, 2040])
def test_an_insights_query_finds_lines_of_another_year(served: Served, year: int) -> None:
    logs, put = served.client("logs"), sink(served, year)
    put.open(STREAM, create_group=True)
    put.put(STREAM, [line("one")])
    query = logs.start_query(
        logGroupName=GROUP,
        startTime=ms(year) // 1000 - 1,
        endTime=ms(year) // 1000 + 1,
        queryString="fields @message",
    )
    results = logs.get_query_results(queryId=query["queryId"])["results"]
    assert [field["value"] for row in results for field in row if field["field"] == "@message"] == ["one"]


def test_a_stream_is_remembered_until_moto_is_loaded(served: Served) -> None:
    """``served`` only empties moto, which is one for the whole process."""
    aws = EmbeddedAws(lambda: 1)
    put = EmbeddedLogs(aws, lambda _: ms(1999))
    put.open(STREAM, create_group=True)
    put.open(LogStream(SCOPE, GROUP, "second"), create_group=False)
    assert not aws.loaded
    aws.load()
    logs = served.client("logs")
    streams = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert [(s["logStreamName"], s["creationTime"]) for s in streams] == [
        (STREAM.name, ms(1999)),
        ("second", ms(1999)),
    ]


def test_a_reset_forgets_what_was_remembered(served: Served) -> None:
    aws = EmbeddedAws(lambda: 1)
    put = EmbeddedLogs(aws, lambda _: 0)
    put.open(STREAM, create_group=True)
    aws.reset()
    assert not aws.loaded
    aws.load()
    assert served.client("logs").describe_log_groups()["logGroups"] == []


def test_a_group_that_must_exist_and_does_not_is_a_lookup_error(served: Served) -> None:
    aws = EmbeddedAws(lambda: 1)
    with pytest.raises(LookupError, match="log group does not exist"):
        EmbeddedLogs(aws, lambda _: 0).open(STREAM, create_group=False)
    assert aws.loaded
    served.client("logs").create_log_group(logGroupName=GROUP)
    EmbeddedLogs(aws, lambda _: 0).open(STREAM, create_group=False)
    assert messages(served.client("logs")) == []


def test_opening_twice_keeps_the_lines(served: Served) -> None:
    put = sink(served)
    put.open(STREAM, create_group=True)
    put.put(STREAM, [line("one")])
    put.open(STREAM, create_group=True)
    assert messages(served.client("logs")) == ["one"]


def test_accounts_and_regions_are_apart(served: Served) -> None:
    put, other = sink(served), LogStream(Scope("111122223333", "eu-west-1"), GROUP, STREAM.name)
    for stream in (STREAM, other):
        put.open(stream, create_group=True)
        put.put(stream, [line(stream.scope.account)])
    assert messages(served.client("logs")) == ["123456789012"]
    theirs = served.client("logs", key="111122223333", region="eu-west-1")
    assert messages(theirs) == ["111122223333"]
    assert served.client("logs", region="eu-west-1").describe_log_groups()["logGroups"] == []


def test_lines_are_read_by_time_and_equal_times_as_written(served: Served) -> None:
    put = sink(served)
    put.open(STREAM, create_group=True)
    put.put(STREAM, [line("c", 2), line("a", 1), line("b", 1)])
    put.put(STREAM, [line("d", 2)])
    assert messages(served.client("logs")) == ["a", "b", "c", "d"]


def test_empty_lines_are_skipped_and_blank_ones_kept(served: Served) -> None:
    put = sink(served)
    put.open(STREAM, create_group=True)
    put.put(STREAM, [line(""), line(" "), line("x"), line("")])
    put.put(STREAM, [line("")])
    assert messages(served.client("logs")) == [" ", "x"]


def test_a_long_line_is_split_between_characters(served: Served) -> None:
    put, text = sink(served), "ä" * MAX_EVENT_BYTES + "日"
    put.open(STREAM, create_group=True)
    put.put(STREAM, [line("x" + text), line("x" * MAX_EVENT_BYTES)])
    found = messages(served.client("logs"))
    assert "".join(found) == "x" + text + "x" * MAX_EVENT_BYTES
    assert [len(message.encode()) for message in found] == [
        MAX_EVENT_BYTES - 1,
        MAX_EVENT_BYTES,
        5,
        MAX_EVENT_BYTES,
    ]


def test_a_line_that_is_no_unicode_is_still_written(served: Served) -> None:
    put = sink(served)
    put.open(STREAM, create_group=True)
    put.put(STREAM, [line(b"a\xff".decode("utf-8", "surrogateescape"))])
    assert messages(served.client("logs")) == ["a?"]


def test_a_stream_deleted_meanwhile_is_made_again(served: Served) -> None:
    logs, put = served.client("logs"), sink(served)
    put.open(STREAM, create_group=True)
    put.put(STREAM, [line("gone")])
    logs.delete_log_stream(logGroupName=GROUP, logStreamName=STREAM.name)
    put.put(STREAM, [line("kept")])
    assert messages(logs) == ["kept"]


def test_lines_of_a_deleted_group_are_dropped_with_one_warning(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    logs, put = served.client("logs"), sink(served)
    put.open(STREAM, create_group=True)
    logs.delete_log_group(logGroupName=GROUP)
    with caplog.at_level(logging.WARNING):
        put.put(STREAM, [line("one")])
        put.put(STREAM, [line("two")])
    assert len(caplog.records) == 1
    assert logs.describe_log_groups()["logGroups"] == []


def test_a_region_that_moto_lacks_raises_nothing_at_put(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    stream = LogStream(Scope("123456789012", "mars-1"), GROUP, "s")
    with pytest.raises(LookupError):
        sink(served).open(stream, create_group=True)
    sink(served).put(stream, [line("x")])
    assert len(caplog.records) == 1


def test_subscription_filters_get_the_lines(served: Served) -> None:
    logs, put = served.client("logs"), sink(served, 2040)
    put.open(STREAM, create_group=True)
    copy = LogStream(SCOPE, "copy", STREAM.name)
    put.open(copy, create_group=True)
    logs.put_subscription_filter(
        logGroupName=GROUP,
        filterName="f",
        filterPattern="",
        destinationArn="arn:aws:logs:us-east-1:123456789012:log-group:copy:*",
    )
    put.put(STREAM, [line("one")])
    assert messages(logs, copy) == ["one"]


def test_a_subscription_filter_that_fails_costs_no_line(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    logs, put = served.client("logs"), sink(served)
    put.open(STREAM, create_group=True)
    logs.create_log_group(logGroupName="copy")
    logs.put_subscription_filter(
        logGroupName=GROUP,
        filterName="f",
        filterPattern="",
        destinationArn="arn:aws:logs:us-east-1:123456789012:log-group:copy:*",
    )
    put.put(STREAM, [line("one")])
    assert messages(logs) == ["one"]
    assert "subscription filter" in caplog.text


def test_after_a_reset_nothing_is_left_and_a_new_stream_works(served: Served) -> None:
    logs, put = served.client("logs"), sink(served)
    put.open(STREAM, create_group=True)
    put.put(STREAM, [line("one")])
    served.aws.reset()
    assert logs.describe_log_groups()["logGroups"] == []
    put.open(STREAM, create_group=True)
    put.put(STREAM, [line("two")])
    assert messages(logs) == ["two"]


def test_eight_writers_and_readers_for_a_second(served: Served) -> None:
    put, end = sink(served), time.monotonic() + 1
    shared = LogStream(SCOPE, GROUP, "shared")
    put.open(shared, create_group=True)

    def write(number: int) -> int:
        own, count = LogStream(SCOPE, GROUP, f"own-{number}"), 0
        put.open(own, create_group=True)
        while time.monotonic() < end:
            put.put(own, [line(f"{number} {count}", count % 1000)])
            put.put(shared, [line(f"{number} {count}")])
            count += 1
        return count

    def read(client: Any) -> int:
        while time.monotonic() < end:
            client.describe_log_streams(logGroupName=GROUP)
            client.filter_log_events(logGroupName=GROUP, limit=10)
            client.get_log_events(logGroupName=GROUP, logStreamName="shared", limit=10)
        return 0

    readers = [served.client("logs") for _ in range(3)]
    with ThreadPoolExecutor(11) as pool:
        written = [pool.submit(write, number) for number in range(8)]
        read_all = [pool.submit(read, client) for client in readers]
        counts = [future.result() for future in written]
        assert [future.result() for future in read_all] == [0, 0, 0]
    found = messages(readers[0], shared)
    assert len(found) == sum(counts)
    for number, count in enumerate(counts):
        mine = [message for message in found if message.startswith(f"{number} ")]
        assert mine == [f"{number} {index}" for index in range(count)]
        assert len(messages(readers[0], LogStream(SCOPE, GROUP, f"own-{number}"))) == count


def test_reading_by_arn_and_by_prefix_means_what_it_says(served: Served) -> None:
    logs, put = served.client("logs"), sink(served)
    for group in (GROUP, "later"):
        for name in ("a/1", "a/2", "b/1"):
            stream = LogStream(SCOPE, group, name)
            put.open(stream, create_group=True)
            put.put(stream, [line(f"{group} {name}", {"a/1": 3, "a/2": 1, "b/1": 2}[name])])
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}"
    by_arn = logs.get_log_events(logGroupIdentifier=arn, logStreamName="a/1")["events"]
    assert [event["message"] for event in by_arn] == [f"{GROUP} a/1"]
    found = logs.filter_log_events(logGroupIdentifier=f"{arn}:*", logStreamNamePrefix="a/")["events"]
    assert [event["message"] for event in found] == [f"{GROUP} a/2", f"{GROUP} a/1"]
    assert logs.filter_log_events(logGroupName=GROUP, logStreamNamePrefix="c")["events"] == []
    streams = logs.describe_log_streams(logGroupIdentifier=arn, logStreamNamePrefix="b")["logStreams"]
    assert [stream["arn"] for stream in streams] == [f"{arn}:log-stream:b/1"]


def test_memory_logs() -> None:
    logs = MemoryLogs()
    logs.open(STREAM, create_group=True)
    assert logs.lines(SCOPE, GROUP, STREAM.name) == []
    threads = [threading.Thread(target=logs.put, args=(STREAM, [line("x"), line("y")])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logs.lines(SCOPE, GROUP, STREAM.name) == ["x", "y"] * 4
    assert logs.lines(SCOPE, GROUP, "other") == []
    logs.reset()
    assert logs.lines(SCOPE, GROUP, STREAM.name) == []


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("Logs_20140328.GetLogEvents", True),
        ("Logs_20140328.FilterLogEvents", True),
        ("Logs_20140328.DescribeLogStreams", True),
        ("Logs_20140328.StartQuery", True),
        ("Logs_20140328.GetQueryResults", True),
        ("Logs_20140328.StartLiveTail", True),
        ("Logs_20140328.DescribeLogGroups", True),
        ("Logs_20140328.PutLogEvents", False),
        ("Other.GetLogEvents", False),
        ("", False),
    ],
)
def test_reads_logs(target: str, expected: bool) -> None:
    assert reads_logs(target) is expected


ARN = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/batch/job"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"logGroupName": "g", "logStreamName": "s"}, ("g", ("s",))),
        ({"logGroupIdentifier": f"{ARN}:*", "logStreamNames": ["a", "b"]}, (GROUP, ("a", "b"))),
        ({"logGroupIdentifier": "g"}, ("g", ())),
        ({"logGroupIdentifiers": [ARN], "logStreamNames": ["a"]}, (GROUP, ("a",))),
        ({"logGroupNames": ["g"], "queryString": "fields @message"}, ("g", ())),
        ({"logGroupNames": ["g", "h"]}, (None, ())),
        ({"logGroupName": "g", "logStreamNamePrefix": "a"}, ("g", ())),
        ({"queryId": "1"}, (None, ())),
        ({}, (None, ())),
        ({"logGroupName": 5, "logStreamNames": "a"}, (None, ())),
        ([], (None, ())),
    ],
)
def test_log_request_target(body: Any, expected: Any) -> None:
    assert log_request_target(json.dumps(body).encode()) == expected


@pytest.mark.parametrize("body", [b"", b"no json", b'"x"', b"{}", b'{"queryId": "1"}'])
def test_a_body_that_names_no_group_is_left_alone(body: bytes) -> None:
    assert log_request_target(body) == (None, ())
    assert as_moto_reads("GetLogEvents", body, lambda _: []) == body
