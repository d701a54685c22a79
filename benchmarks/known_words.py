"""How a known claim is told: is the right one among five, and is what is called 同一说法 the same claim.

Messages as they circulated and 200 rewordings of ours (``tests/data/rewordings.jsonl``: own words,
dialect, another plate, place, school, day or number, a denial), in a library of all claims. Beside the
rule of the release before: ranked by chance, cut at .1, the same claim from .5 on unless each side names
a plate or place that the other has not. Rewordings in two halves by the hash of their claim: the rules
were made looking at the mistakes of the first half alone.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.claim_sets import Sets
from classifier.known import chance, index, relation
from classifier.known import terms as known_terms
from classifier.known.library import Library
from classifier.likeness import same_claim
from models.known.likeness import Match, Relation

REWORDINGS = Path(__file__).parents[1] / "tests" / "data" / "rewordings.jsonl"
CLOSE = 0.4  # from which another claim may be the same one in other words: left out of judging
MEANT = {
    **dict.fromkeys(("own", "dialect"), Relation.SAME),
    **dict.fromkeys(("plate", "place", "school"), Relation.ELSEWHERE),
    **dict.fromkeys(("date", "number"), Relation.CHANGED),
    "denial": Relation.OPPOSITE,
}
Find = Callable[[str], Sequence[Match]]


@dataclass
class Told:
    """What was found of one set of queries."""

    asked: int = 0
    found: int = 0
    first: int = 0
    same: Counter[bool] = field(default_factory=Counter)  # called the same: whether it is
    word: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, matches: Sequence[Match], right: int, kind: str, left_out: set[int]) -> None:
        by_id = {match.claim_id: match.relation for match in matches}
        self.asked += 1
        self.found += right in by_id
        self.first += bool(matches) and matches[0].claim_id == right
        self.word[kind][by_id[right].value if right in by_id else "not found"] += 1
        for claim_id, told in by_id.items():
            if told is Relation.SAME and claim_id not in left_out:
                meant = MEANT.get(kind, Relation.SAME) is Relation.SAME
                self.same[claim_id == right and meant] += 1

    def line(self, name: str) -> str:
        called = self.same.total()
        precision = f"{self.same[True] / called:.3f}" if called else ""
        return (
            f"| {name} | {self.asked:,} | {self.first / self.asked:.3f} |"
            f" {self.found / self.asked:.3f} | {called} | {precision} |"
        )


def lines(sets: Sets) -> list[str]:
    rows = [json.loads(line) for line in REWORDINGS.read_text(encoding="utf-8").splitlines()]
    reworded = [*dict.fromkeys(row["claim"] for row in rows)]
    texts = [row["claim"] for row in sets.claims] + reworded
    stock = index.index_of([*enumerate(texts)])
    library = Library([stock])
    rules: dict[str, Find] = {
        "the release before": lambda said: before(stock, said),
        "now": lambda said: library.find([said]),
    }
    out = [
        "| asked | queries | first | recall@5 | called 同一说法 | of them the same |",
        "| --- " * 6 + "|",
    ]
    words = ["", "| rewording | meant | told now |", "| --- | --- | --- |"]
    for rule, find in rules.items():
        messages, halves = Told(), (Told(), Told())
        for i, row in enumerate(sets.claims):
            if said := row.get("quoted_message"):
                matches = find(said)
                near = {m.claim_id for m in matches if m.claim_id != i}
                near = {j for j in near if same_claim.same_claim(texts[i], texts[j]) >= CLOSE}
                messages.add(matches, i, "message", near)
        for row in rows:
            right = len(sets.claims) + reworded.index(row["claim"])
            halves[half(row["claim"])].add(find(row["said"]), right, row["kind"], set())
        out.append(messages.line(f"messages, {rule}"))
        out += [
            each.line(f"rewordings, {name}, {rule}")
            for name, each in zip(("first half", "other half"), halves, strict=True)
        ]
    for kind, meant in MEANT.items():
        told = halves[0].word[kind] + halves[1].word[kind]
        shown = ", ".join(f"{word} {count}" for word, count in told.most_common())
        words.append(f"| {kind} | {meant.value} | {shown} |")
    return [*out, *words]


def half(claim: str) -> int:
    return hashlib.sha256(claim.encode()).digest()[0] % 2


# ---- the rule of the release before -------------------------------------------------------------


def before(stock: index.Shelf, said: str, most: int = 5) -> list[Match]:
    _, query = known_terms.terms_of([said])
    rows, shared = stock.nearest(query)
    whole = float(known_terms.rarity()[query].sum())
    likely = chance.chance(shared, stock.weight[rows], whole)
    found = []
    for i in np.lexsort((stock.ids[rows], -likely))[:8]:
        score, told = _judged(said, stock.text(rows[i]), float(likely[i]))
        if score >= 0.1:
            found.append(Match(int(stock.ids[rows[i]]), score, told))
    return sorted(found, key=lambda match: (-match.score, match.claim_id))[:most]


def _judged(said: str, claim: str, likely: float) -> tuple[float, Relation]:
    ours, theirs = relation.read(said), relation.read(claim)
    if ours.plain == theirs.plain:
        return 1.0, Relation.SAME
    names = ours.wording.places, theirs.wording.places
    if not (relation.both_miss(ours.plates, theirs.plates) or relation.both_miss(*names)):
        return likely, Relation.SAME if likely >= 0.5 else Relation.RELATED
    story = max(likely, relation.without(ours.plain, theirs.plain, names[0] | names[1], False))
    return story, Relation.ELSEWHERE if story >= 0.5 else Relation.RELATED
