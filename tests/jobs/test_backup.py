"""Backups: proved by a trial restore, or named bad; the key apart; nothing half left behind."""

from __future__ import annotations

import io
import shutil
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jobs import backup as making
from jobs.shared import Desk
from models import driver, store
from models.config import BackupConfig, Config
from models.errors import ConfigError, InputError, StoreError
from models.store import Store
from models.upkeep import backup, backup_folder, restored
from models.upkeep import manifest as manifests
from notices.forms import image
from tests import published_desk
from tests.conftest import hire
from tests.published_desk import CLAIMS
from tests.reliability import process_roles


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(image, "pngs", lambda *_, **__: [b"\x89PNG"])
    return published_desk.configure(tmp_path)


@pytest.fixture
def db(config: Config) -> Iterator[Store]:
    """A desk with a notice on its site, an edition of the model, and a page that waits."""
    with store.using(config.store) as opened:
        who = hire(opened)
        published_desk.publish(opened, config, who, CLAIMS[0])
        published_desk.approve(opened, who, CLAIMS[1])
        edition = config.store.with_suffix(".models") / "2026-11-28"
        edition.mkdir(parents=True)
        (edition / "weights.npz").write_bytes(b"weights" * 99)
        yield opened


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_backup_holds_everything_but_the_key(db: Store, config: Config, tmp_path: Path) -> None:
    made = making.make(db, config, tmp_path / "backups", tmp_path / "safe")
    assert {file.name for file in made.folder.iterdir()} == {*made.manifest.parts, "manifest.json"}
    assert manifests.read(made.folder) == made.manifest
    assert manifests.check_parts(made.folder, made.manifest) == []
    assert (made.manifest.notices, made.manifest.highest) == (
        1,
        {"2026": 2} | made.manifest.highest,
    )
    assert made.key.read_bytes() == db.secret and made.key.parent == tmp_path / "safe"
    for file in made.folder.rglob("*"):
        assert rights(file) == (0o700 if file.is_dir() else 0o600), file
        assert db.secret not in file.read_bytes()
    assert rights(made.folder) == 0o700 and rights(made.key) == 0o600
    last = backup_folder.last(db)
    assert last and last[1] == str(made.folder)


def test_a_backup_needs_nothing_written_beside_it(
    db: Store, config: Config, tmp_path: Path
) -> None:
    made = making.make(db, config, tmp_path / "backups")
    before = sorted(made.folder.iterdir())
    connection = driver.library.connect(f"file:{made.folder / 'store.db'}?mode=ro", uri=True)
    assert connection.execute("SELECT count(*) FROM audit").fetchone()[0] == made.manifest.entries
    connection.close()
    assert sorted(made.folder.iterdir()) == before


def test_without_a_word_the_key_goes_beside_the_folder_and_never_into_it(
    db: Store, config: Config, tmp_path: Path
) -> None:
    made = making.make(db, config, tmp_path / "backups")
    assert made.key.parent == tmp_path / "backups.key"
    with pytest.raises(ConfigError, match="key"):
        making.make(db, config, tmp_path / "backups", tmp_path / "backups" / "keys")
    with pytest.raises(ConfigError, match="published"):
        making.make(db, config, config.public.dir / "backups")


def test_a_key_of_another_desk_is_not_taken_for_the_one_that_is_kept(
    db: Store, config: Config, tmp_path: Path
) -> None:
    """It stands under the name of ours: a flipped bit, or a hand. Its backups could not be opened."""
    made = making.make(db, config, tmp_path / "b")
    made.key.write_bytes(bytes(len(made.key.read_bytes())))
    with pytest.raises(StoreError, match="is not the key of this desk"):
        making.make(db, config, tmp_path / "b")
    assert backup_folder.newest(tmp_path / "b") == made.folder


def test_what_was_copied_without_its_manifest_is_no_backup(
    db: Store, config: Config, tmp_path: Path
) -> None:
    made = making.make(db, config, tmp_path / "b")
    half = tmp_path / "b" / "piyao-29991231-235959"
    shutil.copytree(made.folder, half, ignore=shutil.ignore_patterns(manifests.NAME))
    assert backup_folder.newest(tmp_path / "b") == made.folder
    assert backup_folder.thin(tmp_path / "b", keep=1, days=0) == [] and made.folder.is_dir()


def test_a_store_that_its_manifest_does_not_describe_is_named(
    db: Store, config: Config, tmp_path: Path
) -> None:
    made = making.make(db, config, tmp_path / "b")
    places = restored.Places(tmp_path / "else" / "piyao.db", tmp_path / "else" / "site")
    with pytest.raises(InputError, match="is not the key of this store"):
        restored.unpack(made.folder, made.manifest, bytes(32), places)
    restored.unpack(made.folder, made.manifest, made.key.read_bytes(), places)

    def said(**other: object) -> list[str]:
        return restored.examine(places, replace(made.manifest, **other), lambda *_: [])

    assert said() == []
    entries = made.manifest.entries
    assert said(entries=entries + 1) == [f"the log ends at #{entries}, not at #{entries + 1}"]
    assert said(head="0" * 64) != [], "as long, and another log"
    assert said(counts={"notices": 3, "no_such": 1}) == [
        "notices has 2 rows, not 3",
        "no_such has 0 rows, not 1",
    ]


def test_two_backups_in_one_second_have_two_names(
    db: Store, config: Config, tmp_path: Path
) -> None:
    moment = store.now()
    store.clock, before = (lambda: moment), store.clock
    try:
        names = {making.make(db, config, tmp_path / "b").folder.name for _ in range(3)}
    finally:
        store.clock = before
    assert len(names) == 3 and all(backup_folder.is_backup(tmp_path / "b" / name) for name in names)


def test_only_one_at_a_time(db: Store, config: Config, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    folder.mkdir()
    with backup_folder.alone(folder), pytest.raises(StoreError, match="another backup"):
        making.make(db, config, folder)


def bad(db: Store, config: Config, folder: Path) -> str:
    """What a backup says that cannot be proved; it is named bad, and is none."""
    with pytest.raises(StoreError, match="the backup is bad") as error:
        making.make(db, config, folder)
    (named,) = folder.glob("piyao-*.bad")
    assert (named / "faults.txt").is_file() and backup_folder.newest(folder) is None
    with pytest.raises(InputError):
        manifests.read(named)
    assert backup_folder.last(db) is None
    return str(error.value)


def test_a_log_that_was_changed_makes_a_bad_backup(
    db: Store, config: Config, tmp_path: Path
) -> None:
    for row in db.rows(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
    ):
        db.execute(f"DROP TRIGGER {row['name']}")
    db.execute("UPDATE audit SET detail = '{}' WHERE seq = 2")
    assert "the log does not verify: entry #2 was changed" in bad(db, config, tmp_path / "b")


def test_rows_without_their_parents_make_a_bad_backup(
    db: Store, config: Config, tmp_path: Path
) -> None:
    db.execute("PRAGMA foreign_keys=OFF")
    db.execute("INSERT INTO replies (post_id, native_id, text) VALUES (999999, 'r1', '真的吗')")
    db.execute("PRAGMA foreign_keys=ON")
    assert "points to no row" in bad(db, config, tmp_path / "b")


def test_a_site_that_lacks_a_page_makes_a_bad_backup(
    db: Store, config: Config, tmp_path: Path
) -> None:
    next((config.public.dir / "n").glob("*.html")).unlink()
    assert "site lacks" in bad(db, config, tmp_path / "b")


def test_a_part_that_was_written_wrong_makes_a_bad_backup(
    db: Store, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that keeps other bytes than it was given."""
    real = manifests.write

    def spoilt(manifest: manifests.Manifest) -> bytes:
        (part,) = (tmp_path / "b").glob(".part-*")
        with (part / "site.tar").open("r+b") as file:
            file.seek(700)
            file.write(b"\xff")
        monkeypatch.setattr(manifests, "write", real)
        return real(manifest)

    monkeypatch.setattr(manifests, "write", spoilt)
    assert "site.tar was changed" in bad(db, config, tmp_path / "b")


def test_pages_of_the_store_that_are_damaged_make_a_bad_backup(
    db: Store, config: Config, tmp_path: Path
) -> None:
    """The copy is as its manifest says, and the store was damaged before: an index is not its table."""
    db.conn.execute("PRAGMA writable_schema=ON")
    db.execute(
        "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'notices_by_case') WHERE name = 'approvals_by_notice'"
    )
    db.conn.execute("PRAGMA writable_schema=RESET")
    assert "the store is damaged: " in bad(db, config, tmp_path / "b")


def test_too_little_room_is_said_before_anything_is_written(
    db: Store, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1 << 20)
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StoreError, match="1 MB are free"):
        making.make(db, config, tmp_path / "b")
    assert [file.name for file in (tmp_path / "b").iterdir()] == [".lock"]


def test_what_a_killed_one_left_is_swept_away(db: Store, config: Config, tmp_path: Path) -> None:
    half = tmp_path / "b" / ".part-0123"
    half.mkdir(parents=True)
    (half / "store.db").write_bytes(b"half")
    assert backup_folder.newest(tmp_path / "b") is None
    made = making.make(db, config, tmp_path / "b")
    assert {file.name for file in (tmp_path / "b").iterdir()} == {".lock", made.folder.name}


def test_old_ones_go_and_the_last_of_each_day_stays(tmp_path: Path) -> None:
    names = [f"piyao-202611{day:02d}-{hour:02d}0000" for day in (25, 26, 27) for hour in (1, 2, 3)]
    for name in (*names, *(f"piyao-2026112{n}-010000.bad" for n in range(5))):
        (tmp_path / name).mkdir()
        if not name.endswith("bad"):
            (tmp_path / name / "manifest.json").touch()
    (tmp_path / "holiday").mkdir()
    backup_folder.thin(tmp_path, keep=2, days=2)
    left = {each.name for each in tmp_path.iterdir() if not each.name.startswith(".")}
    assert {name for name in left if "bad" not in name} == {
        "holiday",
        "piyao-20261127-030000",
        "piyao-20261127-020000",
        "piyao-20261126-030000",
    }
    assert len([name for name in left if "bad" in name]) == 3


def test_the_clock_makes_one_when_the_last_is_old_enough(
    db: Store, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(
        config, "backup", BackupConfig(folder="kept", every=900, keep=2, keep_days=0)
    )
    desk = Desk(config, model=process_roles.WEIGHTS)
    moment = store.now()
    monkeypatch.setattr(store, "clock", lambda: moment)
    for minutes, wanted in ((0, 1), (10, 1), (15, 2), (16, 2), (30, 2), (-60, 2)):
        at = moment.timestamp() + minutes * 60
        monkeypatch.setattr(store, "clock", lambda at=at: moment.fromtimestamp(at, moment.tzinfo))
        making.back_up(desk, db)
        found = [each for each in (tmp_path / "kept").iterdir() if backup_folder.is_backup(each)]
        assert len(found) == wanted, minutes
    object.__setattr__(config, "backup", BackupConfig())
    making.back_up(desk, db)  # no folder, no backup


def test_an_archive_leads_nowhere_else(tmp_path: Path) -> None:
    file = tmp_path / "evil.tar"
    for entry in (tarfile.TarInfo("../outside"), tarfile.TarInfo("link")):
        if entry.name == "link":
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc"
        with tarfile.open(file, "w") as packed:
            packed.addfile(entry, io.BytesIO(b""))
        with pytest.raises(InputError, match="evil.tar"):
            restored._extract(file, tmp_path / "site", 0o755)
    assert not (tmp_path / "outside").exists() and not (tmp_path / "site" / "link").exists()
