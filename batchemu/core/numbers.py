"""Numbers that come as text."""

from __future__ import annotations

import re

_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)


def whole(text: str, *, digits: int = 9) -> int | None:
    """The whole number that ``text`` spells with at most ``digits`` digits; None: it spells none.

    The bound keeps absurd numbers out before anything computes with them.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def decimal(text: str) -> float | None:
    """The number that ``text`` spells with digits and at most one point (``0.25``); None: it spells none.

    Python's own ``float`` would also take ``inf``, ``1e3``, ``1_0`` and blanks.
    """
    return float(text) if _DECIMAL.fullmatch(text) else None
