"""Everything the desk needs to know of a post, in one call."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from classifier.entities import find
from classifier.likeness import filing
from classifier.ranking import adverts, first_hand, topics
from classifier.ranking.model import Model
from classifier.text.document import Document
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
    """Judge posts in their order; the text of a post is read once, whatever asks for it.

    What replies say raises the risk by ``replies.lift`` and never lowers it. Nothing about the
    author, the source or the spread of a post is looked at. ``gazetteer``: the office's places.
    """
    wholes = [Document(post.whole) for post in posts]
    bodies = [
        document if document.text == post.text else Document(post.text)  # without the title
        for post, document in zip(posts, wholes, strict=True)
    ]
    # question by question and not post by post: each has tables of its own, which the processor then
    # keeps at hand
    rated = model.rate(wholes, posts)
    named = [find.entities_in(post.text, post.published_at, gazetteer) for post in posts]
    filed = filing.all_filed(bodies)
    topic = [*map(topics.topic_of, wholes)]
    sold = [*map(adverts.selling, wholes)]
    seen = [
        first_hand.strength(document, entities, rating.risk)
        for document, entities, rating in zip(wholes, named, rated, strict=True)
    ]
    return [
        Judgement(
            rating.risk,
            rating.reasons,
            topic[i],
            named[i],
            rating.doubts,
            filed[i],
            seen[i],
            min(rating.checkable or ADVERT, ADVERT) if sold[i] else rating.checkable,
            rating.dubious,
            rating.strange,
            rating.unfamiliar,
        )
        for i, rating in enumerate(rated)
    ]
