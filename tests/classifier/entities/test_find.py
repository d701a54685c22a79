from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.entities import find, places
from classifier.ranking import asking_replies
from models.intake.records import Reply
from models.text import clean

STORY = "车牌号浙BL1234的车刚从武汉回到白兔潭，车上有确诊新型肺炎病人，看到要报警"
MONDAY = datetime(2020, 1, 27, 18, tzinfo=UTC)  # in Beijing it is the 28th already


def values(text, kind, **more):
    return [e.value for e in find.entities_in(text, **more) if e.kind == kind]


def test_the_story_names_a_plate_and_two_places():
    assert values(STORY, "plate") == ["浙BL1234"]
    assert values(STORY, "place") == ["武汉", "白兔潭"]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("送往江州市第二人民医院", "hospital", ["江州市第二人民医院"]),
        ("宁波妇儿医院", "hospital", ["宁波妇儿医院"]),
        ("多少医院都不收", "hospital", []),
        ("石桥中学明天停课", "school", ["石桥中学"]),
        ("去医院看病，上学校读书", "school", []),
        ("联系138****5678", "phone", ["138****5678"]),
        ("电话 138**** 求扩散", "phone", ["138****"]),
        ("滨江花园小区封了", "place", ["滨江花园小区"]),
        ("刚到白兔潭镇", "place", ["白兔潭镇"]),
    ],
)
def test_what_is_named_is_found(text, kind, expected):
    assert values(text, kind) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12人受伤", "12"),
        ("三例确诊", "3"),
        ("死了两个", "2"),
        ("二十三名学生", "23"),
        ("1.2万人", "12000"),
    ],
)
def test_counts_come_with_their_number(text, number):
    found = [e for e in find.entities_in(text) if e.kind == "count"]
    assert [e.facts["数"] for e in found] == [number]


def test_one_person_as_an_article_is_no_count():
    assert values("一个人走了，人民群众", "count") == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("昨天下午3点", "2020-01-27"),
        ("今晚", "2020-01-28"),
        ("1月26日晚上20:30", "2020-01-26"),
        ("12月30日", "2019-12-30"),
        ("2013年3月8日", "2013-03-08"),
    ],
)
def test_times_are_worked_out_in_beijing(text, day):
    assert values(text, "time", published_at=MONDAY) == [day]


def test_without_the_day_of_the_post_a_relative_time_stays_as_written():
    assert values("昨天下午3点", "time") == ["昨天下午3点"]
    assert values("13月40日", "time", published_at=MONDAY) == ["13月40日"]


def test_an_office_adds_its_own_names():
    assert values("车停在柳塘", "place", gazetteer=["柳塘"]) == ["柳塘"]


@given(st.text(max_size=80), st.sampled_from([STORY, "死了两个，昨天，湘雅医院", ""]))
@settings(max_examples=150, deadline=None)
def test_offsets_point_at_the_text_and_never_overlap(noise, tail):
    text = noise + tail
    end = 0
    for entity in find.entities_in(text):
        assert clean(text)[entity.start : entity.end] == entity.text
        assert entity.start >= end
        end = entity.end


@pytest.mark.parametrize(
    "reply",
    ["求证", "真的吗", "假的吧", "谣言", "有官方消息吗？", "已报警", "真的假的", "不可能吧", "出处？来源？", "別信，又是老圖"],
)  # fmt: skip
def test_a_reply_that_asks_or_doubts_counts(reply):
    assert asking_replies.asks_or_doubts(reply)


@pytest.mark.parametrize("reply", ["转发微博", "太可怕了", "这不是谣言", "", "真的好吃", "[蜡烛]"])
def test_a_reply_that_does_not_is_not_counted(reply):
    assert not asking_replies.asks_or_doubts(reply)


def test_doubts_lift_and_never_lower():
    assert asking_replies.count([Reply("求证"), Reply("好"), "假的吧"]) == 2
    lifts = [asking_replies.lift(n) for n in range(40)]
    assert lifts[0] == 0 and lifts == sorted(lifts) and lifts[-1] <= asking_replies.CAP


def test_a_city_that_the_dictionary_takes_for_a_person_is_a_place_and_a_common_word_is_none():
    found = [
        place.text
        for place in places.places_in("从石家庄、张家口和合肥来的来宾，日照充足，大同小异")
    ]
    assert found == ["石家庄", "张家口", "合肥"]


@pytest.mark.parametrize("year", [1, 9999])
def test_a_time_at_the_edge_of_the_calendar_leaves_the_day_unsaid(year):
    at = datetime(year, 12 if year > 1 else 1, 31 if year > 1 else 1, 23, tzinfo=UTC)
    found = find.find("昨天下午3点，明天上午，1月26日晚上", at)
    assert [entity.value for entity in found if entity.kind == "time"]
