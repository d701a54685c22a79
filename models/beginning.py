"""A desk begins once: where notices of it are public, or heads of its log are kept, it has begun."""

from __future__ import annotations

from models import heads
from models.config import Config
from models.errors import StoreError


def refuse_new_desk(config: Config) -> None:
    """Raise ``StoreError`` where the store is gone or empty and its site or its heads are there.

    A new empty desk in its place would give numbers that are out a second time.
    """
    path = config.store
    if path.exists() and path.stat().st_size:
        return
    left = ""
    if any(config.public.dir.glob("n/*.json")):
        left = f"notices are published in {config.public.dir}"
    elif heads.kept(config):
        left = f"heads of its log are kept in {config.heads}"
    if left:
        raise StoreError(
            f"the store is {'empty' if path.exists() else 'not there'}, but {left}",
            str(path),
            "put it back with `piyao restore`; to begin a new desk, name another data_dir",
        )


def require_store(config: Config) -> None:
    """Raise ``StoreError`` where there is no store to ask."""
    refuse_new_desk(config)
    if not config.store.exists():
        raise StoreError("there is no store", str(config.store), "`piyao up` begins one")
