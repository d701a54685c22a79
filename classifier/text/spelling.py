"""Text made comparable: one spelling for many disguises, then words.

``normalise`` is for matching and scoring, never for showing: what an officer reads stays as it was
posted. It is idempotent, and no input makes it raise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
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
# invisible, joining and combining characters, and the private use area (``kinds`` puts its marks there)
_INVISIBLE = re.compile(
    "[\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufeff\uffa0\ue000-\uf8ff\U000e0000-\U000e007f]"
)
_SPACE = re.compile(r"\s+")
_RUN = re.compile(r"([^\w\s*])\1{3,}")  # ！！！！！！ says no more than ！！！
_LAUGH = re.compile(rf"([{HAN}])\1{{4,}}")
_LINK = re.compile(
    r"(?:https?://|www\.|(?<![\w.@])t\.cn/)[\w\-./?=&%#~:+!]+", re.ASCII
)  # ASCII only: 看http://t.cn/x这里
_NAME = r"@(?:用户\d+|(?!用户)[\w\-]{1,30})"
# @a1@b2@c3 at once: @b2 alone looks like the end of an address, and a round for each is no bound
_USER = re.compile(rf"(?<![a-z0-9._]){_NAME}(?:(?<=[a-z0-9._]){_NAME})*")
SEPARATORS = ".·•*_|/\\~^'`、+=#&-\ufffd "  # put inside words to get past a filter
# from the beginning of a run, never back into it: a post of 20,000 characters in a row took 20 s
_GAPS = re.compile(rf"(?<![{HAN}])[{HAN}]++(?:[{re.escape(SEPARATORS)}][{HAN}]++)+")
_SPLIT = re.compile(rf"([^{HAN}])")

# 微信 and QQ as people hide them from filters; order matters
_DISGUISES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[➕+]\s*(?:v(?![a-z])|vx|薇|威|徽|微)(?:信|芯|❤)?(?!博)"), "加微信"),
    (re.compile(rf"加\s*(?:vx|v(?![a-z])|薇(?![{HAN}]))(?:信|芯|❤)?"), "加微信"),
    (re.compile(r"(?:(?<![a-z])v|薇|徽)\s*(?:信|芯|❤)"), "微信"),
    (re.compile(r"(?<![a-z0-9])(?:vx|wx|weixin)(?![a-z])"), "微信"),
    (re.compile("➕"), "+"),
    (re.compile("扣扣|抠抠|企鹅号"), "qq"),
    (re.compile("新冠肺[延言]|新[馆管官][费肺][炎严]|薪[罐冠][费肺]炎"), "新冠肺炎"),
    (re.compile("[役意]情(?=通报|防控|爆发|扩散)"), "疫情"),
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
    every link as ``〔链接〕``, every @name as ``@用户``, white space as one blank. At most
    ``models.text.MAX_CHARS`` characters. ``normalise(normalise(x)) == normalise(x)``; lone
    surrogates become U+FFFD.

    >>> normalise("【擴散】疫.情 加ＶX，@张三 https://t.cn/abc")
    '【扩散】疫情 加微信,@用户 〔链接〕'
    """
    return _normal(text.strip())


@lru_cache(maxsize=256)  # one post is asked for by features, topics, entities and wordings in turn
def _normal(text: str) -> str:
    for _ in range(8):  # two rounds nearly always; a rule's output may open another rule
        once = _pass(text)
        if once == text:
            return once
        text = once
    return text


def _pass(text: str) -> str:
    text = intake.clean(text, 4 * intake.MAX_CHARS)
    text = unicodedata.normalize("NFKC", text).lower()
    text = _INVISIBLE.sub("", text)
    text = _simplified(text)
    text = _LINK.sub(LINK, text)
    text = _USER.sub(USER, text)
    for pattern, plain in _DISGUISES:
        text = pattern.sub(plain, text)
    text = _GAPS.sub(_join, text)
    text = _LAUGH.sub(r"\1\1\1\1", _RUN.sub(r"\1\1\1", text))
    return _SPACE.sub(" ", text)[: intake.MAX_CHARS].strip()


def _join(found: re.Match[str]) -> str:
    """疫.情 -> 疫情, but 北京.上海 stays: a separator goes only where a word spans it."""
    parts = _SPLIT.split(found.group())
    out, run = [parts[0]], parts[0]
    for separator, part in zip(parts[1::2], parts[2::2], strict=True):
        lone = len(run) == 1 or len(part) == 1
        if (separator != " " or lone) and _spans_word(run, part):
            run = (run + part)[-3:]
        else:
            out.append(separator)
            run = part
        out.append(part)
    return "".join(out)


def _spans_word(left: str, right: str) -> bool:
    for i in range(1, min(3, len(left)) + 1):
        for j in range(1, min(4 - i, len(right)) + 1):
            if i + j >= 2 and lexicon.is_word(left[-i:] + right[:j]):
                return True
    return False


def segment(text: str, engine: str = "rjieba") -> list[str]:
    """The words of a text in order, blanks left out, by jieba's dictionary and hidden Markov model.

    ``engine`` is ``rjieba`` (the same algorithm in Rust) or ``jieba``; where rjieba is not
    installed both are jieba. Joined by "", the words are the text without its white space.

    >>> segment("车上有确诊病人")
    ['车上', '有', '确诊', '病人']
    """
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {ENGINES}, not {engine!r}")
    text = intake.clean(text)
    words: Iterator[str] | list[str]
    if engine == "rjieba" and isinstance(rjieba, ModuleType):
        words = rjieba.cut(text)
    else:
        words = lexicon.tokenizer().cut(text)
    return [word for word in words if not word.isspace()]
