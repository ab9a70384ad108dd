"""An emulator inside a Python program: for tests and notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu.config import Settings
from batchemu.core.holds import Hold
from batchemu.core.ids import JobId
from batchemu.core.world import JobStatus
from batchemu.server import Server
from batchemu.steering import STATES

if TYPE_CHECKING:
    from types import TracebackType

    from batchemu.core.ids import Millis
    from batchemu.runtime.plans import Plans


class EmulatedClock:
    """The emulator's time."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def now(self) -> Millis:
        """Milliseconds since the epoch, as every timestamp of AWS Batch."""
        return self._server.engine.clock.now()

    def advance(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> Millis:
        """Move the clock forward; everything that falls due on the way happens. Returns the new time."""
        total_s = seconds + 60 * minutes + 3600 * hours + 86_400 * days
        if total_s < 0:
            raise ValueError("time does not go back")
        return self._server.engine.advance(round(total_s * 1000))


class EmulatedScheduler:
    """The emulator's schedulers, in every account and region."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @property
    def paused(self) -> bool:
        return self._server.steering.paused

    def pause(self) -> None:
        """Place nothing from now on."""
        self._server.steering.pause(True)

    def resume(self) -> None:
        self._server.steering.pause(False)

    def step(self, most: int = 1) -> int:
        """Place at most so many jobs while paused; how many were placed. Raises ValueError below 1."""
        if most < 1:
            raise ValueError(f"A step places at least one job, not {most}.")
        if not self.paused:
            raise RuntimeError("the scheduler is not paused")
        return self._server.steering.step(most)


class Emulator:
    """A running emulator; a context manager."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.clock = EmulatedClock(server)
        self.scheduler = EmulatedScheduler(server)

    @property
    def url(self) -> str:
        """For ``endpoint_url`` and ``AWS_ENDPOINT_URL``."""
        return self._server.url

    @property
    def plans(self) -> Plans:
        """The outcomes of jobs, on every runtime; those of service jobs: ``Plan(service_job=True, ...)``."""
        return self._server.plans

    def hold(self, state: str, **patterns: Any) -> Hold:
        """Keep jobs in ``state`` until they are released; ``patterns`` as in ``Hold``: ``job_name="n*"``."""
        if state not in STATES:
            raise ValueError(f"A job is held in one of {', '.join(STATES)}, not in {state!r}.")
        hold = Hold(state=JobStatus(state), **patterns)
        self._server.steering.hold(hold)
        return hold

    def release(self, hold: Hold | None = None) -> int:
        """Let go what a hold keeps, None: all; how many holds that were."""
        return self._server.steering.release(hold)

    def explain(self, job_id: str) -> dict[str, Any]:
        """Why a job is where it is, attempt by attempt. Raises KeyError when there is none."""
        why = self._server.engine.explain(JobId(job_id))
        if why is None:
            raise KeyError(job_id)
        return why

    def client(self, service: str = "batch", *, region: str = "us-east-1", account: str | None = None) -> Any:
        """A boto3 client of any service of this emulator; ``account``: 12 digits, another account."""
        import boto3  # noqa: PLC0415

        make: Any = boto3.client  # its stubs want a literal service
        return make(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=account or "test",
            aws_secret_access_key="test",
        )

    def reset(self) -> int:
        """Forget everything; how many containers were ended."""
        return self._server.reset()

    def stop(self) -> None:
        self._server.close()

    def __enter__(self) -> Emulator:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def start(**settings: Any) -> Emulator:
    """Start an emulator on a free loopback port (unless ``port`` says otherwise).

    Settings are those of ``batchemu serve`` with underscores, e.g. ``runtime="scripted"``,
    ``clock="manual"``. Raises SettingsError with one sentence when it cannot start.
    """
    server = Server(Settings.load({"port": 0, **settings}))
    server.start()
    return Emulator(server)
