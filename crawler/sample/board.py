"""The open board: the written posts, and those that visitors add while it runs."""

from __future__ import annotations

import threading
from datetime import datetime

from crawler.sample.forum import Clock, Seen, Thread, printable, visible
from models.errors import Conflict, InputError

MAX_TEXT = 1000
MAX_AUTHOR = 20
MAX_NEW = 500
TITLE = 24
NOBODY = "路人"


class Board:
    """What one running server holds. New posts live in memory and end with it; thread-safe."""

    def __init__(self, threads: tuple[Thread, ...], clock: Clock) -> None:
        self.clock = clock
        self._written = threads
        self._new: list[Thread] = []
        self._lock = threading.Lock()

    def seen(self, now: datetime) -> tuple[Seen, ...]:
        """The threads visible at ``now``, newest first."""
        with self._lock:
            threads = (*self._written, *self._new)
        return visible(threads, self.clock, now)

    def add(self, text: str, author: str, now: datetime) -> Thread:
        """Put a visitor's post on the board at once."""
        text, author = checked(text, author)
        first = text.splitlines()[0].strip()
        title = first if len(first) <= TITLE else first[: TITLE - 1] + "…"
        with self._lock:
            if len(self._new) >= MAX_NEW:
                raise Conflict("今天的新帖满了", mend="重开示例论坛就清空")
            # the opening in the id: a second run must not reuse the ids of the first
            run = format(int(self.clock.opened_at.timestamp()), "x")
            thread = Thread(
                id=f"n{run}-{len(self._new) + 1}",
                at=self.clock.minutes(now),
                title=title,
                text=text,
                author=author,
            )
            self._new.append(thread)
        return thread


def checked(text: str, author: str) -> tuple[str, str]:
    """The two fields of the form, cleaned; raises InputError when they cannot be taken."""
    text = printable(text[: MAX_TEXT * 2])
    author = printable(author[: MAX_AUTHOR * 2]).replace("\n", " ") or NOBODY
    if not text:
        raise InputError("还没写内容", mend="写一句再发")
    if len(text) > MAX_TEXT:
        raise InputError(f"内容超过 {MAX_TEXT} 字", mend="写短一点")
    if len(author) > MAX_AUTHOR:
        raise InputError(f"名字超过 {MAX_AUTHOR} 字", mend="换个短的")
    return text, author
