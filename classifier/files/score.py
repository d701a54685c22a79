"""Score a file of posts: JSON, a table or Parquet in, JSON lines or CSV out, in constant memory.

Rows are read in one process and scored in one or several, in batches; what comes out stands in the
order of the input and is the same, byte for byte, whatever the number of processes and however
often the work was broken off and taken up again.
"""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from classifier.files import posts, resumable
from classifier.files.posts import Row
from classifier.ranking import topics
from classifier.ranking.model import BATCH, Model, load
from classifier.text.document import Document
from models import text as intake
from models.errors import InputError
from models.files.opened import refuse_special
from models.ranking import need

KEPT_TROUBLES, SHOWN_TROUBLES = 100, 10
AHEAD = 3  # batches a process has waiting
FORMS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", "": "jsonl"}
COLUMNS = ("line", "id", "risk", "word", "topic", "doubts", "reasons", "text")


@dataclass
class Report:
    """What became of a file. ``troubles`` keeps the first 100 as (line, why)."""

    read: int = 0
    scored: int = 0
    broken: int = 0
    troubles: list[tuple[int, str]] = field(default_factory=list)
    resumed: int = 0  # rows that an earlier run had done

    def count(self, batch: list[Row]) -> None:
        """Take in what a batch held."""
        self.read += len(batch)
        for row in batch:
            self.scored += row.post is not None
            self.broken += row.post is None
            if row.post is None and len(self.troubles) < KEPT_TROUBLES:
                self.troubles.append((row.line, row.trouble))


def score_file(
    path: Path, out: Path, model: Model, progress: Progress | None = None, jobs: int = 1
) -> Report:
    """Score every post of ``path`` into ``out`` (.csv, or .jsonl and the like), in order.

    ``out`` appears only when it is whole; a bad line is left out and told in the ``Report``. Broken
    off, it goes on from ``out.part`` at the next call with the same input and weights. With
    ``progress`` a bar shows the share of the file that is read; ``jobs`` processes score.
    """
    refuse_special(path)
    if path.resolve() == out.resolve():
        raise InputError("input and output are the same file", str(path), "name another output")
    if out.suffix.lower() not in FORMS or out.is_dir():
        what = "is a folder" if out.is_dir() else f"cannot be written as {out.suffix}"
        raise InputError(what, str(out), "name a .csv (spreadsheets open it) or .jsonl file")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        size, form = path.stat().st_size, FORMS[out.suffix.lower()]
        mark = resumable.mark(path, model.version, form)
        with resumable.opened(out, mark) as work, _scorer(model, jobs) as submit:
            return _through(path, out, form, work, submit, progress, size, jobs)
    except BrokenProcessPool as error:
        mend = "run the same command again, it goes on from there"
        raise InputError("a scoring process was ended", str(path), mend) from error
    except OSError as error:
        what, mend = f"cannot be read or written ({error})", "check both paths and the disk's room"
        raise InputError(what, f"{path} → {out}", mend) from error


def _through(
    path: Path,
    out: Path,
    form: str,
    work: resumable.Unfinished,
    submit: Any,
    progress: Progress | None,
    size: int,
    jobs: int,
) -> Report:
    report = Report(**{**work.at.told, "resumed": work.at.rows})
    report.troubles = [(line, why) for line, why in report.troubles]
    task = progress.add_task(path.name, total=size) if progress else None

    def step(done: int) -> None:
        if progress is not None and task is not None:
            progress.update(task, completed=done)

    if not work.at.rows:
        work.add(_head(form), 0, {})
    source = islice(posts.posts(path, step), work.at.rows, None)
    waiting: deque[tuple[list[Row], Future[bytes]]] = deque()
    more = True
    while more or waiting:
        if more and len(waiting) < max(1, AHEAD * jobs):
            batch = list(islice(source, BATCH))
            more = bool(batch)
            if batch:
                waiting.append((batch, submit(batch, form)))
            continue
        batch, done = waiting.popleft()
        data = done.result()
        report.count(batch)
        work.add(data, len(batch), {k: v for k, v in asdict(report).items() if k != "resumed"})
    step(size)
    if report.broken and not report.scored:
        work.drop()
        line, why = report.troubles[0]
        what = (
            f"none of its {report.broken:,} rows could be read; line {line}: {intake.terminal(why)}"
        )
        raise InputError(what, str(path), "see docs/inputs.md for what is read")
    work.finish(out)
    return report


def command(path: Path, out: Path, weights: Path | None = None, jobs: int = 1) -> Report:
    """``piyao score``: ``score_file`` with a bar, then what was scored and what was not, and why."""
    console = Console(stderr=True)
    with Progress(console=console) as progress:
        report = score_file(path, out, load(weights), progress, jobs)
    if report.resumed:
        console.print(f"接着上次做：前 {report.resumed:,} 行已评过", highlight=False)
    for line, why in report.troubles[:SHOWN_TROUBLES]:
        console.print(f"第 {line} 行：{intake.terminal(why)}", markup=False, highlight=False)
    if report.broken > SHOWN_TROUBLES:
        console.print(f"……另有 {report.broken - SHOWN_TROUBLES} 行未读", highlight=False)
    told = f"已评 {report.scored:,} 条 → {out}；{report.broken:,} 行未能读取"
    console.print(told, markup=False, highlight=False)
    return report


@contextmanager
def _scorer(model: Model, jobs: int) -> Iterator[Any]:
    """A function (batch, form) -> Future of the bytes it gives; here, or in ``jobs`` processes."""
    if jobs <= 1:
        yield lambda batch, form: _done(_rendered(model, batch, form))
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, spawn, _start, (model,)) as pool:
        try:
            yield lambda batch, form: pool.submit(_in_process, batch, form)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _done(value: bytes) -> Future[bytes]:
    future: Future[bytes] = Future()
    future.set_result(value)
    return future


_model: Model | None = None  # of this scoring process


def _start(model: Model) -> None:
    """A scoring process holds the model, and ends when its parent does, even by kill -9."""
    global _model
    _model = model
    threading.Thread(target=_follow, args=(multiprocessing.parent_process(),), daemon=True).start()


def _follow(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _in_process(batch: list[Row], form: str) -> bytes:
    assert _model is not None  # noqa: S101
    return _rendered(_model, batch, form)


def _rendered(model: Model, batch: list[Row], form: str) -> bytes:
    good = [(row.line, row.post) for row in batch if row.post is not None]
    documents = [Document(post.whole) for _, post in good]
    ratings = model.rate(documents, [post for _, post in good])
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for (line, post), document, rating in zip(good, documents, ratings, strict=True):
        value = {
            "line": line,
            "id": post.native_id,
            "risk": round(rating.risk, 4),
            "word": need.word(rating.risk),
            "topic": topics.topic_of(document).label,
            "doubts": rating.doubts,
            "reasons": [[reason.term, reason.weight] for reason in rating.reasons],
            "text": post.text,
        }
        if form == "csv":
            value["reasons"] = " ".join(f"{r.term}{r.weight:+.2f}" for r in rating.reasons)
            writer.writerow([_inert(value[column]) for column in COLUMNS])
        else:
            out.write(json.dumps(value, ensure_ascii=False) + "\n")
    return out.getvalue().encode()


def _head(form: str) -> bytes:
    """The first bytes: for a CSV the mark by which spreadsheets know UTF-8, and the columns."""
    return ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode() if form == "csv" else b""


_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def _inert(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in _FORMULA else cell
