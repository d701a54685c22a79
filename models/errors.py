"""What can go wrong, as one tree. Each message says what happened, where, and how to mend it."""

from __future__ import annotations


class PiyaoError(Exception):
    """Base of all errors a person may see.

    ``what`` happened, ``where`` (a file, a line, a source, a case), and ``mend``: what to do.
    """

    def __init__(self, what: str, where: str = "", mend: str = "") -> None:
        super().__init__(what, where, mend)
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        sentence = f"{self.where}: {self.what}" if self.where else self.what
        return f"{sentence}; {self.mend}" if self.mend else sentence

    @property
    def in_words(self) -> str:
        """What happened and what to do, in Chinese punctuation, as pages say it."""
        return f"{self.what}。{self.mend}" if self.mend else self.what


class ConfigError(PiyaoError):
    """piyao.toml says something that cannot be followed."""


class InputError(PiyaoError):
    """Something from outside (a feed, an entry, a file) cannot be read."""


class StoreError(PiyaoError):
    """The store refuses: disk full, locked for too long, not a piyao file."""


class NotFound(PiyaoError):
    """No such case, notice, post or source."""


class Forbidden(PiyaoError):
    """This officer's role may not do this."""


class Conflict(PiyaoError):
    """Somebody else changed it first; what was typed is kept by the page."""


class RuleBroken(PiyaoError):
    """A rule of the workflow says no. ``rule`` is its short code (docs/reference/rules.md)."""

    def __init__(self, rule: str, what: str, mend: str = "", where: str = "") -> None:
        super().__init__(what, where, mend)
        self.rule = rule
