"""What strangers and insiders do to a desk, as a process of its own: ``bench_floods`` starts it.

``python -m benchmarks.floods KIND DESK SITE COOKIE``: until it is ended, with everything that was
closed or answered tried again. Prints a line as soon as the flood stands. KIND is one of ``FLOODS``.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode, urlsplit

NOTICES = range(1, 41)  # what an observer asks the images of
PAUSE = 2.0  # seconds between two bytes of who holds back


class Target:
    """Where a flood goes, and as whom."""

    def __init__(self, desk: str, site: str, cookie: str) -> None:
        self.desk, self.site, self.cookie = urlsplit(desk), urlsplit(site), cookie
        self.asked = 0

    def head(self, method: str, path: str, *lines: str, site: bool = False) -> bytes:
        place = self.site if site else self.desk
        path = f"{self.site.path}{path}" if site else path
        said = [f"{method} {path} HTTP/1.1", f"Host: {place.netloc}", *lines, "", ""]
        return "\r\n".join(said).encode()

    async def open(self, site: bool = False) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        place = self.site if site else self.desk
        return await asyncio.open_connection(place.hostname, place.port)

    async def ask(self, request: bytes, site: bool = False) -> bytes:
        """One request on a connection of its own; the whole answer."""
        self.asked += 1
        reader, writer = await self.open(site)
        try:
            writer.write(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
            await writer.drain()
            return await reader.read()
        finally:
            writer.close()


async def half_requests(target: Target, _: int) -> None:
    """A header that never ends, a byte now and then."""
    _, writer = await target.open()
    writer.write(target.head("GET", "/login/")[:-2])
    while not writer.is_closing():
        writer.write(b"X")
        await writer.drain()
        await asyncio.sleep(PAUSE)


async def slow_bodies(target: Target, _: int) -> None:
    """A sign-in that announces 60 kB and sends a byte now and then."""
    _, writer = await target.open()
    writer.write(target.head("POST", "/login/", "Content-Length: 60000"))
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(PAUSE)


async def idle_connections(target: Target, _: int) -> None:
    """One answer, and then nothing: a connection that is kept."""
    reader, writer = await target.open()
    writer.write(target.head("GET", "/static/desk/mark.svg"))
    await writer.drain()
    while await reader.read(4096):
        pass


async def unread_answers(target: Target, _: int) -> None:
    """Two hundred requests on one connection, and no answer of them read."""
    _, writer = await target.open()
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    writer.write(target.head("GET", "/static/desk/piyao.css") * 200)
    while not writer.is_closing():
        await asyncio.sleep(PAUSE)
        writer.write(b"X")
        await writer.drain()


async def sign_ins(target: Target, n: int) -> None:
    """Names that nobody has."""
    page = (await target.ask(target.head("GET", "/login/"))).decode()
    cookie = re.search(r"csrftoken=(\w+)", page)
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)
    if cookie is None or token is None:
        return
    for attempt in range(1000):
        said = {
            "username": f"n{n}-{attempt}",
            "password": "x" * 16,
            "csrfmiddlewaretoken": token[1],
        }
        body = urlencode(said).encode()
        await target.ask(
            target.head(
                "POST",
                "/login/",
                f"Cookie: csrftoken={cookie[1]}",
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            )
            + body
        )


async def images(target: Target, n: int) -> None:
    """An observer asks for the drawing of one notice after the other, in both shapes."""
    for step in range(len(NOTICES)):
        number = NOTICES[(n + step) % len(NOTICES)]
        shape = "square" if n % 2 else "long"
        path = f"/notices/{number}/image.png?shape={shape}"
        await target.ask(target.head("GET", path, f"Cookie: {target.cookie}"))


async def uploads(target: Target, _: int) -> None:
    """Bodies of 12 MB for a form of the desk, one after the other."""
    body = b"x" * (12 * 2**20)
    kind = "Content-Type: multipart/form-data; boundary=b"
    head = target.head(
        "POST",
        "/cases/1/evidence/",
        f"Cookie: {target.cookie}",
        kind,
        f"Content-Length: {len(body)}",
    )
    await target.ask(head + body)


async def public_pages(target: Target, _: int) -> None:
    """The public site's pages, as fast as they come."""
    for path in ("/", "/all.html", "/feed.atom", "/corrections.html", "/site.css"):
        await target.ask(target.head("GET", path, site=True), site=True)


async def login_pages(target: Target, _: int) -> None:
    """The sign-in page, as fast as it comes."""
    await target.ask(target.head("GET", "/login/"))


Flood = Callable[[Target, int], Awaitable[None]]
FLOODS: dict[str, tuple[Flood, int]] = {
    "half requests": (half_requests, 120),
    "slow bodies": (slow_bodies, 120),
    "idle connections": (idle_connections, 300),
    "unread answers": (unread_answers, 40),
    "unknown sign-ins": (sign_ins, 40),
    "sign-in pages": (login_pages, 40),
    "images by a viewer": (images, 40),
    "12 MB uploads by an officer": (uploads, 8),
    "public pages": (public_pages, 40),
}


async def run(kind: str, target: Target) -> None:
    flood, many = FLOODS[kind]

    async def again(n: int) -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await flood(target, n)
            await asyncio.sleep(0.02)

    tasks = [asyncio.create_task(again(n)) for n in range(many)]
    await asyncio.sleep(1.0)
    print(many, flush=True)
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], Target(*sys.argv[2:5])))
