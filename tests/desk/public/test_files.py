"""A file of the public site is opened once: what is told of it is of the bytes that are sent."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from wsgiref.util import FileWrapper

import pytest

from desk.public import files, server

OLD, NEW = b"<p>old</p>" * 40_000, b"<p>new, and longer</p>" * 40_000


def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    (root / "notices").mkdir(parents=True)
    (root / "notices" / "index.html").write_bytes(OLD)
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return root


def replace(file: Path, content: bytes) -> None:
    """As the channel writes: whole, beside it, and then in its place."""
    fresh = file.with_name("fresh")
    fresh.write_bytes(content)
    fresh.replace(file)


def asked(
    root: Path, path: str, meanwhile: Callable[[], object] = lambda: None
) -> tuple[int, bytes]:
    """(Content-Length, body) of a GET; ``meanwhile`` happens once the answer has begun."""
    told: dict[str, str] = {}
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "wsgi.file_wrapper": FileWrapper}
    answer = server.application(root, {})(environ, lambda _, headers: told.update(headers))
    meanwhile()
    return int(told.get("Content-Length", -1)), b"".join(answer)


@pytest.mark.parametrize("end", [replace, lambda file, _: file.unlink()])
def test_what_is_replaced_or_gone_while_it_is_served_is_served_whole(
    tmp_path: Path, end: Callable[[Path, bytes], object]
) -> None:
    root = site(tmp_path)
    file = root / "notices" / "index.html"
    length, body = asked(root, "/notices/", lambda: end(file, NEW))
    assert (length, body) == (len(OLD), OLD)


def test_while_a_page_is_replaced_again_and_again_it_is_old_or_new(tmp_path: Path) -> None:
    root = site(tmp_path)
    file, done = root / "notices" / "index.html", threading.Event()

    def writer() -> None:
        while not done.is_set():
            for content in (NEW, OLD):
                replace(file, content)

    thread = threading.Thread(target=writer)
    thread.start()
    try:
        for _ in range(300):
            length, body = asked(root, "/notices/")
            assert body in (OLD, NEW) and length == len(body)
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("where", ["file", "folder", "index", "chain"])
def test_a_link_leads_nowhere(tmp_path: Path, where: str) -> None:
    root, outside = site(tmp_path), tmp_path / "outside"
    outside.mkdir()
    (outside / "index.html").write_text("secret", encoding="utf-8")
    if where == "file":
        (root / "leak.txt").symlink_to(tmp_path / "secret.txt")
    elif where == "folder":
        (root / "leak.txt").symlink_to(outside)
    elif where == "index":
        (root / "leak.txt").mkdir()
        (root / "leak.txt" / "index.html").symlink_to(outside / "index.html")
    else:
        (root / "inner").symlink_to(outside)
        (root / "leak.txt").symlink_to(root / "inner")
    for path in ("leak.txt", "leak.txt/", "leak.txt/index.html", "inner/index.html"):
        assert files.find(root, path) is None, path


def test_a_folder_that_becomes_a_link_between_two_steps_leads_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, outside = site(tmp_path), tmp_path / "outside"
    outside.mkdir()
    (outside / "index.html").write_text("secret", encoding="utf-8")
    opened = os.open

    def swapped(path: object, flags: int, *rest: object, **named: object) -> int:
        if path == "notices" and not (root / "notices").is_symlink():
            (root / "notices").rename(root / "gone")
            (root / "notices").symlink_to(outside)
        return opened(path, flags, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", swapped)
    assert files.find(root, "notices/index.html") is None


@pytest.mark.parametrize(
    "path", ["../secret.txt", "notices/../../secret.txt", ".lock", ".git/config", "notices/.."]
)
def test_nothing_above_the_site_and_nothing_hidden_is_served(tmp_path: Path, path: str) -> None:
    root = site(tmp_path)
    (root / "index.html").write_bytes(OLD)
    (root / ".git").mkdir()
    for name in (".lock", ".git/config"):
        (root / name).write_text("hidden", encoding="utf-8")
    assert files.find(root, path) is None


def test_a_pipe_or_a_device_keeps_nobody(tmp_path: Path) -> None:
    root = site(tmp_path)
    os.mkfifo(root / "pipe.txt")
    assert files.find(root, "pipe.txt") is None


def test_nothing_stays_open(tmp_path: Path) -> None:
    root = site(tmp_path)
    before = len(os.listdir("/proc/self/fd"))
    for path in ("", "notices", "notices/index.html", "nothing", ".hidden", "a\0b", "a" * 300):
        found = files.find(root, path)
        if found is not None:
            found.content.close()
    assert len(os.listdir("/proc/self/fd")) == before
