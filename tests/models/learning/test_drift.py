"""模型: counted by day as scores are given, compared with what came before, said in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from classifier.learning import drift as measure
from desk.model import charts
from models.casework import cases, verdicts
from models.casework.records import Hazard, Literal
from models.harm import Topic
from models.learning import drift, editions, lessons
from models.outcome import Outcome
from models.ranking import scores
from models.ranking.line import Line
from tests import case_steps, seeded_night
from tests.django_desk import Desk
from tests.score_history import CALM, CHANGED, weeks


def page(desk: Desk, address: str = "/model/", name: str = "viewer") -> str:
    answer = desk.client(name).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_post_is_counted_once_by_its_first_score(desk: Desk) -> None:
    first, last = seeded_night.NIGHT.date(), seeded_night.NIGHT.date() + timedelta(days=1)
    before = drift.score_counts(desk.db, first, last)
    score = case_steps.score(1)
    desk.db.conn.execute("DELETE FROM scores WHERE post_id = 1")
    late = replace(
        score, risk=1.0, model="new", at=seeded_night.NIGHT, strange=0.5, unfamiliar=True
    )
    scores.save(desk.db, [late, replace(late, risk=0.05)], line=Line.at(0.8))
    after = drift.score_counts(desk.db, first, last)
    assert after.posts - before.posts == after.unfamiliar == after.bands[9] - before.bands[9] == 1
    assert after.low == before.low and after.bands[0] == before.bands[0]
    assert drift.scorings(desk.db)[0].version == "new"


def test_what_is_forgotten_stays_counted(desk: Desk) -> None:
    counted = drift.score_counts(
        desk.db, seeded_night.NIGHT.date() - timedelta(days=2), seeded_night.NIGHT.date()
    )
    desk.db.conn.execute("DELETE FROM posts WHERE id = 1")
    again = drift.score_counts(
        desk.db, seeded_night.NIGHT.date() - timedelta(days=2), seeded_night.NIGHT.date()
    )
    assert counted.posts > 0 and counted == again


@pytest.mark.parametrize(
    ("late", "strange", "words", "due"),
    [
        (CALM, 0.2, "打分分布和之前四周一样", False),
        (CHANGED, 0.2, "打分分布变了：PSI", True),
        (CALM, 0.45, "没见过的写法多了", True),
    ],
)
def test_the_sentence_says_what_changed(
    desk: Desk, late: list[int], strange: float, words: str, due: bool
) -> None:
    weeks(desk.db, desk.moment, late, strange)
    found = page(desk)
    assert words in found
    assert ('class="due">打分' in found or 'class="due">没见过' in found) is due
    assert ("打分变了，要看" in page(desk, "/today/")) is due


def test_today_reads_no_lessons(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty thousand of them take seconds, and 今日 is opened all day."""
    monkeypatch.delattr(lessons, "taught")
    assert "打分" in page(desk, "/today/")


def test_few_scores_say_nothing(desk: Desk) -> None:
    assert "打分还太少，看不出变化" in page(desk) and "打分还太少" in page(desk, "/today/")
    assert "之前四周 0%" not in page(desk) and page(desk).count("之前四周 —") == 2


def test_the_sample_tells_what_was_missed(desk: Desk) -> None:
    weeks(desk.db, desk.moment, CALM)
    monitor, verifier = desk.people["monitor"], desk.people["verifier"]
    assert "办完的抽样不到 20 件" in page(desk)
    for n in range(25):
        story = seeded_night.Story(
            ((f"{n}路末班车司机唱歌很好听", 1),), Topic.OTHER, 0.05, 9, 1, 1, sampled=True
        )
        case = seeded_night.open_case(desk.db, story, desk.moment)
        if n:
            cases.dismiss(desk.db, case.id, reason="trivial", by=monitor)
            continue
        cases.claim(desk.db, case.id, by=verifier)
        verdicts.decide(
            desk.db, case.id, None, literal=Literal.UNKNOWN, hazard=Hazard.UNKNOWN,
            outcome=Outcome.UNVERIFIED, ground="查了两处，都没有记录。", by=verifier,
        )  # fmt: skip
    counted = drift.weeks(desk.db, desk.moment, 0.05)
    found = counted[-1].found
    assert found.sampled >= 25 and found.sampled_found == 1
    low = sum(week.scores.low for week in counted[-4:])
    told = re.search(
        r"看完 <b>(\d+)</b> 件抽样，<b>(\d+)</b> 件值得核查.*?里约有 <b>(\d+)</b>", page(desk)
    )
    assert told is not None
    looked, worth, about = (int(number) for number in told.groups())
    assert (looked, worth) == (found.sampled, 1) and about == round(low / looked)


def test_versions_and_thresholds_stand_in_words(desk: Desk) -> None:
    weeks(desk.db, desk.moment, CALM)
    found = page(desk)
    assert "很高" in found and "每百 50 条以上" in found and "每百 1 条以下" in found
    assert "今晚的立案线，照每晚约 200 案" in found and "危害类的立案线" in found
    assert "随程序带来" in found and ">old" in found
    assert "谣言" not in found


def test_a_renewed_model_stands_with_its_trial(desk: Desk) -> None:
    edition = editions.Edition(
        "2026-11-25.1", "old", desk.moment, desk.moment, "ab", 320, 41, 5, 900, 0.012
    )
    editions.add(desk.db, edition)
    assert "等以后的核定来比" in page(desk) and "没有用过" in page(desk)
    editions.tried(
        desk.db,
        editions.Trial(
            edition.version, "old", desk.moment, 60, 4, 0.41, 0.52, 0.03, 0.19, "not_worse"
        ),
    )
    editions.use(desk.db, edition.version, "chosen", by=desk.people["admin"])
    found = re.sub(r"<[^>]+>", "", page(desk))
    assert "2026-11-25.1 在用" in found and "320" in found
    assert "0.52 对 0.41，差 0.03 到 0.19" in found and "不差，可换" in found


def test_the_index_is_silent_about_noise_and_loud_about_change() -> None:
    assert measure.stability(CALM, CALM) == 0.0
    assert (measure.stability(CALM, CHANGED) or 0) > measure.ALARM
    assert measure.stability([0] * 10, CALM) is None
    low, high = measure.interval(3, 60)
    assert 0 < low < 0.05 < high < 0.2 and measure.interval(60, 60)[1] == 1.0


def test_bars_stay_in_the_picture_and_the_table_says_the_same() -> None:
    day = seeded_night.NIGHT.date()
    before = drift.ScoreCounts(day, day, tuple(CALM), 990, 0.2, 0)
    drawn = charts.histogram(before, replace(before, bands=(0,) * 9 + (7,)))
    for bar in (*drawn.before, *drawn.late):
        assert charts.TOP <= bar.y <= charts.BASE and bar.height >= 0
        assert charts.LEFT <= bar.x <= charts.RIGHT - drawn.width
    assert drawn.table[0][1] == "89.9%" and drawn.table[9][2] == "100.0%"
