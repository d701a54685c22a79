"""需核查度: how much a post needs a person, as a figure, a word, and on a real stream."""

from __future__ import annotations

BASE_RATE = 0.01  # share of a desk's stream that needs a person


# by how many of a hundred such posts need a person
WORDS = ((50, "很高"), (15, "较高"), (3, "中"), (1, "较低"), (0, "很低"))


def word(risk: float, rate: float = BASE_RATE) -> str:
    """The word for ``figure``, the same on every page and terminal."""
    hundred = float(figure(risk, rate))
    return next(word for least, word in WORDS if hundred >= least)


def figure(risk: float, rate: float = BASE_RATE) -> str:
    """The 需核查度 in two digits: of a hundred such posts on this desk's stream so many need a
    person. Never 100 or 0: no model is certain.

    >>> figure(0.99999), figure(0.99), figure(0.8), figure(0.3), figure(0.0)
    ('99', '50', '3.9', '0.43', '0.01')
    """
    hundred = min(max(100 * on_stream(risk, rate), 0.01), 99)
    return f"{hundred:.2g}" if hundred >= 0.1 else f"{hundred:.2f}"


def on_stream(risk: float, rate: float = BASE_RATE) -> float:
    """The 需核查度 (0..1, on an even mix) as a share of such posts on a stream of which the share
    ``rate`` (0..1) needs a person."""
    odds = rate / (1 - rate)
    return risk * odds / (risk * odds + 1 - risk)
