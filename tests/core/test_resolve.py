"""Overrides and parameters."""

from __future__ import annotations

import pytest

from batchemu.core.resolve import substitute
from batchemu.errors import ClientException


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Ref::in", "a"),
        ("--x=Ref::in", "--x=a"),
        ("Ref::in:Ref::out", "a:b"),
        ("Ref::input", "long"),
        ("Ref::inX", "aX"),
        ("plain", "plain"),
        ("Ref::", "Ref::"),
    ],
)
def test_references_are_replaced_wherever_they_stand(word: str, expected: str) -> None:
    assert substitute([word], {"in": "a", "out": "b", "input": "long"}) == [expected]


@pytest.mark.parametrize("name", ["a.b", "a b", "a+b", "a*", "ünï"])
def test_a_parameter_may_be_called_anything(name: str) -> None:
    assert substitute([f"x Ref::{name} y"], {name: "1", "a": "2"}) == ["x 1 y"]


@pytest.mark.parametrize("parameters", [{}, {"": "x"}])
def test_without_parameters_every_reference_is_unknown(parameters: dict[str, str]) -> None:
    assert substitute(["Ref:a", "Ref::"], parameters) == ["Ref:a", "Ref::"]
    with pytest.raises(ClientException, match="No parameter found for reference a-b"):
        substitute(["Ref::a-b.c"], parameters)


def test_a_value_may_be_empty() -> None:
    assert substitute(["-Ref::a-"], {"a": ""}) == ["--"]


def test_what_a_value_holds_is_not_replaced_again() -> None:
    assert substitute(["Ref::a"], {"a": "Ref::b", "b": "c"}) == ["Ref::b"]


def test_an_unknown_reference_is_refused() -> None:
    with pytest.raises(ClientException) as caught:
        substitute(["Ref::nobody"], {"a": "b"})
    assert caught.value.message == "Unable to substitute value. No parameter found for reference nobody"
