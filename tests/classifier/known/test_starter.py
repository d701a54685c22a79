"""The content written by us: bundled claims, and the posts that put the queue to the test."""

import json
import re
from itertools import combinations

import pytest

from classifier.likeness import same_claim
from models.harm import Topic
from models.personal import mask, plates
from tests.where import DATA, STARTER

INVENTED = {"浙BL1234"}  # the only plate that stands unmasked


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def claims():
    return rows(STARTER)


@pytest.fixture(scope="module")
def warnings():
    return rows(DATA / "warnings.jsonl")


@pytest.fixture(scope="module")
def ordinary():
    return rows(DATA / "ordinary_opinions.jsonl")


def words(row):
    """Every text of a row that people read."""
    return [
        *(row[key] for key in ("claim", "truth", "text", "history") if key in row),
        *row.get("wordings", ()),
    ]


def test_every_claim_says_what_it_is_what_is_right_and_who_established_it(claims):
    for row in claims:
        assert set(row) == {
            "id", "claim", "wordings", "verdict", "truth", "topic", "source", "source_url", "year",
        }, row["id"]  # fmt: skip
        assert row["verdict"] in {"false", "misleading", "outdated", "true"}
        assert row["topic"] in list(Topic)
        assert row["source"]
        assert re.fullmatch(r"|https?://[a-z.]+/", row["source_url"])  # a home page, or none
        assert re.fullmatch(r"|(19|20)\d\d", row["year"])


def test_the_library_is_wide_and_also_knows_what_proved_true(claims):
    assert 140 <= len(claims) <= 220
    verdicts = [row["verdict"] for row in claims]
    assert verdicts.count("true") >= 15
    assert verdicts.count("misleading") >= 15
    assert verdicts.count("outdated") >= 5
    assert {row["topic"] for row in claims} == set(Topic)


def test_an_outdated_claim_says_when_it_changed(claims):
    for row in claims:
        if row["verdict"] == "outdated":
            assert row["year"] and re.search(r"(19|20)\d\d年", row["truth"]), row["id"]


def test_a_claim_is_short_and_a_wording_is_a_message(claims):
    for row in claims:
        assert 6 <= len(row["claim"]) <= 40, row["claim"]
        assert 20 <= len(row["truth"]) <= 140, row["truth"]
        assert 1 <= len(row["wordings"]) <= 3
        assert all(8 <= len(wording) <= 140 for wording in row["wordings"]), row["id"]


@pytest.mark.slow
def test_one_claim_stands_once(claims):
    """No text of a claim is near enough to a text of another to be called the same claim."""
    texts = [(row["id"], text) for row in claims for text in (row["claim"], *row["wordings"])]
    assert len({text for _, text in texts}) == len(texts)
    alike = [
        (a, b)
        for (i, a), (j, b) in combinations(texts, 2)
        if i != j and same_claim.same_claim(a, b) >= same_claim.THRESHOLD
    ]
    assert not alike


def test_a_warning_is_tied_to_a_fact_with_its_year(warnings):
    assert len(warnings) == 100
    for row in warnings:
        assert set(row) == {"id", "text", "topic", "history", "calm", "kind"}
        assert row["topic"] in list(Topic)
        assert row["kind"] in {"first_hand", "relayed", "official_leak", "question"}
        assert isinstance(row["calm"], bool)
        assert re.search(r"(19|20)\d\d年", row["history"]), row["history"]
        assert 8 <= len(row["text"]) <= 140


def test_most_warnings_are_calm_many_are_short_and_all_sorts_speak(warnings):
    assert sum(row["calm"] for row in warnings) >= 50
    assert sum(not row["calm"] for row in warnings) >= 15
    assert sum(len(row["text"]) < 50 for row in warnings) >= 33
    assert len({row["kind"] for row in warnings}) == 4
    assert len({row["topic"] for row in warnings}) >= 8


def test_opinions_and_adverts_are_sixty_and_forty(ordinary):
    assert [row["kind"] for row in ordinary].count("opinion") == 60
    assert [row["kind"] for row in ordinary].count("advert") == 40
    for row in ordinary:
        assert set(row) == {"id", "text", "kind"}
        assert 8 <= len(row["text"]) <= 140


@pytest.mark.parametrize("name", ["claims", "warnings", "ordinary"])
def test_ids_are_unique_and_nobody_is_identified(name, request):
    found = request.getfixturevalue(name)
    assert len({row["id"] for row in found}) == len(found)
    for text in (text for row in found for text in words(row)):
        assert mask.phones_and_ids(text) == text
        assert text == text.strip() and "谣言" not in text
        assert {plate.group() for plate in plates.PLATE.finditer(text)} <= INVENTED, text
