"""What harm a claim could do, by a lexicon that errs towards hazard.

A hazard topic only asks for a third person and a warning lead (RELIABILITY 3.2), so a false alarm
costs minutes, while a missed hazard costs the safeguard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from classifier.ranking import hazards
from classifier.text.document import PLAIN, Document
from classifier.text.phrases import Found
from models.harm import HAZARDS, Topic

STRONG, WEAK = 2.0, 1.0  # points of a word: a strong one decides alone, a weak one needs company
ENOUGH = 2.0
LONG = 140  # characters; beyond, some two words will stand side by side by chance
HAZARD_ORDER = tuple(topic for topic in Topic if topic in HAZARDS)

# strong words decide alone, doubtful ones too, but are told as a doubt; weak ones need company
_STRONG: dict[Topic, str] = {
    Topic.EPIDEMIC: "疫情|肺炎|新冠|冠状病毒|确诊|疑似(?:患者|病|感染|新冠|阳|禽|鼠疫|炭疽|霍乱|传染|肺|症)|有疑似|疑似的(?=$|[,。!?])|(?<!亲)密接|密切接触|接触者|次密|(?<!自我)(?<!与世)隔离(?![霜栏墙带桩妆乳])|非典|sars|禽流感|甲流|流感|h[0-9]n[0-9]"
    "|传染|感染者|鼠疫|霍乱|登革|埃博拉|艾滋|hiv|狂犬|疯狗|手足口|诺如|麻疹|水痘|百日咳|猩红热|结核|肺痨|[甲乙丙]?肝炎|脑膜炎|出血热|疯牛病|口蹄疫|猪瘟|鸡瘟|痧子|伤寒|痢疾|红眼病|腮腺炎|疱疹|风疹|白喉|破伤风|麻风|梅毒|布病|布鲁氏|血吸虫|疥疮|脑炎|流脑|脊髓灰质|轮状|腺病毒|合胞|支原体|军团菌|沙门氏|李斯特|肉毒|奥密克戎|德尔塔|[甲乙]流|蓝耳|(?:带|上)(?:着|有)病毒|变异株|毒株|超级细菌|疫区|[中高]风险区|封城|封村|封校|封控|静默管理|足不出户|核酸|(?:呈|检测?|出|为)阳性|阳了"
    "|方舱|病毒携带|炭疽|疟疾|猴痘|疫源|人传人|(?:会|能)(?:过|传)人|传给人|传人的|过人的|染上|流调|转运车|防护服|初筛|不明原因(?:的)?(?:发热|发烧|肺|肝|病)|怪病|怪肺|阳性(?:病例|人员|感染)|涉疫|防疫|抗疫|解封|瘟疫|天花|隐翅虫|蜱虫|红火蚁|聚集性|输入性|健康码|红码",
    Topic.FOOD: "食品安全|食物中毒|添加剂|地沟油|苏丹红|三聚氰胺|毒奶粉|毒豆芽|毒大米|假鸡蛋|塑料大米|塑料紫菜|僵尸肉|注胶|注水肉|福尔马林|洗虾粉|罂粟|致癌"
    "|甲醛|农药残留|瘦肉精|膨大剂|转基因|相克|不能一起吃|[吃喝]死(?!我|撑|吧)|毒死|吃出(?!名|新|健康|幸福|味|了?感)|毒(?:西瓜|草莓|猪肉|鱼|鸡(?!汤)|生姜|韭菜)|病死[猪鸡牛羊]|死猪|过期(?:奶|肉|食品)|鼠头|血铅|砒霜",
    Topic.DISASTER: "地震|余震|地动|洪水|山洪|溃坝|决堤|垮坝|漫坝|管涌|泄洪|分洪|海啸|泥石流|滑坡|龙卷|核(?:泄[漏露]|辐射|污水|废水|废料|污染)|碘[盐片]|山火|山(?:体)?[塌崩垮]|森林(?:大)?火|[火林]烧(?:过来|到山)|塌陷|天坑|洪灾|内涝|冰雹|沙尘暴|雪灾|旱灾|震级|震源|震感|地面沉降|火山[^,。!?]{0,3}(?:冒烟|喷发|爆发)|百年一遇|冻雨|台风.{0,6}登陆|特大暴雨"
    "|水[^,。!?]{0,4}(?:淹|没过|漫(?!画|长)|倒灌)",
    Topic.MEDICINE: "假药|毒胶囊|偏方|特效药|包治|抗癌|致癌|防癌|脚臭盐|(?:能|可以?|会|来|专|包|可)治(?![安理国水沙污学])|治(?:百病|好了|癌)|急救法|喂药|打死人|放血|禁药|秘方|打针.{0,6}死|停用.{0,6}药|药[品监].{0,8}(?:召回|停)|对(?:人体|身体|健康|心脏|大脑|孩子)[^,。!?]{0,6}(?:有害|危害|伤害|损害)|[有危]害健康|停了?(?:胰岛素|降压药|化疗|吃药)|癌细胞|偷.{0,4}血"
    "|(?:不要|别|不用)(?:去|看|信)(?:医院|医生|西医)|比(?:医院|化疗|吃药)|医院(?:不会|不敢)(?:告诉|说)",
    Topic.PRODUCTION: "爆炸|爆燃|闪爆|矿难|瓦斯|透水|冒顶|井喷|坍塌|塌方|毒气|氯气|氨气|液氨|(?<!数据)(?<!信息)(?<!隐私)(?<!资料)泄[漏露]|危化品|px项目|粉尘爆|铁水|尾矿|硝化棉|顶板事故|安全事故|偷排|触电|沉船|翻船|空难|坠机|坠毁|失事|脱轨|迫降|(?:煤气|瓦斯|臭鸡蛋|原油|汽油|氨)味|漏气",
    Topic.SAFETY: "人贩子|拐卖|拐走|抢孩子|偷孩子|偷小孩|抢小孩|失踪|绑架|挖肾|割肾|器官|迷药|迷魂|拍肩|砍人|砍死|捅死|杀人|凶手|命案"
    "|强奸|抢劫|持刀|枪击|恐怖袭击|通缉|逃犯|尸体|碎尸|跳楼|坠楼|车祸|撞死|肇事|追尾|敲门|诈骗|贩毒|斗殴|传销",
    Topic.SCHOOL: "学校|校园|学生|老师|教师|高考|中考|幼儿园|小学|中学|大学生|停课|开学|放假通知|食堂|宿舍|校长|班主任",
    Topic.FINANCE: "银行|存款|取款|股市|股票|基金|房价|楼市|理财|集资|跑路|挤兑|贷款|利率|比特币|人民币|破产|税务|医保卡.{0,4}(?:冻结|停)",
    Topic.UTILITY: "停水|停电|断水|自来水|停气|燃气|地铁|高铁|公交|停运|封路|封桥|高速|航班|机场|堵车|管制|断网|信号塔|油价|加油站",
    Topic.POLICY: "新规|政策|补贴|社保|医保|养老金|退休|户口|限购|限行|征收|拆迁|二胎|三胎|身份证|驾照|扣分|罚款|新交规|红头文件|条例",
}
_DOUBTFUL: dict[Topic, str] = {
    Topic.EPIDEMIC: "病毒(?![营视程库软木式])|感染(?!力)|高烧|高热|疑似(?=病|患|人|有|是)|不明原因|住不下|发热病人|带病(?!上|工|坚)|疫(?![苗情])|活禽|避疫|消杀",
    Topic.FOOD: "[有剧含投]毒|中毒(?![似般])|毒死|虫卵|绦虫|寄生虫|蛆|苍蝇|老鼠[肉头]|口水油|敌敌畏|重金属",
    Topic.DISASTER: "台风|暴雨|暴雪|[被水]淹|太阳风暴|磁暴|雪崩|(?:楼|房子|桥|墙|屋顶|路)(?:全|都|就|又)?塌|塌了(?!房)|埋了|决口|溃|倒灌|被困",
    Topic.MEDICINE: "疫苗|根治|祖传|降(?:血)?[压糖脂](?!价|赋)|退烧|抗癌|杀菌|辐射|输血|激素|副作用|接种|消炎|排毒(?!养颜)|以毒攻毒",
    Topic.PRODUCTION: "着(?:大)?火|起火|大火|火灾|失火|浓烟|爆了|[要快]爆|(?<![太了])炸了|高压线|漏电|排毒水|中毒|遇难|脚手架|塔吊|化工厂|矿井|井下",
}
_WEAK: dict[Topic, str] = {
    Topic.EPIDEMIC: "病毒(?!营销)|采样|消杀|高烧|发热|消毒|武汉|病人|患者|疾控|病例|感染(?!力)|传播|病房|口罩",
    Topic.FOOD: "有毒|勾兑|变质|过期|三无|黑作坊",
    Topic.DISASTER: "大雨|暴雨|台风|强降雨|预警|受灾|水位|撤离|避难|灾民|遇难|救援|险情|灾害",
    Topic.MEDICINE: "疫苗|抗生素|药(?!店)|癌|副作用|疗效|保健品|偏瘫|中风|心梗|心肌梗|脑溢血|糖尿病|高血压|输液|双黄连|连花清瘟|板蓝根|激素|布洛芬|安眠药|治愈|打针|致命|致死|猝死|消毒液|酒精|免疫",
    Topic.PRODUCTION: "事故|伤亡|消防|刺鼻|有毒气体|冒烟|浓烟|遇难|起火|着火|火灾|烧死|化工厂|煤矿|井下|坠落",
    Topic.SAFETY: "报警|警察|警方|派出所|民警|小孩|孩子|死亡|凶|刀|小心|尾随|陌生人",
    Topic.SCHOOL: "同学|上学|放学|家长|考试|教育局|补课",
    Topic.FINANCE: "钱|万元|亿元|涨|跌|投资|转账",
    Topic.UTILITY: "出行|道路|司机|车主|自来|供水|供电|列车|公路",
    Topic.POLICY: "国务院|规定|通知|取消|实施|公务员|出台|文件|工资",
}
_LISTS: dict[str, tuple[Topic, float, bool]] = {}  # topic, points of a word, whether it is plain
for told, lists, points, plain in (
    ("strong", _STRONG, STRONG, True),
    ("doubtful", _DOUBTFUL, STRONG, False),
    ("weak", _WEAK, WEAK, False),
):
    for topic, words in lists.items():
        _LISTS[f"{told} {topic}"] = (topic, points, plain)
        PLAIN.add({f"{told} {topic}": re.compile(words)})


@dataclass(frozen=True)
class Harm:
    """The harm a claim could do. ``sure``: its own words say so; otherwise it may be a hazard."""

    topic: Topic
    sure: bool = True


def weigh(document: Document) -> Harm:
    """The topic with most points; 其他 below ``ENOUGH``. A hazard with enough goes before everyday
    topics, and among equals the earlier, graver one. A doubt counts as a hazard and is told as one.

    >>> weigh(Document("那趟车上有疑似患者"))
    Harm(topic=<Topic.EPIDEMIC: 'epidemic'>, sure=True)
    >>> weigh(Document("公司有人中招了")).sure
    False
    """
    seen = document.in_plain
    points, sure = _points(seen)
    least = ENOUGH + (hazards.TOLD if seen.any("fiction") else 0.0)
    doubted = least if len(document.plain) <= LONG else 2 * least
    graver = {
        topic: n
        for topic, n in points.items()
        if topic in HAZARDS and n >= (least if topic in sure else doubted)
    }
    if graver:
        topic = max(HAZARD_ORDER, key=lambda each: graver.get(each, 0.0))
        return Harm(topic, topic in sure)
    everyday = {topic: n for topic, n in points.items() if topic not in HAZARDS}
    best = max(everyday, key=lambda topic: everyday[topic], default=Topic.OTHER)
    return Harm(best if everyday.get(best, 0.0) >= ENOUGH else Topic.OTHER)


def topic_of(document: Document) -> Topic:
    """The topic of ``weigh``.

    >>> topic_of(Document("车上有确诊新型肺炎病人，看到要报警")).label
    '疫情'
    """
    return weigh(document).topic


def _points(seen: Found) -> tuple[dict[Topic, float], set[Topic]]:
    """Points of each topic, in the order of ``Topic``, and the hazards that something plain speaks for."""
    found: dict[Topic, float] = {}
    sure: set[Topic] = set()
    for name in seen.among(_LISTS):
        topic, worth, plain = _LISTS[name]
        words = {seen.text[start:end] for start, end in hazards.spans(seen, name)}
        if words:
            found[topic] = found.get(topic, 0.0) + worth * len(words)
            if plain:
                sure.add(topic)
    for topic, sign in hazards.pairs_in(seen).items():
        found[topic] = found.get(topic, 0.0) + sign.points
        if sign.sure:
            sure.add(topic)
    return {topic: found[topic] for topic in _STRONG if topic in found}, sure
