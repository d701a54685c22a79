"""Nothing personal leaves the house: numbers of any spelling, planted in every text of a claim's way.

Each example is one phone, landline, identity number or plate in some spelling
(``tests.number_spellings``). They go into posts, replies, titles, ids, addresses, faults, evidence, leads,
reasons and drafts, through to notice, page, JSON-LD, feed and image. ``PIYAO_SPELLINGS=100000`` tries
that many.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from models import store
from models.casework import cases, evidence, verdicts
from models.casework.records import Hazard, Literal, NoticeKind
from models.config import Config, PublicConfig, Source
from models.intake import posts, runs, sources
from models.intake.records import Post, Reply
from models.outcome import Outcome
from models.people import officers
from models.personal import mask
from models.personal.separators import plain
from models.publishing import notices, retractions, reviews
from models.publishing.revisions import Draft
from models.store import Store
from notices import sending
from notices.channels.site import Site
from notices.forms import image, render
from tests import case_steps, conftest, innocent_numbers, number_spellings
from tests.conftest import People
from tests.notice_records import OFFICE
from tests.number_spellings import Planted

EXAMPLES = int(os.environ.get("PIYAO_SPELLINGS", "2000"))
AT_ONCE = 50  # of one claim
FILLER = "。再说一句，"
_HEX = re.compile(r"[0-9a-f]{16,}")


def sentences(chance: random.Random, count: int) -> list[tuple[Planted, str]]:
    made = [number_spellings.anything(chance) for _ in range(count)]
    return [(planted, number_spellings.sentence(chance, planted)) for planted in made]


def readable(planted: Planted, text: str) -> bool:
    """Whether all of it can still be read, whatever stands between."""
    read = plain(_HEX.sub("", text)).upper()
    if planted.kind == "plate":
        return planted.meant in read
    read = read.replace("O", "0").replace("I", "1").replace("L", "1")
    return planted.meant.upper() in read or planted.meant[-9:].upper() in read


def packed(texts: list[str], limit: int) -> Iterator[str]:
    """The texts one after another in pieces that a field takes."""
    held = ""
    for text in texts:
        if held and len(held) + len(FILLER) + len(text) > limit:
            yield held
            held = ""
        held = f"{held}{FILLER}{text}" if held else text
    if held:
        yield held


@settings(
    max_examples=EXAMPLES // AT_ONCE,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(number_spellings.spellings)
def test_no_spelling_of_a_number_is_left_in_what_goes_out(chance: random.Random) -> None:
    for planted, text in sentences(chance, AT_ONCE):
        told = mask.outgoing(text)
        assert not number_spellings.left(planted, told), (text, told)


def test_of_numbers_that_are_nobodys_at_most_2_percent_are_masked() -> None:
    chance = random.Random(20261129)
    changed = []
    for _ in range(EXAMPLES):
        text = innocent_numbers.said(chance)
        if (told := mask.outgoing(text)) != text:
            changed.append((text, told))
    assert len(changed) <= EXAMPLES // 50, changed[:20]


def a_whole_way(db: Store, people: People, texts: list[str], folder: Path) -> list[str]:
    """A claim with these texts in all that is written about it; returns what the public gets."""
    sources.sync(db, [Source("forum", "feed", "https://forum.example/rss.xml", 300)])
    for n, text in enumerate(packed(texts, 15_000)):
        raw = f"<item><author>{text}</author><title>{text}</title><d>{text}</d></item>".encode()
        runs.fault(db, None, "forum", text, text, text, raw)
        runs.finish(db, runs.start(db, "forum"), "failed", message=text)
        replies = tuple(Reply(each, native_id=each) for each in packed(texts, 1500))
        posts.add(
            db,
            Post(
                "forum",
                text,
                text,
                f"https://forum.example/{n}?q={text}",
                text[:200],
                replies=replies,
            ),
        )
    case = case_steps.claimed(db, people)
    for text in packed(texts, 60):
        cases.send_lead(db, case.id, to=text.strip() or "市疾控中心", by=people.monitor)
    for text in packed(texts, 110):
        cases.reword(db, case.id, claim=f"网传的说法{text}", by=people.verifier)
    cases.reword(db, case.id, claim=case_steps.CLAIM, by=people.verifier)
    basis = []
    for title, finding in zip(packed(texts, 75), packed(texts, 450), strict=False):
        item = evidence.add(
            db, case.id, by=people.verifier, title=f"答复{title}", finding=f"经查询{finding}", url=f"https://news.example/a?id={title}",
            primary=True, independent=True, refutes=case_steps.WORDS,
        )  # fmt: skip
        basis.append(item.id)
    case_steps.prove(db, case, people.monitor)
    cases.send_lead(db, case.id, to="市疾控中心", by=people.monitor)
    ground = next(packed(texts, 900))
    verdicts.decide(
        db, case.id, None, literal=Literal.WRONG, hazard=Hazard.EXCLUDED, outcome=Outcome.FALSE,
        ground=f"登记不支持{ground}", by=people.verifier,
    )  # fmt: skip
    findings = tuple(f"经查{text}" for text in packed(texts, 280))[:9]
    quotes = list(packed(texts, 280))
    draft = Draft(
        NoticeKind.DEBUNK,
        "没有这样一辆车",
        findings,
        quotes[-1],
        next(packed(texts, 190)),
        tuple(basis[:3]),
    )
    notice = notices.start(db, case.id, draft, by=officers.MACHINE)
    case_steps.submit(db, notice, people.verifier)
    reviews.refuse(
        db,
        notice.id,
        notices.get(db, notice.id).hash,
        reason=next(packed(texts, 490)),
        by=people.publisher,
    )
    case_steps.submit(db, notice, people.verifier)
    case_steps.approve(db, notice, people.other_publisher)
    told = [
        render.text(notices.get(db, notice.id), OFFICE),
        str(render.html(notices.get(db, notice.id), OFFICE)),
    ]
    shown = notices.get(db, notice.id)
    told += [json.dumps(render.json_ld(shown, OFFICE, "https://x.example/"), ensure_ascii=False)]
    told += ["".join(image._texts(image._data(shown, OFFICE, "long", "", "")))]
    site = Site(PublicConfig(dir=folder), OFFICE)
    site.prepare()
    config = Config(Path("piyao.toml"), folder.parent / "data", office=OFFICE)
    sending.deliver(db, {"site": site}, config)
    retractions.retract(
        db, notice.id, reason=f"写错了{next(packed(texts, 400))}", by=people.publisher
    )
    sending.deliver(db, {"site": site}, config)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in (".png", ".woff2", ".css", ".svg"):
            told.append(path.read_text("utf-8", "replace"))
    return told


@pytest.mark.slow  # some seconds of work
@settings(
    max_examples=max(2, EXAMPLES // AT_ONCE // 10),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a seed cannot be made smaller
    suppress_health_check=list(HealthCheck),
)
@given(chance=number_spellings.spellings)
def test_no_number_planted_anywhere_is_in_the_store_or_in_public(
    chance: random.Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("way")
    made = sentences(chance, AT_ONCE)
    with store.using(folder / "piyao.db") as db:
        people = conftest.hire(db)
        told = a_whole_way(db, people, [text for _, text in made], folder / "site")
        numbers = [planted for planted, _ in made if planted.kind != "plate"]
        written = list(conftest.cells(db))
        leaks = [
            (where, p.written, text[:300])
            for where, text in written
            for p in numbers
            if readable(p, text)
        ]
        assert not leaks, leaks[:3]
        db.forget_log()
    stored = (folder / "piyao.db").read_bytes()
    assert [p.written for p in numbers if len(p.written) > 9 and p.written.encode() in stored] == []
    for page in told:
        for planted in [p for p, _ in made]:
            assert not readable(planted, page), (planted, page[:400])
