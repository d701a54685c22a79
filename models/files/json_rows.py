"""JSON from outside as rows: lines, an array of any length, or one document that holds a list.

An array is read element by element in constant memory, whatever its lines are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from models.files.lines import MOST, Line, cut, is_bad
from models.files.named import Row

WHOLE = 32 * 1024 * 1024  # characters of a document that has to be read in one piece
_NEXT = re.compile(
    r"\}\s{0,100},\s{0,100}(?=\{)"
)  # where an array goes on after an element that is broken
_HOLDERS = {
    "data", "items", "list", "posts", "weibo", "results", "result", "statuses", "records", "rows", "notes",
    "articles", "tweets", "claims",
}  # fmt: skip
WINDOW = 1024  # characters of an element that are tried first
_FAR = 256  # characters in which that stands
_BLANK = re.compile(r"[\s,\ufeff]*")
_DECODER = json.JSONDecoder(strict=False)  # line ends within a text are read


def json_rows(pieces: Iterator[str]) -> Iterator[Row]:
    """A ``Row`` for each object (or whatever stands in its place) of decoded text."""
    head = ""
    while not head.strip() and (piece := next(pieces, None)) is not None:
        head += piece
    pieces = chain((head,), pieces)
    if head.lstrip("\ufeff \t\n").startswith("["):
        yield from _Array(pieces).rows()
        return
    source = cut(pieces)
    first = next((line for line in source if line.trouble or line.text.strip()), None)
    if first is None:
        return
    source = chain((first,), source)
    if first.text.lstrip().startswith("{") and _value(first.text) is None:
        yield from _document(source)
    else:
        yield from _lines(source)


def elements(document: Any, deepest: int = 3) -> list[Any]:
    """The rows that a document holds in a list of a usual name; else the document is one itself.

    >>> elements({"user": {"id": 1}, "weibo": [{"text": "a"}]})
    [{'text': 'a'}]
    """
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        for name in _HOLDERS & document.keys():
            held = document[name]
            if isinstance(held, dict) and deepest:
                held = elements(held, deepest - 1)
                held = [] if held == [document[name]] else held
            if isinstance(held, list) and any(isinstance(each, dict) for each in held):
                return held
    return [document]


def _lines(source: Iterator[Line]) -> Iterator[Row]:
    for line in source:
        if line.trouble:
            yield Row(line.number, line.number, None, line.trouble)
        elif line.text.strip():
            try:
                value = _DECODER.decode(line.text)
            except (ValueError, RecursionError) as error:
                yield Row(line.number, line.number, None, _why(error))
            else:
                yield Row(line.number, line.number, value)


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "JSON 嵌套过深，未读"
    return f"JSON 写坏了（{error.args[0]}），未读"


def _value(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def _document(source: Iterator[Line]) -> Iterator[Row]:
    """One document over several lines; lines that stand each for itself where it is none."""
    held: list[Line] = []
    size = 0
    for line in source:
        held.append(line)
        size += len(line.text)
        if size > WHOLE:
            break
    document = None
    if size <= WHOLE and not any(line.trouble for line in held):
        document = _value("\n".join(line.text for line in held))
    if isinstance(document, dict):
        yield Row(held[0].number, held[-1].number, document)
    else:
        yield from _lines(chain(held, source))


def _broken_off(error: Exception, text: str) -> bool:
    """Whether more text could mend it."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.pos > len(text) - 16 or error.msg.startswith("Unterminated")


class _Array:
    """An array of which a part is at hand: ``text`` from ``at`` on, which stands in line ``number``."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self.pieces, self.text, self.at, self.number, self.ended = pieces, "", 0, 1, False

    def rows(self) -> Iterator[Row]:
        self._more(1)
        self._to(self.text.index("[") + 1)
        while True:
            while (blank := _BLANK.match(self.text, self.at)) and blank.end() == len(self.text):
                self._to(blank.end())
                if self.ended and self.at == len(self.text):
                    yield Row(self.number, self.number, None, "JSON 到这里断了，后面没有了")
                    return
                self._more(1)
            self._to(blank.end() if blank else self.at)
            if self.text[self.at] == "]":
                break
            yield self._element()
        # lines may follow, each for itself
        number = self.number - 1
        for row in _lines(cut(chain((self.text[self.at + 1 :],), self.pieces))):
            yield replace(row, number=row.number + number, last=row.last + number)

    def _element(self) -> Row:
        begun, wanted = self.number, WINDOW
        while True:
            self._more(wanted)
            # no more than that: an error counts the lines of all that it is given
            window = self.text[self.at : self.at + wanted]
            whole = self.ended and self.at + wanted >= len(self.text)
            try:
                value, end = _DECODER.raw_decode(window)
                missing = end == len(window) and not whole  # a number may go on
                why = ""
            except (ValueError, RecursionError) as error:
                missing = not whole and _broken_off(error, window)
                why = _why(error)
            if missing and wanted <= MOST:
                wanted *= 2  # twice as much each time: all tries together are linear
            elif missing or why:
                self._skip()
                what = f"一条超过 {MOST // 1024 // 1024} MB，未读"
                return Row(begun, self.number, None, what if missing else why)
            else:
                self._to(self.at + end)
                if is_bad(window[:end]):
                    return Row(begun, self.number, None, "有的字编码不对，这一条未读")
                return Row(begun, self.number, value)

    def _skip(self) -> None:
        """Go to where an object follows another; to the end where none does."""
        self._to(self.at + 1)
        while (found := _NEXT.search(self.text, self.at)) is None and not self.ended:
            self._to(max(self.at, len(self.text) - _FAR))
            self._more(_FAR + 1024)
        self._to(found.end() if found else len(self.text))

    def _more(self, wanted: int) -> None:
        """Have ``wanted`` characters from ``at`` on, or all that are left."""
        if len(self.text) - self.at >= wanted or self.ended:
            return
        held = [self.text[self.at :]]
        size, self.at = len(held[0]), 0
        while size < wanted and not self.ended:
            piece = next(self.pieces, None)
            self.ended = piece is None
            held.append(piece or "")
            size += len(held[-1])
        self.text = "".join(held)

    def _to(self, end: int) -> None:
        self.number += self.text.count("\n", self.at, end)
        self.at = end
