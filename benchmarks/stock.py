"""The stock pipeline that a newcomer would write: jieba, TfidfVectorizer, LogisticRegression."""

from __future__ import annotations

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from classifier import lexicon


def pipeline() -> Pipeline:
    """jieba's own cut, scikit-learn's defaults (jieba's dictionary read without its shared cache)."""
    words = TfidfVectorizer(tokenizer=lexicon.tokenizer().lcut, token_pattern=None)
    return make_pipeline(words, LogisticRegression(max_iter=1000))
