"""Personal data: what is masked before it is stored, and what is masked on the way out.

Phone and identity numbers are masked at intake (GB/T 37964: direct identifiers that no rule of the
desk needs). Plates stay readable to the officers of a case, who need them to verify, and are masked
on every way out: notice, public page, export.
"""

from __future__ import annotations

import re

from models.text import HIDDEN

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

# A civilian plate as people write it: 浙BL1234, 浙B·L1234, 浙 b l1234, 浙BLXXXX, 粤Z1234港, 苏AD12345.
PLATE = re.compile(
    rf"(?P<province>[{PROVINCES}])[ \t]?(?P<city>[A-Za-zＡ-Ｚａ-ｚ])[ \t]?[·•．.\-— ]?[ \t]?"
    r"(?P<serial>[0-9０-９A-Za-zＡ-Ｚａ-ｚ*＊×]{4,6}[挂学警港澳领使]?)"
    r"(?![0-9０-９A-Za-zＡ-Ｚａ-ｚ*＊×])"
)

# the same broken up: 浙 B L12 34, 浙B·L·1·2·3·4, zero-width characters between, traditional provinces
_OLD_PROVINCES = "滬遼雲魯蘇贛鄂陝貴粵寧瓊"
_MARK = "[0-9０-９A-Za-zＡ-Ｚａ-ｚ*＊×]"
_SPLIT = rf"[ \t\u3000\xa0·•．.\-—_{HIDDEN}]{{0,3}}"
_BROKEN_PLATE = re.compile(
    rf"(?P<province>[{PROVINCES}{_OLD_PROVINCES}]){_SPLIT}(?![A-Za-z]{{3}})"  # 新SUV 2024款 is none
    rf"(?P<city>[A-Za-zＡ-Ｚａ-ｚ]){_SPLIT}"
    rf"(?P<serial>(?:{_MARK}{{4,6}}(?!{_SPLIT}{_MARK})|{_MARK}{{5,6}}(?!{_MARK})"
    rf"|{_MARK}(?:{_SPLIT}{_MARK}){{4,5}}(?!{_MARK}))[挂学警港澳领使]?)"
)

# embassies: 使014578, which is no civilian plate
EMBASSY = re.compile(
    r"(?<![大公领即])使[ ·]?(?P<serial>[0-9０-９]{3}[·• ]?[0-9０-９]{3})(?![0-9０-９])"
)

_DIGIT = "[0-9０-９]"
# what people, and those who evade, put between the digits of one number
_GAP = rf"[ \t\u3000\xa0\-‐‑–—－_·•.．\x00-\x08\x0b-\x1f\x7f-\x9f{HIDDEN}]{{0,3}}"
_PHONE = re.compile(
    rf"(?<![0-9０-９])(?:(?:[+＋]|00|００)?(?:86|８６){_GAP})?([1１]{_GAP}[3-9３-９]{_GAP}{_DIGIT}){_GAP}"
    + rf"{_GAP}".join([_DIGIT] * 8)
    + r"(?![0-9０-９])"
)
_LANDLINE = re.compile(
    rf"(?<![0-9０-９])([0０]{_DIGIT}{{2,3}}[)）]?){_GAP}{_DIGIT}{{3,4}}{_GAP}{_DIGIT}{{4}}(?![0-9０-９])"
)
# 17 digits and a check character; the date in the middle keeps order numbers from matching
_IDCARD = re.compile(
    rf"(?<![0-9０-９])[1-9１-９](?:{_GAP}{_DIGIT}){{5}}{_GAP}(?:[1１]{_GAP}[9９]|[2２]{_GAP}[0０])"
    rf"(?:{_GAP}{_DIGIT}){{2}}{_GAP}[01０１]{_GAP}{_DIGIT}{_GAP}[0-3０-３](?:{_GAP}{_DIGIT}){{4}}"
    rf"{_GAP}[0-9０-９XxＸｘ](?![0-9０-９])"
)


def _phone(found: re.Match[str]) -> str:
    head = "".join(character for character in found.group(1) if character.isdigit())
    return f"{head}****"


def phones_and_ids(text: str) -> str:
    """Text with mobile, landline and identity numbers masked; spaced and full-width digits too.

    >>> phones_and_ids("打 138 1234 5678，身份证330102199003077758")
    '打 138****，身份证〔证件号已隐去〕'
    """
    text = _IDCARD.sub("〔证件号已隐去〕", text)
    text = _PHONE.sub(_phone, text)
    return _LANDLINE.sub(lambda found: f"{found.group(1)}-****", text)


def _plate(found: re.Match[str]) -> str:
    serial = found.group("serial")
    if not re.search(r"[0-9０-９*＊×]|[XxＸｘ]{3}", serial):
        return found.group()  # 新A股大涨, 京Apple: no plate has a serial of letters only
    head = "" if not serial[0].isalpha() else serial[0].upper()
    tail = serial[-1] if serial[-1] in "挂学警港澳领使" else ""
    return f"{found.group('province')}{found.group('city').upper()}{head}****{tail}"


def outgoing(text: str) -> str:
    """What may leave the desk: plates, phones and identity numbers masked.

    >>> outgoing("车牌浙BL1234的车")
    '车牌浙BL****的车'
    """
    # a mask and the character after it may read as one more plate: 沪B****.0
    for _ in range(4):
        masked = PLATE.sub(_plate, _BROKEN_PLATE.sub(_plate, phones_and_ids(text)))
        masked = EMBASSY.sub("使******", masked)
        if masked == text:
            break
        text = masked
    return text
