"""Numbers of vehicles that only the words beside them tell: AB 1234 beside 车牌 is one, alone it is none.

Plates of Hong Kong, Macau and Taiwan; plates without their province, of bicycles too, and the last
digits of one; plates of tractors; the number of a chassis, which names a car as its plate does.
The value of each holds the word that tells it, so that it is masked wherever it is shown alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.personal.plate_signs import (
    COUNTED,
    ENDS,
    GAP,
    OLD,
    PROVINCE,
    SIGN,
    Plate,
)
from models.personal.separators import DIGIT, LETTER, plain

_NEAR = 24  # characters before and behind
_CALLED = "车牌|車牌|牌照|号牌|號牌|(?<![列火])(?:车号|車號)|港牌|澳牌|台牌"
MARKED = re.compile(_CALLED)
_CAR = re.compile("[车車]")
_NO_CAR = re.compile(  # what runs to a table, and parts of it: 航班CA1234, G1234次列车
    "列[车車]|[车車][次站厢廂间間费費展型款票程位库庫床]|[火机機动動停缆纜][车車]|航班|航空|起飞|起飛|降落|飞机|飛機|客机|高铁|地铁"
)
_FLIGHT = re.compile("航班|航空|起飞|起飛|降落|飞机|飛機|客机|车次|車次|次列[车車]")
_DASH = "[-－‐‑–—·・ ]"
_MODEL = re.compile(r"\s?(?:[汽轿][车車]|[车車]型|[视視][频頻]|系列|型|-(?:19|20)\d\d)")
_NO_PLATE = re.compile("GB|GA|JT|QC|JB|DB|HJ|NO|AM|PM|ID|IP|KM|KG|CM|MM|ML|PM|AI|QQ|VX|WX|TV|VR|PK")
_BEFORE = r"(?<![A-Za-z0-9Ａ-Ｚａ-ｚ０-９/])"
_HONG_KONG = re.compile(
    rf"{_BEFORE}(?P<serial>{LETTER}{GAP}{LETTER}{GAP}{DIGIT}(?:{GAP}{DIGIT}){{0,3}}){ENDS}{COUNTED}"
)
_APART = re.compile(rf"{LETTER}{{2}}[^\w]+{DIGIT}")
_MACAU = re.compile(
    rf"{_BEFORE}(?P<serial>{LETTER}{{1,2}}{_DASH}{DIGIT}{{2}}{_DASH}{DIGIT}{{2}}){ENDS}{COUNTED}"
)
_TAIWAN = re.compile(
    rf"{_BEFORE}(?P<serial>{LETTER}{{2,3}}{_DASH}{DIGIT}{{3,4}}|{DIGIT}{{3,4}}{_DASH}{LETTER}{{2}}"
    rf"|{LETTER}{DIGIT}{_DASH}{DIGIT}{{4}}){ENDS}{COUNTED}"
)
_TRACTOR = re.compile(
    rf"(?P<province>{PROVINCE}){GAP}(?P<office>{DIGIT}{GAP}{DIGIT}){GAP}(?P<serial>{SIGN}(?:{GAP}{SIGN}){{4}}){ENDS}{COUNTED}"
)
_FARM = re.compile(f"拖拉[机機]|农机|農機|收割[机機]|农用[车車]|变型|{_CALLED}")
# 车牌号是BL1234, 车牌：宁波B12345, 电动车牌杭州123456, 车牌尾号 1234
_LOCAL = re.compile(
    rf"(?:{_CALLED})(?:号码|號碼|号|號|为|為)?(?P<tail>(?:的|最后|后)?(?:尾号|尾數|尾数|[四五]位数?))?(?:是|为|為|[:：\s“\"（(【\[]){{0,3}}"
    rf"(?:[\u4e00-\u9fff]{{2,4}}(?={GAP}{LETTER}))?(?P<serial>{SIGN}(?:{GAP}{SIGN}){{2,6}}){ENDS}{COUNTED}"
)
_BICYCLE = re.compile(
    rf"(?:电动(?:自行)?|電動(?:自行)?|电瓶|電瓶|非机动|两轮|摩托)[车車]?(?:{_CALLED})(?:号码|号)?(?:是|为|[:：\s]){{0,3}}"
    rf"[\u4e00-\u9fff]{{2,3}}{GAP}(?P<serial>{DIGIT}(?:{GAP}{DIGIT}){{4,6}}){ENDS}{COUNTED}"
)
_CHASSIS_WORD = re.compile("(?i)车架|車架|车辆识别|車輛識別|大架号|底盘号|(?<![a-z])vin(?![a-z])")
_CHASSIS_SIGN = f"(?:{LETTER}|{DIGIT})"
_CHASSIS = re.compile(rf"{_BEFORE}(?P<serial>{_CHASSIS_SIGN}(?:{GAP}{_CHASSIS_SIGN}){{16}}){ENDS}")
_CHINESE_CHASSIS = re.compile(
    rf"(?<![A-Za-z0-9])(?P<serial>[Ll][A-HJ-NPR-Za-hj-npr-z0-9]{{16}}){ENDS}"
)
# one of these stands in every text with such a number
_ANY = re.compile("[车車牌拖农農型盘]|收割|[Vv][Ii][Nn]|[Ll][A-HJ-NPR-Za-hj-npr-z0-9]{16}")
CHASSIS_MARK = "〔车架号已隐去〕"


def find(text: str) -> Iterator[Plate]:
    """The plates of a text that the words near them tell, kind by kind; some may overlap."""
    if not _ANY.search(text):
        return
    marked = MARKED.search(text)
    if marked:
        for pattern in (_LOCAL, _BICYCLE):
            yield from (plate for match in pattern.finditer(text) if (plate := _local(match)))
    if marked or _CAR.search(text):
        yield from _abroad(text)
    if _FARM.search(text):
        for match in _TRACTOR.finditer(text):
            if _FARM.search(_near(match)):
                yield _tractor(match)
    named = bool(_CHASSIS_WORD.search(text))
    for match in (_CHASSIS if named else _CHINESE_CHASSIS).finditer(text):
        if plate := _chassis(match, named):
            yield plate


def _near(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - _NEAR) : match.end() + _NEAR]


def _abroad(text: str) -> Iterator[Plate]:
    for pattern in (_HONG_KONG, _MACAU, _TAIWAN):
        for match in pattern.finditer(text):
            near, body = _near(match), plain(match["serial"])
            told = MARKED.search(near)
            if not told and not _CAR.search(_NO_CAR.sub("", near)):
                continue
            if _FLIGHT.search(near) or (not told and not _by_a_car(pattern, match, body)):
                continue
            yield Plate(
                "abroad", *match.span("serial"), "", "", body, "", f"车牌{_spaced(body)}", "****"
            )


def _spaced(body: str) -> str:
    """Letters and digits apart: the value is known for a plate again wherever it stands."""
    return re.sub("(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Z])", " ", body)


def _by_a_car(pattern: re.Pattern[str], match: re.Match[str], body: str) -> bool:
    """Whether it reads as a plate where nothing but a car is spoken of."""
    if pattern is _TAIWAN or _MODEL.match(match.string, match.end()):
        return False
    written = match["serial"]
    loud = not any("a" <= sign <= "z" for sign in written)
    return loud and sum(map(str.isdigit, body)) > 2 and not _NO_PLATE.match(body)


def _tractor(match: re.Match[str]) -> Plate:
    province = OLD.get(match["province"], match["province"])
    office, body = plain(match["office"]), plain(match["serial"])
    value = f"农机{province}{office}{body}"
    return Plate(
        "farm", *match.span(), province, office, body, "", value, f"{match['province']}{office}****"
    )


def _local(match: re.Match[str]) -> Plate | None:
    body = plain(match["serial"])
    if _HONG_KONG.match(match.string, match.start("serial")) and _APART.match(match["serial"]):
        return None  # as people of Hong Kong write it
    if body[:3].isalpha():
        return None
    count = sum(map(str.isdigit, body))
    if count < 3 or (len(body) < 5 and not match.groupdict().get("tail")):
        return None
    word = "车牌" if len(body) > 4 else "车牌尾号"
    head = re.match("[A-Z]{0,2}", body)
    kept = head[0] if head and len(body) > 4 else ""
    return Plate(
        "local", *match.span("serial"), "", kept[:1], body, "", f"{word}{body}", f"{kept}****"
    )


def _chassis(match: re.Match[str], named: bool) -> Plate | None:
    body = plain(match["serial"])
    if not 5 < sum(map(str.isdigit, body)) < 17 or not (named or _sound(body)):
        return None
    return Plate("chassis", *match.span("serial"), "", "", body, "", f"车架号{body}", CHASSIS_MARK)


_VALUES = dict(
    zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", "012345678912345678123457923456789", strict=True)
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _sound(body: str) -> bool:
    """Whether the ninth sign is the check sign of the others (GB 16735)."""
    if not set(body) <= set(_VALUES):
        return False
    total = sum(int(_VALUES[sign]) * weight for sign, weight in zip(body, _WEIGHTS, strict=True))
    return body[8] == "0123456789X"[total % 11]
