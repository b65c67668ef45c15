"""Working days: Monday to Friday, except the public holidays of the organisation's calendar (data/catalogues/holiday.toml)."""

import datetime as dt

from models.catalogue import merged
from models.database import Session


def holidays(session: Session) -> frozenset[dt.date]:
    """Those that the organisation has off: a national one may be worked after all."""
    return session.once(("holidays",), lambda: _holidays(session))


def _holidays(session: Session) -> frozenset[dt.date]:
    days = merged(session, "holiday").items()
    return frozenset(dt.date.fromisoformat(code) for code, entry in days if entry.attributes.get("off", True))


def after(day: dt.date, count: int, free: frozenset[dt.date]) -> dt.date:
    """The `count`-th working day after `day`; the day itself does not count."""
    while count > 0:
        day += dt.timedelta(days=1)
        if day.weekday() < 5 and day not in free:
            count -= 1
    return day
