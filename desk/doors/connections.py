"""A connection with deadlines: waitress' own timeout begins anew with every byte that comes.

A request has to be whole, and an answer to be read, at a pace that any line has; a connection that
asks nothing is let go. All of it is measured by the server's loop once a second, so that whoever
holds back bytes holds no thread.
"""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import Mapping
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import Error

from desk.doors.lanes import Caller

HEADER_SECONDS = 10.0  # from the first byte of a request to the end of its header
IDLE_SECONDS = 60.0  # without a request
YOUNG = 2.0  # since it came, or since it began to wait for something else
GRACE = 20.0  # seconds before a body or an answer has to show its pace
PACE = 16 * 2**10  # bytes a second, at least; on average since it began
STRANGERS_BODY = 64 * 2**10  # a sign-in; only an officer sends more
TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class TooLarge(Error):
    """What waitress answers to a body that is too large, in the language of the pages."""

    code = 413
    reason = "Request Entity Too Large"

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        body = "传得太大，没有收下。原件不超过 16 MB；没有登录时不收文件，请先登录。\n".encode()
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")]
        return f"{self.code} {self.reason}", headers, body


class Request(HTTPRequestParser):
    """A request on its way in; how large it may be depends on who sends it."""

    adj: Adjustments
    error: Error | None
    path = ""  # waitress names it in its log, also of a request that was refused before it had one

    def __init__(self, adj: Adjustments, connection: Connection) -> None:
        super().__init__(adj)
        self.connection = connection

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if not self.connection.caller_of(self.headers).officer:
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = min(STRANGERS_BODY, self.adj.max_request_body_size)

    def received(self, data: bytes) -> int:
        consumed = super().received(data)
        if getattr(self.error, "code", 0) == TooLarge.code:
            self.error = TooLarge("")
        return int(consumed)


class Connection(HTTPChannel):
    """One connection of ``desk.doors.server.Server``."""

    def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:
        self.since = time.monotonic()  # since when it waits for what it waits for now
        self.sent = 0  # bytes of the answer that is being read
        self.sending = False
        self.served_as = Caller("")
        super().__init__(server, sock, addr, adj, map)

    def parser_class(self, adj: Adjustments) -> Request:
        return Request(adj, self)

    @property
    def caller(self) -> Caller:
        """Whose request is served next."""
        return self.caller_of(self.requests[0].headers if self.requests else {})

    def caller_of(self, headers: Mapping[str, str]) -> Caller:
        found: Caller = self.server.caller(headers, self.addr[0])
        return found

    def received(self, data: bytes) -> bool:
        before = self.request
        told = super().received(data)
        if self.request is not before:
            self.since = time.monotonic()
        return bool(told)

    def send(self, data: bytes, do_close: bool = True) -> int:
        sent = super().send(data, do_close=do_close)
        self.sent += sent or 0
        return sent or 0

    def service(self) -> None:
        caller = self.served_as  # the next request may be taken before this one is wholly done
        try:
            super().service()
        finally:
            self.server.task_dispatcher.served(caller)

    @property
    def waits(self) -> bool:
        """Whether it waits for its client, with no request in service."""
        return not self.requests and not self.total_outbufs_len

    def goes(self, moment: float) -> tuple[bool, int, float]:
        """The order in which connections make room: half a header that is no longer young first.

        One that has just come may have its request on the way; it is the last to go.
        """
        request, what = self.request, 2
        if self.total_outbufs_len:
            what = 3
        elif request is not None and not request.headers_finished:
            what = 0
        elif request is not None:
            what = 3 if self.caller_of(request.headers).officer else 1
        return moment - self.since < YOUNG, what, self.since

    def overdue(self, moment: float) -> bool:
        """Whether its client had its time. Asked by the loop once a second."""
        if self.total_outbufs_len:
            if not self.sending:
                self.sending, self.since, self.sent = True, moment, 0
            return moment - self.since > GRACE + self.sent / PACE
        if self.sending or self.requests:
            self.sending, self.since = False, moment
            return False
        if self.request is None:
            return moment - self.since > IDLE_SECONDS
        if not self.request.headers_finished:
            return moment - self.since > HEADER_SECONDS
        return moment - self.since > GRACE + self.request.body_bytes_received / PACE

    def end(self) -> None:
        """Close it now: ``will_close`` would wait for a client that reads nothing."""
        if self.waits and self.request is not None:
            with contextlib.suppress(OSError):
                self.socket.send(TOO_LATE)
        self.handle_close()
