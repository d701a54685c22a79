"""The lanes of those who sign in: a password costs half a second of a core, and no stranger gets all.

Who signs in from a device that signed in to this account before goes by a lane of its own, so that a
thousand strangers at the door keep no officer out. Who comes from a new device stands among strangers:
one place of theirs is for who has hardly tried of late, so that strangers who try again and again, from
however many addresses, do not take every turn.
"""

from __future__ import annotations

from desk.lane import Lane

# strangers have three threads (desk.serve): one address holds two of them here at most
STRANGERS = Lane(places=3, each=2, patience=8.0, spared=1)
KNOWN = Lane(places=2, each=1, patience=8.0)
RETRY_SECONDS = 5
