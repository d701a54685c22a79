"""The page of keys says what ``models.config`` reads, and what the template says of it."""

from __future__ import annotations

from operations.reference import configuration
from tests.where import ROOT


def test_the_page_is_the_one_the_code_draws() -> None:
    page = (ROOT / "docs" / "reference" / "configuration.md").read_text("utf-8")
    assert page == configuration.page(), "make docs"


def test_every_key_that_is_read_stands_on_the_page_with_what_it_means() -> None:
    lines, _ = configuration.template()
    assert {(line.section, line.key) for line in lines} == configuration.keys().keys()
    assert [line for line in lines if not line.says] == []
