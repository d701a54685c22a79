"""What comes in: a post with its replies, a crawl, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Reply:
    text: str
    at: datetime | None = None
    native_id: str = ""


@dataclass(frozen=True)
class Post:
    """One public post. Same source and native id = the same post.

    ``author`` is the handle as collected and exists only between the spider and the store, which
    keeps nothing of it but ``author_key``, a keyed hash that expires.
    """

    source: str
    native_id: str
    text: str
    url: str = ""
    title: str = ""
    published_at: datetime | None = None
    author: str = field(default="", repr=False)
    likes: int = 0
    reposts: int = 0
    replies: tuple[Reply, ...] = ()
    # filled by the store
    id: int = 0
    collected_at: datetime | None = None
    author_key: str = ""
    cluster_id: int = 0

    @property
    def whole(self) -> str:
        """What is read of the post: title and text."""
        return whole_text(self.title, self.text)


def whole_text(title: str, text: str, between: str = " ") -> str:
    """The text of a post with its title in front, unless the title stands in the text already.

    >>> whole_text("停水", "明天停水"), whole_text("紧急通知", "明天停水")
    ('明天停水', '紧急通知 明天停水')
    """
    title = title.strip()
    return text if not title or title in text else f"{title}{between}{text}"


@dataclass(frozen=True)
class CrawlRun:
    id: int
    source: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str  # running, ok, unchanged, failed
    fetched: int  # entries read
    new: int
    updated: int
    broken: int
    bytes: int
    message: str  # one sentence for people; "" when all is well


@dataclass(frozen=True)
class Fault:
    """A piece of input that could not be read, kept as it came."""

    id: int
    source: str
    at: datetime
    what: str
    where: str
    mend: str
    raw: bytes
