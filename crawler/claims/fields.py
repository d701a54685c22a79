"""One claim from the loosely named fields of a row: Chinese or English names, words for a verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from models import china_time
from models.errors import InputError
from models.files.named import by_name, first
from models.harm import Topic
from models.known.claims import Standing
from models.known.imports import Given

SHORTEST = 4  # characters of a claim
NAMES: dict[str, tuple[str, ...]] = {
    "claim": (
        "claim",
        "说法",
        "网传",
        "谣言",
        "claimreviewed",
        "title",
        "标题",
        "statement",
        "text",
        "内容",
        "正文",
        "content",
        "desc",
    ),
    "wordings": ("wordings", "其他说法", "原文", "quoted_message"),
    "verdict": ("verdict", "结论", "rating", "label", "alternatename"),
    "truth": ("truth", "真相", "正确说法", "实际情况", "explanation"),
    "topic": ("topic", "类别", "主题"),
    "source": ("source", "来源", "author", "publisher"),
    "url": ("source_url", "url", "链接", "网址"),
    "dated": ("dated", "date", "日期", "datepublished", "year", "年份"),
    "id": ("id", "native_id", "编号"),
}
# exact words only: "not false" must not read as false
STANDINGS: dict[Standing, str] = {
    Standing.FALSE: "false 不实 不实信息 不属实 网传不实 虚假 虚假信息 假 假的 谣言 错误 fake hoax"
    " incorrect pantsonfire",
    Standing.MISLEADING: "misleading 误导 网传误导 存在误导 部分不实 片面 断章取义 夸大 缺少背景 半真半假"
    " mostlyfalse partlyfalse partiallyfalse halftrue mixture missingcontext",
    Standing.OUTDATED: "outdated 旧闻 网传旧闻 过时 旧闻重炒",
    Standing.TRUE: "true 属实 网传属实 真 真的 真实 correct accurate",
}
_WORDS = {word: standing for standing, words in STANDINGS.items() for word in words.split()}
_TOPICS = {name: topic for topic in Topic for name in (topic.value, topic.label)}
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?")


def given(row: object, where: str) -> Given | InputError:
    """The claim of a row; a fault where it holds none."""
    if not isinstance(row, Mapping):
        return InputError("不是一条记录", where, "一行一条，写明 claim 和 verdict")
    found = by_name(row)
    values = {field: first(found, names) or "" for field, names in NAMES.items()}
    claim = text(values["claim"])
    if len(claim) < SHORTEST:
        return InputError("没有写说法", where, f"在 claim（说法）里写一句，至少 {SHORTEST} 个字")
    return Given(
        claim=claim,
        standing=standing(text(values["verdict"])),
        native_id=text(values["id"]),
        wordings=wordings(values["wordings"]),
        truth=text(values["truth"]),
        topic=_TOPICS.get(text(values["topic"]).lower(), Topic.OTHER),
        source=text(values["source"]),
        url=text(values["url"]),
        dated=dated(text(values["dated"])),
    )


def text(value: Any) -> str:
    """A value as text: a name out of an object, the first of a list, else as it is written."""
    for _ in range(4):
        if isinstance(value, Mapping):
            value = value.get("name") or value.get("@value") or ""
        elif isinstance(value, list):
            value = value[0] if value else ""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def wordings(value: Any) -> tuple[str, ...]:
    """A list of texts; a text is cut at its lines and at " | "."""
    parts = value if isinstance(value, list) else re.split(r"\n| \| ", text(value))
    return tuple(found for found in map(text, parts[:100]) if found)


def standing(word: str) -> Standing:
    """What a rating's word means; unknown ones are UNCLEAR.

    >>> standing("网传不实"), standing("Mostly False"), standing("not false")
    (<Standing.FALSE: 'false'>, <Standing.MISLEADING: 'misleading'>, <Standing.UNCLEAR: 'unclear'>)
    """
    return _WORDS.get(re.sub(r"[\W_]", "", word.lower()), Standing.UNCLEAR)


def dated(word: str) -> str:
    """The day, month or year that a text begins with, as in ``models.known.imports.Given``; "" for none.

    A moment is given as its day in China.

    >>> dated("2020年1月26日"), dated("2020-01-25T20:00:00Z"), dated("2020"), dated("昨天")
    ('2020-01-26', '2020-01-26', '2020', '')
    """
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(word)
        if moment.tzinfo is not None and moment.year >= 1900:
            return china_time.day(moment)
    found = _DATE.match(word)
    if not found or not 1900 <= int(found[1]) <= 2200:
        return ""
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return found[1]
    return "-".join(f"{int(part):02d}" for part in found.groups() if part)
