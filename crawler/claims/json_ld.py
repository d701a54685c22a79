"""JSON as it stands in ``application/ld+json`` scripts of real pages, read as it was meant.

Pages wrap it for old browsers (comments, CDATA), end it with a semicolon, write several objects
after one another, break lines inside of texts, and escape it as HTML. None of this changes what is
said, so none of it loses a review.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

MOST = 200  # objects in one script
# one that nobody closed ends with the script: begun anew at each quote in it, it took hours
_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
_WRAPPING = re.compile(
    rf"(?P<keep>{_STRING})|<!--|-->|<!\[CDATA\[|\]\]>|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)|//[^\n\r]*",
    re.S,
)
_LAST_COMMA = re.compile(rf"(?P<keep>{_STRING})|,(?=\s*[\]}}])", re.S)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufeff]")
_BETWEEN = re.compile(r"[\s;,]*")
_NOT_ESCAPES = re.compile(r"\\(?P<pair>\\)|\\(?![\"\\/bfnrtu])")  # \' as JavaScript writes it
_reader = json.JSONDecoder(strict=False)  # line breaks and tabs may stand inside of texts


def loads(script: str) -> Any:
    """What a script says: its one value, or a list of them where it holds several.

    Raises ``ValueError`` where it cannot be told, ``RecursionError`` where it is nested too deeply.

    >>> loads('//<![CDATA[ {"a": "b c",};//]]>')
    {'a': 'b c'}
    """
    try:
        return json.loads(script)
    except ValueError as error:
        broken = error
    script = _CONTROLS.sub(" ", script)
    if re.match(r"\s*[\[{][\s\[{]*&(?:quot|#34|#x22);", script):
        script = html.unescape(script)
    for mend in (_unwrapped, _mended):
        try:
            return _values(mend(script))
        except ValueError:
            continue
    raise broken


def _unwrapped(script: str) -> str:
    # a comment in front may end on the line of the first object: //<![CDATA[ {…}
    script = re.sub(r"//\s*(?=<!\[CDATA\[|\]\]>|<!--|-->)", "", script)
    return _kept(_WRAPPING, script)


def _mended(script: str) -> str:
    script = _NOT_ESCAPES.sub(lambda found: found[0] if found["pair"] else "", script)
    return _kept(_LAST_COMMA, _unwrapped(script))


def _kept(pattern: re.Pattern[str], script: str) -> str:
    return pattern.sub(lambda found: found["keep"] or " ", script)


def _values(text: str) -> Any:
    found: list[Any] = []
    at = _start(text, 0)
    while at < len(text):
        if len(found) == MOST:
            raise ValueError("too many")
        value, at = _reader.raw_decode(text, at)
        found.append(value)
        at = _start(text, at)
    if not found:
        raise ValueError("empty")
    return found[0] if len(found) == 1 else found


def _start(text: str, at: int) -> int:
    between = _BETWEEN.match(text, at)
    return between.end() if between else at
