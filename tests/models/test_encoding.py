"""Bytes are read right or refused: every text, every label, every codec."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models import encoding
from models.errors import InputError

SIMPLIFIED = (
    "听说江北大桥今天夜里要封，大家出门先看通知。",
    "医院门口排了很长的队，护士说药还够用，不要急。",
    "这个视频是去年拍的，不是我们这里的小学，请不要再传了。",
    "自来水公司说明天上午检修，下午三点以后恢复供水。",
)
TRADITIONAL = (
    "聽說江北大橋今天夜裡要封，大家出門先看通知。",
    "醫院門口排了很長的隊，護士說藥還夠用，不要急。",
    "這個影片是去年拍的，不是我們這裡的小學，請不要再傳了。",
    "自來水公司說明天上午檢修，下午三點以後恢復供水。",
)
LABELS = (
    "", "utf-8", "gb2312", "gbk", "gb18030", "big5", "big5-hkscs", "cp950", "utf-16", "utf-16le",
    "iso-8859-1", "iso-8859-15", "windows-1252", "windows-1251", "koi8-r", "euc-kr", "euc-jp",
    "shift_jis", "us-ascii", "hz-gb-2312", "utf-7", "x-user-defined", "none", "zip", "idna",
)  # fmt: skip
CODECS = (
    "utf-8",
    "gb18030",
    "gbk",
    "big5",
    "big5hkscs",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
)
SHORTEST = 12  # characters of Chinese from which all that stands here is read, whatever its label


def read(body: bytes, label: str = "") -> str | None:
    """The text; None where it is refused."""
    try:
        return encoding.decode(body, f"text/plain; charset={label}" if label else "").text
    except InputError as error:
        assert error.mend
        return None


def encoded(text: str, codec: str) -> bytes | None:
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        return None


cuts = st.tuples(
    st.sampled_from(SIMPLIFIED + TRADITIONAL), st.integers(0, 10), st.integers(SHORTEST, 40)
).map(lambda drawn: drawn[0][drawn[1] :][: drawn[2]])


@settings(max_examples=400, deadline=None)
@given(cuts, st.sampled_from(CODECS), st.sampled_from(LABELS))
def test_chinese_of_twelve_characters_is_read_right_under_any_label(
    text: str, codec: str, label: str
) -> None:
    body = encoded(text, codec)
    if body is not None and len(text) >= SHORTEST and label != "hz-gb-2312":
        assert read(body, label) == text


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(SIMPLIFIED + TRADITIONAL), st.integers(0, 16), st.integers(6, 30),
    st.sampled_from((*CODECS, "hz", "utf-7", "iso2022_jp", "euc_kr", "shift_jis", "cp949")),
    st.sampled_from(LABELS),
)  # fmt: skip
@example(
    "不是我們這裡的", 0, 7, "utf-16-le", ""
)  # one whole character of UTF-8, one broken, four controls
def test_a_short_one_is_read_right_or_refused(
    whole: str, at: int, size: int, codec: str, label: str
) -> None:
    text = whole[at:][:size]
    body = encoded(text, codec)
    if body is not None and len(text) >= 6:
        assert read(body, label) in (text, None)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from(LABELS))
def test_any_text_in_utf8_of_three_bytes_is_read_before_any_label(text: str, label: str) -> None:
    text = "说" + text.replace("\0", "")
    if text.isprintable():
        assert read(text.encode(), label) == text


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(LABELS))
def test_no_bytes_raise_anything_else(body: bytes, label: str) -> None:
    read(body, label)


@pytest.mark.parametrize("text", ["Café olé", "Привет, мир", "ñandú", "±5°"])
def test_utf8_of_two_bytes_wins_before_a_label_that_lies(text: str) -> None:
    assert read(text.encode(), "gb2312") in (text, None)
    assert read(text.encode(), "utf-8") == text


@pytest.mark.parametrize("at", [4, 5, 6])
def test_utf8_with_a_few_broken_bytes_stays_utf8_and_says_how_many(at: int) -> None:
    body = SIMPLIFIED[0].encode()
    reading = encoding.decode(body[:at] + body[at + 1 :], "text/xml; charset=gbk")
    assert reading.codec == "utf-8" and 1 <= reading.broken <= 3
    assert reading.text.endswith(SIMPLIFIED[0][4:])


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "big5", "utf-16-le"])
def test_what_breaks_off_within_a_character_is_read_up_to_there(codec: str) -> None:
    text = TRADITIONAL[2] if codec == "big5" else SIMPLIFIED[2]
    reading = encoding.decode(text.encode(codec)[:-1])
    assert reading.text == text[:-1] + "\ufffd" and reading.broken == 1


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("大家都说是真的", "hz", ""),
        ("大家都说是真的", "hz", "hz-gb-2312"),
        ("правительство сообщило", "cp1251", "windows-1251"),
        ("élèves, épidémie, fermée", "cp1252", "iso-8859-1"),
        ("感染が広がっています", "shift_jis", "shift_jis"),
        ("〇镕㐂听说大桥今天要封", "gb18030", "gb2312"),
        ("id,正文\r\n1,大家都说要停水了", "utf-16-le", ""),
    ],
)
def test_a_label_that_is_right_is_followed(text: str, codec: str, label: str) -> None:
    assert read(text.encode(codec), label) == text


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("정부는 코로나 확산을 막기 위해 학교를 닫는다", "euc_kr", ""),
        ("правительство объявило о закрытии", "koi8_r", "gbk"),
        ("感染が広がっています", "iso2022_jp", ""),
        ("大家都说是真的", "utf-7", "utf-7"),
        ("\ue000\ue001\ue002\ue003", "gb18030", "gb18030"),
        ("大", "gb18030", ""),
    ],
)
def test_what_nobody_can_tell_is_refused_in_words(text: str, codec: str, label: str) -> None:
    with pytest.raises(InputError, match="编码"):
        encoding.decode(text.encode(codec), f"x; charset={label}")


@pytest.mark.parametrize("name", ["zip", "rot13", "idna", "unicode_escape", "utf-7", "base64"])
def test_a_codec_that_is_not_for_text_is_not_run(name: str) -> None:
    assert read(b"\\u0041+AGE-", name) == "\\u0041+AGE-"
