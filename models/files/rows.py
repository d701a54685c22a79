"""The rows of a file or stream from outside: what it is shows in its first character."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from models.errors import InputError
from models.files.json_rows import json_rows
from models.files.lines import Step, Stream, cut, pieces
from models.files.named import Row
from models.files.tables import table_rows

ENOUGH = 10_000  # rows of which none can be read, after which a file is rubbish
MEND = "给一个 CSV、JSON 或 JSONL 文件，一行一条"


def rows(
    stream: Stream, content_type: str = "", step: Step | None = None, is_json: bool = False
) -> Iterator[Row]:
    """A ``Row`` for each object of JSON (lines, an array, a document with a list) or record of a table.

    The first ``Row`` of a table is its header. ``is_json``: it is, even where its first line is broken. In constant memory but for a document of several lines.
    Raises ``InputError`` for what is empty, or markup.
    """
    text, head = pieces(stream, content_type, step), ""
    for piece in text:
        head += piece
        if start := head.lstrip("\ufeff \t\n")[:1]:
            break
    else:
        raise InputError("内容是空的，或不是文字", mend=MEND)
    text = chain((head.removeprefix("\ufeff"),), text)
    if start == "<":
        raise InputError("这是网页或订阅源，不是一行一条", mend=MEND)
    good, bad = False, 0
    for row in json_rows(text) if is_json or start in "{[" else table_rows(cut(text)):
        good, bad = good or not (row.trouble or row.header), bad + bool(row.trouble)
        yield row
        if bad >= ENOUGH and not good:
            raise InputError(f"前 {bad:,} 行都读不了（{row.trouble}），不再往下读", mend=MEND)
