"""The image of all container jobs: no registry is needed."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import docker

VARIABLE = "BATCHEMU_BENCH_IMAGE"
_REPOSITORY, _TAG = "batchemu-bench", "true"
_DYNAMIC = (b"/ld-", b"/ld.so")


class NoBusybox(Exception):
    """There is nothing to make an image of."""


def provide(client: docker.DockerClient) -> str:
    """The image that BATCHEMU_BENCH_IMAGE names (with ``true`` on its PATH), else a busybox of our own."""
    named = os.environ.get(VARIABLE)
    if named:
        return named
    name = f"{_REPOSITORY}:{_TAG}"
    if not client.images.list(name=name):
        client.api.import_image_from_data(_root(_static_busybox()), repository=_REPOSITORY, tag=_TAG)
    return name


def _static_busybox() -> Path:
    for path in ("/bin/busybox", "/usr/bin/busybox", shutil.which("busybox")):
        if path and os.path.exists(path):
            head = Path(path).read_bytes()[:4096]
            if not any(loader in head for loader in _DYNAMIC):
                return Path(path)
    raise NoBusybox(f"Install Debian's busybox-static, or name an image that has `true` in {VARIABLE}.")


def _root(busybox: Path) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(busybox, "bin/busybox")
        link = tarfile.TarInfo("bin/true")
        link.type, link.linkname = tarfile.SYMTYPE, "busybox"
        tar.addfile(link)
    return archive.getvalue()
