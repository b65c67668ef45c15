"""What every figure is made of: its shape, the instants that have come, and the units it looks at."""

import datetime as dt
import enum
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import or_, true
from sqlmodel import col, select

from models.access import NotFound
from models.database import Session
from models.organisation import Unit
from models.period import Period


class Measure(enum.StrEnum):
    """What a figure is counted in."""

    DAYS = "days"
    COUNT = "count"
    SHARE = "share"
    HOURS = "hours"
    PER_10_000 = "per_10_000"


class Better(enum.StrEnum):
    """Which way a figure should go."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Figure:
    """One answer. `no_data` is not nought: there was nothing to count. `value` is then None, the two sides stay.
    `apart` is a count told beside it; `estimated` says that people were not counted; `since` is where days begin, and
    `never` that nothing has happened since then."""

    code: str
    value: float | None
    numerator: int | None = None
    denominator: int | None = None
    no_data: bool = False
    estimated: bool = False
    apart: int | None = None
    since: dt.date | None = None
    never: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the period went into it."""
        return not (self.numerator or self.denominator or self.apart)

    def as_json(self) -> dict[str, Any]:
        rounded = round(self.value, 4) if isinstance(self.value, float) else self.value
        return {
            "code": self.code,
            "value": rounded,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "no_data": self.no_data,
        }


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure on the list: how to ask for it, what it is counted in, and which way is better."""

    code: str
    ask: Callable[..., Figure]
    measure: Measure
    better: Better


KPIS: dict[str, Kpi] = {}


def kpi(code: str, measure: Measure, better: Better) -> Callable[[Callable[..., Figure]], Callable[..., Figure]]:
    """Put a figure on the list."""

    def register(ask: Callable[..., Figure]) -> Callable[..., Figure]:
        KPIS[code] = Kpi(code, ask, measure, better)
        return ask

    return register


def count(code: str, number: int, *, known: bool) -> Figure:
    """A count. Nought counts as known where something had been recorded before; else there is no data."""
    if not number and not known:
        return Figure(code, None, no_data=True)
    return Figure(code, number, numerator=number)


def share(code: str, part: int, whole: int) -> Figure:
    return Figure(code, part / whole if whole else None, part, whole, no_data=not whole)


def median(code: str, values: list[float]) -> Figure:
    """The middle of some numbers; how many there were is told beside it."""
    return Figure(code, statistics.median(values), apart=len(values)) if values else Figure(code, None, no_data=True)


# ---- as of the period's end ----------------------------------------------------------------------------------------
def as_of(session: Session, period: Period) -> dt.date:
    """The day that is "today" for a period: its last day, once that is past."""
    return min(period.last, session.current.today())


def happened(column: Any, period: Period) -> Any:
    """The instant had come by the end of the period: what happened later has not happened yet."""
    return col(column) < period.end


def not_yet(column: Any, period: Period) -> Any:
    return or_(col(column).is_(None), col(column) >= period.end)


def within(column: Any, period: Period) -> Any:
    """The instant lies in the period, half-open."""
    return (col(column) >= period.start) & (col(column) < period.end)


def expired(column: Any, session: Session, period: Period) -> Any:
    """The day lies in the period and has begun."""
    return (col(column) >= period.first) & (col(column) <= as_of(session, period))


def local_day(instant: dt.datetime, period: Period) -> dt.date:
    return instant.astimezone(period.zone).date()


# ---- units ---------------------------------------------------------------------------------------------------------
def heirs(session: Session) -> dict[int, int | None]:
    """Every unit, and the one it has been merged into since, if it was."""
    if "heirs" not in session.info:
        rows = session.exec(select(col(Unit.id), col(Unit.successor_id), col(Unit.valid_to))).all()
        today = session.current.today()
        session.info["heirs"] = {unit: heir if until and until <= today else None for unit, heir, until in rows}
    return session.info["heirs"]


def under(unit_id: int | None, merged: dict[int, int | None]) -> list[int | None]:
    """The unit and what it was merged into, one after the other; the last is where it stands today."""
    line = [unit_id]
    while (heir := merged.get(line[-1])) is not None and heir not in line:  # type: ignore[arg-type]
        line.append(heir)
    return line


def of_unit(session: Session, column: Any, unit_id: int | None) -> Any:
    """The rows of one unit and of those that were merged into it; of all units when none is asked for."""
    if unit_id is None:
        return true()
    merged = heirs(session)
    if unit_id not in merged:
        raise NotFound("unit")
    return column.in_({unit for unit in merged if unit_id in under(unit, merged)})


K = TypeVar("K")


def rolled_up(counts: Iterable[tuple[K, int]], to: Callable[[K], K]) -> dict[K, int]:
    """Counts by a coarser key, the largest first."""
    found: dict[K, int] = {}
    for key, number in counts:
        found[to(key)] = found.get(to(key), 0) + number
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))
