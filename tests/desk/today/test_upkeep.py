"""今日 says when the last good backup was made, whose numbers were met, and what a channel refused."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from models.config import BackupConfig
from models.publishing import numbers, outbox, retractions
from models.publishing.numbers import Elsewhere
from models.publishing.records import Delivery
from models.upkeep import backup_folder
from tests import published_desk
from tests.django_desk import Desk


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> None:
    real = settings.PIYAO
    made = type(real)(real.path, real.data_dir, backup=BackupConfig(folder="/mnt/backup"))
    monkeypatch.setattr(settings, "PIYAO", made)


def today(desk: Desk) -> str:
    answer = desk.client("monitor").get("/today/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_desk_that_should_be_backed_up_and_never_was_says_so(desk: Desk) -> None:
    assert "备份：还没有备份过" in today(desk)


def test_the_last_good_backup_is_shown_and_an_old_one_is_an_alarm(desk: Desk) -> None:
    backup_folder.made(desk.db, Path("/mnt/backup/piyao-20261125-031208"))
    assert "试恢复过，完好" in today(desk) and "备份：" not in today(desk)
    desk.later(minutes=59)
    assert "备份：" not in today(desk)
    desk.later(minutes=2)
    assert "备份：过时了" in today(desk) and "piyao backup" in today(desk)


def test_numbers_of_others_are_an_alarm_for_three_days_and_a_line_for_ever(desk: Desk) -> None:
    found = Elsewhere("site", 2026, 22, "x", "", "三号桥<b>一事不实</b>")
    numbers.note(desk.db, [found])
    shown = today(desk)
    assert "通告编号：渠道上有 1 条本库没有" in shown and "〔2026〕22 号" in shown
    assert "<b>一事不实" not in shown
    desk.later(days=4)
    assert "通告编号：" not in today(desk) and "渠道上有 1 条本库没有" in today(desk)


def test_what_a_channel_refused_is_an_alarm_until_it_is_taken_back(desk: Desk) -> None:
    who = SimpleNamespace(**desk.people)  # by the same short names
    notice = published_desk.approve(
        desk.db,
        who,  # type: ignore[arg-type]
        published_desk.CLAIMS[0],
    )
    row = outbox.take(desk.db, "clock")
    assert row
    outbox.settle(desk.db, row.id, row.fence, Delivery.REJECTED, "", "编号在网站上已经是另一条通告")
    shown = today(desk)
    assert "渠道没有收：1 条通告被拒" in shown and "已经是另一条通告" in shown
    retractions.retract(desk.db, notice.id, reason="编号已被占用", by=who.publisher)
    assert "渠道没有收" not in today(desk)
