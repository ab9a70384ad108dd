"""Who may talk to us: a web page in the developer's browser may not.

A page of a foreign origin could otherwise submit a privileged container, and one whose name resolves to
127.0.0.1 (DNS rebinding) would even be of our origin; so Host and Origin are both looked at.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import WSGIEnvironment

_REMEMBERED = 1000
_LOOPBACK_NAMES = frozenset({"localhost", "host.docker.internal"})


class Guard:
    """``bound``: the address that we listen on; ``names``: further host names that are ours."""

    def __init__(self, bound: str, names: Iterable[str] = ()) -> None:
        self._bound = _address(bound)
        self._names = {name.strip().lower() for name in names if name.strip()} | _LOOPBACK_NAMES
        self._exact = {bound.lower()}
        self._seen: set[str] = set()
        if self._bound is None or self._bound.is_unspecified:
            self._exact.add(socket.gethostname().lower())

    def refusal(self, environ: WSGIEnvironment) -> str | None:
        """One sentence why this request is refused; None: it may come in."""
        host = environ.get("HTTP_HOST", "")
        if host and host not in self._seen and not self._accept(host):
            return (
                f"The Host {host!r} is not an address of this server; if it should be, "
                "name it with --allowed-hosts."
            )
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and not self._same_origin(origin, host):
            return f"Browser requests from the origin {origin!r} are refused."
        if environ.get("HTTP_SEC_FETCH_SITE") in ("cross-site", "same-site") and origin is None:
            return "Browser requests from other sites are refused."
        return None

    def _accept(self, host: str) -> bool:
        """Look closely at a Host, and remember those that are ours: nearly every request has the same."""
        if not self.is_ours(_host_name(host)):
            return False
        if len(self._seen) < _REMEMBERED:
            self._seen.add(host)
        return True

    def is_ours(self, name: str) -> bool:
        """A loopback name (S3's ``bucket.localhost`` too), a configured one, or an own address.

        Bound to every address, any numeric one is ours: a rebound DNS name is never numeric.
        """
        address = _address(name)
        if address is not None:
            everywhere = self._bound is None or self._bound.is_unspecified
            return address.is_loopback or address == self._bound or everywhere
        name = name.lower().rstrip(".")
        if name in self._exact or name in self._names:
            return True
        # not for the machine's own name: it may be a suffix that others can register under, like "dev"
        return any(name.endswith(f".{ours}") for ours in self._names)

    @staticmethod
    def _same_origin(origin: str, host: str) -> bool:
        try:
            return bool(host) and urlsplit(origin).netloc.lower() == host.lower()
        except ValueError:
            return False


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
