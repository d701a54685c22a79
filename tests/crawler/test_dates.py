"""Chinese dates first: every way a Chinese site writes a time, and everything that is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.dates import AHEAD, EARLIEST, LOCAL, parse

NOW = datetime(2020, 1, 26, 16, 0, tzinfo=LOCAL)  # a Sunday


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LOCAL)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020年01月26日", local(2020, 1, 26)),
        ("2020年1月26日 12:30", local(2020, 1, 26, 12, 30)),
        ("2020年1月26日12时30分05秒", local(2020, 1, 26, 12, 30, 5)),
        ("2020 年 1 月 26 日 下午3点20分", local(2020, 1, 26, 15, 20)),
        ("2020年1月25日晚上8点", local(2020, 1, 25, 20)),
        ("2020年1月25日 晚上8点半", local(2020, 1, 25, 20, 30)),
        ("2020年1月26日 中午12:30", local(2020, 1, 26, 12, 30)),
        ("2020年1月26日 中午11:30", local(2020, 1, 26, 11, 30)),
        ("2020年1月26日 凌晨12:10", local(2020, 1, 26, 0, 10)),
        ("发布时间：2020年01月26日 08:05 来源：某网", local(2020, 1, 26, 8, 5)),
        ("二〇二〇年一月二十六日", local(2020, 1, 26)),
        ("１月２５日 ０６：００", local(2020, 1, 25, 6)),
        ("1月26日 06:00", local(2020, 1, 26, 6)),
        ("12月31日", local(2019, 12, 31)),  # not the one to come
        ("01-26 12:30", local(2020, 1, 26, 12, 30)),
        ("2020-01-26 12:30", local(2020, 1, 26, 12, 30)),
        ("2020-1-6 8:05", local(2020, 1, 6, 8, 5)),
        ("2020/1/26 12:30:05", local(2020, 1, 26, 12, 30, 5)),
        ("2020.01.26", local(2020, 1, 26)),
        ("2020-01-25 24:00", local(2020, 1, 26)),
        ("刚刚", NOW),
        ("30秒前", NOW - timedelta(seconds=30)),
        ("3分钟前", NOW - timedelta(minutes=3)),
        ("三分钟前", NOW - timedelta(minutes=3)),
        ("十五分钟以前", NOW - timedelta(minutes=15)),
        ("半小时前", NOW - timedelta(minutes=30)),
        ("一个半小时前", NOW - timedelta(minutes=90)),
        ("2 小时之前", NOW - timedelta(hours=2)),
        ("两天前", NOW - timedelta(days=2)),
        ("3 minutes ago", NOW - timedelta(minutes=3)),
        ("今天 12:30", local(2020, 1, 26, 12, 30)),
        ("昨天 12:30", local(2020, 1, 25, 12, 30)),
        ("昨天下午3点", local(2020, 1, 25, 15)),
        ("昨晚8点", local(2020, 1, 25, 20)),
        ("前天 23:59", local(2020, 1, 24, 23, 59)),
        ("12:30", local(2020, 1, 26, 12, 30)),
        ("2020-01-26T12:30:00+08:00", local(2020, 1, 26, 12, 30)),
        ("2020-01-26T04:30:00Z", local(2020, 1, 26, 12, 30)),
        ("2020-01-26T04:30:00.250Z", local(2020, 1, 26, 12, 30, 0, 250_000)),
        ("2020-01-26T12:30:00", local(2020, 1, 26, 12, 30)),
        ("2020-01-26 12:30:00 +0800", local(2020, 1, 26, 12, 30)),
        ("Sun, 26 Jan 2020 12:30:00 +0800", local(2020, 1, 26, 12, 30)),
        ("Sun, 26 Jan 2020 04:30:00 GMT", local(2020, 1, 26, 12, 30)),
        ("26 Jan 2020 04:30:00 -0000", local(2020, 1, 26, 12, 30)),
        ("Sun Jan 26 12:30:00 +0800 2020", local(2020, 1, 26, 12, 30)),
        ("Sun, 26 Jan 2020 12:30:00 CST", local(2020, 1, 26, 12, 30)),  # China's, not Chicago's
        ("Sun Jan 26 12:30:00 CST 2020", local(2020, 1, 26, 12, 30)),
        ("1580013000", local(2020, 1, 26, 12, 30)),
        ("1580013000000", local(2020, 1, 26, 12, 30)),
    ],
)
def test_reads(text: str, expected: datetime) -> None:
    assert parse(text, NOW) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "未知", "昨", "2020年2月30日", "2020-13-45", "2020年", "31年前", "999999999年前",
        "2031-01-01", "1901-01-01", "0000-00-00", "99999999999999999", "明天", "Sun, 40 Jan 2020",
    ],
)  # fmt: skip
def test_gives_no_time_where_none_can_be_trusted(text: str) -> None:
    assert parse(text, NOW) is None


def test_a_clock_that_is_an_hour_fast_is_believed_and_one_a_year_ahead_is_not() -> None:
    assert parse("2020-01-26T17:00:00+08:00", NOW) == local(2020, 1, 26, 17)
    assert parse("2021-01-26T17:00:00+08:00", NOW) is None


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="0123456789年月日时分秒前昨今天上下午晚点半两十:-/ .TZ+GMTJan刚", max_size=40)
)
def test_any_text_gives_a_utc_time_in_bounds_or_none(text: str) -> None:
    found = parse(text, NOW)
    assert found is None or (found.tzinfo is UTC and EARLIEST <= found <= NOW + AHEAD)


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(1990, 1, 2), datetime(2020, 1, 26)))
def test_a_minute_written_in_any_way_is_read_as_itself(naive: datetime) -> None:
    at = naive.replace(second=0, microsecond=0, tzinfo=LOCAL)
    ways = ("%Y年%m月%d日 %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y年%m月%d日%H时%M分")
    assert {parse(at.strftime(way), NOW) for way in ways} == {at}
