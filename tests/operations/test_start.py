"""What ``piyao up`` starts, and what it says of the site's folder before it does."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from models import config
from models.errors import ConfigError
from operations import processes, start


def load(folder: Path, text: str) -> config.Config:
    path = folder / "piyao.toml"
    path.write_text(text, encoding="utf-8")
    return config.load(path)


def test_the_site_has_a_process_of_its_own_unless_a_web_server_serves_it(tmp_path: Path) -> None:
    assert [*processes.commands(load(tmp_path, ""))] == ["desk", "schedule", "public"]
    apart = load(tmp_path, "[public]\nserve = false\n")
    assert [*processes.commands(apart)] == ["desk", "schedule"]


def test_a_site_that_no_web_server_could_read_is_said(tmp_path: Path) -> None:
    assert start.unreadable(load(tmp_path, "")) == []
    (said,) = start.unreadable(load(tmp_path, '[public]\ndir = "site"\n'))
    assert "inside the data folder" in said and str(tmp_path / "piyao-site") in said
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    found = start.unreadable(load(shut, "[public]\nserve = false\n"))
    assert any(str(shut) in line for line in found)


def test_a_port_of_the_site_that_is_taken_names_its_section(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        made = load(tmp_path, f"[desk]\nport = 1\n[public]\nport = {port}\n")
        monkeypatch.setattr(start, "PATIENCE", 0.0)
        with pytest.raises(ConfigError, match=rf":{port} .*under \[public\]"):
            start._free(made, "public", made.public.host, made.public.port)
