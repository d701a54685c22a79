"""A text and what is read off it, each once: its spelling, its marks, its words."""

from __future__ import annotations

from classifier.text import marks
from classifier.text.phrases import Found, Phrases
from classifier.text.spelling import cut, normalise

# what is looked for in every text, by those who look for it: in its ``plain`` form, and in ``typed``
PLAIN: Phrases = Phrases()
TYPED: Phrases = Phrases()


class Document:
    """A text as it was posted; what the parts of the classifier need of it is made when first asked.

    Handed on from part to part, so that no text is normalised or cut up twice.

    >>> Document("車牌浙ＢＬ１２３４").plain
    '车牌浙bl1234'
    """

    __slots__ = ("_in_plain", "_in_typed", "_plain", "_typed", "_words", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._plain: str | None = None
        self._typed: str | None = None
        self._words: list[str] | None = None
        self._in_plain: Found | None = None
        self._in_typed: Found | None = None

    @property
    def plain(self) -> str:
        """The text in one spelling (``spelling.normalise``)."""
        if self._plain is None:
            self._plain = normalise(self.text)
        return self._plain

    @property
    def typed(self) -> str:
        """The same with links, plates, phones and numbers under marks (``marks.typed``)."""
        if self._typed is None:
            self._typed = marks.typed(self.plain)
        return self._typed

    @property
    def words(self) -> list[str]:
        """The words of ``typed`` and the blanks between them: joined they are ``typed``."""
        if self._words is None:
            self._words = cut(self.typed)
        return self._words

    @property
    def in_plain(self) -> Found:
        """What of ``PLAIN`` stands in ``plain``."""
        if self._in_plain is None:
            self._in_plain = PLAIN.look(self.plain)
        return self._in_plain

    @property
    def in_typed(self) -> Found:
        """What of ``TYPED`` stands in ``typed``."""
        if self._in_typed is None:
            self._in_typed = TYPED.look(self.typed)
        return self._in_typed
