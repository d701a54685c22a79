"""Which items of evidence count, and why the others do not: each thing once, whatever it is called.

The store says the same in SQL, in the views ``able_evidence`` and ``counting_evidence``
(``models.schema.m0006_evidence``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.casework.records import Evidence
from models.sameness import content, quoted

_BESIDE = {
    "no_record": "“查无记录”不单独计入",
    "self_denial": "当事方自己否认不单独计入",
    "own_notice": "本中心以前的通告不单独计入",
}


def counted(claim: str, items: Sequence[Evidence]) -> list[Evidence]:
    """The items of a case, oldest first, each with the reason why it does not count (``uncounted``).

    Of several items that are one thing, the first that could count counts: a fault in one is mended
    by adding the same document again with the right words.
    """
    able: list[tuple[int, Evidence]] = []
    found = []
    for number, item in enumerate(items, start=1):
        why = ""
        if not item.adverse and item.withdrawn_at is None:
            why = _unable(claim, item)
            twin = next((n for n, other in able if same(other, item)), 0)
            if not why:
                able.append((number, item))
                why = f"与证据 {twin} 是同一件，只计一次" if twin else ""
        found.append(replace(item, uncounted=why))
    return found


def _unable(claim: str, item: Evidence) -> str:
    """Why the item, taken by itself, cannot count; "": it can."""
    if item.nature in _BESIDE:
        return _BESIDE[item.nature]
    if item.own:
        return "是本中心通告的复本"
    if not item.refutes:
        return "没有写反驳说法里的哪几个字"
    if not (held := content(item.refutes)):
        return f"“{item.refutes}”不是说法里有实义的字"
    if held not in quoted(claim):
        return f"现在的说法里没有“{item.refutes}”"
    if not item.gist or not (item.document or item.address):
        return "没有原件，也没有能查的出处"
    return ""


def same(one: Evidence, other: Evidence) -> bool:
    """Whether two items are one thing: the same file, the same address, or the same finding under
    one title or without a file of its own."""
    return (
        bool(one.document and one.document == other.document)
        or bool(one.address and one.address == other.address)
        or (
            one.gist == other.gist
            and (one.name == other.name or not one.document or not other.document)
        )
    )
