"""The outbox's hands: approved text only, at most once without a person, the unknown looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models import store
from models.casework import cases, evidence, verdicts
from models.casework.records import Hazard, Literal
from models.config import Config, PublicConfig
from models.harm import Topic
from models.outcome import Outcome
from models.publishing import (
    notices,
    outbox,
    retractions,
    reviews,
)
from models.publishing.records import Delivery, Notice, NoticeState
from models.roles import Officer
from models.store import Store
from notices import sending as hands
from notices.channels import Receipt, Rejected
from notices.channels.site import Site
from notices.drafting import drafts
from notices.forms import image
from notices.page import Page
from tests.notice_records import OFFICE
from tests.seeded_night import Story, open_case, people

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
CLAIM = "城北水厂明天起停水三天，快囤水，车牌浙BL1234"
CONFIG = Config(Path("piyao.toml"), Path("data"), office=OFFICE)


class Fake:
    """A channel that does as told, and remembers every page it was handed."""

    name = "site"
    authoritative = False
    dedupes = False

    def __init__(self, answer: Callable[[Page], None] = lambda page: None) -> None:
        self.answer = answer
        self.pages: list[Page] = []
        self.list: dict[str, Receipt] = {}

    def prepare(self) -> None:
        pass

    def publish(self, page: Page) -> Receipt:
        self.pages.append(page)
        self.answer(page)
        return Receipt("ref-1", NOW, page.notice.revision, page.kind)

    def look_up(self, number: str) -> Receipt | None:
        return self.list.get(number)


@pytest.fixture
def who(db: Store, monkeypatch: pytest.MonkeyPatch) -> dict[str, Officer]:
    monkeypatch.setattr(store, "clock", lambda: NOW)
    return people(db)


def in_review(db: Store, who: dict[str, Officer], **changed: object) -> Notice:
    """A debunk of an ordinary claim, drafted by the machine, submitted by an officer."""
    story = Story(((CLAIM, 3),), Topic.UTILITY, 0.9, 60, 30, 3)
    case = open_case(db, story, NOW)
    cases.claim(db, case.id, by=who["verifier"])
    for title, finding, refutes in (
        ("水厂调度记录", "城北水厂没有停水三天的安排，供水正常", "停水三天"),
        ("供水集团书面答复", "11 月下旬没有任何停水计划", "明天起停水"),
    ):
        evidence.add(
            db, case.id, title=title, finding=finding, refutes=refutes, primary=True,
            independent=True, original=f"%PDF-secret {title}".encode(), by=who["verifier"],
        )  # fmt: skip
    verdict = verdicts.decide(
        db, case.id, None, literal=Literal.WRONG, hazard=Hazard.EXCLUDED, outcome=Outcome.FALSE,
        ground="两项证据都不支持。", by=who["verifier"],
    )  # fmt: skip
    items = evidence.of_case(db, case.id)
    words = drafts.draft(cases.get(db, case.id), verdict, items, OFFICE, NOW)
    made = notices.start(db, case.id, replace(words, **changed), by=who["colleague"])  # type: ignore[arg-type]
    return reviews.submit(db, made.id, made.hash, by=who["verifier"])


def approved(db: Store, who: dict[str, Officer]) -> Notice:
    made = in_review(db, who)
    return reviews.approve(db, made.id, made.hash, by=who["publisher"])


def state(db: Store, made: Notice, kind: str = "publish") -> Delivery:
    return next(row.state for row in outbox.of_notice(db, made.id) if row.kind == kind)


def clock(monkeypatch: pytest.MonkeyPatch, later: timedelta) -> None:
    monkeypatch.setattr(store, "clock", lambda: NOW + later)


@pytest.fixture(autouse=True)
def nothing_looked_at() -> Iterator[None]:
    hands._LOOKED.clear()
    yield


# ---- what goes out -------------------------------------------------------------------------------


def test_an_approved_notice_goes_out_once(db: Store, who: dict[str, Officer]) -> None:
    made, channel = approved(db, who), Fake()
    (result,) = hands.deliver(db, {"site": channel}, CONFIG)
    assert result.state is Delivery.SENT and notices.get(db, made.id).state is NoticeState.PUBLISHED
    assert hands.deliver(db, {"site": channel}, CONFIG) == [] and len(channel.pages) == 1
    page = channel.pages[0]
    assert page.notice.hash == made.hash and page.place
    assert [line.title for line in page.basis] == ["水厂调度记录", "供水集团书面答复"]
    assert page.basis[0].marks == (0,) and page.basis[1].marks == (1,)


def test_what_waits_for_approval_does_not_go_out(db: Store, who: dict[str, Officer]) -> None:
    in_review(db, who)
    channel = Fake()
    assert hands.deliver(db, {"site": channel}, CONFIG) == [] and not channel.pages


def test_evidence_withdrawn_after_approval_stops_the_notice(
    db: Store, who: dict[str, Officer]
) -> None:
    made, channel = approved(db, who), Fake()
    evidence.withdraw(db, evidence.of_case(db, made.case_id)[0].id, by=who["verifier"])
    hands.deliver(db, {"site": channel}, CONFIG)
    assert not channel.pages and state(db, made) is Delivery.REJECTED


def test_a_text_that_is_not_the_approved_one_is_rejected(
    db: Store, who: dict[str, Officer]
) -> None:
    made = approved(db, who)
    row = outbox.of_notice(db, made.id)[0]
    hands.check(db, row, made)
    for other in (replace(made, hash="0" * 64), replace(made, revision=9)):
        with pytest.raises(Rejected, match="与批准时不一样"):
            hands.check(db, row, other)


def test_the_word_in_a_notice_that_may_not_say_it_is_rejected(
    db: Store, who: dict[str, Officer]
) -> None:
    made = approved(db, who)
    row = outbox.of_notice(db, made.id)[0]
    with pytest.raises(Rejected, match="请改写"):
        hands.check(db, row, replace(made, outcome=Outcome.MISLEADING, title="这是谣言"))


# ---- outcomes ------------------------------------------------------------------------------------


def fail(error: Exception) -> Callable[[Page], None]:
    def answer(page: Page) -> None:
        raise error

    return answer


def test_a_refusal_is_rejected_and_a_timeout_is_unknown(db: Store, who: dict[str, Officer]) -> None:
    made = approved(db, who)
    (result,) = hands.deliver(db, {"site": Fake(fail(TimeoutError("30 s")))}, CONFIG)
    assert result.state is Delivery.UNKNOWN and state(db, made) is Delivery.UNKNOWN
    assert notices.get(db, made.id).state is NoticeState.APPROVED
    other = Fake(fail(Rejected("标题太长")))
    assert hands.deliver(db, {"site": other}, CONFIG) == [] and not other.pages  # never re-sent


def test_a_refusal_is_final(db: Store, who: dict[str, Officer]) -> None:
    made = approved(db, who)
    (result,) = hands.deliver(db, {"site": Fake(fail(Rejected("标题太长")))}, CONFIG)
    assert result.state is Delivery.REJECTED and "标题太长" in result.message
    assert state(db, made) is Delivery.REJECTED


def test_a_channel_that_is_not_there_rejects(db: Store, who: dict[str, Officer]) -> None:
    made = approved(db, who)
    hands.deliver(db, {}, CONFIG)
    assert state(db, made) is Delivery.REJECTED


def test_unknown_and_found_in_the_channels_list_is_sent(db: Store, who: dict[str, Officer]) -> None:
    made, channel = approved(db, who), Fake(fail(TimeoutError()))
    hands.deliver(db, {"site": channel}, CONFIG)
    channel.list[made.number] = Receipt("ref-9", NOW, made.revision)
    hands.deliver(db, {"site": channel}, CONFIG)
    assert state(db, made) is Delivery.SENT and len(channel.pages) == 1


def test_unknown_and_not_found_waits_for_a_person(
    db: Store, who: dict[str, Officer], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, channel = approved(db, who), Fake(fail(TimeoutError()))
    hands.deliver(db, {"site": channel}, CONFIG)
    for minutes in (0, 5, 11, 22, 600):
        clock(monkeypatch, timedelta(minutes=minutes))
        found = hands.deliver(db, {"site": channel}, CONFIG)
    assert "请人确认" in found[0].message
    assert state(db, made) is Delivery.UNKNOWN and len(channel.pages) == 1
    outbox.resolve(
        db, outbox.of_notice(db, made.id)[0].id, sent=False, note="没有看到", by=who["publisher"]
    )
    channel.answer = lambda page: None
    hands.deliver(db, {"site": channel}, CONFIG)
    assert state(db, made) is Delivery.SENT and len(channel.pages) == 2


def test_a_dead_process_leaves_an_unknown_row(db: Store, who: dict[str, Officer]) -> None:
    made = approved(db, who)
    assert outbox.take(db, "dead") is not None
    assert outbox.recover(db, alive="alive") == 1
    assert state(db, made) is Delivery.UNKNOWN


# ---- retraction ----------------------------------------------------------------------------------


def test_a_retraction_follows_what_was_sent(db: Store, who: dict[str, Officer]) -> None:
    made, channel = approved(db, who), Fake()
    hands.deliver(db, {"site": channel}, CONFIG)
    retractions.retract(db, made.id, reason="水厂改了安排，浙BL1234", by=who["verifier"])
    hands.deliver(db, {"site": channel}, CONFIG)
    assert [page.kind for page in channel.pages] == ["publish", "retract"]
    assert channel.pages[1].reason == "水厂改了安排，浙BL****"


def test_a_retraction_follows_an_unknown_sending_too(db: Store, who: dict[str, Officer]) -> None:
    made, channel = approved(db, who), Fake(fail(TimeoutError()))
    hands.deliver(db, {"site": channel}, CONFIG)
    retractions.retract(db, made.id, reason="水厂改了安排", by=who["verifier"])
    channel.answer = lambda page: None
    hands.deliver(db, {"site": channel}, CONFIG)
    assert state(db, made, "retract") is Delivery.SENT and channel.pages[-1].kind == "retract"


def test_what_never_went_out_is_not_made_public_by_its_retraction(
    db: Store, who: dict[str, Officer]
) -> None:
    made, channel = approved(db, who), Fake()
    retractions.retract(db, made.id, reason="批准后发现有误", by=who["verifier"])
    hands.deliver(db, {"site": channel}, CONFIG)
    assert not channel.pages
    assert Delivery.SENT not in [row.state for row in outbox.of_notice(db, made.id)]


# ---- the real site -------------------------------------------------------------------------------


def test_the_site_is_asked_after_a_kill_and_the_notice_is_out_once(
    db: Store, who: dict[str, Officer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image, "pngs", lambda *_, **__: [b"\x89PNG"])
    site = Site(PublicConfig("https://jz.example", tmp_path / "site"), OFFICE)
    made = approved(db, who)
    assert outbox.take(db, "killed before the write") is not None
    outbox.recover(db, alive="next")
    found = hands.deliver(db, {"site": site}, CONFIG)
    assert [result.state for result in found] == [Delivery.QUEUED, Delivery.SENT]
    receipt = site.look_up(made.number)
    assert receipt is not None and receipt.revision == made.revision
    pages = "".join(path.read_text() for path in (tmp_path / "site").rglob("*.html"))
    assert "1234" not in pages and "secret" not in pages
