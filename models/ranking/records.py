"""What the classifier says of a post, and the cluster it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models.harm import Topic


@dataclass(frozen=True)
class Reason:
    """Why a post scored as it did: a term or cue and the weight it pushed with."""

    term: str
    weight: float  # in log-odds; above 0 pushes up


@dataclass(frozen=True)
class Entity:
    """Something named in a claim that an officer can check.

    ``kind`` is one of plate, place, time, phone, hospital, school, count.
    ``facts`` says in short Chinese words what can be told from the text alone.
    """

    kind: str
    text: str  # as written
    value: str  # normalised, e.g. 浙BL1234
    facts: Mapping[str, str] = field(default_factory=dict)
    start: int = -1  # character offsets in the text it was found in
    end: int = -1


@dataclass(frozen=True)
class Score:
    """需核查度: how much a post needs a person. Not a probability of falsehood."""

    post_id: int
    risk: float  # 0..1, calibrated
    reasons: tuple[Reason, ...]
    topic: Topic
    entities: tuple[Entity, ...]
    doubts: int  # replies that ask or doubt
    model: str  # version of the weights
    at: datetime
    checkable: float | None = None  # 0..1: a checkable claim of public concern; None: not known
    dubious: float | None = None  # 0..1: worded like claims later judged not true; None: not known
    unfamiliar: bool = False  # too unlike anything the weights have seen
    strange: float = 0.0  # 0..1: share of its character pairs that the weights have never seen
    first_hand: float = 0.0  # 0..1: told at first hand, with a place and a time
