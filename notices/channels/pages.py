"""The pages of the public site, each a pure function of the site's list."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import rjieba
import segno
from markupsafe import Markup

from models import folders
from models.casework.records import NoticeKind
from models.config import OfficeConfig
from notices import words
from notices.channels.record import Earlier, Record
from notices.forms import render
from notices.forms.environment import TEMPLATES, environment

HOME = 20  # notices on the home page
PER_PAGE = 150  # lines on one page of the archive: keeps it under 60 kB


@dataclass(frozen=True)
class Change:
    """One sentence that a correction changed, as spans: ("", same), ("del", was), ("ins", is)."""

    where: str
    spans: tuple[tuple[str, str], ...]


def of_notice(
    item: Record, records: Sequence[Record], office: OfficeConfig, base: str
) -> dict[str, bytes]:
    """The files of one notice: page, plain text and verify page."""
    shown = render.face(item.notice, office)
    page_url = f"{base}/n/{item.slug}.html"
    verify_url = f"{base}/v/{item.slug}"
    shared = {
        "item": item,
        "face": shown,
        "office": office,
        "short_hash": words.short_hash(item.hash, long=True),
        "verify_text": plain(verify_url),
        "result": _result(item, records),
        "open_claim": item.open,
    }
    page = _draw(
        "notice",
        root="../",
        name=words.name_markup(office, about_open_claim=item.open),
        changes=changes(item),
        basis_marks=_marks(item),
        qr=qr(verify_url),
        json_ld=render.script_json(render.json_ld(item.notice, office, page_url, item.log)),
        alt=render.text(item.notice, office),
        page_url=page_url,
        base=base,
        **shared,
    )
    verify = _draw(
        "verify",
        root=f"{urlsplit(base).path}/",  # right with and without a slash after the number
        name=words.name_markup(office, about_open_claim=item.open),
        **shared,
    )
    return {
        f"n/{item.slug}.txt": text(item, office).encode(),
        f"n/{item.slug}.html": page,
        f"v/{item.slug}/index.html": verify,
    }


def of_list(records: Sequence[Record], office: OfficeConfig, base: str) -> dict[str, bytes]:
    """What follows from the list: home, archive, corrections, and the fixed files."""
    name = words.name_markup(office)
    closed = {item.story for item in records if item.answers}
    verifying = [
        item
        for item in records
        if item.kind is NoticeKind.VERIFYING and not item.retracted and item.story not in closed
    ]
    issued = [item for item in records if item.kind is not NoticeKind.VERIFYING]
    shared = {"root": "", "name": name, "office": office, "open_claim": False}
    tags = {item.slug: render.tag_of(item.notice) for item in records}
    files = {
        "index.html": _draw(
            "home", verifying=verifying, issued=issued[:HOME], tags=tags, base=base, **shared
        ),
        "corrections.html": _draw(
            "corrections",
            changed=[item for item in records if item.corrected or item.retracted][:PER_PAGE],
            **shared,
        ),
        # it is shown at any address
        folders.NOT_FOUND: not_found(office, f"{urlsplit(base).path}/"),
        "site.css": _css(),
        "robots.txt": f"User-agent: *\nAllow: /\n\n# {base}/feed.atom\n".encode(),
    }
    chunks = [issued[at : at + PER_PAGE] for at in range(0, len(issued), PER_PAGE)] or [[]]
    for n, chunk in enumerate(chunks):
        files[archive(n)] = _draw(
            "archive",
            issued=chunk,
            tags=tags,
            newer=archive(n - 1) if n else "",
            older=archive(n + 1) if n + 1 < len(chunks) else "",
            **shared,
        )
    return files


def not_found(office: OfficeConfig, root: str) -> bytes:
    """The page for an address that leads nowhere; ``root``: where the site begins, as "/"."""
    return _draw("404", root=root, name=words.name_markup(office), office=office, open_claim=False)


def archive(n: int) -> str:
    return "all.html" if n == 0 else f"all-{n + 1}.html"


def text(item: Record, office: OfficeConfig) -> str:
    """The plain text for forwarding; a retracted or corrected notice says so first."""
    body = render.text(item.notice, office)
    if item.retracted:
        return f"【本通告已撤回】原因：{item.reason}（{words.stamp(item.at)}）\n\n以下是原文：\n\n{body}"
    if item.corrected:
        return f"【本通告已更正】{words.stamp(item.at)}，以此为准。{item.reason}\n\n{body}"
    return body


def changes(item: Record) -> list[Change]:
    """What the last correction changed, sentence by sentence."""
    if not item.corrected:
        return []
    old: Earlier = item.earlier[-1]
    found = [Change("标题", _spans(old.title, item.title))] if old.title != item.title else []
    matcher = difflib.SequenceMatcher(a=old.findings, b=item.findings, autojunk=False)
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        for n in range(max(a2 - a1, b2 - b1) if tag != "equal" else 0):
            before = old.findings[a1 + n] if a1 + n < a2 else ""
            after = item.findings[b1 + n] if b1 + n < b2 else ""
            place = b1 + n if after else a1 + n
            found.append(Change(f"第{words.numeral(place)}条", _spans(before, after)))
    return found


def _spans(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """The two sentences as one, by words: what stayed, what was struck, what stands instead."""
    old, new = rjieba.cut(before, True), rjieba.cut(after, True)
    spans: list[tuple[str, str]] = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            spans.append(("", "".join(old[a1:a2])))
            continue
        if a2 > a1:
            spans.append(("del", "".join(old[a1:a2])))
        if b2 > b1:
            spans.append(("ins", "".join(new[b1:b2])))
    return tuple(spans)


@cache
def qr(address: str) -> Markup:
    """A QR code as inline SVG without style attributes; its quiet zone is the page's padding."""
    code = segno.make(address, error="m", micro=False)
    size = code.symbol_size(border=0)[0]
    rows = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < size:
            run = x
            while run < size and row[run]:
                run += 1
            if run > x:
                rows.append(f"M{x} {y}h{run - x}v1h-{run - x}z")
            x = run + 1
    return Markup(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="验真二维码">'
        '<path d="{1}"/></svg>'
    ).format(size, "".join(rows))


def plain(address: str) -> str:
    """An address as printed: without its scheme."""
    return address.split("://", 1)[-1]


def _result(item: Record, records: Sequence[Record]) -> Record | None:
    """The newest notice that answers a page 正在核实."""
    if item.kind is not NoticeKind.VERIFYING:
        return None
    answers = [other for other in records if other.story == item.story and other.answers]
    return answers[0] if answers else None


def _marks(item: Record) -> list[list[int]]:
    """For each finding the numbers of the lines under 依据 that it rests on."""
    return [
        [n for n, line in enumerate(item.basis, start=1) if index in line.marks]
        for index in range(len(item.findings))
    ]


def _draw(page: str, **values: object) -> bytes:
    return environment().get_template(f"site/{page}.html.j2").render(**values).encode() + b"\n"


@cache
def _css() -> bytes:
    return (TEMPLATES / "site" / "site.css").read_bytes()
