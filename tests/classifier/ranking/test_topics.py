import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.ranking.topics import topic_of
from classifier.text.document import Document
from models.harm import Topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        (
            "车牌号浙BL1234的车刚从武汉回到白兔潭，车上有确诊新型肺炎病人，看到要报警",
            Topic.EPIDEMIC,
        ),
        ("東門菜場的死豬肉", Topic.FOOD),
        ("今晚还有五级余震", Topic.DISASTER),
        ("打了疫苗以后孩子死了", Topic.MEDICINE),
        ("江北化工厂爆炸", Topic.PRODUCTION),
        ("菜场门口人贩子抢小孩", Topic.SAFETY),
        ("石桥中学明天停课", Topic.SCHOOL),
        ("农信社存款取不出来，挤兑了", Topic.FINANCE),
        ("全城停水三天", Topic.UTILITY),
        ("养老金新规，社保要补满", Topic.POLICY),
        ("今天吃面，天气不错", Topic.OTHER),
    ],
)
def test_a_claim_has_its_topic(text, topic):
    assert topic_of(Document(text)) is topic


@pytest.mark.parametrize(
    "text",
    ["学校食堂食物中毒，学生住院", "停课！小学里出现诺如", "高速上油罐车爆炸", "银行门口确诊两例"],
)
def test_between_a_hazard_and_an_everyday_topic_the_hazard_wins(text):
    assert topic_of(Document(text)).hazard


@given(st.text())
def test_any_text_has_a_topic(text):
    assert topic_of(Document(text)) in Topic
