"""General talk of the law in a notice: whoever spreads rumours answers for it, and nobody should.

That finds nothing about a claim.

What may stand before the act is a closed list (对, 任何人, 依法严惩): with any other subject (有人, 张某,
该视频) the sentence speaks of somebody, and so of this claim. So does one that tells what was done
already (已依法处理, 3 人被拘留).
"""

from __future__ import annotations

import re

FAR = 60  # characters looked at on either side of a word

_ACT = "[编編]造|捏造|制造|製造|散[布佈播]|[传傳]播|[发發][布佈]|[转轉][发發]|[扩擴]散|[造传傳信][谣謠]|炒作|歪曲|虚[构構]"
# longest first: the pattern takes the first that fits and never goes back
_MAY_LEAD = (
    "(?:任何|一切|凡|所有)(?:单位|單位|组织|組織|个人|個人|人)(?:[和或及与、](?:单位|單位|组织|組織|个人|個人))*",
    "(?:请|任何|广大|廣大)+(?:网民|網民|网友|網友|市民|群众|居民)",
    "公安(?:机关|機關|部门|部門)|[网網]信(?:部门|部門)|(?:有关|相关|有關|相關)(?:部门|部門)|警方|[网網]警|我[们們局]|本(?:中心|局)",
    "互联网上|(?:信息)?[网網][络絡](?:平台|空间)?上?|[网網]上|微信群|朋友圈|平台上|[对對]于?|凡是?|如果?有?|若有?|借机|趁机|利用|通过|通過",
    "[违違]法犯罪|[违違]法|涉[疫灾险警稳]|(?:[疫灾災险險警舆]情|有关|虚假|[虚虛]假|不[实實]|失[实實]|有害|各类|网络|事[实實])的?",
    "[谣謠]言|信息|[消]息|言[论論]|内容|行[为為]|者|的(?:人[员員]?)?|等|[、和与與及或并並在以]|个别|恶意|惡意|故意|蓄意|肆意|公然|涉嫌|明知是?",
    "提醒|再次|郑重|切勿|请?勿|[请請]|不要|不得|[严嚴]禁|禁止|抵制|拒[绝絕]|[轻輕相]信|[发發][现現]|[参參][与與]|[实實]施|[组組][织織]",
    "依法依?[规規]?|必?[将將]|[会會]|[严嚴][厉厲肃肅格]|[坚堅][决決]|[从從][严嚴重]|打[击擊]|查[处處]|[惩懲][处處治]|[严嚴][惩懲]|追究|整治|[处處][理置]",
)
_LEAD = re.compile(rf"(?:{_ACT}|{'|'.join(_MAY_LEAD)})*+\Z")
_ACTS = re.compile(_ACT)
_LAW = re.compile(
    "依法|法律|追究|追[责責]|必究|[严嚴][惩懲]|[惩懲][处處治]|查[处處]|[处處][罚罰]|制裁|拘留|刑[责責]|[责責]任|打[击擊]|[违違]法|犯罪"
    "|徒刑|[罚罰]款|治安管理|[触觸]犯"
)
_ASKED = re.compile("勿|不要|不得|禁|抵制|拒[绝絕]")
_THIS = re.compile(
    "[该該此这這]|上述|[网網][传傳]|本[案次]|某|[视視][频頻]|[图圖]片|[他她其](?!他)"
)
_DONE = re.compile(
    "已|(?<![将將会會要须須可])被|[处處抓拘罚罰留责責究获獲]了|抓[获獲]|刑拘|立案|投案|归案|[一二两三四五六七八九十\\d][人名](?!以上)|\\d岁"
)


def is_general(sentence: str, start: int, end: int) -> bool:
    """Whether the word from ``start`` to ``end`` of a sentence is part of such talk.

    >>> said = "对造谣者依法处理"
    >>> is_general(said, 1, 3), is_general("警方已" + said, 4, 6), is_general("有人造谣，依法处理", 2, 4)
    (True, False, False)
    """
    lead = re.split("[，：:,“”]", sentence[max(0, start - FAR) : start])[-1]
    rest = sentence[end : end + FAR]
    if not _LEAD.match(lead) or not (_ACTS.search(lead) or _ACTS.match(sentence, start)):
        return False
    if not (_LAW.search(lead) or _LAW.search(rest) or _ASKED.search(lead)):
        return False
    return not (_THIS.search(rest) or _DONE.search(rest))
