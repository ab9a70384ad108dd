"""maxResults and nextToken: pages that stay stable while things come and go.

A token names the last item of its page, not a position, and holds for its operation only. Its form is
nobody's business but ours (AWS documents it as opaque).
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, TypeVar

from batchemu import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

T = TypeVar("T")
Key = str | int
MAX_NAMES = 100


def encode(operation: str, last: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps([operation, last]).encode()).decode()


def decode(operation: str, token: str | None, kind: type[Key]) -> Key | None:
    """The key of the last item of the page before; None for the first page."""
    if not token:
        return None
    try:
        made_for, last = json.loads(base64.urlsafe_b64decode(token.encode("ascii")))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise messages.invalid_next_token() from None
    if made_for != operation or type(last) is not kind:
        raise messages.invalid_next_token()
    return last


def limit(params: Mapping[str, object], most: int) -> int:
    """maxResults of a request, the most by default."""
    asked = params.get("maxResults")
    if asked is None:
        return most
    if not isinstance(asked, int) or not 1 <= asked <= most:
        raise messages.max_results_out_of_range(1, most)
    return asked


def page(
    operation: str,
    items: Iterable[T],
    key: Callable[[T], str],
    params: Mapping[str, object],
    most: int = 100,
) -> tuple[Sequence[T], dict[str, str]]:
    """One page of ``items`` in the order of their keys, and ``{"nextToken": ...}`` if there are more."""
    token = params.get("nextToken")
    last = decode(operation, token if isinstance(token, str) else None, str)
    size = limit(params, most)
    rest = sorted((item for item in items if last is None or key(item) > str(last)), key=key)
    shown = rest[:size]
    more = {"nextToken": encode(operation, key(shown[-1]))} if len(rest) > size else {}
    return shown, more


def check_names(asked: list[str], params: Mapping[str, object], member: str) -> None:
    """At most 100 names, and not together with maxResults."""
    if "maxResults" in params:
        raise messages.exclusive_with_max_results(member)
    if len(asked) > MAX_NAMES:
        raise messages.invalid(f"At most {MAX_NAMES} {member} can be described at once.")  # assumed wording
