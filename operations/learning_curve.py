"""What a simulation found: a table on the terminal, and its curve as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from classifier.learning import examples, prior
from classifier.ranking import model as weights
from operations import tables
from operations.simulate import Round, halves, replay


def command(
    paths: Sequence[Path],
    folder: Path | None,
    rounds: int,
    hours: int,
    seed: int,
    plot: Path | None,
) -> None:
    """``piyao simulate``: the table as it grows, and the curve where ``plot`` names a file."""
    base = weights.load(folder)
    held = prior.load(folder or weights.WEIGHTS, base.classifier.features.width)
    found = halves(examples.read_examples(paths).examples, seed)
    console = Console()
    console.print(
        f"{len(found.stream):,} posts in {rounds} rounds, before them {hours} hours without a verdict; {len(found.test):,} posts are the test, "
        "the positives weighted to 1 %. Figures mean something only for posts that the weights "
        f"({base.version}) have not learned from.",
        highlight=False,
    )
    done: list[Round] = []
    with console.status(""):
        for each in replay(base, found, rounds, seed, hours=hours, held=held):
            done.append(each)
            console.print(
                f"{each.number}/{rounds}: {each.verdicts} verdicts, PR-AUC {each.newest.pr_auc:.3f}",
                highlight=False,
            )
    console.print(table(done))
    if plot:
        plot.write_text(drawing(done), encoding="utf-8")
        console.print(f"{plot} is drawn.")


def table(rounds: Sequence[Round]) -> Table:
    """A row a round: verdicts, then the newest model's figures, then those of the one in use."""
    out = tables.empty()
    for heading in (
        "verdicts",
        "worth a check",
        "PR-AUC",
        "P@100",
        "R@2 %",
        "in use: PR-AUC",
        "R@2 %",
    ):
        out.add_column(heading, justify="right")
    out.add_column("version in use")
    for each in rounds:
        told = (each.newest.pr_auc, each.newest.p_at_100, each.newest.r_at_2)
        used = (each.used.pr_auc, each.used.r_at_2)
        cells = (f"{value:.3f}" for value in (*told, *used))
        out.add_row(str(each.verdicts), str(each.hits), *cells, each.version)
    return out


LINES = (
    ("PR-AUC", "#1f5fbf", "", lambda each: each.newest.pr_auc),
    ("R@2 %", "#b3541e", "", lambda each: each.newest.r_at_2),
    ("PR-AUC in use", "#1f5fbf", "5 4", lambda each: each.used.pr_auc),
    ("R@2 % in use", "#b3541e", "5 4", lambda each: each.used.r_at_2),
)
WIDTH, HEIGHT, LEFT, RIGHT, FLOOR, CEILING = 720, 360, 48, 590, 310, 20


def drawing(rounds: Sequence[Round]) -> str:
    """The curve as an SVG of its own: figures (0..1) upwards, verdicts to the right."""
    most = max(rounds[-1].verdicts, 1)

    def x(each: Round) -> float:
        return LEFT + each.verdicts / most * (RIGHT - LEFT)

    def y(value: float) -> float:
        return FLOOR - value * (FLOOR - CEILING)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' font-family="sans-serif" font-size="12"><title>Ranking by number of verdicts</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    ]
    for tenth in range(0, 11, 2):
        at = y(tenth / 10)
        parts.append(
            f'<path d="M{LEFT} {at:.1f}H{RIGHT}" stroke="#ddd"/>'
            f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{tenth / 10:.1f}</text>'
        )
    for each in rounds:
        parts.append(
            f'<text x="{x(each):.1f}" y="{FLOOR + 18}" text-anchor="middle">{each.verdicts}</text>'
        )
    for _, colour, dash, value in LINES:
        points = " ".join(f"{x(each):.1f},{y(value(each)):.1f}" for each in rounds)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"'
            f' stroke-dasharray="{dash}"/>'
        )
    for n, (word, colour, dash, _) in enumerate(LINES):
        at = CEILING + 16 + 20 * n
        parts.append(
            f'<path d="M{RIGHT + 12} {at - 4}h22" stroke="{colour}" stroke-width="2"'
            f' stroke-dasharray="{dash}"/><text x="{RIGHT + 40}" y="{at}">{word}</text>'
        )
    middle = (LEFT + RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">verdicts</text></svg>\n'
    )
    return "\n".join(parts)
