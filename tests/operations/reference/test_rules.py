"""The page of rule codes says what the code raises, and the code raises nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.reference import rules
from tests.where import ROOT


def test_the_page_is_the_one_the_code_draws() -> None:
    page = (ROOT / "docs" / "reference" / "rules.md").read_text("utf-8")
    assert page == rules.page(ROOT), "make docs"


def test_every_code_that_is_raised_has_its_sentence_and_no_sentence_is_left_over() -> None:
    raised = rules.raised(ROOT).keys() | rules.triggers(ROOT).keys()
    assert raised == rules.SENTENCES.keys()


def test_the_function_and_the_table_are_named(tmp_path: Path) -> None:
    (tmp_path / "models" / "schema").mkdir(parents=True)
    (tmp_path / "models" / "cases.py").write_text(
        "class Case:\n    def close(self):\n        raise RuleBroken('a' if self.x else 'b', 'no')\n"
    )
    (tmp_path / "models" / "schema" / "m1.py").write_text(
        "SQL = '''CREATE TRIGGER t BEFORE UPDATE ON cases\n"
        "  BEGIN SELECT RAISE(ABORT, 'rule:c'); END;'''\n"
    )
    assert rules.raised(tmp_path) == {
        "a": {"models.cases.Case.close"},
        "b": {"models.cases.Case.close"},
    }
    assert rules.triggers(tmp_path) == {"c": {"cases"}}


def test_a_code_that_is_composed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "cases.py").write_text("raise RuleBroken('a' + kind, 'no')\n")
    with pytest.raises(ValueError, match="not a plain word"):
        rules.raised(tmp_path)
