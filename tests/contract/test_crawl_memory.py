"""The memory bound of a crawl is about the crawl, not about who started it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from crawler import run
from models.config import Source
from models.intake import runs, sources
from models.store import Store
from tests.http_server import Answer, Server
from tests.running_desk import rss

# a parent whose own peak is far over the crawl's limit, as a scheduler that once trained weights
LARGE_PARENT = """
import subprocess, sys
block = bytearray(800 * 1024 * 1024)
del block
sys.exit(subprocess.run(sys.argv[1:]).returncode)
"""


def test_large_parent_does_not_stop_a_small_crawl(db: Store, tmp_path: Path) -> None:
    with Server() as site:
        site.answers["/feed.xml"] = Answer(rss([("1", "a", "今天的天气很好")]))
        sources.sync(db, [Source("s", "feed", site.url + "/feed.xml", 60, allow_private=True)])
        argv = [sys.executable, "-c", LARGE_PARENT, *run.command(None, db.path, "s")]
        done = subprocess.run(argv, capture_output=True, text=True)
    visit = runs.last(db, "s")
    assert visit is not None and (visit.outcome, visit.new) == ("ok", 1), done.stderr
