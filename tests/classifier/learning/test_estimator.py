"""Our estimators keep scikit-learn's contract, and what they learn scores without them."""

import math
import warnings

import numpy as np
import pytest
from scipy import special
from sklearn.base import clone
from sklearn.utils import estimator_checks

from classifier.learning import matrix
from classifier.learning.estimator import RumorClassifier
from classifier.learning.features import TextFeatures
from classifier.ranking.linear import expit


def test_parameters_are_only_stored_and_a_clone_is_unfitted():
    learner = RumorClassifier(C=3.0, min_df=1)
    assert learner.get_params()["C"] == 3.0
    texts, labels = ["紧急扩散 有毒", "今天吃面"] * 6, ["rumor", "plain"] * 6
    learner.fit(texts, labels)
    assert list(learner.classes_) == ["plain", "rumor"]
    assert list(learner.predict(["紧急扩散"])) == ["rumor"]
    assert not hasattr(clone(learner), "learned_")
    probability = learner.predict_proba(texts)
    assert probability.shape == (12, 2) and np.allclose(probability.sum(axis=1), 1)


def test_learning_twice_gives_the_same_weights():
    texts, labels = ["紧急扩散 有毒", "今天吃面", "天气不错", "求证 谣言"] * 5, [1, 0, 0, 1] * 5
    a, b = (RumorClassifier(min_df=1).fit(texts, labels) for _ in range(2))
    assert np.array_equal(a.learned_.coef, b.learned_.coef)


@pytest.mark.parametrize(
    ("texts", "labels", "says"),
    [
        ("one", [1], "sequence"),
        (["a", 3], [0, 1], "texts"),
        (["a", "b"], [1], "labels"),
        (["a", "b"], [1, 1], "class"),
    ],
)
def test_wrong_input_is_refused_with_a_clear_word(texts, labels, says):
    with pytest.raises(ValueError, match=says):
        RumorClassifier(min_df=1).fit(texts, labels)


CONTRACT = """do_not_raise_errors_in_init_or_set_params estimator_cloneable estimator_repr
estimator_tags_renamed get_params_invariance mixin_order no_attributes_set_in_init
parameters_default_constructible set_params"""


@pytest.mark.parametrize("estimator", [RumorClassifier(min_df=1), TextFeatures(min_df=1)])
def test_scikit_learns_checks_that_apply_to_texts_pass(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for found in estimator_checks.check_estimator(estimator, on_fail=None, on_skip=None):
            assert found["status"] != "failed", found
        for name in CONTRACT.split():
            getattr(estimator_checks, f"check_{name}")(type(estimator).__name__, estimator)


def test_feature_names_are_as_many_as_columns():
    features = TextFeatures(min_df=1).fit(["紧急扩散", "今天吃面"])
    matrix = features.transform(["紧急扩散", ""])
    assert matrix.shape == (2, len(features.get_feature_names_out()))
    assert np.isfinite(matrix.data).all()


def test_what_is_learned_scores_as_the_matrix_of_the_learner_does():
    texts, labels = ["紧急扩散 有毒", "今天吃面", "天气不错", "求证 谣言"] * 5, [1, 0, 0, 1] * 5
    learner = RumorClassifier(min_df=1).fit(texts, labels).calibrate(1.7, -0.4)
    learned = learner.learned_
    rows = matrix.typed(learned.features, learned.features.typed(texts))
    wanted = 1.7 * matrix.margins(rows, learned) - 0.4
    assert np.abs(learner.decision_function(texts) - wanted).max() < 1e-9


def test_probabilities_are_those_of_scipy():
    log_odds = np.r_[np.random.default_rng(0).normal(size=10_000) * 9, np.linspace(-900, 900, 999)]
    assert np.abs(expit(log_odds) - special.expit(log_odds)).max() < 1e-15
    assert math.isnan(expit(np.array([math.nan]))[0])
    assert expit(np.zeros(0)).shape == (0,)
