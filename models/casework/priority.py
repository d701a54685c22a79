"""Priority = harm x spread x need: what an officer should read first. It says nothing of truth.

The need is the classifier's 需核查度 moved from the even mix it is calibrated on to a stream in which
one post in a hundred needs a person (prior shift). On the even mix 0.80 and 0.99 look alike; on the
stream the latter is ten times as likely to be worth the time, which must outweigh a graver topic.
Measured on a stream of real posts: docs/decisions/0005-priority.md.
"""

from __future__ import annotations

from datetime import timedelta

from models.harm import Topic
from models.ranking.need import on_stream

HARM: dict[Topic, float] = {
    Topic.EPIDEMIC: 1.0,
    Topic.DISASTER: 1.0,
    Topic.PRODUCTION: 0.95,
    Topic.FOOD: 0.9,
    Topic.MEDICINE: 0.9,
    Topic.SAFETY: 0.85,
    Topic.FINANCE: 0.8,
    Topic.SCHOOL: 0.75,
    Topic.UTILITY: 0.7,
    Topic.POLICY: 0.6,
    Topic.OTHER: 0.45,
}


def spread(posts: int, accounts: int, replies: int) -> float:
    """How far a claim has run, from 1 (one post) upwards, growing slower than the numbers do.

    Distinct accounts count most, so that one noisy account weighs little; where a source names
    none, posts stand in for them.
    """
    voices = max(accounts, 1) + 0.3 * max(posts - max(accounts, 1), 0) + 0.1 * replies
    return float(voices**0.6)


PLAIN = 0.1  # from this ``checkable`` on the priority is not lowered


def priority(
    topic: Topic,
    risk: float,
    posts: int,
    accounts: int,
    replies: int,
    checkable: float | None = None,
) -> float:
    """The priority of a claim, above 0 and below 1.

    It nears 1 and never reaches it, so that a claim on fifty posts still ranks above one on five.
    What is hardly a checkable claim (``checkable`` 0..1, None: not known) ranks lower and is never
    left out: a loud opinion or advert must not rank above a claim.
    """
    raw = HARM[topic] * spread(posts, accounts, replies) * on_stream(risk)
    if checkable is not None:
        raw *= min(checkable / PLAIN, 1.0) ** 2
    return raw / (1 + raw)


LIMITS = {
    4: timedelta(minutes=30),
    3: timedelta(hours=2),
    2: timedelta(hours=6),
    1: timedelta(hours=12),
}


def time_limit(level: int) -> timedelta:
    """How long a case of level 1 (低) to 4 (紧急) may wait. Running out never changes a verdict."""
    return LIMITS[level]


# the least priority of a case that may be so pressing (``models.casework.pressing``)
LEAST = {4: 0.15, 3: 0.05, 2: 0.015}
