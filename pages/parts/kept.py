"""The one cache: figures and drawings of charts, bounded, and never past a change or the day they were made on."""

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from cachetools import TTLCache

from models.access import Current
from models.settings import settings

T = TypeVar("T")
LARGEST, LONGEST = 1000, 300  # entries; seconds, since an event can end between two changes
_kept: TTLCache[Hashable, Any] = TTLCache(LARGEST, LONGEST)
_turn = threading.Lock()


def kept(current: Current, revision: int, what: Hashable, make: Callable[[], T], *, whose: int | None = None) -> T:
    """What `make` gives, made once for an organisation, role, revision and local day. `what` names it with its filters.

    Read the revision before anything else. `whose` is another organisation than the reader's own, for a steering board.
    """
    key = (settings.database_url, current.organisation_id, whose, current.role, revision, current.today(), what)
    with _turn:
        if key in _kept:
            return _kept[key]
    found = make()
    with _turn:
        _kept[key] = found
    return found


def forget() -> None:
    """Empty it: for tests that measure."""
    with _turn:
        _kept.clear()
