"""The text of piyao.toml: where a key stands in it, and what is wrong with a value, in a sentence."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import ConfigError

WORDS = {str: "a text in quotes", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass(frozen=True)
class TomlText:
    path: Path
    text: str

    def checked(self, key: str, value: Any, kind: Any, where: str, low: float, high: float) -> Any:
        """The value of a key as ``kind``, a number from ``low`` to ``high``; ``where``: its section."""
        if kind is Path and isinstance(value, str):
            return Path(value)
        if kind == tuple[str, ...]:
            if isinstance(value, list) and _all_text(value):
                return tuple(value)
            raise self.wrong(key, "must be a list of texts", f'write {key} = ["…"]', where)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not kind:
            word = WORDS.get(kind, "a text in quotes")
            raise self.wrong(key, f"must be {word}, not {value!r}", f"write {word}", where)
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and not low <= value <= high
        ):
            raise self.wrong(
                key, f"is {value:g}", f"write a number from {low:g} to {high:g}", where
            )
        return value

    def meant(self, key: str, known: Any) -> str:
        near = difflib.get_close_matches(key, list(known), n=1)
        return f"did you mean “{near[0]}”?" if near else "known: " + ", ".join(known)

    def wrong(self, key: str, what: str, mend: str, section: str = "") -> ConfigError:
        line = self.line(key, section)
        place = f"{self.path}, line {line}" if line else str(self.path)
        return ConfigError(f"“{key}” {what}" if key else what, place, mend)

    def line(self, key: str, section: str) -> int:
        """The line of a key of a section (``desk``, ``source 2``; "": the top), else of the
        section itself; 0: not found."""
        here, sources, heading = "", 0, 0
        for n, text in enumerate(self.text.splitlines(), start=1):
            if found := re.match(r"\s*\[+\s*[\"']?([\w.-]+)", text):
                here = found.group(1)
                if here == "source":
                    sources += 1
                    here = f"source {sources}"
                if here == section or (not section and found.group(1) == key):
                    heading = heading or n
            elif here == section and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", text):
                return n
        return heading


def _all_text(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)
