"""The machine's part: it opens a case for a claim, keeps its numbers, and asks what waits for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models import audit, store
from models.casework import acts, cases, due, opening, priority, queue
from models.casework.records import Case, CaseState
from models.harm import Topic
from models.known import claims, likeness
from models.known.likeness import Match, Relation
from models.ranking import clusters, scores
from models.ranking.line import Line
from models.store import Store
from tests import case_steps
from tests.conftest import People


def again(db: Store, case: Case, line: Line = case_steps.LINE) -> Case:
    refreshed = opening.refresh(db, case.cluster_id, "浙bl1234", line)
    assert refreshed
    return refreshed


def more_posts(db: Store, case: Case, topic: Topic = Topic.SAFETY, count: int = 1) -> Case:
    texts = [f"又一种说法{n}" for n in range(count)]
    case_steps.cluster_of(db, texts, topic, cluster_id=case.cluster_id)
    return again(db, case)


# ---- one case -----------------------------------------------------------------------------------


def test_a_claim_above_the_line_opens_one_case(db: Store) -> None:
    case = case_steps.open_case(db)
    assert (case.state, case.claim, case.posts, case.accounts) == (
        CaseState.WAITING, case_steps.CLAIM, 1, 1,
    )  # fmt: skip
    assert case.holder_id == 0
    assert again(db, case).id == case.id
    assert db.value("SELECT count(*) FROM cases") == 1
    assert [entry.action for entry in audit.newest(db)] == ["case.open"]


def test_a_claim_below_the_line_opens_none(db: Store) -> None:
    assert opening.refresh(db, case_steps.cluster_of(db, risk=0.59), "", Line.at(0.6)) is None
    assert db.value("SELECT count(*) FROM cases") == 0


def test_a_claim_below_the_line_that_was_drawn_for_the_sample_opens_one(db: Store) -> None:
    case = opening.refresh(db, case_steps.cluster_of(db, risk=0.1, share=1.0), "", Line.at(0.6))
    assert case
    assert case.sampled
    assert [found.id for found in queue.cases(db, "sampled")] == [case.id]


def test_a_claim_that_falls_below_the_line_was_drawn_by_nobody(db: Store) -> None:
    case = case_steps.open_case(db, risk=0.9)
    scores.save(db, [case_steps.score(1, 0.2)], 1.0, case_steps.LINE)
    assert db.value("SELECT sampled FROM scores") == 0
    more = case_steps.cluster_of(
        db, ["旁人说过一句"], risk=0.1, cluster_id=case.cluster_id, share=1.0
    )
    fallen = opening.refresh(db, more, "", case_steps.LINE)
    assert fallen and fallen.risk < case_steps.LINE.common and not fallen.sampled
    assert queue.cases(db, "sampled") == []


def test_an_empty_cluster_has_no_case(db: Store) -> None:
    assert opening.refresh(db, 99, "", Line.at(0.0)) is None


def test_more_posts_raise_the_numbers_and_the_priority(db: Store) -> None:
    case = case_steps.open_case(db)
    louder = more_posts(db, case, count=12)
    assert (louder.posts, louder.accounts, louder.replies) == (13, 13, 13)
    assert louder.priority > case.priority
    assert louder.due_at <= case.due_at
    assert clusters.stale(db) == []


def test_a_machines_update_never_makes_an_officers_page_stale(db: Store, people: People) -> None:
    case = case_steps.open_case(db)
    seen = queue.version(db)
    louder = more_posts(db, case, count=5)
    assert louder.version == case.version
    assert queue.version(db) != seen  # yet the page knows that there is something new
    assert cases.dismiss(db, case.id, case.version, reason="known", by=people.monitor)


def test_a_time_limit_only_ever_shortens(db: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    case = more_posts(db, case_steps.open_case(db), count=30)
    scores.save(db, [case_steps.score(post, 0.1) for post in range(1, 32)])
    calmer = again(db, case)
    assert calmer.priority < case.priority
    assert calmer.due_at == case.due_at


def test_an_officers_wording_stays_and_the_machines_follows_the_crowd(
    db: Store, people: People
) -> None:
    case = case_steps.open_case(db)
    case_steps.cluster_of(db, ["大家都这么说"] * 3, cluster_id=case.cluster_id)
    assert again(db, case).claim == "大家都这么说"
    cases.reword(db, case.id, claim="网传有车从外地返回", by=people.monitor)
    case_steps.cluster_of(db, ["又改了说法"] * 9, cluster_id=case.cluster_id)
    assert again(db, case).claim == "网传有车从外地返回"


def test_a_claimed_case_keeps_the_words_its_holder_is_reading(db: Store, people: People) -> None:
    case = case_steps.claimed(db, people)
    case_steps.cluster_of(db, ["大家都这么说"] * 3, cluster_id=case.cluster_id)
    assert again(db, case).claim == case_steps.CLAIM


def test_numbers_count_within_a_day_of_china(db: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 11, 24, 15, 59, tzinfo=UTC)
    monkeypatch.setattr(store, "clock", lambda: moment)
    assert [case_steps.open_case(db, text=f"说法{n}").number for n in range(2)] == [
        "J-1124-001",
        "J-1124-002",
    ]
    moment += timedelta(minutes=1)
    assert case_steps.open_case(db, text="说法3").number == "J-1125-001"
    moment = moment.replace(year=2027)
    number = case_steps.open_case(db, text="说法4").number
    assert number == "J2027-1125-001"  # last year's number is taken
    assert cases.by_number(db, number).claim == "说法4"


# ---- many at once -------------------------------------------------------------------------------


def refresh(db: Store, *cluster_ids: int, line: Line = case_steps.LINE) -> None:
    opening.refresh_many(db, cluster_ids, dict.fromkeys(cluster_ids, "武汉"), line)


def test_clusters_read_together_get_each_the_case_they_would_get_alone(db: Store) -> None:
    over = case_steps.cluster_of(db, ["河堤渗水，低处快搬", "堤上冒水了"], Topic.DISASTER, 0.9)
    under = case_steps.cluster_of(db, ["今天食堂的饺子不错"], Topic.OTHER, 0.1)
    other = case_steps.cluster_of(db, ["自来水停三天"], Topic.SAFETY, 0.7)
    old = case_steps.open_case(db)
    case_steps.cluster_of(db, ["车又来了"] * 3, cluster_id=old.cluster_id)
    refresh(db, over, under, other, old.cluster_id)
    assert cases.of_cluster(db, under) is None
    found = [cases.of_cluster(db, cluster) for cluster in (over, other, old.cluster_id)]
    assert [(case.posts, case.topic) for case in found if case] == [
        (2, Topic.DISASTER),
        (1, Topic.SAFETY),
        (4, Topic.SAFETY),
    ]
    assert [case.number[-3:] for case in found if case] == ["002", "003", "001"]
    opened = [entry for entry in audit.newest(db) if entry.action == "case.open"]
    assert [entry.object for entry in opened] == ["case:3", "case:2", "case:1"]
    assert clusters.stale(db) == []


def test_cases_are_opened_in_the_order_of_their_clusters_and_in_one_chain(db: Store) -> None:
    first, calm, second = (
        case_steps.cluster_of(db, [text], risk=risk)
        for text, risk in (("停水三天", 0.9), ("天气很好", 0.1), ("桥要塌了", 0.8))
    )
    assert due.of(db, [first, calm, second], case_steps.LINE) == {first, second}
    words = {first: "停水", second: "桥"}
    opening.refresh_many(db, [first, calm, second], words, case_steps.LINE)
    opened = [cases.of_cluster(db, each) for each in (first, second)]
    assert [case and case.number[-3:] for case in opened] == ["001", "002"]
    assert cases.of_cluster(db, calm) is None
    assert clusters.stale(db) == []
    assert audit.verify(db).ok and audit.verify(db).entries == 2


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


def test_a_new_case_is_due_when_its_priority_says(db: Store) -> None:
    cluster = case_steps.cluster_of(db, topic=Topic.FOOD)
    refresh(db, cluster)
    case = cases.of_cluster(db, cluster)
    assert case
    limit = priority.time_limit(case.level)
    assert case.due_at == case.opened_at + limit


def test_one_that_became_due_after_its_words_were_made_waits_for_the_next_round(db: Store) -> None:
    ready, late = (case_steps.cluster_of(db, [text]) for text in ("说法一", "说法二"))
    opening.refresh_many(db, [ready, late], {ready: "说法"}, case_steps.LINE)
    assert cases.of_cluster(db, ready) and cases.of_cluster(db, late) is None
    assert clusters.stale(db) == [late]
    refresh(db, late)
    assert cases.of_cluster(db, late) and clusters.stale(db) == []


def test_cases_are_opened_together_or_not_at_all(db: Store) -> None:
    first, second = (case_steps.cluster_of(db, [text]) for text in ("说法一", "说法二"))
    db.conn.execute(
        "CREATE TEMP TRIGGER broken BEFORE INSERT ON cases WHEN new.claim = '说法二'"
        " BEGIN SELECT raise(ABORT, 'broken'); END"
    )
    with pytest.raises(store.driver.library.IntegrityError):
        refresh(db, first, second)
    assert db.value("SELECT count(*) FROM cases") == 0
    assert clusters.stale(db) == [first, second]
    assert audit.newest(db) == []


def test_of_cases_read_together_only_the_dismissed_that_grew_comes_back(
    db: Store, people: People
) -> None:
    grown, small = (case_steps.open_case(db, text=text) for text in ("说法一", "说法二"))
    for case, more in ((grown, 5), (small, 4)):
        cases.dismiss(db, case.id, reason="trivial", by=people.monitor)
        case_steps.cluster_of(db, ["又一种说法"] * more, cluster_id=case.cluster_id)
    refresh(db, grown.cluster_id, small.cluster_id)
    assert cases.get(db, grown.id).state is CaseState.WAITING
    assert cases.get(db, small.id).state is CaseState.DISMISSED
    (entry,) = (entry for entry in audit.newest(db) if entry.action == "case.resurface")
    assert (entry.object, entry.detail) == (
        f"case:{grown.id}",
        {"posts": 6, "at_dismissal": 1},
    )


# ---- hazards ------------------------------------------------------------------------------------


def test_a_hazard_that_a_third_of_the_posts_name_is_enough(db: Store) -> None:
    case = case_steps.open_case(db, Topic.SCHOOL)
    case = more_posts(db, case, Topic.SCHOOL)
    assert not case.hazard
    assert more_posts(db, case, Topic.FOOD).topic is Topic.FOOD


def test_a_hazard_is_never_downgraded_by_the_machine(db: Store) -> None:
    case = case_steps.open_case(db, Topic.FOOD)
    case = more_posts(db, case, Topic.OTHER, count=20)
    assert (case.topic, case.hazard) == (Topic.FOOD, True)


def test_the_topic_an_officer_set_stays(db: Store, people: People) -> None:
    case = case_steps.open_case(db, Topic.SAFETY)
    cases.set_topic(db, case.id, topic=Topic.FINANCE, by=people.monitor)
    assert more_posts(db, case, Topic.SAFETY, 5).topic is Topic.FINANCE
    assert more_posts(db, case, Topic.FOOD, 30).topic is Topic.FOOD  # but a hazard is a hazard
    cases.set_topic(db, case.id, topic=Topic.EPIDEMIC, by=people.monitor)
    assert more_posts(db, case, Topic.FOOD, 9).topic is Topic.EPIDEMIC


def test_every_hazard_that_a_third_of_the_posts_name_asks_for_its_reviewer(
    db: Store, people: People
) -> None:
    """A topic that an officer set, or that came first, hides no other one from review."""
    case = case_steps.open_case(db, Topic.SCHOOL)
    cases.set_topic(db, case.id, topic=Topic.PRODUCTION, by=people.monitor)
    case = more_posts(db, case, Topic.EPIDEMIC, 2)
    assert case.topic is Topic.PRODUCTION
    assert acts.fields(db, case.id) == (Topic.EPIDEMIC, Topic.PRODUCTION)
    assert acts.hands(db, case.id).keys() == {people.monitor.id}
    entry = audit.of_object(db, f"case:{case.id}", 1)[0]
    assert (entry.action, entry.actor, entry.detail) == (
        "case.field",
        "machine",
        {"new": "epidemic"},
    )
    more_posts(db, case, Topic.EPIDEMIC, 3)
    said = [entry.action for entry in audit.of_object(db, f"case:{case.id}")]
    assert said.count("case.field") == 1 and audit.verify(db).ok
    cases.claim(db, case.id, by=people.verifier)
    assert more_posts(db, case, Topic.FOOD, 9).topic is Topic.PRODUCTION  # taken up meanwhile
    assert Topic.FOOD in acts.fields(db, case.id)


def test_a_case_opens_with_every_hazard_its_posts_name(db: Store) -> None:
    case = case_steps.open_case(db, Topic.FOOD)
    more_posts(db, case, Topic.MEDICINE)
    assert set(acts.fields(db, case.id)) == {Topic.FOOD, Topic.MEDICINE}


def test_the_topic_a_verdict_was_given_on_stays(db: Store, people: People) -> None:
    case = case_steps.ready(db, people, Topic.FOOD)
    case_steps.decide(db, case, people.verifier)
    assert more_posts(db, case, Topic.EPIDEMIC, 20).topic is Topic.FOOD


# ---- dismissed is not forgotten -----------------------------------------------------------------


def test_a_dismissed_claim_that_spreads_comes_back(db: Store, people: People) -> None:
    case = case_steps.open_case(db)
    cases.dismiss(db, case.id, case.version, reason="trivial", by=people.monitor)
    assert more_posts(db, case, count=4).state is CaseState.DISMISSED  # 5 posts: four more
    back = more_posts(db, case, count=1)
    assert (back.state, back.dismissed_for) == (CaseState.WAITING, "")
    assert back.due_at > store.now()
    assert [found.id for found in queue.cases(db)] == [case.id]
    assert audit.of_object(db, f"case:{case.id}", 1)[0].action == "case.resurface"


def test_a_dismissed_claim_that_turns_out_a_hazard_comes_back(db: Store, people: People) -> None:
    case = case_steps.open_case(db)
    cases.dismiss(db, case.id, case.version, reason="trivial", by=people.monitor)
    assert more_posts(db, case, Topic.EPIDEMIC).state is CaseState.WAITING


# ---- what waits for the machine -----------------------------------------------------------------


def test_an_open_case_is_linked_to_the_known_notice_it_is_like(db: Store, people: People) -> None:
    known = case_steps.published(db, people)
    case = case_steps.open_case(db, text="同一个故事又来了")
    (march,) = claims.search(db, origin=claims.OWN)
    assert [found.id for found in opening.unmatched(db, 7)] == [case.id]
    likeness.link(db, case.id, [Match(march.id, 0.9, Relation.SAME)], 7)
    assert likeness.of_case(db, case.id)[0].known.notice_id == known.id
    assert [found.id for found in opening.undrafted(db)] == [case.id]
    assert opening.unmatched(db, 7) == []
    assert [found.id for found in opening.unmatched(db, 8)] == [case.id]


def test_a_case_whose_posts_are_all_gone_is_not_asked_for_again(db: Store) -> None:
    """Retention may take the posts of a claim that nobody has looked at since its last score."""
    cluster = case_steps.cluster_of(db, risk=0.95)
    case = opening.refresh(db, cluster, "", Line.at(0.6))
    assert case is not None
    db.conn.execute("UPDATE clusters SET stale = 1 WHERE id = ?", [cluster])
    db.conn.execute("DELETE FROM posts WHERE cluster_id = ?", [cluster])
    opening.refresh_many(db, clusters.stale(db), {}, Line.at(0.6))
    assert clusters.stale(db) == []
    assert cases.get(db, case.id) == case
