"""Priority = harm x spread x need: what an officer should read first. It says nothing of truth."""

from __future__ import annotations

import math
from datetime import timedelta

from models.records import Topic

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
    """How far a claim has run, 0..1: logarithmic, so that one noisy account weighs little.

    Distinct accounts count most; where a source names none, posts stand in for them.
    """
    voices = max(accounts, 1) + 0.3 * max(posts - accounts, 0) + 0.1 * replies
    return min(1.0, math.log1p(voices) / math.log1p(60))


def priority(topic: Topic, risk: float, posts: int, accounts: int, replies: int) -> float:
    """0..1. A lone post of a grave topic still stands above a loud triviality."""
    return HARM[topic] * (0.5 + 0.5 * spread(posts, accounts, replies)) * risk


LIMITS = {
    4: timedelta(minutes=30),
    3: timedelta(hours=2),
    2: timedelta(hours=6),
    1: timedelta(hours=12),
}


def time_limit(level: int) -> timedelta:
    """How long a case of level 1 (低) to 4 (紧急) may wait. Running out never changes a verdict."""
    return LIMITS[level]


def level(priority: float) -> int:
    """1 低, 2 中, 3 高, 4 紧急: how many of the four priority bars are filled."""
    return 4 if priority >= 0.55 else 3 if priority >= 0.35 else 2 if priority >= 0.15 else 1
