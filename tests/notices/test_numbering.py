"""What channels hold is counted before a number is given, and a known number takes no other notice."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import store
from models.casework import cases
from models.config import Config
from models.publishing import notices, numbers, outbox, refusals, retractions
from models.publishing.records import Delivery, NoticeState
from models.store import Store
from notices import channels, numbering, sending
from notices.channels.site import Site
from notices.forms import image
from tests import case_steps, published_desk
from tests.conftest import People, hire
from tests.published_desk import CLAIMS

pytestmark = pytest.mark.slow  # a site is drawn in each


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(image, "pngs", lambda *_, **__: [b"\x89PNG"])
    return published_desk.configure(tmp_path)


@pytest.fixture
def desk(config: Config) -> Iterator[Store]:
    with store.using(config.store) as db:
        yield db


@pytest.fixture
def who(desk: Store) -> People:
    return hire(desk)


def copied(db: Store, to: Path) -> Store:
    """The store as it stands now, as another file."""
    to.parent.mkdir()
    db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(db.path, to)
    shutil.copy(db.path.with_suffix(".key"), to.with_suffix(".key"))
    return store.open(to)


def page(config: Config, number: str) -> str:
    return (config.public.dir / "n" / f"2026-{number}.html").read_text("utf-8")


@pytest.fixture(autouse=True)
def the_year(monkeypatch: pytest.MonkeyPatch) -> None:
    real = store.clock
    shift = real() - real().replace(year=2026)
    monkeypatch.setattr(store, "clock", lambda: real() - shift)


def test_a_store_set_back_goes_on_after_the_highest_number_of_the_site(
    desk: Store, who: People, config: Config, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    published_desk.publish(desk, config, who, CLAIMS[0])
    back = copied(desk, tmp_path / "back" / "piyao.db")
    published_desk.publish(desk, config, who, CLAIMS[1])
    there = page(config, "2")
    with caplog.at_level(logging.WARNING, "piyao.numbers"):
        (found,) = numbering.look(back, config)
    assert (found.number, found.title) == ("〔2026〕2 号", "东渡水厂一事不实")
    assert "〔2026〕2 号" in caplog.text
    assert numbering.look(back, config) == []  # said once
    notice = published_desk.publish(back, config, who, CLAIMS[2])
    assert notice.number == "〔2026〕3 号" and notice.state is NoticeState.PUBLISHED
    assert page(config, "2") == there
    back.close()


def test_a_known_number_takes_no_other_notice_and_the_desk_says_so(
    desk: Store, who: People, config: Config, tmp_path: Path
) -> None:
    """Two desks on one site that give a number in the same moment; or nobody looked before."""
    back = copied(desk, tmp_path / "back" / "piyao.db")
    published_desk.publish(desk, config, who, CLAIMS[0])
    before = {file: file.read_bytes() for file in config.public.dir.rglob("*") if file.is_file()}
    other = published_desk.approve(back, who, CLAIMS[1])
    assert other.number == "〔2026〕1 号"
    (result,) = published_desk.deliver(back, config)
    assert result.state is Delivery.REJECTED and "另一条通告" in result.message
    after = {file: file.read_bytes() for file in config.public.dir.rglob("*") if file.is_file()}
    assert after == before
    assert [row.notice_id for row in refusals.pending(back)] == [other.id]
    retractions.retract(back, other.id, reason="编号已被占用", by=who.publisher)
    assert refusals.pending(back) == []
    numbering.look(back, config)
    words = case_steps.words(back, cases.get(back, other.case_id))
    again = notices.start(back, other.case_id, words, by=who.verifier)
    case_steps.submit(back, again, who.verifier)
    assert case_steps.approve(back, again, who.other_publisher).number == "〔2026〕2 号"
    back.close()


def test_what_is_unknown_is_not_taken_for_sent_by_another_notice_of_its_number(
    desk: Store, who: People, config: Config, tmp_path: Path
) -> None:
    back = copied(desk, tmp_path / "back" / "piyao.db")
    published_desk.publish(desk, config, who, CLAIMS[0])
    other = published_desk.approve(back, who, CLAIMS[1])
    row = outbox.take(back, "dead")
    outbox.recover(back)
    (result,) = sending.settle_unknown(back, channels.opened(config), {})
    assert result.state is Delivery.REJECTED and "另一条通告" in result.message
    assert outbox.get(back, row.id).state is Delivery.REJECTED
    assert notices.get(back, other.id).state is NoticeState.APPROVED
    back.close()


def test_a_retraction_takes_back_nobody_elses_notice(
    desk: Store, who: People, config: Config, tmp_path: Path
) -> None:
    back = copied(desk, tmp_path / "back" / "piyao.db")
    published_desk.publish(desk, config, who, CLAIMS[0])
    other = published_desk.approve(back, who, CLAIMS[1])
    row = outbox.take(back, "dead")
    outbox.settle(back, row.id, row.fence, Delivery.UNKNOWN)
    retractions.retract(back, other.id, reason="写错了地名", by=who.publisher)
    published_desk.deliver(back, config)
    assert "本通告已撤回" not in page(config, "1")
    back.close()


def test_a_deleted_site_does_not_begin_the_count_again(
    desk: Store, who: People, config: Config, tmp_path: Path
) -> None:
    back = copied(desk, tmp_path / "back" / "piyao.db")
    published_desk.publish(desk, config, who, CLAIMS[0])
    numbering.look(back, config)
    shutil.rmtree(config.public.dir)
    numbering.look(desk, config)
    assert numbers.highest(desk) == numbers.highest(back) == {2026: 1}
    assert published_desk.publish(back, config, who, CLAIMS[1]).number == "〔2026〕2 号"
    back.close()


def test_a_page_that_cannot_be_read_uses_up_its_number(
    desk: Store, who: People, config: Config
) -> None:
    Site(config.public, config.office).prepare()
    folder = config.public.dir / "n"
    folder.mkdir()
    for name in ("2026-5.json", "2027-8.json", "notes.json", "2026-0.json", "2026-6.json.broken"):
        (folder / name).write_bytes(b"{")
    found = numbering.look(desk, config)
    assert [each.number for each in found] == ["〔2026〕5 号", "〔2026〕6 号", "〔2027〕8 号"]
    assert published_desk.approve(desk, who, CLAIMS[0]).number == "〔2026〕7 号"


class Deaf(Site):
    """A channel of somebody else's, whose list fails in its own way."""

    def numbers(self) -> list[str]:
        raise ZeroDivisionError("no list today")


def test_a_channel_whose_list_fails_hides_no_number_of_the_others(
    desk: Store, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    site = Site(config.public, config.office)
    site.prepare()
    (config.public.dir / "n").mkdir()
    (config.public.dir / "n" / "2026-5.json").write_bytes(b"{")
    deaf = Deaf(config.public, config.office)
    with caplog.at_level(logging.WARNING, "piyao.numbers"):
        (found,) = numbering.take_into_account(desk, {"wall": deaf, "site": site})
    assert found.number == "〔2026〕5 号" and "no list today" in caplog.text


def test_a_channel_that_cannot_be_read_hinders_nobody(
    desk: Store, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    config.public.dir.parent.mkdir(exist_ok=True)
    config.public.dir.write_text("a file, no folder")
    with caplog.at_level(logging.WARNING, "piyao.numbers"):
        assert numbering.look(desk, config) == []
    assert "cannot be" in caplog.text
