"""What several verbs take: the configuration file, and files in general."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


def with_config(command: Any) -> Any:
    return click.option(
        "--config",
        "path",
        type=click.Path(path_type=Path),
        default=Path("piyao.toml"),
        show_default=True,
        help="The configuration file.",
    )(command)


a_file = click.Path(path_type=Path)
