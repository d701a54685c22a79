"""The embedded default channel: a static public site in a folder, to be served by anything.

The promise lies in the order of writing. Under the folder's lock: pictures, text and page first; then
``n/<year>-<n>.json``, which is the site's own list and the moment of publication; then what follows
from the list (home, archive, feed, corrections). A kill between any two leaves whole files; what
follows from the list is drawn again by the next publish or look-up, from the list alone. The same
revision gives the same bytes, so publishing it twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from models import folders
from models.casework.records import NoticeKind
from models.config import OfficeConfig, PublicConfig
from models.errors import InputError
from models.publishing import numbers
from notices import words
from notices.channels import Receipt, Rejected, feed, pages, record
from notices.channels.folder import Folder
from notices.channels.record import Record
from notices.forms import image
from notices.forms.render import LOGO
from notices.page import Page


class Site:
    """Publishes into ``public.dir``; the public reads it under ``public.base_url``."""

    name = "site"
    authoritative = True  # the folder is the site: what is not in it is not out
    dedupes = True

    def __init__(self, public: PublicConfig, office: OfficeConfig) -> None:
        self.base = public.base_url.rstrip("/") or "http://127.0.0.1:8401"
        self.office = office
        self.folder = Folder(public.dir)

    def prepare(self) -> None:
        """A site before its first notice: the pages are there and say that nothing is."""
        if not all(map(self.folder.read, ("index.html", folders.NOT_FOUND, LOGO))):
            with self.folder.lock():
                self._write_lists()

    def publish(self, page: Page) -> Receipt:
        """Write the notice (or its retraction) and all that lists it."""
        slug = self._slug(page.notice.number)
        with self.folder.lock():
            before = self._record(slug)
            if before is not None and before.identity != page.identity:
                raise Rejected(*held_by_another(before))
            fresh = record.of_page(page, before)
            if before is not None and fresh.order < before.order:
                raise Rejected(
                    f"网站上已有{page.notice.number}更新的版本（第 {before.revision} 版，{before.state}）",
                    f"{self.name}: {slug}",
                    "按新的版本处理，不要再发旧的",
                )
            try:
                pictures = self._pictures(fresh)
            except InputError as error:  # nothing is written yet
                raise Rejected(error.what, error.where, error.mend) from error
            for name, content in pictures.items():
                self.folder.write(name, content)
            self._write_notice(fresh, self._records())
            self.folder.write(f"n/{slug}.json", record.dump(fresh))
            self._write_lists()
        return self._receipt(fresh)

    def look_up(self, number: str) -> Receipt | None:
        """What the site holds under this number, after finishing what a kill may have cut off."""
        slug = self._slug(number)
        with self.folder.lock():
            found = self._record(slug)
            if found is None:
                return None
            self._write_lists()
        return self._receipt(found)

    def numbers(self) -> list[str]:
        """Every number in the list, also where its file cannot be read."""
        slugs = (NAMED.match(name) for name in self.folder.names("n/*.json*"))
        return [numbers.written(int(found[1]), int(found[2])) for found in slugs if found]

    def held(self) -> dict[str, Record | None]:
        """The list by slug; None where the file is no record (damaged, or not ours)."""
        found: dict[str, Record | None] = {}
        for name in self.folder.names("n/*.json"):
            try:
                found[name[2:-5]] = self._record(name[2:-5])
            except (ValueError, TypeError, KeyError, RecursionError):
                found[name[2:-5]] = None
        return found

    def lacks(self, item: Record) -> list[str]:
        """Which files of a notice are not there, or empty: its page, text, images, its line in the
        archive."""
        names = [f"n/{item.slug}{tail}" for tail in (".html", ".txt", ".png", "-square.png")]
        lost = [
            name for name in (*names, f"v/{item.slug}/index.html") if not self.folder.read(name)
        ]
        if item.kind is not NoticeKind.VERIFYING:
            address = f'href="n/{item.slug}.html"'.encode()
            lists = self.folder.names("all*.html")
            if not any(address in (self.folder.read(name) or b"") for name in lists):
                lost.append("all.html")
        return lost

    def rebuild(self, due: Mapping[str, Record]) -> tuple[int, list[str]]:
        """Draw every page anew, in place: from ``due`` what it names, the rest from the list.

        Returns how many notices were drawn, and a sentence for each that could not be. A file of the
        list that is no record is put aside as ``….json.broken``: its number stays used.
        """
        faults = []
        with self.folder.lock():
            records = {**self.held(), **due}
            for slug in [slug for slug, found in records.items() if found is None]:
                self.folder.rename(f"n/{slug}.json", f"n/{slug}.json.broken")
                faults.append(
                    f"{slug}: the site's record cannot be read, and the store knows no such notice"
                )
            whole = _newest_first([found for found in records.values() if found is not None])
            for found in whole:
                try:
                    pictures = self._pictures(found)
                except InputError as error:
                    faults.append(f"{found.number} {found.title}: {error}")
                    continue
                for name, content in pictures.items():
                    self.folder.write(name, content)
                self._write_notice(found, whole)
                self.folder.write(f"n/{found.slug}.json", record.dump(found))
            self._write_lists()
        return len(whole), faults

    def _write_notice(self, fresh: Record, records: list[Record]) -> None:
        files = pages.of_notice(fresh, records, self.office, self.base)
        for name, content in files.items():
            self.folder.write(name, content)

    def _write_lists(self) -> None:
        """All that follows from the list. Written only where the bytes differ."""
        records = self._records()
        files = pages.of_list(records, self.office, self.base)
        files["feed.atom"] = feed.atom(records, self.office, self.base)
        files[LOGO] = image.logo(self.office.mark)
        for name, content in files.items():
            self.folder.write(name, content)
        for name in self.folder.names("all*.html"):
            if name not in files:
                self.folder.remove(name)
        told = {found.story for found in records if found.kind is not NoticeKind.VERIFYING}
        # a result ends 正在核实 on that page too, and its retraction begins it
        for found in records:
            if found.kind is NoticeKind.VERIFYING and found.story in told:
                self._write_notice(found, records)

    def _pictures(self, found: Record) -> dict[str, bytes]:
        """The images of a notice, by file name; a second page of the long one is ``-p2``."""
        address = f"{self.base}/v/{found.slug}"
        files = {}
        for shape, suffix in (("long", ""), ("square", "-square")):
            drawn = image.pngs(
                found.notice,
                self.office,
                shape,
                verify_url=address,
                correction=found.reason if found.corrected else "",
                lenient=found.retracted,
            )
            for n, content in enumerate(drawn, start=1):
                tail = suffix if n == 1 else f"{suffix}-p{n}"
                files[f"n/{found.slug}{tail}.png"] = content
        return files

    def _records(self) -> list[Record]:
        """The list, newest first."""
        found = [self._record(name[2:-5]) for name in self.folder.names("n/*.json")]
        return _newest_first([item for item in found if item is not None])

    def _record(self, slug: str) -> Record | None:
        content = self.folder.read(f"n/{slug}.json")
        return record.load(content) if content is not None else None

    def _slug(self, number: str) -> str:
        if not number:
            raise Rejected("通告没有编号", self.name, "批准时给号，没有批准的不能发布")
        return words.slug(number)

    def _receipt(self, found: Record) -> Receipt:
        return Receipt(
            reference=f"{self.base}/n/{found.slug}.html",
            at=datetime.now(UTC),
            revision=found.revision,
            kind=found.action,
            identity=found.identity,
            hash=found.hash,
            title=found.title,
        )


NAMED = re.compile(r"n/(\d{4})-(\d{1,6})\.json")


def _newest_first(records: list[Record]) -> list[Record]:
    return sorted(records, key=lambda item: (item.first_at, item.slug), reverse=True)


def held_by_another(held: Record) -> tuple[str, str, str]:
    """What is wrong, where, and what to do, where a number belongs to another notice."""
    return (
        f"编号{held.number}在网站上已经是另一条通告（{held.case}“{held.title}”），没有发出，网站没有改动",
        f"site: {held.slug}",
        "撤回这一条，重新起草送审，批准时会给新的编号",
    )
