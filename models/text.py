"""Text from outside, made safe to store and honest to show.

One hostile post must neither be lost nor break a page: a lone surrogate raises on insert, NUL
stops SQL's length(), bidi controls rearrange what an officer reads (CVE-2021-42574).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_CHARS = 20_000  # jieba cuts about 0.2 M characters a second; longer text is cut, marked by …

_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# zero-width, bidi marks, embeddings, overrides and isolates, line separators, invisible operators,
# BOM, variation selectors but the emoji one, tags: the inside of a character class
HIDDEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef"
)
_HIDDEN = re.compile(f"[{HIDDEN}]")
_LINE_ENDS = re.compile("[\u2028\u2029]")
# also the hints of emoji, the blank of braille, what stands for an object, controls of music and shorthand
_UNSHOWN = re.compile(
    f"[{HIDDEN}\u180b-\u180f\u2800\ufe0f\ufffc\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]"
    r"|⟨U\+[0-9A-F]{4,6}⟩"
)


def clean(text: str, limit: int = MAX_CHARS) -> str:
    """Storable text: lone surrogates become U+FFFD, control characters but tab and newline go.

    At most ``limit`` characters; what was cut off is marked by a final ``…``. Invisible and bidi
    characters stay, because they are evidence; ``visible`` shows them.

    >>> clean("a\\x00b\\ud800")
    'ab�'
    """
    text = _SURROGATES.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _CONTROLS.sub("", text).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def replaced(text: str, parts: Iterable[tuple[int, int, str]]) -> str:
    """The text with other words in some places: where each begins and ends, in order, and the words.

    >>> replaced("浙BL1234的车", [(0, 7, "浙BL****")])
    '浙BL****的车'
    """
    out, at = [], 0
    for start, end, words in parts:
        out += [text[at:start], words]
        at = end
    return "".join([*out, text[at:]]) if out else text


def visible(text: str) -> str:
    """The text with each invisible or bidi character written out, as ``⟨U+202E⟩``.

    >>> visible("甲\\u202e乙")
    '甲⟨U+202E⟩乙'
    """
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text)


def shown(text: str) -> str:
    """The text as the public gets it: without what nobody sees, and without ``visible``'s marks for it.

    Of an emoji only the character stays, not the hints how to draw or to join it.

    >>> shown("甲\\u200b乙⟨U+202E⟩，⚠\\ufe0f")
    '甲乙，⚠'
    """
    return _UNSHOWN.sub("", _LINE_ENDS.sub("\n", text))


def hidden_count(text: str) -> int:
    """How many invisible or bidi characters the text holds."""
    return len(_HIDDEN.findall(text))


def terminal(text: str) -> str:
    """One line that is safe to print: no escape sequences, no line breaks, nothing invisible."""
    return visible(re.sub(r"\s+", " ", clean(text)))
