"""The words by which a case is found: its own and those of a search, cut the same way."""

from __future__ import annotations

from collections.abc import Collection

from classifier.text.spelling import normalise, segment
from models.ranking import clusters
from models.store import Store

WORDINGS = 5  # of a claim, the most posted


def of_clusters(db: Store, cluster_ids: Collection[int]) -> dict[int, str]:
    """The words of each cluster's most posted wordings, each once: what ``case_search`` holds of it."""
    found = clusters.texts(db, cluster_ids, WORDINGS)
    return {
        cluster_id: " ".join(sorted({word for text in texts for word in segment(normalise(text))}))
        for cluster_id, texts in found.items()
    }


def of_cluster(db: Store, cluster_id: int) -> str:
    """``of_clusters`` for one; "" where it has no posts."""
    return of_clusters(db, [cluster_id]).get(cluster_id, "")


def of_query(text: str) -> list[str]:
    """The words that an officer searches for; they must all occur."""
    return [word for word in segment(normalise(text)) if word.strip()] if text else []
