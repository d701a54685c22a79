import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from benchmarks import bags

TEXTS = ["紧急扩散有毒", "有毒的鱼塘", "今天吃面", "", "毒毒毒毒"]


def test_runs_are_counted_as_scikit_learn_counts_them():
    counts = bags.count(TEXTS, np.arange(5), 5, (1, 2, 3))
    told = CountVectorizer(analyzer="char", ngram_range=(1, 3)).fit_transform(TEXTS)
    told = told[:, np.asarray((told > 0).sum(axis=0)).ravel() > 1]
    assert sorted(map(tuple, counts.T.toarray())) == sorted(map(tuple, told.T.toarray()))


def test_texts_of_one_document_are_counted_together_and_no_run_spans_two():
    counts = bags.count(["甲乙", "丙", "乙丙", "甲乙"], np.array([0, 0, 1, 1]), 2, (1, 2))
    assert sorted(map(tuple, counts.T.toarray())) == [(1, 1), (1, 1), (1, 1), (1, 2)]


def test_rows_are_those_of_scikit_learn_when_all_rows_teach():
    counts = bags.count(TEXTS, np.arange(5), 5, (1,))
    ours = bags.tfidf(counts, np.arange(5))
    told = TfidfVectorizer(analyzer="char", sublinear_tf=True, min_df=2).fit_transform(TEXTS)
    assert np.allclose((ours @ ours.T).toarray(), (told @ told.T).toarray(), atol=1e-6)


def test_a_row_that_does_not_teach_changes_no_frequency():
    counts = bags.count(TEXTS, np.arange(5), 5, (1,))
    few = np.array([0, 1])
    assert (bags.tfidf(counts, few)[few] != bags.tfidf(counts[few], few)).nnz == 0


def test_too_many_tokens_for_the_runs_are_refused():
    with pytest.raises(ValueError, match="too many"):
        bags.count([list(map(str, range(300)))], np.zeros(1, int), 1, (8,))
