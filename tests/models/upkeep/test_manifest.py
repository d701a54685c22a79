"""The manifest of a backup: any flipped bit shows."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from models.errors import InputError
from models.upkeep import manifest as manifests
from models.upkeep.manifest import Manifest, Part

MADE = Manifest(
    "2026-11-29T15:00:00.000000Z",
    {"store.db": Part("a" * 64, 9), "site.tar": Part("b" * 64, 10_240)},
    ("0001_house",),
    27,
    "c" * 64,
    {"posts": 2},
    3,
    {"2026": 22},
    "d" * 16,
)


def test_it_reads_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / manifests.NAME).write_bytes(manifests.write(MADE))
    assert manifests.read(tmp_path) == MADE


def test_every_flipped_bit_shows(tmp_path: Path) -> None:
    whole = manifests.write(MADE)
    file = tmp_path / manifests.NAME
    picked = random.Random(1)
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 1 << picked.randrange(8)
        file.write_bytes(changed)
        with pytest.raises(InputError):
            manifests.read(tmp_path)
    for tail in (whole[:-1], whole + b"\n", whole[: len(whole) // 2], b"", b"[]", b"null"):
        file.write_bytes(tail)
        with pytest.raises(InputError):
            manifests.read(tmp_path)


def test_one_of_another_piyao_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        later.setattr(manifests, "FORMAT", 2)
        (tmp_path / manifests.NAME).write_bytes(manifests.write(MADE))
    with pytest.raises(InputError, match="is a backup of another piyao"):
        manifests.read(tmp_path)


def test_a_folder_without_one_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no backup"):
        manifests.read(tmp_path)


def test_a_key_is_told_apart_and_given_away_by_nothing() -> None:
    one, other = manifests.key_print(b"a" * 32), manifests.key_print(b"b" * 32)
    assert one != other and len(one) == 16
