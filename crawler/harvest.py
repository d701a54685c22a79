"""What a spider hands on: the posts of one response, what went wrong, and where to go on from."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from models.intake.records import Post


@dataclass(frozen=True)
class Trouble:
    """Something that could not be read, in words an officer understands.

    ``raw`` is the piece of input itself (the store keeps its first 64 KB). ``fatal``: nothing of
    this response could be used, so the run failed. ``lost``: an entry that did not become a post.
    """

    what: str
    where: str = ""
    mend: str = ""
    raw: bytes = b""
    fatal: bool = False
    lost: bool = False

    def __str__(self) -> str:
        return f"{self.what}；{self.mend}" if self.mend else self.what


@dataclass(frozen=True)
class Cursor:
    """What the next conditional request needs."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Harvest:
    """The posts of one response and its troubles.

    ``whole`` is False where more may stand in the response than could be read: then its cursor is
    not remembered, and the next crawl reads it again. ``cursor`` is remembered in the transaction
    that stores ``posts``, never earlier.
    """

    posts: tuple[Post, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    whole: bool = True
    cursor: Cursor | None = None
    size: int = 0  # bytes of the response
    unchanged: bool = False  # the server said 304

    def plus(self, *troubles: Trouble) -> Harvest:
        return dataclasses.replace(self, troubles=self.troubles + troubles)
