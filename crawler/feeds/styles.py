"""What of a page a reader never sees: words that are there against copying, or for machines.

Discuz strews 8 K- z3 n between the lines of a post, in class=jammer and display:none. As a browser
does it, what an element says of itself is handed down: words of no size are seen again where an
element inside gives them one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

# elements whose words are for programs
MACHINES = frozenset(("script", "style", "template", "noscript", "iframe", "object", "svg", "math"))
_BESIDE = frozenset(("rt", "rp", "rtc"))  # how to say the words that ruby stands over
_CLASSES = frozenset(
    ("jammer", "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text")
)
_PAINTED = frozenset(("mark", "button", "input"))  # they have a colour behind them of their own
_DECLARATION = re.compile(r"([a-z-]{1,40})\s*:\s*([^;]{0,300})")
_COMMENT = re.compile(r"/\*[^*]*\*/")
_NOTHING = re.compile(r"[+-]?0*\.?0*(?:px|pt|em|rem|ex|ch|%|vw|vh)?")
_NOBODY_READS = re.compile(r"\+?0*[0-2]?(?:\.\d{0,9})?(?:px|pt)?")  # sizes up to 2 px
_THIN = re.compile(
    r"[+-]?0*[01]?(?:\.0*)?(?:px|pt)?"
)  # 1px and hidden is how words are kept for machines
# shapes and scales of which nothing is left
_CUT = re.compile(
    r"inset\((?:100|[5-9]\d)(?:\.\d{0,9})?%\s*\)|inset\(\s*(?:\S{1,20}\s+){0,3}100%.{0,40}|(?:circle|ellipse)\(\s*0(?:px|%|em)?(?:\s.{0,60})?\)"
    r"|polygon\(\s*(?:0(?:px|%)?\s+0(?:px|%)?\s*,?\s*){1,9}\)|polygon\(\s*\)"
)
_SCALED = re.compile(
    r"scale(?:3d|x|y)?\(\s*0*\.?0*\s*[,)]|scale(?:3d)?\([^)]{1,20},\s*0*\.?0*\s*[,)]|matrix\(\s*0\s*,\s*0\s*,\s*0\s*,\s*0\s*[,)]"
    r"|translate(?:3d|x|y)?\([^)]{0,20}-\d{3,}|rotate[xy]\(\s*90deg"
)
_MARGIN_FAR = re.compile(r"(?:^|\s)-\d{4,}(?:\.\d{1,9})?(?:px|pt)|(?:^|\s)-\d{3,}(?:em|rem|vw|%)")
_NO_SIZE = re.compile(r"(?:^|\s)(0(?:px|pt|em|rem|%)?)(?=/|\s)")
_RELATIVE = re.compile(r"[\d.]+(?:em|ex|ch|%)$|smaller$|larger$|inherit$")
_FAR = re.compile(r"-\d{3,}(?:\.\d+)?(?:px|pt|em|rem)?$|-\d{2,}em$")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,/]+([\d.]+%?))?\s*\)")
_NAMES = {
    "white": "#ffffff", "black": "#000000", "red": "#ff0000", "yellow": "#ffff00",
    "blue": "#0000ff", "green": "#008000", "gray": "#808080", "grey": "#808080",
    "silver": "#c0c0c0", "snow": "#fffafa", "whitesmoke": "#f5f5f5",
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """How the words of an element look. ``gone``: they have no place on the page; ``tiny``, ``veiled``:
    they have one, but no size, or cannot be seen. ``ground`` is the colour behind, "" where it cannot
    be told."""

    machine: bool = False
    gone: bool = False
    tiny: bool = False
    veiled: bool = False
    colour: str = "#000000"
    ground: str = "#ffffff"

    @property
    def seen(self) -> bool:
        return not (self.machine or self.gone or self.tiny or self.faint)

    @property
    def faint(self) -> bool:
        """Nothing but paint or a veil hides it. Scripts lift veils: whole articles arrive under one."""
        return self.veiled or self.colour in ("none", self.ground)


def inside(outer: Look, tag: str, attributes: Mapping[str, str | None]) -> Look:
    """The look of an element within another one."""
    if tag in MACHINES:
        return replace(outer, machine=True)
    if tag in _BESIDE:
        return replace(outer, gone=True)
    if not attributes:
        return outer if tag not in _PAINTED else replace(outer, ground="")
    classes = (attributes.get("class") or "").lower().split()
    said = dict(_DECLARATION.findall(_COMMENT.sub("", (attributes.get("style") or "").lower())))
    style = {name: value.replace("!important", "").strip() for name, value in said.items()}
    if "hidden" in attributes or not _CLASSES.isdisjoint(classes) or _placeless(style):
        return replace(outer, gone=True)
    paint = style.get("background", style.get("background-color", attributes.get("bgcolor") or ""))
    colour = style.get("color", (attributes.get("color") or "").lower())
    ground = outer.ground
    if paint:
        ground = _colour(paint)
    elif classes or tag in _PAINTED or "background-image" in style or attributes.get("background"):
        ground = ""  # a style sheet may paint it
    return replace(
        outer,
        tiny=_tiny(style.get("font-size") or _of_font(style.get("font", "")), outer.tiny),
        veiled=_veiled(style, outer.veiled),
        colour=_colour(colour) or outer.colour,
        ground=outer.ground if ground == "none" else ground,
    )


def _placeless(style: Mapping[str, str]) -> bool:
    clipped = style.get("overflow", "").startswith(("hidden", "clip"))
    flat = any(_THIN.fullmatch(style.get(side) or "9") for side in _SIDES)
    return (
        style.get("display") == "none"
        or (clipped and flat)
        or style.get("clip", "").replace(" ", "").startswith(("rect(0,0,0,0", "rect(1px,1px,1px"))
        or any(_FAR.fullmatch(style.get(side, "")) for side in _OFF)
        or any(_MARGIN_FAR.search(style.get(side, "")) for side in _MARGINS)
        or bool(_CUT.match(style.get("clip-path", style.get("-webkit-clip-path", ""))))
        or bool(_SCALED.search(style.get("transform", style.get("-webkit-transform", ""))))
        or any(_NOTHING.fullmatch(style.get(name) or "1") for name in ("scale", "zoom"))
        or style.get("content-visibility") == "hidden"
    )


_OFF = ("text-indent", "left", "top", "right", "bottom")
_MARGINS = ("margin", "margin-left", "margin-top", "margin-right", "inset", "translate")
_SIDES = ("height", "max-height", "width", "max-width")


def _tiny(size: str, outer: bool) -> bool:
    if not size or (outer and _RELATIVE.fullmatch(size)):
        return outer
    return bool(_NOTHING.fullmatch(size) or (size[-1:] in "xt" and _NOBODY_READS.fullmatch(size)))


def _of_font(said: str) -> str:
    """The size that the short form says, where that is none: ``font: 0/0 a``."""
    found = _NO_SIZE.search(said)
    return found[1] if found else ""


def _veiled(style: Mapping[str, str], outer: bool) -> bool:
    if _NOTHING.fullmatch(style.get("opacity") or "1"):
        return True
    said = style.get("visibility", "")
    return said in ("hidden", "collapse") if said else outer


def _colour(said: str) -> str:
    """As #rrggbb; "none" for a transparent one, "" for what cannot be told."""
    said = said.strip().lower()
    if said in ("transparent", "none"):
        return "none"
    if found := _RGB.fullmatch(said):
        if found[4] and float(found[4].rstrip("%")) == 0:
            return "none"
        return "#" + "".join(f"{min(255, int(part)):02x}" for part in found.groups()[:3])
    if re.fullmatch(r"#?[0-9a-f]{6}|#[0-9a-f]{8}", said):
        return "none" if said[7:] == "00" else "#" + said.lstrip("#")[:6]
    if re.fullmatch(r"#[0-9a-f]{3}", said):
        return "#" + "".join(part * 2 for part in said[1:])
    return _NAMES.get(said, "")
