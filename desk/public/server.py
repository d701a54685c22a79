"""The public site as a process of its own: files behind doors, no store, no account, no Django.

Whatever strangers do to it, officers' pages are another process; and where this one were taken over,
it has opened no store. It knows a folder, and reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from desk import heart
from desk.doors import server as doors
from desk.public import files
from models import folders
from models.config import Config

THREADS = 4
NOT_THERE = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>没有这一页</title>'
    "<h1>没有这一页</h1><p>地址不对，或这一页已经不在。</p>"
).encode()
Start = Callable[[str, list[tuple[str, str]]], object]


def application(root: Path, headers: Mapping[str, str]) -> Callable[..., Iterable[bytes]]:
    """The site under ``root`` as WSGI; ``headers`` go with every answer."""

    def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            start("405 Method Not Allowed", [*headers.items(), ("Allow", "GET, HEAD")])
            return []
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        path = (
            path.removeprefix("/site") if path.startswith("/site/") else path
        )  # as the desk has it
        found = files.find(root, path.lstrip("/"))
        if found is None or found.name == folders.NOT_FOUND:
            body = _not_there(root)
            size = ("Content-Length", str(len(body)))
            kind = ("Content-Type", "text/html; charset=utf-8")
            start("404 Not Found", [*headers.items(), kind, size])
            return [body] if environ["REQUEST_METHOD"] == "GET" else []
        held = found.held
        changed = format_datetime(datetime.fromtimestamp(int(held.st_mtime), UTC), usegmt=True)
        mark = f'"{held.st_mtime_ns:x}-{held.st_size:x}"'
        known = [("Last-Modified", changed), ("ETag", mark)]
        if mark in environ.get("HTTP_IF_NONE_MATCH", ""):
            found.content.close()
            start("304 Not Modified", [*headers.items(), *known])
            return []
        size = ("Content-Length", str(held.st_size))
        start("200 OK", [*headers.items(), *known, ("Content-Type", found.kind), size])
        if environ["REQUEST_METHOD"] == "HEAD":
            found.content.close()
            return []
        sent: Iterable[bytes] = environ["wsgi.file_wrapper"](found.content)
        return sent

    return answer


def _not_there(root: Path) -> bytes:
    own = files.find(root, folders.NOT_FOUND)
    if own is None:
        return NOT_THERE
    with own.content as page:
        return page.read()


def serve(
    config: Config,
    ready: Callable[[str], None] | None = None,
    beat: Callable[[], None] = lambda: None,
) -> None:
    """Serve the site until interrupted. ``ready`` is told the address once the port is bound;
    ``beat`` is called every few seconds as long as requests are served."""
    public = config.public
    https = public.base_url.startswith("https:")
    headers = dict(files.HEADERS)
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    server = doors.create(
        heart.counted(application(public.dir, headers), beat),
        public.host,
        public.port,
        threads=THREADS,
        body=1,
        each=THREADS,
        proxy=config.desk.proxy,
        https=https,
    )
    heart.run(server, public.host, ready, beat)
