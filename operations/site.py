"""``piyao site rebuild``: the public site from the store, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable

from models import beginning
from models.config import Config
from notices import channels, numbering, republishing
from notices.channels.site import Site
from notices.republishing import Rebuilt

Say = Callable[[str], object]


def rebuild(config: Config, say: Say) -> bool:
    """Draw every published notice; whether the site now holds all that the store says is out."""
    with beginning.begun(config) as db:
        numbering.look(db, config)
        done = republishing.rebuild(db, site_of(config), config.office)
    tell(done, say)
    return done.ok


def site_of(config: Config) -> Site:
    """The site of this install, ready to be written."""
    made = channels.opened(config)["site"]
    assert isinstance(made, Site)  # noqa: S101  (the built-in channel of this name)
    return made


def tell(done: Rebuilt, say: Say) -> None:
    """One line for each notice that is not as it should be, and one for the whole."""
    lost = set(done.after.missing)
    for each in done.before.missing:
        if each not in lost:
            say(f"  was missing, is drawn: {each}")
    for each in done.after.missing:
        say(f"  MISSING: {each}")
    for each in done.after.replaced:
        say(f"  ANOTHER NOTICE has this number; it stays: {each}")
    for each in done.after.newer:
        say(f"  the site knows more than the store; it stays: {each}")
    for each in done.after.foreign:
        say(f"  on the site, not in the store; it stays: {each}")
    for each in done.faults:
        say(f"  CANNOT BE DRAWN: {each}")
    end = "complete" if done.ok else "NOT complete: look at the lines above"
    say(f"The public site is drawn anew: {done.drawn} notices, {end}.")
