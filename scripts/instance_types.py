"""Write the families of core/instance_types.py anew, from the enum InstanceType of botocore's EC2 model.

.venv/bin/python scripts/instance_types.py
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

from botocore.session import Session

MODULE = Path(__file__).parents[1] / "batchemu" / "core" / "instance_types.py"
BEGIN, END = "# --- families: written by scripts/instance_types.py\n", "# --- end of families\n"


def table() -> str:
    """Each family with its sizes, a line or more each."""
    families: dict[str, list[str]] = {}
    known: Any = Session().get_service_model("ec2").shape_for("InstanceType")
    for name in known.enum:
        family, _, size = name.partition(".")
        families.setdefault(family, []).append(size)
    lines = [f"{family}: {' '.join(sorted(sizes, key=_in_order))}" for family, sizes in families.items()]
    wrapped = (textwrap.fill(line, 108, subsequent_indent="  ", break_on_hyphens=False) for line in lines)
    return '_FAMILIES: Final = """\n' + "\n".join(sorted(wrapped)) + '\n"""\n'


def _in_order(size: str) -> tuple[int, str]:
    """``xlarge`` before ``2xlarge`` before ``12xlarge``; metal last."""
    number = re.match(r"\d+", size)
    return (int(number[0]) if number else 10_000 if "metal" in size else 0, size)


def main() -> None:
    text = MODULE.read_text()
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    MODULE.write_text(head + BEGIN + table() + END + tail)


if __name__ == "__main__":
    main()
