"""Requests for Hypothesis to draw: good ones, good ones gone wrong in a few places, and noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from batchemu.wire.model import operation_model
from tests.clients.tour import TOURS
from tests.fuzz.lab import Request
from tests.fuzz.values import BODIES, HEADERS, METHODS, NUMBERS, OTHERS, PATHS, QUERIES, TEXTS
from tests.wire.shapes import OPERATIONS, example_input, replaced, without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.shapes import Steps

Call = tuple[str, dict[str, Any]]
"""An operation and its members, in which ``${name.member}`` may stand for an answer's."""

BASES: list[Call] = [
    ("DescribeJobQueues", {}),
    *[
        (step.get("call") or step["pages"], step["with"])
        for steps in TOURS.values()
        for step in steps
        if "control" not in step
    ],
    *[(name, example_input(name)) for name in OPERATIONS],
    *[(name, example_input(name, required_only=True)) for name in OPERATIONS],
]

ANY = TEXTS + NUMBERS + OTHERS
NEAR = {
    "string": TEXTS,
    "integer": NUMBERS,
    "long": NUMBERS,
    "float": NUMBERS,
    "double": NUMBERS,
    "boolean": [True, False],
}
_FREE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def _pick(draw: st.DrawFn, items: list[Any]) -> Any:
    return items[draw(st.integers(0, len(items) - 1))]


def _near(draw: st.DrawFn, shape: Any, value: Any) -> Any:
    """A value of the right type, mostly a wrong one."""
    enum = getattr(shape, "enum", None)
    return _pick(draw, list(enum) if enum else NEAR.get(shape.type_name, OTHERS))


def _far(draw: st.DrawFn, shape: Any, value: Any) -> Any:
    return _pick(draw, ANY)


def _free(draw: st.DrawFn, shape: Any, value: Any) -> Any:
    return draw(_FREE)


def _more(draw: st.DrawFn, shape: Any, value: Any) -> Any:
    """A member that is missing in a structure, or that no structure has; more of a list, a text, a map."""
    if isinstance(value, dict) and shape.type_name == "structure":
        absent = sorted(set(shape.members) - set(value))
        if absent and draw(st.integers(0, 4)):
            name = _pick(draw, absent)
            member = shape.members[name]
            return {**value, name: _near(draw, member, None)}
        return {**value, "unknown": _pick(draw, ANY)}
    if isinstance(value, dict) and shape.type_name == "map":
        return {**value, _pick(draw, TEXTS): _near(draw, shape.value, None)}
    if isinstance(value, list | str):
        return value * _pick(draw, [2, 11, 51, 120])
    return [value]


_CHANGES = [_near, _near, _near, _more, _more, _far, _free]


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """A good call, or one with up to three places gone wrong."""
    operation, params = _pick(draw, BASES)
    shape = operation_model(operation).input_shape
    assert shape is not None
    for _ in range(draw(st.integers(0, 3))):
        places = list(_places(shape, params))
        steps, place, value = _pick(draw, places)
        if steps and isinstance(steps[-1], str) and draw(st.integers(0, 7)) == 0:
            params = without(params, steps)
        else:
            change = _pick(draw, _CHANGES) if steps else _more
            params = replaced(params, steps, change(draw, place, value))
    return operation, params


def _places(shape: Any, value: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Any, Any]]:
    """Every place in a value where the model knows what belongs there, right or wrong."""
    yield steps, shape, value
    if isinstance(value, dict) and shape.type_name in ("structure", "map"):
        members = shape.members if shape.type_name == "structure" else dict.fromkeys(value, shape.value)
        for name, item in value.items():
            if name in members:
                yield from _places(members[name], item, (*steps, name))
    elif isinstance(value, list) and shape.type_name == "list":
        for index, item in enumerate(value):
            yield from _places(shape.member, item, (*steps, index))


@st.composite
def noise(draw: st.DrawFn) -> Request:
    """Lines, headers and bodies that no client sends, each alone or with others."""
    headers = {}
    for _ in range(draw(st.integers(0, 2))):
        name = _pick(draw, list(HEADERS))
        headers[name] = _pick(draw, HEADERS[name])
    body = _pick(draw, BODIES) if draw(st.booleans()) else draw(st.binary(max_size=60))
    path = _pick(draw, PATHS) if draw(st.integers(0, 5)) else "/" + draw(st.text(max_size=20))
    method = _pick(draw, METHODS) if draw(st.integers(0, 2)) == 0 else _pick(draw, METHODS[:3])
    return Request(method=method, path=path, body=body, query=_pick(draw, QUERIES), headers=headers)
