"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evidence import MARKS, problem
from tests.images import client, image

__all__ = ["client", "image"]  # fixtures for every folder
HERE = Path(__file__).parent
MARKED = (HERE / "api", HERE / "conformance")


def pytest_configure(config: pytest.Config) -> None:
    for mark in MARKS:
        config.addinivalue_line("markers", f"{mark}: how we know what this test says of AWS")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests about AWS that do not say how we know."""
    marked = [item for item in items if any(item.path.is_relative_to(folder) for folder in MARKED)]
    problems = [text for item in marked if (text := problem(item)) is not None]
    if problems:
        raise pytest.UsageError("\n".join(problems))
