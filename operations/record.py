"""`piyao audit verify`: what the record says of itself, line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models import beginning
from models.config import Config
from notices import proof


def verify(config: Config, noted: Sequence[tuple[int, str]], say: Callable[[str], object]) -> int:
    """Say what does not agree, one line each, then the head; 0 where all does, else 1."""
    with beginning.begun(config) as db:
        found = proof.prove(db, config, *noted)
    for each in found.findings[1:] if len(found.findings) > 1 else ():
        say(str(each))
    say(f"{found.message}; head {found.head}")
    return 0 if found.ok else 1
