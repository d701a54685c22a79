"""Plain adverts: loud, and no claim that anybody needs to check.

An advert shouts as a rumor does, and the weights cannot always tell. What sells in at least
``ENOUGH`` ways, warns of nothing and touches no hazard is no checkable claim of public concern; its
risk stays as it is, its priority falls (``models.casework.priority``).
"""

from __future__ import annotations

import re

from classifier.ranking import cues, first_hand, topics
from classifier.text.document import PLAIN, Document

ENOUGH = 2
LONGEST = 140  # characters

# who passes something on, or asks others to, may carry a claim: “转发就送手机” is one
_TOLD = re.compile(
    f'{cues.SOURCE.pattern}|{cues.PLEA.pattern}|诈骗|骗|网友|网传|[“”"]|银行|医院|政府|部门|总理|国家队|代表'
)
_WAYS = {
    f"way {i}": re.compile(way)
    for i, way in enumerate(
        (
            "\\d+(?:\\.\\d+)?(?:元|块|折|毛)|[一二三四五六七八九十百千万两]+(?:元|块(?:钱|八|九)?|折)|半价|底价|原价|特价|震惊价|秒杀|低价|[买满].{0,4}[送减免赠]|[减送赠](?:百|三百|五十|二十|一)|打折|折扣|优惠|免费|零利息|首付|分期|只要[一二三四五六七八九十百千万\\d]|仅需|亏本|清仓|红包",
            "包邮|包赔|现货|库存|正品|专柜|同款|新款|上新|开团|团购|囤货|手慢无|抢购|抢完|售罄|限量|限时|最后.{0,3}(?:天|名|席)|名额|只剩|一张|一双|五斤|周年庆|开业|旺铺|转让|接手|年卡|会员|办卡|充值|套餐|房源|楼盘|大平层|专场|促销|直降|爆款|必入|好物",
            "加我|私信|私聊|咨询|扫码|下单|链接|主页|热线|预约|报名|到店|进店|直播间|小黄车|左下角|点击|关注.{0,4}抽|抽[一二三四五六七八九十\\d奖]|开奖|评论区|转发.{0,6}抽|@三位|好友|非诚勿扰|速来|快来|招(?:代理|加盟|学员|生)|加盟|代购|试听|试课|学车",
        )
    )
}
PLAIN.add({"told": _TOLD, "harm": cues.HARM} | _WAYS)


def selling(document: Document) -> bool:
    """Whether the text is an advert and nothing else.

    >>> [selling(Document(text)) for text in ("女鞋三十九元一双，清仓，加我微信", "加微信买口罩，小区有人确诊了")]
    [True, False]
    """
    if len(document.plain) > LONGEST:
        return False
    seen = document.in_plain
    if seen.any("told") or seen.any("harm") or sum(map(seen.any, _WAYS)) < ENOUGH:
        return False
    return not first_hand.dangerous(document) and not topics.topic_of(document).hazard
