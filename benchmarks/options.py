"""How large the benchmarks are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    pairs: int = 30
    """Interleaved pairs of ``true``; ``chain`` makes a third of it, ten at least."""
    jobs: int = 1000
    """Of ``burst``; the raw side runs half of it before and half after."""
    requests: int = 2500
    """To each side of ``submit``."""
    starts: int = 7
    core_jobs: int = 100_000
