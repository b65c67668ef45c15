"""What a page asks for that outlasts a change of something else (models/lasting.py)."""

import datetime as dt
from collections.abc import Callable, Hashable
from typing import TypeVar

from models import lasting as answers
from models.about import About
from models.access import Current
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
