"""Scores: which posts are drawn for the random sample."""

from __future__ import annotations

from models.ranking import scores
from models.store import Store
from tests import case_steps


def test_the_sample_draws_about_its_share_and_the_same_posts_each_time(db: Store) -> None:
    with db.atomic():
        for n in range(400):
            case_steps.cluster_of(db, [f"闲话{n}"], risk=0.1, share=0.05)
    drawn = {row["post_id"] for row in db.query("SELECT post_id FROM scores WHERE sampled = 1")}
    assert 5 <= len(drawn) <= 45
    scores.save(db, [case_steps.score(n, 0.2) for n in range(1, 401)], 0.05, case_steps.LINE)
    assert drawn == {
        row["post_id"] for row in db.query("SELECT post_id FROM scores WHERE sampled = 1")
    }
