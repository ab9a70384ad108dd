"""``python -m benchmarks [name ...]``: run benchmarks and print their figures.

Exit code 1 when a target is missed, else 0. Nothing is written unless ``--write`` is given.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from typing import TYPE_CHECKING

from benchmarks import arrays, burst, chain, core, figures, month, start, submit, true_job
from benchmarks.image import NoImage
from benchmarks.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from benchmarks.figures import Figure

BENCHMARKS: Mapping[str, Callable[[Options], Iterator[Figure]]] = {
    "true": true_job.run,
    "chain": chain.run,
    "submit": submit.run,
    "start": start.run,
    "core": core.run,
    "arrays": arrays.run,
    "month": month.run,
    "burst": burst.run,
}


def main() -> int:
    arguments = _arguments()
    options = Options(**{each.name: getattr(arguments, each.name) for each in fields(Options)})
    missed: list[str] = []
    for name in arguments.names or BENCHMARKS:
        print(f"{name}  ({figures.machine()})", flush=True)
        found: list[Figure] = []
        for figure in BENCHMARKS[name](options):
            print(figure, flush=True)
            found.append(figure)
        missed += [f"MISSED: {name}:{figure}" for figure in found if not figure.is_met]
        if arguments.write:
            figures.write(name, found)
    for line in missed:
        print(line)
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"{', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--write", action="store_true", help="put the figures into benchmarks/RESULTS.md")
    for each in fields(Options):
        parser.add_argument(f"--{each.name.replace('_', '-')}", type=_size, default=each.default)
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in BENCHMARKS:
            parser.error(f"there is no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
    return arguments


def _size(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a number from 1 on")
    return number


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NoImage as error:
        sys.exit(str(error))
