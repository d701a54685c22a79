import csv
import gzip
import json
import tracemalloc

import pytest
from rich.progress import Progress

from classifier import files, lines, model
from models.errors import InputError
from models.records import Topic

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
        report = files.score_file(path, out, shipped, progress)
    assert [row["id"] for row in read(out)] == ["1", "2"]
    assert read(out)[1]["doubts"] == 2
    assert (report.scored, report.broken) == (2, len(bad))
    for (line, why), (_, word) in zip(report.troubles, bad, strict=True):
        assert word in why and line >= 2


def test_a_lone_surrogate_and_a_nul_are_scored_and_not_lost(tmp_path, shipped):
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text('{"text":"a\\ud800b"}\n{"text":"c\\u0000d"}\n', encoding="utf-8")
    assert files.score_file(path, out, shipped).scored == 2
    assert [row["text"] for row in read(out)] == ["a\ufffdb", "cd"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_spreadsheet_of_posts_is_read_in_its_own_encoding(tmp_path, shipped, encoding):
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_bytes('编号,正文\n甲,"两行\n正文，很长"\n乙,=1+1\n'.encode(encoding))
    report = files.score_file(path, out, shipped)
    assert (report.scored, report.broken) == (2, 0)
    with out.open(encoding="utf-8-sig", newline="") as told:
        rows = list(csv.DictReader(told))
    assert [row["id"] for row in rows] == ["甲", "乙"]
    assert rows[1]["text"] == "'=1+1", "no spreadsheet may run what a post says"


def test_an_unclosed_quote_does_not_swallow_the_file(tmp_path, shipped):
    path, out = tmp_path / "in.csv", tmp_path / "out.jsonl"
    filler = "\n".join(f"{i},正文 {i}" for i in range(1_000))
    path.write_text(f'id,text\n0,"没有收尾\n{filler}\n', encoding="utf-8")
    report = files.score_file(path, out, _Quick())
    assert report.scored == 1_000 and report.troubles == [(2, "引号没有收尾")]


class _Quick:
    def score(self, posts):
        return [model.Rating(0.5, ()) for _ in posts]


def test_a_long_file_is_scored_in_constant_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(files.topics, "topic_of", lambda text: Topic.OTHER)
    path = tmp_path / "in.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as out:
        for i in range(8_000):
            out.write(json.dumps({"id": i, "text": f"{STORY}{i}" * 40}) + "\n")
    tracemalloc.start()
    report = files.score_file(path, tmp_path / "out.jsonl", _Quick())
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.scored == 8_000
    assert most < 20_000_000


def test_a_file_without_text_or_a_missing_one_is_refused(tmp_path, shipped):
    path = tmp_path / "in.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="column"):
        files.score_file(path, tmp_path / "out.csv", shipped)
    assert not (tmp_path / "out.csv").exists()
    with pytest.raises(InputError):
        files.score_file(tmp_path / "none.jsonl", tmp_path / "out.jsonl", shipped)
    with pytest.raises(InputError, match="same"):
        files.score_file(path, path, shipped)


@pytest.mark.parametrize(
    ("risk", "word"),
    [(1.0, "很高"), (0.9, "很高"), (0.7, "较高"), (0.4, "中"), (0.15, "较低"), (0.0, "低")],
)
def test_a_risk_has_its_word(risk, word):
    assert files.word(risk) == word
