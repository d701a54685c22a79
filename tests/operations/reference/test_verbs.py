"""The page of verbs says what the command says."""

from __future__ import annotations

import click
import pytest

import piyao
from operations.reference import verbs
from tests.where import ROOT


def test_the_page_is_the_one_the_command_draws() -> None:
    page = (ROOT / "docs" / "reference" / "verbs.md").read_text("utf-8")
    assert page == verbs.page(piyao.main), "make docs"


@pytest.fixture
def command() -> click.Group:
    @click.group()
    def main() -> None: ...

    @main.command()
    @click.argument("file")
    @click.option("--jobs", type=click.IntRange(1, 4), default=2, help="Processes.")
    @click.option("--word", multiple=True, help="Shown.")
    def work(file: str, jobs: int, word: tuple[str, ...]) -> None:
        """Do the work."""

    @main.command(hidden=True)
    def above() -> None:
        """Be a child."""

    return main


def test_a_verb_shows_its_arguments_options_defaults_and_help(command: click.Group) -> None:
    page = verbs.page(command)
    assert "## `piyao work`\n\nDo the work.\n\n    piyao work [OPTIONS] FILE\n" in page
    assert "| `--jobs` | 1 to 4 | `2` | Processes. |" in page
    assert "| `--word` | a text | | Shown. May be given several times. |" in page


def test_hidden_verbs_come_last_and_are_said_to_be_no_verbs_of_people(command: click.Group) -> None:
    page = verbs.page(command)
    assert page.index("piyao work") < page.index("piyao above") < page.index("Not for people")


def test_every_option_says_what_it_does() -> None:
    def options(group: click.Group, path: str) -> list[str]:
        found = []
        for name, verb in group.commands.items():
            if isinstance(verb, click.Group):
                found += options(verb, f"{path} {name}")
            found += [
                f"{path} {name} {option.opts[0]}"
                for option in verb.params
                if isinstance(option, click.Option) and not option.help
            ]
        return found

    assert options(piyao.main, "piyao") == []
