"""Asks for many addresses under the crawler's own settings; prints what came of each.

``python -m tests.contract.probe STORE RUN PORT on|off URL...``; ``off`` takes the guard away, so
that a test can show that its canary would have sung.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess

import models.driver  # noqa: F401  (first: one SQLite library)
from crawler import run
from models.config import Source

OUTCOMES: dict[str, str] = {}
ASKED = [0]


class Probe(scrapy.Spider):
    name = "probe"

    def __init__(self, source: Source, urls: list[str]) -> None:
        super().__init__()
        self.source = source
        self.urls = urls

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:
            try:
                yield scrapy.Request(url, errback=self.failed, dont_filter=True, meta={"as": url})
            except ValueError as error:
                OUTCOMES[url] = f"not even asked: {error}"

    def parse(self, response: Any, **kwargs: Any) -> None:
        OUTCOMES[response.meta["as"]] = "FETCHED"

    def failed(self, failure: Any) -> None:
        OUTCOMES[failure.request.meta["as"]] = f"{failure.type.__name__}: {failure.value}"

    def closed(self, reason: str) -> None:
        from twisted.internet import reactor

        ASKED[0] = getattr(reactor.nameResolver, "asked", 0)  # type: ignore[attr-defined]


def main(store: str, run_id: str, port: str, guard: str, *urls: str) -> None:
    source = Source("probe", "feed", f"http://probe.invalid:{port}/", 300.0)
    settings = run.settings(source, Path(store), int(run_id))
    if guard == "off":
        resolver = "scrapy.resolver.CachingHostnameResolver"
        settings.set("TWISTED_DNS_RESOLVER", resolver, priority="cmdline")
        settings.set("DOWNLOADER_MIDDLEWARES", {}, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    process.crawl(Probe, source=source, urls=list(urls))
    process.start()
    print(json.dumps({"asked": ASKED[0], "outcomes": OUTCOMES}))


if __name__ == "__main__":
    main(*sys.argv[1:])
