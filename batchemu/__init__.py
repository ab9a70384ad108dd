"""An AWS Batch emulator with a real scheduler, real containers and a clock that tests can move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu.version import __version__

if TYPE_CHECKING:
    from batchemu.emulator import Emulator, start
    from batchemu.runtime.plans import Plan

__all__ = ["Emulator", "Plan", "__version__", "start"]


_LATER = {
    "Emulator": "batchemu.emulator",
    "start": "batchemu.emulator",
    "Plan": "batchemu.runtime.plans",
}


def __getattr__(name: str) -> Any:
    """Load a public name only when somebody asks for it: ``import batchemu`` costs next to nothing."""
    if name in _LATER:
        import importlib  # noqa: PLC0415

        return getattr(importlib.import_module(_LATER[name]), name)
    raise AttributeError(f"module 'batchemu' has no attribute {name!r}")
