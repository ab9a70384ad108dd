"""What ``EmbeddedAws`` adds to moto: late import, accounts, turns, reset, errors."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
import waitress
from botocore.exceptions import ClientError

from batchemu.aws import embedded
from batchemu.aws.embedded import EmbeddedAws, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.aws.conftest import Served

OTHER = "111122223333"


def test_moto_is_not_imported_before_it_is_needed() -> None:
    code = """
import sys, batchemu.aws.embedded as embedded, batchemu.aws.logs as logs
from batchemu.engine.ports import LogStream, Scope
aws = embedded.EmbeddedAws(lambda: 1)
sink = logs.EmbeddedLogs(aws, lambda ms: ms)
sink.open(LogStream(Scope("123456789012", "us-east-1"), "g", "s"), create_group=True)
aws.reset()
print(aws.loaded, [name for name in sys.modules if name.split(".")[0] in {"moto", "boto3", "flask"}])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False []\n"


def test_load_tells_moto_the_port_and_drops_a_fixed_account() -> None:
    code = """
import os
os.environ["MOTO_ACCOUNT_ID"] = "999999999999"
from batchemu.aws.embedded import EmbeddedAws
aws = EmbeddedAws(lambda: 4711)
aws.load()
from moto.settings import moto_server_port
print(moto_server_port(), os.environ.get("MOTO_ACCOUNT_ID"))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("4711 None\n", "")


def test_load_happens_once_and_everybody_waits_for_its_callbacks() -> None:
    aws, done = EmbeddedAws(lambda: 1), []

    def slow() -> None:
        assert aws.loaded
        time.sleep(0.05)
        done.append(1)

    aws.on_load(slow)
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: (aws.load(), len(done))[1], range(8)))
    assert seen == [1] * 8


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "127.0.0.1:0 127.0.0.1:0"])
def test_one_or_several_listeners_are_set_up(listen: str) -> None:
    """``localhost`` may be two addresses, and waitress then makes another kind of server."""
    sockets: dict[int, Any] = {}
    server = waitress.create_server(lambda *_: [], listen=listen, map=sockets, threads=1)
    embedded.set_up_waitress(server)
    found = [s.channel_class for s in sockets.values() if hasattr(s, "channel_class")]
    server.task_dispatcher.shutdown()
    server.close()
    assert found == [embedded.AwsChannel] * len(listen.split())


def test_the_key_for_header_names_is_still_moto_s() -> None:
    from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY

    assert embedded.PRESERVED_HEADER_NAMES == PRESERVED_HEADER_NAMES_ENVIRON_KEY


@pytest.mark.parametrize("service", ["s3", "sqs", "logs", "iam", "dynamodb", "stepfunctions"])
def test_a_twelve_digit_access_key_id_selects_the_account(served: Served, service: str) -> None:
    """Header-, query- and path-routed protocols alike: what one account makes the other lacks."""
    make, names = {
        "s3": (lambda c: c.create_bucket(Bucket="bucket"), lambda c: c.list_buckets()["Buckets"]),
        "sqs": (lambda c: c.create_queue(QueueName="q"), lambda c: c.list_queues().get("QueueUrls", [])),
        "logs": (
            lambda c: c.create_log_group(logGroupName="g"),
            lambda c: c.describe_log_groups()["logGroups"],
        ),
        "iam": (
            lambda c: c.create_role(RoleName="r", AssumeRolePolicyDocument="{}"),
            lambda c: c.list_roles()["Roles"],
        ),
        "dynamodb": (
            lambda c: c.create_table(
                TableName="t",
                KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            ),
            lambda c: c.list_tables()["TableNames"],
        ),
        "stepfunctions": (
            lambda c: c.create_activity(name="a"),
            lambda c: c.list_activities()["activities"],
        ),
    }[service]
    make(served.client(service, key=OTHER))
    assert len(names(served.client(service, key=OTHER))) == 1
    assert len(names(served.client(service))) == 0


def test_sts_names_the_selected_account_also_when_presigned(served: Served) -> None:
    sts = served.client("sts", key=OTHER)
    assert sts.get_caller_identity()["Account"] == OTHER
    with urlopen(sts.generate_presigned_url("get_caller_identity", HttpMethod="GET")) as response:
        assert OTHER.encode() in response.read()


def test_a_presigned_s3_url_reads_the_account_of_its_key(served: Served) -> None:
    other = served.client("s3", key=OTHER)
    other.create_bucket(Bucket="bucket")
    other.put_object(Bucket="bucket", Key="k", Body=b"theirs")
    url = other.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "k"})
    with urlopen(url) as response:
        assert response.read() == b"theirs"


def test_the_keys_of_an_assumed_role_keep_their_account(served: Served) -> None:
    sts = served.client("sts", key=OTHER)
    role = f"arn:aws:iam::{OTHER}:role/r"
    key = sts.assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]["AccessKeyId"]
    assert served.client("sts", key=key).get_caller_identity()["Account"] == OTHER


def test_reset_empties_every_account(served: Served) -> None:
    clients = [served.client("sqs", key=key) for key in ("test", OTHER)]
    for client in clients:
        client.create_queue(QueueName="q")
    served.aws.reset()
    assert [client.list_queues().get("QueueUrls") for client in clients] == [None, None]


@pytest.mark.parametrize(
    ("service", "environ", "expected"),
    [
        ("s3", {}, b"<Error><Code>InternalFailure</Code>"),
        ("ec2", {}, b"<Response><Errors><Error><Code>InternalFailure</Code>"),
        ("iam", {}, b"<ErrorResponse><Error><Code>InternalFailure</Code>"),
        ("ecs", {"HTTP_X_AMZ_TARGET": "A.B"}, b'{"__type": "InternalFailure"'),
    ],
)
def test_what_moto_raises_becomes_an_error_of_the_service(
    service: str, environ: dict[str, str], expected: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    aws = EmbeddedAws(lambda: 1)
    aws.load()

    def broken(environ: Any, start_response: Any) -> Iterable[bytes]:
        raise KeyError("<x>")

    aws._app = broken
    scope = f"AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/{service}/aws4_request, Signature=0"
    answers: list[str] = []
    request = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "HTTP_AUTHORIZATION": scope, **environ}
    with caplog.at_level(logging.WARNING):
        body = b"".join(aws(request, lambda status, headers: answers.append(status)))  # type: ignore[arg-type, func-returns-value]
    assert answers == ["500 InternalFailure"]
    assert body.startswith(expected)
    assert len(caplog.records) == 1


def test_a_turn_is_exclusive_while_its_holder_is_quick() -> None:
    turn, inside, most = Turn(), [0], [0]

    def visit(_: int) -> None:
        with turn():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.001)
            inside[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit, range(100)))
    assert most == [1]


def test_a_turn_is_taken_from_a_holder_that_waits_for_another() -> None:
    """The deadlock that a plain lock would have: a request that calls back and waits."""
    turn, called_back = Turn(patience_s=0.05), threading.Event()

    def call_back() -> None:
        with turn():
            called_back.set()

    with turn():
        thread = threading.Thread(target=call_back)
        thread.start()
        assert called_back.wait(5)
    thread.join()
    with turn(), turn():
        pass


def test_readers_never_see_a_dictionary_change_its_size(served: Served) -> None:
    """Without turns moto answers this with 500 ``dictionary changed size during iteration``."""
    writers = [served.client("logs") for _ in range(4)]
    readers = [served.client("logs") for _ in range(4)]
    writers[0].create_log_group(logGroupName="g")
    end = time.monotonic() + 1

    def write(numbered: tuple[int, Any]) -> None:
        number, client = numbered
        for count in range(10_000):
            client.create_log_stream(logGroupName="g", logStreamName=f"{number}-{count}")
            if time.monotonic() > end:
                return

    def read(client: Any) -> None:
        while time.monotonic() < end:
            client.describe_log_streams(logGroupName="g")

    with ThreadPoolExecutor(8) as pool:
        work = [pool.submit(write, pair) for pair in enumerate(writers)]
        work += [pool.submit(read, client) for client in readers]
        for future in work:
            try:
                future.result()
            except ClientError as error:
                pytest.fail(str(error))


def test_a_hundred_open_connections_do_not_shut_the_next_one_out(served: Served) -> None:
    connections = [HTTPConnection("127.0.0.1", served.port, timeout=5) for _ in range(150)]
    try:
        for connection in connections:
            connection.request("GET", "/moto-api/data.json")
            assert connection.getresponse().read()
    finally:
        for connection in connections:
            connection.close()


def test_a_long_poll_holds_nobody_up(served: Served) -> None:
    sqs, sts = served.client("sqs"), served.client("sts")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    poll = threading.Thread(target=sqs.receive_message, kwargs={"QueueUrl": url, "WaitTimeSeconds": 2})
    poll.start()
    begun = time.monotonic()
    for _ in range(5):
        sts.get_caller_identity()
    assert time.monotonic() - begun < 0.8
    poll.join()
