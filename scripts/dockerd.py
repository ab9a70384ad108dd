"""Find the Docker engine that answers, or install, start and stop one of our own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docker
import requests
from docker.errors import DockerException

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
STATE_DIR = ROOT / ".engine"
STATE_FILE = STATE_DIR / "engine.json"
ENGINE_LOG = STATE_DIR / "dockerd.log"
APT_LOG = STATE_DIR / "apt.log"

DEFAULT_ADDRESS = "unix:///var/run/docker.sock"
RUN_DIR = Path("/var/run")

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 40
INSTALL_TIMEOUT_S = 600


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
            f"No Docker engine answers at DOCKER_HOST={chosen}: start it, "
            "or unset DOCKER_HOST to use this machine's."
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
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    name, _, rest = text.partition("(")[2].rpartition(")")
    fields = rest.split()
    # proc(5): the state is field 3, the start time field 22.
    if fields[0] not in "ZX":
        return name, fields[19]
    with contextlib.suppress(OSError):  # it may be another process's child
        os.waitpid(pid, os.WNOHANG)
    return None


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
            f"apt-get could not install docker.io:\n{tail(APT_LOG)}\n"
            "Install and start Docker, then run this again."
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
# containers and sandboxes: a kernel with one kind of iptables or none, a read-only /proc, a root that is an
# overlay itself.
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
        # A session of its own and no pipe of ours: Ctrl-C does not reach it, and nobody waits for its output.
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
    subprocess.run(
        ["systemctl", "start", "docker"], stdin=subprocess.DEVNULL, timeout=START_TIMEOUT_S, check=False
    )
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
