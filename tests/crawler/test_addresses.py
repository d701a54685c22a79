"""The address guard: no spelling of a private place gets through, and public ones do."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address as Tcp4
from twisted.internet.address import IPv6Address as Tcp6

from crawler.addresses import GuardedResolver, own_place, refused
from tests import loopback_spellings

PRIVATE = [
    "127.0.0.1",
    "127.1.2.3",
    "127.255.255.255",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "169.254.169.254",
    "169.254.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:7f00:1::1",
    "2002:a00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
    "::ffff:8.8.8.8",
]

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "114.114.114.114",
    "126.255.255.255",
    "128.0.0.1",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2400:3200::1",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "240e::1",
]

# what a resolver of the C library takes for an address
SPELLINGS = [
    *loopback_spellings.NUMBERS,
    *loopback_spellings.NAMES,
    "00000177.0.0.1",
    "0.0",
    "0x0",
    "10.1",
    "0xa000001",
    "167772161",
    "0xa9fea9fe",
    "2852039166",
    "169.254.43518",
    "0251.0376.0251.0376",
    "192.168.1",
    "3232235777",
    "0xc0a80101",
    "::1",
    "0:0:0:0:0:0:0:1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "0000:0000:0000:0000:0000:ffff:7f00:0001",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::",
    "224.0.0.1",
    "255.255.255.255",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_refuses(address: str) -> None:
    assert refused(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_lets_through(address: str) -> None:
    assert refused(address) == ""


def test_what_is_no_address_is_refused() -> None:
    assert refused("") and refused("localhost") and refused("1.2.3") and refused("0x7f000001")


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_one_gains_nothing(inner: IPv4Address) -> None:
    number = int(inner)
    for carrier in (
        IPv6Address(number),
        IPv6Address(0xFFFF << 32 | number),
        IPv6Address(0x64FF9B << 96 | number),
        IPv6Address(0x2002 << 112 | number << 80),
        IPv6Address(0x20010000 << 96 | number ^ 0xFFFFFFFF),
    ):
        assert refused(str(carrier))


@given(st.ip_addresses(v=6, network="2000::/3") | st.ip_addresses(v=4))
def test_whatever_python_calls_private_is_refused(address: IPv4Address | IPv6Address) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert refused(str(address))


class Receiver:
    """What Twisted's endpoint is to the resolver."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.complete = 0

    def resolutionBegan(self, resolution: object) -> None:
        pass

    def addressResolved(self, address: Any) -> None:
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:
        self.complete += 1


class Answers:
    """An inner resolver that answers from a list: one list of addresses a question."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    def resolveHostName(self, receiver: Any, host: str, port: int = 0, *rest: object) -> None:
        for address in self.answers.pop(0):
            kind = Tcp6 if ":" in address else Tcp4
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()


class SystemAnswers:
    """An inner resolver that asks the C library, as Twisted's own does."""

    def resolveHostName(self, receiver: Any, host: str, port: int = 0, *rest: object) -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            found = []
        for family, _, _, _, place in found:
            kind = Tcp6 if family == socket.AF_INET6 else Tcp4
            receiver.addressResolved(kind("TCP", place[0], port))
        receiver.resolutionComplete()


def ask(guard: GuardedResolver, host: str, port: int = 80) -> list[str]:
    receiver = Receiver()
    guard.resolveHostName(receiver, host, port)  # type: ignore[arg-type]
    assert receiver.complete == 1, "the endpoint would wait for ever"
    return receiver.addresses


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_private_place_resolves(spelling: str) -> None:
    guard = GuardedResolver(SystemAnswers())
    assert ask(guard, spelling) == []
    assert guard.asked == 1
    # the case is not proved by a name that does not resolve at all
    if not spelling.lower().startswith("localhost."):
        assert spelling in guard.refusals


def test_a_name_with_one_private_address_among_public_ones_is_refused_whole() -> None:
    guard = GuardedResolver(Answers(["93.184.216.34", "10.0.0.1"]))
    assert ask(guard, "two-faced.example") == []
    assert guard.refusals == {"two-faced.example": "内网"}


def test_a_name_that_is_rebound_between_two_questions_is_refused_at_the_second() -> None:
    guard = GuardedResolver(Answers(["93.184.216.34"], ["127.0.0.1"]))
    assert ask(guard, "rebound.example") == ["93.184.216.34"]
    assert ask(guard, "rebound.example") == []


def test_public_names_pass_with_every_address_they_have() -> None:
    guard = GuardedResolver(Answers(["93.184.216.34", "2606:4700:4700::1111"]))
    assert ask(guard, "fine.example") == ["93.184.216.34", "2606:4700:4700::1111"]
    assert not guard.refusals


def test_allow_private_opens_the_sources_own_host_and_port_and_nothing_else() -> None:
    private = [["10.0.0.5"]] * 4
    guard = GuardedResolver(Answers(*private), own_place("http://intranet.example:8080/feed"))
    assert ask(guard, "intranet.example", 8080) == ["10.0.0.5"]
    assert ask(guard, "Intranet.Example", 8080) == ["10.0.0.5"]
    assert ask(guard, "intranet.example", 80) == []
    assert ask(guard, "other.example", 8080) == []


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://Example.com/a", ("example.com", 80)),
        ("https://example.com/a", ("example.com", 443)),
        ("http://[::1]:8080/", ("::1", 8080)),
        ("http://user:word@10.0.0.1:81/", ("10.0.0.1", 81)),
    ],
)
def test_the_own_place_of_a_source(url: str, place: tuple[str, int]) -> None:
    assert own_place(url) == place
