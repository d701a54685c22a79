"""A folder in which each file is old or new and never half, whenever it is read or its writer killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from models import folders

TEMPORARY = ".tmp-"


class Folder:
    """Files under ``root``. Writes need the lock; each is temp file, fsync, rename, fsync folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """One writer at a time, also between processes; the kernel frees it when one dies."""
        folders.make_open(self.root, self.root)
        with (self.root / ".lock").open("w") as file:
            os.fchmod(file.fileno(), folders.CLOSED_FILE)
            fcntl.flock(file, fcntl.LOCK_EX)
            self._sweep()
            yield

    def read(self, name: str) -> bytes | None:
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> bool:
        """Put ``content`` at ``name``; False where the same bytes are there already."""
        if self.read(name) == content:
            return False
        path = self.root / name
        folders.make_open(path.parent, self.root)
        temporary = path.parent / f"{TEMPORARY}{secrets.token_hex(6)}"
        with temporary.open("xb") as file:
            file.write(content)
            folders.flush(file)
        temporary.chmod(folders.OPEN_FILE)
        os.replace(temporary, path)
        folders.sync(path.parent)
        return True

    def remove(self, name: str) -> None:
        path = self.root / name
        if path.exists():
            path.unlink()
            folders.sync(path.parent)

    def rename(self, name: str, other: str) -> None:
        """Put a file aside under another name of the same folder."""
        path = self.root / name
        os.replace(path, self.root / other)
        folders.sync(path.parent)

    def names(self, pattern: str) -> list[str]:
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.glob(pattern))

    def _sweep(self) -> None:
        """Leftovers of a writer that was killed. Only the holder of the lock may do this."""
        for leftover in self.root.rglob(f"{TEMPORARY}*"):
            leftover.unlink(missing_ok=True)
