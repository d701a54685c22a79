"""The feed source: RSS, Atom or JSON Feed at one address."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy.http import Request, Response

from crawler import feeds
from crawler.failures import explain
from crawler.harvest import Cursor, Harvest, Trouble
from models.config import Source
from models.store import now

ACCEPT = (
    "application/feed+json, application/atom+xml, application/rss+xml, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
LONGEST_CURSOR = 1000  # characters; a server that sends more gets no conditional requests


class FeedSpider(scrapy.Spider):
    """Asks once, on condition that something changed, and hands on what the answer holds."""

    name = "feed"

    def __init__(self, source: Source, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source = source

    async def start(self) -> AsyncIterator[Request]:
        headers = {"Accept": ACCEPT}
        if self.source.etag:
            headers["If-None-Match"] = self.source.etag
        if self.source.last_modified:
            headers["If-Modified-Since"] = self.source.last_modified
        yield Request(
            self.source.url,
            headers=headers,
            callback=self.parse,
            errback=self.failed,
            dont_filter=True,
            meta={"handle_httpstatus_list": [304]},
        )

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Harvest]:
        if response.status == 304:
            yield Harvest(unchanged=True)
            return
        harvest = feeds.read_feed(
            response.body,
            source=self.source.name,
            url=response.url,
            content_type=_header(response, "Content-Type"),
            now=now(),
        )
        cursor = Cursor(_header(response, "ETag"), _header(response, "Last-Modified"))
        yield dataclasses.replace(harvest, cursor=cursor, size=len(response.body))

    def failed(self, failure: Any) -> Iterator[Trouble]:
        yield explain(failure, self.source.url)


def _header(response: Response, name: str) -> str:
    value = (response.headers.get(name) or b"").decode("latin-1")
    return value if len(value) <= LONGEST_CURSOR and value.isprintable() else ""
