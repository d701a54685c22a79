"""需核查度: how much a post needs a person, on the desk's own stream, as a word and a figure.

A risk is what the model says on an even mix of posts worth a check and others; there nearly all
that an officer sees stands between .95 and .99. On a stream one post in a hundred is worth a check,
and the same posts stand between 15 and 50 in a hundred: that is what is shown.
"""

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
    hundred = 100 * share(risk, rate)
    return f"{hundred:.2g}" if hundred >= 0.1 else f"{hundred:.2f}"


def share(risk: float, rate: float = BASE_RATE) -> float:
    """``on_stream``, from 0.0001 to 0.99."""
    return min(max(on_stream(risk, rate), 0.0001), 0.99)


def on_stream(risk: float, rate: float = BASE_RATE) -> float:
    """The 需核查度 (0..1, on an even mix) as a share of such posts on a stream of which the share
    ``rate`` (0..1) needs a person."""
    odds = rate / (1 - rate)
    return risk * odds / (risk * odds + 1 - risk)
