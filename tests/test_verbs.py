"""The command: what goes wrong is one sentence, and what would prove nothing is refused."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

import piyao
from models import store
from operations import start


def test_a_folder_that_cannot_be_one_is_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("x")
    found = CliRunner().invoke(piyao.main, ["demo", "--folder", str(place)])
    assert (found.exit_code, found.exception.__class__) == (1, SystemExit)
    assert found.output == f"Error: {place}: Not a directory\n"


@pytest.mark.parametrize("half", [("--seq", "1"), ("--hash", "0" * 64)])
def test_half_of_a_noted_head_is_refused(tmp_path: Path, half: tuple[str, str]) -> None:
    """It compared nothing and said that the chain is whole."""
    config = tmp_path / "piyao.toml"
    config.write_text('data_dir = "data"\n')
    store.open(tmp_path / "data" / "piyao.db").close()
    verify = ["audit", "verify", "--config", str(config)]
    assert CliRunner().invoke(piyao.main, verify).exit_code == 0
    assert CliRunner().invoke(piyao.main, [*verify, *half]).exit_code == 2
    both = CliRunner().invoke(piyao.main, [*verify, "--seq", "1", "--hash", "0" * 64])
    assert (both.exit_code, "cut off" in both.output) == (1, True)


def test_a_desk_whose_port_is_taken_says_so_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever held the port answered, and the desk was said to be there."""
    monkeypatch.setattr(start, "PATIENCE", 0.0)
    config = tmp_path / "piyao.toml"
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        config.write_text(f'data_dir = "data"\n[desk]\nport = {port}\n')
        found = CliRunner().invoke(piyao.main, ["up", "--config", str(config)])
    assert found.exit_code == 1 and f"127.0.0.1:{port}" in found.output
    assert "password" not in found.output and not (tmp_path / "data" / "piyao.db").exists()
