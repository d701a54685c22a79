"""Whatever lies in the folder that somebody starts the desk from, none of it runs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models import isolated, store
from models.intake import runs
from tests import running_desk
from tests.http_server import Answer, Server
from tests.waiting import HANG, until

pytestmark = pytest.mark.slow
PIYAO = Path(sys.executable).with_name("piyao")
MODULES = (
    "scheduler", "json", "logging", "signal", "socket", "struct", "pickle", "string", "random",
    "sitecustomize", "usercustomize", "click", "numpy", "planted",
)  # fmt: skip
PACKAGES = (
    "piyao", "desk", "jobs", "models", "crawler", "operations", "classifier", "notices", "scrapy",
    "django", "twisted", "waitress", "apscheduler", "multiprocessing", "concurrent",
)  # fmt: skip


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A folder full of modules that leave a trace where they are run."""
    folder = tmp_path / "planted"
    folder.mkdir()
    trace = f"open({str(tmp_path / 'canary')!r}, 'a').write(__name__ + ' ' + __file__ + '\\n')\n"
    for name in MODULES:
        (folder / f"{name}.py").write_text(trace)
    for name in PACKAGES:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(trace)
    (folder / "scrapy.cfg").write_text("[settings]\ndefault = planted\n")
    (folder / ".env").write_text("DJANGO_SETTINGS_MODULE=planted\n")
    return folder


@pytest.fixture
def town() -> Iterator[Server]:
    with Server() as server:
        items = [(str(n), f"u{n}", f"紧急扩散：石桥水厂今晚停水 {n} 小时") for n in range(4)]
        server.answers["/feed"] = Answer(running_desk.rss(items))
        yield server


def started(folder: Path, *words: str) -> subprocess.Popen[str]:
    """The installed command, from a folder, in an environment that names what is planted there."""
    ours = ("PYTHONPATH", "PIYAO_SETTINGS")  # of the tests
    about = {name: value for name, value in os.environ.items() if name not in ours} | {
        "DJANGO_SETTINGS_MODULE": "planted",
        "SCRAPY_SETTINGS_MODULE": "planted",
        "SCRAPY_PROJECT": "default",
        "PYTHONSTARTUP": str(folder / "planted.py"),
        "PYTHONBREAKPOINT": "planted.hook",
    }
    shell = ["sh", "-c", 'cd "$0" && exec "$@"', str(folder), str(PIYAO), *words]
    if not (folder / "scrapy.cfg").exists() and folder != Path("/"):
        shell[2] = 'cd "$0" && rmdir "$0" && exec "$@"'  # a folder that is gone by the time it runs
    return subprocess.Popen(shell, env=about, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, start_new_session=True)  # fmt: skip


@contextmanager
def up(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = started(folder, *words)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            print(process.communicate(timeout=HANG)[0])
        finally:
            process.kill()


def none_ran(planted: Path) -> None:
    canary = planted.with_name("canary")
    assert not canary.exists(), canary.read_text()


@pytest.mark.parametrize("where", ["planted", "root", "gone"])
def test_a_desk_comes_up_and_collects_wherever_it_is_started(
    planted: Path, town: Server, tmp_path: Path, where: str
) -> None:
    made = running_desk.configure(tmp_path, f"{town.url}/feed", running_desk.free_port(), every=1)
    folder = {"planted": planted, "root": Path("/"), "gone": tmp_path / "gone"}[where]
    folder.mkdir(exist_ok=True)
    with up(folder, "up", "--config", str(made.path)) as process:

        def collected() -> bool:
            assert process.poll() is None, process.communicate()[0]
            none_ran(planted)
            if not made.store.exists():
                return False
            with store.using(made.store) as db:
                visit = runs.last(db, "forum")
                return visit is not None and visit.outcome in ("ok", "unchanged")

        until(collected, "nothing is collected")
        until(
            lambda: running_desk.answers(f"http://127.0.0.1:{made.desk.port}/login/"),
            "no page answers",
        )
    none_ran(planted)


def test_the_demo_comes_up(planted: Path, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with up(planted, "demo", "--port", "0", "--folder", str(folder)) as process:
        assert process.stdout is not None
        until(lambda: "Ctrl-C" in said_more(process), "it does not say where it is")
    none_ran(planted)


def said_more(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line or process.poll() is None, "it ended"
    return line


@pytest.mark.parametrize("verb", ["once", "score"])
def test_a_verb_that_starts_processes_runs_its_own_code(
    planted: Path, town: Server, tmp_path: Path, verb: str
) -> None:
    posts = tmp_path / "posts.jsonl"
    line = '{"text": "紧急扩散：石桥水厂今晚停水 %d 小时，请转告家人", "label": %d}\n'
    posts.write_text("".join(line % (n, n % 2) for n in range(40)), encoding="utf-8")
    words = {
        "once": ["--source", f"{town.url}/feed", "--allow-private"],
        "score": [str(posts), "--out", str(tmp_path / "scored.jsonl"), "--jobs", "2"],
    }[verb]
    process = started(planted, verb, *words)
    said = process.communicate(timeout=HANG)[0]
    none_ran(planted)
    assert "No module" not in said and process.returncode == 0, said


def test_a_child_of_ours_leaves_the_folder_out_and_another_does_not(planted: Path) -> None:
    """The guard itself: the same module, started plainly, is the planted one."""
    shutil.rmtree(planted / "crawler")
    for argv in (isolated.python("crawler", "-h"), [sys.executable, "-m", "crawler", "-h"]):
        subprocess.run(argv, cwd=planted, env=isolated.environment(os.environ), check=False,
                       capture_output=True)  # fmt: skip
        none_ran(planted)  # the environment alone holds too
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run([sys.executable, "-m", "crawler", "-h"], cwd=planted, env=bare, check=False,
                   capture_output=True)  # fmt: skip
    assert planted.with_name("canary").exists()
