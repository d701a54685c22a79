"""The folders of a desk: the closed one of the store and its key, the open one of the public site.

Whatever the umask is: what holds people's words is for the desk's account alone (0700, 0600), and
what the public may read is for every web server (0755, 0644). A folder of the operator's own, one
that the desk did not make, is left as it is.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO

from models.errors import StoreError

CLOSED_FOLDER, CLOSED_FILE = 0o700, 0o600
OPEN_FOLDER, OPEN_FILE = 0o755, 0o644
NOT_FOUND = "404.html"  # of a public site: what web servers show for an address that leads nowhere
KEPT = (".db", ".db-wal", ".db-shm", ".db-journal", ".key")


def site_of(data_dir: Path, named: Path) -> Path:
    """The folder of the public site: the one that is named, from ``data_dir``; else one beside it.

    A site that an earlier version made inside the data folder stays there until somebody moves it.
    """
    inside = data_dir / "site"
    if named != Path():
        return data_dir / named
    if (inside / "index.html").is_file():
        return inside
    return beside(data_dir)


def beside(data_dir: Path) -> Path:
    """The site's folder of a desk that names none: piyao-site for piyao-data."""
    return data_dir.parent / f"{data_dir.resolve().name.removesuffix('-data')}-site"


def make_closed(folder: Path) -> None:
    """Make a data folder that is not there, for this account alone; its parents as the umask says."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=CLOSED_FOLDER)
        folder.chmod(CLOSED_FOLDER)
    except FileExistsError:
        return


def private(path: Path) -> BinaryIO:
    """A new file that only this account reads, whatever the umask is. Raises ``FileExistsError``."""
    out = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, CLOSED_FILE), "wb")
    path.chmod(CLOSED_FILE)
    return out


def make_file(path: Path) -> None:
    """Make the file of a store that is not there; SQLite gives -wal and -shm the mode of this one."""
    with contextlib.suppress(FileExistsError):
        private(path).close()


def flush(out: BinaryIO) -> None:
    """What was written to an open file outlasts a crash."""
    out.flush()
    os.fsync(out.fileno())


def sync(path: Path) -> None:
    """What was written in a file, or the names in a folder, outlast a crash."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def alone(path: Path, otherwise: StoreError) -> Generator[None, None, None]:
    """Hold the lock of the file at ``path``, which is made where absent, and let go of it with the
    process at the latest. Raises ``otherwise`` where a living process has it."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise otherwise from None
        yield


def close(store: Path) -> list[str]:
    """Take what others may do with a store, its key and its folder from them; says what it mended.

    The folder is left alone where it holds more than a desk: its configuration, a home.
    """
    mended = []
    for path in _kept(store):
        mode = path.stat().st_mode & 0o777
        wanted = CLOSED_FOLDER if path.is_dir() else CLOSED_FILE
        if mode & ~wanted and path.stat().st_uid == os.geteuid():
            path.chmod(mode & wanted)
            mended.append(f"{path} was open to other accounts ({mode:03o}); now it is not")
    return mended


def _kept(store: Path) -> Iterator[Path]:
    folder = store.parent
    if folder.is_dir() and not (folder / "piyao.toml").exists():
        yield folder
    for found in sorted(folder.glob(f"{store.stem}.*")):
        if not found.is_symlink() and (found.is_dir() or found.suffix in KEPT):
            yield found


def make_open(folder: Path, root: Path) -> None:
    """Make a folder of the public site, from ``root`` down, and open it to every reader."""
    folder.mkdir(mode=OPEN_FOLDER, parents=True, exist_ok=True)
    for part in (folder, *folder.parents):
        mode = part.stat().st_mode & 0o777
        wanted = (mode | OPEN_FOLDER) & ~0o002  # all may read, a group of the operator's may write
        if mode != wanted:
            with contextlib.suppress(PermissionError):  # another account's: it decides
                part.chmod(wanted)
        if part == root:
            return


def shut_above(folder: Path) -> Path | None:
    """The folder above ``folder`` that a web server of another account may not enter, if any."""
    return next(
        (each for each in folder.resolve().parents if not each.stat().st_mode & 0o001), None
    )
