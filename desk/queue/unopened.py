"""现场与预警, and every other claim without a case: officers read them here, and open cases.

The list has pages and is searched by words as written. It says why a post is in it (signs of a
first-hand account), never whether the post is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from classifier.entities import find
from classifier.ranking import first_hand
from classifier.text import search_words
from classifier.text.document import Document
from desk import questions
from desk.queue.actions import go
from desk.queue.filters import Filters
from desk.queue.views import ENDED, VIEWS, view_links
from desk.web import DeskRequest, allow
from models.casework import queue
from models.casework import unopened as claims
from models.casework.unopened import Unopened
from models.china_time import in_china
from models.harm import Topic
from models.intake import posts, sources
from models.learning import editions
from models.personal import mask
from models.ranking import need, spread
from models.text import visible

PAGE = 30
WORDINGS, REPLIES = 12, 12


class AddressForm(forms.Form):
    """The address's parameters; what cannot be followed is left out."""

    all = forms.BooleanField(required=False)
    topic = forms.ChoiceField(choices=[(t.value, t.label) for t in Topic], required=False)
    q = forms.CharField(max_length=80, required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)


@dataclass(frozen=True)
class Address:
    """Which claims without a case are shown, as the address says it."""

    all: bool = False  # False: only first-hand accounts of the last days
    topic: str = ""
    q: str = ""
    page: int = 1

    @classmethod
    def of(cls, data: QueryDict) -> Address:
        form = AddressForm(data)
        form.is_valid()
        return cls(**{key: value for key, value in form.cleaned_data.items() if value})

    def query(self, **changed: Any) -> str:
        """The address with some parts changed, ``?`` included."""
        found = QueryDict(mutable=True)
        for name in ("all", "topic", "q", "page"):
            value = changed.get(name, getattr(self, name))
            if value and not (name == "page" and value == 1):
                found[name] = "1" if value is True else str(value)
        return f"?{found.urlencode()}"

    @property
    def asked(self) -> dict[str, Any]:
        """The same as arguments of ``models.casework.unopened``."""
        return {
            "first_hand": 0.0 if self.all else first_hand.SHOWN_FROM,
            "topic": Topic(self.topic) if self.topic else None,
            "words": self.q.split(),
        }


@allow("see")
@require_safe
def listing(request: DeskRequest) -> HttpResponse:
    """One page of the list; JSON with ``format=json``."""
    address = Address.of(request.GET)
    total = claims.count(request.db, **address.asked)
    skip = (address.page - 1) * PAGE
    found = claims.listed(request.db, **address.asked, limit=PAGE + 1, skip=skip)
    rate = editions.base_rate(request.db)
    if request.GET.get("format") == "json":
        return JsonResponse(
            {"total": total, "claims": [twin(claim, rate) for claim in found[:PAGE]]}
        )
    counts = queue.counts(request.db, request.officer)
    context = {
        "title": "全部线下帖文" if address.all else "现场与预警",
        "address": address,
        "rate": rate,
        "claims": [(claim, signs(claim)) for claim in found[:PAGE]],
        "labels": {each.name: each.label for each in sources.all(request.db)},
        "total": f"{total}" if total < claims.COUNTED else f"{total} 以上",
        "first": skip + 1,
        "before": address.query(page=address.page - 1) if address.page > 1 else "",
        "after": address.query(page=address.page + 1) if len(found) > PAGE else "",
        "switch": address.query(all=not address.all, page=1),
        "tokens": tokens(address),
        "topics": [(topic.label, address.query(topic=topic.value, page=1)) for topic in Topic],
        "views": view_links(Filters(view=""), counts, VIEWS),
        "ended": view_links(Filters(view=""), counts, ENDED),
        "days": claims.RECENT.days,
        "unopened": claims.count(request.db, first_hand=first_hand.SHOWN_FROM),
    }
    return render(request, "queue/unopened.html", context)


@allow("see")
@require_safe
def claim(request: DeskRequest, cluster_id: int) -> HttpResponse:
    """One claim without a case: its wordings, why it is in the list, and the button 立案."""
    claim = claims.get(request.db, cluster_id)
    context = {
        "claim": claim,
        "rate": editions.base_rate(request.db),
        "signs": signs(claim),
        "questions": questions.lines(claim, claim.text),
        "wordings": spread.wordings(request.db, cluster_id, WORDINGS),
        "replies": posts.replies_of_cluster(request.db, cluster_id, REPLIES),
        "source": next(
            (each.label for each in sources.all(request.db) if each.name == claim.source),
            claim.source,
        ),
        "area": "queue",
    }
    return render(request, "queue/unopened_claim.html", context)


@allow("claim")
@require_POST
def open_case(request: DeskRequest, cluster_id: int) -> HttpResponse:
    """立案: an officer opens the case of a claim."""
    words = search_words.of_cluster(request.db, cluster_id)
    case = claims.open_case(request.db, cluster_id, words, by=request.officer)
    messages.success(request, f"已立案 {case.number}。")
    return go(request, f"/cases/{case.number}/")


def twin(claim: Unopened, rate: float) -> dict[str, Any]:
    """A claim as JSON. It leaves the desk, so plates are masked for everybody."""
    return {
        "id": claim.cluster_id,
        "text": visible(mask.outgoing(claim.text)),
        "signs": list(signs(claim)),
        "topic": claim.topic.value,
        "need": round(need.share(claim.risk, rate), 4),
        "posts": claim.posts,
        "first_seen": in_china(claim.at).isoformat(),
    }


def signs(claim: Unopened) -> tuple[str, ...]:
    """Why the claim is in the list, in words: what makes it read like a first-hand account."""
    named = claim.entities or find.entities_in(claim.text, claim.at)
    return first_hand.signs_in(Document(claim.text), named).signs


def tokens(address: Address) -> list[tuple[str, str, str]]:
    """The conditions that are on: label, value, the address without it."""
    on = (
        ("topic", "危害", Topic(address.topic).label if address.topic else ""),
        ("q", "搜", address.q),
    )
    return [
        (label, value, address.query(**{name: "", "page": 1})) for name, label, value in on if value
    ]
