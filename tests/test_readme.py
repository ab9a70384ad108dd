"""The README promises nothing that the code does not hold."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from batchemu.api.without_effect import CONTAINER_PROPERTIES
from batchemu.wire.dispatch import registered
from batchemu.wire.model import operation_names

README = (Path(__file__).parents[1] / "README.md").read_text()


def section(name: str) -> str:
    """What stands between ``<!-- name -->`` and the next blank line after the block."""
    found = re.search(rf"<!-- {name} -->\n(.*?)\n\n", README, re.DOTALL)
    assert found, f"README.md has no section {name}"
    return found[1]


def wrapped(names: set[str]) -> str:
    import textwrap

    return textwrap.fill(", ".join(f"`{name}`" for name in sorted(names)) + ".", 100, break_on_hyphens=False)


def test_the_operations_are_those_that_have_a_handler() -> None:
    assert section("operations").startswith(f"{len(registered())} of {len(operation_names())}. ")


def test_the_members_without_effect_are_those_that_the_code_names() -> None:
    assert section("ignored") == wrapped(set(CONTAINER_PROPERTIES))


def test_the_example_test_passes(tmp_path: Path) -> None:
    found = re.search(r"<!-- example: (\S+) -->\n```python\n(.*?)```", README, re.DOTALL)
    assert found
    (tmp_path / found[1]).write_text(found[2])
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
