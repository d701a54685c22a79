"""Known claims from outside -> ``models.known.imports.Given``, and a fault for each that cannot be read.

CSV, JSON lines, schema.org ClaimReview (JSON, JSON lines, or inside a page), and the Atom feed of
another piyao, in any usual encoding. Which it is shows in its first bytes, not in its name. A row
that cannot be read costs that row.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from crawler.claims import (
    atom,
    fields,
    json_ld,
    review,
    rows,
)
from crawler.feeds.limits import TooSlow, within
from models import encoding
from models.errors import InputError
from models.files import lines, opened
from models.files.json_rows import elements
from models.files.lines import Stream
from models.known.imports import Given
from models.text import terminal

WHOLE = 32 * 1024 * 1024  # bytes of a document that has to be read in one piece
HEAD = 64 * 1024
SECONDS = 60.0  # processor time for such a document

Found = Given | InputError


def read_claims(stream: Stream, content_type: str = "") -> Iterator[Found]:
    """Everything a seekable stream holds, in its order, in constant memory for CSV and JSON lines.

    Never raises on any input: what cannot be read comes as an ``InputError`` in its place.
    """
    head = stream.read(HEAD)
    stream.seek(0)
    try:
        opened.refuse_no_text(head)
        start = next(lines.pieces(io.BytesIO(head), content_type)).lstrip("\ufeff \t\n")[:1]
        if start == "<":
            yield from _bounded(stream, content_type, _markup)
        elif start in ("{", "[") and _one_document(stream, content_type):
            yield from _bounded(stream, content_type, _json)
        else:
            yield from rows.claims(stream, content_type)
    except InputError as error:
        yield error


def _one_document(stream: Stream, content_type: str) -> bool:
    """Whether JSON begins that the first line does not end, and that can be read in one piece."""
    first = next(lines.cut(lines.pieces(stream, content_type)))
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if first.trouble or size > WHOLE:
        return False
    try:
        return not isinstance(json.loads(first.text), dict)
    except (ValueError, RecursionError):
        return True


def _bounded(stream: Stream, content_type: str, reader: Any) -> Iterable[Found]:
    body = stream.read(WHOLE + 1)
    if len(body) > WHOLE:
        mend = "拆成几个文件，或用 CSV、JSONL，一行一条"
        return [InputError(f"内容超过 {WHOLE // 1024 // 1024} MB，没有读", mend=mend)]
    reading = encoding.decode(body, content_type)
    text = reading.text.lstrip("\ufeff \t\r\n")
    try:
        found = within(SECONDS, lambda: list(reader(text)))
    except TooSlow:
        return [InputError("内容写得反常，读了太久，已停下", mend="请技术人员查看这个文件")]
    except (MemoryError, RecursionError):
        return [InputError("内容嵌套太深或太大，读不了", mend="请技术人员查看这个文件")]
    return [_whole(each) for each in found] if reading.broken else found


def _whole(found: Found) -> Found:
    """No claim of which a part could not be read."""
    if isinstance(found, Given) and "\ufffd" in found.claim:
        return InputError(
            "说法里有坏字", terminal(found.claim)[:60], "这一条没有收；存成 UTF-8 再导入"
        )
    return found


def _json(text: str) -> Iterator[Found]:
    try:
        document = json_ld.loads(text)
    except ValueError as error:
        # lines of which the first is broken, perhaps: each stands for itself then
        if "\n" in text.strip():
            yield from rows.of_text(text)
        else:
            yield InputError(f"JSON 写得不完整（{error.args[0]}）", mend="重新导出这个文件")
        return
    found = list(review.of_document(document))
    if found:
        yield from found
        return
    for number, item in enumerate(elements(document), 1):
        yield fields.given(item, f"第 {number} 条")


def _markup(text: str) -> Iterator[Found]:
    found = atom.read_atom(text)
    yield from review.of_page(text) if found is None else found
