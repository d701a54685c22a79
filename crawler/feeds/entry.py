"""An entry as any feed format has it, and the one way from entries to posts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from crawler import dates
from crawler.feeds.escaping import OPENING, is_markup_again
from crawler.feeds.limits import TooSlow, within
from crawler.feeds.markup import (
    HIDDEN,
    SEEN,
    VEILED,
    Said,
    looks_like_markup,
    said,
    stripped,
    words,
)
from crawler.feeds.page import Page
from crawler.harvest import Harvest, Trouble
from models.intake.records import Post, Reply

MARKUP_READ = 400_000  # characters of one entry; the store keeps 20,000 of its text
MARKUP_SECONDS = 1.0
OPENS_ALIKE = 12  # letters that a summary shares with its article
POSTS_SECONDS = 16.0  # after which no further entry becomes a post
MOST = 1_000_000_000  # a count beyond it is a mistake of the feed, and SQLite ends at 2**63


@dataclass(frozen=True)
class Body:
    """One place where an entry may hold its words: HTML, or plain text."""

    value: str
    markup: bool


@dataclass(frozen=True)
class Entry:
    """What a feed says about one post, as it came. Of ``bodies`` the one that yields the most words
    that are seen is read, the first of those that yield as many."""

    id: str = ""
    link: str = ""
    title: str = ""
    bodies: tuple[Body, ...] = ()
    published: str = ""
    author: str = ""
    likes: Any = 0
    reposts: Any = 0
    replies: tuple[tuple[str, str, str], ...] = ()  # native id, time, text


def to_harvest(entries: Iterable[tuple[int, Entry, bytes]], page: Page) -> Harvest:
    """Posts of (position, entry, raw bytes); an entry that says nothing is a trouble of its own."""
    posts: list[Post] = []
    troubles: list[Trouble] = []
    read = list(entries)
    shared = Counter(entry.id for _, entry, _ in read if entry.id)
    seen: set[str] = set()
    for position, entry, raw in read:
        where = f"第 {position} 条"
        if page.spent() > POSTS_SECONDS:
            troubles.append(too_many(where, raw))
            return Harvest(tuple(posts), tuple(troubles), whole=False)
        post = to_post(entry, page, id_is_shared=shared[entry.id] > 1)
        if not post.text:
            what, mend = "有一条没有文字，读不了", "原文已留存；其余条目照常收取"
            troubles.append(Trouble(what, where, mend, raw, lost=True))
            continue
        if post.native_id in seen:
            continue  # the same post twice in one document
        seen.add(post.native_id)
        posts.append(post)
        if not post.url:
            mend = "帖子已收；核查时需另找原帖，或请网站补上链接"
            troubles.append(Trouble("有一条没有链接", where, mend, raw))
    return Harvest(tuple(posts), tuple(troubles))


def too_many(where: str, raw: bytes) -> Trouble:
    """The time for one response is used up at this entry; what was read is kept."""
    mend = "已读的都收下了；请网站少放一些，或分成几个订阅源"
    return Trouble("条目太多或太大，没有读完", where, mend, raw, lost=True)


def to_post(entry: Entry, page: Page, *, id_is_shared: bool = False) -> Post:
    """The post of an entry. Its text is "" only where the entry holds no words at all."""
    title = _said(entry.title).text if looks_like_markup(entry.title) else entry.title.strip()
    text = _text(entry.bodies)
    link = _link(entry.link, page.url) or _link(entry.id, "")
    return Post(
        source=page.source,
        native_id=_identity(entry, link, title, text, id_is_shared),
        text=text or title,
        url=link,
        title=title,
        published_at=dates.parse(entry.published, page.now),
        author=entry.author.strip(),
        likes=_count(entry.likes),
        reposts=_count(entry.reposts),
        replies=tuple(
            Reply(words.strip(), dates.parse(at, page.now), native_id.strip())
            for native_id, at, words in entry.replies
            if words.strip()
        ),
    )


def _text(bodies: tuple[Body, ...]) -> str:
    """The words of an entry: a picture in one place does not silence what is said in another, nor do
    words that no reader sees. What is veiled counts where it goes on with what is seen beside it:
    then it is the article, whose veil a script would lift."""
    best = dict.fromkeys((SEEN, VEILED, HIDDEN), ("", -1))
    for body in bodies:
        if len(body.value) <= best[SEEN][1]:  # it cannot hold more
            continue
        found = _of(body)
        most = words(found.text) if found.text else -1
        if most > best[found.seen][1]:
            best[found.seen] = found.text, most
    (seen, most), (veiled, under), (hidden, _) = best.values()
    if most <= 0:
        return (veiled if under > 0 else hidden) or seen
    return veiled if under > most and _goes_on(veiled, seen) else seen


def _of(body: Body) -> Said:
    text = body.value.strip()
    if body.markup or text.startswith(OPENING) or is_markup_again(text):
        found = _said(text)
        return found if found.text or body.markup else Said(text)
    return Said(text)


def _goes_on(longer: str, shorter: str) -> bool:
    head = "".join(filter(str.isalnum, shorter[:200]))[:OPENS_ALIKE]
    return head in "".join(filter(str.isalnum, longer))


def _said(markup: str) -> Said:
    """The visible text, by a cruder way where the markup is made to keep a parser busy."""
    markup = markup[:MARKUP_READ]
    try:
        return within(MARKUP_SECONDS, lambda: said(markup))
    except TooSlow:
        return Said(stripped(markup))


def _identity(entry: Entry, link: str, title: str, text: str, id_is_shared: bool) -> str:
    """What makes it the same post at the next crawl: its id, else its link, else its words.

    A feed that gives one id to several posts would make them overwrite each other; there the link
    or the words decide too.
    """
    own = entry.id.strip()
    if own and not id_is_shared:
        return own if len(own) <= 400 else _hash(own)
    if link and not own:
        return link if len(link) <= 400 else _hash(link)
    rest = link if link and link != own else f"{title}\n{text}"
    return f"{own[:300]}#{_hash(rest)}" if own else _hash(rest)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _link(link: str, base: str) -> str:
    """A complete http(s) address, else "": javascript: and data: never become a link on a page."""
    link = "".join(link.split()).replace("&amp;", "&")  # escaped twice: no address holds it
    try:
        full = urljoin(base, link) if link else ""
        return full if urlsplit(full).scheme in ("http", "https") and urlsplit(full).netloc else ""
    except ValueError:
        return ""


def _count(value: Any) -> int:
    """A count of likes and the like: 12, "1,204", "1.2万"; 0 for anything else."""
    text = str(value).strip().replace(",", "").rstrip("+")[:20]
    factor = {"万": 10_000, "亿": 100_000_000}.get(text[-1:], 1)
    try:
        return max(0, min(MOST, int(float(text.rstrip("万亿")) * factor)))
    except (ValueError, OverflowError):
        return 0
