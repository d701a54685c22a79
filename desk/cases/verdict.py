"""核定: two questions, one outcome. Time and the machine's score have no say here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from desk import clock
from desk.cases import proof
from desk.cases.actions import to_page
from desk.cases.forms import VerdictForm
from desk.cases.page import find_case
from desk.web import DeskRequest, allow
from models.casework import (
    acts,
    cases,
    closings,
    evidence,
    verdicts,
    workflow,
)
from models.casework import (
    gates as gating,
)
from models.casework.records import (
    Case,
    Evidence,
    Hazard,
    Literal,
    Verdict,
)
from models.errors import Conflict, PiyaoError, RuleBroken
from models.outcome import Outcome
from models.people import officers
from models.publishing import notices
from notices.drafting import first_draft

LITERAL_HINTS = {
    Literal.WRONG: "有计入的证据直接反驳关键事实",
    Literal.PARTLY: "有真有假，或拿旧事当新事",
    Literal.RIGHT: "转主管部门，可出属实通报",
    Literal.UNKNOWN: "证据不够。到时限也只能选这一项，不能选 1",
}
HAZARD_HINTS = {
    Hazard.EXCLUDED: "写出依据，并选主管部门的答复",
    Hazard.NOT_EXCLUDED: "只能出情况说明，不能出辟谣通告",
    Hazard.UNKNOWN: "同上，并继续跟踪",
}
KEYS = {Outcome.MISLEADING: "8", Outcome.OUTDATED: "9"}


@allow("decide")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: DeskRequest, number: str) -> HttpResponse:
    """The form; on a fault the form again with every answer kept."""
    case = find_case(request.db, number)
    if not workflow.allows(case.state, "decide"):
        workflow.move(case, "decide")  # says why not, as a page
    if request.method != "POST":
        return draw(request, case, VerdictForm())
    form = VerdictForm(request.POST)
    if "look" in request.POST:  # without JavaScript: show what these answers lead to
        return draw(request, case, VerdictForm(initial=request.POST.dict()))
    if form.is_valid() and (outcome := chosen(form)) is not None:
        try:
            if outcome is Outcome.NOT_A_CLAIM and alone(request, case):
                return propose(request, case, form.cleaned_data)
            verdict = decide(request, case, form.cleaned_data, outcome)
        except RuleBroken as error:
            field = {"ground": "ground", "answers-and-outcome": "outcome"}.get(error.rule)
            form.add_error(field, error.in_words)
        except Conflict as error:
            form.add_error(None, error.in_words)
            return draw(request, cases.get(request.db, case.id), form, status=409)
        else:
            return done(request, case, verdict)
    return draw(request, case, form, status=422)


def chosen(form: VerdictForm) -> Outcome | None:
    """The outcome: as chosen, or derived where answer one leaves no choice."""
    found = form.cleaned_data
    fitting = workflow.outcomes(found["literal"])
    if found["outcome"]:
        return Outcome(found["outcome"])  # whether it fits is asked where it is decided
    if len(fitting) == 1:
        return fitting[0]
    form.add_error("outcome", "请选" + "或".join(f"“{each.label}”" for each in fitting))
    return None


def decide(request: DeskRequest, case: Case, found: dict[str, Any], outcome: Outcome) -> Verdict:
    """The verdict and the machine's draft of what it allows, both or neither."""
    db = request.db
    with db.atomic():
        verdict = verdicts.decide(
            db,
            case.id,
            found["version"],
            literal=found["literal"],
            hazard=found["hazard"],
            outcome=outcome,
            ground=found["ground"],
            evidence_hash=found["evidence_hash"],
            by=request.officer,
        )
        if workflow.kind_for(outcome, verdict.hazard) is not None:
            draft_by_machine(request, case)
    return verdict


def alone(request: DeskRequest, case: Case) -> bool:
    """Whether this officer would end a hazard with nobody beside."""
    try:
        closings.check(request.db, case, request.officer)
    except RuleBroken:
        return True
    return False


def propose(request: DeskRequest, case: Case, found: dict[str, Any]) -> HttpResponse:
    """非事实主张 on a hazard: proposed, for a second verifier to decide."""
    closings.propose(
        request.db,
        case.id,
        found["version"],
        ground=found["ground"],
        evidence_hash=found["evidence_hash"],
        by=request.officer,
    )
    messages.success(
        request, f"{case.number} 已提议按“非事实主张”结案，回到队列，等另一位核查员核定。"
    )
    return to_page(case)


def draft_by_machine(request: DeskRequest, case: Case) -> None:
    """A first draft, so that nobody waits for the clock. A verdict stands without it."""
    try:
        found = first_draft.write(request.db, case, settings.PIYAO.office, request.now)
        notices.start(request.db, case.id, found, by=officers.MACHINE)
    except PiyaoError as error:
        messages.warning(request, f"结论已记下，初稿没有写成：{error.what}。可以自己起草。")


def done(request: DeskRequest, case: Case, verdict: Verdict) -> HttpResponse:
    kind = workflow.kind_for(verdict.outcome, verdict.hazard)
    follows = f"机器已起草{kind.label}，看过再送审" if kind else "没有可发的通告，案件已结"
    messages.success(request, f"已核定，拟定结论{verdict.outcome.label}。{follows}。")
    return to_page(case)


def draw(request: DeskRequest, case: Case, form: VerdictForm, status: int = 200) -> HttpResponse:
    """The page for what was answered so far."""
    items = evidence.of_case(request.db, case.id)
    literal = answer(form, "literal", Literal)
    hazard = answer(form, "hazard", Hazard)
    fitting = workflow.outcomes(literal) if literal else ()
    outcome = answer(form, "outcome", Outcome) or (fitting[0] if fitting else None)
    labels = officers.labels(request.db)
    closing = closings.proposal(request.db, case) if case.hazard else None
    context = {
        "case": case,
        "form": form,
        "literals": numbered(LITERAL_HINTS, 1, literal),
        "hazards": numbered(HAZARD_HINTS, 5, hazard),
        "outcomes": [
            {
                "value": each.value,
                "label": each.label,
                "key": KEYS.get(each, ""),
                "on": each is outcome,
                "fits": not fitting or each in fitting,
                "literals": " ".join(a.value for a in Literal if each in workflow.outcomes(a)),
                "excluded": issued(each, Hazard.EXCLUDED),
                "not_excluded": issued(each, Hazard.NOT_EXCLUDED),
            }
            for each in Outcome
        ],
        "issues": issued(outcome, hazard) if outcome and hazard else "",
        "others": ways(),
        "adverse": [card for card in proof.cards(items, labels) if speaks_against(card.item)],
        "counted": [card for card in proof.cards(items, labels) if card.item.counts],
        "gates": [gate for gate in gating.gates(case, items) if not gate.ok],
        "evidence_hash": evidence.set_hash(items),
        "closing": closing,
        "closing_by": labels.get(closing.by, "") if closing else "",
        "people": workflow.people_needed(case),
        "fields": acts.fields(request.db, case.id),
        "review_on": clock.day(request.now + timedelta(days=verdicts.REVIEW_DAYS)),
        "due": clock.left(case.due_at, request.now, case.opened_at),
    }
    return render(request, "cases/verdict.html", context, status=status)


def answer(form: VerdictForm, name: str, kind: Any) -> Any:
    """What was answered to one question, None where nothing (or nothing known) was."""
    value = form[name].value()
    return next((each for each in kind if each.value == value), None)


def numbered(hints: Mapping[Any, str], first: int, given: Any) -> list[dict[str, Any]]:
    """The answers of a question with their hints and keys."""
    return [
        {
            "value": each.value,
            "label": each.label,
            "hint": hint,
            "key": str(number),
            "on": each is given,
        }
        for number, (each, hint) in enumerate(hints.items(), start=first)
    ]


def issued(outcome: Outcome, hazard: Hazard) -> str:
    kind = workflow.kind_for(outcome, hazard)
    return kind.label if kind else "不出通告，结案"


def ways() -> tuple[tuple[str, str], ...]:
    """若换一种回答: what each pair of answers leads to, from the rules themselves."""
    false, partly = Outcome.FALSE, Outcome.MISLEADING
    return (
        ("1 且 5", issued(false, Hazard.EXCLUDED)),
        ("1 且 6、7", f"{issued(false, Hazard.NOT_EXCLUDED)}：只更正错处，说明隐患在查"),
        ("2 且 5", f"{issued(partly, Hazard.EXCLUDED)}（误导、旧闻），写明哪部分是真的"),
        ("2 且 6、7", issued(partly, Hazard.NOT_EXCLUDED)),
        ("3", f"{issued(Outcome.TRUE, Hazard.EXCLUDED)}，转主管部门"),
        ("4", issued(Outcome.UNVERIFIED, Hazard.UNKNOWN)),
    )


def speaks_against(item: Evidence) -> bool:
    return item.adverse and item.withdrawn_at is None
