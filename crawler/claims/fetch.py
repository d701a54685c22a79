"""One address, fetched once behind the crawler's guards (``crawler.settings``, ``addresses``)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Request, Response
from scrapy.settings import Settings

from crawler import logs
from crawler.failures import explain
from models import address
from models.errors import InputError
from models.known.imports import web_address

ACCEPT = (
    "application/ld+json, application/json, application/atom+xml, text/csv, text/html, */*;q=0.1"
)

PRIVATE = "若它真在本单位内网，加 --allow-private"


class Once(scrapy.Spider):
    """Asks for ``url`` and keeps the answer, or why there is none."""

    name = "once"

    def __init__(self, url: str, kept: list[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.url = url
        self.kept = kept

    async def start(self) -> AsyncIterator[Request]:
        yield Request(
            self.url, headers={"Accept": ACCEPT}, callback=self.parse, errback=self.failed
        )

    def parse(self, response: Response, **kwargs: Any) -> None:
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        self.kept.append((response.body, content_type))

    def failed(self, failure: Any) -> None:
        self.kept.append(explain(failure, self.url))


def fetch(url: str, allow_private: bool = False) -> tuple[bytes, str]:
    """The body and the content type. Once in a process: Scrapy's reactor does not start again.

    Raises ``InputError`` for what is no address, one that may not be visited (the office's own
    network, unless ``allow_private``), a failure, or more than 8 MB.
    """
    if not web_address(url):
        where = address.shown(url)
        raise InputError("不是能访问的网址", where, "写全，不带用户名：https://…/feed.atom")
    logs.to_stderr()
    settings = Settings()
    settings.setmodule("crawler.settings", priority="cmdline")
    for name, value in (
        ("PIYAO_SOURCE_URL", url),
        ("PIYAO_PRIVATE_URL", url if allow_private else ""),
        ("ITEM_PIPELINES", {}),  # these two write the record of a source's run
        ("EXTENSIONS", {"scrapy.extensions.memusage.MemoryUsage": None}),
    ):
        settings.set(name, value, priority="cmdline")
    kept: list[Any] = []
    process = AsyncCrawlerProcess(settings)
    process.crawl(Once, url=url, kept=kept)
    process.start()
    if not kept:
        raise InputError("没有取到内容", url, "看地址和网络")
    if not isinstance(kept[0], tuple):
        mend = kept[0].mend.removeprefix("下次采集会再试；一直这样就")  # nothing tries again here
        raise InputError(kept[0].what, url, PRIVATE if "allow_private" in mend else mend)
    body, content_type = kept[0]
    return body, content_type
