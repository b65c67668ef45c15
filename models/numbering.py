"""The numbers that people quote, `VV-2026-0001`: without gaps, in the order in which records were entered."""

from sqlalchemy import bindparam
from sqlmodel import Field, select

from models.criteria import said_often
from models.database import QUIET, Owned, Session
from models.history import lock


class Counter(Owned, table=True):
    """The last number given in a series and year (VV 2020 → 31)."""

    __tablename__ = "counter"
    organisation_id: int = Field(foreign_key="organisation.id", primary_key=True)
    series: str = Field(max_length=10, primary_key=True)
    year: int = Field(primary_key=True)
    last: int = 0


QUIET.add(Counter)
_COUNTER = said_often(select(Counter).where(Counter.series == bindparam("series"), Counter.year == bindparam("year")))


def next_number(session: Session, series: str) -> str:
    """The number people quote, `VV-2026-0001`: per organisation and local year of entry, without gaps, never reused."""
    return next_numbers(session, series, 1)[0]


def next_numbers(session: Session, series: str, count: int) -> list[str]:
    """The next `count` of them at once, for a verb that enters many."""
    lock(session)
    year = session.current.today().year
    counter = session.exec(_COUNTER, params={"series": series, "year": year}).first()
    if counter is None:
        counter = Counter(organisation_id=session.current.organisation_id, series=series, year=year)  # type: ignore[arg-type]
        session.add(counter)
    first, counter.last = counter.last + 1, counter.last + count
    return [f"{series}-{year}-{number:04}" for number in range(first, counter.last + 1)]
