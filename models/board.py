"""What a steering board sees: the figures of the organisations below it, never a record."""

from dataclasses import dataclass, replace

from models.access import Permission, Role
from models.database import Session, reading
from models.figures import Figure
from models.kpis import figures
from models.organisation import organisations_below
from models.period import Period
from models.verb import query


@dataclass(frozen=True, slots=True)
class BoardLine:
    """What a steering board sees of one organisation: its name and its figures, no record."""

    organisation_id: int
    name: str
    short_name: str
    figures: dict[str, Figure]


@query(Permission.KPI_BOARD)
def board_figures(session: Session, period: Period, only: frozenset[int] | None = None) -> list[BoardLine]:
    """The figures of each organisation below the board, counted within that organisation's own scope. `only` narrows it
    to some of them, for a caller that still knows the others."""
    below = [row for row in organisations_below(session) if only is None or row.id in only]
    found = []
    for row in below:
        # A session of that organisation alone: its rows, its day, its row-level security. Only numbers leave it.
        inside = replace(
            session.current,
            account_id=None,
            organisation_id=row.id,
            organisation_code=row.code,
            organisation_kind=row.kind,
            time_zone=row.time_zone,
            role=Role.STAFF,
        )
        local = replace(period, zone=inside.zone)
        with reading(inside) as theirs:
            found.append(BoardLine(row.id, row.name, row.short_name or row.name, figures(theirs, local)))  # type: ignore[arg-type]
    return found
