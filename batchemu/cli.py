"""The command line."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

import click

from batchemu import output
from batchemu.config import DEFAULT_PORT, Settings
from batchemu.errors import SettingsError
from batchemu.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="batchemu")
def main() -> None:
    """An AWS Batch emulator with a real scheduler, real containers and a clock that tests can move."""


@main.command(context_settings={"show_default": True})
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help=f"Port to listen on; 0 takes a free one.  [default: {DEFAULT_PORT}]")
@click.option("--runtime", help="docker | scripted: what runs the jobs.  [default: docker]")
@click.option("--clock", help="real | scaled:N | manual: how emulated time passes.  [default: real]")
@click.option("--delays", help="none | aws: how long AWS's own steps take.  [default: none]")
@click.option("--quotas", help="none | aws: AWS's default service quotas, e.g. 50 queues.  [default: none]")
@click.option("--retention", type=float, help="Days that finished jobs stay describable.  [default: 7]")
@click.option("--aws", help="embedded | none: the other services of AWS on this port.  [default: embedded]")
@click.option(
    "--strict-references/--no-strict-references",
    default=None,
    help="Compute environments become INVALID when what they name does not exist.  [default: no]",
)
@click.option("--data-dir", help="Not yet: state lives in memory.")
@click.option("--allowed-hosts", help="Further names, comma separated, that requests may call us by.")
@click.option("--stop-grace", type=float, help="Seconds between SIGTERM and SIGKILL.  [default: 30]")
@click.option(
    "--privileged-fallback/--no-privileged-fallback",
    default=None,
    help="Start privileged jobs unprivileged where the engine refuses them.  [default: no]",
)
@click.option(
    "--inject-endpoint/--no-inject-endpoint",
    default=None,
    help="Tell containers our AWS_ENDPOINT_URL, with credentials and a region.  [default: yes]",
)
@click.option("--log-level", help="debug | info | warning | error.  [default: info]")
def serve(**flags: Any) -> None:
    """Start the server; it says "Ready." once it answers.

    Every option is also an environment variable, BATCHEMU_PORT for --port and so on; the option wins.
    """
    stop = threading.Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    try:
        settings = Settings.load(flags)
        output.set_up(settings.log_level)
        from batchemu.server import Server, tune_collector  # noqa: PLC0415

        told = settings.log_level.lower() in ("debug", "info")
        server = Server(settings, output.say if told else lambda *_: None)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    server.start()
    tune_collector()
    click.echo(f"Ready. {server.url}")
    stop.wait()
    _close_within(server.close, seconds=60)


def _close_within(close: Any, *, seconds: float) -> None:
    """Close. An engine that does not answer, or a person who asks again after a while, ends it anyway.

    A signal that comes right behind the first is the same request: a double Ctrl-C, or a wrapper that
    hands its own on.
    """
    patient_until = time.monotonic() + 3

    def again(*_: object) -> None:
        if time.monotonic() > patient_until:
            os._exit(1)

    for number in STOP_SIGNALS:
        signal.signal(number, again)
    guard = threading.Timer(seconds, lambda: os._exit(1))
    guard.daemon = True
    guard.start()
    close()
    guard.cancel()


_url = click.option(
    "--url",
    envvar="BATCHEMU_URL",
    default=f"http://127.0.0.1:{DEFAULT_PORT}",
    show_default=True,
    help="Where the server listens.",
)


def _call(url: str, method: str, path: str, body: object = None) -> dict[str, Any]:
    """Ask the control plane of a running server."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url.rstrip('/')}/_batchemu/{path}", data, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        with error:
            text = error.read().decode(errors="replace")
        try:
            text = json.loads(text)["message"]
        except (ValueError, KeyError, TypeError):
            text = f"{url} answered {error.code}: is that a batchemu?"
        raise click.ClickException(text) from None
    except (OSError, ValueError) as error:
        raise click.ClickException(
            f"No batchemu answers at {url}: start one with `batchemu serve`, or name it with --url."
        ) from error


@main.command()
@_url
def health(url: str) -> None:
    """Show how a running server is."""
    click.echo(json.dumps(_call(url, "GET", "health"), indent=2))


@main.command()
@_url
def reset(url: str) -> None:
    """Forget every job, queue and environment of a running server, and end its containers."""
    click.echo(f"Reset. Containers stopped: {_call(url, 'POST', 'reset')['containersStopped']}")


@main.command()
@_url
@click.option("--advance", type=float, metavar="SECONDS", help="Move the clock forward.")
def clock(url: str, advance: float | None) -> None:
    """Show the emulated time of a running server, or move it."""
    if advance is None:
        answer = _call(url, "GET", "clock")
    else:
        answer = _call(url, "POST", "clock", {"advanceSeconds": advance})
    click.echo(f"{answer['time']} ({answer['mode']})")


@main.command()
@_url
@click.argument("state")
@click.option("--job-id")
@click.option("--job-name", help="A glob, as the next two.")
@click.option("--job-definition")
@click.option("--job-queue")
def hold(url: str, state: str, **patterns: str | None) -> None:
    """Keep jobs in a STATE (SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING) until they are released."""
    given = {
        "jobId": "job_id",
        "jobName": "job_name",
        "jobDefinition": "job_definition",
        "jobQueue": "job_queue",
    }
    body = {member: patterns[option] for member, option in given.items() if patterns[option] is not None}
    click.echo(f"Held: {json.dumps(_call(url, 'POST', 'holds', {'state': state.upper(), **body}))}")


@main.command()
@_url
def release(url: str) -> None:
    """Let every held job go on."""
    click.echo(f"Released. Holds left: {len(_call(url, 'DELETE', 'holds')['holds'])}")


@main.command()
@_url
@click.argument("job_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(url: str, job_id: str, as_json: bool) -> None:
    """Show why a job is where it is, attempt by attempt."""
    found = _call(url, "GET", f"jobs/{urllib.parse.quote(job_id, safe=':')}/explain")
    click.echo(json.dumps(found, indent=2) if as_json else "\n".join(_explained(found)))


def _explained(found: dict[str, Any]) -> Iterator[str]:
    reason = f" ({found['statusReason']})" if "statusReason" in found else ""
    yield f"{found['jobName']} {found['jobId']}: {found['status']}{reason}"
    if found.get("children"):
        yield "children: " + ", ".join(f"{count} {status}" for status, count in found["children"].items())
    for attempt in found["attempts"]:
        code = f"exit code {attempt['exitCode']}" if "exitCode" in attempt else None
        told = [code, attempt.get("statusReason"), attempt.get("reason")]
        where = f"{attempt['status']} on {attempt['computeEnvironment']}"
        line = ", ".join([where, *(each for each in told if each)])
        yield f"attempt {attempt['attempt']} of {found['attemptsAllowed']}: {line}"
        if "why" in attempt:
            yield f"  {attempt['why']}"
    if "waits" in found:
        yield found["waits"]["why"]


@main.command()
@click.argument("operations", nargs=-1, metavar="[OPERATION]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def coverage(operations: tuple[str, ...], as_json: bool) -> None:
    """Show what of the AWS Batch API is emulated, and what is not.

    For each operation of the installed botocore: whether it is handled, input members that have no effect
    yet and output members that are never given, each with the reason.
    """
    from batchemu import coverage as found  # noqa: PLC0415

    rows = found.coverage()
    unknown = set(operations) - {row.operation for row in rows}
    if unknown:
        raise click.ClickException(f"AWS Batch has no operation {sorted(unknown)[0]}.")
    rows = [row for row in rows if not operations or row.operation in operations]
    click.echo(json.dumps(found.to_json(rows), indent=2) if as_json else "\n".join(found.in_words(rows)))
