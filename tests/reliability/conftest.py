"""What the fault tests share: processes to kill, a quick folder, a channel with a log of its own."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reliability.forked_processes import Nursery
from tests.reliability.hostile_channel import PressServer


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def quick() -> Iterator[Path]:
    """A folder in memory where there is one: a kill takes no more from it than from a disk."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="piyao-test-", dir=memory) as name:
        yield Path(name)


@pytest.fixture
def press() -> Iterator[PressServer]:
    with PressServer() as server:
        yield server


@pytest.fixture
def luck() -> random.Random:
    """Seeded randomness; pytest shows the seed where a test fails. PIYAO_SEED repeats a run."""
    seed = int(os.environ.get("PIYAO_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"PIYAO_SEED={seed}")
    return random.Random(seed)
