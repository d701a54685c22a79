"""Known claims from outside -> ``models.known.imports.Given``, and a fault for each that cannot be read.

CSV, JSON lines, schema.org ClaimReview (JSON, JSON lines, or inside a page), and the Atom feed of
another piyao, in any usual encoding. Which it is shows in its first bytes, not in its name. A row
that cannot be read costs that row.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from typing import IO, Any

from crawler.claims import (
    atom,
    fields,
    json_ld,
    review,
    rows,
)
from crawler.feeds.encoding import decode
from crawler.feeds.limits import TooSlow, within
from models.errors import InputError
from models.known.imports import Given

WHOLE = 32 * 1024 * 1024  # bytes of a document that has to be read in one piece
HEAD = 64 * 1024
SECONDS = 60.0  # processor time for such a document

Found = Given | InputError


def read_claims(stream: IO[bytes], content_type: str = "") -> Iterator[Found]:
    """Everything a seekable stream holds, in its order, in constant memory for CSV and JSON lines.

    Never raises on any input: what cannot be read comes as an ``InputError`` in its place.
    """
    head = stream.read(HEAD)
    stream.seek(0)
    start = decode(head, content_type)[0].lstrip("\ufeff \t\r\n")[:1]
    if not start or start == "\0":
        yield InputError("内容是空的，或不是文字", mend="给一个 CSV、JSON、Atom 或网页文件")
    elif start == "<":
        yield from _bounded(stream, content_type, _markup)
    elif start in "{[" and _one_document(stream):
        yield from _bounded(stream, content_type, _json)
    elif start in "{[":
        yield from rows.json_lines(stream)
    else:
        yield from rows.csv(stream)


def _one_document(stream: IO[bytes]) -> bool:
    """Whether JSON begins that the first line does not end."""
    first = stream.readline(rows.MOST + 1)
    stream.seek(0)
    if len(first) > rows.MOST:  # one long line is a document; one among others is a bad line
        body = stream.read(WHOLE + 1)
        stream.seek(0)
        return len(body) <= WHOLE and b"\n" not in body.strip()
    try:
        return not isinstance(json.loads(decode(first)[0]), dict)
    except (ValueError, RecursionError):
        return True


def _bounded(stream: IO[bytes], content_type: str, reader: Any) -> Iterable[Found]:
    body = stream.read(WHOLE + 1)
    if len(body) > WHOLE:
        mend = "拆成几个文件，或用 CSV、JSONL，一行一条"
        return [InputError(f"内容超过 {WHOLE // 1024 // 1024} MB，没有读", mend=mend)]
    text = decode(body, content_type)[0].lstrip("\ufeff \t\r\n")
    try:
        return within(SECONDS, lambda: list(reader(text)))
    except TooSlow:
        return [InputError("内容写得反常，读了太久，已停下", mend="请技术人员查看这个文件")]
    except (MemoryError, RecursionError):
        return [InputError("内容嵌套太深或太大，读不了", mend="请技术人员查看这个文件")]


def _json(text: str) -> Iterator[Found]:
    try:
        document = json_ld.loads(text)
    except ValueError as error:
        # lines of which the first is broken, perhaps: each stands for itself then
        if "\n" in text.strip():
            yield from rows.json_lines(io.BytesIO(text.encode("utf-8", "replace")))
        else:
            yield InputError(f"JSON 写得不完整（{error.args[0]}）", mend="重新导出这个文件")
        return
    found = list(review.of_document(document))
    if found:
        yield from found
        return
    for number, item in enumerate(document if isinstance(document, list) else [document], 1):
        yield fields.given(item, f"第 {number} 条")


def _markup(text: str) -> Iterator[Found]:
    found = atom.read_atom(text)
    yield from review.of_page(text) if found is None else found
