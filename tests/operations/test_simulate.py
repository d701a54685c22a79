"""First weeks replayed through the real store, on posts that this project wrote."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

import piyao
from classifier.learning import examples
from classifier.learning.examples import Example
from classifier.ranking import model
from models import store
from models.errors import InputError
from operations import simulate as simulation
from tests import desk_lessons, everyday_desk

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    claims, plain = desk_lessons.written()
    rows = [{"text": text, "label": 1} for text in claims[:30]]
    rows += [{"text": text, "label": 0} for text in plain[:120]]
    file = tmp_path_factory.mktemp("labelled") / "posts.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return file


def rows(labelled: Path) -> tuple[Example, ...]:
    return examples.read_examples([labelled]).examples


def test_halves_share_no_claim_and_the_first_holds_one_rumor_in_a_hundred(labelled: Path) -> None:
    found = simulation.halves(rows(labelled), 1)
    assert not {e.cluster for e in found.stream} & {e.cluster for e in found.test}
    hits = sum(e.label for e in found.stream)
    assert hits == max(1, round((len(found.stream) - hits) / 99))
    assert {e.label for e in found.test} == {0, 1}
    assert simulation.halves(rows(labelled), 1) == found != simulation.halves(rows(labelled), 2)


def test_posts_of_one_label_are_refused() -> None:
    same = [Example(f"第{n}条", 0, "x", str(n), 0, "", True) for n in range(9)]
    with pytest.raises(InputError, match="one label"):
        simulation.halves(same, 0)


def test_more_rounds_than_posts_are_refused_in_a_sentence(labelled: Path) -> None:
    told = CliRunner().invoke(piyao.main, ["simulate", str(labelled), "--rounds", "200"])
    assert told.exit_code == 1 and "too few for 200 rounds" in told.output


def test_a_post_of_a_small_round_is_read_for_certain_and_no_more_than_that() -> None:
    rows = [Example("一条", 0, "x", "1", 0, "", True)]
    assert simulation._share(rows * 5) == 1.0 and simulation._share(rows * 400) == 0.05


def test_each_round_adds_verdicts_and_the_clock_is_given_back(labelled: Path) -> None:
    before = store.clock
    found = simulation.halves(rows(labelled), 0)
    told = list(simulation.replay(model.load(), found, rounds=2, at_once=True))
    assert store.clock is before
    assert [each.number for each in told] == [0, 1, 2]
    assert 0 == told[0].verdicts < told[1].verdicts < told[2].verdicts <= len(found.stream)
    assert told[0].version == model.load().version != told[1].version != told[2].version
    assert told[2].newest == told[2].used != told[0].newest
    again = list(simulation.replay(model.load(), found, rounds=2, at_once=True))
    assert again == told, "the same seed is the same weeks"


def test_the_hours_before_the_first_verdict_adapt_the_model_and_add_none(labelled: Path) -> None:
    idle = [post.text for post in everyday_desk.idle(1200)]
    some = [Example(text, 0, f"s{n % 3}", text, 0, "", True) for n, text in enumerate(idle)]
    found = simulation.halves([*rows(labelled), *some], 0)
    told = list(simulation.replay(model.load(), found, rounds=1, at_once=True, hours=6))
    assert [each.number for each in told] == [0] * 7 + [1]
    assert [each.verdicts for each in told[:7]] == [0] * 7 < [told[7].verdicts]
    assert "-here-" in told[6].version and told[6].used != told[0].used
    assert "-desk-" in told[7].version


def test_the_command_prints_the_table_and_draws_the_curve(labelled: Path, tmp_path: Path) -> None:
    plot = tmp_path / "curve.svg"
    words = ["simulate", str(labelled), "--rounds", "2", "--hours", "0", "--plot", str(plot)]
    found = CliRunner().invoke(piyao.main, words, env={"COLUMNS": "160"})
    assert found.exit_code == 0, found.output
    assert "2/2: " in found.output and "version in use" in found.output
    picture = ElementTree.parse(plot).getroot()
    lines = picture.findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(line.get("points", "").split()) for line in lines] == [3] * 4
    nothing = CliRunner().invoke(piyao.main, ["simulate", str(tmp_path / "none.jsonl")])
    assert nothing.exit_code == 1 and nothing.output.startswith("Error: ")
