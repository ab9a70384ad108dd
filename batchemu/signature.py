"""Who calls, and for which service: read off the request's signature, which is not verified.

Format: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from batchemu.errors import ClientException

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

DEFAULT_ACCOUNT = "123456789012"
DEFAULT_REGION = "us-east-1"
_SCOPE = re.compile(
    r"(?P<key>[A-Za-z0-9_./+=@-]{1,128})/(?P<date>\d{8})/(?P<region>[a-z0-9-]{1,32})"
    r"/(?P<service>[a-z0-9.-]{1,64})/aws4_request"
)
_CREDENTIAL = re.compile(r"Credential=(?P<scope>[^,\s]*)")
_ACCOUNT = re.compile(r"\d{12}")


class IncompleteSignatureException(ClientException):
    """A SigV4 header that cannot be read. The code is AWS's, the sentence ours (assumed)."""

    status = 403
    code = "IncompleteSignatureException"


@dataclass(frozen=True, slots=True)
class Caller:
    account: str = DEFAULT_ACCOUNT
    region: str = DEFAULT_REGION
    service: str | None = None
    """The signing name, ``batch`` for AWS Batch; None: the request is not signed."""


def caller(environ: WSGIEnvironment) -> Caller:
    """The caller that the Authorization header or a presigned URL names.

    A 12-digit access key id selects that account, any other the default one. A header of another
    scheme (SigV2, Bearer) is no business of ours; one that says SigV4 and cannot be read raises
    IncompleteSignatureException.
    """
    header = environ.get("HTTP_AUTHORIZATION", "")
    if header.startswith("AWS4-"):
        found = _CREDENTIAL.search(header)
        scope = _SCOPE.fullmatch(found["scope"]) if found else None
        if scope is None:
            raise IncompleteSignatureException(
                "The Authorization header holds no Credential of the form "
                "<access key id>/<date>/<region>/<service>/aws4_request."
            )
    elif "X-Amz-Credential=" in environ.get("QUERY_STRING", ""):
        given = parse_qs(environ["QUERY_STRING"]).get("X-Amz-Credential", [""])[0]
        scope = _SCOPE.fullmatch(given)
    else:
        return Caller()
    if scope is None:
        return Caller()
    key = scope["key"]
    account = key if _ACCOUNT.fullmatch(key) else DEFAULT_ACCOUNT
    return Caller(account=account, region=scope["region"], service=scope["service"])
