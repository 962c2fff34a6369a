from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from litestar.types import HTTPScope, Scope

from server.web.fields import field

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

# The nearest and the only part of an IPv6 address that its owner cannot change at will (RFC 4291 2.5.4).
_SUBNET: Final = 64


class Proxies:
    """Knows the proxies of ours that requests come through, and so from where a request comes (security.md "Edge").

    What a header field says is believed as far as one of these proxies wrote it, and no further.
    """

    def __init__(self, networks: Iterable[Network] = ()) -> None:
        self._networks = tuple(networks)

    def origin(self, scope: HTTPScope) -> str:
        """Return who is to be counted for a request: an IPv4 address, or the /64 network of an IPv6 address.

        That is the peer, or, when the peer is a proxy of ours, the last entry of X-Forwarded-For that is none. An
        entry that is no address ends the walk at the proxy that passed it on. Empty when the peer has no address.
        """
        peer = scope.get("client")
        if not self._networks:
            return _group_of(peer[0]) if peer else ""
        nearest = _parsed(peer[0]) if peer else None
        if nearest is None:
            return ""
        return _group(self._walked(scope, nearest) if self._ours(nearest) else nearest)

    def _walked(self, scope: HTTPScope, nearest: Address) -> Address:
        for entry in reversed((field(scope, b"x-forwarded-for") or "").split(",")):
            further = _parsed(entry.strip())
            if further is None:
                break
            nearest = further
            if not self._ours(nearest):
                break
        return nearest

    def _ours(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def client_address(scope: Scope) -> str:
    """Return where a request comes from, as `Proxies.origin` found it: for counting only.

    It is personal data: it belongs in no log, no answer and no metric, and in no row in clear text.
    """
    state: dict[str, Any] = scope["state"]
    return str(state["address"])


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Address | None:
    """Read an address; one that is IPv4 written as IPv6 (::ffff:192.0.2.1) is IPv4, and a zone is not accepted."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return None if address.scope_id else address.ipv4_mapped or address
    return address


@lru_cache(maxsize=4096)
def _group_of(text: str) -> str:
    address = _parsed(text)
    return "" if address is None else _group(address)


def _group(address: Address) -> str:
    """Return what is counted as one: whoever has an IPv6 address has the 2**64 beside it."""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _SUBNET), strict=False))
    return str(address)
