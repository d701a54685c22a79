"""The stock pipeline that a newcomer would write: jieba, TfidfVectorizer, LogisticRegression."""

from __future__ import annotations

from collections.abc import Callable

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from classifier.text import lexicon


def pipeline(cut: Callable[[str], list[str]] | None = None) -> Pipeline:
    """jieba's own cut (its dictionary read without its shared cache) or ``cut``, scikit-learn's defaults."""
    words = TfidfVectorizer(tokenizer=cut or lexicon.tokenizer().lcut, token_pattern=None)
    return make_pipeline(words, LogisticRegression(max_iter=1000))
