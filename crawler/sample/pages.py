"""The forum's HTML pages. Jinja2 escapes everything; no page holds a script or a style of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.sample.board import MAX_AUTHOR, MAX_TEXT
from crawler.sample.forum import Seen
from models.china_time import in_china

ROWS = 50
STYLE = Path(__file__).with_name("forum.css")

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _moment(moment: datetime) -> str:
    there = in_china(moment)
    return f"{there.month} 月 {there.day} 日 {there:%H:%M}"


_pages.filters["moment"] = _moment
_pages.globals.update(max_text=MAX_TEXT, max_author=MAX_AUTHOR)


def board(
    seen: Sequence[Seen], page: int = 1, *, text: str = "", author: str = "", fault: str = ""
) -> str:
    """The list of threads, one page of it, with the form; ``text`` and ``author`` fill the form."""
    pages = max(1, -(-len(seen) // ROWS))
    page = min(max(page, 1), pages)
    return _pages.get_template("board.html").render(
        rows=seen[(page - 1) * ROWS : page * ROWS],
        total=len(seen),
        replies=sum(len(one.replies) for one in seen),
        page=page,
        pages=pages,
        text=text,
        author=author,
        fault=fault,
    )


def thread(one: Seen) -> str:
    """One thread with its replies."""
    return _pages.get_template("thread.html").render(one=one)


def message(title: str, sentence: str) -> str:
    """A page that says one thing: not found, too long, not allowed."""
    return _pages.get_template("message.html").render(title=title, sentence=sentence)
