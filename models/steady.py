"""What an organisation says of itself and seldom changes: its units, its own words, its cut-off days. Every run of every page
asks for them, so the answers are kept from run to run, until the history has a newer entry about any of them."""

import threading
from collections.abc import Callable, Hashable
from typing import TypeVar

from cachetools import TTLCache

from models.database import Session
from models.revision import settled
from models.settings import settings

T = TypeVar("T")
LONGEST = 300  # seconds; a restored backup moves a revision back
_known: TTLCache[Hashable, object] = TTLCache(1000, LONGEST)
_turn = threading.Lock()


def steady(session: Session, what: str, ask: Callable[[], T]) -> T:
    """The answer to `ask`, which reads rows of this organisation alone and is the same for everybody in it. Nobody changes
    what it gives. Kept while a page is drawn (`one_reading`); a verb and a command ask anew."""
    if session.info.get("steady") is None or session.info.get("writing"):
        return session.once((what,), ask)
    key = (settings.database_url, session.current.organisation_id, settled(session), what)
    with _turn:
        if key in _known:
            return _known[key]  # type: ignore[return-value]
    found = ask()  # after the number: what changed meanwhile is asked again under the next one
    with _turn:
        _known[key] = found
    return found


def forget() -> None:
    """Empty it: for tests, whose databases come one after the other under the same address."""
    with _turn:
        _known.clear()
