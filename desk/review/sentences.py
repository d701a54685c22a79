"""逐句看依据: every sentence of a notice beside the evidence it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk.cases.proof import Card
from desk.review.diffs import Piece, aligned, pieces
from models.publishing.records import Notice
from models.publishing.revisions import Draft
from notices import words
from notices.page import marks


@dataclass(frozen=True)
class Sentence:
    """One sentence. ``pieces`` show the change from the draft before, where there is one."""

    number: str  # as in the list; "" for a sentence that was struck
    pieces: tuple[Piece, ...]
    cards: tuple[Card, ...]
    note: str  # instead of evidence: 固定用语 …
    lead: str = ""  # what stands before it on the notice
    strong: bool = False

    @property
    def changed(self) -> bool:
        return any(piece.kind != "same" for piece in self.pieces)


def sentences(notice: Notice, cards: Sequence[Card], before: Draft | None) -> tuple[Sentence, ...]:
    """Title, findings and closing, in the order of the notice.

    The title rests on everything named under 依据; a finding on the evidence whose words it repeats.
    """
    named = [card for card in cards if card.item.id in notice.basis]
    old = said(notice, before)
    new = said(notice, None)
    found = [
        Sentence(
            "1",
            pieces(old.title, new.title) if before else (Piece("same", new.title),),
            tuple(named),
            "" if named else "没有列依据",
            lead="经核查，" if notice.outcome else "",
            strong=True,
        )
    ]
    pairs = aligned(old.findings, new.findings) if before else [("", text) for text in new.findings]
    for was, text in pairs:
        shown = pieces(was, text) if before else (Piece("same", text),)
        carrying = tuple(c for c in named if text and 0 in marks(c.item.finding, [text]))
        number = str(len([s for s in found if s.number]) + 1) if text else ""
        note = "" if carrying else "没有对上的证据，请核对" if text else "这一句删去了"
        found.append(Sentence(number, shown, carrying, note))
    closing = pieces(old.closing, new.closing) if before else (Piece("same", new.closing),)
    if new.closing or old.closing:
        number = str(len([s for s in found if s.number]) + 1)
        found.append(Sentence(number, closing, (), "固定用语，无需依据"))
    return tuple(found)


@dataclass(frozen=True)
class Said:
    title: str
    findings: tuple[str, ...]
    closing: str


def said(notice: Notice, draft: Draft | None) -> Said:
    """The words as they may stand now: masked, under the law of the word."""
    source = draft or notice
    return Said(
        words.said(notice, source.title),
        tuple(words.said(notice, text) for text in source.findings),
        words.said(notice, source.closing),
    )
