"""Cases of many clusters at once: opened in their order, and none before its words are known."""

from __future__ import annotations

from models import audit
from models.casework import cases, opening
from models.ranking import clusters
from models.store import Store
from tests import case_steps


def test_cases_are_opened_in_the_order_of_their_clusters_and_in_one_chain(db: Store) -> None:
    first, calm, second = (
        case_steps.cluster_of(db, [text], risk=risk)
        for text, risk in (("停水三天", 0.9), ("天气很好", 0.1), ("桥要塌了", 0.8))
    )
    assert opening.due(db, [first, calm, second], case_steps.LINE) == {first, second}
    words = {first: "停水", second: "桥"}
    opening.refresh_many(db, [first, calm, second], words, case_steps.LINE)
    opened = [cases.of_cluster(db, each) for each in (first, second)]
    assert [case and case.number[-3:] for case in opened] == ["001", "002"]
    assert cases.of_cluster(db, calm) is None
    assert clusters.stale(db) == []
    assert audit.verify(db).ok and audit.verify(db).entries == 2


def test_a_cluster_that_became_due_meanwhile_waits_for_its_words(db: Store) -> None:
    early, late = (case_steps.cluster_of(db, [text]) for text in ("停水三天", "桥要塌了"))
    opening.refresh_many(db, [early, late], {early: "停水"}, case_steps.LINE)
    assert cases.of_cluster(db, early) and cases.of_cluster(db, late) is None
    assert clusters.stale(db) == [late]


def test_a_case_is_brought_up_to_date_with_others_beside_it(db: Store) -> None:
    one, other = (case_steps.cluster_of(db, [text]) for text in ("停水三天", "桥要塌了"))
    words = {one: "停水", other: "桥"}
    opening.refresh_many(db, [one, other], words, case_steps.LINE)
    case_steps.cluster_of(db, ["停水三天", "停水四天"], cluster_id=one)
    assert clusters.stale(db) == [one]
    opening.refresh_many(db, [one], {one: "停水 四天"}, case_steps.LINE)
    assert [case.posts for case in (cases.of_cluster(db, each) for each in words) if case] == [
        3,
        1,
    ]
    assert db.value("SELECT count(*) FROM case_search WHERE tokens MATCH '四天'") == 1


def test_a_case_whose_posts_are_all_gone_is_not_asked_for_again(db: Store) -> None:
    """Retention may take the posts of a claim that nobody has looked at since its last score."""
    cluster = case_steps.cluster_of(db, risk=0.95)
    case = opening.refresh(db, cluster, "", 0.6)
    assert case is not None
    db.conn.execute("UPDATE clusters SET stale = 1 WHERE id = ?", [cluster])
    db.conn.execute("DELETE FROM posts WHERE cluster_id = ?", [cluster])
    opening.refresh_many(db, clusters.stale(db), {}, 0.6)
    assert clusters.stale(db) == []
    assert cases.get(db, case.id) == case
