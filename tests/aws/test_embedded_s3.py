"""S3 is the service that notices how a server hands over a request."""

from __future__ import annotations

import hashlib
import http.client
import io
import socket
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.aws.conftest import Served

KEYS = [
    "v1/submitjob",
    "moto-api/reset",
    "a/b/c.txt",
    "a//b",
    "/leading",
    "//two",
    "trailing/",
    "with space+plus",
    "percent%2Fslash",
    "ümlaut/日本",
    "q?a=b&c#d",
    "us-east-1_x/y",
]


@pytest.fixture
def s3(served: Served) -> Any:
    client = served.client("s3")
    client.create_bucket(Bucket="bucket")
    return client


@pytest.fixture
def wire(served: Served) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    yield connection
    connection.close()


def ask(wire: http.client.HTTPConnection, method: str, path: str, **more: Any) -> tuple[int, bytes]:
    wire.request(method, path, **more)
    response = wire.getresponse()
    return response.status, response.read()


@pytest.mark.parametrize("key", KEYS)
def test_any_key_is_written_listed_and_read_path_style(s3: Any, key: str) -> None:
    s3.put_object(Bucket="bucket", Key=key, Body=key.encode())
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket="bucket")["Contents"]] == [key]
    assert s3.get_object(Bucket="bucket", Key=key)["Body"].read() == key.encode()


@pytest.mark.parametrize("key", KEYS)
def test_any_key_is_written_and_read_virtual_host_style(
    served: Served, s3: Any, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``bucket.localhost``, which not every machine resolves: the test resolves it itself."""
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *more, **named: resolve(
            "127.0.0.1" if str(host).endswith("localhost") else host, *more, **named
        ),
    )
    url = f"http://localhost:{served.port}"
    virtual = served.client("s3", endpoint_url=url, s3={"addressing_style": "virtual"})
    seen: list[str] = []
    virtual.meta.events.register("before-send.s3", lambda request, **_: seen.append(request.url))
    virtual.put_object(Bucket="bucket", Key=key, Body=b"x")
    assert seen[0].startswith(f"http://bucket.localhost:{served.port}/")
    assert virtual.get_object(Bucket="bucket", Key=key)["Body"].read() == b"x"
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket="bucket")["Contents"]] == [key]


def test_metadata_keeps_its_underscores_and_dashes(s3: Any) -> None:
    metadata = {"my_key": "1", "my-other-key": "2", "a_b-c": "3"}
    s3.put_object(Bucket="bucket", Key="k", Body=b"", Metadata=metadata)
    assert s3.head_object(Bucket="bucket", Key="k")["Metadata"] == metadata


def test_no_other_header_may_hold_an_underscore(s3: Any, wire: http.client.HTTPConnection) -> None:
    """``x_moto_account_id`` must not pass for ``x-moto-account-id``."""
    headers = {"x_moto_account_id": "999999999999", "x-amz-meta-a": "dash", "x_amz_meta_a": "no"}
    assert ask(wire, "PUT", "/bucket/k", body=b"x", headers=headers)[0] == 200
    assert s3.head_object(Bucket="bucket", Key="k")["Metadata"] == {"a": "dash"}


def test_underscored_metadata_never_replaces_dashed(s3: Any, wire: http.client.HTTPConnection) -> None:
    headers = {"x-amz-meta-a-b": "dash", "x-amz-meta-a_b": "underscore"}
    ask(wire, "PUT", "/bucket/k", body=b"x", headers=headers)
    assert s3.head_object(Bucket="bucket", Key="k")["Metadata"] == {"a-b": "dash"}


def test_head_has_the_length_and_no_body(s3: Any, wire: http.client.HTTPConnection) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"12345", ACL="public-read")
    wire.request("HEAD", "/bucket/k")
    response = wire.getresponse()
    assert (response.status, response.headers["Content-Length"], response.read()) == (200, "5", b"")
    assert ask(wire, "GET", "/bucket/k") == (200, b"12345")


def test_a_chunked_upload_arrives_whole(s3: Any, wire: http.client.HTTPConnection) -> None:
    parts = [b"abc", b"def" * 1000]
    wire.request("PUT", "/bucket/k", body=iter(parts), encode_chunked=True)
    assert wire.getresponse().read() == b""
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"".join(parts)


def test_an_upload_with_a_trailing_checksum_arrives_whole(s3: Any) -> None:
    """botocore signs a stream as STREAMING-...-TRAILER in aws-chunked encoding."""
    s3.put_object(Bucket="bucket", Key="k", Body=io.BytesIO(b"x" * 100_000), ChecksumAlgorithm="CRC32")
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"x" * 100_000


def test_the_server_says_100_continue_and_then_answers(served: Served, s3: Any) -> None:
    head = b"PUT /bucket/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as plain:
        plain.sendall(head)
        assert plain.recv(1000).startswith(b"HTTP/1.1 100")
        plain.sendall(b"abc")
        assert plain.recv(1000).startswith(b"HTTP/1.1 200")
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"abc"


def test_fifty_megabytes_go_in_and_out(s3: Any) -> None:
    body = bytes(range(256)) * (50 * 4096)
    s3.put_object(Bucket="bucket", Key="k", Body=body)
    digest = hashlib.sha256()
    for piece in s3.get_object(Bucket="bucket", Key="k")["Body"].iter_chunks(1 << 20):
        digest.update(piece)
    assert digest.digest() == hashlib.sha256(body).digest()


def test_a_multipart_upload_arrives_whole(s3: Any) -> None:
    upload = {"Bucket": "bucket", "Key": "k"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    bodies = [b"a" * (5 << 20), b"b"]
    etags = [
        s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]
        for number, body in enumerate(bodies, 1)
    ]
    parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"".join(bodies)


def test_an_empty_object_is_written_at_once(s3: Any) -> None:
    """boto3 asks for 100 Continue here too, which waitress alone never gets over."""
    s3.put_object(Bucket="bucket", Key="_SUCCESS", Body=b"")
    assert s3.head_object(Bucket="bucket", Key="_SUCCESS")["ContentLength"] == 0


def test_presigned_urls_read_and_write(s3: Any) -> None:
    """urllib calls the body a form, as ``curl -d`` does."""
    target = {"Bucket": "bucket", "Key": "a b/c%2Fd"}
    put = Request(s3.generate_presigned_url("put_object", Params=target), data=b"x", method="PUT")
    with urlopen(put) as response:
        assert response.status == 200
    with urlopen(s3.generate_presigned_url("get_object", Params=target)) as response:
        assert response.read() == b"x"


def test_a_request_through_a_proxy_names_the_whole_url(s3: Any, wire: http.client.HTTPConnection) -> None:
    s3.put_object(Bucket="bucket", Key="a%2Fb", Body=b"x", ACL="public-read")
    assert ask(wire, "GET", "http://bucket.s3.amazonaws.com/a%252Fb?x=1") == (200, b"x")
