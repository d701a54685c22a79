"""The words by which a case is found: its own and those of a search, cut the same way."""

from __future__ import annotations

from classifier.text.spelling import normalise, segment
from models.ranking import spread
from models.store import Store

WORDINGS = 5  # of a claim, the most posted


def of_cluster(db: Store, cluster_id: int) -> str:
    """The words of a cluster's most posted wordings, each once: what ``case_search`` holds of it."""
    found = spread.wordings(db, cluster_id, WORDINGS)
    words = {word for wording in found for word in segment(normalise(wording.text))}
    return " ".join(sorted(words))


def of_query(text: str) -> list[str]:
    """The words that an officer searches for; they must all occur."""
    return [word for word in segment(normalise(text)) if word.strip()] if text else []
