"""Working days: Monday to Friday, except the public holidays of the organisation's calendar (data/catalogues/holiday.toml)."""

import datetime as dt

from models.catalogue import merged
from models.database import Session


def holidays(session: Session) -> frozenset[dt.date]:
    return session.once(
        ("holidays",), lambda: frozenset(dt.date.fromisoformat(code) for code in merged(session, "holiday"))
    )


def after(day: dt.date, count: int, free: frozenset[dt.date]) -> dt.date:
    """The `count`-th working day after `day`; the day itself does not count."""
    while count > 0:
        day += dt.timedelta(days=1)
        if day.weekday() < 5 and day not in free:
            count -= 1
    return day
