"""The Jinja2 environment of the room: sandboxed, strict about names, escaping in HTML.

Notice text comes from outside. It is only ever a *value*: nothing here compiles a template from a
string, and the sandbox stops a template that would reach into Python all the same.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notices import words

TEMPLATES = Path(__file__).parents[1] / "templates"


def _escapes(name: str | None) -> bool:
    """Text forms (``*.txt.j2``) are plain text; everything else is escaped."""
    return not (name or "").endswith(".txt.j2")


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """The one environment. Templates are files of ``notices/templates``."""
    env = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=_escapes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    env.filters.update(
        nb=words.nb,
        numeral=words.numeral,
        date=words.date,
        day=words.day,
        moment=words.moment,
        stamp=words.stamp,
        slug=words.slug,
        serial=words.serial,
    )
    return env


def macro(template: str, name: str, **values: object) -> str:
    """Call one macro of a text template and return its text on one line."""
    module = environment().get_template(template).module
    return str(getattr(module, name)(**values)).strip()
