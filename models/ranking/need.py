"""需核查度: how much a post needs a person, as a figure, a word, and on a real stream."""

from __future__ import annotations

BASE_RATE = 0.01  # share of a desk's stream that needs a person


WORDS = ((0.90, "很高"), (0.70, "较高"), (0.40, "中"), (0.15, "较低"), (0.0, "很低"))


def word(risk: float) -> str:
    """The 需核查度 (0..1) as a word, the same on every page and terminal."""
    return next((word for line, word in WORDS if risk >= line), WORDS[-1][1])


def figure(risk: float) -> str:
    """The 需核查度 (0..1) with two decimals. Never 1.00 or 0.00: no model is certain.

    >>> figure(0.9999), figure(0.93), figure(0.0)
    ('0.99', '0.93', '0.01')
    """
    return f"{min(max(risk, 0.01), 0.99):.2f}"


def on_stream(risk: float, rate: float = BASE_RATE) -> float:
    """The 需核查度 (0..1, on an even mix) as a share of such posts on a stream of which the share
    ``rate`` (0..1) needs a person."""
    odds = rate / (1 - rate)
    return risk * odds / (risk * odds + 1 - risk)
