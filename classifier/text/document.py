"""A text and what is read off it, each once: its spelling, its marks, its words."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property

from classifier.text import marks
from classifier.text.phrases import Found, Phrases
from classifier.text.spelling import cut, normalise


# what is looked for in every text, by those who look for it: in its ``plain`` form, and in ``typed``
PLAIN: Phrases[Hashable] = Phrases()
TYPED: Phrases[Hashable] = Phrases()


class Document:
    """A text as it was posted; what the parts of the classifier need of it is made when first asked.

    Handed on from part to part, so that no text is normalised or cut up twice.

    >>> Document("車牌浙ＢＬ１２３４").plain
    '车牌浙bl1234'
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def plain(self) -> str:
        """The text in one spelling (``spelling.normalise``)."""
        return normalise(self.text)

    @cached_property
    def typed(self) -> str:
        """The same with links, plates, phones and numbers under marks (``marks.typed``)."""
        return marks.typed(self.plain)

    @cached_property
    def words(self) -> list[str]:
        """The words of ``typed`` and the blanks between them: joined they are ``typed``."""
        return cut(self.typed)

    @cached_property
    def in_plain(self) -> Found[Hashable]:
        """What of ``PLAIN`` stands in ``plain``."""
        return PLAIN.look(self.plain)

    @cached_property
    def in_typed(self) -> Found[Hashable]:
        """What of ``TYPED`` stands in ``typed``."""
        return TYPED.look(self.typed)
