"""Known claims, a row at a time: constant memory, and a bad row costs itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crawler.claims import fields, review
from models.errors import InputError
from models.files import rows
from models.files.json_rows import elements, json_rows
from models.files.lines import Stream
from models.files.named import Row, folded
from models.known.imports import Given


def claims(stream: Stream, content_type: str = "") -> Iterator[Given | InputError]:
    """Each row of a table, each object of JSON: our own fields, or a ClaimReview.

    A header without a column of claims ends it.
    """
    yield from _claims(rows.rows(stream, content_type))


def of_text(text: str) -> Iterator[Given | InputError]:
    """The same of lines of JSON that are decoded already."""
    yield from _claims(json_rows(iter((text,))))


def _claims(found: Iterable[Row]) -> Iterator[Given | InputError]:
    table = False
    for row in found:
        if row.trouble:
            mend = "这一行没有收" if row.number == row.last else "这几行没有收"
            yield InputError(row.trouble, row.where, mend)
        elif row.header:
            table = True
            if not set(map(folded, row.value)) & set(fields.COLUMNS["claim"]):
                mend = "第一行写列名，其中要有 claim（说法）"
                yield InputError("看不出哪一列是说法", row.where, mend)
                return
        elif table:
            yield fields.given(row.value, row.where)
        else:
            reviews = list(review.of_document(row.value))
            yield from reviews or [fields.given(one, row.where) for one in elements(row.value)]
