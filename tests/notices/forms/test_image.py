"""The notice as an image: size, growth, missing glyphs, and nothing but data in the drawing."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from models.casework.records import NoticeKind
from models.errors import InputError
from models.publishing.records import NoticeState
from notices.forms import (
    fonts,
    image,
    layout,
    png,
    wrap,
)
from tests.notice_records import HOSTILE, OFFICE, notice

pytestmark = pytest.mark.slow

URL = "https://jz.example/v/2026-87"
LONG = "接诊点在院6人，均为普通感冒；11月20日以来采样212份，均为阴性，由市疾控中心书面答复。"


def size(content: bytes) -> tuple[int, int]:
    return struct.unpack(">II", content[16:24])  # type: ignore[return-value]


@pytest.fixture(scope="module")
def long() -> bytes:
    return image.image(notice(), OFFICE, "long", URL)


def test_the_long_image_is_1080_by_1350_small_and_opaque(long: bytes) -> None:
    assert size(long) == (1080, 1350)
    assert len(long) <= image.LIMIT
    assert b"tRNS" not in long and long[25] == 3  # a palette, no alpha


def test_the_same_notice_is_the_same_bytes(long: bytes) -> None:
    assert image.image(notice(), OFFICE, "long", URL) == long


def test_the_square_is_1080_by_1080() -> None:
    made = image.image(notice(findings=("号牌登记为重型货车。",)), OFFICE, "square", URL)
    assert size(made) == (1080, 1080) and len(made) <= image.LIMIT


def test_a_longer_text_grows_in_steps_and_then_takes_another_page() -> None:
    (grown,) = image.pngs(notice(findings=(LONG * 4,) * 2), OFFICE)
    assert size(grown)[1] in layout.STEPS[1:]
    pages = image.pngs(notice(findings=(LONG * 7,) * 7), OFFICE, verify_url=URL)
    assert len(pages) > 1
    for page in pages:
        assert (size(page)[1] - 1350) % 270 == 0 and size(page)[1] <= 2700
        assert len(page) <= image.LIMIT


def test_a_kind_has_its_ground() -> None:
    def corner(**changed: object) -> tuple[int, ...]:
        made = image._compile(  # before the palette, to read a pixel
            {**data(notice(**changed)), "measure": False}
        )[0]
        return tuple(int(value) for value in png.decode(made)[4, 4, :3])

    def data(made: object) -> dict:
        found = image._data(made, OFFICE, "long", URL, "")  # type: ignore[arg-type]
        found |= layout.strip(found)
        return found | layout.plan(found, image._measure(found))

    assert corner()[2] > 120 > corner()[0]  # blue
    assert corner(kind=NoticeKind.VERIFYING, outcome=None) == (255, 255, 255)
    assert corner(state=NoticeState.RETRACTED) == (255, 255, 255)


def test_a_missing_glyph_fails_and_names_the_character() -> None:
    with pytest.raises(InputError, match="😀（U\\+1F600）"):
        image.image(notice(title="没有载有😀的车辆"), OFFICE)
    assert "U+1F600" in image.faults(notice(title="没有载有😀的车辆"), OFFICE)[0]
    assert image.faults(notice(), OFFICE) == []
    made = notice(state=NoticeState.RETRACTED, retracted_for="看错了😀")
    assert image.pngs(made, OFFICE, lenient=True)  # a retraction is never held up


def test_the_font_is_known_by_its_own_table() -> None:
    assert fonts.missing("辟谣〔2026〕87 号浙BL****“”，龘㊙①") == []
    assert fonts.missing("a😀b\ue000😀") == ["😀", "\ue000"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_draws_as_text(text: str) -> None:
    made = notice(title="没有这样的车辆", findings=(text.replace("\ufffe", ""),), quote="说法")
    if fonts.missing(image.render.face(made, OFFICE).findings[0]):
        pytest.skip("the font cannot draw it: refused, see above")
    assert size(image.image(made, OFFICE, "square"))[0] == 1080


@pytest.mark.parametrize("address", [URL, "http://127.0.0.1:8400/site/v/2026-87" + "0" * 40])
def test_the_code_is_whole_on_the_strip_with_its_quiet_zone(address: str) -> None:
    """Module by module: what a scanner sees is the matrix, 4 px each, white around it."""
    import segno

    matrix = segno.make(address, error="m", micro=False).matrix
    pixels = rgb(image.image(notice(), OFFICE, "long", address))
    side = len(matrix) * layout.MODULE
    assert side >= 116
    strip = max(176, (len(matrix) + 8) * layout.MODULE)
    top = 1350 - strip + (strip - side) // 2
    dark = pixels[:, :, 0] < 128
    found = dark[top + 2 : top + side : 4, 84 + 2 : 84 + side : 4]
    assert (found == np.array([[bool(one) for one in row] for row in matrix])).all()
    quiet = 4 * layout.MODULE
    assert not dark[top - quiet : top, 84 : 84 + side].any()
    assert not dark[top + side : top + side + quiet, 84 : 84 + side].any()
    assert not dark[top : top + side, 84 - quiet : 84].any()


def rgb(content: bytes) -> np.ndarray:
    """Pixels of one of our own palette PNGs."""
    import zlib

    at, palette, data = 8, b"", b""
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        palette, data = (body if kind == b"PLTE" else palette), data + body * (kind == b"IDAT")
        at += 12 + length
    width, height = size(content)
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    return np.frombuffer(palette, np.uint8).reshape(-1, 3)[rows[:, 1:]]


def test_png_filters_are_undone_exactly() -> None:
    rng = np.random.default_rng(7)
    pixels = rng.integers(0, 256, (9, 11, 4), np.uint8)
    assert (png.decode(filtered(pixels)) == pixels).all()
    with pytest.raises(ValueError, match="transparent"):
        png.opaque(filtered(pixels))


def filtered(pixels: np.ndarray) -> bytes:
    """A PNG that uses each of the five filters, written the slow and plain way."""
    import zlib

    height, width, channels = pixels.shape
    flat = pixels.reshape(height, -1).astype(int)
    rows = bytearray()
    for y in range(height):
        rows.append(y % 5)
        for x in range(width * channels):
            left = flat[y, x - channels] if x >= channels else 0
            up = flat[y - 1, x] if y else 0
            corner = flat[y - 1, x - channels] if y and x >= channels else 0
            guess = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
            rows.append(int(flat[y, x] - (0, left, up, (left + up) // 2, guess)[y % 5]) & 255)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    return png.SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + b"\0\0\0\0" for kind, body in chunks
    )


def test_a_headline_breaks_by_sense() -> None:
    lines = wrap.headline("没有载有确诊患者的车辆从武汉返回白兔潭", 18.24)
    assert lines == ["没有载有确诊患者的车辆", "从武汉返回白兔潭"]
    assert wrap.headline("太长" * 40, 18.24) is None


def test_no_line_breaks_inside_a_date_or_a_plate() -> None:
    for title in (
        "城北水厂在11月25日到11月28日之间供水正常没有停",
        "没有一辆号牌是浙BL****的车辆从外地返回本地",
    ):
        lines = wrap.headline(title, 18.24)
        assert lines and "".join(lines) == title
        assert any("浙BL****" in line for line in lines) or all(
            "11月25日" in "".join(lines) and not line.endswith(("11", "月")) for line in lines
        )
