"""The library: what was judged before, searched by words and by where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from desk.library import beside
from desk.templatetags.told import told_to
from desk.web import DeskRequest, allow, back
from models.known import claims
from models.known.claims import Known
from models.people import officers

PAGE = 50
NAMES = {claims.OWN: "本中心通告", claims.STARTER: "随软件附带"}


class SearchForm(forms.Form):
    q = forms.CharField(required=False, max_length=80)
    origin = forms.CharField(required=False, max_length=40)
    withdrawn = forms.BooleanField(required=False)
    before = forms.IntegerField(required=False, min_value=1)


@dataclass(frozen=True)
class Line:
    known: Known
    finding: str
    source: str
    origin: str
    withdrawn_by: str


@dataclass(frozen=True)
class Origin:
    name: str
    label: str
    count: int
    query: str
    on: bool


@allow("see")
@require_safe
def listing(request: DeskRequest) -> HttpResponse:
    """A page of known claims, the newest first; JSON with ``format=json``."""
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    words, origin = asked.get("q", ""), asked.get("origin", "")
    out = bool(asked.get("withdrawn"))
    found = claims.search(
        request.db,
        words,
        origin,
        withdrawn=out,
        before=asked.get("before") or 1 << 62,
        limit=PAGE,
    )
    if request.GET.get("format") == "json":
        return JsonResponse({"claims": [twin(known) for known in found]})
    labels = officers.labels(request.db)
    origins = claims.origins(request.db)
    kept = {"q": words, "origin": origin, "withdrawn": "1" if out else ""}
    context = {
        "lines": [line(known, labels) for known in found],
        "origins": [
            Origin(name, NAMES.get(name, name), count, query(kept, origin=name), name == origin)
            for name, count in origins
        ],
        "total": sum(count for _, count in origins),
        "words": words,
        "origin": origin,
        "withdrawn": out,
        "everywhere": query(kept, origin=""),
        "unworded": query(kept, q=""),
        "others": query(kept, withdrawn="" if out else "1"),
        "older": query(kept, before=found[-1].id) if len(found) == PAGE else "",
    }
    return render(request, "library/list.html", context)


@allow("library")
@require_POST
def withdraw(request: DeskRequest, claim_id: int) -> HttpResponse:
    """Take a claim out of the library, or put it back."""
    if request.POST.get("withdrawn") == "1":
        claims.withdraw(request.db, claim_id, by=request.officer)
        messages.success(request, "已撤下，不再拿它与新说法比；在“已撤下”里可以放回。")
    else:
        claims.restore(request.db, claim_id, by=request.officer)
        messages.success(request, "已放回。")
    return HttpResponseRedirect(back(request, reverse("library:list")))


def line(known: Known, labels: dict[int, str]) -> Line:
    return Line(
        known=known,
        finding=beside.finding(known),
        source=beside.source(known, settings.PIYAO.office),
        origin=NAMES.get(known.origin, known.origin),
        withdrawn_by=labels.get(known.withdrawn_by, "") if known.withdrawn_by else "命令行",
    )


def query(kept: dict[str, Any], **changed: Any) -> str:
    """The address of this list with something changed; what is empty is left out."""
    return "?" + urlencode({key: value for key, value in (kept | changed).items() if value})


def twin(known: Known) -> dict[str, Any]:
    """One claim as JSON. It leaves the desk, so plates are masked for everybody."""
    return {
        "id": known.id,
        "origin": known.origin,
        "claim": told_to(known.claim, None),
        "verdict": known.standing.value,
        "before": known.before.value if known.before else None,
        "source": told_to(known.source, None),
        "url": known.url,
        "dated": known.dated,
    }
