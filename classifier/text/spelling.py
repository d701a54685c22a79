"""Text made comparable: one spelling for many disguises, then words.

``normalise`` is for matching and scoring, never for showing: what an officer reads stays as it was
posted. It is idempotent, and no input makes it raise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from types import ModuleType

import opencc

from classifier.text import lexicon
from models import text as intake

try:
    import rjieba
except ImportError:  # no wheel for this platform: jieba itself, about 14 times slower
    rjieba = None  # type: ignore[assignment]

LINK = "〔链接〕"
USER = "@用户"
ENGINES = ("rjieba", "jieba")

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# invisible, joining and combining characters, and the private use area (``marks`` puts its own there)
_INVISIBLE = re.compile(
    "[\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufeff\uffa0\ue000-\uf8ff\U000e0000-\U000e007f]"
)
_SPACE = re.compile(r"[^\S ]\s*| \s+")  # white space that is not one blank already
# ！！！！！！ says no more than ！！！, and 哈哈哈哈哈哈 no more than 哈哈哈哈
_RUN = re.compile(rf"([^\w\s*])\1{{3,}}|([{HAN}])\2{{4,}}")
_LINK = re.compile(
    r"(?:https?://|www\.|(?<![\w.@])t\.cn/)[\w\-./?=&%#~:+!]+", re.ASCII
)  # ASCII only: 看http://t.cn/x这里
# Where a blank or a sign ends it, all of a name; else it ends before a claim: a handle in Latin letters where
# Chinese begins, an office behind the word for its kind, any other after four characters (@浙江交警三号桥封路)
_BEGINS = "今晚|今天|今日|今早|明天|明早|明日|明晚|昨天|昨晚|昨日|刚刚|刚才|凌晨|听说|据说|网传|有人|发现|发生|紧急|注意|请问|快看|大家"
_OFFICE = "交警|公安|网警|消防|发布|新闻|日报|晚报|早报|卫健|疾控|应急|气象|检察|法院|政府|广播|电视台|热线|在线|头条"
_SIGN = rf"(?!{_BEGINS})[\w\-]"
_NAME = (
    r"@(?:用户\d+|(?!用户)(?:[a-z0-9_\-]{2,30}(?![a-z0-9_\-])"
    rf"|(?:{_SIGN}){{1,8}}?(?:{_OFFICE})|(?:{_SIGN}){{1,9}}(?![\w\-])|(?:{_SIGN}){{1,4}}|[\w\-]))"
)
# @a1@b2@c3 at once: @b2 alone looks like the end of an address, and a round for each is no bound
_USER = re.compile(rf"(?<![a-z0-9._]){_NAME}(?:(?<=[a-z0-9._]){_NAME})*")
# What platforms write beside a post: a link's stand-in, and marks of videos, folds and maps. Sets kept or
# lost them in cleaning, so that a model learns where a post is from and not what it says.
_STAND_IN = re.compile("[ol]?网页链接|https?://链接")
_FURNITURE = re.compile(
    r"\[(?:视频|图片|组图)\]|\[组图共\d+张\]"
    r"|(?:(?:\bl|(?<!\w))[^\W_]{1,12}的|\b[ol])?(?:秒拍|微博)视频(?=[\s.]*(?:$|@|〔|\[|http))"
    r"|(?:\.{2,3}|…+)?(?:展开|收起)全文[cd]?|(?:\.{2,3}|…+)\s?(?:展开|收起)[cd]?(?!\w)|(?<!\w)(?:展开|收起)[cd]?$"
    "|显示地图|查看图片"
)
_FURNISHED = ("视频", "图片", "组图", "展开", "收起", "显示地图")
# put inside words to get past a filter; not #, which parts a tag from a claim
SEPARATORS = ".·•*_|/\\~^'`、+=&-\ufffd "
# from the beginning of a run, never back into it: a post of 20,000 characters in a row took 20 s
_GAPS = re.compile(rf"(?<![{HAN}])[{HAN}]++(?:[{re.escape(SEPARATORS)}][{HAN}]++)+")
_GAP = re.compile(rf"[{re.escape(SEPARATORS)}](?<=[{HAN}].)(?=[{HAN}])")  # where ``_GAPS`` matches
_SPLIT = re.compile(rf"([^{HAN}])")
# nearly all that NFKC changes in a post; the whole of it costs ten times as much as these
_WIDE = tuple((wide, unicodedata.normalize("NFKC", wide)) for wide in "，！？：；（）～…　")

# 微信 and QQ as people hide them from filters: what stands in a text that hides them so, how it is
# found, and what is meant; order matters
_DISGUISES: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    (("➕", "+"), re.compile(r"[➕+]\s*(?:v(?![a-z])|vx|薇|威|徽|微)(?:信|芯|❤)?(?!博)"), "加微信"),
    (("加",), re.compile(rf"加\s*(?:vx|v(?![a-z])|薇(?![{HAN}]))(?:信|芯|❤)?"), "加微信"),
    (("v", "薇", "徽"), re.compile(r"(?:(?<![a-z])v|薇|徽)\s*(?:信|芯|❤)"), "微信"),
    (("vx", "wx", "weixin"), re.compile(r"(?<![a-z0-9])(?:vx|wx|weixin)(?![a-z])"), "微信"),
    (("➕",), re.compile("➕"), "+"),
    (("扣扣", "抠抠", "企鹅号"), re.compile("扣扣|抠抠|企鹅号"), "qq"),
    (("新", "薪"), re.compile("新冠肺[延言]|新[馆管官][费肺][炎严]|薪[罐冠][费肺]炎"), "新冠肺炎"),
    (("役情", "意情"), re.compile("[役意]情(?=通报|防控|爆发|扩散)"), "疫情"),
)


@lru_cache(maxsize=1)
def _converters() -> tuple[Callable[[str], str], Callable[[str], str]]:
    return opencc.OpenCC("t2s").convert, opencc.OpenCC("tw2sp").convert


def _simplified(text: str) -> str:
    """Taiwan's words become the mainland's, but only where a traditional character stands.

    tw2sp alone is not idempotent: it turns 塔吉克斯坦 into 塔吉克斯坦坦.
    """
    characters, words = _converters()
    return text if characters(text) == text else words(text)


def normalise(text: str) -> str:
    """The text in one spelling: the same claim in any disguise comes out alike.

    NFKC, lower case, traditional to simplified (Taiwan words too), invisible and combining
    characters removed, separators inside a word removed (疫.情), common disguises of 微信 undone,
    every link as ``〔链接〕``, every @name as ``@用户``, what a platform writes beside a post removed
    (展开全文), white space as one blank. At most
    ``models.text.MAX_CHARS`` characters. ``normalise(normalise(x)) == normalise(x)``; lone
    surrogates become U+FFFD.

    >>> normalise("【擴散】疫.情 加ＶX，@张三 https://t.cn/abc")
    '【扩散】疫情 加微信,@用户 〔链接〕'
    """
    text, last = text.strip(), None
    for _ in range(8):  # two rounds nearly always; a rule's output may open another rule
        for step in _STEPS:
            after = step(text)
            if after != text:
                text, last = after, step
            elif step is last:  # since this step changed the text, none has
                return text
        if last is None:
            break
    return text


def _clean(text: str) -> str:
    if text.isprintable() and len(text) <= intake.MAX_CHARS:  # no control character, no surrogate
        return text.strip()
    return intake.clean(text, 4 * intake.MAX_CHARS)


def _composed(text: str) -> str:
    if unicodedata.is_normalized("NFKC", text):
        return text
    for wide, narrow in _WIDE:
        text = text.replace(wide, narrow)
    return unicodedata.normalize("NFKC", text)


def _visible(text: str) -> str:
    return _INVISIBLE.sub("", text)


def _bare(text: str) -> str:
    return _FURNITURE.sub("", text) if any(map(text.__contains__, _FURNISHED)) else text


def _linked(text: str) -> str:
    if "链接" in text:
        text = _STAND_IN.sub(LINK, text)
    if "//" in text or "www." in text or "t.cn/" in text:
        return _LINK.sub(LINK, text)
    return text


def _addressed(text: str) -> str:
    return _USER.sub(USER, text) if "@" in text else text


def _undisguised(text: str) -> str:
    for signs, pattern, meant in _DISGUISES:
        for sign in signs:
            if sign in text:
                text = pattern.sub(meant, text)
                break
    return text


def _ungapped(text: str) -> str:
    return _GAPS.sub(_join, text) if _GAP.search(text) else text


def _calm(text: str) -> str:
    points = int.from_bytes(text.encode("utf-32-le", "surrogatepass"), "little")
    beside = (points ^ points >> 32).to_bytes(4 * len(text), "little")  # 0 where two are alike
    if bytes(12) not in beside:  # no four alike in a row, and nearly no text has them
        return text
    return _RUN.sub(lambda run: run[0][: 4 if run[2] else 3], text)


def _spaced(text: str) -> str:
    if text.isprintable() and "  " not in text:  # its white space are single blanks
        return text[: intake.MAX_CHARS].strip()
    return _SPACE.sub(" ", text)[: intake.MAX_CHARS].strip()


def _join(found: re.Match[str]) -> str:
    """疫.情 -> 疫情, but 北京.上海 stays: a separator goes only where a word spans it."""
    parts = _SPLIT.split(found.group())
    out, run = [parts[0]], parts[0]
    for separator, part in zip(parts[1::2], parts[2::2], strict=True):
        lone = len(run) == 1 or len(part) == 1
        if (separator != " " or lone) and _spans_word(run[-3:], part[:3]):
            run = (run + part)[-3:]
        else:
            out.append(separator)
            run = part
        out.append(part)
    return "".join(out)


@lru_cache(maxsize=1 << 16)
def _spans_word(left: str, right: str) -> bool:
    return any(
        lexicon.is_word(left[-i:] + right[:j])
        for i in range(1, len(left) + 1)
        for j in range(1, min(4 - i, len(right)) + 1)
    )


_STEPS: tuple[Callable[[str], str], ...] = (
    _clean,
    _composed,
    str.lower,
    _visible,
    _simplified,
    _bare,
    _linked,
    _addressed,
    _undisguised,
    _ungapped,
    _calm,
    _spaced,
)


def segment(text: str, engine: str = "rjieba") -> list[str]:
    """The words of a text in order, blanks left out, by jieba's dictionary and hidden Markov model.

    ``engine`` is ``rjieba`` (the same algorithm in Rust) or ``jieba``; where rjieba is not
    installed both are jieba. Joined by "", the words are the text without its white space.

    >>> segment("车上有确诊病人")
    ['车上', '有', '确诊', '病人']
    """
    return [word for word in cut(intake.clean(text), engine) if not word.isspace()]


def cut(text: str, engine: str = "rjieba") -> list[str]:
    """``segment`` of a clean text with its blanks: joined by "", the pieces are the text."""
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {ENGINES}, not {engine!r}")
    if engine == "rjieba" and isinstance(rjieba, ModuleType):
        words: list[str] = rjieba.cut(text)
        return words
    return list(lexicon.tokenizer().cut(text))
