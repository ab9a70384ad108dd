#!/usr/bin/env python3
"""Use the Docker engine that answers; where none does, start one and stop it again.

    engine.py run [--image NAME]... -- COMMAND ...   run COMMAND with an engine and these images
    engine.py start                                  an engine that stays until `stop`
    engine.py stop                                   stop it, if it is one of ours
    engine.py image NAME                             use NAME, else pull it, else build a stand-in
    engine.py image-clean                            remove the stand-ins, never a real image

Only what was started here is stopped, and only what was built here is removed. Commands that run at
the same time share one engine: the last of them to end stops it.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import io
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import docker
import requests
from docker.errors import APIError, DockerException, ImageNotFound
from docker.utils import parse_repository_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    from docker.models.images import Image

ROOT = Path(__file__).resolve().parent.parent
STATE_DIR = ROOT / ".engine"
STATE_FILE = STATE_DIR / "engine.json"
ENGINE_LOG = STATE_DIR / "dockerd.log"
APT_LOG = STATE_DIR / "apt.log"

# One engine serves the whole machine, so the lock that counts its users is the machine's, not the checkout's.
LOCK_FILE = Path(tempfile.gettempdir()) / f"batchemu-engine-{os.getuid()}.lock"

DEFAULT_ADDRESS = "unix:///var/run/docker.sock"
RUN_DIR = Path("/var/run")

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 40
PULL_SILENCE_S = 20
PULL_TIMEOUT_S = 600
INSTALL_TIMEOUT_S = 600

STAND_IN_LABEL = "batchemu.stand-in"


class EngineError(Exception):
    """What is wrong and what to do about it, in words that can be printed as they are."""


@dataclass
class Engine:
    """An engine that answers, and how it came to be there."""

    address: str
    client: docker.DockerClient
    origin: str
    images: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which any Docker client finds this engine."""
        env = dict(os.environ)
        if self.address != DEFAULT_ADDRESS:
            env["DOCKER_HOST"] = self.address
        return env

    def describe(self) -> str:
        version = self.client.version().get("Version", "of unknown version")
        return f"Docker {version} at {self.address}, {self.origin}"


def say(text: str) -> None:
    """Print a line; a reader who has gone away must not keep the clean-up from running."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (lives as long as the process)


def tail(path: Path, lines: int = 12, offset: int = 0) -> str:
    """The last lines of a log, indented, each cut to a readable length."""
    try:
        text = path.read_bytes()[offset:].decode(errors="replace")
    except OSError:
        return "    (no log)"
    kept = [line[:240] for line in text.splitlines() if line.strip()][-lines:]
    return "\n".join(f"    {line}" for line in kept) or "    (its log is empty)"


# --- an engine that answers ------------------------------------------------------------------------


def addresses() -> list[str]:
    """Where an engine may listen: where DOCKER_HOST says, else the usual sockets."""
    if chosen := os.environ.get("DOCKER_HOST"):
        return [chosen]
    home = Path.home()
    runtime_dir = Path(os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}"))
    rootless_and_desktop = [
        runtime_dir / "docker.sock",
        home / ".docker/run/docker.sock",
        home / ".docker/desktop/docker.sock",
        home / ".colima/default/docker.sock",
    ]
    return [DEFAULT_ADDRESS, *(f"unix://{path}" for path in rootless_and_desktop if path.exists())]


def connect(address: str, timeout_s: int = 10) -> docker.DockerClient | None:
    """A client of the engine at this address, or None when none answers."""
    client = None
    try:
        client = docker.from_env(environment={**os.environ, "DOCKER_HOST": address}, timeout=timeout_s)
        client.ping()
    except (DockerException, requests.RequestException, OSError):
        if client is not None:
            client.close()
        return None
    client.close()
    return docker.from_env(environment={**os.environ, "DOCKER_HOST": address})


def find_running(origin: str = "already running") -> Engine | None:
    for address in addresses():
        if client := connect(address):
            return Engine(address, client, origin)
    return None


def refuse_to_start() -> EngineError | None:
    """The sentence for a machine on which we cannot start an engine, None where we can try."""
    if chosen := os.environ.get("DOCKER_HOST"):
        return EngineError(
            f"No Docker engine answers at DOCKER_HOST={chosen}: start it, or unset DOCKER_HOST to use this machine's."
        )
    socket_path = Path(DEFAULT_ADDRESS.removeprefix("unix://"))
    if socket_path.exists() and not os.access(socket_path, os.R_OK | os.W_OK):
        return EngineError(
            f"The Docker engine's socket {socket_path} is closed to this user: "
            "add yourself to the group `docker` and log in again, or run this as root."
        )
    if os.getuid() != 0 or not sys.platform.startswith("linux"):
        return EngineError(
            "No Docker engine answers on this machine: start Docker and run this again "
            "(as root on Debian or Ubuntu it would be installed and started for you)."
        )
    if not shutil.which("dockerd") and not shutil.which("apt-get"):
        return EngineError(
            "No Docker engine answers, and without apt-get none can be installed from here: "
            "install and start Docker, then run this again."
        )
    return None


# --- our own engine --------------------------------------------------------------------------------


def process_identity(pid: int) -> tuple[str, str] | None:
    """(name, start time) of a living process; None when it has ended, reaped or not."""
    with contextlib.suppress(OSError):
        os.waitpid(pid, os.WNOHANG)
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    name, _, rest = text.partition("(")[2].rpartition(")")
    fields = rest.split()
    # proc(5): the state is field 3, the start time field 22.
    return None if fields[0] in "ZX" else (name, fields[19])


def pid_in(path: Path, name: str) -> int | None:
    """The living process `name` that a pid file speaks of."""
    try:
        pid = int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    identity = process_identity(pid)
    return pid if identity is not None and identity[0] == name else None


def drop_stale_pid_files() -> None:
    """Remove pid files whose process is gone or, after a restart of the machine, another program.

    dockerd asks only whether the number is in use, and then refuses to start.
    """
    for path, name in (
        (RUN_DIR / "docker.pid", "dockerd"),
        (RUN_DIR / "docker/containerd/containerd.pid", "containerd"),
    ):
        if path.exists() and pid_in(path, name) is None:
            path.unlink(missing_ok=True)


def apt_get(*packages: str) -> bool:
    """Install Debian packages, quietly; whether apt-get was content."""
    STATE_DIR.mkdir(exist_ok=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "l"}
    options = ["-y", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    commands = [
        ["apt-get", "update", *options],
        ["apt-get", "install", "--no-install-recommends", *options, *packages],
    ]
    with APT_LOG.open("ab") as log:
        # The list of packages may be old but good enough: only the installation decides.
        codes = [
            subprocess.run(
                command,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=INSTALL_TIMEOUT_S,
                check=False,
            ).returncode
            for command in commands
        ]
    return codes[-1] == 0


def install_docker() -> None:
    say("Installing Debian's docker.io, iptables and busybox-static (once, about a minute) ...")
    content = apt_get("docker.io", "iptables", "busybox-static")
    # Its start script may fail where there is no init system; the daemon itself is there all the same.
    if not content and not shutil.which("dockerd"):
        raise EngineError(
            f"apt-get could not install docker.io:\n{tail(APT_LOG)}\nInstall and start Docker, then run this again."
        )


@dataclass
class Launch:
    """How dockerd is started; remedies change it."""

    options: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=lambda: dict(os.environ))


def _use_legacy_iptables(launch: Launch) -> bool:
    legacy = shutil.which("iptables-legacy")
    if legacy is None:
        return False
    folder = STATE_DIR / "legacy-iptables"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("iptables", "ip6tables"):
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(Path(legacy).with_name(f"{name}-legacy"))
    launch.env["PATH"] = f"{folder}:{launch.env.get('PATH', os.defpath)}"
    return True


def _mount_cgroups(_: Launch) -> bool:
    if not shutil.which("cgroupfs-mount") and not (shutil.which("apt-get") and apt_get("cgroupfs-mount")):
        return False
    return subprocess.run(["cgroupfs-mount"], capture_output=True, check=False).returncode == 0


def _option(option: str) -> Callable[[Launch], bool]:
    def apply(launch: Launch) -> bool:
        launch.options.append(option)
        return True

    return apply


# What dockerd's last words hold -> what helps, in the order in which to try it. The cases are those of
# containers and sandboxes: kernels with one kind of iptables or none, a read-only /proc, a root that is an overlay.
REMEDIES: tuple[tuple[str, str, Callable[[Launch], bool]], ...] = (
    (r"cgroup", "the cgroup file systems mounted", _mount_cgroups),
    (r"iptables|NAT chain", "iptables-legacy", _use_legacy_iptables),
    (r"iptables|NAT chain", "--iptables=false (jobs do not reach the outside)", _option("--iptables=false")),
    (r"ip_forward|IP forwarding", "--ip-forward=false", _option("--ip-forward=false")),
    (r"graphdriver|overlay|storage.driver", "--storage-driver=vfs", _option("--storage-driver=vfs")),
    (r"bridge|docker0", "--bridge=none (jobs have no network)", _option("--bridge=none")),
)


def start_dockerd() -> Engine:
    """Start dockerd, and once more with a remedy for each failure that has one."""
    launch = Launch()
    untried = list(REMEDIES)
    while True:
        engine, last_words = launch_dockerd(launch)
        if engine is not None:
            return engine
        for remedy in list(untried):
            pattern, words, apply = remedy
            if re.search(pattern, last_words) is None:
                continue
            untried.remove(remedy)
            if apply(launch):
                say(f"dockerd did not start; trying again with {words} ...")
                break
        else:
            raise EngineError(
                f"The Docker engine did not start; the end of its log:\n{last_words}\n"
                "Start Docker by hand, or set DOCKER_HOST to an engine that runs, and try again."
            )


def launch_dockerd(launch: Launch) -> tuple[Engine | None, str]:
    """One attempt: the engine, or None and dockerd's last words."""
    STATE_DIR.mkdir(exist_ok=True)
    drop_stale_pid_files()
    with ENGINE_LOG.open("ab") as log:
        offset = log.tell()
        # A session of its own, and no pipe of ours: Ctrl-C does not reach it, and nobody waits for its output.
        process = subprocess.Popen(
            ["dockerd", *launch.options],
            cwd="/",
            env=launch.env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    remember(process.pid)
    engine = wait_until_it_answers(process.pid)
    if engine is None:
        stop_recorded()
    return engine, tail(ENGINE_LOG, offset=offset)


def wait_until_it_answers(pid: int) -> Engine | None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process_identity(pid) is not None:
        if client := connect(DEFAULT_ADDRESS):
            return Engine(DEFAULT_ADDRESS, client, "started for this run")
        time.sleep(0.2)
    return None


def start_own() -> Engine:
    """Install Docker if need be and start it, by the init system where there is one."""
    if refusal := refuse_to_start():
        raise refusal
    installed = not shutil.which("dockerd")
    if installed:
        install_docker()
    if Path("/run/systemd/system").is_dir():
        return start_service()
    if pid := pid_in(RUN_DIR / "docker.pid", "dockerd"):
        # Either the package's start script has just started it, or somebody else has.
        if installed:
            remember(pid)
        if engine := wait_until_it_answers(pid):
            return engine
    say("Starting the Docker engine ...")
    return start_dockerd()


def start_service() -> Engine:
    remember_service()
    subprocess.run(["systemctl", "start", "docker"], stdin=subprocess.DEVNULL, timeout=START_TIMEOUT_S, check=False)
    engine = find_running("started for this run")
    if engine is None:
        raise EngineError("`systemctl start docker` brought up no engine: `journalctl -u docker` says why.")
    return engine


def remember(pid: int) -> None:
    identity = process_identity(pid)
    write_state({"pid": pid, "started": identity[1] if identity else "", "keep": False})


def remember_service() -> None:
    write_state({"service": "docker", "keep": False})


def write_state(state: dict[str, Any]) -> None:
    STATE_DIR.mkdir(exist_ok=True)
    STATE_FILE.write_text(json.dumps(state), encoding="utf-8")


def read_state() -> dict[str, Any]:
    """What is known of the engine that we started; empty when there is none, or no longer."""
    try:
        state: dict[str, Any] = json.loads(STATE_FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if "pid" in state:
        identity = process_identity(state["pid"])
        if identity is None or identity != ("dockerd", state["started"]):
            STATE_FILE.unlink(missing_ok=True)
            return {}
    return state


def stop_recorded() -> bool:
    """Stop the engine that we started; whether there was one."""
    state = read_state()
    if "service" in state:
        subprocess.run(
            ["systemctl", "stop", "docker.socket", "docker.service"],
            stdin=subprocess.DEVNULL,
            timeout=STOP_TIMEOUT_S,
            check=False,
        )
    elif "pid" in state:
        containerd = pid_in(RUN_DIR / "docker/containerd/containerd.pid", "containerd")
        # On SIGTERM dockerd stops its containers and its containerd, then ends.
        end_process(state["pid"], signal.SIGTERM, STOP_TIMEOUT_S)
        end_process(state["pid"], signal.SIGKILL, 5)
        if containerd is not None:
            end_process(containerd, signal.SIGTERM, 5)
    STATE_FILE.unlink(missing_ok=True)
    return bool(state)


def end_process(pid: int, number: signal.Signals, timeout_s: float) -> None:
    if process_identity(pid) is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
    deadline = time.monotonic() + timeout_s
    while process_identity(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.05)


# --- images ----------------------------------------------------------------------------------------


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
    repository, tag = parse_repository_tag(name)
    deadline = time.monotonic() + PULL_TIMEOUT_S
    try:
        with api.post(
            f"{api.base_url}/v{api.api_version}/images/create",
            params={"fromImage": repository, "tag": tag or "latest"},
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
            f"The image {name} is not on the engine and could not be pulled ({problem}): pull or load it first, "
            "or install a static busybox (Debian: busybox-static), of which a stand-in can be made."
        )
    repository, tag = parse_repository_tag(name)
    answer = engine.client.api.import_image_from_data(
        root_archive(busybox, name),
        repository=repository,
        tag=tag or "latest",
        changes=[
            "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            'CMD ["sh"]',
            f"LABEL {STAND_IN_LABEL}={made_for}",
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
        for tag in image.tags or [str(image.id)]:
            try:
                engine.client.images.remove(tag, force=True)
                removed.append(tag)
            except APIError as error:
                say(f"The stand-in {tag} stays: {error.explanation}")
    return removed


# --- borrowing -------------------------------------------------------------------------------------


@contextlib.contextmanager
def borrowed(images: Sequence[str] = (), *, keep: bool = False) -> Iterator[Engine]:
    """An engine with these images for as long as the block runs.

    Whoever leaves last stops the engine if we started it, and removes the stand-ins.
    """
    with open_lock(LOCK_FILE) as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        made_for = "keep" if keep else "run"
        engine = None
        try:
            engine = get_engine(keep=keep)
            for name in images:
                engine.images[name] = provide_image(engine, name, made_for)
            yield engine
        finally:
            with shielded():
                if not keep and is_alone(lock):
                    give_back(engine)
                if engine is not None:
                    engine.client.close()


def get_engine(*, keep: bool) -> Engine:
    """The running engine or a new one; only one of several commands at a time may start one."""
    with open_lock(LOCK_FILE.with_suffix(".start")) as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        engine = find_running() or start_own()
        state = read_state()
        if state and keep:
            write_state({**state, "keep": True})
        return engine


def give_back(engine: Engine | None) -> None:
    if engine is not None:
        try:
            remove_stand_ins(engine, "run")
        except (DockerException, requests.RequestException) as error:
            say(f"The stand-in images could not be removed: {error}")
    state = read_state()
    if state and not state["keep"]:
        stop_recorded()


@contextlib.contextmanager
def open_lock(path: Path) -> Iterator[int]:
    # O_NOFOLLOW: the folder is open to all, and a link planted there must lead nowhere.
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def is_alone(lock: int) -> bool:
    """Whether nobody else borrows the engine; if so, newcomers wait until we have closed the lock."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


# --- signals and commands --------------------------------------------------------------------------

ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def exit_on_signals() -> None:
    """Turn the signals that end a program into an exception, so that clean-ups run."""

    def leave(number: int, _: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    for number in ENDING_SIGNALS:
        signal.signal(number, leave)


@contextlib.contextmanager
def shielded() -> Iterator[None]:
    """Let nothing but SIGKILL interrupt a clean-up."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (*ENDING_SIGNALS, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_command(command: Sequence[str], env: dict[str, str]) -> int:
    """Run a command to its end, or end it when we are told to end; its exit code."""
    try:
        process = subprocess.Popen(command, env=env)
    except OSError as error:
        raise EngineError(f"{command[0]} cannot be run: {error.strerror}.") from error
    try:
        code = process.wait()
    except BaseException as reason:
        with shielded():
            # Ctrl-C has reached the command by the terminal; SIGTERM has reached only us.
            if not isinstance(reason, KeyboardInterrupt):
                process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        raise
    return code if code >= 0 else 128 - code


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="engine.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="run | start | stop | image | image-clean")
    run = commands.add_parser("run")
    run.add_argument("--image", action="append", default=[])
    run.add_argument("argv", nargs=argparse.REMAINDER)
    commands.add_parser("start")
    commands.add_parser("stop")
    commands.add_parser("image").add_argument("name")
    commands.add_parser("image-clean")
    options = parser.parse_args(arguments)
    handler: Callable[[argparse.Namespace], int] = COMMANDS[options.command]
    return handler(options)


def command_run(options: argparse.Namespace) -> int:
    command = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
    if not command:
        raise EngineError("engine.py run: name the command to run after `--`.")
    with borrowed(options.image) as engine:
        say(f"Engine: {engine.describe()}.")
        for name, words in engine.images.items():
            say(f"Image {name}: {words}.")
        return run_command(command, engine.environment)


def command_start(_: argparse.Namespace) -> int:
    with borrowed(keep=True) as engine:
        hint = "; `engine.py stop` stops it" if read_state() else ""
        say(f"Engine: {engine.describe()}{hint}.")
    return 0


def command_stop(_: argparse.Namespace) -> int:
    with shielded():
        say("The engine is stopped." if stop_recorded() else "No engine was started from here.")
    return 0


def command_image(options: argparse.Namespace) -> int:
    engine = find_running()
    if engine is None:
        raise EngineError("No Docker engine answers: `engine.py start` starts one.")
    say(f"Image {options.name}: {provide_image(engine, options.name, 'keep')}.")
    return 0


def command_image_clean(_: argparse.Namespace) -> int:
    engine = find_running()
    if engine is None:
        say("No Docker engine answers, so no stand-in was removed.")
        return 0
    removed = remove_stand_ins(engine)
    say(f"Removed {', '.join(removed)}." if removed else "There is no stand-in to remove.")
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": command_run,
    "start": command_start,
    "stop": command_stop,
    "image": command_image,
    "image-clean": command_image_clean,
}


def guarded(function: Callable[[], int]) -> int:
    """Run a program's main function: problems are sentences, Ctrl-C is exit code 130."""
    exit_on_signals()
    try:
        return function()
    except EngineError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(guarded(lambda: main(sys.argv[1:])))
