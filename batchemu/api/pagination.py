"""maxResults and nextToken: pages that stay stable while things come and go.

A token names the last item of its page, not a position, and holds for its operation only. Its form is
nobody's business but ours (AWS documents it as opaque).
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from batchemu import messages
from batchemu.core import listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from batchemu.api.context import RequestContext
    from batchemu.core.world import (
        ComputeEnvironment,
        Job,
        JobQueue,
        ServiceEnvironment,
        ServiceJob,
        World,
    )

T = TypeVar("T")
J = TypeVar("J", "Job", "ServiceJob")
R = TypeVar("R", "ComputeEnvironment", "JobQueue", "ServiceEnvironment")
N = TypeVar("N", bound="_Named")
Key = tuple[str | int, ...]
MAX_NAMES = 100


class _Named(Protocol):
    arn: str


def encode(operation: str, last: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps([operation, *last]).encode()).decode()


def decode(operation: str, token: object, kinds: tuple[type, ...]) -> Key | None:
    """The key of the last item of the page before, whose members are of ``kinds``; None: the first page."""
    if not token:
        return None
    try:
        made_for, *last = json.loads(base64.urlsafe_b64decode(str(token).encode("ascii")))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise messages.invalid_next_token() from None
    if made_for != operation or tuple(map(type, last)) != kinds:
        raise messages.invalid_next_token()
    return tuple(last)


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
    last = decode(operation, params.get("nextToken"), (str,))
    size = limit(params, most)
    rest = sorted((item for item in items if last is None or key(item) > str(last[0])), key=key)
    shown = rest[:size]
    more = {"nextToken": encode(operation, (key(shown[-1]),))} if len(rest) > size else {}
    return shown, more


def check_page(operation: str, params: Mapping[str, object], kinds: tuple[type, ...], most: int) -> None:
    """Refuse what ``page`` would refuse, where there is nothing to list."""
    decode(operation, params.get("nextToken"), kinds)
    limit(params, most)


def page_of_jobs(
    operation: str,
    found: Iterable[J],
    position: Callable[[J], listing.Position],
    params: Mapping[str, object],
    most: int,
) -> tuple[Sequence[J], dict[str, str]]:
    """As ``page``, for jobs in the order of their positions."""
    after = decode(operation, params.get("nextToken"), (str, int, int))
    shown, last = listing.page(found, position, cast("Any", after), limit(params, most))
    return shown, {"nextToken": encode(operation, last)} if last else {}


def check_names(asked: list[str], params: Mapping[str, object], member: str) -> None:
    """At most 100 names, and not together with maxResults."""
    if "maxResults" in params:
        raise messages.exclusive_with_max_results(member)
    if len(asked) > MAX_NAMES:
        raise messages.invalid(f"At most {MAX_NAMES} {member} can be described at once.")  # assumed wording


def once(found: Iterable[N | None]) -> list[N]:
    """What was found, each once, where it came first."""
    return list({each.arn: each for each in found if each is not None}.values())


def describe(
    ctx: RequestContext,
    params: Mapping[str, Any],
    member: str,
    *,
    find: Callable[[World, str], R | None],
    known: Callable[[World], Iterable[R]],
    detail: Callable[[World, R], dict[str, Any]],
) -> dict[str, Any]:
    """A Describe operation on named resources: those that ``member`` names, or all of them, page by page.

    Unknown names are left out (terraform-provider-aws takes an empty answer for "not found"); what is
    asked for twice is answered once (assumed, as by DescribeJobs).
    """
    asked = params.get(member)
    title = member[0].upper() + member[1:]
    if asked:
        check_names(asked, params, title)

    def view(world: World) -> dict[str, Any]:
        more: dict[str, str] = {}
        if asked:
            found: Sequence[R] = once(find(world, text) for text in asked)
        else:
            found, more = page(f"Describe{title}", known(world), lambda each: each.name, params)
        return {member: [detail(world, each) for each in found], **more}

    return ctx.read(view)
