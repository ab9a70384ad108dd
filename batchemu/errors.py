"""The errors that a caller of AWS Batch can be answered with.

AWS Batch models two: ClientException (HTTP 400) and ServerException (HTTP 500)
(botocore ``data/batch/2016-08-10/service-2.json``). Everything else is ours or the
gateway's and says so with its own code.
"""

from __future__ import annotations


class ServiceError(Exception):
    """An answer other than success: ``status`` (HTTP), ``code`` and ``message``.

    ``wrapped`` marks the messages that AWS prints as ``Error executing request, Exception :
    <text>, RequestId: <id>``; the wire adds the wrapping because only it knows the request id.
    """

    status = 500
    code = "ServerException"

    def __init__(self, message: str, *, wrapped: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.wrapped = wrapped


class ClientException(ServiceError):
    """The caller's fault."""

    status = 400
    code = "ClientException"


class ConflictException(ClientException):
    """A name that is taken: HTTP 409, unmodelled.

    Source of the status: https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2463.
    The code stays ClientException, so that ``client.exceptions.ClientException`` catches it (assumed).
    """

    status = 409


class BadRequestException(ClientException):
    """A tag that holds characters AWS refuses: https://github.com/Netflix/metaflow/issues/1345."""

    code = "BadRequestException"


class ServerException(ServiceError):
    """Our fault."""


class NotImplementedByBatchemu(ServiceError):
    """Something that AWS does and batchemu does not yet: 501, which no SDK retries."""

    status = 501
    code = "NotImplemented"


class SettingsError(Exception):
    """A setting that cannot work, or an environment that lacks something: one sentence with what to do."""
