"""Every page says that the clock hangs, or that its time is doubted; 今日 says it of each job."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk import alarms
from desk.today.views import pulse
from models import store
from models.intake import runs
from models.store import stamp
from models.upkeep.heartbeat import Watch
from models.upkeep.jobs import Job
from tests.django_desk import Desk

PAGES = [
    "/today/",
    "/queue/",
    "/review/",
    "/library/",
    "/sources/",
    "/model/",
    "/audit/",
    "/cases/J-0000-999/",
]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "WATCH", Watch())


def leased(desk: Desk, ended: timedelta) -> None:
    """The clock's lease ends so long from now."""
    desk.db.execute(
        "INSERT OR REPLACE INTO leases VALUES ('scheduler', 'x', 1, ?)",
        [stamp(store.now() + ended)],
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_clock_without_a_sign_of_life_is_an_alarm_on_every_page(desk: Desk, page: str) -> None:
    leased(desk, timedelta(seconds=15))
    assert "没有动静" not in desk.client("monitor").get(page).content.decode()
    leased(desk, -timedelta(seconds=61))
    alarms.WATCH = Watch()  # another process, which has not seen it alive
    assert "后台时钟从" in desk.client("monitor").get(page).content.decode()
    assert "后台时钟从" in desk.client("monitor").get("/alarm/").content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_doubted_clock_is_an_alarm_on_every_page(desk: Desk, page: str) -> None:
    desk.db.execute(
        "INSERT INTO wall_clock VALUES (1, ?, 0, '', 'gap', ?)",
        [stamp(store.now() - timedelta(days=90)), stamp(store.now())],
    )
    said = desk.client("viewer").get(page).content.decode()
    assert "晚了 90 天" in said and "piyao clock accept" in said


def test_no_job_is_well_while_the_clock_hangs(desk: Desk) -> None:
    moment = store.now()
    job = Job("score", moment, moment, True, "", 0, 5.0)
    assert pulse(job, moment)["word"] == "正常"
    assert "没有动静" in pulse(job, moment, moment - timedelta(minutes=2))["word"]


def test_a_job_that_hangs_or_never_runs_again_says_since_when(desk: Desk) -> None:
    moment = store.now()
    begun, done = moment - timedelta(minutes=12), moment - timedelta(minutes=20)
    hung = pulse(Job("score", begun, done, True, "", 0, 5.0), moment)
    assert hung["tone"] == "due" and "没有跑完" in hung["word"] and "12 分" in hung["word"]
    missed = pulse(Job("score", done, done, True, "", 0, 5.0), moment)
    assert missed["tone"] == "due" and "没有再跑" in missed["word"]
    hourly = pulse(Job("expire", done, done, True, "", 0, 3600.0), moment)
    assert (hourly["word"], hourly["tone"]) == ("正常", "")


def test_a_source_that_floods_is_named(desk: Desk) -> None:
    name = desk.db.value("SELECT name FROM sources ORDER BY rowid LIMIT 1")
    before = desk.client("monitor").get("/sources/").content.decode()
    runs.finish(desk.db, runs.start(desk.db, name), "ok", fetched=20_001, updated=20_001)
    assert "刷屏" not in before.split("</table>")[0]
    said = desk.client("monitor").get("/sources/").content.decode()
    assert "刷屏" in said and "改写 20,001 次" in said
    assert "刷屏" in desk.client("monitor").get("/today/").content.decode()
