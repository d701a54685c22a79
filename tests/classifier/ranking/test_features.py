"""Runs of characters by arrays are what scikit-learn's TF-IDF makes of them one by one."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.learning import matrix
from classifier.learning.features import characters_of, learn
from classifier.ranking import cues, familiarity
from classifier.ranking.features import GAP, LEFT, RIGHT, bare
from classifier.ranking.runs import NONE, Vocabulary, lay
from classifier.text import marks
from tests.classifier.texts import ANYTHING, BODIES, HOSTILE


@pytest.fixture(scope="module")
def fitted():
    features = learn(marks.plain(BODIES), min_df=1)
    return features, np.random.default_rng(0).normal(size=features.width)


def defined(typed, features):
    """The rows of ``matrix.typed`` by scikit-learn's own vectorizer and ``re``."""
    vectorizer = TfidfVectorizer(
        analyzer=lambda text: characters_of(bare(text), features.longest),
        vocabulary=features.characters,
        sublinear_tf=True,
    )
    vectorizer.idf_ = features.idf
    rows = cues.of_counts(np.array([counted(text) for text in typed], dtype=float))
    return sparse.hstack([vectorizer.transform(typed), features.cue_block(rows)], format="csr")


def counted(text):
    """What cues are made of, each counted by a search of its own."""
    single = (",;", "。.", "!", "?", marks.NUMBER_MARK, "“「\"", marks.USER_MARK)  # fmt: skip
    said = (cues.TOPIC, cues.PLEA, cues.WARN, cues.SOURCE, cues.ASK, cues.HARM, cues.SELF, cues.SELL, cues.QUOTE)  # fmt: skip
    letters = Counter(text)
    return (
        len(text),
        *(sum(letters[each] for each in these) for these in single),
        *(len(pattern.findall(text)) for pattern in said),
        letters[marks.PLATE_MARK],
        letters[marks.PHONE_MARK],
        sum("a" <= each <= "z" for each in text),
        letters["…"] + text.count("..."),
        letters["、"],
    )


@given(st.lists(ANYTHING, min_size=1, max_size=12))
@settings(max_examples=250, deadline=None)
@example(["", " ", "\u200b 加 v", "a\ud800\x00b", "新\u200b.冠", "\r\n疫\r情"])
def test_any_text_gets_the_margin_that_scikit_learn_gives_it(fitted, texts):
    features, coef = fitted
    typed = features.typed(texts)
    wanted = defined(typed, features)
    assert abs(matrix.typed(features, typed) - wanted).max() < 1e-12
    assert np.abs(features.describe(typed).dot(coef) - wanted @ coef).max() < 1e-9


def test_hostile_texts_do_too(fitted):
    features, coef = fitted
    typed = features.typed(HOSTILE)
    found = features.describe(typed).dot(coef)
    assert np.abs(found - defined(typed, features) @ coef).max() < 1e-9
    assert features.describe([]).dot(coef).shape == (0,)


def test_a_margin_depends_on_its_own_text_only(fitted):
    features, coef = fitted
    typed = features.typed([*BODIES[:40], *HOSTILE])
    together = features.describe(typed).dot(coef)
    alone = [features.describe([text]).dot(coef)[0] for text in typed]
    assert together.tolist() == alone


@pytest.mark.parametrize("longest", [1, 2, 4])
def test_runs_of_any_length_are_found(longest):
    typed = marks.plain(BODIES)
    features = learn(typed, longest=longest, min_df=1)
    assert abs(matrix.typed(features, typed) - defined(typed, features)).max() < 1e-12


@given(
    st.sets(st.text(st.sampled_from("疫情a\U00030001\U0010ffff\ue000"), min_size=1, max_size=3)),
    st.lists(st.text(st.sampled_from("疫情a\U00030001\U0010ffff\ue000\ud800\n"), max_size=9)),
)
@settings(max_examples=300, deadline=None)
def test_a_vocabulary_finds_each_run_where_it_stands(known, texts):
    """Also one that holds a run without its beginning, which no learned one does."""
    column = {run: i for i, run in enumerate(sorted(known))}
    laid = lay(texts)
    found = Vocabulary(column).columns(laid)
    for size, columns in enumerate(found, start=1):
        assert columns[laid.starts[1:] - 1].tolist() == [NONE] * len(texts)
        for text, start in zip(texts, laid.starts, strict=False):
            runs = [text[i : i + size] for i in range(len(text))]
            wanted = [column.get(run, NONE) if len(run) == size else NONE for run in runs]
            assert columns[start : start + len(text)].tolist() == wanted
    assert len(found) == max(map(len, known), default=0)


@given(st.lists(ANYTHING, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_what_is_strange_is_the_share_of_pairs_never_seen(fitted, texts):
    features, _ = fitted
    typed = features.typed(texts)
    for text, strange in zip(typed, familiarity.strange(features.describe(typed)), strict=True):
        pairs = [text[i : i + 2] for i in range(len(text) - 1)]
        unseen = sum(pair not in features.characters for pair in pairs)
        assert strange == pytest.approx(unseen / len(pairs) if pairs else 0.0)


def test_a_column_of_cues_is_made_of_its_two_cues(fitted):
    features, _ = fitted
    one, other = features.cues_of_columns
    names = features.names[len(features.characters) :]
    assert len(one) == len(other) == len(names)
    first = len(cues.NAMES)
    assert (one[first : first + len(LEFT)] == LEFT).all()
    assert (other[first : first + len(RIGHT)] == RIGHT).all()
    for a, b, name in zip(one, other, names, strict=True):
        assert cues.NAMES[a] in name and cues.NAMES[b] in name


def test_cues_are_counted_as_they_are_by_a_search_each():
    typed = marks.plain([*BODIES, *HOSTILE])
    wanted = cues.of_counts(np.array([counted(text) for text in typed], dtype=float))
    assert (cues.rows(typed) == wanted).all()


@given(ANYTHING)
def test_a_bare_text_is_as_long_as_before_and_keeps_its_words(text):
    (typed,) = marks.plain([text])
    out = bare(typed)
    assert len(out) == len(typed)
    assert all(new in (old, GAP, " ") for old, new in zip(typed, out, strict=True))


@pytest.mark.parametrize("kind", ["http://t.cn/x", "[泪]", "【", "】"])
def test_what_tells_the_platform_is_in_no_run_and_no_cue(kind):
    texts = [f"{body}{kind}{body}" for body in BODIES]
    features = learn(marks.plain(texts), min_df=1)
    assert not [run for run in features.characters if {GAP, marks.LINK_MARK, *"[]【】"} & {*run}]
    assert not {"链接", "表情", "【标题】"} & {*cues.NAMES}
