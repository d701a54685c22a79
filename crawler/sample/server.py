"""The forum over HTTP: a small threaded server of the standard library, for this machine only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from crawler.sample import feed, forum, pages, validators
from crawler.sample.board import Board
from models.errors import Conflict, InputError

MAX_BODY = 16 * 1024
HOST = "127.0.0.1"
ROBOTS = "User-agent: *\nDisallow: /new\n"
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HTML = "text/html; charset=utf-8"


class ForumServer(ThreadingHTTPServer):
    """The server with its board. ``address`` is where it answers, without a slash at the end."""

    daemon_threads = True

    def __init__(
        self, board: Board, port: int = 0, now: Callable[[], datetime] | None = None
    ) -> None:
        super().__init__((HOST, port), Handler)
        self.board = board
        self.now = now or (lambda: datetime.now(UTC))

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor who hangs up in the middle is no fault of ours; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    """One request: find the page, and answer it."""

    server: ForumServer
    protocol_version = "HTTP/1.1"
    server_version = "sample-forum"
    sys_version = ""
    timeout = 10  # seconds a silent visitor may hold a thread

    def do_GET(self) -> None:
        try:
            address = urlsplit(self.path)
            query = parse_qs(address.query, max_num_fields=20)
        except ValueError:
            self._say(HTTPStatus.BAD_REQUEST, "看不懂这个地址", "回首页看看。")
            return
        now, path = self.server.now(), address.path
        if path == "/":
            page = _whole(query, "p", 1, 1, 10_000)
            self._send(HTTPStatus.OK, HTML, pages.board(self.server.board.seen(now), page))
        elif path == "/feed.xml":
            self._feed(_whole(query, "n", feed.ITEMS, 1, feed.MOST_ITEMS), now)
        elif path.startswith("/t/"):
            self._thread(path.removeprefix("/t/"), now)
        elif path == "/robots.txt":
            self._send(HTTPStatus.OK, "text/plain; charset=utf-8", ROBOTS)
        elif path == "/forum.css":
            self._send(HTTPStatus.OK, "text/css; charset=utf-8", pages.STYLE.read_text("utf-8"))
        else:
            self._say(HTTPStatus.NOT_FOUND, "没有这一页", "地址可能抄错了，回首页看看。")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        if self.path != "/new":
            self._refuse(HTTPStatus.NOT_FOUND, "没有这一页", "发帖请用首页的表单。")
            return
        kind = self.headers.get_content_type()
        if kind != "application/x-www-form-urlencoded":
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "不认识的格式", "请用首页的表单发帖。")
            return
        origin = self.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != self.headers.get("Host"):
            self._refuse(HTTPStatus.FORBIDDEN, "不能从别的网站发帖", "请用首页的表单发帖。")
            return
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "没写长度", "请用首页的表单发帖。")
            return
        if int(length) > MAX_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "内容太长", "写短一点再发。")
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):  # the visitor hung up: half a post is no post
            self.close_connection = True
            return
        self._add(body, self.server.now())

    def _add(self, body: bytes, now: datetime) -> None:
        try:
            form = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
        except ValueError:
            self._say(HTTPStatus.BAD_REQUEST, "看不懂这张表", "请用首页的表单发帖。")
            return
        text, author = form.get("text", [""])[0], form.get("author", [""])[0]
        try:
            thread = self.server.board.add(text, author, now)
        except (InputError, Conflict) as error:
            refused = isinstance(error, InputError)
            status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.SERVICE_UNAVAILABLE
            fault = f"{error.what}，{error.mend}。"
            seen = self.server.board.seen(now)
            self._send(status, HTML, pages.board(seen, text=text, author=author, fault=fault))
            return
        self._send(HTTPStatus.SEE_OTHER, HTML, "", {"Location": f"/t/{thread.id}"})

    def _feed(self, items: int, now: datetime) -> None:
        seen = self.server.board.seen(now)[:items]
        body = feed.render(seen, self.server.address, items)
        tag = validators.etag(body)
        changed = forum.changed_at(seen, self.server.board.clock)
        modified = validators.last_modified(changed, now)
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if modified is not None:
            headers["Last-Modified"] = validators.http_date(modified)
        match, since = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        if validators.unchanged(tag, modified, match, since):
            self._send(HTTPStatus.NOT_MODIFIED, "", "", headers)
        else:
            self._send(HTTPStatus.OK, "application/rss+xml; charset=utf-8", body, headers)

    def _thread(self, thread_id: str, now: datetime) -> None:
        for one in self.server.board.seen(now):
            if one.id == thread_id:
                self._send(HTTPStatus.OK, HTML, pages.thread(one))
                return
        self._say(HTTPStatus.NOT_FOUND, "没有这个帖", "可能还没发出来，也可能论坛重开过。")

    def _say(self, status: HTTPStatus, title: str, sentence: str) -> None:
        self._send(status, HTML, pages.message(title, sentence))

    def _refuse(self, status: HTTPStatus, title: str, sentence: str) -> None:
        """Answer without reading the body; the connection cannot be used again after that."""
        self.close_connection = True
        self._send(status, HTML, pages.message(title, sentence), {"Connection": "close"})

    def _send(
        self,
        status: HTTPStatus,
        media_type: str,
        body: str | bytes,
        headers: dict[str, str] | None = None,
    ) -> None:
        data = body.encode("utf-8") if isinstance(body, str) else body
        self.send_response(status)
        if media_type:
            self.send_header("Content-Type", media_type)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "same-origin")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD" and status != HTTPStatus.NOT_MODIFIED:
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the desk shows what was collected, and stdout carries only the address."""


def _whole(query: dict[str, list[str]], name: str, default: int, least: int, most: int) -> int:
    """A whole number of the query within its bounds; anything else is the default."""
    value = query.get(name, [""])[0]
    if not (value.isascii() and value.isdigit() and len(value) < 9):
        return default
    return min(max(int(value), least), most)
