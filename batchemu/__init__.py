"""An AWS Batch emulator with a real scheduler, real containers and a clock that tests can move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu.version import __version__

if TYPE_CHECKING:
    from batchemu.emulator import Emulator, start

__all__ = ["Emulator", "__version__", "start"]


def __getattr__(name: str) -> Any:
    """Load the emulator only when somebody asks for it: ``import batchemu`` costs next to nothing."""
    if name in ("Emulator", "start"):
        from batchemu import emulator  # noqa: PLC0415

        return getattr(emulator, name)
    raise AttributeError(f"module 'batchemu' has no attribute {name!r}")
