"""The queue as a table on a terminal. Text from outside is shown inert: no escapes, nothing hidden."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from models import priority
from models.mask import outgoing
from models.records import Case
from models.text import terminal

CLAIM_CHARS = 60


def need(risk: float) -> str:
    """需核查度 as a word and two decimals."""
    return f"{priority.word(risk)} {priority.figure(risk)}"


def queue(cases: Sequence[Case]) -> Table:
    """Claims in the order given, with why they stand there. Plates are masked."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.add_column("优先", no_wrap=True)
    table.add_column("需核查度", no_wrap=True)
    table.add_column("类", no_wrap=True)
    table.add_column("帖", justify="right")
    table.add_column("说法", ratio=1)
    table.add_column("理由")
    for case in cases:
        claim = terminal(outgoing(case.claim))
        claim = claim if len(claim) <= CLAIM_CHARS else claim[: CLAIM_CHARS - 1] + "…"
        reasons = "、".join(terminal(reason.term) for reason in case.reasons[:3])
        table.add_row(
            case.level_word,
            need(case.risk),
            case.topic.label,
            str(case.posts),
            Text(claim),
            Text(reasons, style="dim"),
        )
    return table
