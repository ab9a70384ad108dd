"""An emulator inside a Python program: for tests and notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu.config import Settings
from batchemu.server import Server

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


class Emulator:
    """A running emulator; a context manager."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.clock = EmulatedClock(server)

    @property
    def url(self) -> str:
        """For ``endpoint_url`` and ``AWS_ENDPOINT_URL``."""
        return self._server.url

    @property
    def plans(self) -> Plans:
        """The outcomes of jobs. Those of containers are for ``runtime="scripted"``; those of service jobs
        (``Plan(service_job=True, ...)``) hold with every runtime."""
        return self._server.plans

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
