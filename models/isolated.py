"""Processes of ours, started so that no code of the current folder runs in them.

``python -m`` puts the folder one stands in before everything else: a ``scheduler.py`` or ``json.py``
that lies there would run with the rights of the desk. Python's ``-P`` leaves that folder out, and the
environment handed on names no code but what the operator placed under an absolute path.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# what makes Python, Django or Scrapy load code or settings that somebody else named
_DROPPED = ("PYTHONSTARTUP", "PYTHONHOME", "PYTHONINSPECT", "PYTHONBREAKPOINT", "PYTHONWARNINGS",
            "DJANGO_SETTINGS_MODULE")  # fmt: skip


def python(module: str, *arguments: str) -> list[str]:
    """The argv that runs a module of ours, or of the library, by this interpreter."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """``given``, or the environment of this process, without what would bring code along.

    ``PYTHONSAFEPATH`` does for the children of a child, whoever starts them, what ``-P`` does for it.

    >>> made = environment({"PYTHONPATH": ".::lib:/opt/our-sources", "SCRAPY_PROJECT": "x"})
    >>> made["PYTHONPATH"], "SCRAPY_PROJECT" in made, made["PYTHONSAFEPATH"]
    ('/opt/our-sources', False, '1')
    """
    found = {
        name: value
        for name, value in (os.environ if given is None else given).items()
        if name not in _DROPPED and not name.startswith("SCRAPY_")
    }
    named = found.pop("PYTHONPATH", "").split(os.pathsep)
    places = [each for each in named if Path(each).is_absolute()]
    if places:
        found["PYTHONPATH"] = os.pathsep.join(places)
    return found | {"PYTHONSAFEPATH": "1"}


def enter() -> None:
    """Be such a process from here on: its children inherit it, and what it imports later does not
    come from the current folder either. For the command, before it does anything."""
    kept = environment()
    for name in os.environ.keys() - kept.keys():
        del os.environ[name]
    os.environ.update(kept)
    if not sys.flags.safe_path and sys.path and (sys.path[0] == "" or _is_here(sys.path[0])):
        del sys.path[0]


def _is_here(place: str) -> bool:
    try:
        return Path(place).samefile(".")
    except OSError:  # a folder that is gone holds no code
        return False
