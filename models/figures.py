"""What every figure is made of: its shape, the instants that have come, and the units it looks at."""

import datetime as dt
import enum
import functools
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Date, case, cast, extract, func, or_, true
from sqlmodel import col, select

from models.access import NotFound
from models.database import Session, is_sqlite
from models.organisation import all_units
from models.period import Period


class Measure(enum.StrEnum):
    """What a figure is counted in."""

    DAYS = "days"
    COUNT = "count"
    SHARE = "share"
    HOURS = "hours"
    PER_10_000 = "per_10_000"
    POINTS = "points"


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
    numerator: float | None = None
    denominator: float | None = None
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
class Records:
    """The rows that a figure rests on: those of the table `cls` that meet `where`. The figure counts them, and a list shows
    the same (models/kpi_records.py). `part` are those of the numerator: a further condition, or rows of another table."""

    cls: Any
    where: tuple[Any, ...]
    part: Any = None


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure on the list: how to ask for it, what it is counted in, which way is better, and the records behind it.
    `by_group`: they are incidents, so both can be asked of one group of kinds alone (`group=`)."""

    code: str
    ask: Callable[..., Figure]
    measure: Measure
    better: Better
    records: Callable[..., Records]
    by_group: bool = False


KPIS: dict[str, Kpi] = {}


def kpi(
    code: str, measure: Measure, better: Better, records: Callable[..., Records], *, by_group: bool = False
) -> Callable[[Callable[..., Figure]], Callable[..., Figure]]:
    """Put a figure on the list."""

    def register(ask: Callable[..., Figure]) -> Callable[..., Figure]:
        KPIS[code] = Kpi(code, ask, measure, better, records, by_group)
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


# ---- counting --------------------------------------------------------------------------------------------------------
def number(session: Session, records: Records) -> int:
    """How many records there are."""
    return session.exec(select(func.count()).select_from(records.cls).where(*records.where)).one()


def sides(session: Session, records: Records) -> tuple[int, int]:
    """How many of them are in the numerator, and how many there are, in one statement."""
    both = select(func.count().filter(records.part), func.count()).select_from(records.cls)
    return session.exec(both.where(*records.where)).one()


def any_of(session: Session, column: Any, condition: Any = True) -> bool:
    """Whether there is any such row: where nothing ever was recorded, nought would be a guess."""
    found = select(column) if condition is True else select(column).where(condition)
    return session.exec(found.limit(1)).first() is not None


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


def on_day(column: Any, period: Period) -> Any:
    """The local day of an instant about a period, for the database to compare with days."""
    if not is_sqlite():
        return cast(func.timezone(period.zone.key, col(column)), Date)
    (_, first), *changes = _offsets(period.zone, period.first, period.last)
    shift: Any = f"{first:+} seconds"
    if changes:
        later = [(col(column) >= since, f"{offset:+} seconds") for since, offset in reversed(changes)]
        shift = case(*later, else_=shift)
    return func.date(func.substr(col(column), 1, 19), shift)  # to the second: SQLite would round the rest up


@functools.lru_cache(maxsize=100)
def _offsets(zone: ZoneInfo, first: dt.date, last: dt.date) -> list[tuple[dt.datetime, int]]:
    """From which instant on how many seconds a zone's clocks are ahead, from a day before until a day after."""
    day, hour = dt.timedelta(days=1), dt.timedelta(hours=1)
    here = dt.datetime.combine(first - day, dt.time.min, dt.UTC)
    until = dt.datetime.combine(last + 2 * day, dt.time.min, dt.UTC)
    found = [(here, _ahead(zone, here))]
    while here < until:
        step = day if _ahead(zone, here + day) == found[-1][1] else hour
        here += step
        if _ahead(zone, here) != found[-1][1]:
            found.append((here, _ahead(zone, here)))
    return found


def _ahead(zone: ZoneInfo, instant: dt.datetime) -> int:
    return int((instant.astimezone(zone).utcoffset() or dt.timedelta()).total_seconds())


def hours(earlier: Any, later: Any) -> Any:
    """The hours between two instants, for the database to say: it is quicker at it than reading every row."""
    if is_sqlite():
        return (func.julianday(later) - func.julianday(earlier)) * 24.0
    return extract("epoch", later - earlier) / 3600.0


# ---- units ---------------------------------------------------------------------------------------------------------
def heirs(session: Session) -> dict[int, int | None]:
    """Every unit, and the one it has been merged into since, if it was."""
    if "heirs" not in session.info:
        today = session.current.today()
        session.info["heirs"] = {
            unit.id: unit.successor_id if unit.valid_to and unit.valid_to <= today else None
            for unit in all_units(session)
        }
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
