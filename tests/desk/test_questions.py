"""What stands beside a claim: answers, and a caution where a hazard is only a doubt."""

from dataclasses import dataclass

import pytest

from desk import questions
from models.harm import Topic


@dataclass(frozen=True)
class Claim:
    topic: Topic
    checkable: float | None = None
    dubious: float | None = None
    unfamiliar: bool = False


def labels(topic: Topic, words: str) -> list[str]:
    return [line.label for line in questions.lines(Claim(topic), words)]


@pytest.mark.parametrize(
    ("topic", "words", "told"),
    [
        (Topic.EPIDEMIC, "公司有人中招了", ["可能涉及疫情"]),
        (Topic.EPIDEMIC, "车上有疑似患者", []),
        (Topic.FOOD, "车上有疑似患者", ["可能涉及食品"]),  # other posts of the case name the food
        (Topic.SAFETY, "菜场门口有人抢孩子", []),
        (Topic.OTHER, "今天天气不错", []),
    ],
)
def test_a_doubtful_hazard_says_so(topic, words, told):
    assert labels(topic, words) == told


def test_the_doubt_is_a_caution_and_no_judgement():
    (line,) = questions.lines(Claim(Topic.EPIDEMIC), "公司有人中招了")
    assert line.due
    assert "按危害类办" in line.word
