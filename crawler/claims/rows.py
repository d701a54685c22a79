"""CSV and JSON lines, a row at a time: constant memory, and a bad row costs itself."""

from __future__ import annotations

import csv as tables
import json
from collections.abc import Iterator
from typing import IO

from crawler.claims import fields, review
from models.errors import InputError
from models.known.imports import Given

MOST = 1024 * 1024  # bytes of a line; a claim with its wordings is a few kB
_SHORTEN = "一行一条；长文请缩短"
tables.field_size_limit(MOST)


def json_lines(stream: IO[bytes]) -> Iterator[Given | InputError]:
    """Each line an object: our own fields, or a ClaimReview."""
    for number, line in _lines(stream):
        where = f"第 {number} 行"
        if isinstance(line, InputError):
            yield line
            continue
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            yield InputError("JSON 写坏了", where, "这一行没有收")
            continue
        yield from list(review.of_document(row)) or [fields.given(row, where)]


def csv(stream: IO[bytes]) -> Iterator[Given | InputError]:
    """A header, then rows; separated by commas, semicolons or tabs. A bad header ends it.

    Lines that a quote out of place binds together are one fault, and never one claim.
    """
    faults: list[InputError] = []
    reader = tables.reader(_told(stream, faults), _dialect(stream), strict=True)
    header: list[str] = []
    while True:
        first = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            break
        except tables.Error:
            where = f"第 {first} 到 {reader.line_num} 行"
            yield InputError("不是 CSV，或引号没有收尾", where, "这几行没有收")
            continue
        yield from faults
        faults.clear()
        if not any(cell.strip() for cell in row):
            continue
        where = f"第 {reader.line_num} 行"
        if not header:
            header = [cell.strip().lower() for cell in row]
            if not set(header) & set(fields.NAMES["claim"]):
                mend = "第一行写列名，其中要有 claim（说法）"
                yield InputError("看不出哪一列是说法", where, mend)
                return
        else:
            yield fields.given(dict(zip(header, row, strict=False)), where)
    yield from faults


def _dialect(stream: IO[bytes]) -> type[tables.Dialect]:
    first = (stream.readline(MOST) or b"").decode("utf-8", "replace")
    stream.seek(0)

    class Dialect(tables.excel):
        delimiter = max(",;\t", key=first.count)

    return Dialect


def _told(stream: IO[bytes], faults: list[InputError]) -> Iterator[str]:
    for _, line in _lines(stream):
        if isinstance(line, InputError):
            faults.append(line)
            yield "\n"  # so that the reader's count of lines stays right
        else:
            yield line.replace("\0", "")


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, str | InputError]]:
    """Lines with their numbers: UTF-8, else GB18030 as spreadsheets save it; faults in place."""
    number, encodings = 0, ["utf-8-sig", "gb18030"]
    while piece := stream.readline(MOST + 1):
        number += 1
        where = f"第 {number} 行"
        if len(piece) > MOST:
            while piece and not piece.endswith(b"\n"):
                piece = stream.readline(MOST)
            size = f"{MOST // 1024 // 1024} MB"
            yield number, InputError(f"一行超过 {size}，没有读", where, _SHORTEN)
            continue
        for encoding in encodings:
            try:
                line = piece.decode(encoding)
            except UnicodeDecodeError:
                continue
            # three bytes in UTF-8 are no accident. A file has one encoding from then on, so that
            # half a character does not turn into other characters
            if max(line, default="") >= "\u0800":
                encodings = [encoding]
            yield number, line
            break
        else:
            yield number, InputError("字的编码不对，没有读", where, "存成 UTF-8 再导入")
