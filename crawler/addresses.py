"""Which addresses the crawler may connect to (RELIABILITY R8: server-side request forgery).

The guard is the name resolver of the whole process. Twisted asks it for every connection, IP
literals and redirect targets included, and connects to the very addresses it hands back: what was
checked is what is connected to, so a name that resolves differently a second later gains nothing.
Placed anywhere else (a spider's custom_settings, a look at the response) it would look on and be
off, or come too late.

The list is our own: ``ipaddress.is_global`` of Python 3.11 holds 64:ff9b::7f00:1, 2002:7f00:1::,
::127.0.0.1, 192.0.0.8 and multicast for public.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from zope.interface import implementer

_REFUSED_4 = tuple(
    (IPv4Network(network), why)
    for network, why in (
        ("0.0.0.0/8", "本机"),
        ("10.0.0.0/8", "内网"),
        ("100.64.0.0/10", "运营商内网"),
        ("127.0.0.0/8", "本机"),
        ("169.254.0.0/16", "链路本地"),
        ("172.16.0.0/12", "内网"),
        ("192.0.0.0/24", "保留"),
        ("192.0.2.0/24", "示例"),
        ("192.88.99.0/24", "6to4 中继"),
        ("192.168.0.0/16", "内网"),
        ("198.18.0.0/15", "测试"),
        ("198.51.100.0/24", "示例"),
        ("203.0.113.0/24", "示例"),
        ("224.0.0.0/4", "组播"),
        ("240.0.0.0/4", "保留"),
    )
)
# of IPv6 only 2000::/3 is public; the transition forms in it carry an IPv4 address inside
_PUBLIC_6 = IPv6Network("2000::/3")
_REFUSED_6 = tuple(
    (IPv6Network(network), why)
    for network, why in (
        ("2001::/23", "协议保留（含 Teredo）"),
        ("2001:db8::/32", "示例"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "示例"),
    )
)


def refused(address: str) -> str:
    """Why an address may not be connected to, as a short Chinese word; "" where it may.

    >>> refused("127.0.0.1"), refused("::ffff:10.0.0.1"), refused("93.184.216.34")
    ('本机', '内网', '')
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "不是地址"
    if isinstance(parsed, IPv6Address):
        return _refused_6(parsed)
    return next((why for network, why in _REFUSED_4 if parsed in network), "")


def _refused_6(address: IPv6Address) -> str:
    if address.ipv4_mapped:
        return refused(str(address.ipv4_mapped)) or "IPv4 映射"
    if int(address) >> 32 == 0:  # ::127.0.0.1, with :: and ::1
        return refused(str(IPv4Address(int(address)))) or "IPv4 兼容"
    if address not in _PUBLIC_6:
        return "链路本地" if address.is_link_local else "非公网 IPv6"
    return next((why for network, why in _REFUSED_6 if address in network), "")


def own_place(url: str) -> tuple[str, int]:
    """Host and port of a source's own address."""
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


@implementer(IHostnameResolver)
class GuardedResolver:
    """The reactor's resolver with every answer checked (setting ``TWISTED_DNS_RESOLVER``).

    A name with one refused address is refused whole. A source with ``allow_private`` is let to its
    own host and port, and to nothing else that is private: not even its redirects are.
    """

    def __init__(self, inner: Any, private_place: tuple[str, int] | None = None) -> None:
        self.inner = inner
        self.private_place = private_place
        self.asked = 0  # how often it was called: a guard nobody asks is off
        self.refusals: dict[str, str] = {}  # host -> why

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> GuardedResolver:
        url = crawler.settings["PIYAO_PRIVATE_URL"]
        return cls(reactor.nameResolver, own_place(url) if url else None)

    def install_on_reactor(self) -> None:
        from twisted.internet import reactor

        reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        self.asked += 1
        private = (hostName.lower(), portNumber) == self.private_place
        gate = _Gate(resolutionReceiver, self, hostName, private)
        return self.inner.resolveHostName(
            gate, hostName, portNumber, addressTypes, transportSemantics
        )


@implementer(IResolutionReceiver)
class _Gate:
    """Holds the addresses back until all are known, and lets them through if none is refused."""

    def __init__(
        self, receiver: IResolutionReceiver, guard: GuardedResolver, host: str, private: bool
    ) -> None:
        self.receiver: Any = receiver
        self.guard = guard
        self.host = host
        self.private = private
        self.addresses: list[Any] = []

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:
        self.addresses.append(address)

    def resolutionComplete(self) -> None:
        why = "" if self.private else next(filter(None, map(_why, self.addresses)), "")
        if why:
            self.guard.refusals[self.host] = why
        else:
            for address in self.addresses:
                self.receiver.addressResolved(address)
        self.receiver.resolutionComplete()


def _why(address: Any) -> str:
    return refused(getattr(address, "host", ""))
