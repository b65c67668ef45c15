"""What an organisation says of itself and seldom changes: its units, its own words, its cut-off days. Every run of every page
asks for them, so the answers are kept from run to run, until the history has a newer entry about any of them."""

import threading
from collections.abc import Callable, Hashable
from typing import TypeVar

from cachetools import TTLCache

from models import revision
from models.database import Session
from models.revision import settled, settled_for_verb
from models.settings import settings

T = TypeVar("T")
LONGEST = 300  # seconds; a restored backup moves a revision back
_known: TTLCache[Hashable, object] = TTLCache(1000, LONGEST)
_turn = threading.Lock()


def steady(session: Session, what: str, ask: Callable[[], T]) -> T:
    """The answer to `ask`, which reads rows of this organisation alone and is the same for everybody in it. Nobody changes
    what it gives. Kept from page to page (`one_reading`); a verb looks there but puts nothing in, and a command asks anew."""
    number = _number(session)
    if number is None:
        return session.once((what,), ask)
    key = (settings.database_url, session.current.organisation_id, number, what)
    with _turn:
        if key in _known:
            return _known[key]  # type: ignore[return-value]
    if session.info.get("writing"):  # its rows are its own, and gone if it fails
        return session.once((what,), ask)
    found = ask()  # after the number: what changed meanwhile is asked again under the next one
    with _turn:
        _known[key] = found
    return found


def _number(session: Session) -> int | None:
    """That of the newest entry about any of them; None where it is not known."""
    if session.info.get("writing"):
        return settled_for_verb(session)
    return settled(session) if session.info.get("steady") is not None else None


def forget() -> None:
    """Empty it: for tests, whose databases come one after the other under the same address."""
    revision.forget()
    with _turn:
        _known.clear()
