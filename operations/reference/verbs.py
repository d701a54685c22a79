"""docs/reference/verbs.md: every verb of the command with its arguments, options and defaults."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

HEAD = """\
# The verbs of `piyao`

Made from the command by `make docs`; a test compares the two. `piyao VERB -h` says the same.
"""


def page(command: click.Group) -> str:
    """The page of a command, one section a verb in alphabetical order, hidden verbs last."""
    verbs = sorted(_verbs(command, "piyao"), key=lambda verb: (verb[1].hidden, verb[0]))
    return HEAD + "".join(_section(path, verb) for path, verb in verbs)


def _verbs(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _verbs(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def _section(path: str, verb: click.Command) -> str:
    context = click.Context(verb, info_name=path)
    words = " ".join(verb.collect_usage_pieces(context))
    lines = ["", f"## `{path}`", "", inspect.cleandoc(verb.help or "")]
    if verb.hidden:
        lines += ["", "Not for people: `piyao up` starts it."]
    lines += ["", f"    {path} {words}".rstrip()]
    options = [each for each in verb.params if isinstance(each, click.Option)]
    if options:
        lines += ["", "| option | takes | default | says |", "| --- | --- | --- | --- |"]
        lines += [_row(option, context) for option in options]
    return "\n".join(lines) + "\n"


def _row(option: click.Option, context: click.Context) -> str:
    takes = "" if option.is_flag else _takes(option.type)
    says = (option.help or "") + (" May be given several times." if option.multiple else "")
    default = "needed" if option.required else _default(option, context)
    names = ", ".join(f"`{name}`" for name in option.opts)
    return f"| {names} | {takes} | {default} | {says} |".replace("|  |", "| |")


def _takes(kind: click.ParamType) -> str:
    if isinstance(kind, click.Choice):
        return ", ".join(f"`{word}`" for word in kind.choices)
    if isinstance(kind, click.IntRange):
        low, high = kind.min, kind.max
        return f"{low} to {high}" if high is not None else f"{low} or more"
    if isinstance(kind, click.Path):
        return "a path"
    return {"integer": "a whole number", "float": "a number"}.get(kind.name, "a text")


def _default(option: click.Option, context: click.Context) -> str:
    value = option.get_default(context)
    if isinstance(value, bool) or not isinstance(value, int | float | str | Path) or value == "":
        return ""
    return f"`{value}`"
