"""What outlasts a change of something else: an answer that rests on some records is kept until one of those changed, or until
time itself changes it. So after an incident was entered nobody asks about inspections and events again."""

import datetime as dt
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from cachetools import TTLCache

from models.about import FAMILIES, INCIDENTS, KNOWN_INCIDENTS, About, Mark, changed, earliest_new, mark
from models.clock import FOREVER
from models.database import Session
from models.history import keep_with
from models.settings import settings

T = TypeVar("T")
LARGEST, LONGEST = 5000, 300  # answers; seconds


@dataclass(slots=True)
class _Answer:
    """What was found when the records stood at `mark`, or was seen since to hold there still."""

    mark: Mark
    until: dt.datetime
    value: Any


_known: TTLCache[Hashable, _Answer] = TTLCache(LARGEST, LONGEST)
_turn = threading.Lock()


def lasting(
    session: Session,
    about: About,
    what: Hashable,
    make: Callable[[], T],
    until: Callable[[], dt.datetime] | None = None,
    ended: dt.datetime | None = None,
) -> T:
    """What `make` gives, which rests on records that are `about` these and on nothing else but what changes everything
    (models/about.py); the same for everybody of an organisation and role on a local day, and changed by nobody. `until` asks
    for the instant at which time changes it. `ended` says that it tells of what had happened by then: an incident that occurred
    later and is entered now changes nothing of it. A verb asks anew."""
    if session.info.get("writing"):
        return make()
    current = session.current
    key = (settings.database_url, current.organisation_id, current.role, current.today(), what)
    now = mark(session)
    with _turn:
        found = _known.get(key)
    if found is not None and current.now() < found.until and _holds(session, found.mark, now, about, ended):
        found.mark = now
        return found.value
    end = until() if until else FOREVER  # first: what time changes while the rest is asked is asked again
    found = _Answer(now, end, make())
    with _turn:
        _known[key] = found
    return found.value


def _holds(session: Session, then: Mark, now: Mark, about: About, ended: dt.datetime | None) -> bool:
    """Whether nothing that was entered since may have changed it."""
    everything = changed(session, then, now)
    if not (touched := everything & about):
        return True
    if ended is None or touched != {INCIDENTS} or KNOWN_INCIDENTS in everything:
        return False
    first = earliest_new(session, then)
    return first is not None and first >= ended


# The records that have a page of their own, and are seen or not by what stands in their own row.
_ROOTS = frozenset({"incident", "inspection_round", "event"})


def _of_record(session: Session, subject: str, what: Hashable, ask: Callable[[], Any]) -> Any:
    """A record and its entries, for a page that is drawn again and again: until something of its kind was entered."""
    if subject not in _ROOTS or session.info.get("steady") is None:
        return ask()
    return lasting(session, frozenset({FAMILIES[subject]}), what, ask)


keep_with(_of_record)


def forget() -> None:
    """Empty it: for tests, whose databases come one after the other under the same address."""
    with _turn:
        _known.clear()
