"""One endpoint: a boto3 client that checks nothing itself, raw requests, a control plane if there is one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session

from conformance.expect import Mismatch, NotApplicable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.settings import Settings

PROGRAMS: Mapping[str, tuple[str, *tuple[dict[str, Any], ...]]] = {
    "succeeds": ("exit 0", {"exitCode": 0}),
    "fails": ("exit 3", {"exitCode": 3}),
    "sleeps": ("sleep 600", {"durationSeconds": 600}),
    "tries-twice": (
        'test "$AWS_BATCH_JOB_ATTEMPT" = 2 || exit 3',
        {"exitCode": 3, "attempt": 1},
        {"attempt": 2},
    ),
    "fails-late": ("sleep 45; exit 3", {"durationSeconds": 45, "exitCode": 3}),
    "is-told": (
        'test "$AWS_BATCH_JQ_NAME" = "$QUEUE" && test "$AWS_BATCH_CE_NAME" = "$ENVIRONMENT"'
        ' && test -n "$AWS_BATCH_JOB_ID" && test "$AWS_BATCH_JOB_ATTEMPT" = 1',
        {"exitCode": 0},
    ),
}
"""What the jobs of the kit do, in a shell and as plans of batchemu's scripted runtime (by job name)."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An HTTP answer as it came."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """The body; ValueError when it is not JSON."""
        return json.loads(self.content)


class Endpoint:
    """``name`` heads its column of the report."""

    def __init__(self, name: str, url: str, settings: Settings) -> None:
        self.name = name
        self.url = url.rstrip("/")
        self.settings = settings
        self._http = URLLib3Session(timeout=round(settings.timeout_s))
        found = boto3.session.Session().get_credentials()
        self._credentials = found.get_frozen_credentials() if found else Credentials("test", "test")
        self.client = self._client()
        self.health = self._health()
        if self.is_batchemu and str(self.health.get("runtime", "")).startswith("scripted"):
            self._plan()

    def _client(self) -> Any:
        """Sends whatever it is given: the endpoint's checks are under test, not botocore's."""
        make: Any = boto3.client
        client = make(
            "batch",
            endpoint_url=self.url,
            region_name=self.settings.region,
            aws_access_key_id=self._credentials.access_key,
            aws_secret_access_key=self._credentials.secret_key,
            aws_session_token=self._credentials.token,
            config=Config(
                parameter_validation=False,
                retries={"total_max_attempts": self.settings.attempts, "mode": "standard"},
                connect_timeout=self.settings.timeout_s,
                read_timeout=self.settings.timeout_s,
            ),
        )
        client.meta.events.register("after-call.batch", _check_body)
        return client

    def raw(self, path: str, data: bytes, method: str = "POST") -> RawAnswer:
        """A signed request of this very body."""
        headers = {"Content-Type": "application/json"}
        request = AWSRequest(method=method, url=self.url + path, data=data, headers=headers)
        SigV4Auth(self._credentials, "batch", self.settings.region).add_auth(request)
        answer = self._http.send(request.prepare())
        return RawAnswer(answer.status_code, answer.headers, answer.content)

    # --- batchemu's control plane

    @property
    def is_batchemu(self) -> bool:
        return bool(self.health)

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """GET, or POST of ``body``; NotApplicable where there is no control plane."""
        if not self.is_batchemu:
            raise NotApplicable("the endpoint has no control plane of batchemu's")
        return self._control(path, body)

    def _control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        url = f"{self.url}/_batchemu/{path}"
        data = None if body is None else json.dumps(body).encode()
        request = AWSRequest(method="GET" if body is None else "POST", url=url, data=data)
        answer = self._http.send(request.prepare())
        return json.loads(answer.content) if answer.status_code == 200 else {}

    def _health(self) -> dict[str, Any]:
        """Empty for anything that is not batchemu; AWS is not asked."""
        if "amazonaws." in self.url:
            return {}
        try:
            found = self._control("health")
        except (HTTPClientError, ValueError):
            return {}
        return found if isinstance(found, dict) and "runtime" in found else {}

    def _plan(self) -> None:
        planned = self.control("plans").get("plans", [])
        for name, (_, *outcomes) in PROGRAMS.items():
            for outcome in outcomes:
                plan = {"jobName": f"{name}-*", **outcome}
                if plan not in planned:
                    self._control("plans", plan)

    def close(self) -> None:
        self.client.close()
        self._http.close()


def _check_body(http_response: Any, **others: object) -> None:
    """A JSON object: botocore takes a page of HTML with status 200 for an answer without members."""
    try:
        body = json.loads(http_response.content or b"{}")  # as botocore reads no body
    except ValueError:
        body = None
    if http_response.status_code == 200 and not isinstance(body, dict):
        raise Mismatch(f"the answer is no JSON object: {http_response.content[:100]!r}")
