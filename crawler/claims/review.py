"""schema.org ClaimReview: one, a list, an @graph or a data feed, in JSON or inside a page.

Pages write it in many ways (``json_ld``), and name its properties with and without the vocabulary.

https://schema.org/ClaimReview. The rating's word is believed before its number; a number counts
only with both ends of its scale. What rates nothing we know is unclear.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from parsel import Selector

from crawler.claims import fields, json_ld
from models.errors import InputError
from models.known.claims import Standing
from models.known.imports import Given

_VOCABULARY = re.compile(r"^(?:schema:|https?://(?:www\.)?schema\.org/)")
DEEPEST = 20
MOST_SCRIPTS = 200


def of_page(html: str) -> Iterator[Given | InputError]:
    """The reviews in a page's ``application/ld+json`` scripts; one fault where there are none."""
    found = False
    for number, script in enumerate(_scripts(html)[:MOST_SCRIPTS], start=1):
        try:
            document = json_ld.loads(script)
        except (ValueError, RecursionError):
            yield InputError("JSON-LD 写坏了", f"第 {number} 段", "这一段没有收")
            continue
        for each in of_document(document):
            found = True
            yield each
    if not found:
        mend = "换成 CSV、JSON、Atom，或带 ClaimReview 的网页"
        yield InputError("这个网页里没有 ClaimReview", mend=mend)


def _scripts(html: str) -> list[str]:
    """What stands in the scripts of this type; ``; charset=utf-8`` behind it is no other type."""
    return [
        "".join(script.xpath(".//text()").getall())
        for script in Selector(html).xpath("//script[@type]")
        if script.attrib["type"].partition(";")[0].strip().lower() == "application/ld+json"
    ]


def of_document(document: Any) -> Iterator[Given | InputError]:
    """Every review in a JSON-LD document, however it is wrapped; nothing where it holds none."""
    seen: Counter[str] = Counter()
    for number, node in enumerate(_nodes(document, 0), start=1):
        address = _address(node)
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
        value = {_VOCABULARY.sub("", str(key)): each for key, each in value.items()}
        if _is(value, "ClaimReview") or value.get("creativeWorkStatus") == "Retracted":
            yield value
            return
        for each in value.values():
            if isinstance(each, list | dict):
                yield from _nodes(each, depth + 1)


def _is(node: Mapping[str, Any], kind: str) -> bool:
    types = node.get("@type") or node.get("type")
    named = types if isinstance(types, list) else [types]
    return any(
        isinstance(name, str) and re.split("[/:#]", name.strip())[-1].lower() == kind.lower()
        for name in named
    )


def _review(node: Mapping[str, Any], address: str, number: int, where: str) -> Given | InputError:
    item = node.get("itemReviewed")
    claims = fields.texts(node.get("claimReviewed")) or fields.texts(item)
    claim = claims[0] if claims else ""
    if not fields.says(claim):
        return InputError("没有写说法（claimReviewed）", where, "这一条没有收")
    told = item.get("appearance") if isinstance(item, dict) else None
    return Given(
        claim=claim,
        standing=rating(node.get("reviewRating")),
        native_id=address if number == 1 else f"{address}#{number}" if address else "",
        wordings=(
            *claims[1:],
            *(
                text
                for each in (told if isinstance(told, list) else [told])[:20]
                if isinstance(each, dict) and (text := fields.text(each.get("text")))
            ),
        ),
        truth=fields.text(node.get("headline")) or fields.text(node.get("reviewBody")),
        source=fields.text(node.get("author")) or fields.text(node.get("publisher")),
        url=_address({"url": node.get("url")}),
        dated=fields.dated(fields.text(node.get("datePublished"))),
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
    value = {_VOCABULARY.sub("", str(key)): each for key, each in value.items()}
    if said := fields.text(value.get("alternateName")):
        return fields.standing(said)  # a word we do not know is worth more than what else is said
    for name in ("name", "ratingExplanation", "ratingValue"):
        if (found := fields.standing(fields.text(value.get(name)))) is not Standing.UNCLEAR:
            return found
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


def _address(node: Mapping[str, Any]) -> str:
    """Its ``url``, else its id: a text, or a thing that has one of the two."""
    for _ in range(3):
        value = node.get("url") or node.get("@id") or ""
        if isinstance(value, list):
            value = value[0] if value else ""
        if not isinstance(value, Mapping):
            return value.strip() if isinstance(value, str) else ""
        node = value
    return ""
