"""Write the tables of instance types in core/ anew, from botocore's models and moto's answer of
DescribeInstanceTypes.

.venv/bin/python scripts/instance_types.py
"""

from __future__ import annotations

import gzip
import json
import re
import textwrap
from pathlib import Path
from typing import Any

import moto
from botocore.session import Session

CORE = Path(__file__).parents[1] / "batchemu" / "core"
TABLES = {
    "instance_types.py": ("ec2", "InstanceType"),
    "training_instances.py": ("sagemaker", "TrainingInstanceType"),
}
"""Which enum of which service each module holds."""
BEGIN_SIZES, END_SIZES = "# --- sizes: written by scripts/instance_types.py\n", "# --- end of sizes\n"
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


SIZES = CORE / "instance_sizes.py"
DESCRIBED = Path(moto.__file__).parent / "ec2" / "resources" / "instance_types.json.gz"
NOT_DESCRIBED = {
    "g2.2xlarge": (8, 15_360, 1),
    "g2.8xlarge": (32, 61_440, 4),
    "g3.16xlarge": (64, 499_712, 4),
    "g3.4xlarge": (16, 124_928, 1),
    "g3.8xlarge": (32, 249_856, 2),
    "g3s.xlarge": (4, 31_232, 1),
    "p2.16xlarge": (64, 749_568, 16),
    "p2.8xlarge": (32, 499_712, 8),
    "p2.xlarge": (4, 62_464, 1),
    "p3.16xlarge": (64, 499_712, 8),
    "p3.2xlarge": (8, 62_464, 1),
    "p3.8xlarge": (32, 249_856, 4),
}
"""GPU instances that moto leaves out, by https://docs.aws.amazon.com/ec2/latest/instancetypes/pg.html"""


def sizes() -> str:
    """Each type with its vCPUs, MiB of memory and GPUs."""
    described: dict[str, Any] = json.loads(gzip.decompress(DESCRIBED.read_bytes()))
    known: dict[str, tuple[int, int, int]] = dict(NOT_DESCRIBED)
    for name, each in described.items():
        gpus = sum(
            gpu["Count"] for gpu in each.get("GpuInfo", {}).get("Gpus", ()) if gpu["Manufacturer"] == "NVIDIA"
        )
        known[name] = each["VCpuInfo"]["DefaultVCpus"], each["MemoryInfo"]["SizeInMiB"], gpus
    families: dict[str, list[str]] = {}
    for name in sorted(known, key=lambda name: (name.partition(".")[0], known[name], name)):
        family, _, size = name.partition(".")
        vcpus, memory, gpus = known[name]
        families.setdefault(family, []).append(f"{size}={vcpus}/{memory}" + (f"/{gpus}" if gpus else ""))
    lines = [f"{family}: {' '.join(each)}" for family, each in families.items()]
    wrapped = (textwrap.fill(line, 108, subsequent_indent="  ", break_on_hyphens=False) for line in lines)
    return '_SIZES: Final = """\n' + "\n".join(wrapped) + '\n"""\n'


def main() -> None:
    for name, enum in TABLES.items():
        module = CORE / name
        head, _, rest = module.read_text().partition(BEGIN)
        _, _, tail = rest.partition(END)
        module.write_text(head + BEGIN + table(*enum) + END + tail)
    head, _, rest = SIZES.read_text().partition(BEGIN_SIZES)
    _, _, tail = rest.partition(END_SIZES)
    SIZES.write_text(head + BEGIN_SIZES + sizes() + END_SIZES + tail)


if __name__ == "__main__":
    main()
