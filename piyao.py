"""The command ``piyao``: its verbs, no logic of its own."""

from __future__ import annotations

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)

import logging
import sys
import threading
from pathlib import Path
from typing import Any

import click

from desk import log
from models import config as configuration
from models import isolated
from models.errors import PiyaoError
from operations.verbs import backup, claims, model, site
from operations.verbs.options import a_file, with_config


class Verbs(click.Group):
    """Turns every expected error into one sentence: a traceback reaches nobody."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except PiyaoError as error:
            raise click.ClickException(str(error)) from None
        except BrokenPipeError:
            sys.exit(0)
        except OSError as error:  # a folder that is a file, a port that is taken
            raise click.ClickException(_reason(error)) from None


def _reason(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="piyao")
def main() -> None:
    """Piyao 辟谣: the working system of a 24-hour rumor desk."""
    logging.basicConfig(level=logging.WARNING, handlers=[log.Bounded()])


@main.command()
@with_config
def init(path: Path) -> None:
    """Write a commented piyao.toml to start from."""
    configuration.write_template(path)
    click.echo(f"{path} is written. Name your sources in it, then run: piyao up")


@main.command()
@with_config
def up(path: Path) -> None:
    """Run the desk of a configuration: pages, clock and collectors, until Ctrl-C."""
    from operations import start

    start.up(configuration.load(path), click.echo)


@main.command()
@click.option("--port", default=8400, show_default=True, help="Port of the desk; 0: any free one.")
@click.option("--pace", default=1.0, show_default=True, help="How fast the sample forum lives.")
@click.option(
    "--folder",
    type=a_file,
    default=Path("piyao-data/demo"),
    show_default=True,
    help="Where the sample desk lives; emptied at each start.",
)
def demo(port: int, pace: float, folder: Path) -> None:
    """A living desk on a sample forum, in one command. Starts afresh each time."""
    from operations import demo as sample

    sample.run(folder, port, pace, click.echo)


@main.command()
@click.option("--source", "url", required=True, help="Address of a feed.")
@click.option("--allow-private", is_flag=True, help="The feed is inside your own network.")
@click.option("--top", default=20, show_default=True, help="How many claims to show.")
def once(url: str, allow_private: bool, top: int) -> None:
    """Crawl one feed, score it, print the flagged claims as a table, and exit."""
    from operations import once as single

    single.crawl(url, allow_private, top, click.echo)


@main.command()
@click.argument("labelled", nargs=-1, required=True, type=a_file)
@click.option("--out", type=a_file, required=True, help="Folder for the new weights.")
def train(labelled: tuple[Path, ...], out: Path) -> None:
    """Train weights on labelled JSONL files (text, label, and where known cluster and fold)."""
    from classifier.learning import train as training

    training.command(labelled, out)


@main.command()
@click.argument("posts", type=a_file)
@click.option("--out", type=a_file, required=True, help="Scored JSONL or CSV.")
@click.option("--weights", type=a_file, help="Folder of weights; the shipped ones if absent.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, help="Processes that score.")
def score(posts: Path, out: Path, weights: Path | None, jobs: int) -> None:
    """Score the posts of a JSON, CSV or Parquet file; broken off, it goes on where it stopped."""
    from classifier.files import score as scoring

    scoring.command(posts, out, weights, jobs)


@main.command()
@click.argument("labelled", nargs=-1, required=True, type=a_file)
@click.option("--weights", type=a_file, help="Folder of weights to begin with; else the shipped.")
@click.option(
    "--rounds",
    default=8,
    show_default=True,
    type=click.IntRange(1, 200),
    help="In how many rounds the posts come.",
)
@click.option(
    "--hours",
    default=6,
    show_default=True,
    type=click.IntRange(0, 48),
    help="Hours before them in which nobody decides anything.",
)
@click.option("--seed", default=0, show_default=True, help="Which posts come, and when.")
@click.option("--plot", type=a_file, help="An SVG of the curve.")
def simulate(
    labelled: tuple[Path, ...],
    weights: Path | None,
    rounds: int,
    hours: int,
    seed: int,
    plot: Path | None,
) -> None:
    """Replay a desk's first weeks on labelled JSONL files: the ranking by number of verdicts.

    Half of the posts come in rounds to a real store. In the first hours nobody decides, and the model
    adapts to what is ordinary there; then officers label the top 2 % and about 20 random ones of
    each round, the model is renewed, and the other half is the test.
    """
    from operations import learning_curve

    learning_curve.command(labelled, weights, rounds, hours, seed, plot)


@main.group()
def officer() -> None:
    """Accounts of the desk."""


@officer.command("add")
@click.argument("username")
@click.option(
    "--role",
    required=True,
    type=click.Choice(["viewer", "monitor", "verifier", "publisher", "admin"]),
    help="What the account may do.",
)
@click.option("--field", "fields", multiple=True, help="Hazard topic a verifier may review.")
@with_config
def officer_add(username: str, role: str, fields: tuple[str, ...], path: Path) -> None:
    """Make an account; its one-time code is printed once."""
    from operations import start

    start.add_officer(configuration.load(path), username, role, fields, click.echo)


@officer.command("reset")
@click.argument("username")
@with_config
def officer_reset(username: str, path: Path) -> None:
    """Give an account a new one-time code: its password and sessions end. Also the way back in for
    the last administrator."""
    from operations import start

    start.reset_officer(configuration.load(path), username, click.echo)


@main.group()
def audit() -> None:
    """The hash-chained log."""


@audit.command("verify")
@click.option("--seq", type=int, help="A sequence number noted elsewhere …")
@click.option("--hash", "digest", help="… and the hash noted with it.")
@with_config
def audit_verify(seq: int | None, digest: str | None, path: Path) -> None:
    """Replay the log against the tables, the heads kept elsewhere and the file; exit 1 where they differ."""
    if (seq is None) != (digest is None):
        raise click.UsageError("--seq and --hash go together: one alone would compare nothing")
    from operations import record

    noted = [] if seq is None or digest is None else [(seq, digest)]
    sys.exit(record.verify(configuration.load(path), noted, click.echo))


@main.group()
def clock() -> None:
    """The time that the desk goes by."""


@clock.command("accept")
@with_config
def clock_accept(path: Path) -> None:
    """Say that the system clock is right, where the desk doubts it; what is due is forgotten then."""
    from models import beginning, store
    from models.upkeep import wall_clock

    with beginning.begun(configuration.load(path)) as db:
        wall_clock.accept(db)
        click.echo(f"The clock is believed: {store.now():%Y-%m-%d %H:%M} UTC. It is in the log.")


@main.command(hidden=True)
@with_config
@click.option("--child", is_flag=True, help="End when standard input closes.")
def desk(path: Path, child: bool) -> None:
    """The pages alone."""
    from operations import start

    start.pages(configuration.load(path), child)


@main.command(hidden=True)
@with_config
@click.option("--child", is_flag=True, help="End when standard input closes.")
def public(path: Path, child: bool) -> None:
    """The public site alone."""
    from operations import start

    start.site(configuration.load(path), child)


@main.command(hidden=True)
@with_config
@click.option("--child", is_flag=True, help="End when standard input closes.")
def schedule(path: Path, child: bool) -> None:
    """The clock alone."""
    import scheduler
    from jobs.shared import Desk
    from operations import processes

    stop = threading.Event()
    processes.until_signalled(stop)
    if child:
        processes.end_with_parent(stop.set)
    scheduler.run(Desk(configuration.load(path), stop=stop, beat=processes.heart()))


main.add_command(model.group)
main.add_command(claims.group)
main.add_command(site.group)
main.add_command(backup.backup)
main.add_command(backup.restore)


def command() -> None:
    """The command as a process of its own: no code of the folder it is started from runs in it."""
    isolated.enter()
    main()


if __name__ == "__main__":
    command()
