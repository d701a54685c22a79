"""What stands between the spider and the network: the address guard's door, robots.txt, unpacking."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest, NotConfigured
from scrapy.http import Request, Response

from crawler import packing
from crawler.addresses import GuardedResolver, own_place

log = logging.getLogger(__name__)

ROBOTS_READ = 500 * 1024  # RFC 9309 asks to read at least this much


class Refused(IgnoreRequest):
    """A request that is not made. Its words are for officers, ``mend`` too."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.mend = mend


class Door:
    """Lets out only http and https, to port 80, 443 or the source's own, and never by a proxy.

    Last before the network, so that redirects and robots.txt pass it too. Where a name was not
    resolved because the guard refused its address, the failure says so.
    """

    def __init__(self, crawler: Any) -> None:
        from twisted.internet import reactor

        guard = reactor.nameResolver
        if not isinstance(guard, GuardedResolver):
            # a middleware left out is a crawl without it, so this must end the crawl
            raise RuntimeError("the address guard is not the resolver of this process")
        self.guard = guard
        self.ports = {80, 443, own_place(crawler.settings["PIYAO_SOURCE_URL"] or "")[1]}

    @classmethod
    def from_crawler(cls, crawler: Any) -> Door:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        try:
            parts = urlsplit(request.url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise Refused("地址写错了，没有访问", "改 piyao.toml 里的 url") from None
        if "@" in parts.netloc:
            raise Refused(
                "网站把采集引向带用户名的地址，没有访问", "若是对的，把 url 改成最后的网址"
            )
        if parts.scheme not in ("http", "https"):
            raise Refused("只访问 http 和 https 的地址", "改 piyao.toml 里的 url")
        if port not in self.ports:
            raise Refused(f"网站把采集引向端口 {port}，没有访问", "若是对的，把 url 改成最后的网址")
        if "proxy" in request.meta:
            # a proxy resolves names itself, behind the guard's back
            raise Refused("采集不经过代理")

    def process_exception(self, request: Request, exception: Exception) -> None:
        host = urlsplit(request.url).hostname or ""
        if isinstance(exception, CannotResolveHostError) and host in self.guard.refusals:
            why = self.guard.refusals[host]
            if "redirect_times" in request.meta:
                mend = "请技术人员查看这个网站，它可能被人动过"
                raise Refused(f"网站把采集引向{why}地址，没有访问", mend) from exception
            mend = "若它真在本单位内网，来源里写 allow_private = true，命令加 --allow-private"
            raise Refused(f"这个网址指向{why}地址，没有访问", mend) from exception


class Unpacking(HttpCompressionMiddleware):
    """Unpacks as the header says, unless the bytes say otherwise: then the header lied.

    Scrapy's own gives a response up that is called gzip and is none.
    """

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        if not response.headers.getlist("Content-Encoding"):
            return response
        if not (packing.is_plain(response.body) or packing.is_packed(response.body)):
            try:
                return super().process_response(request, response)
            except IgnoreRequest:
                raise  # it grows too large
            except Exception as error:
                log.warning("not packed as its header says: %s", type(error).__name__)
        try:
            body = packing.inflated(response.body)
        except packing.TooLarge:
            raise IgnoreRequest("it grows too large when it is unpacked") from None
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        return response.replace(body=body, headers=headers)


class Robots(RobotsTxtMiddleware):
    """robots.txt as RFC 9309 has it: missing (4xx) allows all, unreachable (5xx) allows nothing.

    Scrapy's own reads error pages as rules, and takes an unreachable file for a yes.
    """

    def __init__(self, crawler: Any) -> None:
        try:
            super().__init__(crawler)
        except NotConfigured:
            raise RuntimeError("ROBOTSTXT_OBEY is off; the desk obeys robots.txt") from None
        self.unreachable: dict[str, Exception] = {}

    async def process_request(self, request: Request, spider: Any = None) -> None:
        if request.meta.get("dont_obey_robotstxt"):
            if urlsplit(request.url).path == "/robots.txt":
                # a queue of its own: the pause between pages is not due before the first page
                request.meta["download_slot"] = f"{urlsplit(request.url).netloc}/robots.txt"
            return
        parser = await self.robot_parser(request)
        if reason := self.unreachable.get(urlsplit(request.url).netloc):
            raise reason
        if parser is not None and not parser.allowed(request.url, self._robotstxt_useragent or ""):
            mend = "换一个网站允许的订阅源，或请网站准许名为 Piyao 的采集"
            raise Refused("网站的 robots.txt 不许采集这个地址，没有访问", mend)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status == 429 or response.status >= 500:
            self.unreachable[netloc] = Refused(
                f"网站的 robots.txt 读不到（{response.status}），按规矩先不采集", "下次采集会再试"
            )
        body = response.body[:ROBOTS_READ] if response.status < 300 else b""
        await super()._parse_robots(response.replace(body=body), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self.unreachable[netloc] = exc
        super()._robots_error(exc, netloc)
