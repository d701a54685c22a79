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

from models.files.lines import BAD, MOST, Line, cut
from models.files.named import TEXTS, Row, folded

WHOLE = 32 * 1024 * 1024  # characters of a document that has to be read in one piece
_NEXT = re.compile(
    r"\}\s{0,100},\s{0,100}(?=\{)"
)  # where an array goes on after an element that is broken
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


def elements(document: Any) -> list[Any]:
    """The objects that a document is about: its longest list of objects, else itself.

    >>> elements({"user": {"id": 1}, "weibo": [{"text": "a"}]})
    [{'text': 'a'}]
    """
    if not isinstance(document, dict):
        return document if isinstance(document, list) else [document]
    lists = [each for each in document.values() if isinstance(each, list)]
    lists = [each for each in lists if any(isinstance(one, dict) for one in each)]
    own = {folded(name) for name in document} & TEXTS
    return [document] if own else max(lists, key=len, default=[document])


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
                for each in elements(value):
                    yield Row(line.number, line.number, each)


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
        for each in elements(document):
            yield Row(held[0].number, held[-1].number, each)
    else:
        yield from _lines(chain(held, source))


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
                if self.ended:
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
        begun, wanted = self.number, 1024
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
                if end == len(self.text) and not self.ended:  # a number may go on
                    raise json.JSONDecodeError("", self.text, end)
            except (ValueError, RecursionError) as error:
                missing = isinstance(error, json.JSONDecodeError) and (
                    error.pos > len(self.text) - 16 or error.msg.startswith("Unterminated")
                )
                if missing and not self.ended and len(self.text) - self.at <= MOST:
                    # twice as much each time: all tries together are linear
                    wanted = max(wanted, 2 * (len(self.text) - self.at))
                    self._more(wanted)
                    continue
                why = _why(error)
                if missing and not self.ended:
                    why = f"一条超过 {MOST // 1024 // 1024} MB，未读"
                self._skip()
                return Row(begun, self.number, None, why)
            bad = BAD in self.text[self.at : end]
            self._to(end)
            if bad:
                return Row(begun, self.number, None, "有坏字，这一条未读")
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
