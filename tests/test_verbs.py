"""The command: every verb, its exit code and its words; what goes wrong is one sentence.

What a verb does beyond its words is tried where its module has its tests.
"""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

import piyao
from models import config as configuration
from models import store
from models.people import officers
from models.roles import Role
from operations import start
from tests.http_server import Answer, Server


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "piyao.toml"
    path.write_text('data_dir = "data"\n', encoding="utf-8")
    return path


def said(words: list[str], code: int = 0) -> str:
    """What a verb that ends with ``code`` says; never a traceback."""
    found = CliRunner().invoke(piyao.main, words, env={"COLUMNS": "200"})
    assert found.exit_code == code, found.output
    assert found.exception is None or isinstance(found.exception, SystemExit)
    return found.output


def test_init_writes_a_file_that_is_read_and_never_writes_over_one(tmp_path: Path) -> None:
    path = tmp_path / "new.toml"
    assert "piyao up" in said(["init", "--config", str(path)])
    assert configuration.load(path).desk.port == 8400
    assert "is there already" in said(["init", "--config", str(path)], 1)


@pytest.mark.slow
def test_once_crawls_one_feed_and_shows_its_claims() -> None:
    with Server() as server:
        server.answers["/robots.txt"] = Answer(status=404)
        server.answers["/feed"] = Answer(
            b"<rss version='2.0'><channel><title>t</title><item><guid>1</guid><description>"
            + "紧急扩散！车牌浙BL1234的车刚从武汉回来，车上有确诊患者，快转给家人".encode()
            + b"</description></item></channel></rss>",
            headers={"Content-Type": "application/rss+xml"},
        )
        address = f"http://127.0.0.1:{server.port}/feed"
        shown = said(["once", "--source", address, "--allow-private"])
        assert "1 posts, 1 claims shown" in shown and "浙BL" in shown
        gone = f"http://127.0.0.1:{server.port}/gone"
        assert "404" in said(["once", "--source", gone, "--allow-private"], 1)


def test_train_simulate_and_score_say_which_file_cannot_be_read(tmp_path: Path) -> None:
    none, out = str(tmp_path / "none.jsonl"), str(tmp_path / "out")
    for words in (
        ["train", none, "--out", out],
        ["simulate", none],
        ["score", none, "--out", out],
    ):
        answer = said(words, 1)
        assert answer.splitlines()[-1].startswith(f"Error: {none}")


def test_the_shipped_model_is_listed_and_an_unknown_one_refused(config: Path) -> None:
    store.open(config.parent / "data" / "piyao.db").close()
    assert "没有新的核定可学" in said(["model", "renew", "--config", str(config)])
    assert len(said(["model", "list", "--config", str(config)]).splitlines()) > 1
    assert "nothing" in said(["model", "use", "nothing", "--config", str(config)], 1)


def test_an_officer_is_made_and_reset_and_the_code_said_once(config: Path) -> None:
    add = ["officer", "add", "hecha", "--config", str(config), "--role", "verifier"]
    assert "hecha  one-time code: " in said([*add, "--field", "epidemic"])
    assert "hecha  one-time code: " in said(["officer", "reset", "hecha", "--config", str(config)])
    assert "nobody" in said(["officer", "reset", "nobody", "--config", str(config)], 1)
    with store.using(config.parent / "data" / "piyao.db") as db:
        (made,) = officers.all(db)
        assert (made.username, made.role) == ("hecha", Role.VERIFIER)
    assert "weather" in said([*add, "--field", "weather"], 1)


def test_claims_come_in_are_listed_and_go(config: Path, tmp_path: Path) -> None:
    known, end = tmp_path / "known.csv", ["--config", str(config)]
    known.write_text("说法,结论\n喝高度白酒可以杀死体内的新冠病毒,不实\n", encoding="utf-8")
    told = said(["claims", "import", str(known), "--name", "邻市", *end])
    assert "1 new" in told
    assert "白酒" in said(["claims", "list", "--origin", "邻市", *end])
    assert said(["claims", "withdraw", "1", *end]).startswith("withdrawn: 喝高度白酒")
    assert "白酒" not in said(["claims", "list", "--origin", "邻市", *end])


def test_a_clock_that_nobody_doubts_needs_no_word(config: Path) -> None:
    store.open(config.parent / "data" / "piyao.db").close()
    assert "nobody doubts the clock" in said(["clock", "accept", "--config", str(config)], 1)


def test_the_site_is_drawn_anew(config: Path) -> None:
    store.open(config.parent / "data" / "piyao.db").close()
    assert "drawn anew" in said(["site", "rebuild", "--config", str(config)])
    assert (config.parent / "data-site" / "index.html").is_file()


def test_a_desk_is_backed_up_and_restored(config: Path, tmp_path: Path) -> None:
    end = ["--config", str(config)]
    assert "there is no store" in said(["backup", "--to", str(tmp_path / "b"), *end], 1)
    assert "there is no store" in said(["site", "rebuild", *end], 1)
    store.open(config.parent / "data" / "piyao.db").close()
    assert "names no folder" in said(["backup", *end], 1)
    told = said(["backup", "--to", str(tmp_path / "b"), "--key-to", str(tmp_path / "k"), *end])
    assert "restored on trial and whole" in told and "Keep it elsewhere" in told
    back = ["restore", str(tmp_path / "b"), "--key", str(tmp_path / "k")]
    told = said([*back, "--to", str(tmp_path / "new")])
    assert "Start it with: piyao up --config" in told
    assert "is not empty" in said([*back, "--to", str(tmp_path / "new")], 1)
    assert "a store is here already" in said([*back, *end], 1)
    assert "put aside" in said([*back, "--replace", *end])
    assert "is no backup" in said(["restore", str(tmp_path / "k"), *end, "--replace"], 1)


VERBS = {
    "up": "up",
    "clock": "clock accept",
    "verify": "audit verify",
    "officer": "officer add x --role admin",
    "reset": "officer reset x",
    "list": "model list",
    "use": "model use x",
    "renew": "model renew",
    "claims": "claims list",
    "withdraw": "claims withdraw 1",
    "import": "claims import {folder}/known.csv --name x",
    "rebuild": "site rebuild",
    "backup": "backup --to {folder}/b",
}


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_begins_a_new_desk_in_the_place_of_a_lost_one(
    config: Path, tmp_path: Path, verb: str
) -> None:
    """The whole data folder is gone, key and all; what it published is still there."""
    (tmp_path / "known.csv").write_text("说法,结论\n三号桥今晚封闭,不实\n", encoding="utf-8")
    page = config.parent / "data-site" / "n" / "2026-1.json"
    page.parent.mkdir(parents=True)
    page.write_text("{}")
    words = VERBS[verb].format(folder=tmp_path).split()
    assert "notices are published in" in said([*words, "--config", str(config)], 1)
    assert not (config.parent / "data" / "piyao.db").exists()


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
