"""One thread on the engine's stream of events, for every container of a session."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from batchemu.runtime.docker_engine import Away, Refused, TimedOut

if TYPE_CHECKING:
    from collections.abc import Callable

    from docker.types import CancellableStream

    from batchemu.runtime.docker_engine import Engine

log = logging.getLogger("batchemu.runtime")

_KINDS = ("die", "oom", "kill")
_NS = 1_000_000_000
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 5.0


class Watcher:
    """Calls ``on_event`` for each event, and ``on_return`` each time the stream was broken and is back.

    The engine remembers its last 256 events only, so what happened meanwhile is not to be learnt
    from a replay: ``on_return`` must look at the containers. It is called after the new stream is
    open, so that nothing falls between.
    """

    def __init__(
        self,
        engine: Engine,
        label: str,
        on_event: Callable[[dict[str, Any]], None],
        on_return: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._label = label
        self._on_event = on_event
        self._on_return = on_return
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._stream: CancellableStream[dict[str, Any]] | None = None
        # The engine sends its answer's head before it subscribes us; asking from a moment ago on
        # closes that gap, and an event that comes twice does no harm.
        self._since = str(engine.time() - 1)
        self._open()
        self._thread = threading.Thread(target=self._run, name="batchemu-docker-events", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Break the stream and join the thread."""
        with self._lock:
            self._closing.set()
            self._cut()
        self._thread.join()

    def _open(self) -> None:
        stream = self._engine.events(self._label, _KINDS, self._since)
        with self._lock:
            self._stream = stream
            if self._closing.is_set():
                self._cut()

    def _cut(self) -> None:
        """Shut the socket that the thread reads from; the reading ends."""
        if self._stream is not None:
            try:
                self._stream.close()
            except (OSError, AttributeError):
                log.debug("the event stream was closed already", exc_info=True)

    def _give_up(self) -> None:
        """Cut a stream that is not going to be read, and read its end: that closes the connection."""
        with self._lock:
            self._cut()
            stream, self._stream = self._stream, None
        for _ in stream or ():
            pass

    def _run(self) -> None:
        while True:
            self._read()
            if self._closing.is_set() or not self._reopen():
                return

    def _read(self) -> None:
        """Pass events on until the stream ends."""
        try:
            for event in self._stream or ():
                if at := event.get("timeNano"):
                    self._since = f"{at // _NS}.{at % _NS:09d}"
                try:
                    self._on_event(event)
                except Exception:
                    log.exception("unexpected failure at the event %s", event)
        except Exception as error:  # whatever a half-received event makes of the JSON decoder
            if not self._closing.is_set():
                log.debug("reading the engine's events: %r", error)

    def _reopen(self) -> bool:
        """Wait until the engine is back; False when we are closing."""
        log.warning("the Docker engine's event stream broke; reconnecting")
        wait_s = _FIRST_WAIT_S
        while not self._closing.wait(wait_s):
            try:
                self._open()
                self._on_return()
            except (Refused, TimedOut, Away) as error:
                log.debug("no Docker engine yet: %s", error)
                self._give_up()
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            else:
                log.warning("the Docker engine's event stream is back")
                return True
        return False
