"""docs/reference/configuration.md: every key of piyao.toml with its type, default and range.

Keys, types and defaults are those of the dataclasses that ``models.config`` reads into; what a key
means is said once, beside it in the template that ``piyao init`` writes.
"""

from __future__ import annotations

import dataclasses
import re
from importlib.resources import files
from pathlib import Path
from typing import Any, get_type_hints

from models import config

HEAD = """\
# The keys of `piyao.toml`

Made from `models/sections.py` and `models/template.toml` by `make docs`; a test compares the two.
`piyao init` writes the template; an unknown key or a value out of range is refused with its line.
"""
TYPES: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    tuple[str, ...]: "list of texts",
    Path: "folder",
}
WITHOUT = {  # what holds where a source says nothing: the template shows an example there
    ("source", "name"): "needed",
    ("source", "url"): "needed",
    ("source", "label"): "its name",
    ("source", "every"): "`collect_every` of `[queue]`",
}
_KEY = re.compile(r"^# (?P<key>[a-z_]+) = (?P<value>\"[^\"]*\"|\S+)(?:\s+# (?P<says>.*))?$")
_SECTION = re.compile(r"^(?:# )?\[+(?P<name>[a-z]+)\]+(?:\s+# (?P<says>.*))?$")


@dataclasses.dataclass(frozen=True)
class Line:
    """One key as the template shows it: switched off, with the value that holds without it."""

    section: str  # "" at the top of the file
    key: str
    value: str  # as written in TOML
    says: str


def template() -> tuple[list[Line], dict[str, str]]:
    """The keys that the template shows, and what it says beside the name of a section."""
    lines: list[Line] = []
    sections: dict[str, str] = {}
    here = ""
    for text in files("models").joinpath("template.toml").read_text("utf-8").splitlines():
        if found := _SECTION.match(text):
            here = found["name"]
            sections[here] = found["says"] or ""
        elif found := _KEY.match(text):
            lines.append(Line(here, found["key"], found["value"], found["says"] or ""))
    return lines, sections


def keys() -> dict[tuple[str, str], Any]:
    """Every key that ``models.config`` reads, by section and name, with its type."""
    found: dict[tuple[str, str], Any] = {("", "data_dir"): str}
    for section, kind in config.SECTIONS.items():
        found |= {(section, key): hint for key, hint in get_type_hints(kind).items()}
    return found | {("source", key): hint for key, hint in config.SOURCE_KEYS.items()}


def page() -> str:
    """The page: a table a section, in the order of the template."""
    lines, sections = template()
    types = keys()
    made = HEAD
    for section in ["", *sections]:
        title = {"": "At the top", "source": "`[[source]]`, once for each source"}
        made += f"\n## {title.get(section, f'`[{section}]`')}\n\n"
        if says := sections.get(section):
            made += f"{says[0].upper()}{says[1:]}.\n\n"
        made += "| key | type | default | range | meaning |\n| --- | --- | --- | --- | --- |\n"
        for line in lines:
            if line.section == section:
                low_high = config.RANGES.get(line.key)
                span = f"{low_high[0]:,.9g} to {low_high[1]:,.9g}" if low_high else ""
                default = WITHOUT.get((section, line.key), f"`{line.value}`")
                made += (
                    f"| `{line.key}` | {TYPES[types[section, line.key]]} | {default} | {span} "
                    f"| {line.says} |\n"
                )
    return made
