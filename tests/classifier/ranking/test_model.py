import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.learning import matrix
from classifier.ranking import model, reasons
from classifier.ranking.cues import NAMES
from classifier.ranking.features import bare
from classifier.ranking.judge import judge
from classifier.text import marks, spelling
from models.harm import Topic
from models.intake.records import Post, Reply
from tests.classifier.texts import ANYTHING

STORY = "车牌号浙BL1234的车刚从武汉回到白兔潭，车上有确诊新型肺炎病人，看到要报警"
CALM = "我觉得还是要多读书，今天看了两页，心情不错，晚安"
ADVERT = "新店开业全场八折，满一百减二十，扫码进群领优惠券，欢迎光临"


@pytest.fixture(scope="module")
def shipped():
    return model.load()


def post(text, **more):
    return Post(source="test", native_id="1", text=text, **more)


def risk(shipped, text, **more):
    return shipped.score([post(text, **more)])[0].risk


def test_the_story_ranks_above_a_calm_opinion_and_an_advert(shipped):
    low = max(risk(shipped, CALM), risk(shipped, ADVERT))
    assert low < 0.15 < risk(shipped, STORY)


def test_reasons_are_readable_words_strongest_first(shipped):
    reasons = shipped.score([post(STORY)])[0].reasons
    assert 0 < len(reasons) <= 7
    assert [abs(r.weight) for r in reasons] == sorted(
        (abs(r.weight) for r in reasons), reverse=True
    )
    assert all(len(r.term) >= 2 and r.term[0] < "\ue000" for r in reasons)
    assert {"车牌号", "提到伤亡或危害"} <= {r.term for r in reasons}
    assert "车刚" not in {r.term for r in reasons}, "a wrong cut is no reason"


def test_replies_that_doubt_raise_the_risk_and_no_reply_lowers_it(shipped):
    told = [Reply("求证，真的假的"), Reply("谣言吧")]
    plain, doubted = risk(shipped, STORY), risk(shipped, STORY, replies=tuple(told))
    assert doubted > plain
    assert risk(shipped, STORY, replies=(Reply("转发微博"),)) == plain
    found = shipped.score([post(STORY, replies=tuple(told))])[0]
    assert found.doubts == 2
    assert any("评论" in reason.term for reason in found.reasons)


@pytest.mark.slow
@given(st.permutations(["甲", "乙", "丙", ""]), st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_authors_sources_and_spread_leave_scores_bit_identical(authors, likes, reposts):
    shipped = model.load()
    texts = [STORY, CALM, ADVERT, "停水三天！"]
    plain = shipped.score([post(text) for text in texts])
    told = [
        replace(post(t), author=a, author_key=a, source=a or "x", likes=likes, reposts=reposts)
        for t, a in zip(texts, authors, strict=True)
    ]
    assert shipped.score(told) == plain


def test_a_score_does_not_depend_on_its_company(shipped):
    texts = [STORY, CALM, ADVERT, "", "疫", "\ud800", "a" * 30_000]
    together = [rating.risk for rating in shipped.score([post(text) for text in texts])]
    assert together == [risk(shipped, text) for text in texts]
    assert all(0 <= value <= 1 and math.isfinite(value) for value in together)
    assert np.allclose(shipped.risks(texts), together)


def test_reasons_and_intercept_add_up_to_the_log_odds(shipped):
    learner = shipped.classifier
    row = matrix.typed(learner.features, learner.features.typed([STORY]))
    shares = learner.slope * row.data * learner.coef[row.indices]
    rest = learner.slope * learner.intercept + learner.offset
    assert math.isclose(shares.sum() + rest, learner.decision_function([STORY])[0], abs_tol=1e-9)


def test_one_call_judges_everything(shipped):
    found = judge(shipped, [post(STORY, replies=(Reply("求证"),)), post("")])
    assert found[0].topic is Topic.EPIDEMIC and found[0].doubts == 1
    assert {e.kind for e in found[0].entities} >= {"plate", "place"}
    assert found[0].fingerprint.keys and found[1].fingerprint.digest


def test_two_questions_are_answered_apart_from_the_rank(shipped):
    told = {t: shipped.score([post(t)])[0] for t in (STORY, CALM, ADVERT)}
    assert all(0 <= r.checkable <= 1 and 0 <= r.dubious <= 1 for r in told.values())
    assert told[STORY].checkable > max(told[CALM].checkable, told[ADVERT].checkable)
    alone = replace(shipped, heads={}).score([post(STORY)])[0]
    assert alone.checkable is None and alone.dubious is None
    assert alone.risk == told[STORY].risk, "the rank does not use them"


@pytest.mark.slow
def test_the_score_knows_no_words_so_both_engines_agree_on_it_and_nearly_on_the_reasons(shipped):
    texts = [STORY, CALM, ADVERT, "紧急扩散：白兔潭小学门口有人抢孩子，已经丢了3个！"]
    fast, slow = (_explained(shipped, texts, engine) for engine in ("rjieba", "jieba"))
    assert sum(a == b for a, b in zip(fast, slow, strict=True)) >= len(texts) - 1


def _explained(shipped, texts, engine="rjieba", chosen=None):
    learner = shipped.classifier
    typed = learner.features.typed(texts)
    chosen = range(len(texts)) if chosen is None else chosen
    words = [spelling.cut(typed[i], engine) for i in chosen]
    described = learner.features.describe(typed)
    weights = learner.slope * learner.coef
    return list(reasons.explain(described, chosen, words, weights, learner.features))


@given(st.lists(ANYTHING, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_a_reason_is_what_lies_on_the_characters_of_its_word(shipped, texts):
    """As the definition says it, one run and one word at a time."""
    learner, texts = shipped.classifier, [*texts, STORY]
    features, typed = learner.features, learner.features.typed(texts)
    found = _explained(shipped, texts)
    for text, row, why in zip(typed, matrix.typed(features, typed), found, strict=True):
        shares = dict(
            zip(
                row.indices.tolist(),
                (learner.slope * row.data * learner.coef[row.indices]).tolist(),
                strict=True,
            )
        )
        heat = [0.0] * len(text)
        for size in range(1, features.longest + 1):
            read = bare(text)
            runs = [read[i : i + size] for i in range(len(read) - size + 1)]
            for i, run in enumerate(runs):
                share = shares.get(features.characters.get(run, -1), 0.0)
                for j in range(i, i + size):
                    heat[j] += share / size / runs.count(run)
        totals, at = Counter(), 0
        for word in spelling.cut(text):
            totals[marks.readable(word)] += sum(heat[at : at + len(word)])
            at += len(word)
        first, (one, other) = len(features.characters), features.cues_of_columns
        for column, share in shares.items():
            if column >= first:
                totals[NAMES[one[column - first]]] += share / 2
                totals[NAMES[other[column - first]]] += share / 2
        assert len(why) <= reasons.MOST
        for reason in why:
            assert reason.weight == pytest.approx(totals[reason.term], abs=6e-4)


def test_reasons_do_not_depend_on_what_is_asked_beside(shipped):
    texts = [STORY, CALM, ADVERT, "", "疫"]
    together = _explained(shipped, texts)
    assert _explained(shipped, texts, chosen=[0, 2]) == [together[0], together[2]]
    assert [_explained(shipped, [text])[0] for text in texts] == together
    assert _explained(shipped, texts, chosen=[]) == []
