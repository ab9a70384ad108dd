"""Probes: requests made from the model, for every operation that it has.

They ask little, of everything: a valid request is answered, a spoiled one is refused with ClientException
and 400, and nothing is answered with a 5xx or with something that is not JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from conformance import shapes
from conformance.case import Family
from conformance.evidence import model
from conformance.expect import REFUSED, same
from conformance.requests import VALID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.case import Case, Check
    from conformance.lab import Lab
    from conformance.shapes import Place, Steps

Spoiled = tuple[str, str, "Steps", Any]
"""Topic, what is wrong, where, and the wrong value."""

_TOO_LONG: dict[str, Callable[[int, Any], Any]] = {
    "string": lambda most, shape: "x" * (most + 1),
    "list": lambda most, shape: [shapes.filled(shape.member)] * (most + 1),
    "map": lambda most, shape: {f"key-{n}": "x" for n in range(most + 1)},
    "integer": lambda most, shape: most + 1,
    "long": lambda most, shape: most + 1,
}
_TOO_SHORT: dict[str, Callable[[int], Any]] = {
    "string": lambda least: "x" * (least - 1),
    "list": lambda least: [],
    "integer": lambda least: least - 1,
    "long": lambda least: least - 1,
}
"""No maps: clients send ``tags: {}`` for no tags, whatever the model says."""


def probes() -> list[Case]:
    """Of every operation of the installed model."""
    family = Family("probes")
    for operation in sorted(shapes.service_model().operation_names):
        _add(family, operation)
    return family.cases


def _add(family: Family, operation: str) -> None:
    family.add(f"{operation}-minimal", operation, "probe: minimal", model(operation), _minimal(operation))
    family.add(f"{operation}-full", operation, "probe: full", model(operation), _full(operation))
    for place in shapes.places(operation):
        source = model(f"{place.holder.name}.{place.steps[-1]}")
        if place.required and "location" not in place.shape.serialization:
            name = f"{operation}-without-{place.path}"
            family.add(name, operation, "probe: required", source, _without(operation, place.steps))
        for topic, wrong, steps, value in _spoiled(place):
            name = f"{operation}-{wrong}-{place.path}"
            family.add(name, operation, topic, source, _with(operation, steps, value))


def _spoiled(place: Place) -> Iterator[Spoiled]:
    shape, steps = place.shape, place.steps
    kind, limits = shape.type_name, shape.metadata
    if getattr(shape, "enum", None):
        yield "probe: enum", "enum", steps, "BOGUS"
    if "max" in limits and kind in _TOO_LONG:
        yield "probe: max", "max", steps, _TOO_LONG[kind](limits["max"], shape)
    if limits.get("min", 0) > 0 and kind in _TOO_SHORT:
        yield "probe: min", "min", steps, _TOO_SHORT[kind](limits["min"])
    if kind == "map" and "max" in shape.key.metadata:
        yield "probe: max", "max-key", steps, {"x" * (shape.key.metadata["max"] + 1): "x"}


def _minimal(operation: str) -> Check:
    """The required members alone are enough."""

    def check(lab: Lab) -> None:
        lab.call(operation, **VALID[operation](lab))

    return check


def _full(operation: str) -> Check:
    """With every member that the model has: whatever it means, the answer is one of the model's."""

    def check(lab: Lab) -> None:
        shape = shapes.operation_model(operation).input_shape
        everything = shapes.filled(shape) if shape is not None else {}
        try:
            lab.call(operation, **{**everything, **VALID[operation](lab)})
        except ClientError as error:
            same(error.response["Error"]["Code"], "ClientException", "error code")
            same(error.response["ResponseMetadata"]["HTTPStatusCode"], 400, "HTTP status")

    return check


def _with(operation: str, steps: Steps, value: Any) -> Check:
    def check(lab: Lab) -> None:
        request = shapes.put(operation, VALID[operation](lab), steps, value)
        lab.refused(REFUSED, operation, **request)

    return check


def _without(operation: str, steps: Steps) -> Check:
    def check(lab: Lab) -> None:
        request = VALID[operation](lab)
        inside = steps[:-1]
        if inside:
            request = shapes.put(operation, request, steps, _at(request, steps))
        lab.refused(REFUSED, operation, **shapes.without(request, steps))

    return check


def _at(request: Any, steps: Steps) -> Any:
    """What the request holds there, so that putting it there changes nothing; "probe" if nothing."""
    for step in steps:
        try:
            request = request[step]
        except (KeyError, IndexError, TypeError):
            return "probe"
    return request
