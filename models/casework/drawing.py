"""``docs/workflow.md``, drawn from the tables of ``workflow`` so that the picture cannot lie."""

from __future__ import annotations

from models.casework.records import CaseState, Hazard
from models.casework.workflow import TRANSITIONS, kind_for
from models.outcome import Outcome
from models.roles import MAY


def drawing() -> str:
    """The workflow as a Mermaid page, for ``docs/workflow.md``."""
    lines = [
        "# The workflow of a case",
        "",
        "Drawn from `models/casework/workflow.py` by `make docs`; a test compares the two.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> waiting: machine opens",
        *(f"    {state.value}: {state.label}" for state in CaseState),
        *(
            f"    {before.value} --> {step.after.value}: {action} {step.label}"
            for action, step in TRANSITIONS.items()
            for before in step.before
        ),
        "```",
        "",
        "## Who may",
        "",
        "| action | " + " | ".join(role.label for role in MAY) + " |",
        "| --- |" + " --- |" * len(MAY),
        *(
            f"| {action} | "
            + " | ".join("✓" if action in may else "" for may in MAY.values())
            + " |"
            for action in sorted(set().union(*MAY.values()))
        ),
        "",
        "## What a verdict allows",
        "",
        "| outcome | hazard excluded | hazard not excluded or unknown |",
        "| --- | --- | --- |",
        *(
            f"| {outcome.label} | {_kind(outcome, Hazard.EXCLUDED)} "
            f"| {_kind(outcome, Hazard.NOT_EXCLUDED)} |"
            for outcome in Outcome
        ),
        "",
        "An ordinary notice takes 2 different people, a hazard topic 3 or more: verdict, reviewers of",
        "all hazards that were ever named for the case, and an approver. Who ever acted on the case,",
        "but for taking it and putting it back, neither reviews nor approves. The machine is nobody.",
    ]
    return "\n".join(lines) + "\n"


def _kind(outcome: Outcome, hazard: Hazard) -> str:
    kind = kind_for(outcome, hazard)
    return kind.label if kind else "—"
