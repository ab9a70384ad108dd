"""Where the lines of containers go: CloudWatch Logs inside this process, or a list.

The rules are those of the awslogs log driver, which AWS Batch uses: moby
``daemon/logger/awslogs/cloudwatchlogs.go``.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from batchemu.engine.ports import LogSink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from batchemu.aws.embedded import EmbeddedAws
    from batchemu.engine.ports import LogLine, LogStream, Scope

LOG = logging.getLogger("batchemu.aws.logs")

MAX_EVENT_BYTES = 262_144 - 26
"""The driver's ``maximumBytesPerEvent``: 256 KiB less 26 bytes of overhead. CloudWatch itself takes 1 MB
by now (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html), the driver
still splits here."""

_TARGET = "Logs_20140328."
_READS = frozenset(
    {
        "CreateExportTask",
        "DescribeLogGroups",
        "DescribeLogStreams",
        "FilterLogEvents",
        "GetLogEvents",
        "GetLogGroupFields",
        "GetLogRecord",
        "GetQueryResults",
        "StartLiveTail",
        "StartQuery",
    }
)
_NO_STREAM = ":"
"""A stream that cannot exist: CloudWatch refuses ``:`` and ``*`` in a stream's name."""


class MemoryLogs(LogSink):
    """Lines in a list: for tests, and for a server without other AWS services."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: dict[LogStream, list[LogLine]] = {}

    def open(self, stream: LogStream, *, create_group: bool) -> None:
        """Nothing to do: a stream is made with its first line."""

    def put(self, stream: LogStream, lines: Sequence[LogLine]) -> None:
        with self._lock:
            self._streams.setdefault(stream, []).extend(lines)

    def lines(self, scope: Scope, group: str, name: str) -> list[str]:
        """The text of a stream, oldest first; empty for a stream that nobody opened."""
        with self._lock:
            found = [s for s in self._streams if (s.scope, s.group, s.name) == (scope, group, name)]
            return [line.text for stream in found for line in self._streams[stream]]

    def reset(self) -> None:
        with self._lock:
            self._streams.clear()


class EmbeddedLogs(LogSink):
    """CloudWatch Logs as moto keeps it, written from inside.

    Not by PutLogEvents: it drops what is more than two hours ahead of the wall clock or fourteen days
    old (``moto/logs/models.py``, ``LogsBackend.put_log_events``), and emulated time may be years off.
    The stream's own method has no such check and still feeds the subscription filters.
    """

    def __init__(self, aws: EmbeddedAws, emulated: Callable[[int], int]) -> None:
        """``emulated``: a wall-clock time in milliseconds, as emulated time."""
        self._aws = aws
        self._emulated = emulated
        self._lock = threading.Lock()
        self._remembered: dict[LogStream, int] = {}
        self._warned: set[tuple[Scope, str]] = set()
        aws.on_load(self._materialise)
        aws.on_reset(self._forget)

    def open(self, stream: LogStream, *, create_group: bool) -> None:
        """Make the stream exist. As long as moto is not loaded nobody can look, so that it is enough
        to remember the stream; a group that has to exist is the exception."""
        now = self._now()
        with self._lock:
            self._warned.discard((stream.scope, stream.group))
            if not self._aws.loaded and (create_group or self._remembers_group(stream)):
                self._remembered.setdefault(stream, now)
                return
        self._aws.load()
        with self._aws.turn():
            _stream(stream, now, create_group=create_group)

    def put(self, stream: LogStream, lines: Sequence[LogLine]) -> None:
        """Append lines. Never raises: what cannot be written is dropped with one warning a group,
        as the driver drops it (``publishBatch``)."""
        events = sorted(self._events(lines), key=lambda event: event["timestamp"])
        if not events:
            return
        self._aws.load()
        now = self._now()
        with self._aws.turn():
            try:
                target = _stream(stream, now, create_group=False)
            except LookupError as error:
                self._warn(stream, f"lines are dropped: {error}")
                return
            try:
                target.put_log_events(events)
            except Exception as error:
                self._warn(stream, f"a subscription filter of the group failed: {error!r}")
            target.last_ingestion_time = _datetime(now)
            for event in target.events[-len(events) :]:
                event.ingestion_time = now

    def _events(self, lines: Sequence[LogLine]) -> Iterator[dict[str, Any]]:
        """One event a line; none for an empty one, which CloudWatch refuses and the driver skips
        (``processEvent`` loops while bytes are left); several for one that is too long."""
        for line in lines:
            timestamp = self._emulated(line.wall_ms)
            for message in _split(line.text):
                yield {"timestamp": timestamp, "message": message}

    def _now(self) -> int:
        return self._emulated(time.time_ns() // 1_000_000)

    def _remembers_group(self, stream: LogStream) -> bool:
        return any((s.scope, s.group) == (stream.scope, stream.group) for s in self._remembered)

    def _materialise(self) -> None:
        with self._lock:
            remembered, self._remembered = self._remembered, {}
        for stream, opened_ms in remembered.items():
            try:
                _stream(stream, opened_ms, create_group=True)
            except LookupError as error:
                self._warn(stream, str(error))

    def _forget(self) -> None:
        with self._lock:
            self._remembered.clear()
            self._warned.clear()

    def _warn(self, stream: LogStream, why: str) -> None:
        key = (stream.scope, stream.group)
        with self._lock:
            if key in self._warned:
                return
            self._warned.add(key)
        LOG.warning("Log stream %s of group %s: %s", stream.name, stream.group, why)


def _stream(stream: LogStream, now: int, *, create_group: bool) -> Any:
    """moto's own stream, looked up each time because a reset replaces everything; made where missing.

    LookupError for a group that is missing and may not be made, or for a region that moto lacks.
    What is made here says that it was made at ``now``, which is emulated time.
    """
    from moto.logs.models import logs_backends  # noqa: PLC0415

    backend = logs_backends[stream.scope.account][stream.scope.region]
    if stream.group not in backend.groups:
        if not create_group:
            raise LookupError("The specified log group does not exist.")
        backend.create_log_group(stream.group, {}).creation_time = _datetime(now)
    group = backend.groups[stream.group]
    if stream.name not in group.streams:
        group.create_log_stream(stream.name)
        group.streams[stream.name].creation_time = _datetime(now)
    return group.streams[stream.name]


def _datetime(ms: int) -> datetime:
    """moto's times are naive and in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).replace(tzinfo=None)


def _split(text: str) -> Iterator[str]:
    """Cut a line at the driver's limit, never inside a character; nothing for an empty line."""
    data = text.encode("utf-8", "replace")
    while len(data) > MAX_EVENT_BYTES:
        end = MAX_EVENT_BYTES
        while data[end] & 0b1100_0000 == 0b1000_0000:
            end -= 1
        yield data[:end].decode()
        data = data[end:]
    if data:
        yield data.decode()


def reads_logs(target_header: str) -> bool:
    """Whether an ``X-Amz-Target`` names an operation that may show a container's lines."""
    return target_header.startswith(_TARGET) and target_header.removeprefix(_TARGET) in _READS


def log_request_target(body: bytes) -> tuple[str | None, tuple[str, ...]]:
    """Which log group and streams a CloudWatch Logs request reads; (None, ()) where it may be any.

    A group is named by ``logGroupName``, by ``logGroupIdentifier`` (an ARN or a name) or by lists of
    either; more than one group, or a prefix, is any. No streams means all of the group.
    """
    members = _members(body)
    groups = _group_names(members)
    if len(groups) != 1:
        return None, ()
    one = members.get("logStreamName")
    streams = [one] if one else members.get("logStreamNames")
    names = streams if isinstance(streams, list) else []
    return groups[0], tuple(name for name in names if isinstance(name, str))


def as_moto_reads(operation: str, body: bytes, streams: Callable[[str], list[str]]) -> bytes:
    """Reword a request that reads logs so that moto 5.2.5 answers as AWS would.

    * A group named by its ARN: moto answers with its *last* group (``_find_log_group`` compares and
      then forgets), FilterLogEvents and StartQuery do not look at identifiers at all.
    * ``logStreamNamePrefix`` of FilterLogEvents: moto ignores it. ``streams`` lists a group's streams.
    * FilterLogEvents sorts the events of all streams by time; moto does so only if ``interleaved``,
      which AWS has ignored since 2019
      (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html).
    """
    members = dict(_members(body))
    names = _group_names(members)
    if not names:
        return body
    if members.pop("logGroupIdentifier", None):
        members["logGroupName"] = names[0]
    if operation == "StartQuery" and members.pop("logGroupIdentifiers", None):
        members["logGroupNames"] = names
    if operation == "FilterLogEvents":
        members["interleaved"] = True
        if prefix := members.get("logStreamNamePrefix"):
            members["logStreamNames"] = [s for s in streams(names[0]) if s.startswith(prefix)] or [_NO_STREAM]
    return json.dumps(members).encode()


def _members(body: bytes) -> Mapping[str, Any]:
    try:
        members = json.loads(body or b"{}")
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}


def _group_names(members: Mapping[str, Any]) -> list[str]:
    named = [members.get("logGroupName") or members.get("logGroupIdentifier")]
    for member in ("logGroupNames", "logGroupIdentifiers"):
        listed = members.get(member)
        named += listed if isinstance(listed, list) else []
    return [_group_name(name) for name in named if isinstance(name, str)]


def _group_name(identifier: str) -> str:
    """``arn:aws:logs:REGION:ACCOUNT:log-group:NAME[:*]`` or a plain name; a name holds no colon."""
    return (
        identifier.split(":")[6]
        if identifier.startswith("arn:") and identifier.count(":") > 5
        else identifier
    )
