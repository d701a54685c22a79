"""One reader for every file: tables and JSON as spreadsheets and crawlers save them."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InputError
from models.files.named import Row
from models.files.opened import opened
from models.files.rows import ENOUGH, rows

TEXT = "大家都说江北大桥今天夜里要封"
WANTED = [{"id": "1", "正文": TEXT}, {"id": "2", "正文": "医院门口排了很长的队"}]


def found(body: bytes | str, **how: bool) -> list[Row]:
    body = body.encode() if isinstance(body, str) else body
    return [row for row in rows(io.BytesIO(body), **how) if not row.header]


def values(body: bytes | str) -> list[object]:
    return [row.value for row in found(body) if not row.trouble]


def table(mark: str, end: str = "\n", head: str = "") -> str:
    lines = [f"id{mark}正文", *(f"{row['id']}{mark}{row['正文']}" for row in WANTED)]
    return head + "".join(line + end for line in lines)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_a_table_is_read_as_it_was_saved(mark: str, end: str, codec: str) -> None:
    assert values(table(mark, end).encode(codec)) == WANTED
    assert values(table(mark, end, f"sep={mark}{end}").encode(codec)) == WANTED


@pytest.mark.parametrize("cell", ['"两行\n正文，很长"', '"他说""真的""吗"', '"a;b,c\td"'])
def test_what_is_quoted_is_one_cell(cell: str) -> None:
    told = cell[1:-1].replace('""', '"')
    assert values(f"id,正文\n1,{cell}\n") == [{"id": "1", "正文": told}]


@pytest.mark.parametrize(
    "document",
    [
        json.dumps(WANTED), json.dumps(WANTED, indent=1, ensure_ascii=False),
        "\n".join(map(json.dumps, WANTED)), "\ufeff" + json.dumps(WANTED, ensure_ascii=False),
        json.dumps(WANTED)[:-1] + ",]",
    ],
)  # fmt: skip
def test_json_is_read_however_it_is_laid_out(document: str) -> None:
    assert values(document) == WANTED


def test_a_broken_element_costs_itself_and_is_told_with_its_line() -> None:
    broken = json.dumps(WANTED, indent=1).replace('"id": "1"', '"id" "1"')
    (bad, good) = found(broken)
    assert bad.trouble.startswith("JSON 写坏了") and bad.number == 2
    assert good.value == WANTED[1]
    assert [row.trouble for row in found(json.dumps(WANTED)[:-1])] == [
        "",
        "",
        "JSON 到这里断了，后面没有了",
    ]


def test_a_row_with_more_cells_than_the_header_is_told_and_not_cut() -> None:
    (row,) = found("id,正文\n1,先停水,再停电\n")
    assert "3 格" in row.trouble
    assert values("正文\n先停水,再停电\n") == [{"正文": "先停水,再停电"}]


def test_a_line_in_another_encoding_costs_that_line() -> None:
    body = (table(",") * 3).encode() + "3,国标\n".encode("gbk") + "4,又是一行\n".encode()
    assert [bool(row.trouble) for row in found(body)][-2:] == [True, False]


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        b"text\n" + b"a" * 15_000_000, b'[{"text":"' + b"a" * 15_000_000,
        b'{"text":"' + b"a" * 15_000_000, b"[" * 15_000_000, b"\xff" * 15_000_000, b"\0" * 5_000_000,
    ],
    ids=["table", "array", "object", "brackets", "bytes", "zeroes"],
)  # fmt: skip
def test_a_line_of_fifteen_megabytes_is_refused_at_once(body: bytes) -> None:
    troubles = [row for row in found(body) if row.trouble]
    assert troubles and not any(row.value for row in troubles)


def test_a_file_of_rubbish_is_given_up() -> None:
    with pytest.raises(InputError, match="都读不了"):
        found('[{"a"},' + '{"a"},' * ENOUGH)
    with pytest.raises(InputError, match="空的"):
        found(b" \n")
    with pytest.raises(InputError, match="网页"):
        found("<html>")


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=30), min_size=1), max_size=20)
)
def test_an_array_says_what_python_says(document: list[dict[str, str]]) -> None:
    assert values(json.dumps(document)) == document


@pytest.mark.parametrize("kind", ["fifo", "folder", "device", "missing", "nul"])
def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "in.csv"
    if kind == "fifo":
        os.mkfifo(path)
    where = {"folder": tmp_path, "device": Path("/dev/zero"), "nul": Path("a\0b")}.get(kind, path)
    with pytest.raises(InputError), opened(where):
        raise AssertionError


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"\x89PNG\r\n"])
def test_a_workbook_or_a_picture_is_refused_by_its_first_bytes(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(head + b"\0" * 100)
    with pytest.raises(InputError, match="no text"), opened(path):
        raise AssertionError
