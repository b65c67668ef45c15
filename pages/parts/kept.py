"""The one cache: figures and drawings of charts, bounded, and never past a change or the day they were made on."""

import contextlib
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

from cachetools import Cache, TLRUCache, TTLCache

from models.access import Current
from models.database import let_go
from models.revision import revision as asked_revision
from models.settings import settings

T = TypeVar("T")
LARGEST, LONGEST = 4000, 300  # entries; seconds, since an event can end between two changes
ANSWERS, DRAWINGS, BOARD = "answers", "drawings", "board"
_ROOMS: dict[str, Cache[Hashable, Any]] = {
    ANSWERS: TTLCache(LARGEST, LONGEST),
    DRAWINGS: TTLCache(600, LONGEST),  # tens of kilobytes each
    # Hundreds of organisations at once, each asked for half a second: half an hour to an hour, not all to the same minute.
    BOARD: TLRUCache(4000, lambda key, _value, now: now + 1800 + hash(key) % 1800),
}
_turn = threading.Lock()
PATIENCE = 30.0  # seconds that one waits for what another is making
_being_made: TTLCache[Hashable, Future[Any]] = TTLCache(LARGEST, PATIENCE)


def revision_of(current: Current) -> int:
    """The organisation's revision. Asked before what is kept: a change that comes in between is then seen by the next run."""
    return asked_revision(current)


def kept(
    current: Current,
    revision: int,
    what: Hashable,
    make: Callable[[], T],
    *,
    whose: int | None = None,
    room: str = ANSWERS,
) -> T:
    """What `make` gives, made once for an organisation, role, revision and local day. `what` names it with its filters.

    Read the revision before anything else. `whose` is another organisation than the reader's own, for a steering
    board; `room` where it is kept, for how long and with how many others.
    """
    key = _key(current, revision, what, whose)
    with _turn:
        if key in _ROOMS[room]:
            return _ROOMS[room][key]
        others, mine = _being_made.get(key), Future[Any]()
        if others is None:
            _being_made[key] = mine
    if others is not None:
        let_go()
        with contextlib.suppress(LookupError, TimeoutError):  # it was refused or stopped, or is slow: make one's own
            return others.result(PATIENCE)
        return make()
    return _made(room, key, make, mine)


def _made(room: str, key: Hashable, make: Callable[[], T], mine: Future[T]) -> T:
    """Make it, for those who wait too: two hundred pages that are told of a change ask at the same moment."""
    try:
        found = make()
    except BaseException:  # also Streamlit's own end of a run, which is not the others'
        mine.set_exception(LookupError("not made"))
        raise
    else:
        with _turn:
            _ROOMS[room][key] = found
        mine.set_result(found)
        return found
    finally:
        with _turn:
            _being_made.pop(key, None)


def drop(current: Current, revision: int, what: Hashable, *, whose: int | None = None, room: str = ANSWERS) -> None:
    """Keep it no longer."""
    with _turn:
        _ROOMS[room].pop(_key(current, revision, what, whose), None)


def _key(current: Current, revision: int, what: Hashable, whose: int | None) -> Hashable:
    return settings.database_url, current.organisation_id, whose, current.role, revision, current.today(), what


def forget() -> None:
    """Empty it: for tests that measure."""
    with _turn:
        for room in _ROOMS.values():
            room.clear()
