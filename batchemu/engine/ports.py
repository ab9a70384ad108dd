"""The ports: what the engine asks of the world outside, and how the world answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from batchemu.core.records import tuple_like

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batchemu.core.effects import AttemptKey, StartContainer, StartTraining
    from batchemu.core.trainings import TrainingStatus


class Scope(NamedTuple):
    """One account in one region: nothing in AWS Batch crosses that border."""

    account: str
    region: str


class LogStream(NamedTuple):
    """A CloudWatch Logs stream, fully named."""

    scope: Scope
    group: str
    name: str


@tuple_like
class LogLine:
    """One line of a container's output, without its line end."""

    wall_ms: int
    """When the container wrote it, by the host's clock: milliseconds since the epoch."""
    text: str


class Reporter(Protocol):
    """How a runtime answers. Safe to call from any thread, in any order, more than once:
    the core ignores what comes too late."""

    def started(self, runtime_id: str, wall_ms: int | None = None) -> None:
        """The attempt's container runs.

        ``runtime_id``: the runtime's own name of it. ``wall_ms``: when it began, by the host's
        clock; None means now.
        """

    def exited(
        self,
        exit_code: int | None,
        *,
        reason: str | None = None,
        status_reason: str | None = None,
        wall_ms: int | None = None,
    ) -> None:
        """The attempt is over and everything that it printed has been handed to the log sink.

        ``exit_code`` None: the container never started, ``reason`` says why in ECS's words
        (``CannotPullContainerError: ...``). ``reason`` with a code: e.g. ``OutOfMemoryError: ...``.
        ``status_reason``: the attempt's, where it is not the usual one, e.g. of one that was lost with
        its host and has no exit code either.
        """


class JobRuntime(Protocol):
    """Runs containers. One instance serves every account and region of a server."""

    def start(self, scope: Scope, container: StartContainer, report: Reporter) -> None:
        """Begin to run one attempt; returns at once. Failures are reported, never raised."""

    def stop(self, key: AttemptKey, *, at_once: bool = False) -> None:
        """SIGTERM, then SIGKILL after the grace period; returns at once, may come before the
        container exists, may come twice. The end is reported by ``exited``.

        ``at_once``: SIGKILL without a grace period.
        """

    def refresh_logs(self, scope: Scope, group: str | None, streams: Sequence[str]) -> None:
        """Hand the lines that running containers have written so far to the log sink, before
        returning. Restricted to ``group`` and ``streams`` where given (None, (): all)."""

    def live(self) -> int:
        """How many attempts are under way in real time (a scripted one never counts)."""

    def reset(self) -> int:
        """Kill and remove every container of this session; how many there were. Nothing is reported
        for them afterwards."""

    def close(self) -> None:
        """As ``reset``, and give back threads and connections."""


class TrainingReporter(Protocol):
    """How whoever runs training jobs answers. Safe to call from any thread; what is late is ignored."""

    def progressed(
        self, status: TrainingStatus, reason: str | None = None, *, status_reason: str | None = None
    ) -> None:
        """``reason``: why it Failed, in Amazon SageMaker's words; ``status_reason``: in words of ours."""


class TrainingService(Protocol):
    """Runs the training jobs of service jobs: Amazon SageMaker, or what stands in for it."""

    def start(self, training: StartTraining, report: TrainingReporter) -> None:
        """Begin one attempt; returns at once. Failures are reported, never raised."""

    def stop(self, key: AttemptKey) -> None:
        """StopTrainingJob; returns at once. The end is reported."""

    def reset(self) -> None:
        """Forget what runs; nothing is reported for it afterwards."""


class LogSink(Protocol):
    """Where the lines of containers go."""

    def open(self, stream: LogStream, *, create_group: bool) -> None:
        """Make the stream exist, as the awslogs driver does when a container starts.

        ``create_group``: make the group too. Raises LookupError when the group is missing and may not
        be created.
        """

    def put(self, stream: LogStream, lines: Sequence[LogLine]) -> None:
        """Append lines, oldest first, to a stream that was opened."""


class Scheduler(Protocol):
    """Emulated time for those ports that need it (the scripted runtime's durations)."""

    def call_later(self, delay_ms: int, action: Callable[[], None]) -> None:
        """Run ``action`` once the engine's clock has moved on by ``delay_ms``."""


class References(Protocol):
    """Knows whether the resources of other services that a compute environment names exist."""

    def fault(self, scope: Scope, environment: Mapping[str, Any]) -> str | None:
        """What AWS would find wrong, as the statusReason of an INVALID environment; None: nothing.

        ``environment``: ``serviceRole``, ``computeResources`` and ``eksConfiguration``, each where known.
        """
