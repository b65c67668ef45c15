"""How incidents of each kind moved: this period beside the one before and the same one last year."""

import datetime as dt
from dataclasses import dataclass

from models.access import Permission
from models.breakdowns import days_with_data, incidents_by_group
from models.database import Session
from models.period import Period
from models.verb import query


@dataclass(frozen=True, slots=True)
class Step:
    """A count beside an earlier one. `before` is None where nothing had been recorded yet: that is not nought."""

    now: int
    before: int | None

    @property
    def difference(self) -> int | None:
        return None if self.before is None else self.now - self.before

    @property
    def share(self) -> float | None:
        """The difference as a part of what was before; nothing can be said of it beside nought."""
        return (self.now - self.before) / self.before if self.before else None

    @property
    def is_new(self) -> bool:
        """It did not happen before."""
        return self.before == 0 and self.now > 0


@dataclass(frozen=True, slots=True)
class Variation:
    """One group of kinds by its code (None: not known yet), against the period before and the same period last year."""

    code: str | None
    now: int
    previous: int | None
    year_before: int | None

    @property
    def steps(self) -> tuple[Step, Step]:
        return Step(self.now, self.previous), Step(self.now, self.year_before)


@query(Permission.KPI_READ)
def variations(session: Session, period: Period, unit_id: int | None = None) -> list[Variation]:
    """Every group that occurs in one of the three periods, the most frequent first."""
    now, known = incidents_by_group(session, period, unit_id), days_with_data(session)
    first = known[0] if known else None
    before, year = (_earlier(session, one, unit_id, first) for one in (period.previous(), period.year_before()))
    codes = [*now, *(code for code in (before or {}) | (year or {}) if code not in now)]
    return [Variation(code, now.get(code, 0), _of(before, code), _of(year, code)) for code in codes]


def _earlier(
    session: Session, period: Period, unit_id: int | None, first: dt.date | None
) -> dict[str | None, int] | None:
    """None for a period that was over before anything was recorded."""
    return incidents_by_group(session, period, unit_id) if first and period.last >= first else None


def _of(counts: dict[str | None, int] | None, code: str | None) -> int | None:
    return None if counts is None else counts.get(code, 0)


def total(found: list[Variation]) -> Variation:
    """All groups together; its code is None."""

    def added(numbers: list[int | None]) -> int | None:
        return None if None in numbers else sum(number for number in numbers if number is not None)

    return Variation(
        None,
        sum(one.now for one in found),
        added([one.previous for one in found]),
        added([one.year_before for one in found]),
    )
