"""Who was there: signs that a post tells of a danger at first hand, with a place and a time.

An early true warning is often calm and short, and nothing in its words looks like the rumors that
the weights have seen, so a risk alone would leave it unread. These rules know nothing of true or
false and never move a post in the queue; they only order the posts under the line, so that an
officer reads the ones that somebody saw, smelt or heard first (view 现场与预警). They are plain
enough to be argued with: each sign has a word that is shown beside the post.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classifier.ranking import cues
from classifier.text.document import PLAIN, Document
from classifier.text.phrases import Phrases
from models.ranking.records import Entity

HEEDED = 0.15  # 需核查度 较低
SHOWN_FROM = 0.45  # strength from which a post stands in the view

_DANGER = re.compile(
    "煤气味|瓦斯味|漏(?:气|油|水|电|液)|泄漏|刺鼻|呛(?:人|鼻|得)|[怪异臭焦糊酸霉]味|恶臭|发臭|冒(?:出)?.{0,2}烟|浓烟|黑烟|黄烟|起火|着火|失火|火光|火势|明火|爆炸|爆燃|炸(?:了|响)|[巨闷]响|轰隆|异响"
    "|倒塌|坍塌|塌(?:了|陷|方|下|进|出)|垮(?:了|塌)|裂(?:缝|了|开|纹)|开裂|下沉|沉降|倾斜|歪(?:了|着)|变形|掉(?:块|砖|皮|渣|下来)|脱落|下坠|往下掉|急坠|滑坡|泥石流|落石|渗水|渗漏|管涌|冒水|决口|溃(?:坝|堤|口)|漫(?:堤|坝|过|上来)|涨水|洪水|山洪"
    "|水.{0,4}(?:淹|没过|漫|涨|倒灌|到.{0,3}(?:腰|胸|膝|脖))|倒灌|被困|困(?:在|住)|余震|震(?:了|感|得|醒)|地震|晃(?:得|了|动|起)|摇晃"
    "|(?:拉|闹)肚子|肚子[疼痛]|腹泻|上吐下泻|呕吐|[又都就在]吐|食物中毒|中毒(?:了|的|住|症)|发烧|发热|高烧|咳(?:嗽|得)|胸闷|喘不|肺炎|肺部|双肺|肺都|感染(?:了|的|性|科)|传染|隔离|病例|确诊|皮疹|[红起]疹|流鼻血|鼻血|头[晕昏疼痛]|恶心|晕倒|昏(?:倒|迷)|抽搐|浑身|眼睛[疼痛辣]"
    "|结石|畸形|头(?:特别|很)?大|变质|发霉|发[黑黄红绿]|馊|长毛|蛆|异物|鼠头|像老鼠|死(?:鱼|虾|鸡|猪|鸟|羊)|(?:鱼|虾|鸡|猪|鸟|羊|鸭|蛙|麻雀).{0,4}死|翻肚|翻白|浑(?:浊|了|的|水)|黄水|黑水|[污废]水|排污|粉尘|有毒|化工|工业(?:明胶|酒精|盐|油)|超标|假药|过期|疫苗"
    "|触电|麻手|打火|短路|火花|失控|刹不住|失灵|卡住|夹(?:人|住)|踩踏|挤(?:倒|伤|死|不动|得)|受伤|流血|出血|伤亡|死(?:了|人|亡)|没了呼吸|没气了|救(?:命|护车)|120|119|出事|事故|险情|危险|隐患|失踪|失联|停(?:水|电|气)"
    "|(?:都|也|低|又)烧(?:了|起来|着|不退)|低烧|发抖|起泡|湿疹|疙瘩|脸.{0,3}[肿圆]|肿(?:了|成|得)|不尿|尿(?:血|里|都没)|抗体阳性|瘦死|站不[住稳]|活不成|冻得"
    "|掺|兑(?:水|了)|勾兑|下脚料|回收|捡起来|改日期|日期.{0,6}(?:改|打成|往后|推)|标签.{0,3}换|退(?:货|回来)的|胀袋|病死|死猪|假酒|泔水|地沟|洗罐|不正常|批号|效价|镉|农药|神农丹|(?:汽油|农药|铁锈|药|那个)味|有股"
    "|断(?:了|裂|开|成)|冲(?:走|垮|毁)|埋(?:了|住|在)|没了,|(?:桥|路|房|楼|村|山).{0,3}没了|玻璃.{0,2}碎|碎了|蘑菇云|翘(?:了|的|起)|进水|泡(?:了|在|着)|泄洪|垮下|塌下|冒水|翻(?:了|车|倒|进)|冲下|水像|嘎嘎响|嗞嗞|联系不上|打不通|没信号"
    "|超重|超载|螺栓|铝粉|积灰|通风机|渣土|边坡|采空|炸药|危化|罐车|油罐|持刀|长刀|拿刀|砍|捅|拴着|链子|关着|锁着|卖血|求救"
    "|偷排|偷倒|没(?:有)?(?:护栏|围栏|盖|洗|清洗)|井盖|钢丝绳|脚手架|塔吊|吊车|瓦斯|透水|顶板|尾矿|支架|支护|刺激|难闻|怪怪的|不对劲"
)
_PRESENT = re.compile(
    "亲眼|亲耳|亲身|目睹|看[见到]|瞧见|听[见到]|闻[到着见]|摸着|摸到|尝(?:了|着)|拍[到下]|发现|遇[到上]|碰[到上]|撞见|感觉到|震醒|吵醒|惊醒|在现场|在场|就在(?:我|旁|隔壁|楼下|对面|门口)"
    "|值班|当班|下井|出诊|接诊|收(?:治|了|进来)|送来|转来|住院|急诊|门诊|科里|科室|病房|医生说|大夫说|送(?:到|去|医)"
)
_OWN = re.compile(
    "(?<!自)我(?!国|们国家|们党|爱)|咱|俺|本人|自家|家里|家(?:孩子|娃|门口|楼下|附近|旁边)|娃|女儿|儿子|爸|妈|爷爷|奶奶|老公|老婆|媳妇|邻居|隔壁|楼上|楼下|对面|门口|窗(?:外|户)|小区|村(?:里|口|头|民|子)|厂(?:里|区|子)|车间"
    "|工地|班(?:里|上)|学校|宿舍|食堂|单位|公司里|店里|矿上|井下|工友|同事|师傅|同学|科里|病区|乘务|车厢|地铁|医院|街道|镇上|乡里|路口|河边|江边|桥"
)
_NOW = re.compile(
    "刚(?:刚|才|到|下|从|接|去|看|听|发)?|现在|正在|这会儿?|此刻|今(?:天|早|晚|晨|夜|日|儿)|昨(?:天|晚|夜|日)|前天|凌晨|早上|上午|中午|下午|傍晚|晚上|半夜|夜里|这(?:几|两|个)(?:天|日|周|星期|月)|最近|连(?:着|续)|从.{1,6}(?:开始|起)|已经|还在|又(?:响|漏|裂|停)"
    "|\\d+(?:点|时|分钟|小时|天|号|日)|[一二两三四五六七八九十几]+(?:点|分钟|个?小时|天|个人|个孩子|个病人|例|起)"
)
_NEAR = 24  # characters: what was seen stands beside who saw it
_APART = re.compile(  # chatter, news and fiction: not what somebody just saw
    "//@|转发微博|回复@|分享自|【[^】]{4,}】|据.{0,12}(?:报道|消息|介绍)|记者|新闻|视频:|电影|小说|[剧歌]|梦|故事|游戏|演唱会|专家|哈哈|嘻嘻|呜呜|么么|晚安|爱你|加油|减肥|瘦|投票"
)
_SIGNS = (
    ("险情", 0.3), ("在场", 0.2), ("身边", 0.15), ("时间", 0.15), ("地点", 0.2),
)  # fmt: skip


PLAIN.add(
    {
        "danger": _DANGER,
        "apart": _APART,
        "sell": cues.SELL,
        "emote": re.compile(r"\[[^\[\]]{1,6}\]|《心》|[\u2600-\u27bf\U0001f300-\U0001faff]"),
        "topic": cues.TOPIC,
    }
)
_BESIDE = Phrases({"present": _PRESENT, "own": _OWN, "now": _NOW})


@dataclass(frozen=True)
class Witness:
    """``strength`` 0..1; ``signs`` are the words that an officer reads."""

    strength: float
    signs: tuple[str, ...]


def signs_in(document: Document, named: Sequence[Entity]) -> Witness:
    """The signs in a text (title and post); ``named`` are its entities.

    Without a danger there is nothing to warn of, and the strength is 0. Selling, chatting or
    passing on what others wrote each take half of it away.

    >>> signs_in(Document("我们小区楼下刚刚闻到很重的煤气味"), ()).signs
    ('险情', '在场', '身边', '时间')
    """
    plain = document.plain
    seen = document.in_plain
    near = [
        plain[max(found.start() - _NEAR, 0) : found.end() + _NEAR] for found in seen.all("danger")
    ]
    if not near:
        return Witness(0.0, ())
    beside = _BESIDE.look(" ".join(near))
    kinds = {entity.kind for entity in named}
    signs = {
        "险情": True,
        "在场": beside.any("present"),
        "身边": beside.any("own"),
        "时间": "time" in kinds or beside.any("now"),
        "地点": bool(kinds & {"place", "school", "hospital"}),
    }
    strength = sum(weight for sign, weight in _SIGNS if signs[sign])
    for apart in ("apart", "sell", "emote", "topic"):
        if seen.any(apart):
            strength /= 2
    return Witness(round(strength, 3), tuple(sign for sign, _ in _SIGNS if signs[sign]))


def dangerous(document: Document) -> bool:
    """Whether a text names a danger at all."""
    return document.in_plain.any("danger")


def strength(document: Document, named: Sequence[Entity], risk: float = 0.0) -> float:
    """How much a post reads like somebody's own account of a danger, 0..1.

    A danger that the weights too find worth a look (``risk`` from ``HEEDED``, 0..1) needs one sign
    less.
    """
    found = signs_in(document, named).strength
    return min(round(found + 0.15, 3), 1.0) if found and risk >= HEEDED else found
