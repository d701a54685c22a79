"""Our own notice proves nothing, whichever way it comes back as evidence."""

from __future__ import annotations

import pytest

from models.publishing import notices
from models.store import Store
from tests import case_steps
from tests.conftest import People

SITE = "https://piyao.example/site"


def test_a_copy_of_our_notice_does_not_count(db: Store, people: People) -> None:
    old = case_steps.published(db, people)
    title = "白兔潭没有确诊患者来过"  # of the notice below
    db.conn.execute("DROP TRIGGER revisions_never_change")
    db.conn.execute("UPDATE revisions SET title = ?", [title])
    assert notices.get(db, old.id).title == title
    case = case_steps.claimed(db, people)
    copies: list[dict[str, object]] = [
        {"title": f"通告{old.number}", "finding": "已有结论，没有这辆车"},
        {"title": "截图", "finding": f"见〔{old.number[1:5]}〕 1 号通告"},
        {"title": "网页存档", "original": f"江州辟谣\n{title}。\n".encode()},
        {  # a finding of that notice, by an address alone
            "title": "转述",
            "finding": "该车没有来过",
            "original": b"",
            "url": "https://a.example/1",
        },
        {"title": "网页", "url": "http://www.piyao.example/site/n/1.html", "own_site": SITE},
    ]
    for n, copy in enumerate(copies):
        item = case_steps.prove(
            db, case, people.verifier, **({"finding": f"第 {'甲乙丙丁戊'[n]} 种写法"} | copy)
        )
        assert (item.counts, item.uncounted) == (False, "是本中心通告的复本"), copy


@pytest.mark.parametrize(
    "url", ["https://gov.example/site/n/1.html", "https://piyao.example/other"]
)
def test_what_stands_elsewhere_is_no_copy(db: Store, people: People, url: str) -> None:
    case_steps.published(db, people)
    case = case_steps.claimed(db, people)
    assert case_steps.prove(
        db, case, people.verifier, url=url, own_site=SITE, finding="登记在另一个人名下"
    ).counts


def test_the_case_of_a_notice_may_find_the_same_again(db: Store, people: People) -> None:
    from models.casework import cases

    notice = case_steps.published(db, people)
    cases.reopen(db, notice.case_id, reason="再问一次", by=people.verifier)
    case = cases.get(db, notice.case_id)
    assert case_steps.prove(
        db, case, people.verifier, title="再答复", finding="该车没有来过"
    ).counts


def test_a_document_of_its_own_may_find_the_same_in_another_case(db: Store, people: People) -> None:
    case_steps.published(db, people)
    case = case_steps.claimed(db, people)
    assert case_steps.prove(db, case, people.verifier, finding="该车没有来过").counts
