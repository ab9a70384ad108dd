"""A fresh bench for every test."""

from __future__ import annotations

import pytest

from tests.core.lab import Lab


@pytest.fixture
def lab() -> Lab:
    """Environment ``ce`` of 4 vCPUs, queue ``queue``, definition ``definition`` of 1 vCPU."""
    return Lab().ready()
