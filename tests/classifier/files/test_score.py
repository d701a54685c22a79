import csv
import gzip
import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc

import pytest
from click.testing import CliRunner
from rich.progress import Progress

import piyao
from classifier.files import resumable
from classifier.files import score as scoring
from classifier.ranking import model
from models.errors import InputError
from models.files import lines
from models.harm import Topic
from models.ranking import need
from tests.where import ROOT

pytestmark = pytest.mark.slow

SAMPLE = ROOT / "crawler" / "sample" / "posts.jsonl"
STORY = "车牌号浙BL1234的车刚从武汉回到白兔潭，看到要报警"


@pytest.fixture(scope="module")
def shipped():
    return model.load()


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_bad_line_costs_that_line_and_says_why(tmp_path, shipped):
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    good = [
        {"id": 1, "text": STORY},
        {"id": 2, "text": "吃面", "replies": ["求证", {"text": "假的吧"}]},
    ]
    bad = [
        ('{"text":"国标"}'.encode("gbk"), "UTF-8"),
        (b'{"text":"' + b"a" * (lines.MOST + 1) + b'"}', "MB"),
        (b"[" * 20_000, "嵌套"),
        (b"not json", "JSON"),
        (b'{"text": 5}', "text"),
        (b"7", "对象"),
    ]
    told = [json.dumps(row, ensure_ascii=False).encode() for row in good]
    path.write_bytes(b"\n".join([told[0], *(line for line, _ in bad), b"", told[1]]))
    with Progress(disable=True) as progress:
        report = scoring.score_file(path, out, shipped, progress)
    assert [row["id"] for row in read(out)] == ["1", "2"]
    assert read(out)[1]["doubts"] == 2
    assert (report.scored, report.broken) == (2, len(bad))
    for (line, why), (_, word) in zip(report.troubles, bad, strict=True):
        assert word in why and line >= 2


def test_a_lone_surrogate_and_a_nul_are_scored_and_not_lost(tmp_path, shipped):
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text('{"text":"a\\ud800b"}\n{"text":"c\\u0000d"}\n', encoding="utf-8")
    assert scoring.score_file(path, out, shipped).scored == 2
    assert [row["text"] for row in read(out)] == ["a\ufffdb", "cd"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_spreadsheet_of_posts_is_read_in_its_own_encoding(tmp_path, shipped, encoding):
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_bytes('编号,正文\n甲,"两行\n正文，很长"\n乙,=1+1\n'.encode(encoding))
    report = scoring.score_file(path, out, shipped)
    assert (report.scored, report.broken) == (2, 0)
    with out.open(encoding="utf-8-sig", newline="") as told:
        rows = list(csv.DictReader(told))
    assert [row["id"] for row in rows] == ["甲", "乙"]
    assert rows[1]["text"] == "'=1+1", "no spreadsheet may run what a post says"


def test_an_unclosed_quote_does_not_swallow_the_file(tmp_path, shipped):
    path, out = tmp_path / "in.csv", tmp_path / "out.jsonl"
    filler = "\n".join(f"{i},正文 {i}" for i in range(1_000))
    path.write_text(f'id,text\n0,"没有收尾\n{filler}\n', encoding="utf-8")
    report = scoring.score_file(path, out, _Quick())
    assert report.scored == 1_000 and report.troubles == [(2, "引号没有收尾")]


class _Quick:
    version = "quick"

    def rate(self, documents, posts):
        return [model.Rating(0.5, ()) for _ in posts]


def test_a_long_file_is_scored_in_constant_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(scoring.topics, "topic_of", lambda text: Topic.OTHER)
    path = tmp_path / "in.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as out:
        for i in range(8_000):
            out.write(json.dumps({"id": i, "text": f"{STORY}{i}" * 40}) + "\n")
    tracemalloc.start()
    report = scoring.score_file(path, tmp_path / "out.jsonl", _Quick())
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.scored == 8_000
    assert most < 20_000_000


def test_a_file_without_text_or_a_missing_one_is_refused(tmp_path, shipped):
    path = tmp_path / "in.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="column"):
        scoring.score_file(path, tmp_path / "out.csv", shipped)
    assert not (tmp_path / "out.csv").exists()
    with pytest.raises(InputError):
        scoring.score_file(tmp_path / "none.jsonl", tmp_path / "out.jsonl", shipped)
    with pytest.raises(InputError, match="same"):
        scoring.score_file(path, path, shipped)


def test_words_are_those_of_the_pages(tmp_path):
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text(json.dumps({"text": "吃面"}) + "\n", encoding="utf-8")
    scoring.score_file(path, out, _Quick())
    assert read(out)[0]["word"] == need.word(0.5)


def many(path, n=600):
    """A file of ``n`` posts of the sample forum, with a bad line now and then."""
    bodies = [json.loads(line)["text"] for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    with path.open("w", encoding="utf-8") as told:
        for i in range(n):
            row = {"id": i, "text": f"{bodies[i % len(bodies)]} {i}", "replies": ["求证"]}
            told.write((json.dumps(row) if i % 97 else "{broken") + "\n")
    return path


@pytest.mark.kill
def test_killed_in_the_middle_it_goes_on_where_it_stopped(tmp_path, shipped):
    path, whole = many(tmp_path / "in.jsonl", 1_800), tmp_path / "whole.csv"
    out, note = tmp_path / "o.csv", tmp_path / "o.csv.part.json"
    said = scoring.score_file(path, whole, shipped)
    order = [sys.executable, "-m", "piyao", "score", str(path), "--out", str(out), "--jobs", "2"]
    run = subprocess.Popen(order, stderr=subprocess.DEVNULL, cwd=ROOT)
    while run.poll() is None and not note.exists():
        time.sleep(0.005)
    run.send_signal(signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL and not out.exists()
    assert json.loads(note.read_text())["rows"]
    report = scoring.score_file(path, out, shipped)
    assert report.resumed and out.read_bytes() == whole.read_bytes()
    assert (report.scored, report.broken) == (said.scored, said.broken)
    assert report.troubles == said.troubles
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "o.csv", "whole.csv"]


def test_several_processes_give_the_same_bytes_in_the_same_order(tmp_path, shipped):
    path = many(tmp_path / "in.jsonl")
    scoring.score_file(path, tmp_path / "one.jsonl", shipped)
    scoring.score_file(path, tmp_path / "two.jsonl", shipped, jobs=2)
    assert (tmp_path / "two.jsonl").read_bytes() == (tmp_path / "one.jsonl").read_bytes()


def test_other_weights_or_another_input_start_anew(tmp_path):
    path, out = many(tmp_path / "in.jsonl", 50), tmp_path / "out.jsonl"
    mark = resumable.mark(path, "quick", "jsonl")
    with resumable.opened(out, mark) as work:
        work.add(b"half\n", 1, {})
        work.note()
    with resumable.opened(out, mark) as work:
        assert work.at.rows == 1
    path.write_text(path.read_text() + "\n")
    report = scoring.score_file(path, out, _Quick())
    assert not report.resumed and report.read == 50


def test_two_runs_never_write_one_output(tmp_path):
    path, out = many(tmp_path / "in.jsonl", 5), tmp_path / "out.jsonl"
    with resumable.opened(out, "mark"), pytest.raises(InputError, match="another process"):
        scoring.score_file(path, out, _Quick())


def test_parquet_is_read_in_pieces(tmp_path, shipped):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path, out = tmp_path / "in.parquet", tmp_path / "out.jsonl"
    told = {"id": [7, 8, 9], "text": [STORY, None, "吃面"], "replies": [["求证"], [], None]}
    parquet.write_table(arrow.table(told), path)
    report = scoring.score_file(path, out, shipped)
    assert [(row["id"], row["doubts"]) for row in read(out)] == [("7", 1), ("9", 0)]
    assert report.troubles == [(2, "没有正文（text）")]
    path.write_bytes(b"PAR1 broken")
    with pytest.raises(InputError, match="cannot be read"):
        scoring.score_file(path, out, shipped)


def test_a_parquet_row_that_python_cannot_hold_costs_that_row(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path, out = tmp_path / "in.parquet", tmp_path / "out.jsonl"
    text = arrow.array([b"\xff\xfe", *["吃面".encode()] * 2]).cast(arrow.binary())
    text = arrow.Array.from_buffers(arrow.string(), 3, text.buffers())
    day = arrow.array([0, 2**53, 0], arrow.timestamp("ms"))
    parquet.write_table(arrow.table({"text": text, "id": day}), path)
    report = scoring.score_file(path, out, _Quick())
    assert report.scored == 1 and [line for line, _ in report.troubles] == [1, 2]


def test_a_spoilt_gzip_file_is_one_sentence(tmp_path):
    path = tmp_path / "in.jsonl.gz"
    body = bytearray(gzip.compress(many(tmp_path / "in.jsonl").read_bytes()))
    body[30] ^= 0xFF  # in the tables of the first block: a fault of zlib, not of gzip
    path.write_bytes(body)
    with pytest.raises(InputError, match="check the"):
        scoring.score_file(path, tmp_path / "out.jsonl", _Quick())


def test_capitals_in_a_name_change_nothing(tmp_path):
    path = tmp_path / "IN.CSV.GZ"
    path.write_bytes(gzip.compress("id,text\n1,吃面\n".encode()))
    assert scoring.score_file(path, tmp_path / "out.jsonl", _Quick()).scored == 1


def test_a_promise_about_one_input_is_not_kept_with_the_bytes_of_another(tmp_path):
    out = tmp_path / "out.jsonl"
    with resumable.opened(out, "first") as work:
        work.add(b"first\n", 1, {})
        work.note()
    with resumable.opened(out, "second") as work:
        work.add(b"2nd, before it noted anything\n", 1, {})
    with resumable.opened(out, "first") as work:
        assert not work.at.rows and not (tmp_path / "out.jsonl.part").stat().st_size


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_no_cell_begins_a_formula(tmp_path, first):
    path, out = tmp_path / "in.jsonl", tmp_path / "out.csv"
    path.write_text(json.dumps({"id": f"{first}1+1", "text": f"x {first}"}) + "\n")
    scoring.score_file(path, out, _Quick())
    with out.open(encoding="utf-8-sig", newline="") as told:
        assert list(csv.DictReader(told))[0]["id"] == f"'{first}1+1"


@pytest.mark.parametrize("name", ["in.csv", "in.jsonl", "in.json"])
def test_a_file_of_rubbish_exits_with_one_sentence_and_leaves_nothing(tmp_path, name):
    path, out = tmp_path / name, tmp_path / "out.csv"
    path.write_text("text\n" + '"' * 3 if name == "in.csv" else "{broken\n{broken\n")
    done = CliRunner().invoke(piyao.main, ["score", str(path), "--out", str(out)])
    assert done.exit_code == 1 and done.output.splitlines()[-1].startswith("Error: ")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["out.xlsx", "out.XLSX", "out.ods", "out.parquet", "folder.csv"])
def test_an_output_that_cannot_be_written_is_refused_before_any_work(tmp_path, name):
    path = many(tmp_path / "in.jsonl", 5)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match="csv"):
        scoring.score_file(path, tmp_path / name, _Quick())
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("name", ["in.jsonl", "in.csv", "in.parquet"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match="pipe"):
        scoring.score_file(tmp_path / name, tmp_path / "out.csv", _Quick())


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"note_id": "7", "title": "桥封了", "desc": "江北大桥今晚封"}, "江北大桥今晚封"),
        ({"微博id": "7", "微博正文": "江北大桥今晚封"}, "江北大桥今晚封"),
        ({"id": 7, "content": "江北大桥今晚封", "Title": ""}, "江北大桥今晚封"),
        ({"id": 7, "标题": "江北大桥今晚封", "正文": " "}, "江北大桥今晚封"),
    ],
)
@pytest.mark.parametrize("wrap", [list, lambda rows: {"user": {"id": 1}, "weibo": list(rows)}])
def test_the_columns_of_the_usual_crawlers_are_known(tmp_path, row, text, wrap):
    path = tmp_path / "in.json"
    path.write_text(json.dumps(wrap([row])), encoding="utf-8")
    scoring.score_file(path, tmp_path / "out.jsonl", _Quick())
    assert [(one["id"], one["text"]) for one in read(tmp_path / "out.jsonl")] == [("7", text)]
