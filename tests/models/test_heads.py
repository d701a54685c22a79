"""The heads kept outside: a log cut off, rolled back or made anew shows against them."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from models import audit, beginning, config, heads, store
from models.config import Config
from models.errors import ConfigError, PiyaoError, StoreError
from models.people import officers
from models.roles import Role
from models.store import Store
from notices import channels, proof, sending
from tests import case_steps
from tests.conftest import People
from tests.http_server import Answer, Server


def configured(db: Store, where: str) -> Config:
    path = db.path.parent.parent / "piyao.toml"
    path.write_text(
        f'data_dir = "{db.path.parent.name}"\n[audit]\nheads = "{where}"\n', encoding="utf-8"
    )
    return config.load(path)


@pytest.fixture
def made(db: Store, people: People, tmp_path: Path) -> Config:
    return configured(db, f"{tmp_path.name}-outside/heads.txt")


def lines(made: Config) -> list[str]:
    assert made.heads
    return made.heads.read_text().splitlines()


def test_the_whole_head_is_kept_once_an_hour_and_at_each_publication(
    db: Store, people: People, made: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert heads.keep(db, made)
    found = audit.verify(db)
    assert lines(made)[0].startswith(f"{found.entries} {found.head} 20")
    assert not heads.keep(db, made)  # nothing new
    officers.add(db, "a", Role.VIEWER)
    assert not heads.keep(db, made)  # not yet an hour
    later = store.now() + timedelta(hours=1)
    with monkeypatch.context() as patch:
        patch.setattr(store, "clock", lambda: later)
        assert heads.keep(db, made) and len(lines(made)) == 2
    case_steps.published(db, people)
    monkeypatch.setattr(store, "clock", lambda: later)
    with db.atomic():
        db.conn.execute("UPDATE outbox SET settled_at = ?", [store.stamp(later)])
        audit.append(db, people.admin, "officer.off", "officer:9")
    assert heads.keep(db, made) and len(lines(made)) == 3


def test_a_log_cut_off_and_one_made_anew_show(db: Store, people: People, made: Config) -> None:
    heads.keep(db, made)
    assert proof.prove(db, made).ok
    entries = audit.verify(db).entries
    db.conn.execute("DROP TRIGGER audit_never_shrinks")
    db.conn.execute("DELETE FROM audit WHERE seq = ?", [entries])
    db.conn.execute("DROP TRIGGER officers_are_kept")
    db.conn.execute("PRAGMA foreign_keys = OFF")
    db.conn.execute("DELETE FROM officers WHERE id = (SELECT max(id) FROM officers)")
    assert audit.verify(db).ok  # alone it cannot tell
    found = proof.prove(db, made)
    assert "were cut off in heads.txt" in found.message
    officers.add(db, "another", Role.VIEWER)
    assert audit.verify(db).ok
    assert proof.prove(db, made).message == f"entry #{entries} is not the one noted in heads.txt"


def test_a_store_rolled_back_shows(db: Store, made: Config, tmp_path: Path) -> None:
    heads.keep(db, made)
    db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    yesterday = tmp_path / "yesterday"
    shutil.copy(db.path, yesterday)
    officers.add(db, "a", Role.VIEWER)
    with db.atomic():
        db.conn.execute('UPDATE meta SET value = replace(value, \'"at":"2\', \'"at":"1\')')
    assert heads.keep(db, made)
    db.close()
    for tail in ("-wal", "-shm"):
        Path(f"{db.path}{tail}").unlink(missing_ok=True)
    shutil.copy(yesterday, db.path)
    with store.using(db.path) as back:
        assert audit.verify(back).ok
        assert "were cut off in heads.txt" in proof.prove(back, made).message


@pytest.mark.parametrize("left", [None, ""])
def test_a_file_that_is_gone_or_shorter_shows(db: Store, made: Config, left: str | None) -> None:
    heads.keep(db, made)
    assert made.heads
    if left is None:
        made.heads.unlink()
    else:
        made.heads.write_text(left)
    found = proof.prove(db, made)
    assert not found.ok and "the heads kept outside are not what they were" in found.message
    assert ("is gone" if left is None else "holds 0 heads, 1 were written") in found.message


def test_a_line_cut_off_stays_a_line_of_its_own(db: Store, made: Config) -> None:
    heads.keep(db, made)
    assert made.heads
    with made.heads.open("a") as file:
        file.write("12 ab")
    officers.add(db, "a", Role.VIEWER)
    with db.atomic():
        db.conn.execute("DELETE FROM meta WHERE key = 'audit.heads'")
    heads.keep(db, made)
    assert len(lines(made)) == 3 and lines(made)[1] == "12 ab"
    assert [head.seq for head in heads.kept(made)] == [
        int(lines(made)[n].split()[0]) for n in (0, 2)
    ]


def test_an_address_gets_the_whole_head(db: Store, people: People) -> None:
    with Server() as server:
        server.answers["/heads"] = Answer(b"ok")
        made = configured(db, f"http://127.0.0.1:{server.port}/heads")
        assert heads.keep(db, made) and made.heads is None
        assert not heads.keep(db, made)
        found = audit.verify(db)
        (body,) = map(json.loads, server.posted)
        assert (body["seq"], body["hash"]) == (found.entries, found.head)


def test_what_cannot_be_kept_is_said_and_tried_again(db: Store, people: People) -> None:
    with Server() as server:
        server.answers["/heads"] = Answer(b"no", status=500)
        made = configured(db, f"http://127.0.0.1:{server.port}/heads")
        for _ in range(2):
            with pytest.raises(PiyaoError, match="记录指纹没有存到外面"):
                heads.keep(db, made)


@pytest.mark.parametrize("where", ["{data}/heads.txt", "{data}", "{data}/site/heads", "ftp://a/b"])
def test_a_place_that_shares_the_fate_of_the_store_is_refused(db: Store, where: str) -> None:
    with pytest.raises(ConfigError, match="heads"):
        configured(db, where.format(data=db.path.parent.name))


def test_a_published_notice_prints_the_head_that_let_it_out(
    db: Store, people: People, made: Config
) -> None:
    case_steps.approved(db, people)
    sent = sending.deliver(db, channels.opened(made), made)
    assert [each.state.value for each in sent] == ["sent"]
    seq, digest = audit.wrote(db, "case:1", "outbox:1")
    assert len(digest) == 64 and audit.newest(db, 1, before=seq + 1)[0].action == "notice.approve"
    slug = next(made.public.dir.glob("n/*.json")).stem
    for file in (f"n/{slug}.json", f"n/{slug}.html", f"v/{slug}/index.html"):
        assert digest in (made.public.dir / file).read_text(encoding="utf-8"), file
    assert proof.prove(db, made).ok
    db.conn.execute("DROP TRIGGER audit_never_changes")
    db.conn.execute("UPDATE audit SET actor = 'officer:1' WHERE seq = ?", [seq])
    _anew(db, seq)
    assert audit.verify(db).ok
    assert f"entry #{seq} is not the one noted in n/{slug}.json" in proof.prove(db, made).message


def _anew(db: Store, first: int) -> None:
    """Every hash from ``first`` on, computed anew by somebody who knows how."""
    from models import chain

    prev = db.value("SELECT hash FROM audit WHERE seq = ?", first - 1)
    fields = "seq, at, actor, action, object, detail, bound"
    for row in db.conn.execute(f"SELECT {fields} FROM audit WHERE seq >= ?", [first]).fetchall():
        digest = chain.link(prev, *row)
        db.conn.execute("UPDATE audit SET prev = ?, hash = ? WHERE seq = ?", [prev, digest, row[0]])
        prev = digest


def test_no_new_desk_begins_beside_heads_or_published_notices(
    db: Store, people: People, made: Config
) -> None:
    heads.keep(db, made)
    db.close()
    for file in db.path.parent.glob("piyao.*"):
        if file.is_file():
            file.unlink()
    with pytest.raises(StoreError, match="the store is not there, but heads of its log are kept"):
        beginning.refuse_new_desk(made)
    (made.public.dir / "n").mkdir(parents=True)
    (made.public.dir / "n" / "2026-1.json").write_text("{}")
    db.path.write_bytes(b"")
    with pytest.raises(
        StoreError, match=r"the store is empty, but notices are published.*piyao restore"
    ):
        beginning.refuse_new_desk(made)
