"""The members that batchemu was written for: what a newer botocore adds shows up as not covered.

``known_members.json`` is a picture of the model, shape by shape. A member of a request that is in the
installed model and not in the picture is named as ignored, for no code reads it; ``batchemu coverage``
lists it. Once the code knows it, draw the picture anew: ``python -m batchemu.wire.known``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchemu.wire.model import operation_model, operation_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import Shape

PICTURE = Path(__file__).with_name("known_members.json")


@cache
def known_members() -> Mapping[str, frozenset[str]]:
    """The members of each structure that batchemu knows; of a structure that it does not know: none."""
    picture: dict[str, list[str]] = json.loads(PICTURE.read_text())
    return {shape: frozenset(members) for shape, members in picture.items()}


def is_known(shape: str, member: str) -> bool:
    return member in known_members().get(shape, ())


def structures() -> dict[str, list[str]]:
    """Every structure of the installed model that an operation takes or answers, and its members."""
    found: dict[str, list[str]] = {}
    for name in operation_names():
        operation = operation_model(name)
        for shape in (operation.input_shape, operation.output_shape):
            if shape is not None:
                _collect(shape, found)
    return dict(sorted(found.items()))


def _collect(shape: Any, found: dict[str, list[str]]) -> None:
    if shape.type_name == "structure" and shape.name not in found:
        found[shape.name] = sorted(shape.members)
    elif shape.type_name == "structure":
        return
    for part in parts(shape):
        _collect(part, found)


def parts(shape: Any) -> list[Shape]:
    """The shapes that a shape is made of."""
    if shape.type_name == "structure":
        return list(shape.members.values())
    if shape.type_name == "list":
        return [shape.member]
    return [shape.value] if shape.type_name == "map" else []


if __name__ == "__main__":
    PICTURE.write_text(json.dumps(structures(), indent=1) + "\n")
