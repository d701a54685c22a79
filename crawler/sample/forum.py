"""The sample forum as pure functions over its posts and a clock: who could see what, and when.

A post is written once, in ``posts.jsonl``; the clock says at which moment it appeared. Nothing here
knows the network or the wall clock, so every state of the forum can be asked for and tested.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from models.errors import InputError
from models.text import clean

POSTS = Path(__file__).with_name("posts.jsonl")
KINDS = ("rumor", "warning", "ordinary", "question", "joke", "advert", "news", "opinion")

# (age in forum minutes, share of its final likes and reposts a post has by then)
GROWTH = ((0.0, 0.1), (10.0, 0.3), (40.0, 0.6), (120.0, 1.0))


@dataclass(frozen=True)
class Reply:
    """One reply of a thread. ``at`` is in forum minutes, as in ``Thread``."""

    id: str
    at: float
    text: str


@dataclass(frozen=True)
class Thread:
    """One post with all replies it will ever get.

    ``at`` is in minutes from the opening of the forum: negative was there before, positive comes
    later. What the post is (rumor, warning, ...) is left out on purpose: see ``labels``.
    """

    id: str
    at: float
    title: str
    text: str
    author: str
    likes: int = 0
    reposts: int = 0
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True)
class Label:
    """What a post was written to be: for tests and benchmarks only, never served."""

    kind: str
    story: str


@dataclass(frozen=True)
class Clock:
    """When the forum opened, and how fast it lives: pace 2 brings two forum minutes a minute.

    The past is not squeezed: a post of two hours ago is two hours old at any pace.
    """

    opened_at: datetime
    pace: float = 1.0

    def when(self, minutes: float) -> datetime:
        """The moment at which the forum minute falls."""
        return self.opened_at + timedelta(minutes=minutes if minutes <= 0 else minutes / self.pace)

    def minutes(self, moment: datetime) -> float:
        """The forum minute at a moment; the inverse of ``when``."""
        minutes = (moment - self.opened_at) / timedelta(minutes=1)
        return minutes if minutes <= 0 else minutes * self.pace


@dataclass(frozen=True)
class SeenReply:
    """A reply as a visitor sees it."""

    id: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Seen:
    """A thread as a visitor sees it at one moment; ``changed_at`` is its last visible change."""

    id: str
    at: datetime
    changed_at: datetime
    title: str
    text: str
    author: str
    likes: int
    reposts: int
    replies: tuple[SeenReply, ...]


def load(path: Path = POSTS) -> tuple[Thread, ...]:
    """The threads of a posts file, oldest first."""
    threads = tuple(sorted((_thread(row) for row in _rows(path)), key=lambda thread: thread.at))
    ids = [thread.id for thread in threads]
    if len(set(ids)) != len(ids):
        twice = sorted({one for one in ids if ids.count(one) > 1})
        raise InputError(f"ids used twice: {', '.join(twice)}", str(path), "give each its own id")
    return threads


def labels(path: Path = POSTS) -> dict[str, Label]:
    """What each post was written to be, by its id."""
    return {row["id"]: Label(row["kind"], row["story"]) for row in _rows(path)}


def visible(threads: Iterable[Thread], clock: Clock, now: datetime) -> tuple[Seen, ...]:
    """The threads that are there at ``now``, newest first, each with the replies it has by then."""
    minute = clock.minutes(now)
    there = (thread for thread in threads if thread.at <= minute)
    seen = [_seen(thread, clock, minute) for thread in there]
    return tuple(sorted(seen, key=lambda one: (one.at, one.id), reverse=True))


def changed_at(seen: Iterable[Seen], clock: Clock) -> datetime:
    """The last visible change of a list of threads; of an empty list, the opening of the forum."""
    return max((one.changed_at for one in seen), default=clock.opened_at)


def _seen(thread: Thread, clock: Clock, minute: float) -> Seen:
    replies = [reply for reply in thread.replies if reply.at <= minute]
    grown = [(thread.at + age, share) for age, share in GROWTH if thread.at + age <= minute]
    since, share = grown[-1] if grown else (thread.at, GROWTH[0][1])
    last = max([since, *(reply.at for reply in replies)])
    return Seen(
        id=thread.id,
        at=clock.when(thread.at),
        changed_at=clock.when(last),
        title=thread.title,
        text=thread.text,
        author=thread.author,
        likes=round(thread.likes * share),
        reposts=round(thread.reposts * share),
        replies=tuple(SeenReply(reply.id, clock.when(reply.at), reply.text) for reply in replies),
    )


def _thread(row: dict[str, Any]) -> Thread:
    return Thread(
        id=row["id"],
        at=float(row["at"]),
        title=printable(row["title"]),
        text=printable(row["text"]),
        author=printable(row["author"]),
        likes=int(row["likes"]),
        reposts=int(row["reposts"]),
        replies=tuple(
            Reply(f"{row['id']}-{number}", row["at"] + reply["after"], printable(reply["text"]))
            for number, reply in enumerate(row["replies"], start=1)
        ),
    )


def printable(text: str) -> str:
    """Text that both HTML and XML 1.0 can carry: no control characters, surrogates, U+FFFE/F."""
    return clean(text).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


def _rows(path: Path) -> list[dict[str, Any]]:
    needed = {"id", "kind", "story", "at", "title", "text", "author", "likes", "reposts", "replies"}
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        where = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"not JSON ({error})", where, "one JSON object a line") from error
        if not isinstance(row, dict) or (missing := needed - row.keys()):
            names = ", ".join(sorted(missing)) if isinstance(row, dict) else "everything"
            raise InputError(f"missing {names}", where, "see crawler/sample/README.md")
        rows.append(row)
    return rows
