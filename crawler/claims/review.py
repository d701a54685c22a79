"""schema.org ClaimReview: one, a list, an @graph or a data feed, in JSON or inside a page.

https://schema.org/ClaimReview. The rating's word is believed before its number; a number counts
only with both ends of its scale. What rates nothing we know is unclear.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from parsel import Selector

from crawler.claims import fields
from models.errors import InputError
from models.known.claims import Standing
from models.known.imports import Given

DEEPEST = 20
MOST_SCRIPTS = 200


def of_page(html: str) -> Iterator[Given | InputError]:
    """The reviews in a page's ``application/ld+json`` scripts; one fault where there are none."""
    scripts = Selector(html).xpath('//script[@type="application/ld+json"]/text()').getall()
    found = False
    for number, script in enumerate(scripts[:MOST_SCRIPTS], start=1):
        try:
            document = json.loads(script)
        except (ValueError, RecursionError):
            yield InputError("JSON-LD 写坏了", f"第 {number} 段", "这一段没有收")
            continue
        for each in of_document(document):
            found = True
            yield each
    if not found:
        mend = "换成 CSV、JSON、Atom，或带 ClaimReview 的网页"
        yield InputError("这个网页里没有 ClaimReview", mend=mend)


def of_document(document: Any) -> Iterator[Given | InputError]:
    """Every review in a JSON-LD document, however it is wrapped; nothing where it holds none."""
    seen: Counter[str] = Counter()
    for number, node in enumerate(_nodes(document, 0), start=1):
        address = _plain(node.get("url")) or _plain(node.get("@id"))
        if _is(node, "ClaimReview"):
            seen[address] += 1
            yield _review(node, address, seen[address], f"第 {number} 条 ClaimReview")
        elif address:  # a notice of another piyao that was taken back
            yield Given("已撤回", Standing.UNCLEAR, address, gone=True)


def _nodes(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each, depth + 1)
    elif isinstance(value, dict):
        if _is(value, "ClaimReview") or value.get("creativeWorkStatus") == "Retracted":
            yield value
            return
        for each in value.values():
            if isinstance(each, list | dict):
                yield from _nodes(each, depth + 1)


def _is(node: Mapping[str, Any], kind: str) -> bool:
    types = node.get("@type")
    named = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and name.rpartition("/")[2] == kind for name in named)


def _review(node: Mapping[str, Any], address: str, number: int, where: str) -> Given | InputError:
    item = node.get("itemReviewed")
    claim = fields.text(node.get("claimReviewed")) or fields.text(item)
    if len(claim) < fields.SHORTEST:
        return InputError("没有写说法（claimReviewed）", where, "这一条没有收")
    told = item.get("appearance") if isinstance(item, dict) else None
    return Given(
        claim=claim,
        standing=rating(node.get("reviewRating")),
        native_id=address if number == 1 else f"{address}#{number}" if address else "",
        wordings=tuple(
            text
            for each in (told if isinstance(told, list) else [told])[:20]
            if isinstance(each, dict) and (text := fields.text(each.get("text")))
        ),
        truth=_plain(node.get("headline")) or _plain(node.get("reviewBody")),
        source=fields.text(node.get("author")) or fields.text(node.get("publisher")),
        url=_plain(node.get("url")),
        dated=fields.dated(_plain(node.get("datePublished"))),
    )


def rating(value: Any) -> Standing:
    """A Rating: by ``alternateName`` (or ``name``), else where ``ratingValue`` stands on its scale.

    >>> rating({"ratingValue": 1, "worstRating": 1, "bestRating": 5})
    <Standing.FALSE: 'false'>
    >>> rating({"ratingValue": 1})
    <Standing.UNCLEAR: 'unclear'>
    """
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict):
        return fields.standing(fields.text(value))
    for name in ("alternateName", "name", "ratingExplanation"):
        if (found := fields.standing(fields.text(value.get(name)))) is not Standing.UNCLEAR:
            return found
    if fields.text(value.get("alternateName")):
        return Standing.UNCLEAR  # a word we do not know is worth more than its number
    try:
        at, low, high = (
            float(fields.text(value.get(name)))
            for name in ("ratingValue", "worstRating", "bestRating")
        )
        place = (at - low) / (high - low)
    except (ValueError, ZeroDivisionError, OverflowError):
        return Standing.UNCLEAR
    if place == 0:
        return Standing.FALSE
    if place == 1:
        return Standing.TRUE
    return Standing.MISLEADING if 0 < place <= 0.5 else Standing.UNCLEAR


def _plain(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
