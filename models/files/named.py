"""A row of a file, and the names that its columns go by."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import opencc

# the columns of texts, as people and the usual crawlers name them
TEXT = (
    "text", "content", "正文", "内容", "微博正文", "微博内容", "帖子内容", "文本", "原文", "desc", "description",
    "content_text", "full_text", "body", "message", "tweet", "post_text", "评论内容", "summary",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What stood in lines ``number`` to ``last``; or ``trouble``: why it cannot be used, in Chinese."""

    number: int
    last: int
    value: Any
    trouble: str = ""
    header: bool = False  # the names of a table's columns, and no row

    @property
    def where(self) -> str:
        """第 3 行, or 第 3 到 5 行."""
        lines = f"{self.number}" if self.number == self.last else f"{self.number} 到 {self.last}"
        return f"第 {lines} 行"


@lru_cache(4096)  # a file has the same columns in each row
def folded(name: str) -> str:
    """A column's name without capitals, spaces, width and underscores, in simplified characters.

    >>> folded(" Native_ID "), folded("微博 正文"), folded("說法")
    ('nativeid', '微博正文', '说法')
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    if not plain.isascii():
        plain = _simplified()(plain)
    return "".join(each for each in plain if each.isalnum() or each == "@")


@lru_cache(maxsize=1)
def _simplified() -> Callable[[str], str]:
    return opencc.OpenCC("t2s").convert


def by_name(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The filled fields of a row under their folded names; the first where two fold to one."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if value or value == 0:
            found.setdefault(folded(str(name)[:100]), value)
    return found


def first(fields: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The first of the ``folded`` names that a row ``by_name`` holds; None for none."""
    return next((fields[name] for name in names if name in fields), None)
