"""Have an image on the engine: use it, pull it, or build a small stand-in from a static busybox."""

from __future__ import annotations

import io
import json
import os
import platform
import shutil
import subprocess
import tarfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from docker.errors import APIError, ImageNotFound
from docker.utils import parse_repository_tag
from dockerd import APT_LOG, INSTALL_TIMEOUT_S, STATE_DIR, Engine, EngineError, say

if TYPE_CHECKING:
    from docker.models.images import Image

PULL_SILENCE_S = 20
PULL_TIMEOUT_S = 600

# Who made the stand-in, and under which name: an image built upon a stand-in inherits its labels, and it is
# the user's own.
STAND_IN_LABEL = "batchemu.stand-in"
NAME_LABEL = "batchemu.stand-in-for"


def provide_image(engine: Engine, name: str, made_for: str) -> str:
    """Have the image on the engine; how it got there, in words."""
    found = image_on(engine, name)
    if found is not None:
        label = (found.labels or {}).get(STAND_IN_LABEL)
        return "already on the engine" if label is None else "a busybox stand-in built here earlier"
    say(f"Pulling {name} ...")
    problem = pull(engine, name)
    if problem is None:
        return "pulled"
    build_stand_in(engine, name, made_for, problem)
    return "a busybox stand-in built here, as it could not be pulled"


def full_name(name: str) -> str:
    """The name with its tag, as the engine lists it."""
    repository, tag = parse_repository_tag(name)
    return f"{repository}:{tag or 'latest'}"


def image_on(engine: Engine, name: str) -> Image | None:
    try:
        return engine.client.images.get(name)
    except ImageNotFound:
        return None


def pull(engine: Engine, name: str) -> str | None:
    """Pull the image, giving up when the registry falls silent; what went wrong, if anything did.

    The SDK's own pull waits without limit, so the request is sent over its session directly.
    """
    api = engine.client.api
    repository, tag = parse_repository_tag(full_name(name))
    deadline = time.monotonic() + PULL_TIMEOUT_S
    try:
        with api.post(
            f"{api.base_url}/v{api.api_version}/images/create",
            params={"fromImage": repository, "tag": tag},
            stream=True,
            timeout=PULL_SILENCE_S,
        ) as response:
            for line in response.iter_lines():
                event = json.loads(line)
                if problem := event.get("error") or event.get("message"):
                    return str(problem)
                if time.monotonic() > deadline:
                    return f"not complete after {PULL_TIMEOUT_S} s"
    except (requests.RequestException, OSError, ValueError) as error:
        return f"no answer ({type(error).__name__})"
    return None if image_on(engine, name) is not None else "the engine does not have it after the pull"


def build_stand_in(engine: Engine, name: str, made_for: str, problem: str) -> None:
    """Import a root folder with busybox under the image's name, with a label that says what it is."""
    busybox = static_busybox()
    if busybox is None or engine.client.info().get("Architecture") != platform.machine():
        raise EngineError(
            f"The image {name} is not on the engine and could not be pulled ({problem}): "
            "pull or load it first, or install a static busybox (Debian: busybox-static), "
            "of which a stand-in can be made."
        )
    repository, tag = parse_repository_tag(full_name(name))
    answer = engine.client.api.import_image_from_data(
        root_archive(busybox, name),
        repository=repository,
        tag=tag,
        changes=[
            "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            'CMD ["sh"]',
            f"LABEL {STAND_IN_LABEL}={made_for} {NAME_LABEL}={full_name(name)}",
        ],
    )
    if "errorDetail" in str(answer):
        raise EngineError(f"The engine refused the stand-in for {name}: {answer}")


def static_busybox() -> Path | None:
    """A busybox that runs without any library: this machine's, else Debian's, unpacked beside its package."""
    unpacked = STATE_DIR / "busybox-static/bin/busybox"
    candidates = [unpacked, *(Path(path) for path in [shutil.which("busybox")] if path)]
    for path in candidates:
        if path.exists() and is_static(path):
            return path
    if shutil.which("apt-get") and shutil.which("dpkg-deb"):
        download_busybox()
    return unpacked if unpacked.exists() and is_static(unpacked) else None


def download_busybox() -> None:
    """Fetch and unpack the package without installing it: it would replace the machine's own busybox."""
    folder = STATE_DIR / "busybox-static"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    commands = [["apt-get", "download", "-qq", "busybox-static"]]
    if os.getuid() == 0:
        commands.insert(0, ["apt-get", "update", "-qq"])
    with APT_LOG.open("ab") as log:
        for command in commands:
            subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=INSTALL_TIMEOUT_S,
                check=False,
            )
        for package in folder.glob("*.deb"):
            subprocess.run(
                ["dpkg-deb", "-x", package.name, "."], cwd=folder, stdout=log, stderr=log, check=False
            )


def is_static(path: Path) -> bool:
    """Whether an ELF program names no dynamic loader (which stands near its beginning)."""
    with path.open("rb") as file:
        head = file.read(4096)
    return head.startswith(b"\x7fELF") and b"/ld-" not in head and b"/ld.so" not in head


def root_archive(busybox: Path, name: str) -> bytes:
    """A tar archive of the smallest root in which a shell script feels at home."""
    applets = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split()
    texts = {
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n",
        "etc/group": "root:x:0:\nnogroup:x:65534:\n",
        "etc/os-release": f'NAME="batchemu stand-in for {name} (busybox)"\nID=batchemu-stand-in\n',
    }
    links = {f"bin/{applet}": "busybox" for applet in applets if applet != "busybox"}
    links |= {"sbin": "bin", "usr/bin": "../bin", "usr/sbin": "../bin"}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder in ("bin", "dev", "etc", "home", "mnt", "proc", "root", "run", "sys", "usr", "var", "tmp"):
            add_entry(archive, folder, tarfile.DIRTYPE, mode=0o1777 if folder == "tmp" else 0o755)
        add_entry(archive, "bin/busybox", data=busybox.read_bytes(), mode=0o755)
        for path, text in texts.items():
            add_entry(archive, path, data=text.encode())
        for path, target in links.items():
            add_entry(archive, path, tarfile.SYMTYPE, target=target, mode=0o777)
    return buffer.getvalue()


def add_entry(
    archive: tarfile.TarFile,
    path: str,
    kind: bytes = tarfile.REGTYPE,
    *,
    data: bytes = b"",
    target: str = "",
    mode: int = 0o644,
) -> None:
    entry = tarfile.TarInfo(path)
    entry.type, entry.mode, entry.size, entry.linkname, entry.mtime = kind, mode, len(data), target, 0
    archive.addfile(entry, io.BytesIO(data))


def remove_stand_ins(engine: Engine, made_for: str | None = None) -> list[str]:
    """Remove the images that bear our label (of one kind, or all); their names."""
    label = STAND_IN_LABEL if made_for is None else f"{STAND_IN_LABEL}={made_for}"
    removed = []
    for image in engine.client.images.list(filters={"label": label}):
        name = image.labels.get(NAME_LABEL)
        if name not in image.tags:
            continue
        try:
            engine.client.images.remove(name, force=True)
            removed.append(name)
        except APIError as error:
            say(f"The stand-in {name} stays: {error.explanation}")
    return removed
