"""Posts into the store, and only then the cursor."""

from __future__ import annotations

import dataclasses
import logging
from collections import Counter
from typing import Any

from crawler.extensions import RunRecord
from crawler.harvest import Harvest, Trouble
from models.errors import StoreError
from models.intake import posts, sources
from models.intake.again import Identity
from models.intake.records import Post
from models.store import Store

log = logging.getLogger(__name__)


class IntoTheStore:
    """Stores a ``Harvest`` in one transaction with its cursor; also takes a ``Post`` or ``Trouble``.

    A kill before the commit stores nothing and remembers nothing, so the next crawl reads the same
    response again; a kill after it finds all of it stored. Reading twice doubles nothing, because
    a post is stored once for its source and native id.
    """

    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> IntoTheStore:
        return cls(crawler)

    def open_spider(self) -> None:
        record = self.crawler.get_extension(RunRecord)
        if record is None:
            raise RuntimeError("crawler.extensions.RunRecord is switched off; it holds the store")
        self.record: RunRecord = record
        self.source: str = self.crawler.spider.source.name
        self.met: set[Identity] = set()  # identities of the posts of this visit

    def process_item(self, item: Any) -> Any:
        match item:
            case Harvest():
                stored, troubles = store_harvest(self.record.db, self.source, item, self.met)
                self.record.note(self.source, item.plus(*troubles), stored)
            case Post():
                harvest = Harvest(posts=(item,))
                stored, troubles = store_harvest(self.record.db, self.source, harvest, self.met)
                self.record.note(self.source, harvest.plus(*troubles), stored)
            case Trouble():
                self.record.trouble(self.source, item)
            case _:
                raise TypeError("a source yields Harvest, Post or Trouble (docs/sources.md)")
        return item


def store_harvest(
    db: Store, source: str, harvest: Harvest, met: set[Identity] | None = None
) -> tuple[Counter[str], tuple[Trouble, ...]]:
    """Store the posts and remember the cursor, all or nothing; counts and what could not be stored.

    ``met``: the identities of this visit, as in ``posts.add_many``.

    A post that the store cannot take costs itself: then the others are stored one by one, and the
    cursor stays where it was. Raises ``StoreError`` where the store takes nothing at all.
    """
    harvest = dataclasses.replace(
        harvest, posts=tuple(dataclasses.replace(post, source=source) for post in harvest.posts)
    )
    met = set() if met is None else met
    try:
        with db.atomic():
            counts = posts.add_many(db, harvest.posts, met)
            if harvest.whole and harvest.cursor is not None:
                cursor = harvest.cursor
                sources.remember(db, source, cursor.etag, cursor.last_modified)
            return counts, ()
    except StoreError:
        raise
    except Exception as error:
        log.warning("stored one by one after %s", type(error).__name__)
    return _one_by_one(db, harvest, met)


def _one_by_one(
    db: Store, harvest: Harvest, met: set[Identity]
) -> tuple[Counter[str], tuple[Trouble, ...]]:
    counts: Counter[str] = Counter()
    troubles = []
    for position, post in enumerate(harvest.posts, start=1):
        try:
            counts[posts.add(db, post, met)] += 1
        except StoreError:
            raise
        except Exception:
            raw = f"{post.url}\n{post.title}\n{post.text}".encode("utf-8", "surrogatepass")
            mend = "原文已留存，可交技术人员查看；其余照常收下"
            what, where = "有一条存不下来", f"第 {position} 条"
            troubles.append(Trouble(what, where, mend, raw, lost=True))
    return counts, tuple(troubles)
