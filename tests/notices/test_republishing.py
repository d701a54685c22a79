"""The site from the store alone: byte for byte what went out, and a word for whatever is not there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from models import store
from models.casework import cases
from models.casework.records import Hazard, Literal, NoticeKind
from models.config import Config
from models.outcome import Outcome
from models.publishing import notices, outbox, retractions, revisions
from models.publishing.records import Notice
from models.publishing.revisions import Draft
from models.store import Store
from notices import channels, republishing
from notices.channels.site import Site
from notices.forms import image
from tests import case_steps, published_desk
from tests.conftest import People, hire
from tests.published_desk import CLAIMS


@dataclass
class Desk:
    db: Store
    config: Config
    who: People

    @property
    def site(self) -> Site:
        made = channels.opened(self.config)["site"]
        assert isinstance(made, Site)
        return made

    def publish(self, claim: str) -> Notice:
        return published_desk.publish(self.db, self.config, self.who, claim)

    def rebuild(self) -> republishing.Rebuilt:
        return republishing.rebuild(self.db, self.site, self.config.office)

    def files(self) -> dict[str, bytes]:
        root = self.config.public.dir
        return {
            file.relative_to(root).as_posix(): file.read_bytes()
            for file in root.rglob("*")
            if file.is_file() and file.name != ".lock"
        }


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(image, "pngs", lambda *_, **__: [b"\x89PNG"])
    config = published_desk.configure(tmp_path)
    with store.using(config.store) as db:
        yield Desk(db, config, hire(db))


def verifying(desk: Desk, claim: str) -> Notice:
    """正在核实, out; and then its result, out as well."""
    case = case_steps.open_case(desk.db, text=claim)
    case = cases.claim(desk.db, case.id, case.version, by=desk.who.verifier)
    words = Draft(NoticeKind.VERIFYING, "关于网传一事", ("正在核实。",), claim, "请等结果。")
    first = notices.start(desk.db, case.id, words, by=desk.who.verifier)
    case_steps.submit(desk.db, first, desk.who.verifier)
    case_steps.approve(desk.db, first, desk.who.publisher)
    published_desk.deliver(desk.db, desk.config)
    for title in ("登记答复", "书面答复"):
        case_steps.prove(desk.db, case, desk.who.verifier, title=title, refutes=claim[:6])
    case_steps.decide(
        desk.db, case, desk.who.verifier, Outcome.FALSE, Literal.WRONG, Hazard.EXCLUDED
    )
    result = case_steps.draft(desk.db, case)
    case_steps.submit(desk.db, result, desk.who.verifier)
    case_steps.approve(desk.db, result, desk.who.publisher)
    published_desk.deliver(desk.db, desk.config)
    return notices.get(desk.db, first.id)


def filled(desk: Desk) -> dict[str, Notice]:
    """One standing, one retracted, one 正在核实 with its result."""
    found = {"stands": desk.publish(CLAIMS[0]), "gone": desk.publish(CLAIMS[1])}
    retractions.retract(desk.db, found["gone"].id, reason="水厂改了安排", by=desk.who.publisher)
    published_desk.deliver(desk.db, desk.config)
    return found | {"asked": verifying(desk, CLAIMS[2])}


def test_a_site_that_is_gone_comes_back_byte_for_byte(desk: Desk) -> None:
    filled(desk)
    before = desk.files()
    assert len([name for name in before if name.startswith("n/") and name.endswith(".json")]) == 4
    shutil.rmtree(desk.config.public.dir)
    done = desk.rebuild()
    assert done.ok and done.drawn == 4 and len(done.before.missing) == 4
    assert desk.files() == before


def test_a_page_does_not_move_with_its_case(desk: Desk) -> None:
    """The machine finds other places in the claim since; what went out said the first."""
    notice = desk.publish(CLAIMS[0])
    before = desk.files()
    desk.db.execute(
        "UPDATE cases SET entities = ? WHERE id = ?",
        ['[{"kind":"place","text":"别处","value":"别处","facts":{}}]', notice.case_id],
    )
    shutil.rmtree(desk.config.public.dir)
    assert desk.rebuild().ok and desk.files() == before


@pytest.mark.parametrize(
    "tail", [".html", ".txt", ".png", "-square.png", ".json", "/index.html", "all.html"]
)
def test_what_is_missing_is_named_and_drawn(desk: Desk, tail: str) -> None:
    desk.publish(CLAIMS[0])
    before = desk.files()
    name = {"/index.html": "v/{}/index.html", "all.html": "all.html"}.get(tail, "n/{}" + tail)
    slug = desk.site.folder.names("n/*.json")[0][2:-5]
    (desk.config.public.dir / name.format(slug)).unlink()
    compared = republishing.compare(desk.db, desk.site, desk.config.office)
    assert len(compared.missing) == 1 and not compared.complete
    assert desk.rebuild().ok and desk.files() == before


@pytest.mark.parametrize("damage", [b"", b"{", b'{"format": 1}', b"\xff\x00"])
def test_a_damaged_record_is_written_again(desk: Desk, damage: bytes) -> None:
    desk.publish(CLAIMS[0])
    before = desk.files()
    desk.site.folder.write(desk.site.folder.names("n/*.json")[0], damage)
    assert desk.rebuild().ok and desk.files() == before


def test_words_changed_on_the_site_alone_are_put_right(desk: Desk) -> None:
    desk.publish(CLAIMS[0])
    before = desk.files()
    name = desk.site.folder.names("n/*.json")[0]
    desk.site.folder.write(name, before[name].replace("没有来过".encode(), "确实来过".encode()))
    assert desk.rebuild().ok and desk.files() == before


def test_another_text_under_its_number_is_named_though_the_site_agrees_with_itself(
    desk: Desk,
) -> None:
    desk.publish(CLAIMS[0])
    before = desk.files()
    ((slug, there),) = desk.site.held().items()
    desk.site.rebuild({slug: replace(there, title="确有其事", hash="0" * 64)})
    compared = republishing.compare(desk.db, desk.site, desk.config.office)
    (named,) = compared.missing
    assert named.endswith(": the site has another text of it") and desk.files() != before
    assert desk.rebuild().ok and desk.files() == before


def test_a_page_keeps_the_words_that_went_out_whatever_was_written_since(desk: Desk) -> None:
    """In a store of before the rule that what is out is not reworded."""
    desk.db.execute("DROP TRIGGER agreed_words_stand")
    notice = desk.publish(CLAIMS[0])
    before = desk.files()
    later = replace(
        case_steps.words(desk.db, cases.get(desk.db, notice.case_id)), title="改过的题目"
    )
    with desk.db.atomic():
        revisions.add(desk.db, notice.case_id, notice.id, 2, later, desk.who.verifier)
        desk.db.update("notices", notice.id, {"revision": 2})
    shutil.rmtree(desk.config.public.dir)
    assert desk.rebuild().ok and desk.files() == before


def test_a_retraction_that_the_site_has_not_heard_of_is_named(desk: Desk) -> None:
    """A site put back from yesterday: its page stands, agrees with itself, and is out of date."""
    notice = desk.publish(CLAIMS[0])
    yesterday = desk.files()
    retractions.retract(desk.db, notice.id, reason="桥改了安排", by=desk.who.publisher)
    published_desk.deliver(desk.db, desk.config)
    before = desk.files()
    shutil.rmtree(desk.config.public.dir)
    for name, content in yesterday.items():
        desk.site.folder.write(name, content)
    compared = republishing.compare(desk.db, desk.site, desk.config.office)
    assert len(compared.missing) == 1 and not compared.newer
    assert desk.rebuild().ok and desk.files() == before


def test_what_the_store_does_not_know_stays_and_is_named(desk: Desk, tmp_path: Path) -> None:
    desk.publish(CLAIMS[0])
    back = _copy(desk, tmp_path)
    foreign = desk.publish(CLAIMS[1])
    before = desk.files()
    done = back.rebuild()
    assert done.ok  # all that this store knows is there
    assert len(done.after.foreign) == 1 and foreign.number in done.after.foreign[0]
    assert desk.files() == before
    back.db.close()


def test_a_retraction_that_only_the_site_knows_is_not_taken_back(
    desk: Desk, tmp_path: Path
) -> None:
    notice = desk.publish(CLAIMS[0])
    back = _copy(desk, tmp_path)
    retractions.retract(desk.db, notice.id, reason="桥改了安排", by=desk.who.publisher)
    published_desk.deliver(desk.db, desk.config)
    before = desk.files()
    done = back.rebuild()
    assert "已撤回" in done.after.newer[0] and notice.number in done.after.newer[0]
    assert desk.files() == before
    back.db.close()


def test_a_number_that_has_another_notice_is_loud_and_replaces_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    back = _copy(desk, tmp_path)
    desk.publish(CLAIMS[0])
    kept = desk.files()
    shutil.rmtree(desk.config.public.dir)
    back.publish(CLAIMS[1])
    shutil.rmtree(desk.config.public.dir)
    for name, content in kept.items():
        desk.site.folder.write(name, content)
    done = back.rebuild()
    assert not done.ok and len(done.after.replaced) == 1
    assert {name: desk.files()[name] for name in kept} == kept
    back.db.close()


def test_what_is_out_by_the_store_and_stands_in_no_row_is_loud(desk: Desk) -> None:
    """A notice that says published where the outbox has nothing: it cannot be drawn from its record."""
    notice = published_desk.approve(desk.db, desk.who, CLAIMS[0])
    desk.db.execute(
        "UPDATE notices SET state = 'published', published_at = issued_at WHERE id = ?",
        [notice.id],
    )
    done = desk.rebuild()
    assert not done.ok and "no row of the outbox" in done.after.missing[0]


def test_what_waits_or_was_refused_is_not_owed_to_the_site(desk: Desk) -> None:
    published_desk.approve(desk.db, desk.who, CLAIMS[0])
    assert desk.rebuild().ok
    row = outbox.take(desk.db, "dead")
    assert row and desk.rebuild().ok and desk.site.numbers() == []
    # taken back on its way, and it never arrived: its retraction went nowhere either
    retractions.retract(desk.db, row.notice_id, reason="桥改了安排", by=desk.who.publisher)
    outbox.recover(desk.db)
    outbox.resolve(desk.db, row.id, sent=False, note="站点上没有", by=desk.who.publisher)
    published_desk.deliver(desk.db, desk.config)
    assert {way.kind: way.receipt for way in outbox.of_notice(desk.db, row.notice_id)} == {
        "publish": "",
        "retract": "",
    }
    assert desk.rebuild().ok and desk.site.numbers() == []


def test_a_notice_that_cannot_be_drawn_is_named_and_the_rest_is_drawn(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.errors import InputError

    desk.publish(CLAIMS[0])
    desk.publish(CLAIMS[1])
    before = desk.files()
    shutil.rmtree(desk.config.public.dir)

    def no_glyph(notice: Notice, *_: object, **__: object) -> list[bytes]:
        if "三号桥" in notice.title or "江州三" in notice.title:
            raise InputError("has no glyph", "image", "write another")
        return [b"\x89PNG"]

    monkeypatch.setattr(image, "pngs", no_glyph)
    done = desk.rebuild()
    assert not done.ok and len(done.faults) == 1 and len(done.after.missing) == 1
    assert len([name for name in desk.files() if name.endswith(".json")]) == 1 < len(before)


def _copy(desk: Desk, tmp_path: Path) -> Desk:
    """The store as it stands now, over the same site."""
    folder = tmp_path / "back"
    folder.mkdir()
    desk.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for tail in (".db", ".key"):
        shutil.copy(desk.db.path.with_suffix(tail), folder / f"piyao{tail}")
    return replace(desk, db=store.open(folder / "piyao.db"))
