"""Requests at random: good ones, good ones gone wrong in a few places, and noise."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, TypeVar

from batchemu.wire.model import http_trait, operation_model
from tests.clients.tour import TOURS
from tests.fuzz.lab import Request
from tests.fuzz.values import BODIES, HEADERS, METHODS, NUMBERS, OTHERS, PATHS, QUERIES, TEXTS
from tests.wire.shapes import OPERATIONS, example_input, replaced, without

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from tests.fuzz.lab import Asked
    from tests.wire.shapes import Steps

Call = tuple[str, dict[str, Any]]
"""An operation and its members, in which ``${name.member}`` may stand for an answer's."""

T = TypeVar("T")
ANY = [*TEXTS, *NUMBERS, *OTHERS]
NEAR: dict[str, Sequence[Any]] = {
    "string": TEXTS,
    "integer": NUMBERS,
    "long": NUMBERS,
    "float": NUMBERS,
    "double": NUMBERS,
    "boolean": [True, False],
}
GOOD: list[Call] = [
    (step.get("call") or step["pages"], step["with"])
    for steps in TOURS.values()
    for step in steps
    if "control" not in step
]
ADVANCE = Request(method="POST", path="/_batchemu/clock", body=b'{"advanceSeconds": 61}')


def call(random: Random) -> Asked:
    """A good call, or one with up to three places gone wrong; now and then time passes."""
    if random.random() < 0.04:
        return ADVANCE
    operation, params = random.choice(random.choice([GOOD, GOOD, RICH, RICH, MADE_UP]))
    shape = operation_model(operation).input_shape
    assert shape is not None
    if operation.startswith("Create") and random.random() < 0.6:
        name = next(name for name in shape.required_members if name.lower().endswith("name"))
        params = {**params, name: f"new-{random.randrange(9)}"}
    for _ in range(random.choice([0, 0, 1, 1, 2, 3])):
        steps, place, value = random.choice(list(_places(shape, params)))
        if steps and isinstance(steps[-1], str) and random.random() < 0.1:
            params = without(params, steps)
        else:
            change = random.choice(_CHANGES) if steps else _more
            params = replaced(params, steps, change(random, place, value))
    return operation, params


def _richer(shape: Any, good: Any, example: Any) -> Iterator[Any]:
    """A good value with one more of the members that it could have, for each of them, also further in."""
    if isinstance(good, dict) and shape.type_name == "structure":
        for name, member in shape.members.items():
            if name not in good:
                yield {**good, name: example[name]}
            else:
                for richer in _richer(member, good[name], example[name]):
                    yield {**good, name: richer}
    elif isinstance(good, list) and good and shape.type_name == "list":
        for richer in _richer(shape.member, good[0], example[0]):
            yield [richer, *good[1:]]


MADE_UP: list[Call] = [
    (name, example_input(name, required_only=required)) for name in OPERATIONS for required in (True, False)
]
RICH: list[Call] = [
    (name, params)
    for name, good in dict(reversed(GOOD)).items()
    for params in _richer(operation_model(name).input_shape, good, example_input(name))
]


def _near(random: Random, shape: Any, value: Any) -> Any:
    """A value of the right type, mostly a wrong one."""
    enum = getattr(shape, "enum", None)
    if enum and random.random() < 0.8:
        return random.choice(enum)
    return random.choice(NEAR.get(shape.type_name, OTHERS))


def _far(random: Random, shape: Any, value: Any) -> Any:
    return random.choice(ANY)


def _drawn(random: Random, shape: Any, value: Any) -> Any:
    """A text, a number or a fraction that nobody has thought of."""
    kind = random.randrange(3)
    if kind == 0:
        return _text(random)
    if kind == 1:
        return random.randint(-(2 ** random.randint(1, 70)), 2 ** random.randint(1, 70))
    return struct.unpack("d", random.randbytes(8))[0]


def _text(random: Random) -> str:
    most = random.choice([0x7F, 0xFF, 0xFFFF, 0x10FFFF])
    return "".join(chr(random.randint(0, most)) for _ in range(random.randint(0, 20)))


def _more(random: Random, shape: Any, value: Any) -> Any:
    """A member that a structure lacks, or that no structure has; more of a map, a list, a text."""
    if isinstance(value, dict):
        members = getattr(shape, "members", {})
        absent = sorted(set(members) - set(value))
        if absent and random.random() < 0.8:
            name = random.choice(absent)
            return {**value, name: _near(random, members[name], None)}
        return {**value, random.choice(["unknown", *TEXTS]): random.choice(ANY)}
    if isinstance(value, list | str):
        return value * random.choice([2, 11, 51, 120])
    return [value]


_CHANGES = [_near, _near, _near, _more, _more, _far, _drawn]


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


def noise(random: Random) -> Request:
    """Lines, headers and bodies that no client sends, each alone or with others."""
    names = random.sample(list(HEADERS), random.choice([0, 0, 1, 2]))
    operation, params = random.choice(GOOD)
    method, path = http_trait(operation)
    body = _garbled(random, json.dumps(params).encode())
    return Request(
        method=method if random.random() < 0.8 else random.choice(METHODS),
        path=path if random.random() < 0.5 else random.choice([*PATHS, f"/{_text(random)}"]),
        body=random.choice([body, body, random.choice(BODIES), random.randbytes(random.randint(0, 40))]),
        query=random.choice(QUERIES) if random.random() < 0.4 else "",
        headers={name: random.choice(HEADERS[name]) for name in names},
    )


def _garbled(random: Random, text: bytes) -> bytes:
    """A text with a few bytes changed, or cut short, or as it is."""
    body = bytearray(text)
    for _ in range(random.randint(0, 3)):
        body[random.randrange(len(body))] = random.randrange(256)
    return bytes(body[: random.randint(0, 3 * len(body))])
