"""How we know what a test says of AWS: every test in tests/api and tests/conformance carries exactly one."""

from __future__ import annotations

import pytest


class Evidence:
    """``@aws.documented(url)``, ``@aws.recorded(where)``, ``@aws.assumed(why)``, ``@aws.emulator_only``."""

    documented = pytest.mark.aws_documented
    """A public page, issue or model says so: its address, or ``model: <member>`` for botocore's."""
    recorded = pytest.mark.aws_recorded
    """A real answer of AWS, quoted in a public place: where."""
    assumed = pytest.mark.aws_assumed
    """Nobody is known to have seen it: why we think so."""
    emulator_only = pytest.mark.aws_emulator_only
    """About batchemu itself."""


aws = Evidence()
MARKS = ("aws_documented", "aws_recorded", "aws_assumed", "aws_emulator_only")
NEEDS_WORDS = ("aws_documented", "aws_recorded", "aws_assumed")


def problem(item: pytest.Item) -> str | None:
    """What is wrong with a test's evidence."""
    found = [mark for mark in item.iter_markers() if mark.name in MARKS]
    if len(found) != 1:
        return f"{item.nodeid} carries {len(found)} marks of evidence, not one"
    if found[0].name in NEEDS_WORDS and not (found[0].args and isinstance(found[0].args[0], str)):
        return f"{item.nodeid}: {found[0].name} must say where or why"
    return None
