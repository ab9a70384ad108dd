"""Members of answers that are never there, and why: who gives one its value takes its line away.

That every other member is there when it should be is shown by a test (tests/api/test_every_output.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

NEVER_GIVEN: Final[Mapping[str, str]] = {}
"""By structure and member."""
