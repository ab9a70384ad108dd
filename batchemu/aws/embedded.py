"""Every AWS service that is not Batch, served by moto in this process.

Three things about moto 5.2.5 shape this module:

* It costs 60 MB and half a second before it answers anything, so it is imported by the first request.
* Its state is global to the process. Two ``EmbeddedAws`` in one process share buckets, roles and log
  groups, and ``MOTO_PORT`` is the port of the one that was loaded last.
* It was written for one request at a time; see ``Turn`` for what is done about that.

CORS: moto lets any origin in. batchemu refuses foreign origins before a request comes here.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import threading
import time
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, get_header_lines
from waitress.task import WSGITask

from batchemu.aws.logs import as_moto_reads, reads_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LOG = logging.getLogger("batchemu.aws")

PRESERVED_HEADER_NAMES = "moto.preserved_header_names"
"""moto's key for the original spelling of headers (``moto/core/request.py``); a test compares the two,
because moto must not be imported for it."""

CALLS_OUT = frozenset({"sqs", "lambda", "states", "execute-api"})
"""Signing names of the services whose calls wait by design: an SQS long poll, a Lambda, a workflow or an
integration of API Gateway that runs during its request and may call our own port."""

WAITRESS_SETTINGS: Mapping[str, Any] = {
    "connection_limit": 10_000,
    "asyncore_use_poll": True,
    "max_request_body_size": 5 * 2**30 + 1,
}
"""For ``waitress.create_server``. By itself it takes 100 connections, and each SDK client keeps one open:
the next waits for ever (seen). ``select`` stops at 1,024. waitress takes bodies under 1 GiB, S3 up to 5
(https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html)."""

UNSIGNED = (
    "403",
    "MissingAuthenticationToken",
    "Request is missing Authentication Token: it is not signed, and its path is not one of AWS Batch's.",
)
"""For an unsigned request that nobody can make sense of (moto takes it for a browser's S3 form)."""

_ACCOUNT_IN_HEADER = re.compile(r"(?:Credential=|^AWS )(\d{12})[/:]")
_ACCOUNT_IN_QUERY = re.compile(
    r"(?:^|&)(?:X-Amz-Credential|AWSAccessKeyId)=(\d{12})(?=%2F|/|&|$)", re.IGNORECASE
)
_SCOPE = re.compile(r"Credential=[^/,]+/[^/,]+/(?P<region>[^/,]+)/(?P<service>[^/,]+)/aws4_request")

_METADATA_HEADER = re.compile(rb"^X-Amz-Meta-[^:]*", re.MULTILINE)
_SIGNED_FOR = "batchemu.signed_for"
_FORM = "application/x-www-form-urlencoded"

_XML_ERROR = "<Error><Code>{code}</Code><Message>{message}</Message></Error>"
_XML_ENVELOPES = {"s3": _XML_ERROR, "ec2": f"<Response><Errors>{_XML_ERROR}</Errors></Response>"}
_XML_ENVELOPE = f"<ErrorResponse>{_XML_ERROR}</ErrorResponse>"


class Turn:
    """One caller inside moto at a time, for as long as that one is quick.

    moto's backends iterate dictionaries that other threads change (``dictionary changed size during
    iteration``, HTTP 500), and only its dispatcher and a few queues lock anything. A plain lock would
    end that and begin something worse: a Lambda behind an S3 notification, a custom resource of a
    stack, an event for an API destination, an SNS subscription by HTTP call us back while the request
    that caused them is still open, and would wait for ever.

    So the turn is taken from whoever has held it for ``patience_s``: from then on that caller runs
    beside the others, as it always did in moto. Nothing can deadlock, the worst is one delay of
    ``patience_s``. Services that wait by design never take a turn (``CALLS_OUT``), so that a long
    poll costs nobody anything. Eight clients at once, measured: 390 requests a second without turns,
    580 with (moto is pure Python, the interpreter runs only one thread of it anyway), and the errors
    above are gone.
    """

    def __init__(self, patience_s: float = 1.0) -> None:
        self._patience_s = patience_s
        self._changed = threading.Condition()
        self._owner: int | None = None
        self._until = 0.0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Hold the turn; a caller that holds it already just goes on."""
        me = threading.get_ident()
        if self._owner == me:
            yield
            return
        with self._changed:
            while self._owner is not None and (rest := self._until - time.monotonic()) > 0:
                self._changed.wait(rest)
            self._owner, self._until = me, time.monotonic() + self._patience_s
        try:
            yield
        finally:
            with self._changed:
                if self._owner == me:
                    self._owner = None
                    self._changed.notify()


class EmbeddedAws:
    """A WSGI application in front of moto, which is imported when it is first needed."""

    def __init__(self, port: Callable[[], int]) -> None:
        """``port``: where this process listens, asked when moto is loaded: Step Functions and Lambda
        inside moto call back to it."""
        self._port = port
        self._loading = threading.RLock()
        self._app: WSGIApplication | None = None
        self._ready = False
        self._eager_policies = False
        self._at_load: list[Callable[[], None]] = []
        self._at_reset: list[Callable[[], None]] = []
        self.turn = Turn()

    @property
    def loaded(self) -> bool:
        """Whether moto is there. True already while the callbacks of ``on_load`` run."""
        return self._app is not None

    def on_load(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` once moto is there and before the first request reaches it."""
        self._at_load.append(callback)

    def on_reset(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` at each reset, before moto forgets."""
        self._at_reset.append(callback)

    def load(self) -> None:
        """Import moto, once, whoever comes first; the others wait until it is complete."""
        if self._ready:
            return
        with self._loading:
            if self._app is not None:
                return
            self._set_environment()
            self._app = _moto_application()
            for callback in self._at_load:
                callback()
            self._ready = True

    def _set_environment(self) -> None:
        """Tell moto what it reads from the process's environment.

        ``MOTO_ACCOUNT_ID`` would beat the caller's access key (``moto/core/responses.py``,
        ``get_current_account``) and goes. Who sets ``MOTO_IAM_LOAD_MANAGED_POLICIES`` gets moto's own
        way of loading them, or none (see ``_load_managed_policies`` for ours).
        """
        os.environ["MOTO_PORT"] = str(self._port())
        os.environ.pop("MOTO_ACCOUNT_ID", None)
        self._eager_policies = "MOTO_IAM_LOAD_MANAGED_POLICIES" in os.environ

    def reset(self) -> None:
        """Forget everything in every account and region, as POST /moto-api/reset does."""
        for callback in self._at_reset:
            callback()
        if not self.loaded:
            return
        from moto.moto_api._internal.models import moto_api_backend  # noqa: PLC0415

        with self.turn():
            moto_api_backend.reset()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.load()
        region, service = _prepare(environ)
        if service in CALLS_OUT:
            return self._answer(environ, start_response, region, service)
        with self.turn():
            return self._answer(environ, start_response, region, service)

    def _answer(
        self, environ: WSGIEnvironment, start_response: StartResponse, region: str, service: str
    ) -> Iterable[bytes]:
        """Ask moto; what it raises becomes an error that an SDK can read.

        moto's Flask applications run with ``debug`` and let exceptions through; a NotImplementedError
        is an operation or a target that moto lacks: 501, which no SDK retries.
        """
        assert self._app is not None
        try:
            if service == "logs" and reads_logs(environ.get("HTTP_X_AMZ_TARGET", "")):
                _reword_logs_request(environ, region)
            if service == "iam" and not self._eager_policies:
                _load_managed_policies(environ, region)
            return self._app(environ, start_response)
        except NotImplementedError as error:
            message = f"{error or 'not implemented'} (batchemu answers {service} with moto)"
            return _refuse(environ, start_response, service, ("501", "NotImplemented", message))
        except Exception as error:
            target = environ.get("HTTP_X_AMZ_TARGET") or environ.get("PATH_INFO")
            LOG.warning("moto failed at %s %s (%s): %r", environ["REQUEST_METHOD"], target, service, error)
            LOG.debug("moto's traceback", exc_info=True)
            failure = ("500", "InternalFailure", f"moto failed: {error!r}")
            return _refuse(environ, start_response, service, failure if service else UNSIGNED)


def _moto_application() -> WSGIApplication:
    """moto's dispatcher, made silent and quick.

    Its own ``get_backend_for_host`` prints to the terminal for a service that moto lacks, and walks
    through 300 patterns and moto's directory at each request; a host always has the same backend.
    """
    from moto import backend_index, backends  # noqa: PLC0415
    from moto.moto_server import werkzeug_app  # noqa: PLC0415

    logging.getLogger("moto").addHandler(logging.NullHandler())
    modules = frozenset(backends.list_of_moto_modules())
    known: dict[str, str | None] = {}

    class Dispatcher(werkzeug_app.DomainDispatcherApplication):
        def get_backend_for_host(self, host: str | None) -> str | None:
            if host is None or host == "moto_api" or host in modules:
                return host
            if host not in known:
                patterns = backend_index.backend_url_patterns
                known[host] = next((name for name, url in patterns if url.match(f"http://{host}")), None)
            if known[host] is None:
                raise NotImplementedError(f"No service answers at {host}")
            return known[host]

        def get_application(self, environ: WSGIEnvironment) -> Any:
            """An S3 key may be called ``moto-api/reset`` or ``latest/api/x`` (virtual-host style: the
            whole path is the key); a request signed for S3 goes to S3."""
            path = environ.get("PATH_INFO", "")
            if environ.get(_SIGNED_FOR) == "s3" and not path.startswith("/v20180820/"):
                environ = {**environ, "PATH_INFO": "/"}
            return super().get_application(environ)

    application: WSGIApplication = Dispatcher(werkzeug_app.create_backend_app)
    return application


def _prepare(environ: WSGIEnvironment) -> tuple[str, str]:
    """Add to a plain WSGI environment what moto wants to know; region and service of the request.

    * ``RAW_URI``, the path before decoding: S3 keys hold encoded slashes. waitress calls it
      ``REQUEST_URI`` (werkzeug's server and gunicorn give both).
    * ``x-moto-account-id``: a 12-digit access key id selects that account.
    * ``Authorization`` for a presigned call of a service other than S3 (STS GetCallerIdentity, as
    """
    if "REQUEST_URI" in environ:
        environ.setdefault("RAW_URI", environ["REQUEST_URI"])
    query = environ.get("QUERY_STRING", "")
    authorization = environ.get("HTTP_AUTHORIZATION", "")
    account = _ACCOUNT_IN_HEADER.search(authorization) or _ACCOUNT_IN_QUERY.search(query)
    if account:
        environ.setdefault("HTTP_X_MOTO_ACCOUNT_ID", account[1])
    if not authorization and "X-Amz-Credential=" in query:
        authorization = f"AWS4-HMAC-SHA256 Credential={parse_qs(query)['X-Amz-Credential'][0]}, Signature=0"
        if not authorization.split(",")[0].endswith("/s3/aws4_request"):
            environ["HTTP_AUTHORIZATION"] = authorization
    scope = _SCOPE.search(authorization)
    region, service = (scope["region"], scope["service"]) if scope else ("us-east-1", "")
    environ[_SIGNED_FOR] = service
    puts = environ["REQUEST_METHOD"] == "PUT" and service in {"s3", ""}
    if puts and environ.get("CONTENT_TYPE", "").startswith(_FORM):
        environ["CONTENT_TYPE"] = "binary/octet-stream"
    return region, service


def _reword_logs_request(environ: WSGIEnvironment, region: str) -> None:
    """Let moto read the group and streams that were meant; see ``as_moto_reads``."""
    from moto.logs.models import logs_backends  # noqa: PLC0415

    def streams(group: str) -> list[str]:
        backend = logs_backends[_account_of(environ)][region]
        return list(backend.groups[group].streams) if group in backend.groups else []

    operation = environ["HTTP_X_AMZ_TARGET"].partition(".")[2]
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    body = as_moto_reads(operation, body, streams)
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


def _account_of(environ: WSGIEnvironment) -> str:
    """The account of a request as moto will find it (``BaseResponse.get_current_account``)."""
    from moto.iam.models import get_account_id_from  # noqa: PLC0415

    if "HTTP_X_MOTO_ACCOUNT_ID" in environ:
        return str(environ["HTTP_X_MOTO_ACCOUNT_ID"])
    key = re.search(r"Credential=([^/,]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    return str(get_account_id_from(key[1] if key else ""))


def _load_managed_policies(environ: WSGIEnvironment, region: str) -> None:
    """Make AWS's managed policies exist in the caller's account, as on AWS.

    Terraform attaches them by ARN. moto has them behind ``MOTO_IAM_LOAD_MANAGED_POLICIES``, but then
    makes 1,582 objects for each of eight partitions of each account at the first requests of any
    service, and again after each reset: 0.9 s and 40 MB, measured. Here they are made for one
    partition of one account when iam is asked: 0.25 s and 20 MB the first time, 0.1 s and 5 MB for
    each further account or after a reset. (No stack needs them: moto ignores ``ManagedPolicyArns``.)
    """
    from moto.iam import models  # noqa: PLC0415
    from moto.iam.aws_managed_policies import aws_managed_policies_data  # noqa: PLC0415
    from moto.utilities.utils import get_partition  # noqa: PLC0415

    account, partition = _account_of(environ), get_partition(region)
    backend = models.iam_backends[account][partition]
    if backend.aws_managed_policies:
        return
    backend.aws_managed_policies = [
        models.AWSManagedPolicy.from_data(name, account, partition, data)
        for name, data in json.loads(aws_managed_policies_data).items()
    ]
    backend.managed_policies = backend._init_managed_policies() | backend.managed_policies


def _refuse(
    environ: WSGIEnvironment, start_response: StartResponse, service: str, error: tuple[str, str, str]
) -> Iterable[bytes]:
    """An error in the service's own wire form, so that an SDK raises it with code and message."""
    status, code, message = error
    if "HTTP_X_AMZ_TARGET" in environ or "json" in environ.get("CONTENT_TYPE", ""):
        content_type, body = "application/json", json.dumps({"__type": code, "message": message})
    else:
        content_type = "text/xml"
        body = _XML_ENVELOPES.get(service, _XML_ENVELOPE).format(code=code, message=escape(message))
    data = body.encode()
    headers = [("Content-Type", content_type), ("Content-Length", str(len(data))), ("x-amzn-ErrorType", code)]
    start_response(f"{status} {code}", headers)
    return [data]


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """waitress 3.0.2's parser, taught two things that S3's clients need.

    * User metadata may hold underscores, and boto3 sends them. waitress drops every header with an
      underscore in its name (``parse_header``), because WSGI folds ``X_Foo`` and ``X-Foo`` into one
      key and one could be passed off as the other. Kept are ``x-amz-meta-`` headers only, and never
      in place of one with dashes: what moto's own ``MotoRequestHandler`` does.
    * An empty object comes with ``Expect: 100-continue`` and ``Content-Length: 0`` (boto3
      ``put_object(Body=b"")``). waitress says 100 Continue and then waits for ever
      (``HTTPChannel.send_continue`` resets ``completed``); RFC 9110 10.1.1 lets a server leave the
      100 out when no content follows.
    """

    preserved: dict[str, str]

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if not self.chunked and self.content_length == 0:
            self.expect_continue = False
        self.preserved = {}
        if b"x-amz-meta-" not in header_plus.lower():
            return
        for line in get_header_lines(header_plus.partition(b"\r\n")[2]):
            name, _, value = line.partition(b":")
            if b"_" in name and name.lower().startswith(b"x-amz-meta-"):
                self._keep(name.decode("latin-1"), value.strip(b" \t").decode("latin-1"))

    def _keep(self, name: str, value: str) -> None:
        key = name.upper().replace("-", "_")
        if f"HTTP_{key}" in self.preserved:
            self.headers[key] += f",{value}"
        elif key not in self.headers:
            self.preserved[f"HTTP_{key}"] = name
            self.headers[key] = value


class _Task(WSGITask):  # type: ignore[misc]
    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ.setdefault(PRESERVED_HEADER_NAMES, self.request.preserved)
        return environ

    def build_response_header(self) -> bytes:
        """S3 answers metadata in lower case, and boto3 hands the names on as they come; waitress
        capitalises every header."""
        head: bytes = super().build_response_header()
        return _METADATA_HEADER.sub(lambda name: name[0].lower(), head)


class AwsChannel(HTTPChannel):  # type: ignore[misc]
    """A connection of a waitress server that the clients of S3 get along with."""

    parser_class = _Parser
    task_class = _Task


def set_up_waitress(server: Any) -> None:
    """Make a waitress server (what ``waitress.create_server`` returned) use ``AwsChannel``, and spare
    the terminal its ``Task queue depth is 1``. Call it before the server runs."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    for listener in [server, *getattr(server, "map", {}).values()]:
        if hasattr(listener, "channel_class"):
            listener.channel_class = AwsChannel
