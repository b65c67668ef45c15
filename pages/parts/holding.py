"""What holds for a while: kept until somebody enters something, and no longer than until time itself changes it."""

import datetime as dt
from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar

from models.access import Current
from pages.parts.kept import drop, kept


class Holds(Protocol):
    """What is true until an instant, if nobody enters anything."""

    @property
    def until(self) -> dt.datetime: ...


H = TypeVar("H", bound=Holds)


def holding(current: Current, revision: int, what: Hashable, make: Callable[[], H], **where: Any) -> H:
    """What is kept of `what`, as long as it holds: once its instant has come (an event ended, a limit passed, the day was
    over where that organisation is), the next one is made, and kept under that instant. One that is over when it comes (the
    instant passed while it was made, from a clock that stood still meanwhile) is given once and not kept."""
    found = kept(current, revision, what, make, **where)
    while current.now() >= (over := found.until):
        found = kept(current, revision, (what, over), make, **where)
        if found.until <= over:
            drop(current, revision, (what, over), **where)
            break
    return found
