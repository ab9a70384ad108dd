"""The model is the installed botocore's own."""

from __future__ import annotations

import subprocess
import sys

import pytest
from botocore.model import ServiceModel, Shape
from botocore.session import Session

from batchemu.wire import parse, serialise, validate
from batchemu.wire.model import UnsupportedShape, http_trait, operation_model, operation_names, service_model


def test_the_model_is_the_one_that_a_client_uses() -> None:
    assert operation_names() == set(Session().get_service_model("batch").operation_names)


def test_the_model_is_loaded_once() -> None:
    assert service_model() is service_model()
    assert operation_model("SubmitJob") is operation_model("SubmitJob")


def test_a_name_that_the_model_lacks_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="SubmitJobs"):
        operation_model("SubmitJobs")


def test_the_http_trait_is_method_and_template() -> None:
    assert http_trait("UntagResource") == ("DELETE", "/v1/tags/{resourceArn}")


def test_importing_the_wire_loads_neither_a_session_nor_the_model() -> None:
    """Start-up time is a feature: botocore.session alone costs more than the whole wire."""
    program = (
        "import sys, batchemu.wire.dispatch, batchemu.wire.routing\n"
        "assert 'botocore.session' not in sys.modules\n"
        "assert 'boto3' not in sys.modules\n"
        "assert batchemu.wire.model.service_model.cache_info().currsize == 0\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_type_that_nobody_has_handled_is_refused_by_name() -> None:
    """A newer botocore may bring one: the operation fails loudly instead of letting it through."""
    blob = _shape("blob")
    with pytest.raises(UnsupportedShape, match="Thing is a blob"):
        validate._compile(blob, {})
    with pytest.raises(UnsupportedShape, match="Thing is a blob"):
        serialise._compile(blob, {})


@pytest.mark.parametrize(
    ("kind", "place", "wire_name", "supported"),
    [
        ("string", None, None, True),
        ("string", None, "member", True),
        ("string", None, "renamed", False),
        ("string", "uri", "renamed", True),
        ("string", "querystring", "renamed", True),
        ("string", "header", "x-member", False),
        ("integer", "uri", "member", False),
        ("integer", "querystring", "member", False),
    ],
)
def test_a_place_that_nobody_has_handled_is_refused(
    kind: str, place: str | None, wire_name: str | None, supported: bool
) -> None:
    try:
        parse._refuse_unsupported("Operation.member", _shape(kind), place, wire_name)
    except UnsupportedShape:
        assert not supported
    else:
        assert supported


def _shape(kind: str) -> Shape:
    return ServiceModel({"metadata": {}, "operations": {}, "shapes": {"Thing": {"type": kind}}}).shape_for(
        "Thing"
    )
