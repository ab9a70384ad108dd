"""Docker containers: made as the job says, ended with the right facts, never left behind."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

import pytest

from batchemu.errors import SettingsError
from batchemu.runtime import docker_options
from batchemu.runtime.docker import DockerRuntime, connect
from batchemu.runtime.faults import OUT_OF_MEMORY
from tests.runtime.support import SCOPE, Exit, MemorySink, Report, make_container, wait_printed

if TYPE_CHECKING:
    import docker

    from batchemu.core.effects import StartContainer
    from tests.runtime.conftest import MakeRuntime

IGNORES_SIGTERM = ("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done")
UNLIKELY_PARENT = "12345678-0000-0000-0000-000000000000"


def begin(runtime: DockerRuntime, container: StartContainer) -> Report:
    report = Report()
    runtime.start(SCOPE, container, report)
    return report


def run(runtime: DockerRuntime, container: StartContainer) -> Exit:
    return begin(runtime, container).wait_exited()


def names_left(client: docker.DockerClient, session: str) -> list[str]:
    label = f"batchemu.session={session}"
    return [found["Names"][0] for found in client.api.containers(all=True, filters={"label": label})]


def test_the_engine_sees_labels_name_and_limits(
    runtime: DockerRuntime, image: str, client: docker.DockerClient, session: str
) -> None:
    container = make_container(
        *IGNORES_SIGTERM,
        image=image,
        attempt=2,
        job_queue="high",
        vcpus=0.25,
        memory_mib=48,
        user="1000:1000",
        environment={"COLOUR": "blue"},
    )
    found = client.api.inspect_container(begin(runtime, container).wait_started())
    assert found["Name"] == f"/batchemu-{container.key.job_id[:8]}-2"
    owner = found["Config"]["Labels"].pop("batchemu.owner")
    assert len(owner.split("/")) == 4
    assert found["Config"]["Labels"] == {
        "batchemu.session": session,
        "batchemu.job-id": container.key.job_id,
        "batchemu.attempt": "2",
        "batchemu.job-queue": "high",
    }
    assert "COLOUR=blue" in found["Config"]["Env"]
    assert (found["Config"]["User"], found["Config"]["Tty"]) == ("1000:1000", False)
    host = found["HostConfig"]
    assert (host["CpuShares"], host["Memory"], host["MemorySwap"]) == (256, 48 << 20, 48 << 20)
    assert (host["Privileged"], host["LogConfig"]["Type"]) == (False, "json-file")
    assert host["ExtraHosts"] == ["host.docker.internal:host-gateway"]


def test_the_least_that_the_engine_takes_is_given_to_a_job_that_asks_for_less(
    runtime: DockerRuntime, image: str, client: docker.DockerClient
) -> None:
    container = make_container(*IGNORES_SIGTERM, image=image, vcpus=0, memory_mib=4)
    host = client.api.inspect_container(begin(runtime, container).wait_started())["HostConfig"]
    assert (host["CpuShares"], host["Memory"]) == (2, 6 << 20)


def test_the_container_sees_its_user_and_its_host(
    runtime: DockerRuntime, image: str, sink: MemorySink
) -> None:
    script = "id -u; grep -c host.docker.internal /etc/hosts"
    container = make_container("sh", "-c", script, image=image, user="1000")
    assert run(runtime, container) == Exit(0)
    assert sink.texts(container) == ["1000", "1"]


@pytest.mark.parametrize(
    ("job_id", "attempt", "name"),
    [
        (UNLIKELY_PARENT, 1, "batchemu-12345678-1"),
        (f"{UNLIKELY_PARENT}:7", 2, "batchemu-12345678-2-7"),
        (f"{UNLIKELY_PARENT}#0", 1, "batchemu-12345678-1-0"),
    ],
)
def test_children_of_one_parent_have_names_of_their_own(job_id: str, attempt: int, name: str) -> None:
    assert docker_options.name(make_container(job_id=job_id, attempt=attempt)) == name


def test_a_name_that_is_taken_gets_a_suffix(
    runtime: DockerRuntime, image: str, client: docker.DockerClient
) -> None:
    container = make_container(*IGNORES_SIGTERM, image=image)
    name = docker_options.name(container)
    taken = client.api.create_container(image, ["true"], name=name)
    try:
        found = client.api.inspect_container(begin(runtime, container).wait_started())
    finally:
        client.api.remove_container(taken["Id"])
    assert found["Name"].startswith(f"/{name}-")


def test_a_privileged_job_asks_the_engine_for_privileges() -> None:
    container = make_container("true", privileged=True)
    assert docker_options.options(container, {}).host["privileged"] is True


def test_a_privileged_job_runs_without_privileges_where_there_are_none_to_give(
    make_runtime: MakeRuntime, image: str
) -> None:
    runtime = make_runtime(privileged_fallback=True)
    assert run(runtime, make_container("true", image=image, privileged=True)) == Exit(0)


def test_a_container_over_its_memory_limit_says_so(runtime: DockerRuntime, image: str) -> None:
    container = make_container("dd", "if=/dev/zero", "of=/dev/null", "bs=200M", image=image, memory_mib=16)
    assert run(runtime, container) == Exit(137, OUT_OF_MEMORY)


def test_a_container_that_someone_else_kills_did_not_run_out_of_memory(
    runtime: DockerRuntime, image: str, client: docker.DockerClient
) -> None:
    report = begin(runtime, make_container(*IGNORES_SIGTERM, image=image))
    client.api.kill(report.wait_started(), "SIGKILL")
    assert report.wait_exited() == Exit(137)


def test_no_command_and_no_default_in_the_image_cannot_be_created(runtime: DockerRuntime, image: str) -> None:
    reason = "CannotCreateContainerError: Error response from daemon: No command specified"
    assert run(runtime, make_container(image=image)) == Exit(None, reason)


def test_a_command_that_does_not_exist_leaves_the_engine_s_words_and_no_container(
    runtime: DockerRuntime, image: str, client: docker.DockerClient, session: str
) -> None:
    end = run(runtime, make_container("no-such-binary", image=image))
    assert end.exit_code is None
    assert 'exec: "no-such-binary": executable file not found in $PATH' in (end.reason or "")
    assert names_left(client, session) == []


def test_the_end_is_never_earlier_than_the_start(runtime: DockerRuntime, image: str) -> None:
    reports = [begin(runtime, make_container("true", image=image)) for _ in range(8)]
    for report in reports:
        end = report.wait_exited()
        assert report.calls == ["started", "exited"]
        assert (end.wall_ms or 0) >= (report.started_ms or 0) > 0


def test_the_kill_comes_after_the_grace_period_and_not_before(
    make_runtime: MakeRuntime, image: str, client: docker.DockerClient
) -> None:
    runtime = make_runtime(stop_grace_s=2)
    container = make_container(*IGNORES_SIGTERM, image=image)
    report = begin(runtime, container)
    container_id = report.wait_started()
    wait_printed(client, container_id, "ready")
    runtime.stop(container.key)
    filters = {"container": container_id, "event": ["kill", "die"]}
    kills = []
    events = client.api.events(since=(report.started_ms or 0) // 1000, filters=filters, decode=True)
    for event in events:
        if event["Action"] == "die":
            break
        kills.append((event["Actor"]["Attributes"]["signal"], event["timeNano"]))
    events.close()
    for _ in events:
        pass
    (first, terminated), (second, killed) = kills
    assert (first, second) == ("15", "9")
    assert killed - terminated >= 2_000_000_000
    assert report.wait_exited() == Exit(137)


def test_thirty_containers_at_once_leave_nothing_and_need_ten_threads(
    runtime: DockerRuntime, image: str, client: docker.DockerClient, session: str
) -> None:
    threads: list[int] = []

    def count() -> None:
        named = [thread for thread in threading.enumerate() if thread.name.startswith("batchemu-docker")]
        threads.append(len(named))

    filters = {"label": f"batchemu.session={session}", "event": ["destroy"]}
    events = client.api.events(filters=filters, decode=True)
    reports = [Report(count) for _ in range(30)]
    for number, report in enumerate(reports):
        container = make_container("true", image=image, job_id=f"{UNLIKELY_PARENT}:{number}")
        runtime.start(SCOPE, container, report)
    assert [report.wait_exited() for report in reports] == [Exit(0)] * 30
    assert max(threads) <= 10
    for _ in range(30):
        next(events)
    events.close()
    for _ in events:
        pass
    assert names_left(client, session) == []
    assert runtime.live() == 0


def test_close_leaves_no_container_whether_it_runs_starts_or_waits(
    make_runtime: MakeRuntime, image: str, client: docker.DockerClient, session: str
) -> None:
    runtime = make_runtime()
    running = [begin(runtime, make_container(*IGNORES_SIGTERM, image=image)) for _ in range(8)]
    for report in running:
        report.wait_started()
    waiting = [begin(runtime, make_container(*IGNORES_SIGTERM, image=image)) for _ in range(12)]
    waiting[0].wait_started()  # now others are being started
    assert runtime.live() == 20
    runtime.close()
    assert names_left(client, session) == []
    assert [report.calls for report in running] == [["started"]] * 8
    assert all("exited" not in report.calls for report in waiting)
    names = [thread.name for thread in threading.enumerate()]
    assert not any(name.startswith("batchemu-docker") for name in names)


def test_a_job_that_is_stopped_while_it_waits_for_a_starter_never_runs(
    runtime: DockerRuntime, image: str
) -> None:
    containers = [make_container("true", image=image) for _ in range(20)]
    reports = [begin(runtime, container) for container in containers]
    runtime.stop(containers[-1].key)
    assert reports[-1].wait_exited() == Exit(None)
    assert reports[-1].calls == ["exited"]


def test_a_job_that_is_stopped_while_it_is_being_started_ends(make_runtime: MakeRuntime, image: str) -> None:
    runtime = make_runtime(stop_grace_s=0)
    reports = []
    for _ in range(6):
        container = make_container(*IGNORES_SIGTERM, image=image)
        reports.append(begin(runtime, container))
        runtime.stop(container.key)
    assert {report.wait_exited().exit_code for report in reports} <= {None, 137, 143}


def test_the_description_names_the_engine(runtime: DockerRuntime, client: docker.DockerClient) -> None:
    version = client.version()["Version"].partition("+")[0]
    assert runtime.describe().startswith(f"docker {version} at ")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_no_engine_is_one_sentence_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(SettingsError) as caught:
        connect()
    sentence = str(caught.value)
    del caught
    gc.collect()  # the docker package leaves the socket that did not connect to the collector
    assert sentence == (
        "No Docker engine answers at unix:///nowhere/docker.sock: start one (`sudo systemctl start "
        "docker`), set DOCKER_HOST, or run without containers: --runtime scripted."
    )
