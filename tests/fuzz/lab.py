"""One emulator without a socket, and what must hold after every request that it gets."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import pickle
import signal
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from batchemu import control
from batchemu.aws.logs import MemoryLogs
from batchemu.core import invariants
from batchemu.core.world import Delays, JobDefinition, World
from batchemu.engine.clock import Clock
from batchemu.engine.engine import Engine
from batchemu.guard import Guard
from batchemu.runtime.plans import Plans
from batchemu.runtime.scripted import ScriptedRuntime
from batchemu.steering import Steering
from batchemu.wire.model import http_trait
from batchemu.wsgi import OnePort, create_batch_app
from tests.clients import tour
from tests.clients.play import filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.clients.tour import Step

HOST = "127.0.0.1:4580"
START_MS = 1_800_000_000_000
LIMIT_S = 10.0
"""Longer than this is a hang."""
FINE = frozenset({200, 400, 403, 404, 405, 409, 413, 415, 501})
MAY_SAY_501 = ("batchemu does not implement ", "This batchemu serves AWS Batch only")
READS = ("Describe", "List", "Get")


@dataclass(frozen=True, kw_only=True)
class Request:
    method: str
    path: str
    body: bytes = b""
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


Asked = Request | tuple[str, dict[str, Any]]
"""A request, or an operation with its members, in which ``${name.member}`` stands for an answer's."""


def request_for(operation: str, params: dict[str, Any]) -> Request:
    """The request that a client makes of an operation's members, whatever they are."""
    method, template = http_trait(operation)
    if "{" not in template:
        return Request(method=method, path=template, body=json.dumps(params).encode())
    body = dict(params)
    arn, keys = body.pop("resourceArn", ""), body.pop("tagKeys", [])
    keys = keys if isinstance(keys, list) else [keys]
    query = "&".join(f"tagKeys={quote(str(key), errors='surrogatepass')}" for key in keys)
    path = template.replace("{resourceArn}", arn if isinstance(arn, str) else json.dumps(arn))
    return Request(method=method, path=path, body=json.dumps(body).encode() if body else b"", query=query)


MAKERS = (
    "CreateComputeEnvironment",
    "CreateServiceEnvironment",
    "CreateSchedulingPolicy",
    "CreateConsumableResource",
    "CreateJobQueue",
    "CreateQuotaShare",
    "RegisterJobDefinition",
    "SubmitJob",
    "SubmitServiceJob",
)
POPULATION: list[Step] = [tour.RUNS, tour.TRAINS]
"""What the requests find there: all that the tours make, each kind ready before the next."""
for maker in MAKERS:
    steps = [step for steps in tour.TOURS.values() for step in steps if step.get("call") == maker]
    POPULATION += [step for step in steps if "fails" not in step]
    if not maker.startswith("Submit"):
        POPULATION.append(tour.advance(30))


class Lab:
    """``send`` asks and checks; ``count`` tells how many requests that were."""

    def __init__(self, delays: Delays) -> None:
        self.count = 0
        self.engine = Engine(Clock(START_MS, rate=0), delays=delays)
        self.plans = Plans()
        self.steering = Steering(self.engine, self.plans)
        self.engine.attach(ScriptedRuntime(plans=self.plans, scheduler=self.engine, sink=MemoryLogs()))
        self.app = OnePort(
            batch=create_batch_app(self.engine, lambda *lines: None),
            controls=control.create_app(
                self.engine,
                session="fuzz",
                runtime="scripted",
                plans=self.plans,
                steering=self.steering,
                scripted=True,
                reset=self._reset,
            ),
            neighbours=None,
            guard=Guard("127.0.0.1"),
            say=lambda *lines: None,
        )
        self.kept: dict[str, Any] = {}
        self._picture = b""

    def populate(self) -> None:
        """Begin again with the same small world."""
        self._reset()
        self.kept.clear()
        for step in POPULATION:
            if "control" in step:
                method, path, body = step["control"]
                self.ask(Request(method=method, path=f"/_batchemu/{path}", body=json.dumps(body).encode()))
                continue
            answer = self.ask(request_for(step["call"], filled(step["with"], self.kept)))
            if answer.status == 200 and "as" in step:
                self.kept[step["as"]] = answer.json()
        self._picture = self.picture()

    def _reset(self) -> int:
        self.steering.forget()
        self.plans.clear()
        return self.engine.reset()

    def ask(self, request: Request) -> Answer:
        """What the application answers; no socket, and no client that would tidy the request up."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": request.path.encode("utf-8", "surrogatepass").decode("latin-1"),
            "QUERY_STRING": request.query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "4580",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": HOST,
            "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.input_terminated": True,
            "wsgi.url_scheme": "http",
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.version": (1, 0),
            **request.headers,
        }
        head: list[Any] = []
        body = self.app(environ, lambda status, headers, exc_info=None: head.extend((status, headers)))  # type: ignore[arg-type]
        content = b"".join(body)
        return Answer(int(head[0].split()[0]), {name.lower(): value for name, value in head[1]}, content)

    def send(self, request: Request, operation: str = "") -> Answer:
        """Ask, and check what must hold whatever was asked."""
        self.count += 1
        with _at_most(LIMIT_S):
            answer = self.ask(request)
        check_answer(request, answer)
        before, self._picture = self._picture, self.picture()
        if answer.status != 200 or operation.startswith(READS):
            assert self._picture == before, f"{answer.status}, but something changed: {request}"
        else:
            for world in self.engine._worlds.values():
                invariants.check(world)
        nxt = self.ask(request_for("DescribeJobQueues", {}))
        assert nxt.status == 200, f"no answer after {request}: {nxt}"
        return answer

    def play(self, row: Sequence[Asked]) -> Exception | None:
        """Send a row to the world that ``populate`` makes; what did not hold after the last one sent."""
        self.populate()
        for asked in row:
            try:
                if isinstance(asked, Request):
                    self.send(asked)
                else:
                    operation, params = asked
                    self.send(request_for(operation, filled(params, self.kept)), operation)
            except Exception as error:
                return error
        return None

    def shortened(self, row: Sequence[Asked]) -> list[Asked]:
        """The row without the requests that its failure does not need."""
        left = list(row)
        logging.disable(logging.CRITICAL)  # the log has told it once
        for asked in row:
            fewer = [each for each in left if each is not asked]
            if self.play(fewer) is not None:
                left = fewer
        return left

    def picture(self) -> bytes:
        """Everything that a request could change, as bytes: two of them are quickly compared."""
        clock = self.engine.clock
        worlds = {scope: world for scope, world in self.engine._worlds.items() if _is_used(world)}
        buffer = io.BytesIO()
        pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
        pickler.dispatch_table = {JobDefinition: _without_cache}
        pickler.dump((worlds, clock.now(), clock.next_due(), self.plans.all(), self.steering.holds))
        return buffer.getvalue()


def check_answer(request: Request, answer: Answer) -> None:
    """Never a 500; what is refused says so in an envelope."""
    assert answer.status in FINE, (request, answer)
    if request.method == "HEAD":
        assert answer.body == b""
        return
    if answer.status == 200 or request.path.startswith("/_batchemu/"):
        return
    message = answer.json()["message"]
    assert message, (request, answer)
    assert "Traceback" not in message, (request, answer)
    assert answer.status != 501 or message.startswith(MAY_SAY_501), (request, answer)


def _is_used(world: World) -> bool:
    """Whoever only looks makes an empty world, which is as good as none."""
    return world != World(
        account=world.account,
        region=world.region,
        delays=world.delays,
        quotas=world.quotas,
        retention_ms=world.retention_ms,
    )


def _without_cache(definition: JobDefinition) -> Any:
    """A definition is resolved when somebody first asks, also by a request that is refused then."""
    return tuple, (
        [getattr(definition, each.name) for each in fields(definition) if each.name != "resolved"],
    )


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def late(number: int, frame: object) -> None:
        raise TimeoutError(f"no answer in {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
