"""The queue's pages: the list, the preview beside it, and the poll that tells what changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from classifier.ranking import first_hand
from desk.queue import snapshots
from desk.queue.drawing import drawn
from desk.queue.filters import Filters
from desk.queue.lines import flooded
from desk.queue.preview import preview
from desk.queue.rows import Row, row, rows
from desk.web import DeskRequest, allow
from models.casework import cases, queue, unopened
from models.casework.cases import DISMISS_REASONS
from models.casework.records import Case
from models.casework.workflow import UNDECIDED
from models.china_time import in_china
from models.harm import Topic
from models.intake import sources
from models.learning import editions
from models.people import officers
from models.personal import mask
from models.ranking import moving, need
from models.text import visible

VIEWS = ("todo", "mine", "due", "owed", "second", "lead", "needs_evidence", "sampled")
ENDED = ("recheck", "done", "dismissed")
WORDS = {**queue.VIEWS, "done": "已核定", "dismissed": "不立案"}
AMBER = ("due", "owed", "second", "lead", "recheck")


@allow("see")
@require_safe
def listing(request: DeskRequest) -> HttpResponse:
    """The list, in priority order and frozen while an officer works; JSON with ``format=json``."""
    filters = Filters.of(request.GET)
    found = filters.cases(request.db, request.officer)
    if request.GET.get("format") == "json":
        return JsonResponse(twin(request, filters, found))
    shown = rows(request.db, found, request.officer, request.now)
    counts = queue.counts(request.db, request.officer)
    selected = next((each for each in found if each.id == filters.case), None)
    first = selected or (found[0] if found else None)
    query, at = filters.query(), first.id if first else 0
    line, rate = moving.current(request.db, settings.PIYAO.queue), editions.base_rate(request.db)
    context = {
        "rows": [
            drawn(each, request.officer, request.now, query, each.case.id == at) for each in shown
        ],
        "filters": filters,
        "query": query,
        "tokens": filters.tokens(request.db),
        "choices": choices(request, filters, found),
        "views": view_links(filters, counts, VIEWS),
        "ended": view_links(filters, counts, ENDED),
        "title": view_word(request, filters.view),
        "seen": snapshots.keep(snapshots.drawn(shown, counts)),
        "chosen": filters.case != 0 and selected is not None,
        "done_today": counts["done"],
        "q": filters.q,
        "sampled": counts["sampled"],
        "line": need.figure(line.common, rate),
        "cases_a_night": line.cases,
        "flooded": flooded(request.db, line, rate),
        "unopened": unopened.count(request.db, first_hand=first_hand.SHOWN_FROM),
    }
    if first is not None:
        context |= pane(request, first, filters)
    return render(request, "queue/list.html", context)


@allow("see")
@require_safe
def previewed(request: DeskRequest, case_id: int) -> HttpResponse:
    """The pane of one case, for htmx."""
    case = cases.get(request.db, case_id)
    return render(request, "queue/_preview.html", pane(request, case, Filters.of(request.GET)))


@allow("see")
@require_safe
def pulse(request: DeskRequest) -> HttpResponse:
    """What changed since the snapshot ``seen``: single cells, counts, how many came. 204: nothing."""
    filters = Filters.of(request.GET)
    old = snapshots.of_token(request.GET.get("seen", ""))
    if old is None:
        return _pulse(request, filters, request.GET.get("seen", ""), {"stale": True})
    found = {case.id: case for case in filters.cases(request.db, request.officer)}
    labels, rate = officers.labels(request.db), editions.base_rate(request.db)
    current: dict[int, Row] = {}
    for case_id in old.drawn:
        case = found.get(case_id) or cases.get(request.db, case_id)
        fresh = row(request.db, case, request.officer, request.now, labels, rate)
        current[case_id] = replace(fresh, gone=fresh.gone or _taken(old, fresh, request.officer.id))
    new = snapshots.Snapshot(
        drawn=old.drawn,
        cells={case_id: each.cells() for case_id, each in current.items()},
        counts=queue.counts(request.db, request.officer),
        arrived=frozenset(found) - old.drawn,
    )
    if new == old:
        return HttpResponse(status=204)
    changed = {
        "cells": [
            (
                each,
                [name for name, value in each.cells().items() if old.cells[case_id][name] != value],
            )
            for case_id, each in current.items()
            if old.cells[case_id] != each.cells()
        ],
        "counts": {
            name: count for name, count in new.counts.items() if old.counts.get(name) != count
        },
        "arrived": len(new.arrived),
        "amber": AMBER,
    }
    return _pulse(request, filters, snapshots.keep(new), changed)


def _taken(old: snapshots.Snapshot, fresh: Row, officer_id: int) -> bool:
    """Whether another officer took the case after the page was drawn; its row then stays grey."""
    _, holder, gone = old.cells[fresh.case.id]["left"]
    newly = fresh.case.holder_id not in (0, officer_id) and holder == "待领取"
    still = bool(gone) and fresh.case.holder_id not in (0, officer_id)
    return newly or still


def _pulse(
    request: DeskRequest, filters: Filters, token: str, changed: dict[str, Any]
) -> HttpResponse:
    context = {"seen": token, "query": filters.query(), "filters": filters, **changed}
    return render(request, "queue/_pulse.html", context)


def pane(request: DeskRequest, case: Case, filters: Filters) -> dict[str, Any]:
    """Context of the preview."""
    return {
        "seen_case": preview(request.db, case, request.officer, request.now),
        "selected": case.id,
        "filters": filters,
        "query": filters.query(),
        "reasons": DISMISS_REASONS.items(),
        "next": f"/queue/{filters.query()}",
    }


def view_word(request: DeskRequest, view: str) -> str:
    """夜班待办, 即将超时 …"""
    from desk.frame import shift

    return f"{shift(request.now)}待办" if view == "todo" else WORDS[view]


def view_links(
    filters: Filters, counts: dict[str, int], names: tuple[str, ...]
) -> list[dict[str, Any]]:
    """The views of the left column. Leaving a view forgets its filters."""
    return [
        {
            "name": name,
            "word": WORDS[name],
            "count": counts[name],
            "href": Filters(view=name).query(),
            "on": filters.view == name,
            "amber": name in AMBER and counts[name] > 0,
        }
        for name in names
    ]


def choices(request: DeskRequest, filters: Filters, found: list[Case]) -> list[dict[str, Any]]:
    """The filters that can be added, each with its options as links."""
    places = sorted({e.value for case in found for e in case.entities if e.kind == "place"})
    kinds: tuple[tuple[str, str, list[tuple[str, str]]], ...] = (
        ("state", "状态", [(state.value, state.label) for state in UNDECIDED]),
        ("topic", "危害", [(topic.value, topic.label) for topic in Topic]),
        ("source", "来源", [(each.name, each.label) for each in sources.all(request.db)]),
        ("place", "地方", [(place, place) for place in places[:20]]),
    )
    return [
        {
            "name": name,
            "label": label,
            "options": [(word, filters.query(**{name: value})) for value, word in options],
        }
        for name, label, options in kinds
        if options and not getattr(filters, name)
    ]


def twin(request: DeskRequest, filters: Filters, found: list[Case]) -> dict[str, Any]:
    """The list as JSON. It leaves the desk, so plates are masked for everybody."""
    rate = editions.base_rate(request.db)
    return {
        "office": settings.PIYAO.office.short,
        "view": filters.view,
        "version": queue.version(request.db),
        "counts": queue.counts(request.db, request.officer),
        "cases": [
            {
                "number": each.case.number,
                "claim": visible(mask.outgoing(each.claim)),
                "topic": each.case.topic.value,
                "state": each.case.state.value,
                "priority": each.case.level_word,
                "need": round(need.share(each.case.risk, rate), 4),
                "posts": each.case.posts,
                "accounts": each.case.accounts,
                "reasons": [mask.outgoing(chip.words) for chip in each.chips],
                "first_seen": in_china(each.case.first_at).isoformat(),
                "due": in_china(each.case.due_at).isoformat(),
                "holder": each.holder,
            }
            for each in rows(request.db, found, request.officer, request.now)
        ],
    }
