"""Chinese dates first: every way a Chinese site writes a time, and everything that is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.dates import AHEAD, EARLIEST, LOCAL, parse
from tests import costs

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
        # more than one unit
        ("1小时10分前", NOW - timedelta(minutes=70)),
        ("2天3小时前", NOW - timedelta(days=2, hours=3)),
        ("1个月10天前", NOW - timedelta(days=40)),
        ("一小时零五分钟前", NOW - timedelta(minutes=65)),
        ("1.5小时前", NOW - timedelta(minutes=90)),
        ("1天半前", NOW - timedelta(hours=36)),
        ("3 hours and 10 minutes ago", NOW - timedelta(minutes=190)),
        ("half an hour ago", NOW - timedelta(minutes=30)),
        # half days of twelve hours
        ("Sat, Jan 25 2020 08:28:28 PM", local(2020, 1, 25, 20, 28, 28)),
        ("Sat, 25 Jan 2020 08:28:28 PM +0800", local(2020, 1, 25, 20, 28, 28)),
        ("January 25, 2020 12:10 a.m.", local(2020, 1, 25, 0, 10)),
        ("25-Jan-2020 12:10 pm", local(2020, 1, 25, 12, 10)),
        ("1/25/2020 8:28 PM", local(2020, 1, 25, 20, 28)),
        # zones with names
        ("Sun, 26 Jan 2020 12:30:00 HKT", local(2020, 1, 26, 12, 30)),
        ("Sat, 25 Jan 2020 23:30:00 EST", local(2020, 1, 26, 12, 30)),
        ("Sun, 26 Jan 2020 04:30:00 UT", local(2020, 1, 26, 12, 30)),
        ("Sun Jan 26 2020 12:30:00 GMT+0800 (中国标准时间)", local(2020, 1, 26, 12, 30)),
        ("2020-01-26 12:30 UTC+8", local(2020, 1, 26, 12, 30)),
        ("2020-01-26T12:30+08:00[Asia/Shanghai]", local(2020, 1, 26, 12, 30)),
        ("北京时间 2020-01-26 12:30", local(2020, 1, 26, 12, 30)),
        # years
        ("民國105年5月3日", local(2016, 5, 3)),
        ("中華民國一百零五年五月三日 下午3:20", local(2016, 5, 3, 15, 20)),
        ("105/05/03 12:30", local(2016, 5, 3, 12, 30)),
        ("去年1月5日", local(2019, 1, 5)),
        ("前年12月31日 23:00", local(2018, 12, 31, 23)),
        ("今年1月5日", local(2020, 1, 5)),
        ("上个月5日", local(2019, 12, 5)),
        ("18年1月26日", local(2018, 1, 26)),  # not this year's
        ("20-01-25 12:30", local(2020, 1, 25, 12, 30)),
        ("Sun, 26 Jan 20 12:30:00 +0800", local(2020, 1, 26, 12, 30)),
        ("Sunday, 26-Jan-20 04:30:00 GMT", local(2020, 1, 26, 12, 30)),
        ("二○一九年十一月廿九日晚上八点半", local(2019, 11, 29, 20, 30)),
        ("二零二〇年一月二十五日 下午三点二十分", local(2020, 1, 25, 15, 20)),
        ("十一月二十九日", local(2019, 11, 29)),
        ("20200126123000", local(2020, 1, 26, 12, 30)),
        # twelve o'clock, and the night
        ("1月25日 晚上12:30", local(2020, 1, 26, 0, 30)),
        ("下午12:30", local(2020, 1, 26, 12, 30)),
        ("凌晨12点", local(2020, 1, 26)),
        ("中午12点半", local(2020, 1, 26, 12, 30)),
        ("昨晚12点", local(2020, 1, 26)),
        ("昨日晚上九時", local(2020, 1, 25, 21)),
        ("零点三十分", local(2020, 1, 26, 0, 30)),
        ("十二点一刻", local(2020, 1, 26, 12, 15)),
        # days of the week
        ("周三 10:00", local(2020, 1, 22, 10)),
        ("星期三 下午3点", local(2020, 1, 22, 15)),
        ("上周三 10:00", local(2020, 1, 22, 10)),  # a Sunday begins a week for some: the nearer one
        ("上周日", local(2020, 1, 19)),
        ("禮拜五 8點", local(2020, 1, 24, 8)),
        ("2020年1月26日 星期日 12:30", local(2020, 1, 26, 12, 30)),
        ("星期五 1月24日 12:30", local(2020, 1, 24, 12, 30)),
        # what stands beside a date and is none
        ("每日商报 2020-01-25 12:30", local(2020, 1, 25, 12, 30)),
        ("Morning Post 2020-01-25 12:30", local(2020, 1, 25, 12, 30)),
        ("12评论 · 3小时前", NOW - timedelta(hours=3)),
        ("1楼 2020-01-26 12:30", local(2020, 1, 26, 12, 30)),
        ("2020-01-26 12:30 来源：今日头条 阅读 1203", local(2020, 1, 26, 12, 30)),
        ("发布于 2020-01-25 08:00 · 编辑于 2020-01-26 12:00", local(2020, 1, 25, 8)),
    ],
)
def test_reads(text: str, expected: datetime) -> None:
    assert parse(text, NOW) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "未知", "昨", "2020年2月30日", "2020-13-45", "2020年", "31年前", "999999999年前",
        "2031-01-01", "1901-01-01", "0000-00-00", "99999999999999999", "明天", "Sun, 40 Jan 2020",
        # the year 1, and no year that can be told
        "Mon, 01 Jan 0001 00:00:00 +0000", "0001-01-01T00:00:00Z", "0001年1月1日", "98年5月3日",
        "05-06-07", "3/4/2019", "Jan 2020", "25日 12:30", "令和2年1月26日", "公元前20年1月26日",
        # no hour that can be told
        "2020-01-26 25:00", "1月25日 24:30", "上午12:30", "1月25日晚上1点", "中午10点", "凌晨9点",
        "昨晚", "2020年1月25日下午", "2020-01-25 10:00-11:00", "今天晚上12点", "12:30:61",
        # no zone that can be told
        "Sun, 26 Jan 2020 12:30:00 IST", "Sun, 26 Jan 2020 12:30:00 A", "2020-01-26 12:30 XYZ",
        "美东时间2020年1月25日 12:30", "Sun, 26 Jan 2020 12:30:00 +9900",
        # lunar days
        "腊月二十三", "农历正月初二", "大年初一", "农历十二月二十三日", "2020年闰四月初三",
        # more than is said of one moment, or less
        "几天前", "3天多前", "3天后", "less than a minute ago", "10分钟", "1月25日-1月26日", "大大前天",
        "1小时前 2020-01-25", "2020年1月26日 星期一 12:30", "周日", "2020年元旦", "3小时2天前",
        # weeks to come, and every one; another day than today, named beside a time of day
        "下周三", "下周三 10:00", "下个周三 10:00", "下下周五", "每周三 10:00", "每逢周三 10:00", "上上上周三",
        "周三至周五", "周三到周五 10:00", "每年1月5日", "次年1月5日", "Monday 3:30 PM", "Sat 15:30", "on Friday at 8:00",
        "tonight 10:00", "次日 8:00", "当天8:00", "每天 8:00", "每晚8点", "国庆节 8:00", "元旦 8:00",
        # to come: a clock of another zone, not one that is fast
        "2020-01-26T18:30:00+08:00", "1月27日 10:00", "1月26日 18:30", "18:30", "2020-01-27",
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


HALVES = [(0, "凌晨"), (7, "早上"), (9, "上午"), (12, "中午"), (14, "下午"), (18, "晚上")]
DIGITS = "〇一二三四五六七八九"


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else DIGITS[tens]) + "十" if tens else ""
    return head + (DIGITS[ones] if ones or not tens else "")


def days_of(at: datetime) -> list[str]:
    """The day in every way that needs no more than itself."""
    year = "".join(DIGITS[int(digit)] for digit in str(at.year))
    return [
        at.strftime("%Y年%m月%d日"),
        f"{at.year} 年 {at.month} 月 {at.day} 日",
        f"{year}年{chinese(at.month)}月{chinese(at.day)}日",
        f"民國{at.year - 1911}年{at.month}月{at.day}日",
        at.strftime("%Y-%m-%d"),
        f"{at.year}/{at.month}/{at.day}",
        at.strftime("%Y.%m.%d"),
        at.strftime("%Y年%m月%d日") + " 星期" + "一二三四五六日"[at.weekday()],
    ]


def times_of(at: datetime) -> list[str]:
    """The minute in every way."""
    hour = at.hour % 12 or 12
    half = next(word for start, word in reversed(HALVES) if at.hour >= start)
    said = [
        at.strftime("%H:%M"),
        at.strftime("%H时%M分"),
        f"{at.hour}點{at.minute}分",
        f"{chinese(at.hour)}点{chinese(at.minute)}分",
        at.strftime("%H:%M:00"),
        f"{hour}:{at:%M} {'AM' if at.hour < 12 else 'PM'}",
    ]
    if at.hour < 6 or 7 <= at.hour < 12:
        said += [f"{half}{at.hour}:{at:%M}"] if at.hour else [f"{half}12:{at:%M}"]
    elif at.hour >= 12:
        said += [f"{half}{hour}点{at.minute}分"]
    return said


def western_of(at: datetime) -> list[str]:
    return [
        at.strftime("%a, %d %b %Y %H:%M:%S +0800"),
        at.strftime("%a %b %d %H:%M:%S CST %Y"),
        at.strftime("%B %d, %Y %I:%M %p"),
        at.strftime("%d-%b-%Y %H:%M"),
        at.strftime("%Y-%m-%dT%H:%M:%S+08:00"),
        at.strftime("%Y%m%d%H%M%S"),
    ]


MINUTES = st.datetimes(datetime(1992, 1, 2), datetime(2020, 1, 26)).map(
    lambda naive: naive.replace(second=0, microsecond=0, tzinfo=LOCAL)
)


@settings(max_examples=200, deadline=None)
@given(MINUTES)
def test_a_minute_written_in_any_way_is_read_as_itself(at: datetime) -> None:
    ways = [f"{day} {time}" for day in days_of(at) for time in times_of(at)] + western_of(at)
    assert {way: parse(way, NOW) for way in ways} == dict.fromkeys(ways, at)


AROUND = ["", "发布于 ", "发布时间：", "张三 ", " 星期二", " 农历正月初二", "约", " 下午", " 12:30", "去年", "3",
          " · 5评论", " 来自 iPhone 12", " 更新", "-", "前", "民国", " PM", " EST", " IST", "晚上", "年", "日"]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(MINUTES, st.data())
def test_whatever_stands_around_a_date_it_is_never_read_as_another_day(
    at: datetime, data: st.DataObject
) -> None:
    """What may rightly move it (下午, 去年, a zone) moves the hour, the year or nothing."""
    before, after = (data.draw(st.sampled_from(AROUND)) for _ in range(2))
    way = data.draw(st.sampled_from([f"{d} {t}" for d in days_of(at) for t in times_of(at)]))
    found = parse(f"{before}{way}{after}", NOW)
    moved = {" EST": 13, " PM": 12}.get(after, 0)
    assert found in (None, at, at + timedelta(hours=moved)), f"{before}{way}{after}"


UNITS = {"天": 86400, "小时": 3600, "分钟": 60, "秒": 1}


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(1, 59), min_size=4, max_size=4),
    st.sets(st.sampled_from(list(UNITS)), min_size=1),
)
def test_any_units_before_now_are_counted_all(counts: list[int], named: set[str]) -> None:
    parts = [(n, unit) for n, unit in zip(counts, UNITS, strict=True) if unit in named]
    at = NOW - timedelta(seconds=sum(n * UNITS[unit] for n, unit in parts))
    assert parse("".join(f"{n}{unit}" for n, unit in parts) + "前", NOW) == at
    assert parse("".join(f"{chinese(n)}{unit}" for n, unit in parts) + "以前", NOW) == at


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="1年月日小时分前周上下一二十百: -/APMagoJn", min_size=100, max_size=200))
def test_no_text_takes_long(text: str) -> None:
    assert costs.of(lambda: parse(text, NOW)) < 0.2
