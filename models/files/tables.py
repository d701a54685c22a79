"""Records of a table: CSV with commas, semicolons, tabs or bars, as spreadsheets and crawlers save it.

A quoted cell may hold line ends. A quote out of place costs the lines it binds together, and those
never become one record; one that is not closed within ``SPAN`` lines costs the line it stands in.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from itertools import chain

from models.files.lines import MOST, Line
from models.files.named import Row

SPAN = 100  # lines a quoted cell may run over
_SEPARATOR = re.compile(r'"?sep=(.)"?[,;\t| ]*$', re.I)  # by which Excel is told
_QUOTED = re.compile(r'"[^"]*"')
csv.field_size_limit(MOST)


def table_rows(source: Iterator[Line]) -> Iterator[Row]:
    """The header (its names in a list), then a dict for each record below it."""
    first = next((line for line in source if line.trouble or line.text.strip()), None)
    if first is None:
        return
    if told := _SEPARATOR.match(first.text.lstrip()):
        mark = told[1]
    else:
        source = chain((first,), source)
        mark = max(",;\t|", key=_QUOTED.sub("", first.text).count)
    header: list[str] = []
    for record in _records(source):
        where = record[0].number, record[-1].number
        if trouble := record[0].trouble:
            yield Row(*where, None, trouble)
            continue
        try:
            # `sep=` may name what the lines do not use; then the header says nothing either
            text = "\n".join(line.text for line in record).replace("\0", "")
            cells = next(
                csv.reader(text.splitlines(keepends=True), delimiter=mark, strict=True), []
            )
        except csv.Error:
            yield Row(*where, None, "不是 CSV，或引号没有收尾")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [cell.strip() for cell in cells]
            yield Row(*where, header, header=True)
        else:
            yield _row(where, header, cells, mark)


def _row(where: tuple[int, int], header: list[str], cells: list[str], mark: str) -> Row:
    if len(header) == 1:  # a column of texts, which nobody quotes
        return Row(*where, {header[0]: mark.join(cells)})
    if any(cell.strip() for cell in cells[len(header) :]):
        what = f"有 {len(cells)} 格，表头只有 {len(header)} 格：格里有分隔符的，要加引号"
        return Row(*where, None, what)
    return Row(*where, dict(zip(header, cells, strict=False)))


def _records(source: Iterator[Line]) -> Iterator[list[Line]]:
    """Lines that quotes bind together; one line with a trouble where it cannot be used."""
    waiting: deque[Line] = deque()
    held: list[Line] = []
    quotes = size = 0
    while True:
        line = waiting.popleft() if waiting else next(source, None)
        if line is not None and line.trouble:
            yield [line]
            continue
        if line is not None:
            held.append(line)
            quotes, size = quotes + line.text.count('"'), size + len(line.text)
            if quotes % 2 == 0:
                yield held
                held, quotes, size = [], 0, 0
        if held and (line is None or len(held) > SPAN or size > MOST):
            what = "引号没有收尾"
            if line is None:  # it breaks off within a cell, whose lines are no records
                yield [Line(held[0].number, "", what), held[-1]]
            else:
                yield [Line(held[0].number, "", what)]
                waiting.extendleft(reversed(held[1:]))
            held, quotes, size = [], 0, 0
        elif line is None:
            return
