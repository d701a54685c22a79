"""What a desk runs all day starts without scikit-learn and SciPy: seconds of import, and in a fresh
environment megabytes of byte code. Only learning asks for them; a nightly renewal for SciPy alone.

That the rooms do not name them is held by import-linter; here each process does its work and is asked
what it has loaded.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.where import ROOT

pytestmark = pytest.mark.slow

LOADED = """
import sys
print(sorted(name for name in sys.modules if name.split(".")[0] in ("sklearn", "scipy", "joblib")))
"""

SCORE = """
from click.testing import CliRunner
import piyao
with open("posts.jsonl", "w", encoding="utf-8") as file:
    file.write('{"text": "紧急扩散：石桥水厂今晚停水，请转告家人"}\\n' * 10)
told = CliRunner().invoke(piyao.main, ["score", "posts.jsonl", "--out", "scored.jsonl"])
assert told.exit_code == 0, told.output
"""

CLOCK = """
from pathlib import Path
import scheduler
from jobs import learn, open_cases, publish, rank, recognise, upkeep
from jobs.shared import Desk
from models import store
from models.config import Config
from models.intake import posts
from models.intake.records import Post
desk = Desk(Config(Path(), Path()))
with store.using(desk.config.store) as db:
    posts.add(db, Post("forum", "1", "紧急扩散：石桥水厂今晚停水，请转告家人"))
    recognise.enter_starter_claims(db)
    learn.renew(desk, db)
    for job in (rank.score, open_cases.open_cases, recognise.recognise, publish.draft, upkeep.watch):
        job(desk, db)
"""

CRAWLER = """
import crawler.fork_server, crawler.middlewares, crawler.pipelines, crawler.run
import crawler.spiders.feed
"""

PAGES = """
from pathlib import Path
from models import config
config.write_template(Path("piyao.toml"))
from desk import serve
serve.prepare(config.load(Path("piyao.toml")))
from django.test import Client
assert Client().get("/", headers={"host": "127.0.0.1"}, follow=True).status_code == 200
"""


def loaded(work: str, folder: Path) -> str:
    """What of the learners' libraries a process holds that did the work in a folder."""
    program = "import models.driver\n" + work + LOADED
    order = [sys.executable, "-c", program]
    run = subprocess.run(
        order, cwd=folder, env={"PYTHONPATH": str(ROOT), "HOME": str(folder)}, capture_output=True
    )
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout.decode().splitlines()[-1]


@pytest.mark.parametrize(
    "work", [SCORE, CLOCK, CRAWLER, PAGES], ids=["score", "clock", "crawler", "pages"]
)
def test_it_works_without_what_only_learning_needs(work: str, tmp_path: Path) -> None:
    assert loaded(work, tmp_path) == "[]"


def test_what_is_loaded_is_seen(tmp_path: Path) -> None:
    assert "sklearn.base" in loaded("import sklearn.base\n", tmp_path)
