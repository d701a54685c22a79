"""Times in a text: found however they are said, and the day of each where it can be told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.entities.times import times_in
from models.china_time import weekday

AT = datetime(2020, 1, 26, 8, 0, tzinfo=UTC)  # a Sunday


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("上周三", "2020-01-22"),
        ("上个星期五", "2020-01-24"),
        ("礼拜一", "2020-01-20"),
        ("星期天", "2020-01-26"),
        ("下周一", "2020-01-27"),
        ("二〇二〇年一月二十六日", "2020-01-26"),
        ("二零一九年十二月三十一日", "2019-12-31"),
        ("2020年1月26日晚上8:30", "2020-01-26"),
        ("去年1月5日", "2019-01-05"),
        ("明年1月5日", "2021-01-05"),
        ("后年1月5日", "2022-01-05"),
        ("民国105年1月26日", "2016-01-26"),
        ("民國109年5月3日", "2020-05-03"),
        ("大后天", "2020-01-29"),
        ("三天前", "2020-01-23"),
        ("12天以前", "2020-01-14"),
        ("两周前", "2020-01-12"),
        ("20小时前", "2020-01-25"),
        # found, and of no day that could be told
        ("次年1月5日", ""),
        ("98年1月5日", ""),
        ("105年1月5日", ""),
        ("当年3月1日", ""),
        ("大年初一", ""),
        ("腊月二十三", ""),
        ("农历正月初二", ""),
        ("除夕", ""),
        ("晚上8:30", ""),
        ("早上7：05", ""),
        ("十二三天前", ""),
        ("半个月前", ""),
        ("三年前", ""),
    ],
)
def test_a_time_is_found_with_its_day(said: str, day: str) -> None:
    assert [(t.text, t.day) for t in times_in(f"听说{said}停水", AT)] == [(said, day)]


@pytest.mark.parametrize("said", ["比分8:30", "第三天", "天前", "周围", "初一学生", "上午"])
def test_what_is_no_time_is_none(said: str) -> None:
    assert times_in(f"听说{said}了", AT) == []


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), st.integers(0, 999))
def test_no_count_of_weeks_leaves_the_calendar(at: datetime, weeks: int) -> None:
    times_in(f"{weeks}周前", at.replace(tzinfo=UTC))


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 6))
def test_a_day_of_the_week_is_that_day(today: date, number: int) -> None:
    last = weekday("", number, today)
    assert last.weekday() == number and timedelta() <= today - last < timedelta(days=7)
    before = weekday("上", number, today)
    assert before.weekday() == number and timedelta() < today - before < timedelta(days=14)
    assert weekday("下", number, today).weekday() == number
