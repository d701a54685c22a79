"""What harm a claim could do, by a lexicon that errs towards hazard.

A hazard topic only asks for a third person and a warning lead (RELIABILITY 3.2), so a false alarm
costs minutes, while a missed hazard costs the safeguard.
"""

from __future__ import annotations

import re

from classifier.text.document import PLAIN, Document
from models.harm import HAZARDS, Topic

HAZARD_WEIGHT = 1.6  # a hazard's word counts so much more than an everyday topic's

# strong words decide alone (2 points); weak ones need company (1 point)
_STRONG: dict[Topic, str] = {
    Topic.EPIDEMIC: "疫情|肺炎|新冠|冠状病毒|确诊|疑似病例|密接|密切接触者|隔离|非典|sars|禽流感|甲流|流感|h\\dn\\d|传染|感染者"
    "|鼠疫|霍乱|登革热|埃博拉|艾滋|hiv|狂犬病|手足口|诺如|麻疹|疫区|封城|封村|核酸|阳性|方舱|病毒携带|炭疽|疟疾|猴痘|疫源",
    Topic.FOOD: "食品安全|食物中毒|添加剂|地沟油|苏丹红|三聚氰胺|毒奶粉|毒豆芽|毒大米|假鸡蛋|塑料大米|塑料紫菜|僵尸肉|注胶|注水肉"
    "|甲醛|农药残留|瘦肉精|膨大剂|转基因|避孕药.{0,6}(?:鱼|瓜|虾|鳝)|吃了.{0,12}(?:中毒|致癌|死|住院)|相克|不能一起吃|同食"
    "|毒(?:西瓜|草莓|猪肉|鱼|鸡|生姜|韭菜)|蛆虫|寄生虫.{0,6}(?:橘|柑|鱼|肉)|病死猪|死猪|过期(?:奶|肉|食品)|鼠头",
    Topic.DISASTER: "地震|余震|洪水|溃坝|决堤|垮坝|泄洪|台风|海啸|泥石流|滑坡|山体|暴雨|暴雪|龙卷风|火山|核泄漏|核辐射|山火|森林大火"
    "|塌陷|洪灾|内涝|冰雹|沙尘暴|雪灾|旱灾|水库.{0,4}(?:险|裂|垮|溃)|震级|级地震",
    Topic.MEDICINE: "疫苗|假药|毒胶囊|抗生素|偏方|特效药|包治|抗癌|致癌|防癌|治愈|糖尿病|高血压|输液|打针.{0,6}死|脚臭盐"
    "|双黄连|连花清瘟|板蓝根|激素药|布洛芬|安眠药|心肌梗|脑溢血|急救法|放血|禁药|停用.{0,6}药|药品.{0,6}(?:召回|停)|秘方",
    Topic.PRODUCTION: "爆炸|爆燃|矿难|瓦斯|透水|坍塌|塌方|化工厂|毒气|氯气|氨气|泄漏|危化品|油罐|加油站.{0,6}(?:爆|火)|起重机|塔吊"
    "|脚手架|井下|煤矿|火灾|着火|起火|px项目|烟花厂|鞭炮厂|锅炉|粉尘",
    Topic.SAFETY: "人贩子|拐卖|拐走|抢孩子|偷孩子|偷小孩|抢小孩|失踪|绑架|挖肾|割肾|器官|迷药|迷魂|拍肩|砍人|砍死|捅死|杀人|凶手|命案"
    "|强奸|抢劫|持刀|枪击|恐怖袭击|通缉|逃犯|尸体|碎尸|跳楼|坠楼|车祸|撞死|肇事|追尾|敲门|诈骗|贩毒|斗殴|传销",
    Topic.SCHOOL: "学校|校园|学生|老师|教师|高考|中考|幼儿园|小学|中学|大学生|停课|开学|放假通知|食堂|宿舍|校长|班主任",
    Topic.FINANCE: "银行|存款|取款|股市|股票|基金|房价|楼市|理财|集资|跑路|挤兑|贷款|利率|比特币|人民币|破产|税务|医保卡.{0,4}(?:冻结|停)",
    Topic.UTILITY: "停水|停电|断水|自来水|停气|燃气|地铁|高铁|公交|停运|封路|封桥|高速|航班|机场|堵车|管制|断网|信号塔|油价|加油站",
    Topic.POLICY: "新规|政策|补贴|社保|医保|养老金|退休|户口|限购|限行|征收|拆迁|二胎|三胎|身份证|驾照|扣分|罚款|新交规|红头文件|条例",
}
_WEAK: dict[Topic, str] = {
    Topic.EPIDEMIC: "病毒|发烧|发热|口罩|消毒|武汉|病人|疾控|病例|感染|传播|医院.{0,8}封",
    Topic.FOOD: "食品|超市|餐厅|饭店|外卖|有毒|奶粉|牛奶|猪肉|鸡蛋|大米|水果|蔬菜|饮料|火锅|食用|吃了|勾兑|食物",
    Topic.DISASTER: "大雨|预警|救援|受灾|水位|撤离|避难|强降雨|灾民|遇难",
    Topic.MEDICINE: "药|服用|癌|副作用|医生|治疗|患者|偏瘫|中风|过敏|疗效|保健品",
    Topic.PRODUCTION: "工厂|工地|事故|伤亡|消防|厂房|车间|刺鼻|有毒气体|冒烟|遇难",
    Topic.SAFETY: "报警|警察|警方|派出所|民警|小孩|孩子|死亡|凶|刀|小心|尾随|陌生人",
    Topic.SCHOOL: "同学|上学|放学|家长|考试|教育局|补课",
    Topic.FINANCE: "钱|万元|亿元|涨|跌|投资|转账",
    Topic.UTILITY: "出行|道路|司机|车主|自来|供水|供电|列车|公路",
    Topic.POLICY: "国务院|规定|通知|取消|实施|公务员|出台|文件|工资",
}
_LISTS = {f"strong {topic}": (topic, 2.0) for topic in _STRONG}
_LISTS |= {f"weak {topic}": (topic, 1.0) for topic in _WEAK}
PLAIN.add({f"strong {topic}": re.compile(words) for topic, words in _STRONG.items()})
PLAIN.add({f"weak {topic}": re.compile(words) for topic, words in _WEAK.items()})


def scores(document: Document) -> dict[Topic, float]:
    """Points of each topic: 2 a distinct strong word, 1 a distinct weak one, hazards x 1.6."""
    seen = document.in_plain
    found: dict[Topic, float] = {}
    for name in seen.among(_LISTS):
        topic, worth = _LISTS[name]
        if words := seen.words(name):
            found[topic] = found.get(topic, 0.0) + worth * len(words)
    return {
        topic: found[topic] * (HAZARD_WEIGHT if topic in HAZARDS else 1.0)
        for topic in _STRONG
        if topic in found
    }


def topic_of(document: Document) -> Topic:
    """The topic with most points; 其他 below 2 points. Ties go to the earlier, graver topic.

    >>> topic_of(Document("车上有确诊新型肺炎病人，看到要报警")).label
    '疫情'
    """
    points = scores(document)
    hazards = {topic: found for topic, found in points.items() if topic in HAZARDS}
    if max(hazards.values(), default=0.0) >= 2.0 * HAZARD_WEIGHT:
        points = (
            hazards  # one strong word of a hazard, or two weak ones, and no other topic is asked
        )
    best = max(points, key=lambda topic: points[topic], default=Topic.OTHER)
    return best if points.get(best, 0.0) >= 2.0 else Topic.OTHER
