"""The notice as an image: 蓝底通告, long (1080x1350) or square (1080x1080); ui/README section 8.

Two passes over one typst file: the first measures every part at every size, ``layout`` chooses
(40, 36, 32 px, then a taller step, then the next page), the second draws. Text goes in as JSON, so
that ``#``, ``$`` and ``@`` are nothing but characters.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import segno
import typst

from models.casework.records import NoticeKind
from models.china_time import in_china
from models.config import OfficeConfig
from models.errors import InputError
from models.publishing.records import Notice, NoticeState
from notices import words
from notices.forms import (
    fonts,
    layout,
    png,
    render,
    wrap,
)
from notices.forms.environment import TEMPLATES

SHAPES = ("long", "square")
LIMIT = 300_000  # bytes of one image
HEADLINE = (50, 44, 40, 36)


def image(notice: Notice, office: OfficeConfig, shape: str = "long", verify_url: str = "") -> bytes:
    """The image, or the first page where the text needs more than one (``pngs`` gives all)."""
    return pngs(notice, office, shape, verify_url=verify_url)[0]


def pngs(
    notice: Notice,
    office: OfficeConfig,
    shape: str = "long",
    *,
    verify_url: str = "",
    correction: str = "",
    lenient: bool = False,
) -> list[bytes]:
    """Every page of the image, as opaque PNG.

    ``verify_url``: where the QR code leads; without one (before approval) the strip says 草稿.
    ``correction``: why this revision corrects an earlier one; such an image has a white ground.
    ``lenient`` draws 〓 for a character that the font has not got; without it ``InputError`` names the
    character. Only a retraction is lenient: no character may hold it up.
    """
    data = _data(notice, office, shape, verify_url, correction)
    lacking = fonts.missing("".join(_texts(data)))
    if lacking and not lenient:
        raise InputError(
            "字体里没有这些字：" + " ".join(f"{c}（U+{ord(c):04X}）" for c in lacking),
            f"通告{notice.number}的图",
            "改写含这些字的地方",
        )
    if lacking:
        data = json.loads(
            json.dumps(data, ensure_ascii=False).translate({ord(c): "〓" for c in lacking})
        )
    data |= layout.strip(data)
    plan = layout.plan(data, _measure(data))
    drawn = _compile({**data, **plan, "measure": False})
    made = [png.opaque(page) for page in drawn]
    if too_big := [len(page) for page in made if len(page) > LIMIT]:
        raise InputError(f"图有 {max(too_big)} 字节，超过 {LIMIT}", f"通告{notice.number}的图")
    return made


@cache
def logo(mark: str) -> bytes:
    """The mark of the office as an opaque PNG of 512 by 512."""
    drawn = _compile({"mark": fonts.drawable(mark[:1])}, "logo.typ")
    return png.opaque(drawn[0])


def faults(notice: Notice, office: OfficeConfig) -> list[str]:
    """What would stop the image, said before anybody approves: sentences for the desk."""
    lacking = fonts.missing("".join(_texts(_data(notice, office, "long", "", ""))))
    return [f"图上写不出“{c}”（U+{ord(c):04X}），请改写" for c in lacking]


def _data(
    notice: Notice, office: OfficeConfig, shape: str, verify_url: str, correction: str
) -> dict[str, Any]:
    if shape not in SHAPES:
        raise ValueError(f"shape is one of {SHAPES}, not {shape!r}")
    shown = render.face(notice, office)
    retracted = notice.state is NoticeState.RETRACTED
    head, look = shown.head, "blue"
    findings = list(shown.findings)
    denied = f"，{shown.denied}" if shown.denied else ""
    if notice.kind is NoticeKind.VERIFYING:
        look = "white"
    if correction:
        head, look = "更正声明", "framed"
    quote = f"网传“{shown.quote}”{denied}" if shown.quote else ""
    if retracted:
        head, look = "撤回声明", "framed"
        findings = [
            f"{notice.number}通告已经撤回，原来的结论不再有效，请不要再转发。",
            f"原因：{words.said(notice, notice.retracted_for)}",
        ]
        quote = f"撤回的通告标题是“{shown.title}”。"
    title = f"{notice.number}通告已撤回" if retracted else shown.title
    size, lines = _headline(title)
    when = notice.updated_at if retracted or correction else notice.issued_on or notice.updated_at
    date = words.date(when)
    if notice.kind is NoticeKind.VERIFYING or retracted or correction:
        date = f"{date} {in_china(when):%H:%M}"
    return {
        "shape": shape,
        "look": look,
        "head": head,
        "mark": office.mark[:1],
        "office": shown.signed,
        "number": notice.number,
        "headline_size": size,
        "headline": [wrap.runs(line) for line in lines],
        "numerals": [f"{words.numeral(n)}、" for n in range(len(findings))],
        "findings": [wrap.runs(text) for text in findings],
        "quote": wrap.runs(quote),
        "date": date,
        "strip": "扫码验真，看依据和更正" if verify_url else "草稿，没有批准，不得转发",
        "address": wrap.breakable(verify_url.split("://", 1)[-1]),
        "short_hash": f"指纹 {words.short_hash(notice.hash)}" if verify_url else "",
        "qr": _qr(verify_url) if verify_url else [],
    }


def _headline(title: str) -> tuple[int, list[str]]:
    """The largest size at which the title stands on two lines; a very long one takes more at 36."""
    for size in HEADLINE:
        if lines := wrap.headline(title, layout.WIDTH / size):
            return size, lines
    return HEADLINE[-1], wrap.headline(title, layout.WIDTH / HEADLINE[-1], lines=4) or [title]


def _texts(data: Any) -> Sequence[str]:
    """Every string that will be drawn."""
    if isinstance(data, str):
        return [data]
    if isinstance(data, dict):
        return [text for value in data.values() for text in _texts(value)]
    if isinstance(data, list):
        return [text for value in data for text in _texts(value)]
    return []


def _qr(address: str) -> list[str]:
    """Rows of 0 and 1, without the quiet zone (the white strip gives it)."""
    code = segno.make(address, error="m", micro=False)
    return ["".join("1" if module else "0" for module in row) for row in code.matrix]


@cache
def _fonts() -> typst.Fonts:
    """The font of the wheel and nothing of the system's."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(fonts.FILE.parent)],
    )


def _compiler(data: dict[str, Any], template: str = "notice.typ") -> typst.Compiler:
    """A compiler of its own for each use: one may be shared by no two threads."""
    return typst.Compiler(
        input=str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
    )


def _measure(data: dict[str, Any]) -> dict[str, Any]:
    compiler = _compiler({**data, "measure": True})
    return json.loads(compiler.query("<sizes>", field="value", one=True))


def _compile(data: dict[str, Any], template: str = "notice.typ") -> list[bytes]:
    made = _compiler(data, template).compile(format="png", ppi=72)
    return made if isinstance(made, list) else [made or b""]
