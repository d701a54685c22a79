"""What stands beside a case about another one: what both name, and who may read it whole."""

from __future__ import annotations

from dataclasses import replace

from classifier.entities import find
from desk.cases import neighbours as shown
from models.casework import neighbours, opening
from models.casework.records import Case
from models.intake import posts
from models.intake.records import Post
from models.known.likeness import Relation
from models.ranking import scores
from models.ranking.clusters import Fingerprint
from models.store import Store
from tests import case_steps
from tests.conftest import People

ONE = "浙BL1284的车从武汉回到东渡镇，车上有人咳，司机电话17612345678"
OTHER = "东渡镇的看好了，浙BL1284从武汉开回来的，打17687654321问司机"


def opened(db: Store, text: str) -> Case:
    """A case with what its post names, as the desk reads it."""
    posts.add(db, Post("forum", text[:5], text))
    (post,) = posts.newest(db, 1)
    told = replace(case_steps.score(post.id), entities=tuple(find.entities_in(post.text)))
    scores.save(db, [told])
    cluster_id = case_steps.assign(db, post.id, None, Fingerprint((post.id,), post.id, text))
    case = opening.refresh(db, cluster_id, "", case_steps.LINE)
    assert case
    return case


def test_two_numbers_with_the_same_digits_left_are_not_told_as_one(
    db: Store, people: People
) -> None:
    case, other = opened(db, ONE), opened(db, OTHER)
    assert "176****" in case.claim and "176****" in other.claim
    (waiting,) = [each for each in neighbours.waiting(db) if each.id == case.id]
    neighbours.put(db, waiting, [(other.id, 0.5, Relation.RELATED)], 1 << 40)
    (beside,) = shown.of_case(db, case, people.verifier, {})
    assert set(beside.common) == {"浙BL1284", "武汉", "东渡镇"}
    (seen,) = shown.of_case(db, case, people.viewer, {})
    assert set(seen.common) == {"浙BL****", "武汉", "东渡镇"}
    assert "1284" not in "".join(text for text, _ in seen.spans)
