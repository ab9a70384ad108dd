"""botocore is the referee: what its client sends we read, what we write its parser reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.parsers import create_parser

from batchemu.wire.dispatch import IGNORED_HEADER
from batchemu.wire.model import operation_model
from batchemu.wire.serialise import serialise
from tests.wire.shapes import OPERATIONS, example_input, example_output

if TYPE_CHECKING:
    from tests.wire.conftest import Boto, Wire


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("required_only", [False, True], ids=["all members", "required members"])
def test_a_handler_gets_the_members_that_the_client_was_given(
    wire: Wire, boto: Boto, operation: str, required_only: bool
) -> None:
    wire.answer(operation, {})
    params = example_input(operation, required_only=required_only)

    answer = boto.call(operation, params)

    [(called, ctx, got)] = wire.calls
    for token in operation_model(operation).idempotent_members:  # botocore fills these in
        params.setdefault(token, got[token])
    assert (called, got) == (operation, params)
    assert ctx.ignored == []
    assert IGNORED_HEADER not in answer["ResponseMetadata"]["HTTPHeaders"]
    assert ctx.parsed.params is got


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_length_of_the_body_reaches_the_handler(wire: Wire, boto: Boto, operation: str) -> None:
    wire.answer(operation, {})
    boto.call(operation, example_input(operation))
    assert wire.calls[0][1].parsed.body_length == len(boto.requests[0].body or b"")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_client_reads_every_member_of_an_output(operation: str) -> None:
    result = example_output(operation)
    raw = {
        "headers": {"x-amzn-RequestId": "id"},
        "status_code": 200,
        "body": json.dumps(serialise(operation, result)).encode(),
    }
    parsed = create_parser("rest-json").parse(raw, operation_model(operation).output_shape)
    del parsed["ResponseMetadata"]
    assert parsed == result


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_result_travels_from_the_handler_to_the_client(wire: Wire, boto: Boto, operation: str) -> None:
    result = example_output(operation)
    wire.answer(operation, result)
    answer: dict[str, Any] = boto.call(operation, example_input(operation, required_only=True))
    metadata = answer.pop("ResponseMetadata")
    assert answer == result
    assert metadata["HTTPStatusCode"] == 200
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]
    assert metadata["HTTPHeaders"]["content-type"] == "application/json"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_boto3_asks_once_for_what_has_no_handler(boto: Boto, operation: str) -> None:
    with pytest.raises(boto.client.exceptions.ClientError) as raised:
        boto.call(operation, example_input(operation, required_only=True))
    assert raised.value.response["Error"] == {
        "Message": f"batchemu does not implement {operation} yet",
        "Code": "NotImplemented",
    }
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert len(boto.requests) == 1
