"""One claim from the loosely named fields of a row: Chinese or English names, words for a verdict."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import opencc

from crawler.feeds import markup
from models import china_time
from models.errors import InputError
from models.files.named import by_name, first, folded
from models.harm import Topic
from models.known.claims import Standing
from models.known.imports import Given

SHORTEST = 4  # characters of a claim
TEXTS = ("name", "@value", "text", "headline", "@list", "@set")  # where an object says what it is
_LANGUAGE = re.compile(r"(?:zh|en|ja|ko|fr|de|es|pt|ru|th|vi|ms)(?:[-_]\w{2,8}){0,2}|@none")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
_TAG = re.compile(
    r"</?(?:p|br|b|i|u|a|em|strong|span|div|li|ul|ol|h[1-6]|font)\b[^<>]{0,300}>", re.I
)
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
        "讯息",
        "消息",
        "传言",
        "谣言内容",
    ),
    "wordings": ("wordings", "其他说法", "原文", "quoted_message"),
    "verdict": (
        "verdict",
        "结论",
        "rating",
        "label",
        "alternatename",
        "判定",
        "判定结果",
        "核查结果",
        "查核结果",
        "查证结果",
        "核查结论",
        "评级",
        "真伪",
        "reply_type",
    ),
    "truth": ("truth", "真相", "正确说法", "实际情况", "explanation", "说明"),
    "topic": ("topic", "类别", "主题", "分类"),
    "source": ("source", "来源", "author", "publisher", "出处"),
    "url": ("source_url", "url", "链接", "网址", "连结", "网页"),
    "dated": (
        "dated",
        "date",
        "日期",
        "datepublished",
        "year",
        "年份",
        "时间",
        "发布时间",
        "created_at",
    ),
    "id": ("id", "native_id", "编号"),
}
COLUMNS = {field: tuple(map(folded, names)) for field, names in NAMES.items()}
# exact words only: "not false" must not read as false. In simplified characters, without blanks and
# marks, 信息 for 讯息 and 资讯. Cofacts calls what it found RUMOR or 含有不实信息,
# and what it did not (NOT_RUMOR, OPINIONATED, NOT_ARTICLE) says nothing of what is true
STANDINGS: dict[Standing, str] = {
    Standing.FALSE: "false 不实 不实信息 不实谣言 不属实 网传不实 含有不实信息 含不实信息 虚假 虚假信息 假 假的 假信息 假新闻 谣言"
    " 网络谣言 错误 错误信息 伪造 捏造 fake fakenews hoax incorrect inaccurate untrue rumor rumour fabricated pantsonfire"
    " misinformation containsmisinformation",
    Standing.MISLEADING: "misleading 误导 网传误导 存在误导 具误导性 误导性 有误导性 误导信息 易误解 容易误解 部分不实 部分错误 大部分错误"
    " 部分虚假 部分失实 部分属实 部分正确 部分真实 片面 断章取义 移花接木 夸大 缺少背景 缺乏背景 缺乏脉络 脱离脉络 半真半假"
    " mostlyfalse partlyfalse partiallyfalse halftrue partlytrue partiallytrue mixture missingcontext"
    " outofcontext distorted exaggerated",
    Standing.OUTDATED: "outdated 旧闻 网传旧闻 过时 旧闻重炒",
    Standing.TRUE: "true 属实 网传属实 真 真的 真实 正确 correct accurate",
}
_WORDS = {word: standing for standing, words in STANDINGS.items() for word in words.split()}
_ASKED = re.compile(
    "[?？¿؟⁇⁈⁉﹖!！¬≠~～]\\s*=|[?？¿؟⁇⁈⁉﹖❓❔¬≠]|^\\s*[!！]"
)  # 谣言？ asks, and != denies
_TOPICS = {name: topic for topic in Topic for name in (topic.value, topic.label)}
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?")


def given(row: object, where: str) -> Given | InputError:
    """The claim of a row; a fault where it holds none."""
    if not isinstance(row, Mapping):
        return InputError("不是一条记录", where, "一行一条，写明 claim 和 verdict")
    found = by_name(row)
    claim = text(first(found, COLUMNS["claim"]))
    if not says(claim):
        return InputError("没有写说法", where, f"在 claim（说法）里写一句，至少 {SHORTEST} 个字")
    values = {field: first(found, names) for field, names in COLUMNS.items()}
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


def says(claim: str) -> bool:
    """Whether it can be a claim: long enough, and not a number or a sign alone."""
    return len(claim) >= SHORTEST and any(map(str.isalpha, claim))


def text(value: Any, names: tuple[str, ...] = TEXTS) -> str:
    """A value as text: out of an object by its name, the first of a list, else as it is written.

    >>> text({"@type": "Claim", "text": "喝茶&amp;防流感"}), text([{"@value": "茶"}]), text({"en": "tea", "zh-TW": "茶"})
    ('喝茶&防流感', '茶', '茶')
    """
    for _ in range(6):
        if isinstance(value, Mapping):
            found = next((value[name] for name in names if value.get(name)), None)
            value = found if found is not None else _in_chinese(value)
        elif isinstance(value, list):
            value = next((each for each in value if each), "")
    if isinstance(value, str):
        return _written(value) if value else ""
    # true and NaN of JSON are no words
    number = isinstance(value, int | float) and not isinstance(value, bool) and value == value
    return str(value) if number else ""


def texts(value: Any) -> list[str]:
    """All that a value says, each once: of a claim its text before its name; "" is left out."""
    for name in ("@list", "@set"):
        value = value.get(name, value) if isinstance(value, Mapping) else value
    values = value if isinstance(value, list) else [value]
    said = (text(each, ("text", *TEXTS)) for each in values[:100])
    return list(dict.fromkeys(each for each in said if each))


def _in_chinese(value: Mapping[Any, Any]) -> Any:
    """Of one text in several languages the Chinese one, else the first."""
    told = {str(key): said for key, said in value.items() if _LANGUAGE.fullmatch(str(key)) and said}
    return next((said for key, said in told.items() if key.startswith("zh")), None) or next(
        iter(told.values()), ""
    )


def _written(said: str) -> str:
    """Without the entities and the tags that a text brings along from its page."""
    if _ENTITY.search(said):
        said = html.unescape(html.unescape(said))  # &amp;quot; was escaped twice
    return (markup.to_text(said) if _TAG.search(said) else said).strip()


def wordings(value: Any) -> tuple[str, ...]:
    """A list of texts; a text is cut at its lines and at " | "."""
    parts = value if isinstance(value, list) else re.split(r"\n| \| ", text(value))
    return tuple(found for found in map(text, parts[:100]) if found)


@lru_cache(1024)  # a file says the same few words in each row
def standing(word: str) -> Standing:
    """What a rating's word means, in simplified or traditional characters; unknown ones are UNCLEAR.

    >>> standing("网传不实"), standing("Mostly False"), standing("not false")
    (<Standing.FALSE: 'false'>, <Standing.MISLEADING: 'misleading'>, <Standing.UNCLEAR: 'unclear'>)
    """
    if len(word) > 100 or _ASKED.search(word):
        return Standing.UNCLEAR
    plain = _simplified()(unicodedata.normalize("NFKC", word).lower())
    plain = re.sub(r"[\W_]", "", plain).replace("部份", "部分")
    return _WORDS.get(re.sub("讯息|资讯|消息", "信息", plain), Standing.UNCLEAR)


@lru_cache(maxsize=1)
def _simplified() -> Callable[[str], str]:
    return opencc.OpenCC("t2s").convert


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
