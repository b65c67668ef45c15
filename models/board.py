"""What a steering board sees: the figures of the organisations below it, never a record.

Each organisation answers within its own scope, its own day and its own row-level security; only numbers leave it. What was
merged stands under its successor, as the tree is today; or each by itself, as it was then.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import col, select

from models.access import Current, NotFound, Permission, Role
from models.board_totals import combined
from models.breakdowns import incidents_by_group, incidents_by_month
from models.catalogue import Entry, entries
from models.clock import FOREVER
from models.database import Session, reading
from models.event import Event
from models.figures import Figure
from models.incident import Incident
from models.inspection import InspectionRound
from models.kpis import KPIS, headlines
from models.kpis_together import Together, holds_until, next_instants, together
from models.organisation import Organisation, organisations_below
from models.period import Period
from models.verb import query

RECORDS: tuple[Any, ...] = (Incident, InspectionRound, Event)  # what an organisation reports by


@dataclass(frozen=True, slots=True)
class BoardLine:
    """What one organisation answers: its figures, when something was last entered, and whether anything was in the period.
    Until when it answers the same, if nobody enters anything."""

    organisation_id: int
    name: str
    short_name: str
    figures: dict[str, Figure]
    entered: dt.datetime | None = None
    reported: bool = False
    until: dt.datetime = FOREVER


@dataclass(frozen=True, slots=True)
class Rolled:
    """One line of the board: an organisation with what was merged into it. A figure that cannot be added up is None."""

    organisation_id: int
    name: str
    short_name: str
    until: dt.date | None
    parts: tuple[BoardLine, ...]
    figures: dict[str, Figure | None]

    @property
    def entered(self) -> dt.datetime | None:
        return max((part.entered for part in self.parts if part.entered), default=None)

    @property
    def reported(self) -> bool:
        return any(part.reported for part in self.parts)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Where the numbers of one line come from, in numbers."""

    months: list[tuple[Period, int]]
    groups: dict[str | None, int]
    kinds: dict[str, Entry]


# ---- asking ----------------------------------------------------------------------------------------------------------
class Asking:
    """One round of questions: the same figures of one period, at one moment, of each organisation by itself.

    Most of them stand in one statement (models/kpis_together.py), which is put together for the first organisation and asked
    within the scope of each. Two hundred organisations answer so in about a second; with a statement a figure it took five
    times as long, nearly all of it in putting two thousand statements together.
    """

    def __init__(self, current: Current, rows: Iterable[Organisation], period: Period, codes: Collection[str]) -> None:
        self._moment = current.now()
        self.current = replace(current, clock=lambda: self._moment)
        self._rows = {row.id: row for row in rows}
        self.period, self.codes = period, sorted(codes, key=int)
        self._statements: dict[tuple[Period, dt.date], Together] = {}

    def of(self, organisation_id: int) -> BoardLine:
        row = self._rows.get(organisation_id)
        if row is None:
            raise NotFound("organisation")
        return _answered(self, row)

    def together(self, session: Session, period: Period) -> Together:
        """By the period in that organisation's calendar, and its day."""
        key = (period, session.current.today())
        if key not in self._statements:
            newest = [_newest(cls) for cls in RECORDS]
            in_time = [_newest(cls, before=period.end) for cls in RECORDS]
            ahead = next_instants(session, period, self.codes)
            self._statements[key] = together(session, period, self.codes, *newest, *in_time, *ahead)
        return self._statements[key]


def _answered(asking: Asking, row: Organisation) -> BoardLine:
    inside, local = _inside(asking.current, row, asking.period)
    with reading(inside) as theirs:
        asked = asking.together(theirs, local)
        answer: Any = theirs.exec(asked.statement).one()
        told = asked.figures(theirs, answer, row.model_started_on)
        told |= headlines(theirs, local, (code for code in asking.codes if code not in told))
        newest, in_time, ahead = _rest(asked.rest(answer))
        until = holds_until(theirs, ahead)
    return BoardLine(
        row.id,  # type: ignore[arg-type]
        row.name,
        row.short_name or row.name,
        {code: told[code] for code in asking.codes},
        max((one for one in newest if one), default=None),
        any(one is not None and one >= local.start for one in in_time),
        until,
    )


def _rest(columns: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any]]:
    size = len(RECORDS)
    return columns[:size], columns[size : 2 * size], columns[2 * size :]


def _newest(cls: Any, before: dt.datetime | None = None) -> Any:
    """When the newest row was entered, or the newest of those before an instant: by the number of the row, which grows with
    the day of entry, so that it is found without looking at the others."""
    statement = select(cls.entered_at).order_by(col(cls.id).desc()).limit(1)
    return (statement if before is None else statement.where(col(cls.entered_at) < before)).scalar_subquery()


@query(Permission.KPI_BOARD)
def asking(session: Session, period: Period, codes: Collection[str], only: Collection[int] | None = None) -> Asking:
    """To ask the organisations below the board one by one, for a caller that knows some answers already."""
    return Asking(session.current, organisations_below(session, only), period, codes)


@query(Permission.KPI_BOARD)
def board_figures(
    session: Session, period: Period, only: Collection[int] | None = None, codes: Collection[str] | None = None
) -> list[BoardLine]:
    """The figures of each organisation below the board. `only` narrows it to some of them and `codes` to some figures."""
    rows = organisations_below(session, only)
    asked = Asking(session.current, rows, period, KPIS if codes is None else codes)
    return [asked.of(row.id) for row in rows if row.id]


@query(Permission.KPI_BOARD)
def breakdown(session: Session, period: Period, organisation_ids: tuple[int, ...]) -> Breakdown:
    """Incidents by month and by group of kinds, of an organisation with what was merged into it."""
    below = {row.id: row for row in organisations_below(session)}
    if not organisation_ids or not below.keys() >= set(organisation_ids):
        raise NotFound("organisation")
    months: dict[Period, int] = {}
    groups: dict[str | None, int] = {}
    kinds: dict[str, Entry] = {}
    for organisation_id in organisation_ids:
        inside, local = _inside(session.current, below[organisation_id], period)
        with reading(inside) as theirs:
            _add(
                months,
                ((replace(month, zone=period.zone), count) for month, count in incidents_by_month(theirs, local)),
            )
            _add(groups, incidents_by_group(theirs, local).items())
            kinds = entries(theirs, "incident_kind") | kinds
    return Breakdown(list(months.items()), dict(sorted(groups.items(), key=lambda pair: -pair[1])), kinds)


def _add(to: dict[Any, int], counts: Iterable[tuple[Any, int]]) -> None:
    for key, count in counts:
        to[key] = to.get(key, 0) + count


def _inside(current: Current, row: Organisation, period: Period) -> tuple[Current, Period]:
    """Somebody without a name inside of that organisation, and the period as its calendar has it."""
    inside = replace(
        current,
        account_id=None,
        organisation_id=row.id,
        organisation_code=row.code,
        organisation_kind=row.kind,
        time_zone=row.time_zone,
        role=Role.STAFF,
    )
    return inside, replace(period, zone=inside.zone)


# ---- rolling up ------------------------------------------------------------------------------------------------------
def stands_under(rows: Sequence[Organisation], today: dt.date) -> dict[int, int]:
    """Organisation → where it stands today: itself, or what it was merged into by now, if the board sees that too."""
    heirs = {row.id: row.successor_id for row in rows if row.successor_id and row.valid_to and row.valid_to <= today}
    known = {row.id for row in rows}
    found: dict[int, int] = {}
    for row in rows:
        line: list[Any] = [row.id]
        while (heir := heirs.get(line[-1])) in known and heir not in line:
            line.append(heir)
        found[row.id] = line[-1]  # type: ignore[index]
    return found


def rolled_up(
    rows: Sequence[Organisation],
    answers: Mapping[int, BoardLine],
    period: Period,
    today: dt.date,
    *,
    as_today: bool = True,
) -> list[Rolled]:
    """The board's lines by name. Without `as_today` each organisation stands by itself, under the name of its time."""
    heirs = stands_under(rows, today) if as_today else {row.id: row.id for row in rows}
    by_id = {row.id: row for row in rows}
    parts: dict[int | None, list[BoardLine]] = {}
    for row in rows:
        if _counts(row, answers[row.id], period):  # type: ignore[index]
            parts.setdefault(heirs[row.id], []).append(answers[row.id])  # type: ignore[index]
    lines = [_rolled(by_id[head], tuple(own)) for head, own in parts.items()]
    return sorted(lines, key=lambda line: line.name)


def _counts(row: Organisation, answer: BoardLine, period: Period) -> bool:
    """One that was there in the period, or that has numbers of it all the same."""
    existed = (row.valid_from is None or row.valid_from <= period.last) and (
        row.valid_to is None or row.valid_to > period.first
    )
    return existed or answer.reported or any(not figure.is_empty for figure in answer.figures.values())


def _rolled(row: Organisation, parts: tuple[BoardLine, ...]) -> Rolled:
    return Rolled(row.id, row.name, row.short_name or row.name, row.valid_to, parts, total(parts))  # type: ignore[arg-type]


def total(lines: Iterable[BoardLine | Rolled]) -> dict[str, Figure | None]:
    """The figures of several organisations as one, each organisation once."""
    every = [part for line in lines for part in _parts(line)]
    codes = every[0].figures if every else ()
    return {code: combined(code, (part.figures[code] for part in every)) for code in codes}


def _parts(line: BoardLine | Rolled) -> Iterator[BoardLine]:
    yield from line.parts if isinstance(line, Rolled) else (line,)


def branch(rows: Sequence[Organisation], organisation_id: int | None) -> list[Organisation]:
    """Those at and below one place of the tree; all of them where none is named."""
    return [row for row in rows if organisation_id is None or f"/{organisation_id}/" in row.path]
