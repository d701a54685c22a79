"""Everything the desk needs to know of a post, in one call."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from classifier.entities import find
from classifier.likeness import filing
from classifier.ranking import adverts, first_hand, topics
from classifier.ranking.model import Model, Rating
from models.harm import Topic
from models.intake.records import Post
from models.ranking.clusters import Fingerprint
from models.ranking.records import Entity, Reason

ADVERT = 0.02  # how checkable a plain advert is at most


@dataclass(frozen=True)
class Judgement:
    """What the classifier says of one post; it has no word for true or false."""

    risk: float  # 0..1: how much it needs a person, calibrated on an even mix (card.json)
    reasons: tuple[Reason, ...]
    topic: Topic
    entities: tuple[Entity, ...]
    doubts: int  # replies that ask or doubt
    fingerprint: Fingerprint
    witness: float = 0.0  # 0..1: told at first hand, with a place and a time (witness.strength)
    checkable: float | None = None  # the next four as in ``model.Rating``
    dubious: float | None = None
    strange: float = 0.0
    unfamiliar: bool = False


def judge(model: Model, posts: Sequence[Post], gazetteer: Collection[str] = ()) -> list[Judgement]:
    """Judge posts in their order; 450 to 900 a second on one core.

    What replies say raises the risk by ``crowd.lift`` and never lowers it. Nothing about the
    author, the source or the spread of a post is looked at. ``gazetteer``: the office's places.
    """
    return [
        _judgement(post, rating, gazetteer)
        for post, rating in zip(posts, model.score(posts), strict=True)
    ]


def _judgement(post: Post, rating: Rating, gazetteer: Collection[str]) -> Judgement:
    text = f"{post.title} {post.text}".strip()
    named = find.find(post.text, post.published_at, gazetteer)
    return Judgement(
        rating.risk,
        rating.reasons,
        topics.topic_of(text),
        named,
        rating.doubts,
        filing.fingerprint(post.text),
        first_hand.strength(text, named, rating.risk),
        min(rating.checkable or ADVERT, ADVERT) if adverts.selling(text) else rating.checkable,
        rating.dubious,
        rating.strange,
        rating.unfamiliar,
    )
