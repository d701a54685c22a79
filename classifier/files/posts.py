"""The posts of a file from outside: JSON, a table or Parquet, one at a time, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models import text as intake
from models.errors import InputError
from models.files.json_rows import elements
from models.files.named import TEXT, by_name, first, folded
from models.files.opened import opened, refuse_special
from models.files.rows import rows
from models.intake.records import Post, Reply

GROUP = 512  # rows of a Parquet file decoded at once
_BODY = tuple(map(folded, TEXT))
_TITLE = tuple(map(folded, ("title", "标题", "微博标题", "主题", "subject", "headline")))
_ID = tuple(map(folded, (
    "id", "native_id", "mid", "编号", "微博id", "note_id", "aweme_id", "video_id", "content_id",
    "weibo_id", "tweet_id", "post_id", "bid", "guid", "序号",
)))  # fmt: skip
_NAMES = frozenset((*_BODY, *_TITLE))
Step = Callable[[int], None]


@dataclass(frozen=True)
class Row:
    """One post of a file; or a trouble: why the line could not be used."""

    line: int
    post: Post | None
    trouble: str = ""


def posts(path: Path, step: Step | None = None) -> Iterator[Row]:
    """The posts of a file of JSON lines, a JSON array or a table (also .gz), or of a .parquet file.

    A post is a row with ``text`` (or content, desc, 正文, 内容 and the like; where that is empty, its
    title) and optionally id, title and replies. What cannot be used comes as a ``Row`` with its
    trouble. ``step`` gets the bytes read so far. Raises ``InputError`` for a file that cannot be
    read or that has no column of text.
    """
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".parquet"):
        refuse_special(path)
        return _parquet(path, step)
    return _rows(path, step, name.endswith((".jsonl", ".ndjson", ".json")))


def _rows(path: Path, step: Step | None, is_json: bool) -> Iterator[Row]:
    with opened(path) as file:
        told = None if step is None else lambda: step(file.done())
        for row in rows(file, step=told, is_json=is_json):
            if row.header:
                _needs_text(path, row.value)
            elif row.trouble:
                yield Row(row.number, None, row.trouble)
            else:
                for value in elements(row.value):
                    yield _row(row.number, value)


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
            wanted = [n for n in names if folded(n) in _NAMES | {"replies", *_ID}]
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
    if not _NAMES & set(map(folded, names)):
        told = "the first line" if path.suffix != ".parquet" else "its schema"
        mend = f"name one of the columns {' / '.join(TEXT[:6])}"
        raise InputError(f"{told} names no column of text", str(path), mend)


def _row(number: int, value: Any) -> Row:
    if not isinstance(value, dict):
        return Row(number, None, "不是一个对象")
    fields = by_name(value)
    title = first(fields, _TITLE)
    title = intake.clean(title)[:500] if isinstance(title, str) else ""
    body = next((said for said in _texts(fields) if said.strip()), "")
    if not body and not title:
        return Row(number, None, "没有正文（text）")
    told = fields.get("replies")
    replies = tuple(
        Reply(intake.clean(text))
        for reply in (told if isinstance(told, list) else [])[:500]
        if isinstance(text := reply.get("text") if isinstance(reply, dict) else reply, str)
    )
    post = Post(
        source="file",
        native_id=str(first(fields, _ID) or number)[:200],
        text=intake.clean(body) if body else title,
        title=title if body else "",
        replies=replies,
    )
    return Row(number, post)


def _texts(fields: dict[str, Any]) -> Iterator[str]:
    """What the columns of text hold, the likeliest first."""
    for name in _BODY:
        if isinstance(fields.get(name), str):
            yield fields[name]
