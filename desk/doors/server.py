"""waitress behind doors: so many connections in all, so many an address, none of them for ever.

Where a door is full, the connection that has waited longest for its client makes room: one that
holds back half a request never keeps out one that asks.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from waitress.adjustments import Adjustments
from waitress.server import MultiSocketServer, TcpWSGIServer

from desk.doors.connections import Connection
from desk.doors.lanes import Caller, Dispatcher

CONNECTIONS = 400  # in all; a body or an answer that is large holds a second file
AN_ADDRESS = 100
Officer = Callable[[Mapping[str, str]], str]  # by the headers: who signed in; "": nobody


def nobody(_: Mapping[str, str]) -> str:
    """For a server without accounts: whoever asks is a stranger."""
    return ""


class Server(TcpWSGIServer):
    """One socket that listens."""

    channel_class = Connection

    def __init__(self, *args: Any, officer: Officer, **options: Any) -> None:
        self.officer = officer
        super().__init__(*args, **options)

    def caller(self, headers: Mapping[str, str], address: str) -> Caller:
        """Who sends a request. What a trusted proxy says of an address holds, and no one else's word."""
        if found := self.officer(headers):
            return Caller(found, officer=True)
        if address == self.adj.trusted_proxy:
            address = headers.get("X_FORWARDED_FOR", address).rsplit(",", 1)[-1].strip()
        return Caller(address)

    def handle_accept(self) -> None:
        self.make_room()
        super().handle_accept()

    def make_room(self) -> None:
        """Keep a place in all, and one of each address, for the connection that comes now."""
        held = list(self.active_channels.values())
        many = Counter(connection.addr[0] for connection in held)
        if not many:
            return
        address, most = many.most_common(1)[0]
        alone = address == self.adj.trusted_proxy
        if len(held) < connections() and (most < AN_ADDRESS or alone):
            return
        idle = [each for each in held if each.addr[0] == address and not each.requests]
        if idle:
            moment = time.monotonic()
            min(idle, key=lambda each: each.goes(moment)).end()

    def maintenance(self, now: float) -> None:
        """Let go of who had their time; called by the loop, once in ``cleanup_interval``."""
        moment = time.monotonic()
        for connection in list(self.active_channels.values()):
            if connection.overdue(moment):
                connection.end()


def connections() -> int:
    """How many this process can hold: half of its open files, at most ``CONNECTIONS``."""
    return min(CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


def create(
    application: Any,
    host: str,
    port: int,
    *,
    threads: int,
    body: int,
    officer: Officer = nobody,
    reserve: int = 0,
    each: int = 0,
    proxy: str = "",
    https: bool = False,
) -> Any:
    """A server that is bound and listens; ``run`` serves, ``close`` ends.

    ``body``: bytes a request may have. ``reserve`` threads are for officers, and one caller has at
    most ``each``. ``proxy``: whose X-Forwarded-For is believed. ``https``: a proxy in front speaks TLS.
    """
    adj = Adjustments(
        host=host,
        port=port,
        ident=None,
        threads=threads,
        max_request_body_size=body,
        max_request_header_size=64 * 2**10,
        connection_limit=2 * CONNECTIONS,  # ours comes first, and makes room instead
        cleanup_interval=1,
        asyncore_use_poll=True,  # select ends at 1,024 files, and at one that was just closed
        trusted_proxy=proxy or None,
        trusted_proxy_headers={"x-forwarded-for"} if proxy else set(),
        clear_untrusted_proxy_headers=True,
        url_scheme="https" if https else "http",
    )
    dispatcher = Dispatcher(threads, reserve, each)
    sockets: dict[int, Any] = {}
    servers = [
        Server(
            application,
            sockets,
            dispatcher=dispatcher,
            adj=adj,
            sockinfo=place,
            officer=officer,
        )
        for place in adj.listen
    ]
    if len(servers) == 1:
        return servers[0]
    places = [(server.effective_host, server.effective_port) for server in servers]
    return MultiSocketServer(sockets, adj, places, dispatcher, servers[0].log_info)


def address(server: Any, host: str) -> str:
    """Where a browser on this machine opens what ``create`` made for ``host``."""
    port = getattr(server, "effective_port", None)
    # a name with two addresses (localhost) makes two sockets
    port = int(port if port is not None else server.effective_listen[0][1])
    return f"http://{reachable(host)}:{port}/"


def reachable(host: str) -> str:
    """An address a browser on this machine can open."""
    return "127.0.0.1" if host in ("", "0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
