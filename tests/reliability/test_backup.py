"""The drill: a desk at work is backed up, restored elsewhere, and officers go on there.

And what may go wrong with a backup: a kill at any place where it meets the disk, a disk that fills.
"""

from __future__ import annotations

import http.cookiejar
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import backup as making
from models import audit, store
from models import config as configuration
from models.config import Config
from models.errors import StoreError
from models.publishing import notices
from models.publishing.records import NoticeState
from models.upkeep import backup, backup_folder, restored
from models.upkeep import manifest as manifests
from notices import republishing
from notices.channels import address
from notices.forms import image
from operations import site as public_site
from tests import published_desk, running_desk
from tests.conftest import hire
from tests.http_server import Answer, Server
from tests.reliability import process_roles
from tests.reliability.checker import breaches
from tests.reliability.client_log import read
from tests.reliability.forked_processes import Nursery, can_trace
from tests.reliability.test_disk_full import fill_up, mounted
from tests.waiting import HANG, until


def piyao(*words: str, code: int = 0) -> str:
    """What a verb says in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "piyao", *words], capture_output=True, text=True, timeout=HANG
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def sign_in(address: str, name: str, password: str) -> str:
    """The page 今日 as an officer sees it after signing in."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    form = opener.open(f"{address}/login/", timeout=HANG).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token
    data = {"username": name, "password": password, "csrfmiddlewaretoken": token[1]}
    request = urllib.request.Request(
        f"{address}/login/", urllib.parse.urlencode(data).encode(), {"Referer": f"{address}/login/"}
    )
    opener.open(request, timeout=HANG)
    return str(opener.open(f"{address}/today/", timeout=HANG).read().decode())


def test_a_desk_at_work_is_backed_up_restored_elsewhere_and_goes_on(
    tmp_path: Path, nursery: Nursery
) -> None:
    posts = [(f"p{n}", f"a{n % 5}", f"{text}。") for n, text in enumerate(rumours())]
    feed = {"shown": 3}

    def more() -> bytes:
        feed["shown"] += 2  # a source that brings something new at each visit
        return running_desk.rss(posts[: feed["shown"]])

    with Server() as server:
        server.answers["/robots.txt"] = Answer(status=404)
        server.answers["/feed"] = Answer(more(), headers={"Content-Type": "application/rss+xml"})
        feed_address = f"http://127.0.0.1:{server.port}/feed"
        with running_desk.running(tmp_path, feed_address) as desk:
            officer = nursery.start(
                "shift", folder=str(tmp_path), db_path=str(desk.config.store), pause=0.5
            )
            try:
                sends(server, more, lambda: out(desk.config) >= 1, "nothing is published")
                for _ in range(2):
                    acks = read(*tmp_path.glob("*.ledger"))  # told as done before the backup began
                    known = out(desk.config)
                    told = piyao(
                        "backup", "--to", str(tmp_path / "kept"), "--config", str(desk.path)
                    )
                    assert "restored on trial and whole" in told
                    sends(server, more, lambda: True, "")
            finally:
                nursery.kill(officer)
            password = desk.password
        to = tmp_path / "other machine"
        told = piyao("restore", str(tmp_path / "kept"), "--to", str(to))
        assert "Start it with" in told and known >= 1
        fresh = configuration.load(to / "piyao.toml")
        with store.using(fresh.store) as db:
            assert audit.verify(db).ok
            office = fresh.office
            assert republishing.compare(db, public_site.site_of(fresh), office).complete
            assert len(notices.in_states(db, NoticeState.PUBLISHED, NoticeState.RETRACTED)) >= 1
        found = breaches(fresh.store, acks, settled=False)
        assert [
            each for each in found if each.invariant != "I2"
        ] == []  # the site has no log of its own
        assert out(fresh) >= known
        with up_again(to, fresh) as place:
            assert "系统" in sign_in(place, "hecha", password)
            slug = next((fresh.public.dir / "n").glob("*.html")).stem
            with urllib.request.urlopen(f"{address(fresh)}/n/{slug}.html", timeout=HANG) as page:
                assert page.status == 200


def rumours() -> list[str]:
    return [f"紧急扩散！{text}，赶紧转给家人，明天就晚了" for text in process_roles.TEXTS[:60]]


def sends(server: Server, more: Callable[[], bytes], done: Callable[[], bool], why: str) -> None:
    """The source shows more, until something is so."""

    def look() -> bool:
        server.answers["/feed"] = Answer(more(), headers={"Content-Type": "application/rss+xml"})
        return done()

    until(look, why, every=0.5)


def out(config: Config) -> int:
    return len([*config.public.dir.glob("n/*.json")])


class up_again:
    """``piyao up`` on a restored desk; its address."""

    def __init__(self, folder: Path, config: Config) -> None:
        self.folder, self.config = folder, config

    def __enter__(self) -> str:
        self.log = (self.folder / "up.log").open("wb")
        argv = [sys.executable, "-m", "piyao", "up", "--config", str(self.config.path)]
        self.process = subprocess.Popen(argv, stdout=self.log, stderr=subprocess.STDOUT)
        address = f"http://127.0.0.1:{self.config.desk.port}"
        until(
            lambda: running_desk.answers(f"{address}/login/"), "the restored desk does not answer"
        )
        return address

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(HANG)
        self.log.close()


def working(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A desk with a notice on its site, in ``folder``."""
    monkeypatch.setattr(image, "pngs", lambda *_, **__: [b"\x89PNG"])
    config = process_roles.configured(folder)
    with store.using(config.store) as db:
        published_desk.publish(db, config, hire(db), published_desk.CLAIMS[0])
    return config


def whole(config: Config, folder: Path, scratch: Path) -> list[str]:
    """What is wrong with the backups that bear the name of one."""
    found = []
    for each in sorted(folder.glob("piyao-*")):
        manifest = manifests.read(each)
        found += manifests.check_parts(each, manifest)
        places = restored.Places(scratch / "piyao.db", scratch / "site")
        restored.unpack(each, manifest, config.store.with_suffix(".key").read_bytes(), places)
        found += restored.examine(places, manifest, lambda db, at: making.lacking(db, config, at))
        shutil.rmtree(scratch)
    return found


@pytest.mark.kill
@pytest.mark.skipif(bool(can_trace()), reason=can_trace())
def test_a_kill_wherever_a_backup_meets_the_disk_leaves_none_or_a_whole_one(
    nursery: Nursery, quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = working(quick, monkeypatch)
    folder, kills = quick / "backups", 0
    for call in ("fsync", "rename", "mkdir", "unlink"):
        count = 1
        while nursery.killed_at(call, count, "back_up", folder=str(quick)):
            kills, count = kills + 1, count + 1
            assert whole(config, folder, quick / "scratch") == [] if folder.exists() else True
        with store.using(config.store) as db:
            assert audit.verify(db).ok
    assert kills >= 15
    assert nursery.run("back_up", folder=str(quick)) == 0
    assert not list(folder.glob(".part-*")), "what killed ones left half is still there"


def test_a_disk_that_fills_meanwhile_is_loud_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = working(tmp_path, monkeypatch)
    room = shutil.disk_usage(tmp_path)._replace(free=1 << 40)  # there was room a moment ago
    with mounted(tmp_path / "small", "2m") as disk, store.using(config.store) as db:
        monkeypatch.setattr(backup.shutil, "disk_usage", lambda _: room)
        fill_all_but(disk / "ballast", 600_000)
        with pytest.raises(StoreError, match="No space left|disk is full|disk I/O error"):
            making.make(db, config, disk / "kept", tmp_path / "keys")
        assert [each.name for each in (disk / "kept").iterdir()] == [".lock"]
        assert backup_folder.last(db) is None and audit.verify(db).ok
        (disk / "ballast").unlink()
        assert making.make(db, config, disk / "kept", tmp_path / "keys").folder.is_dir()


def fill_all_but(ballast: Path, room: int) -> None:
    fill_up(ballast)
    with ballast.open("r+b") as file:
        file.truncate(ballast.stat().st_size - room)


def test_the_guard_taken_out_a_backup_named_at_once_is_seen(
    nursery: Nursery, quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup that has its name before it is proved is half after a kill: ``whole`` sees that."""
    config = working(quick, monkeypatch)
    with store.using(config.store) as db:
        made = making.make(db, config, quick / "backups")
    (made.folder / "site.tar").write_bytes(b"half")
    assert whole_or_error(config, quick) != []


def whole_or_error(config: Config, quick: Path) -> list[str]:
    try:
        return whole(config, quick / "backups", quick / "scratch")
    except Exception as error:
        return [str(error)]
