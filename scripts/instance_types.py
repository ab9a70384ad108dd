"""Write the families of instance types in core/ anew, from enums of botocore's models.

.venv/bin/python scripts/instance_types.py
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

from botocore.session import Session

CORE = Path(__file__).parents[1] / "batchemu" / "core"
TABLES = {
    "instance_types.py": ("ec2", "InstanceType"),
    "training_instances.py": ("sagemaker", "TrainingInstanceType"),
}
"""Which enum of which service each module holds."""
BEGIN, END = "# --- families: written by scripts/instance_types.py\n", "# --- end of families\n"


def table(service: str, enum: str) -> str:
    """Each family with its sizes, a line or more each."""
    families: dict[str, list[str]] = {}
    known: Any = Session().get_service_model(service).shape_for(enum)
    for name in known.enum:
        family, _, size = name.rpartition(".")
        families.setdefault(family, []).append(size)
    lines = [f"{family}: {' '.join(sorted(sizes, key=_in_order))}" for family, sizes in families.items()]
    wrapped = (textwrap.fill(line, 108, subsequent_indent="  ", break_on_hyphens=False) for line in lines)
    return '_FAMILIES: Final = """\n' + "\n".join(sorted(wrapped)) + '\n"""\n'


def _in_order(size: str) -> tuple[int, str]:
    """``xlarge`` before ``2xlarge`` before ``12xlarge``; metal last."""
    number = re.match(r"\d+", size)
    return (int(number[0]) if number else 10_000 if "metal" in size else 0, size)


def main() -> None:
    for name, enum in TABLES.items():
        module = CORE / name
        head, _, rest = module.read_text().partition(BEGIN)
        _, _, tail = rest.partition(END)
        module.write_text(head + BEGIN + table(*enum) + END + tail)


if __name__ == "__main__":
    main()
