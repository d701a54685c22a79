"""The log, newest first, and whether its chain is whole."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from desk.audit import words
from desk.web import DeskRequest, allow
from models import audit
from models.people import officers
from notices import proof

PAGE = 100


class PageForm(forms.Form):
    before = forms.IntegerField(min_value=1, required=False)
    verify = forms.BooleanField(required=False)


@allow("see")
@require_safe
def log(request: DeskRequest) -> HttpResponse:
    """A page of entries; ``?verify=1`` replays the whole log against the tables first."""
    form = PageForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    labels = officers.labels(request.db)
    entries = audit.newest(request.db, PAGE, asked.get("before"))
    context = {
        "lines": [words.line(entry, labels) for entry in entries],
        "older": entries[-1].seq if len(entries) == PAGE else None,
        "proof": proof.prove(request.db, settings.PIYAO, pages=False)
        if asked.get("verify")
        else None,
        "head": entries[0] if entries else None,
    }
    return render(request, "audit/log.html", context)
