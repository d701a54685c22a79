"""How long a text must be to be told from rubbish: read right, refused, or read wrong.

``python -m benchmarks.bench_encodings``. Pieces of public posts (GB18030, UTF-16) and of traditional
titles (Big5) are cut to so many characters outside ASCII and read by ``models.encoding`` under labels that are
right, missing, or lie; beside it the usual way: the label if there is one, else the first codec of
UTF-8, GB18030, Big5 that raises no error.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks import research, results
from models import encoding
from models.errors import InputError

LENGTHS = (3, 4, 6, 8, 12, 24, 60)
TRIED = 500  # texts of each kind and length
CODECS = {  # the codec a text is written in, labels that servers put on it, "" for none
    "gb18030": ("gbk", "", "big5", "iso-8859-1"),
    "big5": ("big5", "", "gb2312", "utf-8"),
    "utf-16-le": ("utf-16", "", "gbk", "utf-8"),
}


def main() -> None:
    sets = research.paths(research.OLD)
    if not sets:
        raise SystemExit("the research data is not there; name its folder in PIYAO_DATA")
    folder = sets[0].parent
    simplified = list(texts(folder / "ordinary.jsonl.gz"))
    traditional = list(texts(folder / "cofacts_titles.jsonl.gz"))
    lines = [
        f"{TRIED} texts a cell, in turn under a right label, none, and two that lie:"
        " read right / refused / **read wrong**; usual: by label, else the first codec without an error",
        "",
        "| written in | characters | ours right | refused | wrong | usual wrong |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for codec, labels in CODECS.items():
        source = traditional if codec == "big5" else simplified
        for length in LENGTHS:
            lines.append(row(codec, labels, length, random.Random(length), source))
    results.append("benchmarks.bench_encodings", lines)


def row(
    codec: str, labels: tuple[str, ...], length: int, luck: random.Random, source: list[str]
) -> str:
    right = refused = wrong = usually_wrong = 0
    for text in pieces(source, codec, length, luck):
        body = text.encode(codec)
        label = f"text/html; charset={each}" if (each := luck.choice(labels)) else "text/html"
        try:
            same = encoding.decode(body, label).text == text
            right, wrong = right + same, wrong + (not same)
        except InputError:
            refused += 1
        usually_wrong += usual(body, each) != text
    return f"| {codec} | {length} | {right} | {refused} | {wrong} | {usually_wrong} |"


def pieces(source: list[str], codec: str, length: int, luck: random.Random) -> Iterator[str]:
    """``TRIED`` runs of ``length`` characters outside ASCII, with what stands between them."""
    found = 0
    while found < TRIED:
        text = luck.choice(source)
        odd = [at for at, each in enumerate(text) if not each.isascii()]
        if len(odd) < length:
            continue
        first = luck.randrange(len(odd) - length + 1)
        piece = text[odd[first] : odd[first + length - 1] + 1]
        try:
            piece.encode(codec)
        except UnicodeEncodeError:
            continue
        found += 1
        yield piece


def usual(body: bytes, label: str) -> str:
    for name in filter(None, (label, "utf-8", "gb18030", "big5")):
        try:
            return body.decode(name)
        except UnicodeDecodeError:
            continue
    return ""


def texts(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["text"]


if __name__ == "__main__":
    main()
