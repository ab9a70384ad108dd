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


def test_what_a_value_holds_is_not_replaced_again() -> None:
    assert substitute(["Ref::a"], {"a": "Ref::b", "b": "c"}) == ["Ref::b"]


def test_an_unknown_reference_is_refused() -> None:
    with pytest.raises(ClientException) as caught:
        substitute(["Ref::nobody"], {"a": "b"})
    assert caught.value.message == "Unable to substitute value. No parameter found for reference nobody"
