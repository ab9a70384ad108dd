"""The composition root: the only place that picks real things and wires them."""

from __future__ import annotations

import contextlib
import errno
import gc
import logging
import socket
import threading
import uuid
from typing import TYPE_CHECKING, Any

import waitress
from waitress.server import TcpWSGIServer

from batchemu import control
from batchemu.aws.embedded import WAITRESS_SETTINGS, EmbeddedAws, set_up_waitress
from batchemu.aws.logs import EmbeddedLogs, MemoryLogs, log_request_target
from batchemu.aws.references import EmbeddedReferences
from batchemu.core.facts import JobQueueBlocked, JobStatusChanged, ServiceJobStatusChanged
from batchemu.core.quotas import RAISED, Quotas
from batchemu.core.world import AWS_LIKE, Delays
from batchemu.engine.clock import Clock
from batchemu.engine.engine import Engine
from batchemu.errors import SettingsError
from batchemu.guard import Guard
from batchemu.runtime import surroundings
from batchemu.runtime.planned import PlannedRuntime
from batchemu.runtime.plans import Plans
from batchemu.runtime.training import TrainingStandIn
from batchemu.steering import Steering
from batchemu.wsgi import OnePort, create_batch_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchemu.config import Settings
    from batchemu.core.facts import Fact
    from batchemu.engine.ports import JobRuntime, LogSink, References, Scope
    from batchemu.wsgi import Say

log = logging.getLogger("batchemu")

THREADS = 32
"""Requests that may wait at once: long polls, waits for a job, workflows that call back."""
BACKLOG = 1024
_EVERYWHERE = frozenset({"", "0.0.0.0", "::"})


class Server:
    """One emulator: an engine, a runtime, a port. ``start`` before use, ``close`` after."""

    def __init__(self, settings: Settings, say: Say | None = None) -> None:
        """Nothing listens yet. Raises SettingsError when something is missing or cannot be.

        ``say``: told a line for each call and each transition; None: they go to the log.
        """
        settings.check()
        self._say = say or _to_log
        self.settings = settings
        self.session = str(uuid.uuid4())
        self._port = settings.port
        self.engine = Engine(
            Clock.parse(settings.clock),
            delays=AWS_LIKE if settings.delays == "aws" else Delays(),
            quotas=Quotas() if settings.quotas == "aws" else RAISED,
            retention_ms=round(settings.retention * 86_400_000),
        )
        self.aws = EmbeddedAws(lambda: self._port) if settings.aws == "embedded" else None
        self.plans = Plans()
        self.steering = Steering(self.engine, self.plans)
        runtime, described, gateway = self._make_runtime(self._make_sink())
        self.engine.attach(runtime, TrainingStandIn(scheduler=self.engine, plans=self.plans))
        if say is not None or log.isEnabledFor(logging.INFO):
            self.engine.listen(lambda scope, facts: self._say(*[in_words(scope, fact) for fact in facts]))
        self._thread: threading.Thread | None = None
        try:
            self._http = self._bind(described)
        except SettingsError:
            self.engine.close()
            raise
        self._port = int(self._http.effective_port)
        self._bridge = listen_also(self._http, settings.host, gateway) if gateway else None

    # --- parts

    def _make_sink(self) -> LogSink:
        if self.aws is None:
            return MemoryLogs()
        return EmbeddedLogs(self.aws, self.engine.clock.emulated)

    def _make_references(self) -> References | None:
        if self.aws is None or not self.settings.strict_references:
            return None
        return EmbeddedReferences(self.aws)

    def _make_runtime(self, sink: LogSink) -> tuple[JobRuntime, str, str | None]:
        """The runtime that was asked for, imported only then; a line that describes it; the address at
        which its containers look for us, where they are told to."""
        if self.settings.runtime == "scripted":
            from batchemu.runtime.scripted import ScriptedRuntime  # noqa: PLC0415

            return ScriptedRuntime(plans=self.plans, scheduler=self.engine, sink=sink), "scripted", None
        from batchemu.runtime.docker import DockerRuntime  # noqa: PLC0415

        runtime = DockerRuntime(
            session=self.session,
            sink=sink,
            stop_grace_s=self.settings.stop_grace,
            privileged_fallback=self.settings.privileged_fallback,
            around=self._around_containers,
        )
        removed = runtime.remove_orphans()
        if removed:
            log.info("Removed %d containers that an earlier batchemu left behind.", removed)
        planned = PlannedRuntime(runtime, plans=self.plans, scheduler=self.engine, sink=sink)
        return planned, runtime.describe(), runtime.gateway() if self.settings.inject_endpoint else None

    def _around_containers(self, scope: Scope) -> tuple[surroundings.Group, ...]:
        if not self.settings.inject_endpoint:
            return ()
        return surroundings.of(scope, self._port, neighbours=self.aws is not None)

    def _bind(self, described: str) -> Any:
        guard = Guard(self.settings.host, self.settings.allowed_hosts.split(","))
        app = OnePort(
            batch=create_batch_app(self.engine, self._say, self._make_references()),
            controls=control.create_app(
                self.engine,
                session=self.session,
                runtime=described,
                plans=self.plans,
                steering=self.steering,
                scripted=self.settings.runtime == "scripted",
                reset=self.reset,
            ),
            neighbours=self.aws,
            guard=guard,
            say=self._say,
            before_reading_logs=self._refresh_logs,
        )
        return listen(app, self.settings.host, self.settings.port)

    def _refresh_logs(self, scope: Scope, body: bytes) -> None:
        group, streams = log_request_target(body)
        self.engine.runtime.refresh_logs(scope, group, streams)

    # --- life

    @property
    def url(self) -> str:
        host = self.settings.host
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
        return f"http://{shown}:{self._port}"

    def start(self) -> None:
        """Listen, in a thread of its own, and let time pass."""
        self.engine.start()
        self._thread = threading.Thread(target=self._http.run, name="batchemu-http", daemon=True)
        self._thread.start()

    def reset(self) -> int:
        """Forget everything, here and in the neighbours; how many containers were ended."""
        self.steering.forget()
        stopped = self.engine.reset()
        self.plans.clear()
        if self.aws is not None:
            self.aws.reset()
        log.info("Reset: %d containers ended.", stopped)
        return stopped

    def close(self) -> None:
        """Stop listening, end what runs, leave no container behind."""
        if self._thread is None:
            self._stop_listening()
        else:
            with contextlib.suppress(OSError):  # its loop may already be closing
                self._http.trigger.pull_trigger(self._stop_listening)
            self._thread.join(10)
            self._thread = None
        self.engine.close()

    def _stop_listening(self) -> None:
        """In the server's own thread, whose loop ends once there is nothing left to watch."""
        self._http.task_dispatcher.shutdown(cancel_pending=True, timeout=1)
        for listener in filter(None, (self._http, self._bridge)):
            for channel in list(listener.active_channels.values()):
                channel.handle_close()
            listener.close()


def listen(app: Callable[..., Any], host: str, port: int) -> Any:
    """A waitress server bound to the address. Raises SettingsError when it cannot be had."""
    try:
        server = waitress.create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            backlog=BACKLOG,
            ident="batchemu",
            clear_untrusted_proxy_headers=False,  # nothing of ours or moto's reads them
            **WAITRESS_SETTINGS,
        )
    except OSError as error:
        raise _unavailable(host, port, error) from error
    except ValueError:
        raise _unresolved(host) from None
    if not isinstance(server, TcpWSGIServer):
        server.close()
        raise SettingsError(f"The host {host!r} means several addresses: name one, e.g. 127.0.0.1.")
    set_up_waitress(server)
    return server


def listen_also(first: Any, host: str, address: str) -> Any | None:
    """Listen at the same port of another ``address`` of this machine, in the threads of the first, which
    listens on ``host``; None where that cannot be.

    On Linux a container cannot reach the host's loopback. The address of the engine's bridge it can, and
    nobody outside this machine can. Docker Desktop has no such address here, and needs none.
    """
    if host in _EVERYWHERE:
        return None
    try:
        bound = socket.create_server((address, int(first.effective_port)))
    except OSError as error:
        log.info("Not listening on %s for containers: %s", address, error.strerror or error)
        return None
    server: Any = waitress.create_server(
        first.application,
        map=first._map,
        _dispatcher=first.task_dispatcher,
        sockets=[bound],
        backlog=BACKLOG,
        clear_untrusted_proxy_headers=False,
        **WAITRESS_SETTINGS,
    )
    set_up_waitress(server)
    return server


def _unresolved(host: str) -> SettingsError:
    return SettingsError(f"The host {host!r} cannot be resolved: use an address of this machine.")


def _unavailable(host: str, port: int, error: OSError) -> SettingsError:
    if error.errno == errno.EADDRINUSE:
        return SettingsError(
            f"Port {port} is taken on {host}: stop what listens there, or choose another with --port "
            "(--port 0 takes a free one)."
        )
    if error.errno == errno.EACCES:
        return SettingsError(f"Port {port} needs privileges: choose one above 1023 with --port.")
    if isinstance(error, socket.gaierror):
        return _unresolved(host)
    return SettingsError(f"Cannot listen on {host}:{port}: {error.strerror or error}.")


def tune_collector() -> None:
    """Keep the garbage collector from walking every stored job at each collection.

    For a process that is ours alone: what is frozen is never collected.

    Measured on a server that keeps its jobs in memory: the 99th percentile of a request falls from
    30 ms to 3 ms.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _to_log(*lines: str) -> None:
    for line in lines:
        log.info("%s", line)


def in_words(scope: Scope, fact: Fact) -> str:
    """One line for a transition."""
    if isinstance(fact, JobStatusChanged | ServiceJobStatusChanged):
        reason = f" ({fact.reason})" if fact.reason else ""
        before = f"{fact.before} -> " if fact.before else ""
        kind = "job" if isinstance(fact, JobStatusChanged) else "service job"
        return f"{kind} {fact.job_id} {fact.job_name}: {before}{fact.after}{reason}"
    if isinstance(fact, JobQueueBlocked):
        return (
            f"{_tail(scope, fact.queue_arn)} is blocked by job {fact.job_id} {fact.job_name}: {fact.reason}"
        )
    return f"{_tail(scope, fact.arn)}: {fact.after or 'gone'}"


def _tail(scope: Scope, arn: str) -> str:
    return arn.partition(scope.account + ":")[2]
