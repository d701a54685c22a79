"""The time in China: days and years turn eight hours before those of UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from models import china_time

NEW_YEAR = datetime(2026, 12, 31, 16, tzinfo=UTC)


def test_a_year_and_a_day_begin_at_midnight_in_china() -> None:
    before = NEW_YEAR - timedelta(microseconds=1)
    assert (china_time.day(before), china_time.year(before)) == ("2026-12-31", 2026)
    assert (china_time.day(NEW_YEAR), china_time.year(NEW_YEAR)) == ("2027-01-01", 2027)


@pytest.mark.parametrize("hours", [-11, 0, 8, 14])
def test_the_zone_of_the_moment_given_changes_nothing(hours: int) -> None:
    moment = NEW_YEAR.astimezone(timezone(timedelta(hours=hours)))
    assert f"{china_time.in_china(moment):%Y-%m-%d %H:%M}" == "2027-01-01 00:00"
    assert china_time.day(moment) == "2027-01-01"
