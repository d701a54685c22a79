"""The posts of a file from outside: JSON lines, CSV or Parquet, one at a time, in constant memory."""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.files import lines
from models import text as intake
from models.errors import InputError
from models.intake.records import Post, Reply

SPAN = 100  # lines a quoted cell may run over
GROUP = 512  # rows of a Parquet file decoded at once
_TEXT = ("text", "content", "正文", "内容", "微博正文")
_TITLE = ("title", "标题")
_ID = ("id", "native_id", "mid", "编号")
Step = Callable[[int], None]


@dataclass(frozen=True)
class Row:
    """One post of a file; or a trouble: why the line could not be used."""

    line: int
    post: Post | None
    trouble: str = ""


def posts(path: Path, step: Step | None = None) -> Iterator[Row]:
    """The posts of a .jsonl, .json, .ndjson or .csv file (also .gz), or of a .parquet file.

    A post is an object with ``text`` (or content, 正文, 内容) and optionally id, title and replies.
    A line that cannot be used comes as a ``Row`` with its trouble. ``step`` gets the bytes read so
    far. Raises ``InputError`` for a file that cannot be read or that has no column of text.
    """
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".parquet"):
        return _parquet(path, step)
    return _csv(path, step) if name.endswith(".csv") else _json_lines(path, step)


def _json_lines(path: Path, step: Step | None) -> Iterator[Row]:
    for line in lines.read_lines(path, step):
        if line.trouble:
            yield Row(line.number, None, line.trouble)
        elif line.text.strip():
            try:
                yield _row(line.number, json.loads(line.text))
            except (ValueError, RecursionError) as error:
                why = "嵌套过深" if isinstance(error, RecursionError) else str(error)
                yield Row(line.number, None, f"不是 JSON：{why}")


def _csv(path: Path, step: Step | None) -> Iterator[Row]:
    header: list[str] = []
    for number, record, trouble in _records(lines.read_lines(path, step)):
        if trouble:
            yield Row(number, None, trouble)
            continue
        try:
            cells = next(csv.reader([record.replace("\0", "")]), [])
        except csv.Error as error:
            yield Row(number, None, f"不是 CSV：{error}")
            continue
        if not header:
            header = [cell.strip() for cell in cells]
            _needs_text(path, header)
        elif cells:
            yield _row(number, dict(zip(header, cells, strict=False)))


def _parquet(path: Path, step: Step | None) -> Iterator[Row]:
    try:
        import pyarrow as arrow
        import pyarrow.parquet
    except ImportError as error:
        mend = "pip install 'piyao[parquet]', or save it as JSON lines"
        raise InputError("Parquet cannot be read here", str(path), mend) from error
    try:
        with arrow.parquet.ParquetFile(path) as file:
            names = file.schema_arrow.names
            _needs_text(path, names)
            wanted = [n for n in names if n in (*_TEXT, *_TITLE, *_ID, "replies")]
            size, total, number = path.stat().st_size, file.metadata.num_rows, 0
            for batch in file.iter_batches(GROUP, columns=wanted):
                for value in _values(batch):
                    number += 1
                    yield _row(number, value)
                if step is not None:
                    step(size * number // total)
    except (arrow.ArrowException, OSError) as error:
        raise InputError(f"cannot be read ({error})", str(path), "check the file") from error


def _values(batch: Any) -> list[Any]:
    """The rows of a batch; None for one that holds what Python has no value for."""
    try:
        found: list[Any] = batch.to_pylist()
        return found
    except (ValueError, OverflowError):  # no UTF-8, a year beyond 9999
        parts = [batch.slice(i, 1) for i in range(batch.num_rows)]
        return [value for part in parts for value in _values(part)] if len(parts) > 1 else [None]


def _needs_text(path: Path, names: list[str]) -> None:
    if not set(names) & set(_TEXT):
        told = "the first line" if path.suffix != ".parquet" else "its schema"
        mend = f"name one of the columns {' / '.join(_TEXT)}"
        raise InputError(f"{told} names no column of text", str(path), mend)


def _records(source: Iterator[lines.Line]) -> Iterator[tuple[int, str, str]]:
    """Records of a CSV as (first line, text, trouble): quotes may span ``SPAN`` lines, not the file."""
    waiting: deque[lines.Line] = deque()
    held: list[lines.Line] = []
    while True:
        line = waiting.popleft() if waiting else next(source, None)
        if line is not None and line.trouble:
            yield line.number, "", line.trouble
            continue
        if line is not None:
            held.append(line)
            if sum(each.text.count('"') for each in held) % 2 == 0:
                yield held[0].number, "".join(each.text for each in held), ""
                held = []
                continue
        if held and (line is None or len(held) > SPAN):
            yield held[0].number, "", "引号没有收尾"
            waiting.extendleft(reversed(held[1:]))
            held = []
        elif line is None:
            return


def _row(number: int, value: Any) -> Row:
    if not isinstance(value, dict):
        return Row(number, None, "不是一个对象")
    body = _first(value, _TEXT)
    if not isinstance(body, str) or not body.strip():
        return Row(number, None, "没有正文（text）")
    told = value.get("replies")
    replies = tuple(
        Reply(intake.clean(text))
        for reply in (told if isinstance(told, list) else [])[:500]
        if isinstance(text := reply.get("text") if isinstance(reply, dict) else reply, str)
    )
    title = _first(value, _TITLE)
    post = Post(
        source="file",
        native_id=str(_first(value, _ID) or number)[:200],
        text=intake.clean(body),
        title=intake.clean(title)[:500] if isinstance(title, str) else "",
        replies=replies,
    )
    return Row(number, post)


def _first(value: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((value[name] for name in names if value.get(name)), None)
