"""One notice in its forms: plain text, HTML, JSON-LD. The image is ``notices.forms.image``.

``face`` decides once what the public reads; every form is drawn from it, so they cannot differ.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from models.casework.records import NoticeKind
from models.china_time import in_china
from models.config import OfficeConfig
from models.outcome import Outcome
from models.publishing.records import Notice, NoticeState
from notices import words
from notices.forms.environment import environment

HEADS: dict[NoticeKind, str] = {
    NoticeKind.DEBUNK: "辟谣通告",
    NoticeKind.STATEMENT: "情况说明",
    NoticeKind.CONFIRMATION: "属实通报",
    NoticeKind.VERIFYING: "正在核实",
}
# The sentence after 近日，网传“…”。
FOUND: dict[Outcome, str] = {
    Outcome.FALSE: "经核查，上述内容系不实信息，实际情况如下：",
    Outcome.MISLEADING: "经核查，上述内容部分不符或缺少背景，容易误解，实际情况如下：",
    Outcome.OUTDATED: "经核查，上述内容系旧闻，不是近期发生的事，实际情况如下：",
    Outcome.TRUE: "经核查，上述内容属实，情况如下：",
}
DENIED: dict[Outcome, str] = {
    Outcome.FALSE: "与上述事实不符。",
    Outcome.MISLEADING: "缺少上述背景，容易误解。",
    Outcome.OUTDATED: "是旧闻，不是近期的事。",
    Outcome.TRUE: "属实。",
}
STATEMENT = "经核查，其中的细节与实际情况有出入，说明如下："
VERIFYING = "我们正在核实，现在还没有结论。"
LOGO, LOGO_SIZE = "logo.png", 512  # of the site; pixels each way
RATINGS: dict[Outcome, int] = {
    Outcome.FALSE: 1,
    Outcome.MISLEADING: 2,
    Outcome.OUTDATED: 2,
    Outcome.TRUE: 5,
}


@dataclass(frozen=True)
class Face:
    """What the public reads of a notice: masked, and within the law of the word."""

    head: str  # 辟谣通告
    tag: str  # 网传不实
    tone: str  # false, mislead, old, true, unver, none: the colour of the tag
    number: str  # with the office's code: 江核通〔2026〕87 号; "" before approval
    title: str
    found: str  # 经核查，上述内容系不实信息……
    denied: str  # what follows the quote on the image
    findings: tuple[str, ...]
    quote: str
    closing: str
    signed: str
    date: str


def face(notice: Notice, office: OfficeConfig) -> Face:
    """The notice as it may be read now. Before approval and after retraction nothing is rated."""
    tag, tone = tag_of(notice)
    quote = words.quoted(notice, notice.quote).strip()
    return Face(
        head=HEADS[notice.kind],
        tag=tag,
        tone=tone,
        number=f"{office.code}{notice.number}" if notice.number else "",
        title=" ".join(words.said(notice, notice.title).split()),
        found=_found(notice),
        denied=_denied(notice),
        findings=tuple(
            " ".join(words.said(notice, text).split()) for text in notice.findings if text.strip()
        ),
        quote=" ".join(quote.split()),
        closing=" ".join(words.said(notice, notice.closing).split()),
        signed=words.office_name(notice, office),
        date=words.date(notice.issued_on or notice.updated_at),
    )


def tag_of(notice: Notice) -> tuple[str, str]:
    """The tag and its tone. A statement is never rated: its hazard is not excluded."""
    if notice.state is NoticeState.RETRACTED:
        return "已撤回", "none"
    if notice.kind is NoticeKind.VERIFYING:
        return "正在核实", "unver"
    if notice.kind is NoticeKind.STATEMENT or notice.outcome not in words.TAGS:
        return "情况说明", "unver"
    tones = {"false": "false", "misleading": "mislead", "outdated": "old", "true": "true"}
    return words.TAGS[notice.outcome], tones[notice.outcome.value]


def text(notice: Notice, office: OfficeConfig) -> str:
    """The notice as plain text, in the usual form; also the alt text of the image."""
    template = environment().get_template("notice.txt.j2")
    return template.render(face=face(notice, office)).strip() + "\n"


def html(notice: Notice, office: OfficeConfig) -> Markup:
    """The notice as an HTML fragment: head, title, findings, the claim, closing, signature."""
    open_claim = notice.kind in (NoticeKind.VERIFYING, NoticeKind.STATEMENT)
    template = environment().get_template("notice.html.j2")
    return Markup(  # noqa: S704  (the template escapes)
        template.render(
            face=face(notice, office),
            signed=words.name_markup(office, about_open_claim=open_claim),
        )
    )


def preview_html(notice: Notice, office: OfficeConfig) -> Markup:
    """The notice for the desk. As ``html``: before approval the word 谣言 stands nowhere in it but
    in the office's own name, inside ``data-office-name``; ``words.faults`` says what to rewrite."""
    return html(notice, office)


def claim_review(notice: Notice, office: OfficeConfig, url: str) -> dict[str, object] | None:
    """schema.org ClaimReview, or None where there is no verdict to report.

    ClaimReview needs a rating, and search engines show it as one. 正在核实 has none; a statement
    has none either, for a rating "false" would be read as "the hazard is excluded"; nor has a
    retracted notice. The claim is described without an author or a place it was seen.
    """
    if (
        notice.kind not in (NoticeKind.DEBUNK, NoticeKind.CONFIRMATION)
        or notice.outcome not in RATINGS
        or not notice.state.issued
    ):
        return None
    shown = face(notice, office)
    return {
        **_article(notice, office, url, shown),
        "@type": "ClaimReview",
        "claimReviewed": shown.quote,
        "itemReviewed": {"@type": "Claim", "name": shown.quote},
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": RATINGS[notice.outcome],
            "worstRating": 1,
            "bestRating": 5,
            "alternateName": notice.outcome.label,
        },
    }


def json_ld(notice: Notice, office: OfficeConfig, url: str, log: str = "") -> dict[str, object]:
    """The page's structured data: ClaimReview where there is a rating, else a plain Article.

    ``log`` is the head of the audit log that stood when the notice was let out: "57 9f86d0…".
    """
    shown = face(notice, office)
    article: dict[str, object] = {**_article(notice, office, url, shown), "@type": "Article"}
    if notice.state is NoticeState.RETRACTED:
        article["creativeWorkStatus"] = "Retracted"
    made = claim_review(notice, office, url) or article
    if log:
        head = {"@type": "PropertyValue", "propertyID": "audit-log-head", "value": log}
        made["identifier"] = [made["identifier"], head]
    return made


def script_json(value: Mapping[str, object]) -> Markup:
    """JSON that may stand inside ``<script type="application/ld+json">``.

    >>> script_json({"a": "</script>"})
    Markup('{"a":"\\\\u003c/script\\\\u003e"}')
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  (nothing that HTML could read as markup is left)


def _article(notice: Notice, office: OfficeConfig, url: str, shown: Face) -> dict[str, object]:
    issued = notice.issued_on or notice.updated_at
    site, _, page = url.removesuffix(".html").rpartition("/n/")
    signed = {"@type": "Organization", "name": shown.signed, "url": f"{site}/"}
    logo = {
        "@type": "ImageObject",
        "url": f"{site}/{LOGO}",
        "width": LOGO_SIZE,
        "height": LOGO_SIZE,
    }
    return {
        "@context": "https://schema.org",
        "url": url,
        "mainEntityOfPage": url,
        "image": [f"{site}/n/{page}.png", f"{site}/n/{page}-square.png"],
        "identifier": shown.number,
        "headline": shown.title,
        "datePublished": _iso(issued),
        "dateModified": _iso(max(issued, notice.updated_at)),
        "inLanguage": "zh-CN",
        "author": signed,
        "publisher": {**signed, "logo": logo},
    }


def _iso(at: datetime) -> str:
    return in_china(at).isoformat(timespec="seconds")


def _found(notice: Notice) -> str:
    if notice.kind is NoticeKind.VERIFYING:
        return VERIFYING
    if notice.kind is NoticeKind.STATEMENT or notice.outcome not in FOUND:
        return STATEMENT
    return FOUND[notice.outcome]


def _denied(notice: Notice) -> str:
    if notice.kind is NoticeKind.VERIFYING:
        return "正在核实。"
    if notice.kind is NoticeKind.STATEMENT or notice.outcome not in DENIED:
        return "其中的细节有出入。"
    return DENIED[notice.outcome]
