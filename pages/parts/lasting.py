"""What a page asks for that outlasts a change of something else (models/lasting.py)."""

import datetime as dt
from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar

from models import lasting as answers
from models.about import About
from models.access import Current
from models.counted import Counted
from models.database import reading

T = TypeVar("T")


def lasting(
    current: Current,
    about: About,
    what: Hashable,
    make: Callable[[], T],
    until: Callable[[], dt.datetime] | None = None,
) -> T:
    """The same for a page, whose queries open the database themselves: they share the session that the mark is read in."""
    with reading(current) as session:
        return answers.lasting(session, about, what, make, until)


class Narrowed(Protocol):
    """A list's filter; `counted` is the number whose records it shows."""

    @property
    def counted(self) -> Counted | None: ...


def of_list(
    current: Current,
    about: About,
    what: tuple[Hashable, Narrowed, *tuple[Hashable, ...]],
    make: Callable[[], T],
    until: Callable[[], dt.datetime] | None = None,
) -> T:
    """An answer about a list; the filter stands second in `what`. Narrowed by a number, the list rests on whatever that number
    rests on and changes when it does (incidents at events, by the events that ended), so it is asked each time."""
    return make() if what[1].counted else lasting(current, about, what, make, until)
