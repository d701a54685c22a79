"""How a case is like a known claim: the words that there are, and no other."""

from __future__ import annotations

import pytest

from models.known import claims, imports
from models.known.claims import Standing
from models.known.imports import Given
from models.known.likeness import Relation
from models.store import Store
from tests import case_steps


def test_each_relation_is_kept_and_none_of_another_name(db: Store) -> None:
    case = case_steps.open_case(db)
    for n, relation in enumerate([*Relation, "verdict"]):
        imports.put(db, "甲", [Given(f"第{n}条说法", Standing.FALSE, str(n))])
        row = {"case_id": case.id, "claim_id": claims.search(db)[0].id, "score": 0.5, "edition": 1}
        if relation in [*Relation]:
            db.insert("case_claims", row | {"relation": str(relation)})
        else:
            with pytest.raises(Exception, match="CHECK constraint failed"):
                db.insert("case_claims", row | {"relation": str(relation)})
    assert db.value("SELECT count(*) FROM case_claims") == len(Relation)
