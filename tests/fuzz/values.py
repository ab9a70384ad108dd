"""Values that have broken programs before, and names that the lab's world knows."""

from __future__ import annotations

from typing import Any

from batchemu.wire.model import http_trait
from tests.wire.shapes import OPERATIONS

_DEEP: Any = 1
for _ in range(200):
    _DEEP = {"a": [_DEEP]}

TEXTS = [
    "", " ", "a", "ce", "spare", "queue", "definition", "definition:1", "definition:99", "policy",
    "licences", "se", "training", "red", "new", "nobody", "${first.jobId}", "${child.jobId}",
    "${job-0.jobId}", "${first.jobArn}", "${queue.jobQueueArn}", "${policy.arn}", "${job-0.jobId}:0",
    "${job-0.jobId}#0", ":", ":0", "arn:aws:batch:us-east-1:123456789012:job-definition/definition",
    "arn:aws:batch:us-east-1:123456789012:job-queue/queue", "arn:aws:batch:eu-west-1:999999999999:job/x",
    "arn::::::", "arn:aws:batch", "0", "1", "-1", "0.25", "1e5", "NaN", "inf", "1_000", "٣",
    "99999999999999999999", "0x10", "*", "*a*", "**" * 50, "[", "(a+)+$", "Ref::x", "Ref::Ref::", "ENABLED",
    "DISABLED", "VCPU", "GPU", "FARGATE", "awslogs", "x" * 129, "x" * 40_000, "é", "😀", "\ud800", "\x00",
    "\n", "a b", "../..", "%2F", "Z" * 40, "e30=", "WyJMaXN0Sm9icyIsIDFd", "1800000000000", "0:", "0:3",
    ":-1", "1:0", "AWS_BATCH_X", "aws:reserved",
]  # fmt: skip

NUMBERS: list[Any] = [
    0, 1, -1, 2, 3, 59, 60, 100, 101, 255, 999, 1_000, 1_001, 10_000, 10_001, 2**31 - 1, 2**31, -(2**31),
    2**53, 2**63 - 1, 2**63, -(2**63), 2**64, 10**30, 10**400, 0.5, -0.5, 1e308, 5e-324, float("nan"),
    float("inf"), -0.0,
]  # fmt: skip

OTHERS: list[Any] = [
    None, True, False, [], {}, [[]], [{}], [None], {"": ""}, {"a": None}, ["a"], [1],
    {"name": "a", "value": "b"}, [{"name": "a", "value": "b"}], [{"type": "VCPU", "value": "1"}], _DEEP,
]  # fmt: skip

PATHS = [
    "/", "", "//", "/v1", "/v1/", "/v1/submitjob/", "/V1/submitjob", "/v1/submitjob?", "/v1/SubmitJob",
    "/v1/tags/", "/v1/tags", "/v1/tags//", "/v1/tags/arn", "/v1/tags/%", "/v1/tags/arn:aws:batch:::",
    "/v1/tags/arn:aws:batch:us-east-1:123456789012:job-queue/queue", "/_batchemu/", "/_batchemu/clock",
    "/_batchemu/plans", "/_batchemu/holds", "/_batchemu/scheduler", "/_batchemu/jobs/x/explain",
    "/_batchemu/health", "/_batchemu/jobs//wait", "/_batchemu/jobs/x/wait",
    "/_batchemu/../v1", "/moto-api/reset", "/_localstack/health", "/favicon.ico", "*", "/\ud800", "/\x00",
    "/é", "/" + "a" * 9_000, *[http_trait(name)[1] for name in OPERATIONS],
]  # fmt: skip

METHODS = [
    "POST", "GET", "DELETE", "PUT", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "", "post", "X" * 99,
    "é",
]  # fmt: skip

BODIES = [
    b"", b"{}", b"[]", b"null", b"1", b'"a"', b"{", b'{"a":1}{', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf{}",
    b"[" * 50_000, b'{"a":' * 20_000, b'{"jobName":' + b"9" * 5_000 + b"}", b'{"jobs":[1e999]}',
    b'{"jobs":["\\ud800"]}', b"a=b&c=d", b'{"advanceSeconds": 1}', b'{"advanceSeconds": 1e308}',
    b'{"advanceSeconds": -1}', b'{"advanceSeconds": NaN}', b'{"exitCode": 1}', b'{"exitCode": 1e99}',
    b'{"durationSeconds": 1e300}', b'{"logs": [1]}', b'{"jobName": "["}',
    b'{"paused": true}', b'{"paused": 1}', b'{"step": 1}', b'{"step": true}', b'{"state": "RUNNABLE"}',
    b'{"state": ["RUNNABLE"]}', b'{"state": "RUNNING", "jobName": 1}', b'{"fault": "hang"}', b'{"fault": []}',
]  # fmt: skip

QUERIES = [
    "", "?", "&", "=", "%", "a=%ff", "tagKeys", "tagKeys=", "tagKeys=a&tagKeys=b", "tagKeys=%00",
    "tagKeys=" + "k" * 300, "&".join(["tagKeys=a"] * 60), "status=BOGUS", "timeout=0", "timeout=nan",
    "timeout=-1", "X-Amz-Credential=a", "X-Amz-Credential=a/20260101/us-east-1/batch/aws4_request",
    "X-Amz-Credential=%ff", "é", "a" * 9_000,
]  # fmt: skip

HEADERS = {
    "CONTENT_LENGTH": [
        "", "0", "1", "-1", "abc", "1e3", "9" * 30, "99999999", "٣", " 2 ",
    ],
    "CONTENT_TYPE": [
        "", "text/plain", "application/json; charset=utf-16", "multipart/form-data; boundary=x", ";",
    ],
    "HTTP_AUTHORIZATION": [
        "", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=",
        "AWS4-HMAC-SHA256 Credential=a/b/c/batch/aws4_request",
        "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/batch/aws4_request, Signature=0",
        "AWS4-HMAC-SHA256 Credential=000000000001/20261122/eu-west-1/batch/aws4_request",
        "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/s3/aws4_request", "Bearer x", "AWS x:y",
        "\xff",
    ],
    "HTTP_HOST": [
        "", "localhost", "evil.example", "[", "[::1", "127.0.0.1:x", "127.0.0.1:4580", "\xff", "a" * 9_000,
    ],
    "HTTP_ORIGIN": [
        "null", "http://127.0.0.1:4580", "http://[", "https://evil.example",
    ],
    "HTTP_SEC_FETCH_SITE": [
        "cross-site", "same-origin", "\x00",
    ],
    "HTTP_TRANSFER_ENCODING": [
        "chunked", "gzip", "",
    ],
    "HTTP_CONTENT_ENCODING": [
        "gzip", "br", "identity",
    ],
    "HTTP_EXPECT": [
        "100-continue", "x",
    ],
    "HTTP_X_AMZ_TARGET": [
        "", "Logs_20140328.GetLogEvents", "a.b.c", "\xff",
    ],
    "HTTP_X_HTTP_METHOD_OVERRIDE": [
        "DELETE",
    ],
}  # fmt: skip
