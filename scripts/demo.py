"""Play the main job, then a job that depends on it, with the real aws command against real containers.

Everything that is claimed at the end has been checked; the exit code is 0 only if all of it held.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docker.errors import DockerException
from dockerd import ROOT, Engine, read_state, say, tail
from engine import borrowed, guarded, shielded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docker.models.containers import Container

BIN = ROOT / ".venv/bin"
SERVER_LOG = ROOT / ".demo/server.log"

IMAGE = "amazonlinux"
LINE = "Hello from AWS Batch!"
LOG_GROUP = "/aws/batch/job"
COMPUTE_ENVIRONMENT = "my-compute-environment"
QUEUE = "my-job-queue"
FIRST, CHILD = "my-first-job", "child-job"

READY_TIMEOUT_S = 60
VALID_TIMEOUT_S = 60
JOBS_TIMEOUT_S = 180
LOGS_TIMEOUT_S = 15
STOP_TIMEOUT_S = 40
POLL_S = 0.25

COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


class DemoError(Exception):
    """Why the demo cannot go on, as a sentence."""


def bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if COLOUR else text


def heading(text: str) -> None:
    say(f"\n{bold(text)}")


# --- the server ------------------------------------------------------------------------------------


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    url: str = ""
    session: str = ""

    def stop(self) -> float | None:
        """Send SIGTERM and wait; the seconds it took, None when it had to be killed or had died before."""
        if self.process.poll() is not None:
            return None
        begin = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(timeout=STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        return time.monotonic() - begin


@contextlib.contextmanager
def serving(engine: Engine) -> Iterator[Server]:
    """`batchemu serve` on a free port, from its line "Ready." to the end of the block."""
    SERVER_LOG.parent.mkdir(exist_ok=True)
    with SERVER_LOG.open("wb") as log:
        # A session of its own: Ctrl-C reaches us, and we end the server in our order.
        process = subprocess.Popen(
            [BIN / "batchemu", "serve", "--port", "0"],
            cwd=ROOT,
            env={**engine.environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    server = Server(process)
    try:
        server.url = wait_for_ready(process)
        server.session = ask_session(server.url)
        yield server
    finally:
        with shielded():
            server.stop()
            # A server that ended as it should has left none; one that died must not burden the user's engine.
            for container in containers_of(engine, server.session):
                with contextlib.suppress(DockerException):
                    container.remove(force=True)


def ask_session(url: str) -> str:
    """The name that the server gives to what it starts."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"{url}/_batchemu/health", timeout=10) as answer:
        return str(json.load(answer)["session"])


def containers_of(engine: Engine, session: str) -> list[Container]:
    """The containers of a session that are there, running or not."""
    if not session:
        return []
    label = f"batchemu.session={session}"
    found: list[Container] = engine.client.containers.list(
        all=True, filters={"label": label}, ignore_removed=True
    )
    return found


def wait_for_ready(process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline:
        ready = re.search(r"^Ready\. (http://\S+)$", SERVER_LOG.read_text(errors="replace"), re.MULTILINE)
        if ready:
            return ready[1]
        if process.poll() is not None:
            raise DemoError(
                f"`batchemu serve` ended with exit code {process.returncode} before it was ready."
            )
        time.sleep(0.05)
    raise DemoError(f"`batchemu serve` was not ready within {READY_TIMEOUT_S} s.")


# --- the aws command -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Aws:
    """The real AWS command line, pointed at the emulator and at nothing of the user's own."""

    url: str

    @property
    def settings(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        no_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1,localhost"]))
        return {
            **own,
            **self.settings,
            "AWS_PAGER": "",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": no_proxy,
            "no_proxy": no_proxy,
        }

    def show(self, *arguments: str) -> None:
        """Print the command as a person would type it."""
        lines = [""]
        for word in map(shlex.quote, ["aws", *arguments]):
            if word.startswith("--") and len(lines[-1]) + len(word) > 60:
                lines.append("")
            lines[-1] += f"{word} "
        command = " \\\n      ".join(line.rstrip() for line in lines)
        say(f"\n{bold(f'$ {command}')}")

    def run(self, *arguments: str) -> str:
        """Run the command, without a word; its output."""
        done = subprocess.run(
            [BIN / "aws", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode != 0:
            problem = done.stderr.strip() or done.stdout.strip() or "it said nothing"
            raise DemoError(
                f"`aws {' '.join(arguments[:2])}` ended with exit code {done.returncode}: {problem}"
            )
        return done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--output", "json"))

    def call(self, *arguments: str) -> Any:
        """Show the command, run it, show the answer's plain members; the answer."""
        self.show(*arguments)
        answer = self.json(*arguments)
        show_members(answer)
        return answer


def show_members(answer: dict[str, Any]) -> None:
    plain = {name: value for name, value in answer.items() if isinstance(value, (str, int))}
    width = max(map(len, plain), default=0)
    for name, value in plain.items():
        say(f"  {name:<{width}}  {value}")


# --- the story -------------------------------------------------------------------------------------


@dataclass
class Watch:
    """The containers of jobs that came to be on the engine, as the engine itself tells it."""

    engine: Engine
    seen: dict[str, dict[str, str]] = field(default_factory=dict)

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        events = self.engine.client.events(
            filters={"type": "container", "event": "create", "label": "batchemu.job-id"}, decode=True
        )
        thread = threading.Thread(target=self._note, args=(events,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            with contextlib.suppress(Exception):  # closing a stream that the engine has closed already
                events.close()

    def _note(self, events: Any) -> None:
        with contextlib.suppress(Exception):  # the stream breaks when it is closed from outside
            for event in events:
                self.seen[event["Actor"]["ID"]] = event["Actor"]["Attributes"]

    def of_jobs(self, job_ids: Sequence[str]) -> list[dict[str, str]]:
        return [labels for labels in self.seen.values() if labels.get("batchemu.job-id") in job_ids]


@dataclass
class Checks:
    failed: int = 0

    def __call__(self, held: bool, words: str) -> None:
        mark = "ok  " if held else "FAIL"
        if COLOUR:
            mark = f"\033[{32 if held else 31}m{mark}\033[0m"
        say(f"  {mark}  {words}")
        self.failed += not held


def wait_until_valid(aws: Aws, *arguments: str) -> None:
    """Poll until the one resource described is VALID."""
    aws.show(*arguments)
    deadline = time.monotonic() + VALID_TIMEOUT_S
    last = ""
    while time.monotonic() < deadline:
        [found] = next(members for members in aws.json(*arguments).values() if isinstance(members, list))
        if found["status"] != last:
            last = found["status"]
            say(f"  status  {last}  {found.get('statusReason', '')}".rstrip())
        if last == "VALID":
            return
        if last == "INVALID":
            break
        time.sleep(POLL_S)
    raise DemoError(f"`aws batch {arguments[1]}`: it is {last}, not VALID after {VALID_TIMEOUT_S} s.")


def wait_until_done(aws: Aws, job_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Poll both jobs, print each state as it is seen, and return them when both have ended."""
    arguments = ["batch", "describe-jobs", "--jobs", *job_ids]
    aws.show(*arguments)
    begin = time.monotonic()
    last: dict[str, str] = {}
    while time.monotonic() - begin < JOBS_TIMEOUT_S:
        jobs: list[dict[str, Any]] = sorted(
            aws.json(*arguments)["jobs"], key=lambda job: job_ids.index(job["jobId"])
        )
        for job in jobs:
            if last.get(job["jobId"]) != job["status"]:
                last[job["jobId"]] = job["status"]
                words = f"{job['jobName']:<13} {job['status']:<10} {job.get('statusReason', '')}"
                say(f"  {time.monotonic() - begin:6.1f} s  {words}".rstrip())
        if len(jobs) == len(job_ids) and all(job["status"] in ("SUCCEEDED", "FAILED") for job in jobs):
            return jobs
        time.sleep(POLL_S)
    raise DemoError(f"The jobs had not ended after {JOBS_TIMEOUT_S} s.")


def show_jobs(aws: Aws, job_ids: Sequence[str]) -> None:
    query = (
        "jobs[].{job: jobName, status: status, exitCode: container.exitCode, attempts: length(attempts), "
        "image: container.image, dependsOn: dependsOn[0].jobId}"
    )
    arguments = ["batch", "describe-jobs", "--jobs", *job_ids, "--query", query, "--output", "table"]
    aws.show(*arguments)
    say(aws.run(*arguments).rstrip())


def show_times(jobs: list[dict[str, Any]]) -> None:
    """The jobs' own times on one line of time: the states between two polls are in them too."""
    moments = [
        (job[member], job["jobName"], word)
        for job in jobs
        for member, word in (("createdAt", "submitted"), ("startedAt", "started"), ("stoppedAt", "stopped"))
        if member in job
    ]
    begin = min(at for at, _, _ in moments)
    say("")
    # A stable sort: what happens in the same millisecond keeps its order.
    for at, name, word in sorted(moments, key=lambda moment: moment[0]):
        say(f"  {(at - begin) / 1000:8.3f} s  {name:<13} {word}")


def show_log(aws: Aws, job: dict[str, Any]) -> list[str]:
    """Print the job's lines; as on AWS, they may arrive a moment after the job has ended."""
    stream = job["container"].get("logStreamName")
    if not stream:
        say(f"\n  {job['jobName']} has no logStreamName.")
        return []
    arguments = ["logs", "get-log-events", "--log-group-name", LOG_GROUP, "--log-stream-name", stream]
    arguments += ["--query", "events[].[message]", "--output", "text"]
    aws.show(*arguments)
    deadline = time.monotonic() + LOGS_TIMEOUT_S
    while True:
        try:
            lines = aws.run(*arguments).splitlines()
        except DemoError:
            if time.monotonic() > deadline:
                raise
            lines = []
        if lines or time.monotonic() > deadline:
            break
        time.sleep(POLL_S)
    for line in lines or ["(no line)"]:
        say(f"  {line}")
    return lines


def play(aws: Aws) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """The story itself: both jobs as they ended, and the lines of their logs by job name."""
    heading("A place to run: compute environment, job queue, job definition")
    aws.call(
        "batch", "create-compute-environment", "--cli-input-json", "file://examples/compute-environment.json"
    )
    wait_until_valid(
        aws, "batch", "describe-compute-environments", "--compute-environments", COMPUTE_ENVIRONMENT
    )
    aws.call("batch", "create-job-queue", "--cli-input-json", "file://examples/job-queue.json")
    wait_until_valid(aws, "batch", "describe-job-queues", "--job-queues", QUEUE)
    aws.call("batch", "register-job-definition", "--cli-input-json", "file://examples/my-batch-job.json")

    heading("A job, and a job that waits for it")
    submit = ["--job-queue", QUEUE, "--job-definition", "my-batch-job:1"]
    first = aws.call("batch", "submit-job", "--job-name", FIRST, *submit)["jobId"]
    child = aws.call("batch", "submit-job", "--job-name", CHILD, *submit, "--depends-on", f"jobId={first}")[
        "jobId"
    ]
    jobs = wait_until_done(aws, [first, child])

    heading("What became of them")
    show_jobs(aws, [first, child])
    show_times(jobs)
    return jobs, {job["jobName"]: show_log(aws, job) for job in jobs}


def check_jobs(check: Checks, jobs: list[dict[str, Any]], lines: dict[str, list[str]]) -> None:
    for job in jobs:
        container = job["container"]
        why = container.get("reason") or job.get("statusReason") or ""
        held = job["status"] == "SUCCEEDED" and container.get("exitCode") == 0
        check(
            held,
            f"{job['jobName']} {job['status']} with exit code {container.get('exitCode')}  {why}".rstrip(),
        )
        check(LINE in lines[job["jobName"]], f'its log holds the line "{LINE}"')
    first, child = jobs
    started, stopped = child.get("startedAt"), first.get("stoppedAt")
    if started is None or stopped is None:
        check(False, f"{CHILD} started (startedAt {started}) after {FIRST} stopped (stoppedAt {stopped})")
    else:
        check(started >= stopped, f"{CHILD} started {started - stopped} ms after {FIRST} stopped")


def check_end(check: Checks, server: Server, watch: Watch, job_ids: Sequence[str]) -> None:
    own = watch.of_jobs(job_ids)
    names = ", ".join(labels.get("name", "?") for labels in own)
    check(len(own) == len(job_ids), f"{len(own)} containers ran on the engine: {names or 'none seen'}")
    seconds = server.stop()
    code = server.process.returncode
    words = f"stopped on SIGTERM in {seconds:.1f} s" if seconds is not None else "did not stop on SIGTERM"
    check(seconds is not None and code in (0, -signal.SIGTERM, 128 + signal.SIGTERM), f"the server {words}")
    left = [str(container.name) for container in containers_of(watch.engine, server.session)]
    check(not left, f"containers that it left behind: {', '.join(left) or 'none'}")


def demo() -> int:
    heading("Docker engine and image")
    with borrowed([IMAGE]) as engine:
        say(f"  engine  {engine.describe()}")
        say(f"  image   {IMAGE}: {engine.images[IMAGE]}")
        ours = bool(read_state())
        check = Checks()
        try:
            watch = Watch(engine)
            with watch.watching(), serving(engine) as server:
                aws = Aws(server.url)
                say(f"  server  {server.url}, its log is {SERVER_LOG.relative_to(ROOT)}")
                say(f"\n{bold('$ export ' + ' '.join(f'{k}={v}' for k, v in aws.settings.items()))}")
                jobs, lines = play(aws)
                heading("Checked")
                check_jobs(check, jobs, lines)
                check_end(check, server, watch, [job["jobId"] for job in jobs])
        except DemoError as error:
            say(f"\n{error}")
            check.failed += 1
        if check.failed:
            say(f"\nThe demo FAILED. The end of the server's log:\n{tail(SERVER_LOG, 20)}")
    if not check.failed:
        say("\nThe demo held." + (" The engine that it had started is stopped." if ours else ""))
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(guarded(demo))
