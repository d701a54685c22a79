"""Install this project into the environment that runs this, as ``make`` does: python install.py -e .

One line moves while pip works; where pip fails, all that it said is shown.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# Byte code is written where a module is first imported: most modules of the wheels never are.
QUIET = {"PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
PIP = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-compile"]
PIP += ["--progress-bar", "off", "-c", str(Path(__file__).with_name("constraints.txt"))]


def main(wanted: list[str]) -> int:
    """Let pip install what is ``wanted``; returns its exit code."""
    said, packages = [], 0
    with subprocess.Popen(  # noqa: S603  (our own interpreter and what the Makefile names)
        [*PIP, *wanted],
        env=os.environ | QUIET,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as pip:
        assert pip.stdout is not None  # noqa: S101  (a pipe was asked for)
        for line in pip.stdout:
            said.append(line)
            if line.startswith("Collecting "):
                packages += 1
                show(f"{packages:3} packages … {line.split()[1]}")
            elif packages and line.startswith("Installing collected"):
                show(f"{packages:3} packages are there; unpacking them takes longest …")
    if packages:
        print(flush=True)
    if pip.returncode:
        sys.stderr.writelines(said)
    return pip.returncode


def show(words: str) -> None:
    print(f"\r  {words:<70.70}", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
