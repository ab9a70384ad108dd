"""A container's output: every line once, whole, in order, while it runs and when it has ended."""

from __future__ import annotations

import struct
import threading
from typing import TYPE_CHECKING

from batchemu.engine.ports import Scope
from batchemu.runtime.docker_logs import LogReader, frames, nanoseconds
from tests.runtime.support import SCOPE, Exit, MemorySink, Report, make_container, wait_printed

if TYPE_CHECKING:
    import docker

    from batchemu.core.effects import StartContainer
    from batchemu.engine.ports import LogLine
    from batchemu.runtime.docker import DockerRuntime

WAIT = "trap 'go=1' TERM; while [ -z \"$go\" ]; do sleep 1 & wait $!; done"
"""Goes on when it gets SIGTERM."""


def shell(image: str, script: str) -> StartContainer:
    return make_container("sh", "-c", script, image=image)


def run(runtime: DockerRuntime, container: StartContainer) -> None:
    report = Report()
    runtime.start(SCOPE, container, report)
    assert report.wait_exited() == Exit(0)


def test_five_thousand_lines_are_complete_and_in_order(
    runtime: DockerRuntime, image: str, sink: MemorySink
) -> None:
    container = shell(image, "i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done")
    run(runtime, container)
    assert sink.texts(container) == [f"line {number}" for number in range(5000)]
    times = [line.wall_ms for lines in sink.lines.values() for line in lines]
    assert times == sorted(times)


def test_both_streams_are_there_in_the_order_of_their_times(
    runtime: DockerRuntime, image: str, sink: MemorySink
) -> None:
    container = shell(image, "for i in 1 2 3; do echo out $i; echo err $i >&2; done")
    run(runtime, container)
    texts = sink.texts(container)
    # Which of the two comes first is the engine's doing: it takes the time when it reads.
    assert [text for text in texts if text.startswith("out")] == ["out 1", "out 2", "out 3"]
    assert [text for text in texts if text.startswith("err")] == ["err 1", "err 2", "err 3"]
    times = [line.wall_ms for lines in sink.lines.values() for line in lines]
    assert times == sorted(times)


def test_long_lines_are_whole_though_both_streams_write_at_once(
    runtime: DockerRuntime, image: str, sink: MemorySink
) -> None:
    script = "line() { head -c $1 /dev/zero | tr '\\0' $2; echo; }; line 100000 x & line 100000 y >&2; wait"
    container = shell(image, f"{script}; line 16384 z; line 16383 w; echo end")
    run(runtime, container)
    texts = sink.texts(container)
    # The engine takes the time when it reads: of two streams it may read the earlier one later.
    texts.remove("y" * 100_000)
    assert texts == ["x" * 100_000, "z" * 16_384, "w" * 16_383, "end"]


def test_the_text_is_kept_as_it_is(runtime: DockerRuntime, image: str, sink: MemorySink) -> None:
    script = r"printf 'tab\there  \n\n\nreturn\r\nbad \377 byte\n\303\244\342\202\254\nno end'"
    container = shell(image, script)
    run(runtime, container)
    assert sink.texts(container) == ["tab\there  ", "return\r", "bad \ufffd byte", "ä€", "no end"]


def test_a_refresh_hands_over_what_is_new_and_no_half_line(
    runtime: DockerRuntime, image: str, sink: MemorySink, client: docker.DockerClient
) -> None:
    long_start = "head -c 20000 /dev/zero | tr '\\0' x"
    container = shell(image, f"echo one >&2; {long_start}; echo ready >&2; {WAIT}; echo y; echo last")
    report = Report()
    runtime.start(SCOPE, container, report)
    container_id = report.wait_started()
    wait_printed(client, container_id, "ready")
    wait_printed(client, container_id, "x" * 16_384)  # the engine has the first part of the long line
    for _ in range(3):
        runtime.refresh_logs(SCOPE, None, ())
    assert sink.texts(container) == ["one", "ready"]
    client.api.kill(container_id, "SIGTERM")
    assert report.wait_exited() == Exit(0)
    runtime.refresh_logs(SCOPE, None, ())
    assert sink.texts(container) == ["one", "ready", "x" * 20_000 + "y", "last"]


def test_a_refresh_is_restricted_to_what_it_names(
    runtime: DockerRuntime, image: str, sink: MemorySink, client: docker.DockerClient
) -> None:
    container = shell(image, f"echo ready; {WAIT}")
    report = Report()
    runtime.start(SCOPE, container, report)
    wait_printed(client, report.wait_started(), "ready")
    runtime.refresh_logs(Scope("123456789012", "eu-west-1"), None, ())
    runtime.refresh_logs(SCOPE, "/other", ())
    runtime.refresh_logs(SCOPE, container.spec.log_group, ["other"])
    assert sink.texts(container) == []
    runtime.refresh_logs(SCOPE, container.spec.log_group, ["other", container.log_stream])
    assert sink.texts(container) == ["ready"]


def test_refreshes_from_many_threads_lose_and_double_nothing(
    runtime: DockerRuntime, image: str, sink: MemorySink
) -> None:
    script = "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done"
    container = shell(image, f"{script}; sleep 1; {script}")
    ended = threading.Event()
    report = Report(ended.set)

    def refresh() -> None:
        while not ended.is_set():
            runtime.refresh_logs(SCOPE, None, ())

    threads = [threading.Thread(target=refresh) for _ in range(3)]
    runtime.start(SCOPE, container, report)
    for thread in threads:
        thread.start()
    assert report.wait_exited() == Exit(0)
    for thread in threads:
        thread.join()
    assert sink.texts(container) == 2 * [f"line {number}" for number in range(3000)]


def entry(stream: int, second: int, nanosecond: int, text: str) -> bytes:
    payload = f"2026-11-23T00:00:{second:02d}.{nanosecond:09d}Z {text}".encode()
    return struct.pack(">BxxxL", stream, len(payload)) + payload


class File:
    """What the engine would answer, growing."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.asked: list[str | None] = []

    def fetch(self, since: str | None) -> list[bytes]:
        self.asked.append(since)
        least = 0 if since is None else int(since.replace(".", ""))
        return [data for data in self.entries if nanoseconds(data[8:38].decode()) >= least]


def reader(file: File) -> tuple[LogReader, list[str]]:
    texts: list[str] = []

    def put(lines: object) -> None:
        found: list[LogLine] = list(lines)  # type: ignore[call-overload]
        texts.extend(line.text for line in found)

    return LogReader(file.fetch, put), texts


def test_lines_with_one_time_and_one_text_are_told_apart() -> None:
    file = File()
    log, texts = reader(file)
    file.entries = [entry(1, 1, 5, "same\n")] * 2
    log.read()
    file.entries = [entry(1, 1, 5, "same\n")] * 3
    log.read()
    log.read()
    assert texts == ["same"] * 3


def test_a_line_that_comes_late_with_an_earlier_time_is_not_lost() -> None:
    file = File()
    log, texts = reader(file)
    file.entries = [entry(1, 5, 100, "first\n")]
    log.read()
    file.entries.append(entry(2, 5, 50, "late\n"))
    log.read()
    assert texts == ["first", "late"]


def test_lines_that_are_read_together_come_in_the_order_of_their_times() -> None:
    file = File()
    log, texts = reader(file)
    file.entries = [entry(2, 5, 2, "second\n"), entry(1, 5, 1, "first\n"), entry(1, 5, 3, "third\n")]
    log.read()
    assert texts == ["first", "second", "third"]


def test_what_was_read_is_not_asked_for_again_for_ever() -> None:
    file = File()
    log, texts = reader(file)
    file.entries = [entry(1, second, 0, f"{second}\n") for second in range(10)]
    log.read()
    log.read(final=True)
    assert texts == [str(second) for second in range(10)]
    assert file.asked == [None, f"{nanoseconds('2026-11-23T00:00:07Z') // 10**9}.000000000"]


def test_a_line_in_parts_is_asked_for_from_its_beginning() -> None:
    file = File()
    log, texts = reader(file)
    file.entries = [entry(1, 1, 0, "begin "), entry(2, 30, 0, "other\n")]
    log.read()
    file.entries.append(entry(1, 1, 0, "end\n"))
    log.read()
    assert texts == ["other", "begin end"]


def test_frames_are_found_however_the_bytes_were_cut() -> None:
    data = entry(1, 1, 0, "one\n") + entry(2, 2, 0, "two\n")
    whole = list(frames([data]))
    assert [stream for stream, _ in whole] == [1, 2]
    assert list(frames(data[at : at + 1] for at in range(len(data)))) == whole
