"""What every JobRuntime does, whether something runs or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from batchemu.core.effects import AttemptKey
from batchemu.core.ids import AttemptNo
from batchemu.runtime.planned import PlannedRuntime
from batchemu.runtime.plans import Plan, Plans
from batchemu.runtime.scripted import ScriptedRuntime
from batchemu.runtime.streams import GROUP_MISSING
from tests.runtime.support import (
    SCOPE,
    Exit,
    ManualScheduler,
    MemorySink,
    Report,
    make_container,
    wait_printed,
)

if TYPE_CHECKING:
    import docker

    from batchemu.core.effects import StartContainer
    from batchemu.engine.ports import JobRuntime
    from batchemu.runtime.docker import DockerRuntime
    from tests.runtime.conftest import MakeRuntime

OBEYS = "trap 'exit 143' TERM; echo ready; while :; do sleep 1 & wait $!; done"
IGNORES = "trap '' TERM; echo ready; while :; do sleep 1; done"


class Adapter(Protocol):
    """How to make the containers of the contract, and how to wait, with one runtime."""

    sink: MemorySink

    @property
    def runtime(self) -> JobRuntime: ...
    def exits(self, code: int, **attributes: object) -> StartContainer: ...
    def prints(self, *lines: str, **attributes: object) -> StartContainer: ...
    def runs_until_sigterm(self) -> StartContainer: ...
    def runs_until_sigkill(self) -> StartContainer: ...
    def cannot_start(self) -> StartContainer: ...
    def has_no_image(self) -> StartContainer: ...
    def wait_running(self, report: Report) -> None: ...
    def wait_exited(self, report: Report) -> Exit: ...


class ScriptedAdapter:
    def __init__(self, sink: MemorySink) -> None:
        self.sink = sink
        self.scheduler = ManualScheduler()
        self.plans = Plans()
        self.runtime: JobRuntime = self._make()

    def _make(self) -> JobRuntime:
        return ScriptedRuntime(scheduler=self.scheduler, sink=self.sink, plans=self.plans)

    def _planned(self, plan: Plan, **attributes: object) -> StartContainer:
        self.plans.add(plan)
        return make_container(**attributes)  # type: ignore[arg-type]

    def exits(self, code: int, **attributes: object) -> StartContainer:
        return self._planned(Plan(exit_code=code), **attributes)

    def prints(self, *lines: str, **attributes: object) -> StartContainer:
        return self._planned(Plan(logs=lines), **attributes)

    def runs_until_sigterm(self) -> StartContainer:
        return self._planned(Plan(duration_s=3600))

    def runs_until_sigkill(self) -> StartContainer:
        return self._planned(Plan(duration_s=3600, on_stop=137))

    def cannot_start(self) -> StartContainer:
        return self._planned(Plan(start_error="CannotStartContainerError: Error response from daemon: no"))

    def has_no_image(self) -> StartContainer:
        return self._planned(Plan(start_error="CannotPullContainerError: Error response from daemon: no"))

    def wait_running(self, report: Report) -> None:
        report.wait_started()

    def wait_exited(self, report: Report) -> Exit:
        self.scheduler.advance(60_000)
        return report.wait_exited()


class PlannedAdapter(ScriptedAdapter):
    """Plans that take the place of containers, in front of a runtime that has none."""

    def _make(self) -> JobRuntime:
        real = ScriptedRuntime(scheduler=self.scheduler, sink=self.sink)
        return PlannedRuntime(real, plans=self.plans, scheduler=self.scheduler, sink=self.sink)


class DockerAdapter:
    """Containers that nobody has planned, behind the plans as in the server."""

    def __init__(
        self, runtime: DockerRuntime, sink: MemorySink, image: str, client: docker.DockerClient
    ) -> None:
        self.runtime = PlannedRuntime(runtime, plans=Plans(), scheduler=ManualScheduler(), sink=sink)
        self.sink = sink
        self.image = image
        self.client = client

    def _shell(self, script: str, **attributes: object) -> StartContainer:
        return make_container("sh", "-c", script, image=self.image, **attributes)  # type: ignore[arg-type]

    def exits(self, code: int, **attributes: object) -> StartContainer:
        return self._shell(f"exit {code}", **attributes)

    def prints(self, *lines: str, **attributes: object) -> StartContainer:
        return self._shell("; ".join(f"echo '{line}'" for line in lines), **attributes)

    def runs_until_sigterm(self) -> StartContainer:
        return self._shell(OBEYS)

    def runs_until_sigkill(self) -> StartContainer:
        return self._shell(IGNORES)

    def cannot_start(self) -> StartContainer:
        return make_container("no-such-binary", image=self.image)

    def has_no_image(self) -> StartContainer:
        return make_container("true", image="registry.invalid/none:1")

    def wait_running(self, report: Report) -> None:
        """Until its trap is set: the containers that are waited for say so."""
        wait_printed(self.client, report.wait_started(), "ready")

    def wait_exited(self, report: Report) -> Exit:
        return report.wait_exited()


@pytest.fixture(params=["scripted", "planned", "docker"])
def adapter(request: pytest.FixtureRequest, sink: MemorySink) -> Adapter:
    if request.param == "scripted":
        return ScriptedAdapter(sink)
    if request.param == "planned":
        return PlannedAdapter(sink)
    make: MakeRuntime = request.getfixturevalue("make_runtime")
    image = request.getfixturevalue("image")
    return DockerAdapter(make(stop_grace_s=0.5), sink, image, request.getfixturevalue("client"))


def run(adapter: Adapter, container: StartContainer) -> tuple[Report, Exit]:
    report = Report()
    adapter.runtime.start(SCOPE, container, report)
    return report, adapter.wait_exited(report)


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_is_reported_after_the_start(adapter: Adapter, code: int) -> None:
    report, end = run(adapter, adapter.exits(code))
    assert end == Exit(code)
    assert report.calls == ["started", "exited"]


def test_the_lines_are_in_the_sink_when_the_exit_is_reported(adapter: Adapter) -> None:
    container = adapter.prints("one", "  two  ", "three")
    run(adapter, container)
    assert adapter.sink.texts(container) == ["one", "  two  ", "three"]


def test_a_container_that_cannot_start_says_why_and_has_no_exit_code(adapter: Adapter) -> None:
    report, end = run(adapter, adapter.cannot_start())
    assert end.exit_code is None
    assert (end.reason or "").startswith("CannotStartContainerError: Error response from daemon: ")
    assert report.calls == ["exited"]


def test_an_image_that_cannot_be_pulled_says_why_and_has_no_exit_code(adapter: Adapter) -> None:
    report, end = run(adapter, adapter.has_no_image())
    assert end.exit_code is None
    assert (end.reason or "").startswith("CannotPullContainerError: Error response from daemon: ")
    assert len(end.reason or "") <= 255
    assert report.calls == ["exited"]


def test_a_stopped_container_that_obeys_ends_with_its_own_code(adapter: Adapter) -> None:
    container, report = adapter.runs_until_sigterm(), Report()
    adapter.runtime.start(SCOPE, container, report)
    adapter.wait_running(report)
    adapter.runtime.stop(container.key)
    assert adapter.wait_exited(report) == Exit(143)


def test_a_stopped_container_that_does_not_obey_is_killed_and_that_is_no_lack_of_memory(
    adapter: Adapter,
) -> None:
    container, report = adapter.runs_until_sigkill(), Report()
    adapter.runtime.start(SCOPE, container, report)
    adapter.wait_running(report)
    adapter.runtime.stop(container.key)
    assert adapter.wait_exited(report) == Exit(137)


def test_a_container_that_is_stopped_at_once_is_killed(adapter: Adapter) -> None:
    container, report = adapter.runs_until_sigterm(), Report()
    adapter.runtime.start(SCOPE, container, report)
    adapter.wait_running(report)
    adapter.runtime.stop(container.key, at_once=True)
    assert adapter.wait_exited(report) == Exit(137)


def test_a_second_stop_and_a_stop_after_the_end_have_no_effect(adapter: Adapter) -> None:
    container, report = adapter.runs_until_sigterm(), Report()
    adapter.runtime.start(SCOPE, container, report)
    adapter.wait_running(report)
    adapter.runtime.stop(container.key)
    adapter.runtime.stop(container.key)
    adapter.wait_exited(report)
    adapter.runtime.stop(container.key)
    adapter.runtime.close()
    assert report.calls == ["started", "exited"]


def test_a_container_that_is_stopped_before_it_is_started_never_runs(adapter: Adapter) -> None:
    container = adapter.runs_until_sigterm()
    adapter.runtime.stop(container.key)
    report, end = run(adapter, container)
    assert end == Exit(None)
    assert report.calls == ["exited"]


def test_a_missing_log_group_fails_the_start(adapter: Adapter) -> None:
    report, end = run(adapter, adapter.exits(0, log_group="/mine"))
    assert end == Exit(None, GROUP_MISSING)
    assert report.calls == ["exited"]


def test_a_missing_log_group_is_made_when_the_job_asks_for_it(adapter: Adapter) -> None:
    configuration = {"logDriver": "awslogs", "options": {"awslogs-create-group": "true"}}
    container = adapter.prints("x", log_group="/mine", logConfiguration=configuration)
    run(adapter, container)
    assert adapter.sink.groups == {"/mine"}
    assert adapter.sink.texts(container) == ["x"]


def test_lines_for_another_log_driver_stay_out_of_the_sink(adapter: Adapter) -> None:
    container = adapter.prints("x", logConfiguration={"logDriver": "json-file"})
    _, end = run(adapter, container)
    assert end == Exit(0)
    assert adapter.sink.lines == {}


def test_nothing_is_reported_after_a_reset(adapter: Adapter) -> None:
    container, report = adapter.runs_until_sigterm(), Report()
    adapter.runtime.start(SCOPE, container, report)
    adapter.wait_running(report)
    assert adapter.runtime.reset() == 1
    assert adapter.runtime.live() == 0
    adapter.runtime.stop(container.key)
    again, end = run(adapter, adapter.exits(0))  # the runtime goes on working
    assert (again.calls, end) == (["started", "exited"], Exit(0))
    adapter.runtime.close()
    assert report.calls == ["started"]


def test_attempts_of_one_job_are_told_apart(adapter: Adapter) -> None:
    first = adapter.runs_until_sigterm()
    report = Report()
    adapter.runtime.start(SCOPE, first, report)
    adapter.wait_running(report)
    adapter.runtime.stop(AttemptKey(first.key.job_id, AttemptNo(2)))
    _, end = run(adapter, adapter.exits(0, job_id=first.key.job_id, attempt=3))
    assert end == Exit(0)
    assert report.calls == ["started"]
