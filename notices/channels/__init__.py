"""Where notices go out. A channel is one class in one file, found by the entry points
``piyao.channels``; a third party adds one without touching this package.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import entry_points
from typing import Protocol

from models.config import Config, OfficeConfig, PublicConfig
from models.errors import PiyaoError
from notices.page import Page

GROUP = "piyao.channels"


@dataclass(frozen=True)
class Receipt:
    """A channel's word that it holds a revision (``kind`` publish) or its retraction."""

    reference: str  # what the channel calls it: an address, a message id
    at: datetime
    revision: int = 0
    kind: str = "publish"
    identity: str = ""  # of the notice it holds, as ``Page.identity``; "": the channel cannot tell
    hash: str = ""  # of the text that was approved
    title: str = ""


class Rejected(PiyaoError):
    """Definitely not published. Anything else a channel raises is an unknown outcome."""


class Channel(Protocol):
    """What the outbox asks of a channel.

    ``authoritative``: what ``look_up`` does not find is certainly not there.
    ``dedupes``: publishing the same page again changes nothing, for any length of time.
    """

    name: str
    authoritative: bool
    dedupes: bool

    def prepare(self) -> None:
        """Make ready to publish; called often, does nothing where all is ready."""
        ...

    def publish(self, page: Page) -> Receipt:
        """Publish or retract. Raises ``Rejected`` where the page is certainly not out.

        A number that the channel holds with another identity is refused: nothing is replaced.
        """
        ...

    def numbers(self) -> list[str]:
        """Every notice number that the channel's own list holds; the desk gives none of them again."""
        ...

    def look_up(self, number: str) -> Receipt | None:
        """The newest that the channel's own list holds under this notice number."""
        ...


def load() -> dict[str, type]:
    """Channel classes by name, from the entry points; the built-in site is always among them."""
    from notices.channels.site import Site

    found: dict[str, type] = {"site": Site}
    for point in entry_points(group=GROUP):
        found[point.name] = point.load()
    return found


def address(config: Config) -> str:
    """Where the public reaches the site: ``public.base_url``, else where its process listens.

    Behind TLS without a ``base_url`` only the desk has a name: then it is the desk's own ``/site``.
    """
    if config.public.base_url:
        return config.public.base_url.rstrip("/")
    if config.desk.https:
        return f"https://{config.desk.hosts[0] if config.desk.hosts else config.desk.host}/site"
    host = config.desk.hosts[0] if config.desk.hosts else config.public.host
    if not config.public.serve:
        return f"http://{host}:{config.desk.port}/site"
    return f"http://{host}:{config.public.port}"


def opened(config: Config) -> dict[str, Channel]:
    """The channels of this install, ready to publish."""
    public: PublicConfig = dataclasses.replace(config.public, base_url=address(config))
    office: OfficeConfig = config.office
    made: dict[str, Channel] = {name: kind(public, office) for name, kind in load().items()}
    for channel in made.values():
        channel.prepare()
    return made
