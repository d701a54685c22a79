"""Score a file of posts: JSON lines or CSV in, JSON lines or CSV out, in constant memory."""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.progress import Progress

from classifier import lines, topics
from classifier.model import BATCH, Model, load
from models import text as intake
from models.errors import InputError
from models.records import Post, Reply

KEPT_TROUBLES, SHOWN_TROUBLES = 100, 10
SPAN = 100  # lines a quoted cell may run over
COLUMNS = ("line", "id", "risk", "word", "topic", "doubts", "reasons", "text")
_TEXT = ("text", "content", "正文", "内容", "微博正文")
_TITLE = ("title", "标题")
_ID = ("id", "native_id", "mid", "编号")


@dataclass(frozen=True)
class Row:
    """One post of a file; or a trouble: why the line could not be used."""

    line: int
    post: Post | None
    trouble: str = ""


@dataclass
class Report:
    """What became of a file. ``troubles`` keeps the first 100 as (line, why)."""

    read: int = 0
    scored: int = 0
    broken: int = 0
    troubles: list[tuple[int, str]] = field(default_factory=list)


def word(risk: float) -> str:
    """需核查度 in a word: 很高 from 0.90, 较高 from 0.70, 中 from 0.40, 较低 from 0.15, else 低."""
    steps = ((0.90, "很高"), (0.70, "较高"), (0.40, "中"), (0.15, "较低"))
    return next((name for least, name in steps if risk >= least), "低")


def posts(path: Path, step: Any = None) -> Iterator[Row]:
    """The posts of a .jsonl, .json, .ndjson or .csv file (also .gz), one at a time.

    A post is an object with ``text`` (or content, 正文, 内容) and optionally id, title and replies.
    A line that cannot be used comes as a ``Row`` with its trouble. Raises ``InputError`` for a file
    that cannot be read or whose CSV header has no column of text.
    """
    name = path.name.removesuffix(".gz").lower()
    return _csv(path, step) if name.endswith(".csv") else _json_lines(path, step)


def _json_lines(path: Path, step: Any) -> Iterator[Row]:
    for line in lines.read(path, step):
        if line.trouble:
            yield Row(line.number, None, line.trouble)
        elif line.text.strip():
            try:
                yield _row(line.number, json.loads(line.text))
            except (ValueError, RecursionError) as error:
                why = "嵌套过深" if isinstance(error, RecursionError) else str(error)
                yield Row(line.number, None, f"不是 JSON：{why}")


def _csv(path: Path, step: Any) -> Iterator[Row]:
    header: list[str] = []
    for number, record, trouble in _records(lines.read(path, step)):
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
            if not set(header) & set(_TEXT):
                raise InputError(
                    "the first line names no column of text",
                    str(path),
                    f"name one of the columns {' / '.join(_TEXT)}",
                )
        elif cells:
            yield _row(number, dict(zip(header, cells, strict=False)))


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


def score_file(path: Path, out: Path, model: Model, progress: Progress | None = None) -> Report:
    """Score every post of ``path`` into ``out`` (.csv, else JSON lines), in order.

    ``out`` appears only when it is whole; a bad line is left out and told in the ``Report``.
    With ``progress`` a bar shows the share of the file that is read.
    """
    if path.resolve() == out.resolve():
        raise InputError("input and output are the same file", str(path), "name another output")
    report = Report()
    part = out.with_name(out.name + ".part")
    try:
        size = path.stat().st_size
        out.parent.mkdir(parents=True, exist_ok=True)
        target = part.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"cannot be opened ({error})", str(path), "check both paths") from error
    task = progress.add_task(path.name, total=size) if progress else None

    def step(done: int) -> None:
        if progress is not None and task is not None:
            progress.update(task, completed=done)

    with target:
        write = _csv_writer(target) if out.suffix == ".csv" else _json_writer(target)
        rows = posts(path, step)
        while batch := list(islice(rows, BATCH)):
            _score(batch, model, report, write)
        step(size)
    part.replace(out)
    return report


def command(path: Path, out: Path, weights: Path | None = None) -> Report:
    """``piyao score``: ``score_file`` with a bar, then what was scored and what was not, and why."""
    console = Console(stderr=True)
    with Progress(console=console) as progress:
        report = score_file(path, out, load(weights), progress)
    for line, why in report.troubles[:SHOWN_TROUBLES]:
        console.print(f"第 {line} 行：{intake.terminal(why)}", markup=False, highlight=False)
    if report.broken > SHOWN_TROUBLES:
        console.print(f"……另有 {report.broken - SHOWN_TROUBLES} 行未读", highlight=False)
    told = f"已评 {report.scored:,} 条 → {out}；{report.broken:,} 行未能读取"
    console.print(told, markup=False, highlight=False)
    return report


def _score(batch: list[Row], model: Model, report: Report, write: Any) -> None:
    good = [row for row in batch if row.post is not None]
    for row in batch:
        report.read += 1
        if row.post is None:
            report.broken += 1
            if len(report.troubles) < KEPT_TROUBLES:
                report.troubles.append((row.line, row.trouble))
    ratings = model.score([row.post for row in good if row.post is not None])
    for row, rating in zip(good, ratings, strict=True):
        assert row.post is not None  # noqa: S101
        report.scored += 1
        write(
            {
                "line": row.line,
                "id": row.post.native_id,
                "risk": round(rating.risk, 4),
                "word": word(rating.risk),
                "topic": topics.topic_of(f"{row.post.title} {row.post.text}").label,
                "doubts": rating.doubts,
                "reasons": [[reason.term, reason.weight] for reason in rating.reasons],
                "text": row.post.text,
            }
        )


def _json_writer(target: IO[str]) -> Any:
    return lambda value: target.write(json.dumps(value, ensure_ascii=False) + "\n")


def _csv_writer(target: IO[str]) -> Any:
    target.write("\ufeff")  # so that spreadsheets read UTF-8
    writer = csv.writer(target)
    writer.writerow(COLUMNS)

    def write(value: dict[str, Any]) -> None:
        told = " ".join(f"{term}{weight:+.2f}" for term, weight in value["reasons"])
        writer.writerow([_inert(told if c == "reasons" else value[c]) for c in COLUMNS])

    return write


def _inert(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell
