"""The way of a claim, step by step, for tests that need a case in a certain state."""

from __future__ import annotations

from collections.abc import Sequence

from models import store
from models.casework import (
    cases,
    closings,
    evidence,
    opening,
    verdicts,
)
from models.casework.records import (
    Case,
    Evidence,
    Hazard,
    Literal,
    NoticeKind,
    Verdict,
)
from models.harm import Topic
from models.intake import posts
from models.intake.records import Post, Reply
from models.outcome import Outcome
from models.people import officers
from models.publishing import notices, outbox, reviews
from models.publishing.records import Delivery, Notice, Publication
from models.publishing.revisions import Draft
from models.ranking import clusters, scores
from models.ranking.clusters import Filing, Fingerprint
from models.ranking.line import Line
from models.ranking.records import Entity, Reason, Score
from models.roles import Officer
from models.store import Store
from tests.conftest import People

CLAIM = "车牌浙BL1234的车刚从武汉回到白兔潭，车上有确诊患者"
WORDS = "刚从武汉回到白兔潭"  # of the claim, refuted by the evidence of these tests
LINE = Line.at(0.6)


def score(post_id: int, risk: float = 0.9, topic: Topic = Topic.SAFETY, doubts: int = 0) -> Score:
    entities = (Entity("plate", "浙BL1234", "浙BL1234", {"省": "浙江"}),)
    return Score(
        post_id, risk, (Reason("武汉", 1.2),), topic, entities, doubts, "test", store.now()
    )


def cluster_of(
    db: Store,
    texts: Sequence[str] = (CLAIM,),
    topic: Topic = Topic.SAFETY,
    risk: float = 0.9,
    cluster_id: int | None = None,
    share: float = 0.0,
) -> int:
    """Posts with these texts, scored, in one cluster; each by an account of its own."""
    for text in texts:
        native = f"post-{posts.count(db) + 1}"
        posts.add(db, Post("forum", native, text, author=native, replies=(Reply("真的吗"),)))
        post_id = db.value("SELECT id FROM posts WHERE native_id = ?", native)
        scores.save(db, [score(post_id, risk, topic)], share, LINE)
        cluster_id = assign(db, post_id, cluster_id, Fingerprint((post_id,), post_id, text))
    assert cluster_id
    return cluster_id


def assign(db: Store, post_id: int, cluster_id: int | None, print_: Fingerprint) -> int:
    """One post into a cluster (None: a new one); returns the cluster's id."""
    (found,) = clusters.file(db, [Filing(post_id, cluster_id or -1, print_)])
    return found


def open_case(db: Store, topic: Topic = Topic.SAFETY, text: str = CLAIM, risk: float = 0.9) -> Case:
    case = opening.refresh(db, cluster_of(db, (text,), topic, risk), "浙bl1234 武汉", LINE)
    assert case
    return case


def claimed(db: Store, people: People, topic: Topic = Topic.SAFETY) -> Case:
    case = open_case(db, topic)
    return cases.claim(db, case.id, case.version, by=people.verifier)


def hand_over(db: Store, case: Case, holder: Officer, to: Officer) -> Case:
    """The holder puts the case back, and a colleague takes it."""
    cases.release(db, case.id, by=holder)
    return cases.claim(db, case.id, by=to)


def prove(
    db: Store, case: Case, by: Officer, *, title: str = "登记答复", **changed: object
) -> Evidence:
    """One item that counts: primary, independent, refuting the words of the claim."""
    words: dict = {
        "title": title,
        "finding": "该号段登记为重型货车，1 月以来无本市轨迹",
        "primary": True,
        "independent": True,
        "refutes": WORDS,
        "original": f"{title}\n无本市轨迹".encode(),
        "media_type": "text/plain",
    }
    return evidence.add(db, case.id, by=by, **(words | changed))


def ready(db: Store, people: People, topic: Topic = Topic.SAFETY) -> Case:
    """A claimed case on which 不实 may be given."""
    case = claimed(db, people, topic)
    prove(db, case, people.verifier, title="登记答复")
    prove(db, case, people.monitor, title="接诊点答复")
    if case.hazard:
        cases.send_lead(db, case.id, to="市疾控中心", by=people.monitor)
        cases.set_sample_status(db, case.id, status="不涉及实物", by=people.monitor)
    return cases.get(db, case.id)


def decide(
    db: Store,
    case: Case,
    by: Officer,
    outcome: Outcome = Outcome.FALSE,
    literal: Literal = Literal.WRONG,
    hazard: Hazard = Hazard.EXCLUDED,
) -> Verdict:
    return verdicts.decide(
        db,
        case.id,
        cases.get(db, case.id).version,
        literal=literal,
        hazard=hazard,
        outcome=outcome,
        ground="登记与接诊记录都不支持这个说法",
        by=by,
    )


def unverified(db: Store, case: Case, by: Officer) -> Verdict:
    return decide(db, case, by, Outcome.UNVERIFIED, Literal.UNKNOWN, Hazard.UNKNOWN)


def words(db: Store, case: Case, kind: NoticeKind = NoticeKind.DEBUNK) -> Draft:
    basis = tuple(item.id for item in evidence.of_case(db, case.id) if not item.withdrawn_at)
    return Draft(
        kind, "没有这样一辆车", ("该车没有来过", "没有确诊患者"), "网传有车返回", "不信谣", basis
    )


def draft(db: Store, case: Case, kind: NoticeKind = NoticeKind.DEBUNK) -> Notice:
    return notices.start(db, case.id, words(db, case, kind), by=officers.MACHINE)


def drafted(db: Store, people: People, topic: Topic = Topic.SAFETY) -> Notice:
    case = ready(db, people, topic)
    decide(db, case, people.verifier)
    return draft(db, case)


def submit(db: Store, notice: Notice, by: Officer) -> Notice:
    return reviews.submit(db, notice.id, notices.get(db, notice.id).hash, by=by)


def review(db: Store, notice: Notice, by: Officer) -> Notice:
    return reviews.review(db, notice.id, notices.get(db, notice.id).hash, by=by)


def approve(db: Store, notice: Notice, by: Officer) -> Notice:
    return reviews.approve(db, notice.id, notices.get(db, notice.id).hash, by=by)


def submitted(db: Store, people: People, topic: Topic = Topic.SAFETY) -> Notice:
    return submit(db, drafted(db, people, topic), people.verifier)


def approved(db: Store, people: People, topic: Topic = Topic.SAFETY) -> Notice:
    notice = submitted(db, people, topic)
    if topic.hazard:
        review(db, notice, people.second)
    return approve(db, notice, people.publisher)


def take(db: Store, holder: str = "tests") -> Publication:
    row = outbox.take(db, holder)
    assert row
    return row


def send(db: Store, outcome: Delivery = Delivery.SENT) -> Publication:
    row = take(db)
    assert outbox.settle(db, row.id, row.fence, outcome, "site/1")
    return outbox.get(db, row.id)


def dropped(db: Store, case_id: int, one: Officer, other: Officer, reason: str = "trivial") -> Case:
    """不立案 of a case that holds evidence or a verdict: one proposes, the other agrees."""
    closings.dismiss(db, case_id, reason=reason, by=one)
    return closings.dismiss(db, case_id, reason=reason, by=other)


def published(db: Store, people: People, topic: Topic = Topic.SAFETY) -> Notice:
    notice = approved(db, people, topic)
    send(db)
    return notices.get(db, notice.id)


def teach(db: Store, text: str, label: int, by: Officer) -> Case:
    """A case of this text, decided: worth a check or not. What the model is renewed from."""
    case = open_case(db, text=text)
    if not label:
        return cases.dismiss(db, case.id, reason="not_a_claim", by=by)
    cases.claim(db, case.id, by=by)
    unverified(db, case, by)
    return cases.get(db, case.id)
