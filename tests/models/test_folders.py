"""Modes: what holds people's words is closed, what the public reads is open, whatever the umask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import folders, store
from notices.channels.folder import Folder


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_a_new_store_its_wal_and_its_key_are_for_one_account(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "data" / "piyao.db"
    with store.using(path):
        for name in ("piyao.db", "piyao.db-wal", "piyao.db-shm", "piyao.key"):
            assert mode(path.with_name(name)) == 0o600, name
    assert mode(path.parent) == 0o700


def test_an_account_may_use_its_own_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o377)
    try:
        folders.make_closed(tmp_path / "data")
        folders.private(tmp_path / "data" / "piyao.key").close()
    finally:
        os.umask(before)
    assert (mode(tmp_path / "data"), mode(tmp_path / "data" / "piyao.key")) == (0o700, 0o600)


def test_a_new_file_is_closed_from_its_first_moment(
    tmp_path: Path, umask: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "chmod", lambda *_: None)  # the moment before it
    folders.private(tmp_path / "piyao.key").close()
    assert mode(tmp_path / "piyao.key") & 0o077 == 0


def test_the_site_is_for_every_reader(tmp_path: Path, umask: int) -> None:
    site = Folder(tmp_path / "site")
    with site.lock():
        site.write("n/2026-1.html", b"x")
    assert [mode(site.root / name) for name in ("", "n", "n/2026-1.html")] == [0o755, 0o755, 0o644]
    assert mode(site.root / ".lock") == 0o600


def test_a_site_that_was_closed_is_opened_and_one_that_is_more_open_is_left(tmp_path: Path) -> None:
    site = Folder(tmp_path / "site")
    site.root.mkdir(mode=0o700)
    with site.lock():
        assert mode(site.root) == 0o755
    site.root.chmod(0o775)
    with site.lock():
        assert mode(site.root) == 0o775


def test_an_old_store_is_closed_and_each_file_is_said_once(tmp_path: Path) -> None:
    path = tmp_path / "data" / "piyao.db"
    with store.using(path):
        pass
    for each in (path, path.with_suffix(".key"), path.parent):
        each.chmod(0o755)
    (path.parent / "piyao.models").mkdir(mode=0o755)
    said = folders.close(path)
    assert len(said) == 4 and all("open to other accounts (755)" in line for line in said)
    assert [mode(each) for each in (path, path.with_suffix(".key"))] == [0o600, 0o600]
    assert mode(path.parent) == mode(path.parent / "piyao.models") == 0o700
    assert folders.close(path) == []


def test_a_folder_that_holds_the_configuration_too_keeps_its_mode(tmp_path: Path) -> None:
    with store.using(tmp_path / "piyao.db"):
        pass
    (tmp_path / "piyao.toml").touch()
    tmp_path.chmod(0o755)
    (tmp_path / "piyao.db").chmod(0o644)
    assert len(folders.close(tmp_path / "piyao.db")) == 1
    assert (mode(tmp_path), mode(tmp_path / "piyao.db")) == (0o755, 0o600)


def test_what_a_link_leads_to_is_left_as_it_is(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / "data" / "piyao.db", tmp_path / "elsewhere"
    with store.using(path):
        pass
    elsewhere.mkdir(mode=0o755)
    (path.parent / "piyao.models").symlink_to(elsewhere)
    assert folders.close(path) == []
    assert mode(elsewhere) == 0o755


def test_nothing_is_said_of_a_store_that_is_not_there(tmp_path: Path) -> None:
    assert folders.close(tmp_path / "none" / "piyao.db") == []


def test_the_folder_that_shuts_a_web_server_out_is_named(tmp_path: Path) -> None:
    site = tmp_path / "shut" / "site"
    site.mkdir(parents=True)
    (tmp_path / "shut").chmod(0o700)
    assert folders.shut_above(site) == tmp_path / "shut"
