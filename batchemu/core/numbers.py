"""Numbers that come as text."""

from __future__ import annotations


def whole(text: str, *, digits: int = 9) -> int | None:
    """The whole number that ``text`` spells with at most ``digits`` digits; None: it spells none.

    The bound keeps absurd numbers out before anything computes with them.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
