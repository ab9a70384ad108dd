"""A Docker engine, and a tiny image of our own: no registry is needed."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest

from batchemu.errors import SettingsError
from batchemu.runtime.docker import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    import docker

IMAGE = "batchemu-test:busybox"
_ELF_INTERPRETER = b"ld-linux"


@pytest.fixture(scope="session")
def client() -> Iterator[docker.DockerClient]:
    """The engine, seen without the runtime."""
    try:
        client = connect()
    except SettingsError as error:
        pytest.fail(f"The Docker tests need an engine. {error}", pytrace=False)
    yield client
    client.close()


@pytest.fixture(scope="session")
def image(client: docker.DockerClient) -> Iterator[str]:
    """An image of busybox alone, with a link for each applet; it goes with the tests."""
    if not client.images.list(name=IMAGE):
        client.api.import_image_from_data(_root_folder(), repository="batchemu-test", tag="busybox")
    yield IMAGE
    if "PYTEST_XDIST_WORKER" not in os.environ:  # others may still need it
        client.images.remove(IMAGE, force=True)


def _busybox() -> str:
    for path in ("/bin/busybox", "/usr/bin/busybox", shutil.which("busybox") or ""):
        try:
            with open(path, "rb") as file:
                if _ELF_INTERPRETER not in file.read(4096):
                    return path
        except OSError:
            continue
    pytest.fail(
        "The Docker tests need a static busybox: `sudo apt-get install busybox-static`.", pytrace=False
    )


def _root_folder() -> bytes:
    busybox = _busybox()
    applets = subprocess.run([busybox, "--list"], check=True, capture_output=True, text=True).stdout.split()
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(busybox, "bin/busybox")
        for applet in applets:
            if applet != "busybox":
                link = tarfile.TarInfo(f"bin/{applet}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(link)
        for folder in ("etc", "tmp"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o777
            tar.addfile(entry)
    return archive.getvalue()
