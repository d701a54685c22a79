"""``python -m crawler.sample``: open the sample forum, print its address, serve until told to stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import click

from crawler.sample.board import Board
from crawler.sample.forum import POSTS, Clock, load
from crawler.sample.server import ForumServer
from models.errors import InputError


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0: any free port.")
@click.option(
    "--pace",
    type=click.FloatRange(min=0.01, max=1000),
    default=1.0,
    help="Forum minutes a minute; 1 is real time.",
)
@click.option(
    "--posts",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=POSTS,
    help="Another file of posts.",
)
@click.option(
    "--until-stdin-closes",
    is_flag=True,
    help="Stop when the process that started this one is gone.",
)
def main(port: int, pace: float, posts: Path, until_stdin_closes: bool) -> None:
    """Serve the sample forum on 127.0.0.1 and print its address in one line."""
    try:
        threads = load(posts)
        server = ForumServer(Board(threads, Clock(datetime.now(UTC), pace)), port)
    except (InputError, OSError) as error:
        raise click.ClickException(str(error)) from error

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    serving = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    serving.start()
    if until_stdin_closes:
        threading.Thread(target=_watch_stdin, args=(stop,), daemon=True).start()
    click.echo(f"{server.address}/")
    sys.stdout.flush()
    stop.wait()
    server.shutdown()
    serving.join()
    server.server_close()


def _watch_stdin(stop: threading.Event) -> None:
    """Wait for the end of stdin: a pipe closes with its writer, even one killed by force."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:  # no stdin at all
        pass
    stop.set()


if __name__ == "__main__":
    main()
