"""A desk comes back from a backup: whole, in its own folder or another, and nothing goes out twice."""

from __future__ import annotations

import fcntl
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs import backup as making
from jobs.shared import Desk as Shared
from models import audit, heads, store
from models import config as configuration
from models.config import Config
from models.errors import InputError, PiyaoError, StoreError
from models.publishing import notices, numbers, outbox, retractions
from models.publishing.records import Delivery, Notice, NoticeState
from models.upkeep import lease
from models.upkeep.backup import Made
from notices import proof, sending
from notices.forms import image
from operations import restore
from tests import published_desk
from tests.conftest import hire
from tests.published_desk import CLAIMS


class Desk:
    """A desk with one notice on its site, backed up as it stood."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said = folder, []  # type: ignore[var-annotated]
        self.config = published_desk.configure(folder)
        with store.using(self.config.store) as db:
            self.who = hire(db)
            self.first = published_desk.publish(db, self.config, self.who, CLAIMS[0])

    def backup(self) -> Made:
        with store.using(self.config.store) as db:
            return making.make(db, self.config, self.folder / "backups")

    def publish(self, claim: str) -> Notice:
        with store.using(self.config.store) as db:
            return published_desk.publish(db, self.config, self.who, claim)

    def into_folder(
        self, source: Path, key: Path | None = None, last_number: str = ""
    ) -> tuple[bool, Config]:
        to = self.folder / "elsewhere"
        whole = restore.into_folder(source, to, key, last_number, self.say)
        return whole, configuration.load(to / "piyao.toml")

    def into_place(self, source: Path, last_number: str = "") -> bool:
        return restore.into_place(source, self.config, None, last_number, True, self.say)

    def say(self, words: str) -> None:
        self.said.append(words)

    @property
    def words(self) -> str:
        return "\n".join(self.said)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(image, "pngs", lambda *_, **__: [b"\x89PNG"])
    monkeypatch.setattr(sending, "_LOOKED", {})  # what this process remembers of other desks
    yield Desk(tmp_path)


def site(config: Config) -> dict[str, bytes]:
    root = config.public.dir
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in root.rglob("*")
        if file.is_file() and file.name != ".lock"
    }


def test_into_another_folder_it_is_the_same_desk(desk: Desk) -> None:
    made = desk.backup()
    whole, config = desk.into_folder(made.folder)
    assert whole and config.data_dir.is_relative_to(desk.folder / "elsewhere")
    assert site(config) == site(desk.config)
    with store.using(config.store) as db:
        chain = audit.verify(db)
        assert chain.ok and chain.entries == made.manifest.entries + 1  # the restoring itself
        entry, *_ = audit.of_object(db, "store")
        assert entry.action == "store.restore" and entry.detail["head"] == made.manifest.head
        assert notices.get(db, desk.first.id) == desk.first
        assert db.secret == made.key.read_bytes()


def test_the_newest_of_a_folder_of_backups_is_taken(desk: Desk) -> None:
    desk.backup()
    later = desk.publish(CLAIMS[1])
    newest = desk.backup()
    whole, config = desk.into_folder(desk.folder / "backups")
    assert whole and newest.folder.name in desk.words
    with store.using(config.store) as db:
        assert notices.get(db, later.id).state is NoticeState.PUBLISHED


def test_data_that_stood_elsewhere_moves_into_the_new_folder(desk: Desk, tmp_path: Path) -> None:
    """An absolute data_dir in the backup's piyao.toml must not lead back into the old place."""
    far = tmp_path / "far"
    (far / "data").parent.mkdir()
    shutil.move(desk.config.public.dir, far / "www")
    shutil.move(desk.config.data_dir, far / "data")
    desk.config.path.write_text(
        f'data_dir = "{far / "data"}"\n[desk]\nport = 1\n[office]\n# dir = "x"\n[public]\ndir = "{far / "www"}"\n'
    )
    desk.config = configuration.load(desk.config.path)
    before = {file: file.stat().st_mtime_ns for file in far.rglob("*")}
    whole, config = desk.into_folder(desk.backup().folder)
    assert whole
    to = desk.folder / "elsewhere"
    assert config.data_dir.is_relative_to(to) and config.public.dir.is_relative_to(to)
    assert site(config) == site(desk.config)
    assert {file for file in far.rglob("*") if file.name != "piyao.scheduler"} >= set(before)


@pytest.mark.parametrize("public", ["", "[public]\n", "[public]\n# the site\nserve = true\n"])
def test_a_desk_in_its_own_folder_takes_its_site_along(desk: Desk, public: str) -> None:
    """data_dir "." has its site beside that folder: in the new one it would lie outside."""
    desk.config.path.write_text(f'data_dir = "data"\n[desk]\nport = 1\n{public}')
    made = desk.backup()
    text = (made.folder / "piyao.toml").read_text("utf-8")
    path = desk.folder / "moved" / "piyao.toml"
    path.parent.mkdir()
    path.write_text(text.replace('"data"', '"."'), "utf-8")
    config = restore._moved_in(path, path.parent, desk.say)
    assert config.data_dir.resolve() == path.parent and config.public.dir.name == "site"
    assert config.public.dir.is_relative_to(path.parent)


def test_nothing_is_written_over(desk: Desk) -> None:
    made = desk.backup()
    with pytest.raises(StoreError, match="--replace"):
        restore.into_place(made.folder, desk.config, None, "", False, desk.say)
    (desk.folder / "elsewhere").mkdir()
    (desk.folder / "elsewhere" / "mine").touch()
    with pytest.raises(StoreError, match="not empty"):
        desk.into_folder(made.folder)


@pytest.mark.parametrize(
    "part", ["store.db", "site.tar", "models.tar", "piyao.toml", "manifest.json"]
)
def test_a_flipped_bit_in_any_part_is_seen(desk: Desk, part: str) -> None:
    made = desk.backup()
    file = made.folder / part
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 4
    file.write_bytes(content)
    with pytest.raises(InputError, match="changed"):
        desk.into_folder(made.folder)
    assert not (desk.folder / "elsewhere").exists()


def test_a_part_that_is_gone_is_named(desk: Desk) -> None:
    made = desk.backup()
    (made.folder / "site.tar").unlink()
    with pytest.raises(InputError, match="site.tar"):
        desk.into_folder(made.folder)


def test_the_key_must_fit_and_is_asked_for_by_name(desk: Desk, tmp_path: Path) -> None:
    made = desk.backup()
    kept = tmp_path / "safe.key"
    shutil.move(made.key, kept)
    with pytest.raises(InputError, match=made.key.name):
        desk.into_folder(made.folder)
    wrong = tmp_path / "wrong.key"
    wrong.write_bytes(b"w" * 32)
    with pytest.raises(InputError, match="not the key"):
        desk.into_folder(made.folder, key=wrong)
    assert not (desk.folder / "elsewhere").exists()
    whole, config = desk.into_folder(made.folder, key=kept)
    assert whole and config.store.with_suffix(".key").read_bytes() == kept.read_bytes()


def test_a_running_desk_is_not_replaced(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = desk.backup()
    with desk.config.store.with_suffix(".scheduler").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="clock of this desk is running"):
            desk.into_place(made.folder)
    with socket.create_server(("127.0.0.1", 0)) as server:
        object.__setattr__(desk.config.desk, "port", server.getsockname()[1])
        with pytest.raises(StoreError, match="answers on port"):
            desk.into_place(made.folder)


def test_in_place_the_site_stays_and_what_it_knows_more_is_named_one_by_one(desk: Desk) -> None:
    """The scene of the issue: 22 号 went out after the backup, and is never given again."""
    made = desk.backup()
    later = [desk.publish(claim) for claim in CLAIMS[1:3]]
    with store.using(desk.config.store) as db:
        retractions.retract(db, desk.first.id, reason="桥改了安排", by=desk.who.publisher)
        published_desk.deliver(db, desk.config)
    there = site(desk.config)
    assert desk.into_place(made.folder)
    assert site(desk.config) == there
    for notice in later:
        assert any(notice.number in line and notice.title in line for line in desk.said)
    assert any("已撤回" in line and desk.first.number in line for line in desk.said)
    assert "The next number" in desk.words and "is 4" in desk.words
    (aside,) = desk.config.data_dir.glob("before-restore-*")
    with store.using(aside / "piyao.db") as old:  # the old store is whole, put aside
        assert notices.get(old, later[-1].id).number == later[-1].number
    again = desk.publish(CLAIMS[3])
    assert again.number.endswith("〕4 号") and again.state is NoticeState.PUBLISHED
    assert {name: site(desk.config)[name] for name in there if name.startswith("n/")} == {
        name: content for name, content in there.items() if name.startswith("n/")
    }


@pytest.mark.parametrize("reached", [True, False])
def test_what_waited_is_looked_up_and_neither_lost_nor_sent_twice(
    desk: Desk, reached: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.using(desk.config.store) as db:
        waiting = published_desk.approve(db, desk.who, CLAIMS[1])
        flying = published_desk.approve(db, desk.who, CLAIMS[2])
        outbox.take(db, "the desk of before")
    made = desk.backup()
    if reached:
        with store.using(desk.config.store) as db:
            outbox.recover(db)
            published_desk.deliver(db, desk.config)
        sending._LOOKED.clear()
    sent = site(desk.config)
    whole = desk.into_place(made.folder)
    assert whole and "2 sendings were under way" in desk.words
    with store.using(desk.config.store) as db:
        assert {row.state for row in outbox.in_state(db, *Delivery)} == {
            Delivery.SENT,
            Delivery.UNKNOWN,
        }
        assert outbox.take(db, "anybody") is None  # nothing goes out by itself
        pages = []
        real = making.Site.publish
        monkeypatch.setattr(
            making.Site, "publish", lambda self, page: pages.append(page.key) or real(self, page)
        )
        published_desk.deliver(db, desk.config)
        assert {row.state for row in outbox.in_state(db, *Delivery)} == {Delivery.SENT}
        assert len(pages) == (0 if reached else 2)
        assert notices.get(db, waiting.id).state is NoticeState.PUBLISHED
        assert notices.get(db, flying.id).state is NoticeState.PUBLISHED
    if reached:
        assert site(desk.config) == sent


def test_a_restore_killed_once_the_store_has_its_place_sends_nothing_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever comes after the renaming may not come: what waited is in doubt, the number known."""
    with store.using(desk.config.store) as db:
        published_desk.approve(db, desk.who, CLAIMS[1])
    made = desk.backup()
    monkeypatch.setattr(restore, "_awake", killed)
    with pytest.raises(KeyboardInterrupt):
        desk.into_place(made.folder, last_number=f"{store.now():%Y}-22")
    with store.using(desk.config.store) as db:
        assert outbox.take(db, "anybody") is None
        assert [row.state for row in outbox.in_state(db, Delivery.UNKNOWN)] == [Delivery.UNKNOWN]
        assert max(numbers.highest(db).values()) == 22 and audit.verify(db).ok


def killed(*_: object) -> bool:
    raise KeyboardInterrupt


def test_sessions_end_and_nobody_holds_the_lease(desk: Desk) -> None:
    with store.using(desk.config.store) as db:
        db.execute(
            "CREATE TABLE IF NOT EXISTS django_session (session_key TEXT PRIMARY KEY,"
            " session_data TEXT NOT NULL, expire_date TEXT NOT NULL)"
        )
        db.execute("INSERT INTO django_session VALUES ('k', 'signed in', '2099-01-01 00:00:00')")
        held = lease.Lease(holder="99-ff@another-machine")
        assert held.take(db)
    made = desk.backup()
    assert desk.into_place(made.folder)
    with store.using(desk.config.store) as db:
        assert db.value("SELECT count(*) FROM django_session") == 0
        fresh = lease.Lease()
        assert fresh.take(db) and fresh.fence > held.fence


def test_an_operator_says_the_last_number_that_nobody_else_knows(desk: Desk) -> None:
    made = desk.backup()
    whole, config = desk.into_folder(made.folder, last_number=f"{store.now():%Y}-22")
    assert whole and "is 23" in desk.words
    with store.using(config.store) as db:
        assert max(numbers.highest(db).values()) == 22
    with pytest.raises(PiyaoError, match="不是通告号"):
        restore.into_folder(made.folder, desk.folder / "third", None, "22", desk.say)
    assert not (desk.folder / "third").exists()


def test_a_site_that_is_gone_comes_back_with_the_store(desk: Desk) -> None:
    made = desk.backup()
    before = site(desk.config)
    shutil.rmtree(desk.config.data_dir)
    assert restore.into_place(made.folder, desk.config, None, "", False, desk.say)
    assert site(desk.config) == before


def heads_of(desk: Desk) -> None:
    """Let the desk keep the heads of its log outside, as an operator names it."""
    desk.config.path.write_text(
        f'data_dir = "data"\n[desk]\nport = 1\n[audit]\nheads = "{desk.folder / "kept" / "heads"}"\n'
    )
    desk.config = configuration.load(desk.config.path)


def test_after_a_restore_the_record_is_whole_and_says_what_was_put_aside(desk: Desk) -> None:
    """Heads in the file outside and on the site are of the store that was there before."""
    heads_of(desk)
    made = desk.backup()
    for claim in CLAIMS[1:3]:
        desk.publish(claim)
        with store.using(desk.config.store) as db:
            assert heads.keep(db, desk.config) and proof.prove(db, desk.config).ok
    assert desk.into_place(made.folder)
    with store.using(desk.config.store) as db:
        found = proof.prove(db, desk.config)
        assert found.ok, found.message
        (aside,) = found.aside
        assert (aside.after, aside.heads) == (made.manifest.entries, 4)  # two lines, two pages
        assert str(aside) in found.message
        heads.keep(db, desk.config)
    desk.publish(CLAIMS[3])
    with store.using(desk.config.store) as db:
        assert heads.keep(db, desk.config) and proof.prove(db, desk.config).ok


def test_a_restore_excuses_nothing_but_what_came_after_its_backup(desk: Desk) -> None:
    heads_of(desk)
    made = desk.backup()
    desk.publish(CLAIMS[1])
    with store.using(desk.config.store) as db:
        heads.keep(db, desk.config)
    assert desk.into_place(made.folder)
    kept, forged = desk.folder / "kept" / "heads", "f" * 64
    honest, past = kept.read_text(), "2026-01-01T00:00:00.000000Z"
    with store.using(desk.config.store) as db:
        later = store.stamp(store.now())
        for line, why in (
            (f"{made.manifest.entries} {forged} {past}", "is not the one noted in heads"),
            (f"{made.manifest.entries + 1} {forged} {later}", "is not the one noted in heads"),
            (f"999 {forged} {later}", "were cut off in heads"),
            (f"999 {forged}", "were cut off in heads"),
        ):
            kept.write_text(f"{honest}{line}\n")
            assert why in proof.prove(db, desk.config).message
        kept.write_text(f"{honest}999 {forged[:9]}\n")  # cut off by a full disk: no head
        assert proof.prove(db, desk.config).ok


def test_a_drill_writes_neither_to_the_backups_nor_to_the_heads_of_the_living_desk(
    desk: Desk,
) -> None:
    """The newest backup would be the drill's, and the record of the desk look forged."""
    folder, kept = desk.folder / "backups", desk.folder / "kept" / "heads"
    desk.config.path.write_text(
        'data_dir = "data"\n[desk]\nport = 1\n'
        f'[audit]\nheads = "{kept}"\n[backup]\nfolder = "{folder}"\n'
    )
    desk.config = configuration.load(desk.config.path)
    with store.using(desk.config.store) as db:
        heads.keep(db, desk.config)
    desk.backup()
    before, noted = {each.name for each in folder.iterdir()}, kept.read_bytes()
    to = desk.folder / "drill"
    assert restore.into_folder(folder, to, None, "", desk.say, drill=True)
    drill = configuration.load(to / "piyao.toml")
    assert str(folder) in desk.words and str(kept) in desk.words
    with store.using(drill.store) as db:
        clock = Shared(drill, lease.Lease(holder="drill"))
        making.back_up(clock, db)
        assert not heads.keep(db, drill) and proof.prove(db, drill).ok
    assert {each.name for each in folder.iterdir()} == before and kept.read_bytes() == noted
    assert restore.into_folder(folder, desk.folder / "moved", None, "", desk.say)
    moved = configuration.load(desk.folder / "moved" / "piyao.toml")
    assert (moved.backup, moved.audit) == (desk.config.backup, desk.config.audit)
