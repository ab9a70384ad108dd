"""The control plane under ``/_batchemu/``: what a test or a person asks the emulator itself."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import BadRequest, Conflict, HTTPException, NotFound

from batchemu.core.ids import JobId
from batchemu.core.world import JobStatus, ServiceJobStatus
from batchemu.runtime.plans import Plan
from batchemu.steering import hold_from_json, hold_to_json
from batchemu.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchemu.engine.engine import Engine
    from batchemu.runtime.plans import Plans
    from batchemu.steering import Steering

PREFIX = "/_batchemu"
ALIASES = frozenset({("GET", "/_localstack/health"), ("POST", "/moto-api/reset")})
"""Paths that other emulators' users have in their scripts."""
T = TypeVar("T")
MAX_STEP = 10**9
_STATUSES: Mapping[str, JobStatus | ServiceJobStatus] = {
    **ServiceJobStatus.__members__,
    **JobStatus.__members__,
}
"""Of jobs and of service jobs, which are SCHEDULED where jobs are PENDING."""
MAX_WAIT_S = 300.0
MAX_WAITS = 16
"""Waits at a time; one more is answered at once with the status as it is, so that waits cannot take all
of the server's threads."""


def create_app(
    engine: Engine,
    *,
    session: str,
    runtime: str,
    plans: Plans,
    steering: Steering,
    scripted: bool,
    reset: Callable[[], int],
) -> Flask:
    """``runtime``: one line that describes it; ``scripted``: whether it runs plans alone."""
    app = Flask("batchemu.control", static_folder=None)
    app.register_error_handler(HTTPException, _answer_error)
    app.register_error_handler(UnicodeDecodeError, _answer_bad_query)

    @app.get(f"{PREFIX}/health")
    @app.get("/_localstack/health")
    def health() -> Response:
        return jsonify(
            status="running",
            services={"batch": "running"},
            version=__version__,
            session=session,
            runtime=runtime,
            clock=engine.clock.mode,
            live=engine.runtime.live(),
        )

    @app.post(f"{PREFIX}/reset")
    @app.post("/moto-api/reset")
    def do_reset() -> Response:
        return jsonify(status="ok", containersStopped=reset())

    _add_clock(app, engine)
    _add_jobs(app, engine)
    _add_plans(app, plans, scripted=scripted)
    _add_holds(app, steering)
    _add_scheduler(app, steering)
    return app


def _add_clock(app: Flask, engine: Engine) -> None:
    @app.get(f"{PREFIX}/clock")
    def clock() -> Response:
        return _clock_answer(engine)

    @app.post(f"{PREFIX}/clock")
    def move_clock() -> Response:
        engine.advance(_advance_ms(_body()))
        return _clock_answer(engine)


def _add_jobs(app: Flask, engine: Engine) -> None:
    may_wait = threading.BoundedSemaphore(MAX_WAITS)

    @app.get(f"{PREFIX}/jobs/<job_id>/wait")
    def wait(job_id: str) -> Response:
        statuses, timeout_s = _statuses(), _timeout_s()
        if may_wait.acquire(blocking=False):
            try:
                status = engine.wait(JobId(job_id), statuses, timeout_s)
            finally:
                may_wait.release()
        else:
            status = engine.wait(JobId(job_id), statuses, 0)
        if status is None:
            raise NotFound(f"There is no job {job_id}.")
        return jsonify(jobId=job_id, status=status)

    @app.get(f"{PREFIX}/jobs/<job_id>/explain")
    def explain_job(job_id: str) -> Response:
        why = engine.explain(JobId(job_id))
        if why is None:
            raise NotFound(f"There is no job {job_id}.")
        return jsonify(why)


def _add_plans(app: Flask, plans: Plans, *, scripted: bool) -> None:
    @app.get(f"{PREFIX}/plans")
    def list_plans() -> Response:
        return jsonify(plans=[plan.to_json() for plan in plans.all()])

    @app.post(f"{PREFIX}/plans")
    def add_plan() -> Response:
        plan = _parsed(Plan.from_json)
        if scripted and plan.real_after is not None:
            raise Conflict(
                '"realAfter" needs a runtime that runs something: start batchemu with --runtime docker.'
            )
        plans.add(plan)
        return jsonify(plan.to_json())

    @app.delete(f"{PREFIX}/plans")
    def clear_plans() -> Response:
        if request.get_data():
            plans.remove(_parsed(Plan.from_json))
        else:
            plans.clear()
        return list_plans()


def _add_holds(app: Flask, steering: Steering) -> None:
    @app.get(f"{PREFIX}/holds")
    def list_holds() -> Response:
        return jsonify(holds=[hold_to_json(hold) for hold in steering.holds])

    @app.post(f"{PREFIX}/holds")
    def add_hold() -> Response:
        hold = _parsed(hold_from_json)
        steering.hold(hold)
        return jsonify(hold_to_json(hold))

    @app.delete(f"{PREFIX}/holds")
    def release() -> Response:
        steering.release(_parsed(hold_from_json) if request.get_data() else None)
        return list_holds()


def _add_scheduler(app: Flask, steering: Steering) -> None:
    @app.get(f"{PREFIX}/scheduler")
    def scheduler() -> Response:
        return jsonify(paused=steering.paused)

    @app.post(f"{PREFIX}/scheduler")
    def steer_scheduler() -> Response:
        body = _body()
        paused, most = body.get("paused"), body.get("step")
        if list(body) == ["paused"] and isinstance(paused, bool):
            steering.pause(paused)
            return scheduler()
        if list(body) != ["step"] or type(most) is not int or not 1 <= most <= MAX_STEP:
            raise BadRequest('The body must be {"paused": true|false} or {"step": <jobs, from 1 on>}.')
        if not steering.paused:
            raise Conflict('The scheduler is not paused: POST {"paused": true} first.')
        return jsonify(paused=True, placed=steering.step(most))


def _parsed(parse: Callable[[object], T]) -> T:
    try:
        return parse(_body())
    except ValueError as error:
        raise BadRequest(str(error)) from None


def _body() -> dict[str, Any]:
    try:
        body = request.get_json(force=True, silent=True)
    except RecursionError:
        body = None
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return body


def _advance_ms(body: dict[str, Any]) -> int:
    seconds = body.get("advanceSeconds")
    if set(body) != {"advanceSeconds"} or isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise BadRequest('The body must be {"advanceSeconds": <seconds>}.')
    if not 0 <= seconds <= 3.2e9:  # false for NaN too
        raise BadRequest("advanceSeconds must be between 0 and 3.2e9: time does not go back.")
    return round(seconds * 1000)


def _clock_answer(engine: Engine) -> Response:
    now = engine.clock.now()
    return jsonify(mode=engine.clock.mode, now=now, time=datetime.fromtimestamp(now / 1000, UTC).isoformat())


def _statuses() -> list[JobStatus | ServiceJobStatus]:
    """``status=RUNNING`` (repeatable, or separated by commas); without it: until the job is over."""
    asked = [part for value in request.args.getlist("status") for part in value.split(",") if part]
    try:
        return [_STATUSES[status.upper()] for status in asked]
    except KeyError:
        raise BadRequest(f"status can be {', '.join(_STATUSES)}.") from None


def _timeout_s() -> float:
    try:
        timeout_s = float(request.args.get("timeout", "60"))
    except ValueError:
        timeout_s = -1.0
    if not 0 <= timeout_s <= MAX_WAIT_S:
        raise BadRequest(f"timeout must be between 0 and {MAX_WAIT_S:g} (real seconds).")
    return timeout_s


def _answer_error(error: HTTPException) -> tuple[Response, int]:
    return jsonify(message=error.description or error.name), error.code or 500


def _answer_bad_query(error: Exception) -> tuple[Response, int]:
    """What werkzeug raises on raw bytes in a query string that are not UTF-8."""
    return _answer_error(BadRequest("The query string must be in UTF-8."))
