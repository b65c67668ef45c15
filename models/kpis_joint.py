"""Figure 8: joint work, as the ledger has it."""

from dataclasses import replace
from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select

from models.access import Permission
from models.database import Session
from models.event import Event
from models.figures import (
    Better,
    Figure,
    Measure,
    Records,
    any_of,
    count,
    expired,
    happened,
    kpi,
    of_unit,
    sides,
)
from models.incident import Incident
from models.inspection import InspectionRound
from models.joint import JointActivity, JointAnswer
from models.period import Period
from models.verb import query

# Where a shared record lives, its unit, and the instant from which it counts no more.
SOURCES: tuple[tuple[Any, Any, Any], ...] = (
    (Incident, Incident.unit_id, Incident.not_confirmed_at),
    (InspectionRound, InspectionRound.unit_id, InspectionRound.cancelled_at),
    (Event, Event.unit_id, Event.cancelled_at),
)


def shared_in(session: Session, period: Period, unit_id: int | None) -> list[Any]:
    """The own organisation's activities of the period that had been shared by its end, void ones left out."""
    source, source_id = col(JointActivity.source), col(JointActivity.source_id)
    found: list[Any] = [
        JointActivity.organisation_id == session.current.organisation_id,
        expired(JointActivity.occurred_on, session, period),
        happened(JointActivity.released_at, period),
    ]
    for cls, _, ended_at in SOURCES:
        void = select(cls.id).where(cls.id == source_id, happened(ended_at, period)).exists()
        found.append(or_(source.is_(None), source != cls.__tablename__, ~void))
    if unit_id is not None:
        own = ((cls, of_unit(session, col(unit), unit_id)) for cls, unit, _ in SOURCES)
        found.append(
            or_(*((source == cls.__tablename__) & source_id.in_(select(cls.id).where(rows)) for cls, rows in own))
        )
    return found


def shared(session: Session, period: Period, unit_id: int | None) -> Records:
    """Its part are those that a partner confirmed."""
    answer = select(JointAnswer.id).where(
        JointAnswer.activity_id == JointActivity.id, happened(JointAnswer.confirmed_at, period)
    )
    return Records(JointActivity, tuple(shared_in(session, period, unit_id)), answer.exists())


@kpi("8", Measure.COUNT, Better.NEITHER, shared)
@query(Permission.KPI_READ)
def joint_activities(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """How many activities were carried out together with partners.

    Counts: activities of the period that were shared by its end; those a partner confirmed are told apart. One with two
    partners counts once. A share withdrawn later stays counted.
    Leaves out: not confirmed incidents, called-off rounds and events; with a unit, what belongs to none.
    Period: day of the activity. Unit: activities. Better: neither. Source: joint_activity.occurred_on, released_at.
    """
    answered, found = sides(session, shared(session, period, unit_id))
    own = col(JointActivity.organisation_id) == session.current.organisation_id
    known = bool(found) or any_of(session, JointActivity.id, own & (col(JointActivity.occurred_on) <= period.last))
    return replace(count("8", found, known=known), apart=answered)
