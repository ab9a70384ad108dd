"""A missing image is pulled once for all who want it; a pull that fails says why in the engine's words."""

from __future__ import annotations

import contextlib
import io
import tarfile
from typing import TYPE_CHECKING

import docker.errors
import pytest

from tests.runtime.registry import Registry
from tests.runtime.support import SCOPE, Exit, Report, make_container

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.runtime.docker import DockerRuntime


@pytest.fixture(scope="session")
def layer(client: docker.DockerClient, image: str) -> bytes:
    """The root folder of the test image, and a file by which it is another one."""
    made = client.api.create_container(image, ["true"])
    try:
        with tarfile.open(fileobj=io.BytesIO(b"".join(client.api.export(made["Id"])))) as source:
            data = io.BytesIO()
            with tarfile.open(fileobj=data, mode="w") as target:
                for entry in source:
                    if entry.name.startswith("bin"):
                        target.addfile(entry, source.extractfile(entry) if entry.isfile() else None)
                target.addfile(tarfile.TarInfo("pulled"))
    finally:
        client.api.remove_container(made["Id"])
    return data.getvalue()


@pytest.fixture
def registry(layer: bytes, client: docker.DockerClient) -> Iterator[Registry]:
    registry = Registry("latest", layer)
    yield registry
    with contextlib.suppress(docker.errors.ImageNotFound):
        client.api.remove_image(f"{registry.address}/team/tool:latest", force=True)
    registry.close()


def test_a_missing_image_is_pulled_once_for_all_who_want_it(
    runtime: DockerRuntime, registry: Registry
) -> None:
    reports = [Report() for _ in range(5)]
    for report in reports:
        container = make_container("test", "-f", "/pulled", image=f"{registry.address}/team/tool")
        runtime.start(SCOPE, container, report)
    assert [report.wait_exited() for report in reports] == [Exit(0)] * 5
    assert registry.asked["GET blobs"] == 2  # the configuration and the layer


def test_a_missing_tag_is_told_in_the_engine_s_words(runtime: DockerRuntime, registry: Registry) -> None:
    image = f"{registry.address}/team/tool:3"
    reports = [Report() for _ in range(3)]
    for report in reports:
        runtime.start(SCOPE, make_container("true", image=image), report)
    reason = (
        f"CannotPullContainerError: Error response from daemon: manifest for {image} not found: "
        "manifest unknown: manifest unknown"
    )
    assert [report.wait_exited() for report in reports] == [Exit(None, reason)] * 3
