"""What officers type: a number planted in every field of every form is in no cell of the store.

Routes and fields are read from the desk itself, so that a new one is tried as well.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from django import forms
from django.urls import URLPattern, URLResolver, get_resolver

from models.casework import cases
from models.publishing import notices
from tests import plate_case
from tests.conftest import cells
from tests.django_desk import Desk

pytestmark = pytest.mark.slow  # every form as every role

PHONE, IDENTITY, MAIL = "138・0013・8000", "330102 19900307 775X", "li.na@mail.example"
PLANTED = f"已问过{PHONE}，{IDENTITY}，{MAIL}"
# choices that let a form through; every other text field takes what is planted
CHOSEN = {
    "reason": PLANTED, "nature": "document", "topic": "safety", "status": "已留样", "literal": "wrong",
    "hazard": "excluded", "outcome": "false", "primary": "on", "independent": "on", "sent": "1", "next": "/",
    "refutes": "刚从武汉回到白兔潭", "url": f"https://a.example/x?tel={PHONE}&id={IDENTITY}",
}  # fmt: skip
SIGN_IN = ("accounts:", "public:", "admin:")  # names and passwords of officers, no text


def fields() -> Iterator[tuple[str, forms.Field]]:
    for page in ("cases", "review"):
        module = importlib.import_module(f"desk.{page}.forms")
        for form in vars(module).values():
            if isinstance(form, type) and issubclass(form, forms.Form):
                yield from form.base_fields.items()


def routes(
    patterns: list | None = None, prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str]]:
    """Every route of the desk: (name, address with its arguments in angles)."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            inner = f"{each.namespace}:" if each.namespace else space
            yield from routes(each.url_patterns, prefix + str(each.pattern), inner)
        elif isinstance(each, URLPattern):
            yield f"{space}{each.name}", prefix + str(each.pattern)


def test_no_number_an_officer_types_is_written(desk: Desk) -> None:
    case = plate_case.plate_evidence(desk.db, desk.people)
    data = {name: PLANTED for name, field in fields() if isinstance(field, forms.CharField)}
    done: set[str] = set()
    for role in ("monitor", "verifier", "colleague", "publisher", "verifier", "publisher"):
        client = desk.client(role)
        for name, pattern in routes():
            if name.startswith(SIGN_IN) or name == "home":
                continue
            found = desk.db.row("SELECT * FROM notices ORDER BY id DESC LIMIT 1") or {
                "id": 1,
                "revision": 1,
            }
            given = {
                "number": case.number,
                "notice_id": found["id"],
                "case_id": case.id,
                "item": 1,
                "row": 1,
                "cluster_id": 1,
                "claim_id": 1,
            }
            address = "/" + pattern
            for key, value in given.items():
                for kind in ("str", "int", "path", "slug"):
                    address = address.replace(f"<{kind}:{key}>", str(value))
            if "<" in address:
                continue
            seen = notices.get(desk.db, found["id"]).hash if "title" in found else "0" * 64
            fresh = {
                "version": cases.get(desk.db, case.id).version,
                "revision": found["revision"],
                "hash": seen,
                "evidence_hash": "",
            }
            answer = client.post(address, data | CHOSEN | fresh)
            if answer.status_code == 302:
                done.add(name)
    assert {"cases:lead", "cases:reword", "cases:evidence"} <= done, done
    masked = [where for where, text in cells(desk.db) if "138****" in text]
    for column in (
        "cases.claim",
        "cases.lead_sent_to",
        "evidence.title",
        "evidence.finding",
        "evidence.url",
    ):
        assert column in masked, (column, done)
    for where, text in cells(desk.db):
        for secret in (PHONE, IDENTITY, MAIL, "13800138000"):
            assert secret not in text, (where, text[:200])
