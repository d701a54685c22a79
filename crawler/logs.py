"""Log lines that hold no post, no handle and no control character."""

from __future__ import annotations

import logging
import re
from typing import Any

from scrapy.logformatter import LogFormatter

from models.text import terminal


class QuietFormatter(LogFormatter):
    """Scrapy's messages without the item: an item is a post, or a page full of them."""

    def scraped(self, item: Any, response: Any, spider: Any) -> Any:
        return None

    def dropped(self, item: Any, exception: Any, response: Any, spider: Any) -> Any:
        message = {"what": type(item).__name__, "why": type(exception).__name__}
        return {"level": logging.WARNING, "msg": "dropped a %(what)s: %(why)s", "args": message}

    def item_error(self, item: Any, exception: Any, response: Any, spider: Any) -> Any:
        message = {"what": type(item).__name__, "why": type(exception).__name__}
        return {
            "level": logging.ERROR,
            "msg": "could not store a %(what)s: %(why)s",
            "args": message,
        }

    def spider_error(self, failure: Any, request: Any, response: Any, spider: Any) -> Any:
        message = {"why": failure.type.__name__}
        return {"level": logging.ERROR, "msg": "the spider failed: %(why)s", "args": message}

    def download_error(self, failure: Any, request: Any, spider: Any, errmsg: Any = None) -> Any:
        message = {"why": failure.type.__name__}
        return {"level": logging.INFO, "msg": "not downloaded: %(why)s", "args": message}


# a source's address may carry a key in its query, or a name and word before its host
_ADDRESS = re.compile(r"(https?://)(?:[^\s/@]*@)?([^\s?#>]*)(?:[?#][^\s>]*)?")


class OneLine(logging.Formatter):
    """One safe line a record. Tracebacks are shown at level DEBUG of the root logger only."""

    def format(self, record: logging.LogRecord) -> str:
        line = terminal(_ADDRESS.sub(r"\1\2", super().formatMessage(self._filled(record))))
        if record.exc_info and record.exc_info[0]:
            line += f" [{record.exc_info[0].__name__}]"
            if logging.getLogger("crawler").isEnabledFor(logging.DEBUG):
                line += "\n" + self.formatException(record.exc_info)
        return line

    def _filled(self, record: logging.LogRecord) -> logging.LogRecord:
        record.message = record.getMessage()
        if self.usesTime():
            record.asctime = self.formatTime(record, self.datefmt)
        return record


def to_stderr(level: int = logging.WARNING) -> None:
    """Send the log of this process to stderr, one safe line a record."""
    handler = logging.StreamHandler()
    handler.setLevel(level)  # Scrapy opens its own loggers wide
    # the run's message says what happened
    handler.addFilter(lambda record: record.name != "scrapy.downloadermiddlewares.robotstxt")
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
