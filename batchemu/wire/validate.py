"""One walk over an input: types, required members, limits and enums, from the model alone.

Each shape is compiled into a closure when its operation is first called. A closure takes the
value, the place where it stands (a linked tuple, rendered only when somebody has to read it) and
the list of unknown paths; it returns the value without null and unknown members, or raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

from batchemu.errors import ClientException
from batchemu.wire.known import is_known
from batchemu.wire.model import UnsupportedShape, operation_model
from batchemu.wire.parse import bad_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

# (place of the parent, member name | list index | map key); None is the input itself.
Place: TypeAlias = tuple[Any, str | int] | None
Check: TypeAlias = Callable[[Any, Place, list[str]], Any]
Compiled: TypeAlias = dict[str, Check]

# "The values aren't case sensitive.": EvaluateOnExit.action in botocore's
# data/batch/2016-08-10/service-2.json.
CASE_INSENSITIVE_ENUMS = frozenset({"RetryAction"})

# Enums whose wrong values the service refuses in words of its own, which are therefore its to judge:
# https://github.com/badmintoncryer/cdk-preflight rules/batch/pf-batch-jd-platform-capability-value,
# pf-batch-jd-device-permissions-value and pf-batch-sp-*.
JUDGED_BY_THE_SERVICE = frozenset(
    {"DeviceCgroupPermission", "PlatformCapability", "QuotaShareIdleResourceAssignmentStrategy"}
)

# Smithy's integer and long are Java's int and long:
# https://smithy.io/2.0/spec/simple-types.html
_INTEGER_RANGES = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}

# A place is cut to this many characters a step: a map key of a request can be megabytes long.
_LONGEST_STEP = 128


def validate(operation: str, params: Mapping[str, Any], unknown: list[str]) -> dict[str, Any]:
    """Return the members that the model and batchemu know; append the paths of the others to ``unknown``.

    AWS's JSON protocols ignore unknown members: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html.
    A null member counts as absent. A wrong type is answered like malformed JSON
    (https://github.com/JuliaCloud/AWS.jl/issues/313), everything else with a wrapped ClientException.
    """
    checked: dict[str, Any] = _input_check(operation)(params, None, unknown)
    return checked


def render(place: Place) -> str:
    """Write a place as a path: ``containerOverrides.environment[0].name``."""
    steps: list[str] = []
    while place is not None:
        place, step = place
        steps.append(f"[{step}]" if isinstance(step, int) else f".{step[:_LONGEST_STEP]}")
    return "".join(reversed(steps)).lstrip(".")


@cache
def _input_check(operation: str) -> Check:
    shape = operation_model(operation).input_shape
    if shape is None:
        return lambda value, place, unknown: _only_known(value, {}, place, unknown)
    # The table of finished closures is the operation's own: another thread never sees a half-built one.
    return _compile(shape, {})


def _compile(shape: Shape, compiled: Compiled) -> Check:
    if shape.name not in compiled:
        try:
            compiler = _COMPILERS[shape.type_name]
        except KeyError:
            raise UnsupportedShape(f"{shape.name} is a {shape.type_name}") from None
        compiled[shape.name] = compiler(shape, compiled)
    return compiled[shape.name]


def _structure(shape: StructureShape, compiled: Compiled) -> Check:
    members: dict[str, Check] = {}
    required = tuple(shape.required_members)

    def check(value: Any, place: Place, unknown: list[str]) -> dict[str, Any]:
        if type(value) is not dict:
            raise _wrong_type(place, "object")
        kept = _only_known(value, members, place, unknown)
        for name in required:
            if name not in kept:
                raise _invalid((place, name), "is required.")
        return kept

    compiled[shape.name] = check  # before its members, so that a shape may contain itself
    members.update(
        (name, _compile(member, compiled))
        for name, member in shape.members.items()
        if is_known(shape.name, name)
    )
    return check


def _only_known(
    value: Mapping[str, Any], members: Mapping[str, Check], place: Place, unknown: list[str]
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, item in value.items():
        if item is None:
            continue
        member = members.get(name)
        if member is None:
            unknown.append(render((place, name)))
        else:
            kept[name] = member(item, (place, name), unknown)
    return kept


def _list(shape: ListShape, compiled: Compiled) -> Check:
    """Check each item; a null item is refused, as AWS's own server kit does.

    Source: https://github.com/aws/aws-sdk-js-v3/pull/2771.
    """
    element = _compile(shape.member, compiled)
    within_limits = _limits(shape, "must have at {} {} entries.")

    def check(value: Any, place: Place, unknown: list[str]) -> list[Any]:
        if type(value) is not list:
            raise _wrong_type(place, "array")
        within_limits(len(value), place)
        return [element(item, (place, index), unknown) for index, item in enumerate(value)]

    return check


def _map(shape: MapShape, compiled: Compiled) -> Check:
    """Check each key and value; a null value is refused like a null item of a list."""
    key_check = _compile(shape.key, compiled)
    value_check = _compile(shape.value, compiled)
    within_limits = _limits(shape, "must have at {} {} entries.")

    def check(value: Any, place: Place, unknown: list[str]) -> dict[str, Any]:
        if type(value) is not dict:
            raise _wrong_type(place, "object")
        within_limits(len(value), place)
        kept: dict[str, Any] = {}
        for key, item in value.items():
            here = (place, key)
            key_check(key, here, unknown)
            kept[key] = value_check(item, here, unknown)
        return kept

    return check


def _string(shape: StringShape, compiled: Compiled) -> Check:
    if shape.enum and shape.name not in JUDGED_BY_THE_SERVICE:
        return _enum(shape)
    if not shape.metadata.keys() & {"min", "max"}:
        return _plain_string
    within_limits = _limits(shape, "must be at {} {} characters long.")

    def check(value: Any, place: Place, unknown: list[str]) -> str:
        if type(value) is not str:
            raise _wrong_type(place, "string")
        within_limits(len(value), place)
        return value

    return check


def _plain_string(value: Any, place: Place, unknown: list[str]) -> str:
    if type(value) is not str:
        raise _wrong_type(place, "string")
    return value


def _enum(shape: StringShape) -> Check:
    """Refuse what the enum lacks; the value is kept as the caller wrote it."""
    allowed = frozenset(shape.enum)
    folded = frozenset(map(str.lower, allowed)) if shape.name in CASE_INSENSITIVE_ENUMS else frozenset()
    sentence = f"must be one of {', '.join(shape.enum)}."

    def check(value: Any, place: Place, unknown: list[str]) -> str:
        if type(value) is not str:
            raise _wrong_type(place, "string")
        if value not in allowed and value.lower() not in folded:
            raise _invalid(place, sentence)
        return value

    return check


def _boolean(shape: Shape, compiled: Compiled) -> Check:
    def check(value: Any, place: Place, unknown: list[str]) -> bool:
        if type(value) is not bool:
            raise _wrong_type(place, "boolean")
        return value

    return check


def _integer(shape: Shape, compiled: Compiled) -> Check:
    """Accept an integer within the range of its type: neither true nor 1.0 is one."""
    lowest, highest = _INTEGER_RANGES[shape.type_name]
    within_limits = _limits(shape, "must be at {} {}.")

    def check(value: Any, place: Place, unknown: list[str]) -> int:
        if type(value) is not int or not lowest <= value <= highest:
            raise _wrong_type(place, shape.type_name)
        within_limits(value, place)
        return value

    return check


def _float(shape: Shape, compiled: Compiled) -> Check:
    """Accept an integer or a finite fraction; JSON text such as 1e999 reads as infinite."""
    within_limits = _limits(shape, "must be at {} {}.")

    def check(value: Any, place: Place, unknown: list[str]) -> float:
        if type(value) not in (int, float) or not _is_finite(value):
            raise _wrong_type(place, "number")
        within_limits(value, place)
        number: float = value
        return number

    return check


def _is_finite(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:  # an integer beyond the largest float
        return False


_COMPILERS: dict[str, Callable[[Any, Compiled], Check]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "boolean": _boolean,
    "integer": _integer,
    "long": _integer,
    "float": _float,
    "double": _float,
}


def _limits(shape: Shape, sentence: str) -> Callable[[float, Place], None]:
    """Make the check of ``min`` and ``max`` on a length or a number. The wording is ours.

    An empty map passes: workflow engines send ``tags: {}`` for a job without tags (that AWS takes it
    is assumed; the model says ``min 1``).
    """
    low = None if shape.type_name == "map" else shape.metadata.get("min")
    high = shape.metadata.get("max")
    if low is None and high is None:
        return _no_limits

    def check(amount: float, place: Place) -> None:
        if low is not None and amount < low:
            raise _invalid(place, sentence.format("least", low))
        if high is not None and amount > high:
            raise _invalid(place, sentence.format("most", high))

    return check


def _no_limits(amount: float, place: Place) -> None:
    pass


def _invalid(place: Place, predicate: str) -> ClientException:
    """Make a wrapped sentence about a member.

    The wording is ours, after two that AWS is known to use: ``Job definition name is required.``
    (https://github.com/pulumi/pulumi-aws/issues/3887) for a member of the input itself, and
    ``Resource minvCpus is required.`` (https://github.com/getmoto/moto/issues/6470), which names
    a deeper one as the API does.
    """
    path = render(place)
    subject = _in_words(path) if path.isalnum() else path
    return ClientException(f"{subject} {predicate}", wrapped=True)


def _in_words(member: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", member).capitalize()


def _wrong_type(place: Place, wanted: str) -> ClientException:
    return bad_json(f"{render(place)} is not of type {wanted}")
