"""A crawl as it really runs: a process of its own, a real store file (the server is ``servers``)."""

from __future__ import annotations

import os
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from crawler import run
from crawler.visits import Visits
from models.config import Source
from models.intake import posts, runs, sources
from models.intake.records import CrawlRun, Fault, Post
from models.store import Store
from tests.waiting import HANG
from tests.where import ROOT


@dataclass
class Crawls:
    """Sources by name, crawled one at a time: by the clock's own visits, or by the command."""

    path: Path
    db: Store
    visits: Visits

    def add(self, name: str, url: str, *, allow_private: bool = True, kind: str = "feed") -> None:
        kept = [source for source in sources.all(self.db) if source.name != name]
        sources.sync(self.db, [*kept, Source(name, kind, url, 300.0, allow_private)])

    def start(self, name: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            run.command(None, self.path, name),
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def crawl(self, name: str, **environment: str) -> tuple[CrawlRun, str]:
        """The run as the store has it, and what the process printed. By a visit of the clock's;
        where the process needs an environment of its own, by the command."""
        if environment:
            child = self.start(name, **environment)
            said, code = "".join(child.communicate(timeout=HANG)), child.returncode
        else:
            visit = self.visits.visit(name, threading.Event(), HANG)
            said, code = visit.words, visit.code
        done = runs.last(self.db, name)
        assert done is not None, said
        assert done.outcome != "running", said
        assert (code == 0) == (done.outcome in ("ok", "unchanged")), said
        assert "Traceback" not in said
        return done, said

    def posts(self, name: str) -> dict[str, Post]:
        ids = [row["id"] for row in self.db.rows("SELECT id FROM posts WHERE source = ?", name)]
        found = [post for post in (posts.get(self.db, id) for id in ids) if post]
        return {post.native_id: post for post in found}

    def faults(self, name: str) -> list[Fault]:
        return runs.faults(self.db, name)
