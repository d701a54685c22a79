"""A desk begins once: where notices of it are public, or heads of its log are kept, it has begun."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from models import heads, keys, store
from models.config import Config
from models.errors import StoreError
from models.store import Store


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
    keys.refuse_lost_store(config.store)
    if not config.store.exists():
        raise StoreError(
            "there is no store",
            str(config.store),
            "name the desk with --config; `piyao up` begins one",
        )


@contextlib.contextmanager
def begun(config: Config) -> Generator[Store, None, None]:
    """The store of a desk, for a command that asks it or changes it: none is begun by the way.

    Raises ``StoreError`` where there is none, ``refuse_new_desk`` first.
    """
    require_store(config)
    with store.using(config.store) as db:
        yield db
