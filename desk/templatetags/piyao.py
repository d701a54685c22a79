"""Tags and filters of the desk's templates: ``{% load piyao %}``.

{% plain text %}            outside text: invisible characters shown, plates masked for viewers
{% icon "shield" %}         a 16 px icon of static/desk/icons.svg
{% bars case.level %}       the four blue priority bars
{% key "c" %}               the key cap of a button
{% plate "浙BL1234" %}      a plate in its colour; force one by kind="yellow"
    {{ entity.facts|plate_facts }}   宁波 · 格式成立
{% outcome verdict.outcome approved=True %}   verdict chip; coloured only when approved
{{ at|clock }}  {{ at|day }}  {% when at %}   03:12, 11 月 25 日, whichever fits
{{ risk|need_word:rate }} {{ risk|figure:rate }}   需核查度 较高 38
{% asset "desk/piyao.css" %}                  address with the file's hash
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from desk import clock as times
from models import text
from models.china_time import in_china
from models.outcome import Outcome
from models.personal import mask
from models.ranking import need
from models.roles import Officer, Role

register = template.Library()


@cache
def _address(path: str) -> str:
    found = finders.find(path)
    if not found:
        raise template.TemplateSyntaxError(f"no static file {path}")
    digest = hashlib.sha256(Path(str(found)).read_bytes()).hexdigest()[:8]
    return f"{static(path)}?v={digest}"


@register.simple_tag
def asset(path: str) -> str:
    return _address(path)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon; decoration for screen readers unless it has a label."""
    address = _address("desk/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            label,
            address,
            name,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', address, name
    )


@register.simple_tag
def bars(level: int) -> SafeString:
    """Four bars, heights 5 7 10 12; the word beside them says the same."""
    rects = format_html_join(
        "",
        '<rect x="{}" y="{}" width="5" height="{}" rx="1" class="{}"/>',
        (
            (place * 7, 12 - height, height, "on" if place < level else "off")
            for place, height in enumerate((5, 7, 10, 12))
        ),
    )
    return format_html(
        '<svg class="bars" width="26" height="12" viewBox="0 0 26 12" aria-hidden="true">{}</svg>',
        rects,
    )


@register.simple_tag
def key(names: str) -> SafeString:
    """Key caps: "c", or several by spaces: "Shift M"."""
    return format_html_join(" ", "<kbd>{}</kbd>", ((name,) for name in names.split()))


@register.simple_tag(takes_context=True)
def plain(context: template.Context, value: str) -> str:
    """Text from outside, honest and inert: escaped, invisible characters shown, masked for viewers."""
    return shown(value, context.get("officer"))


def shown(value: str, officer: Officer | None) -> str:
    """The text as this officer may see it."""
    if officer is None or officer.role is Role.VIEWER:
        value = mask.outgoing(value)
    return text.visible(value)


@register.filter
def hidden(value: str) -> int:
    """How many invisible characters a text holds, for the chip 含隐形字符 N."""
    return text.hidden_count(value)


@register.simple_tag(takes_context=True)
def plate(context: template.Context, value: str, kind: str = "") -> SafeString:
    """A number plate drawn in its colour: yellow (heavy, trailer, learner), blue, or plain."""
    if not kind:
        kind = "yellow" if value[-1:] in ("挂", "学") else "blue" if len(value) == 7 else "plain"
    masked = shown(value, context.get("officer"))
    drawn = f"{masked[:2]}·{masked[2:]}" if len(masked) > 3 and "·" not in masked else masked
    return format_html('<span class="plate {}">{}</span>', kind, drawn)


@register.filter
def plate_facts(facts: Mapping[str, str]) -> str:
    """What the grammar of a plate tells, in the order officers ask: 宁波 · 格式成立 · 挂车."""
    form = facts.get("格式", "")
    words = (facts.get("发牌地") or facts.get("省", ""), f"格式{form}" if form else "")
    return " · ".join(word for word in (*words, facts.get("车型", "")) if word)


@register.simple_tag
def outcome(value: Outcome | None, approved: bool = False) -> SafeString | str:
    """A verdict's word. Red, purple … appear only once it is approved; before that an outline."""
    if value is None:
        return ""
    return format_html(
        '<span class="verdict {}">{}</span>',
        value.value if approved else "proposed",
        value.label,
    )


@register.filter
def need_word(risk: float, rate: float) -> str:
    """需核查度 in a word, at the desk's base rate; it does not say whether a claim is true."""
    return need.word(risk, rate)


@register.filter
def figure(risk: float, rate: float) -> str:
    """需核查度 as a number of a hundred, at the desk's base rate; no certainty is ever shown."""
    return need.figure(risk, rate)


@register.filter
def two(value: float) -> str:
    return f"{value:.2f}"


@register.filter
def share(part: int, whole: int) -> str:
    """A share in whole percent: ``{{ case.doubts|share:case.replies }}``."""
    return f"{round(100 * part / whole)}%" if whole else ""


@register.filter
def clock(at: datetime | None) -> str:
    return times.hour_minute(at) if at else "—"


@register.filter
def seconds(at: datetime | None) -> str:
    return f"{in_china(at):%H:%M:%S}" if at else ""


@register.filter
def day(at: datetime | None) -> str:
    return times.day(at) if at else "—"


@register.simple_tag(takes_context=True)
def when(context: template.Context, at: datetime | None) -> str:
    now: Any = context.get("now")
    return times.when(at, now) if at and now else "—"
