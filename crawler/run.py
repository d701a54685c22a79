"""One source, one crawl, in a process of its own.

A process each, because Scrapy's reactor runs once, and because a hostile feed that takes the
process down (memory, time, a crash in a C library) then takes down its own crawl only. The process
is ``python -m crawler``, or one that the clock has forked (``crawler.fork_server``).
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import logging
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from crawler import logs
from models import config, isolated, store
from models.config import Source
from models.errors import ConfigError, PiyaoError
from models.intake import runs, sources

OK, FAILED, WRONG = 0, 1, 2
CPU_SECONDS = 120  # the last resort; a crawl takes about 3
DATA_BYTES = 768 * 1024 * 1024

log = logging.getLogger(__name__)


def command(config_path: Path | None, db_path: Path | None, source_name: str) -> list[str]:
    """The argv of the child process that crawls one source.

    Without a configuration the source must be in the store at ``db_path`` already.
    """
    argv = isolated.python("crawler", "--source", source_name)
    if config_path is not None:
        argv += ["--config", str(config_path)]
    if db_path is not None:
        argv += ["--db", str(db_path)]
    return argv


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0: stored or unchanged; 1: the crawl failed and its run says why; 2: cannot start."""
    logs.to_stderr()
    parser = argparse.ArgumentParser(prog="python -m crawler", description="Crawl one source once.")
    parser.add_argument("--config", type=Path, help="piyao.toml")
    parser.add_argument("--source", required=True, help="its name in piyao.toml")
    parser.add_argument("--db", type=Path, help="the store, where it is not the configured one")
    given = parser.parse_args(argv)
    try:
        path = given.db or config.load(given.config or Path("piyao.toml")).store
    except PiyaoError as error:
        print(error, file=sys.stderr)
        return WRONG
    return visit(path, given.source)


def visit(path: Path, name: str) -> int:
    """Crawl a source of the store at ``path`` in this process, which crawls nothing else; exit codes
    as for ``main``."""
    try:
        return _once(path, name)
    except PiyaoError as error:
        print(error, file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("stopped; what was stored stays stored", file=sys.stderr)
        return FAILED


def _once(path: Path, name: str) -> int:
    with _alone(path, name) as alone:
        if not alone:
            print(f"{name}: is being crawled by another process; nothing to do", file=sys.stderr)
            return OK
        db = store.open(path, migrate=False)  # the desk that sent us has it open
        source = sources.get(db, name)
        runs.close_abandoned(db, name)
        run_id = runs.start(db, name)
        try:
            _crawl(source, path, run_id)
        except ConfigError as error:
            print(error, file=sys.stderr)
            message = f"没有名为“{source.kind}”的来源种类，或它装坏了；改 piyao.toml 里的 kind"
            runs.finish(db, run_id, "failed", message=message)
        except Exception as error:
            log.error("the crawl could not run", exc_info=error)
            message = f"采集程序没能运行（{type(error).__name__}）；请看日志"
            runs.finish(db, run_id, "failed", message=message)
        run = runs.last(db, name)
        if run is None or run.outcome == "running":
            runs.finish(db, run_id, "failed", message="采集程序没能运行；请看日志")
            run = runs.last(db, name)
        assert run is not None  # noqa: S101  (just written)
        print(
            f"{name}: {run.outcome}, {run.fetched} read, {run.new} new, {run.updated} updated, "
            f"{run.broken} broken" + (f"; {run.message}" if run.message else ""),
            file=sys.stderr,
        )
        return FAILED if run.outcome == "failed" else OK


def _crawl(source: Source, path: Path, run_id: int) -> None:
    # Scrapy takes a second to import: an unknown source should be told at once
    from scrapy.crawler import AsyncCrawlerProcess

    from crawler import kinds

    spider = kinds.spider(source.kind)
    _bound_this_process()
    process = AsyncCrawlerProcess(settings(source, path, run_id))
    process.crawl(spider, source=source)
    process.start()


def settings(source: Source, path: Path, run_id: int) -> Any:
    """Scrapy's settings for a run, at a priority that no spider's own settings reach."""
    from scrapy.settings import Settings

    found = Settings()
    found.setmodule("crawler.settings", priority="cmdline")
    found.set("PIYAO_SOURCE_URL", source.url, priority="cmdline")
    found.set("PIYAO_PRIVATE_URL", source.url if source.allow_private else "", priority="cmdline")
    found.set("PIYAO_STORE", str(path), priority="cmdline")
    found.set("PIYAO_RUN", run_id, priority="cmdline")
    return found


def _bound_this_process() -> None:
    for what, limit in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_DATA, DATA_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        ours = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (ours, hard))


@contextlib.contextmanager
def _alone(path: Path, name: str) -> Iterator[bool]:
    """Whether this process is the only one that crawls this source. The lock dies with the process."""
    mark = hashlib.sha256(name.encode()).hexdigest()[:12]
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path.with_suffix(f".crawl-{mark}"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
