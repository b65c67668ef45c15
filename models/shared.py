"""What a record says of itself when it is shared with partners. No person's name goes through here.

One function a kind of record, by its table's name: `SHARED["event"] = function(session, row)`, here or at the end of the
noun's own file. The text is a first proposal, which people edit before it is released; facts and figures are taken from
the record at each release. This file imports no noun, so that every noun may import it.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import select

from models.access import NotFound
from models.catalogue import merged
from models.database import Session
from models.history import SUBJECTS

LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Shared:
    """`kind` is a code of the catalogue activity_kind; `figures` are numbers only."""

    kind: str
    title: str
    occurred_on: dt.date
    summary: str = ""
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    subject: str | None = None
    subject_label: str = ""
    area: str = ""
    figures: dict[str, int] = field(default_factory=dict)
    confidential: bool = False


def figures(**numbers: int | None) -> dict[str, int]:
    return {name: number for name, number in numbers.items() if number is not None}


def _label(session: Session, catalogue: str, code: str | None) -> str:
    entry = merged(session, catalogue).get(code or "")
    return entry.vi if entry else ""


def _of_incident(session: Session, row: Any) -> Shared:
    """Its group only, not the kind; the one sentence that was entered without names."""
    group = (row.kind or "").partition(".")[0] or None
    return Shared(
        kind="incident",
        title=row.summary[:LONGEST],
        occurred_on=row.occurred_at.astimezone(session.current.zone).date(),
        started_at=row.occurred_at,
        subject=group,
        subject_label=_label(session, "incident_kind", group),
        area=row.place,
        figures=figures(severity=row.severity, people_involved=row.people_count),
        confidential=row.confidential,
    )


def _of_event(session: Session, row: Any) -> Shared:
    """Name, venue and hours, with the people who came (or are expected)."""
    return Shared(
        kind="event",
        title=row.name,
        occurred_on=row.starts_at.astimezone(session.current.zone).date(),
        started_at=row.starts_at,
        ended_at=row.ends_at,
        subject=row.kind,
        subject_label=_label(session, "event_kind", row.kind),
        area=row.venue,
        figures=figures(expected_people=row.expected_people, attendance=row.attendance),
    )


SHARED: dict[str, Callable[[Session, Any], Shared]] = {"incident": _of_incident, "event": _of_event}


def told(session: Session, source: str, source_id: int | None) -> Shared:
    """What the record says of itself now."""
    cls: Any = SUBJECTS[source].cls
    row = session.exec(select(cls).where(cls.id == source_id)).first()
    if row is None:
        raise NotFound(source)
    return SHARED[source](session, row)
