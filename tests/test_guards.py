"""The table of guards says what stands in the code: none of its lines is left from another day."""

from __future__ import annotations

from tests.guards import DOING, PYTHON
from tests.where import ROOT


def test_each_guard_stands_once_where_the_table_says() -> None:
    wrong = [
        f"{file}: {old!r} stands there {found} times"
        for file, (_, pairs) in PYTHON.items()
        for text in [(ROOT / file).read_text("utf-8")]
        for old, new in pairs
        if (found := text.count(old)) != 1 or old == new
    ]
    assert wrong == []


def test_the_tests_that_are_to_notice_are_there() -> None:
    named = {path for tests in DOING.values() for path in tests.split()}
    named |= {path for tests, _ in PYTHON.values() for path in tests.split()}
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
